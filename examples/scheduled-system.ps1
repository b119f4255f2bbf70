<#
.SYNOPSIS
Exports Brightpearl every night as SYSTEM, or as root in a container: an account without a desktop or a usual profile.
.DESCRIPTION
Everything this account keeps is put where you can see it: the list of connections in -DataFolder (JUNIPEER_HOME), the token
in a vault that SYSTEM set up itself. Prefer a gMSA where you can: SYSTEM may do anything on the machine.

Set up once, as an administrator:

    Install-PSResource Junipeer, Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore -Scope AllUsers
    New-Item -ItemType Directory C:\ProgramData\Junipeer; icacls C:\ProgramData\Junipeer /inheritance:r /grant 'SYSTEM:(OI)(CI)F' 'Administrators:(OI)(CI)F'

    # The token of a private staff app (App Store > Private Apps), for a few seconds: -Install puts it into the vault and deletes the file.
    Read-Host -MaskInput -Prompt 'Staff token' | Set-Content C:\ProgramData\Junipeer\token.txt -NoNewline
    $install = New-ScheduledTaskAction -Execute pwsh.exe -Argument '-NoProfile -NonInteractive -File C:\Jobs\scheduled-system.ps1 -Install -Account mycompany -AppReference mycompany_export'
    $export = New-ScheduledTaskAction -Execute pwsh.exe -Argument '-NoProfile -NonInteractive -File C:\Jobs\scheduled-system.ps1 -Connection mycompany -Warehouse D:\Data\brightpearl.db'
    Register-ScheduledTask -TaskName 'Brightpearl install' -Action $install -User SYSTEM
    Register-ScheduledTask -TaskName 'Brightpearl export' -Action $export -User SYSTEM -Trigger (New-ScheduledTaskTrigger -Daily -At 01:00)
    Start-ScheduledTask 'Brightpearl install'
    (Get-ScheduledTaskInfo 'Brightpearl install').LastTaskResult    # 0: it is set up; then Unregister-ScheduledTask 'Brightpearl install'

Exit codes, as monitors read them: 0 all is well; 1 look at it (values that did not fit, deletes held back, more to do);
2 a resource failed; 3 nothing could be done (no vault, no connection, no warehouse). A run that was cut off is taken up by the next.
#>
[CmdletBinding(DefaultParameterSetName = 'Export')]
param(
    [Parameter(Mandatory, ParameterSetName = 'Install')] [switch] $Install,
    [Parameter(Mandatory, ParameterSetName = 'Install')] [string] $Account,
    [Parameter(Mandatory, ParameterSetName = 'Install')] [string] $AppReference,
    [Parameter(ParameterSetName = 'Install')] [string] $DataCenter = 'euw1',
    [Parameter(ParameterSetName = 'Install')] [uri] $BaseUri,
    [Parameter(Mandatory, ParameterSetName = 'Export')] [string] $Connection,
    [Parameter(Mandatory, ParameterSetName = 'Export')] [string] $Warehouse,
    [Parameter(ParameterSetName = 'Export')] [string[]] $Resource = 'Standard',
    [Parameter(ParameterSetName = 'Export')] [string] $MaximumDuration = '5h',
    [string] $DataFolder = (Join-Path ([Environment]::GetFolderPath('CommonApplicationData')) 'Junipeer'),
    [string] $Vault = 'Junipeer'
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$env:JUNIPEER_HOME = $DataFolder
try {
    Import-Module Junipeer
    if ($Install) {
        $file = Join-Path $DataFolder token.txt
        if (-not (Get-SecretVault | Where-Object ModuleName -eq Microsoft.PowerShell.SecretStore)) {
            # Begins an empty store that never asks for a password. All settings together: -Interaction None alone would lock
            # the account out. It deletes what a store holds, so it is run only where this account has none.
            Reset-SecretStore -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Force -WarningAction SilentlyContinue
            Register-SecretVault -Name $Vault -ModuleName Microsoft.PowerShell.SecretStore
        }

        $token = [securestring]::new()
        foreach ($letter in (Get-Content -Path $file -Raw).Trim().ToCharArray()) { $token.AppendChar($letter) }
        $where = if ($BaseUri) { @{ BaseUri = $BaseUri } } else { @{ DataCenter = $DataCenter } }
        $Connection = Connect-Brightpearl -Account $Account @where -AppReference $AppReference -StaffToken $token -Vault $Vault -PassThru
        Remove-Item -Path $file
    }

    if (-not (Test-JunipeerConnection -Connection $Connection -Quiet)) {
        Test-JunipeerConnection -Connection $Connection | Where-Object Status -eq Failed | Format-List Check, Cause, Fix | Out-String | Write-Output
        exit 3
    }

    if ($Install) { exit 0 }

    # Continue: one resource's error is shown, and the others go on.
    $results = @(Invoke-BrightpearlExport -Connection $Connection -Resource $Resource -Warehouse $Warehouse -MaximumDuration $MaximumDuration -ErrorAction Continue)
    $results | Select-Object StartedAt, Resource, Status, Mode, Records, New, Changed, Deleted, Rejected, Requests, Duration, Message |
        Export-Csv -Path ([IO.Path]::ChangeExtension($Warehouse, '.log.csv')) -Append
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
