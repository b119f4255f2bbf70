<#
.SYNOPSIS
Exports what changed in Brightpearl to compressed files and copies them to a storage account, in Azure Automation.
.DESCRIPTION
Set up once:

1. A runtime environment with PowerShell 7.4 or later and the modules Junipeer, Az.Accounts, Az.Storage, and for -SecretFrom
   KeyVault also Az.KeyVault and Microsoft.PowerShell.SecretManagement.
2. The managed identity of the automation account, with the roles Storage Blob Data Contributor on the storage account and,
   for KeyVault, Key Vault Secrets User on the vault.
3. The staff token of a private app (App Store > Private Apps), in one of these places:
   KeyVault    a secret named 'Brightpearl' (-SecretName). Key Vault's names have letters, digits and hyphens only.
   Connection  a connection asset 'Brightpearl' whose type has the fields Account, AppReference, DataCenter and StaffToken.
               For OAuth: AccessToken, RefreshToken, ExpiresAt and ClientSecret in place of StaffToken; it is used to its end.
   Credential  a credential asset 'Brightpearl': user name the app's reference, password the staff token.

A worker keeps nothing from one job to the next, so each job exports a day, a little more to be safe; lines that come twice
have the same key. There are no exit codes here: the job fails when something failed, and its output has a line per resource.
#>
param(
    [Parameter(Mandatory)] [string] $Account,
    [Parameter(Mandatory)] [string] $StorageAccount,
    [ValidateSet('KeyVault', 'Connection', 'Credential')] [string] $SecretFrom = 'KeyVault',
    [string] $KeyVault,
    [string] $AppReference,
    [string] $SecretName = 'Brightpearl',
    [string] $DataCenter = 'euw1',
    [string] $BaseUri,
    [string] $Container = 'brightpearl',
    [string[]] $Resource = @('order', 'product', 'contact'),
    [int] $Hours = 26
)

# In a runbook preferences are set in the script.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$InformationPreference = 'Continue'

# The exact version: the worker may hold others.
Import-Module Junipeer -RequiredVersion 0.1.0

$null = Connect-AzAccount -Identity
$at = if ($BaseUri) { @{ BaseUri = $BaseUri } } else { @{ DataCenter = $DataCenter } }
$connection = switch ($SecretFrom) {
    KeyVault {
        $parameters = @{ AZKVaultName = $KeyVault; SubscriptionId = (Get-AzContext).Subscription.Id }
        Register-SecretVault -Name Brightpearl -ModuleName Az.KeyVault -VaultParameters $parameters -AllowClobber
        Connect-Brightpearl -Account $Account @at -AppReference $AppReference -SecretName $SecretName -Vault Brightpearl -PassThru
    }
    # Nothing of an asset is saved on the worker.
    Connection { Connect-Brightpearl -Account $Account @at -Asset (Get-AutomationConnection -Name Brightpearl) -PassThru }
    Credential { Connect-Brightpearl -Account $Account @at -Asset (Get-AutomationPSCredential -Name Brightpearl) -PassThru }
}

$folder = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
$null = New-Item -ItemType Directory -Path $folder
try {
    if (-not (Test-JunipeerConnection -Connection $connection -Quiet)) {
        $failed = Test-JunipeerConnection -Connection $connection | Where-Object Status -eq Failed
        throw ($failed | ForEach-Object { "$($_.Check): $($_.Cause) $($_.Fix)" })
    }

    # A job is ended after three hours: stop cleanly before.
    $results = @(Invoke-BrightpearlExport -Connection $connection -Resource $Resource -UpdatedAfter ([datetimeoffset]::UtcNow.AddHours(-$Hours)) -Path $folder -Compress -MaximumDuration 150m -ErrorAction Continue)
    $results | Select-Object Resource, Status, Records, Requests, Duration, Message

    $storage = New-AzStorageContext -StorageAccountName $StorageAccount -UseConnectedAccount
    Get-ChildItem -Path $folder -Filter *.ndjson.gz | ForEach-Object {
        $null = Set-AzStorageBlobContent -File $_.FullName -Container $Container -Blob $_.Name -Context $storage -Force
    }

    # After the copy: what could be exported is safe.
    $bad = @($results | Where-Object Status -in 'Failed', 'Incomplete')
    if ($bad.Count -gt 0) { throw "Not exported completely: $($bad.Resource -join ', ')" }
}
finally {
    Disconnect-Junipeer -Connection $connection
    Remove-Item -Path $folder -Recurse -Force
}
