<#
.SYNOPSIS
Exports what changed in Brightpearl to compressed files and copies them to a storage account.
.DESCRIPTION
For Azure Automation with a PowerShell 7.4 (or later) runtime environment that holds the modules Junipeer, Az.Accounts
and Az.Storage. A sandbox keeps nothing from one job to the next, so each job exports a day, a little more to be safe;
lines that come twice have the same key.

Assets: a credential 'Brightpearl' with the app's reference as user name and the staff token as password. The managed
identity of the automation account needs the role Storage Blob Data Contributor.
#>
param(
    [Parameter(Mandatory)] [string] $Account,
    [Parameter(Mandatory)] [string] $StorageAccount,
    [string] $Container = 'brightpearl',
    [string] $DataCenter = 'euw1',
    [string[]] $Resource = @('order', 'product', 'contact'),
    [int] $Hours = 26
)

# In a runbook preferences are set in the script.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$app = Get-AutomationPSCredential -Name Brightpearl
$connection = Connect-Brightpearl -Account $Account -DataCenter $DataCenter -AppReference $app.UserName -StaffToken $app.Password -PassThru
$folder = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
$null = New-Item -ItemType Directory -Path $folder
try {
    # A job is ended after three hours: stop cleanly before.
    Invoke-BrightpearlExport -Connection $connection -Resource $Resource -UpdatedAfter ([datetimeoffset]::UtcNow.AddHours(-$Hours)) -Path $folder -Compress -MaximumDuration 150m -FailOnError -ErrorAction Continue |
        Select-Object Resource, Status, Records, Requests, Duration

    $null = Connect-AzAccount -Identity
    $storage = New-AzStorageContext -StorageAccountName $StorageAccount -UseConnectedAccount
    Get-ChildItem -Path $folder -Filter *.ndjson.gz | ForEach-Object {
        $null = Set-AzStorageBlobContent -File $_.FullName -Container $Container -Blob $_.Name -Context $storage -Force
    }
}
finally {
    Disconnect-Junipeer -Connection $connection
    Remove-Item -Path $folder -Recurse -Force
}
