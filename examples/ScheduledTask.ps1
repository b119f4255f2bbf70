<#
.SYNOPSIS
Exports Brightpearl into a warehouse, for a scheduled task or a cron job.
.DESCRIPTION
Exits with 1 when a resource failed. A run that was cut off is taken up by the next.

Save the token once, as the account that the task runs as (a password logon, a gMSA, SYSTEM):

    Register-SecretVault -Name Junipeer -ModuleName Microsoft.PowerShell.SecretStore
    Set-SecretStoreConfiguration -Scope CurrentUser -Authentication None -Interaction None
    Set-Secret -Name Brightpearl -Vault Junipeer -SecureStringSecret (Read-Host -AsSecureString)

Windows:

    $action = New-ScheduledTaskAction -Execute pwsh.exe -Argument '-NoProfile -NonInteractive -File C:\Jobs\ScheduledTask.ps1 -Account mycompany -AppReference mycompany_export -Warehouse D:\Data\brightpearl.db'
    Register-ScheduledTask -TaskName 'Brightpearl export' -Action $action -Trigger (New-ScheduledTaskTrigger -Daily -At 01:00)

Linux:

    0 1 * * * pwsh -NoProfile -NonInteractive -File /opt/jobs/ScheduledTask.ps1 -Account mycompany -AppReference mycompany_export -Warehouse /srv/data/brightpearl.db
#>
param(
    [Parameter(Mandatory)] [string] $Account,
    [Parameter(Mandatory)] [string] $AppReference,
    [Parameter(Mandatory)] [string] $Warehouse,
    [string] $DataCenter = 'euw1',
    [string] $SecretName = 'Brightpearl',
    [string] $Log = [IO.Path]::ChangeExtension($Warehouse, '.log.csv')
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module Junipeer

$connection = Connect-Brightpearl -Account $Account -DataCenter $DataCenter -AppReference $AppReference -StaffToken (Get-Secret -Name $SecretName) -PassThru
try {
    # -FailOnError ends the script once all resources were tried; -ErrorAction lets all their errors be seen before.
    Invoke-BrightpearlExport -Connection $connection -Resource Standard -Warehouse $Warehouse -MaximumDuration 5h -FailOnError -ErrorAction Continue |
        Select-Object StartedAt, Resource, Status, Mode, Records, New, Changed, Deleted, Rejected, Requests, Duration, Message |
        Export-Csv -Path $Log -Append
}
finally {
    Disconnect-Junipeer -Connection $connection
}
