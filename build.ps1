#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests and packs the module. Needs the .NET SDK; installs nothing.
.EXAMPLE
./build.ps1
Builds, tests, and puts the package into output/Junipeer/<version>.
.EXAMPLE
./build.ps1 -Task Build
Builds, so that Import-Module ./Junipeer.psd1 works.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Analyze', 'Docs', 'Package')]
    [string[]] $Task = @('Build', 'Test', 'Package'),

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$solution = Join-Path $PSScriptRoot Junipeer.PowerShell.sln
$cmdlets = Join-Path $PSScriptRoot src/Junipeer.PowerShell

$tasks = @{
    Build   = { dotnet build $solution --configuration $Configuration --verbosity minimal }

    # With this PowerShell, so that the Pester suites run in it; they are skipped where Pester 5 is missing.
    Test    = {
        $env:JUNIPEER_PWSH ??= [Environment]::ProcessPath
        dotnet test $solution --configuration $Configuration --no-restore
    }

    Analyze = {
        if (-not (Get-Module PSScriptAnalyzer -ListAvailable)) { throw 'Install-Module PSScriptAnalyzer first.' }
        $findings = 'build.ps1', 'examples', 'tests/pester', 'Junipeer.psd1' | ForEach-Object {
            # Variables and parameters used in another block of the same file look unused to these rules.
            Invoke-ScriptAnalyzer -Path (Join-Path $PSScriptRoot $_) -Recurse -ExcludeRule PSUseDeclaredVarsMoreThanAssignments, PSReviewUnusedParameter, PSUseShouldProcessForStateChangingFunctions
        }
        $findings | Format-Table Severity, ScriptName, Line, RuleName, Message -Wrap
        if ($findings | Where-Object Severity -ne Information) { throw 'PSScriptAnalyzer found something.' }
    }

    Docs    = { dotnet msbuild $cmdlets -target:LayOutHelp -verbosity:minimal }

    Package = {
        $version = (Import-PowerShellDataFile $PSScriptRoot/Junipeer.psd1).ModuleVersion
        $package = Join-Path $PSScriptRoot output/Junipeer $version
        if (Test-Path $package) { Remove-Item $package -Recurse -Force }
        $null = New-Item -ItemType Directory -Path $package -Force
        'Junipeer.psd1', 'module', 'en-US', 'LICENSE' | ForEach-Object { Copy-Item (Join-Path $PSScriptRoot $_) $package -Recurse }
        $null = Test-ModuleManifest (Join-Path $package Junipeer.psd1)
        # Azure Automation takes a zip with the manifest at its root or in a folder of the module's name.
        Compress-Archive -Path $package/* -DestinationPath (Join-Path $PSScriptRoot output/Junipeer.zip) -Force
        '{0}: {1:N1} MB, zipped {2:N1} MB' -f $package, ((Get-ChildItem $package -Recurse -File | Measure-Object Length -Sum).Sum / 1MB), ((Get-Item (Join-Path $PSScriptRoot output/Junipeer.zip)).Length / 1MB)
    }
}

foreach ($name in $Task) {
    Write-Information "== $name" -InformationAction Continue
    & $tasks[$name]
}
