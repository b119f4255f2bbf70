@{
    RootModule           = 'module/bin/Junipeer.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '5a0b2f3e-6f0c-4d6e-9f3a-3f5b0c1d7a42'
    Author               = 'Junipeer for PowerShell contributors'
    CompanyName          = 'Junipeer for PowerShell'
    Copyright            = '(c) Junipeer for PowerShell contributors. MIT licence.'
    Description          = 'Connects Brightpearl, Norce and Google BigQuery: guided connections, connection tests, exports to the pipeline, to files and to a warehouse, and flows between the systems.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/Junipeer.Format.ps1xml')
    TypesToProcess       = @('module/Junipeer.Types.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Connect-BigQuery'
        'Connect-Brightpearl'
        'Connect-Norce'
        'Disconnect-Junipeer'
        'Find-BrightpearlRecord'
        'Find-NorceRecord'
        'Get-BigQueryDataset'
        'Get-BigQueryTable'
        'Get-BrightpearlRecord'
        'Get-BrightpearlResource'
        'Get-JunipeerBookmark'
        'Get-JunipeerConnection'
        'Get-JunipeerGuide'
        'Get-JunipeerReject'
        'Get-JunipeerRun'
        'Get-NorceJob'
        'Get-NorceRecord'
        'Get-NorceResource'
        'Import-BigQueryData'
        'Invoke-BigQueryQuery'
        'Invoke-BrightpearlExport'
        'Invoke-BrightpearlRequest'
        'Invoke-JunipeerQuery'
        'Invoke-NorceExport'
        'Invoke-NorceImport'
        'Invoke-NorceRequest'
        'New-BigQueryDataset'
        'Send-NorceOrderMessage'
        'Set-JunipeerBookmark'
        'Test-JunipeerConnection'
        'Test-JunipeerFreshness'
    )
    PrivateData          = @{
        PSData = @{
            Tags = @('Brightpearl', 'Norce', 'BigQuery', 'ERP', 'Retail', 'Export', 'SQLite', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
        }
    }
}
