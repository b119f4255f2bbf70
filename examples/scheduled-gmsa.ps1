<#
.SYNOPSIS
Exports Brightpearl every night as a group managed service account, with the token of a private staff app.
.DESCRIPTION
Nobody can sign in as a gMSA or type a secret for it, so the account sets its vault up itself: the first run finds the token
in a file, puts it into a vault that opens for this account alone, and deletes the file.

Set up once, as an administrator:

    Install-PSResource Junipeer, Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore -Scope AllUsers

    # A folder for this account and administrators only; then the token (App Store > Private Apps), for a few seconds.
    New-Item -ItemType Directory C:\Jobs\Secret; icacls C:\Jobs\Secret /inheritance:r /grant 'CONTOSO\export$:(OI)(CI)M' 'Administrators:(OI)(CI)F'
    Read-Host -MaskInput -Prompt 'Staff token' | Set-Content C:\Jobs\Secret\token.txt -NoNewline

    $action = New-ScheduledTaskAction -Execute pwsh.exe -Argument '-NoProfile -NonInteractive -File C:\Jobs\scheduled-gmsa.ps1 -Account mycompany -AppReference mycompany_export -Warehouse D:\Data\brightpearl.db -TokenFile C:\Jobs\Secret\token.txt'
    $as = New-ScheduledTaskPrincipal -UserId 'CONTOSO\export$' -LogonType Password
    Register-ScheduledTask -TaskName 'Brightpearl export' -Action $action -Principal $as -Trigger (New-ScheduledTaskTrigger -Daily -At 01:00)
    Start-ScheduledTask 'Brightpearl export'

A gMSA needs the right "Log on as a batch job". To change the token, write the file again and start the task.

Exit codes, as monitors read them: 0 all is well; 1 look at it (values that did not fit, deletes held back, more to do);
2 a resource failed; 3 nothing could be done (no vault, no connection, no warehouse). A run that was cut off is taken up by the next.
#>
param(
    [Parameter(Mandatory)] [string] $Account,
    [Parameter(Mandatory)] [string] $AppReference,
    [Parameter(Mandatory)] [string] $Warehouse,
    [string] $TokenFile,
    [string] $DataCenter = 'euw1',
    [uri] $BaseUri,
    [string[]] $Resource = 'Standard',
    [string] $Vault = 'Junipeer',
    [string] $SecretName = 'Brightpearl',
    [string] $MaximumDuration = '5h',
    [string] $Log = [IO.Path]::ChangeExtension($Warehouse, '.log.csv')
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
    Import-Module Junipeer
    if ($TokenFile -and (Test-Path $TokenFile)) {
        if (-not (Get-SecretVault | Where-Object ModuleName -eq Microsoft.PowerShell.SecretStore)) {
            # Begins an empty store that never asks for a password. All settings together: -Interaction None alone would lock
            # the account out. It deletes what a store holds, so it is run only where this account has none.
            Reset-SecretStore -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Force -WarningAction SilentlyContinue
            Register-SecretVault -Name $Vault -ModuleName Microsoft.PowerShell.SecretStore
        }

        Set-Secret -Name $SecretName -Vault $Vault -Secret (Get-Content -Path $TokenFile -Raw).Trim()
        Remove-Item -Path $TokenFile
    }

    $where = if ($BaseUri) { @{ BaseUri = $BaseUri } } else { @{ DataCenter = $DataCenter } }
    $connection = Connect-Brightpearl -Account $Account @where -AppReference $AppReference -SecretName $SecretName -Vault $Vault -PassThru
    if (-not (Test-JunipeerConnection -Connection $connection -Quiet)) {
        Test-JunipeerConnection -Connection $connection | Where-Object Status -eq Failed | Format-List Check, Cause, Fix | Out-String | Write-Output
        exit 3
    }

    # Continue: one resource's error is shown, and the others go on.
    $results = @(Invoke-BrightpearlExport -Connection $connection -Resource $Resource -Warehouse $Warehouse -MaximumDuration $MaximumDuration -ErrorAction Continue)
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
