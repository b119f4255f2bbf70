# Our export inside PowerShell.
param([string] $Module, [string] $Server, [string] $Account, [string] $Path, [string] $Target)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$process = Get-Process -Id $PID
$cpu = $process.TotalProcessorTime
$watch = [Diagnostics.Stopwatch]::StartNew()

Import-Module $Module
$token = [securestring]::new()
'benchmark'.ToCharArray() | ForEach-Object { $token.AppendChar($_) }
Connect-Brightpearl -Account $Account -BaseUri $Server -AppReference benchmark -StaffToken $token -NoSave
$where = if ($Target -eq 'Files') { @{ Path = $Path; Compress = $true } } else { @{ Warehouse = $Path } }
$result = Invoke-BrightpearlExport -Resource order @where -QuotaShare 1

$watch.Stop()
$process.Refresh()
if ("$($result.Status)" -ne 'Completed') { throw "The export ended with status $($result.Status)." }
@{
    records = $result.Records
    bytes   = [long] (Get-ChildItem $Path | Measure-Object Length -Sum).Sum
    wall    = $watch.Elapsed.TotalSeconds
    cpu     = ($process.TotalProcessorTime - $cpu).TotalSeconds
    peakMb  = $process.PeakWorkingSet64 / 1MB
} | ConvertTo-Json -Compress
