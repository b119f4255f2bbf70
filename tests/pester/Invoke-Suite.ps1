# Runs one suite and writes what came of it as JSON; xunit reads it.
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Report
)
# The suites must neither see nor change what the person at this machine has saved.
$env:JUNIPEER_HOME = Join-Path ([IO.Path]::GetTempPath()) "junipeer-home-$([guid]::NewGuid().ToString('N'))"
Import-Module Pester -MinimumVersion 5.0
$settings = New-PesterConfiguration
$settings.Run.Path = $Path
$settings.Run.PassThru = $true
$settings.Output.Verbosity = 'None'
$settings.Output.RenderMode = 'Plaintext'
$env:JUNIPEER_NOTES = "$Report.notes"
$result = Invoke-Pester -Configuration $settings

$broken = @($result.Containers; $result.Tests.Block) | Where-Object { $_.ErrorRecord -and -not $_.Passed } | Select-Object -Unique
$failures = @(
    foreach ($test in $result.Failed) { "$($test.ExpandedPath)`n$(($test.ErrorRecord | ForEach-Object { $_.ToString().Trim() + "`n" + $_.ScriptStackTrace }) -join "`n")" }
    foreach ($block in $broken) { "$block`n$(($block.ErrorRecord | ForEach-Object ToString) -join "`n")" }
)
$notes = if (Test-Path $env:JUNIPEER_NOTES) { Get-Content $env:JUNIPEER_NOTES -Raw; Remove-Item $env:JUNIPEER_NOTES } else { '' }
@{ passed = $result.PassedCount; skipped = $result.SkippedCount; failures = $failures; notes = $notes } | ConvertTo-Json -Depth 4 | Set-Content -Path $Report
if (Test-Path $env:JUNIPEER_HOME) { Remove-Item $env:JUNIPEER_HOME -Recurse -Force }
