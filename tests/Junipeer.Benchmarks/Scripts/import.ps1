# How long a user waits for the module and for the first answer of the engine. Get-Command and Measure-Object come first, so
# that the shell's own start is not counted.
param([string] $Module)
$ErrorActionPreference = 'Stop'
$null = Get-Command Import-Module | Measure-Object
$watch = [Diagnostics.Stopwatch]::StartNew()
Import-Module $Module
$import = $watch.Elapsed.TotalMilliseconds
$watch.Restart()
$resources = @(Get-BrightpearlResource)
$first = $watch.Elapsed.TotalMilliseconds
@{
    records = $resources.Count
    figures = @{ import = $import; first = $first }
    peakMb  = (Get-Process -Id $PID).PeakWorkingSet64 / 1MB
} | ConvertTo-Json -Compress
