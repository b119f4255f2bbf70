<#
.SYNOPSIS
Exports Brightpearl every night as a user whose password the task knows, with a connection that user saved.
.DESCRIPTION
Set up once, at a prompt of that user (runas /user:CONTOSO\export pwsh); vaults and connections belong to one user:

    Install-PSResource Junipeer, Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore
    Reset-SecretStore -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Force
    Register-SecretVault -Name Junipeer -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
    Connect-Brightpearl -Account mycompany -DataCenter euw1 -AppReference my_app -ClientSecret (Read-Host -AsSecureString) -Vault Junipeer
    Test-JunipeerConnection -Connection mycompany

Reset-SecretStore begins an empty store that asks for no password, and deletes what one holds. Keep a store that is there:
Set-SecretStoreConfiguration -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Confirm:$false
Always pass these settings together: -Interaction None alone locks you out of a new store. Test-JunipeerConnection says when a
scheduled run could not open the secret.

Register the task, with the password, for a logon of its own (Windows):

    $action = New-ScheduledTaskAction -Execute pwsh.exe -Argument '-NoProfile -NonInteractive -File C:\Jobs\scheduled-password-logon.ps1 -Connection mycompany -Warehouse D:\Data\brightpearl.db'
    Register-ScheduledTask -TaskName 'Brightpearl export' -Action $action -Trigger (New-ScheduledTaskTrigger -Daily -At 01:00) -User CONTOSO\export -Password (Read-Host -MaskInput)

Linux, in the crontab of that user:

    0 1 * * * pwsh -NoProfile -NonInteractive -File /opt/jobs/scheduled-password-logon.ps1 -Connection mycompany -Warehouse /srv/data/brightpearl.db

Exit codes, as monitors read them: 0 all is well; 1 look at it (values that did not fit, deletes held back, more to do);
2 a resource failed; 3 nothing could be done (no connection, no warehouse). A run that was cut off is taken up by the next.
#>
param(
    [Parameter(Mandatory)] [string] $Connection,
    [Parameter(Mandatory)] [string] $Warehouse,
    [string[]] $Resource = 'Standard',
    [string] $MaximumDuration = '5h',
    [string] $Log = [IO.Path]::ChangeExtension($Warehouse, '.log.csv')
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
    Import-Module Junipeer

    # Nothing to connect: the saved connection is used by its name, and its tokens are renewed and saved by themselves.
    if (-not (Test-JunipeerConnection -Connection $Connection -Quiet)) {
        Test-JunipeerConnection -Connection $Connection | Where-Object Status -eq Failed | Format-List Check, Cause, Fix | Out-String | Write-Output
        exit 3
    }

    # Continue: one resource's error is shown, and the others go on.
    $results = @(Invoke-BrightpearlExport -Connection $Connection -Resource $Resource -Warehouse $Warehouse -MaximumDuration $MaximumDuration -ErrorAction Continue)
    $results | Select-Object StartedAt, Resource, Status, Mode, Records, New, Changed, Deleted, Rejected, Requests, Duration, Message | Export-Csv -Path $Log -Append
}
catch {
    "$_"
    $_.ErrorDetails.RecommendedAction
    exit 3
}

'{0} resources: {1}' -f $results.Count, (($results | Group-Object Status | ForEach-Object { "$($_.Count) $($_.Name)" }) -join ', ')
if ($results.Count -eq 0 -or $results.Status -contains 'Failed') { exit 2 }
if ($results.Status -ne 'Completed') { exit 1 }
exit 0
