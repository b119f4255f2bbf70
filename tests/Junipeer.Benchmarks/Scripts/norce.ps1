# Rows of stock made one after another and piped into our import.
param([string] $Module, [string] $Server, [long] $Rows, [int] $JobRows)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$process = Get-Process -Id $PID
$cpu = $process.TotalProcessorTime
$watch = [Diagnostics.Stopwatch]::StartNew()

Import-Module $Module
$secret = [securestring]::new()
'benchmark'.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
Connect-Norce -BaseUri $Server -Environment Playground -ClientId bench -ClientSecret $secret -ApplicationId 1 -AccountId 1 -NoSave
$taken = 0
& {
    for ($i = 0L; $i -lt $Rows; $i++) {
        [pscustomobject]@{ PartNo = 'SKU-{0:D8}' -f $i; WarehouseCode = 'main'; LocationCode = 'std'; OnhandValue = $i % 500; IncomingValue = $i % 7 }
    }
} | Invoke-NorceImport OnHand -SkipCodeCheck -JobRows $JobRows -Unfinished Forget | ForEach-Object { if ($_.IsClean) { $taken += $_.Rows } }

$watch.Stop()
$process.Refresh()
if ($taken -ne $Rows) { throw "Only $taken of $Rows rows were taken." }
@{
    records = $taken
    wall    = $watch.Elapsed.TotalSeconds
    cpu     = ($process.TotalProcessorTime - $cpu).TotalSeconds
    peakMb  = $process.PeakWorkingSet64 / 1MB
} | ConvertTo-Json -Compress
