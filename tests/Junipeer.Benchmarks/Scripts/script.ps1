# What an admin writes instead: every order of an account into one compressed file of JSON lines.
param([string] $BaseUri, [string] $Path)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$process = Get-Process -Id $PID
$cpu = $process.TotalProcessorTime
$watch = [Diagnostics.Stopwatch]::StartNew()

$headers = @{ 'brightpearl-app-ref' = 'benchmark'; 'brightpearl-staff-token' = 'benchmark' }
$listing = Invoke-RestMethod -Method Options -Uri "$BaseUri/order-service/order" -Headers $headers
$orders = foreach ($uri in $listing.response.getUris) {
    (Invoke-RestMethod -Uri "$BaseUri/order-service$($uri)?includeOptional=customFields,nullCustomFields" -Headers $headers).response
}
$orders | ForEach-Object { ConvertTo-Json -InputObject $_ -Depth 20 -Compress } | Out-File -FilePath $Path -Encoding utf8
$from = [IO.File]::OpenRead($Path)
$to = [IO.Compression.GZipStream]::new([IO.File]::Create("$Path.gz"), [IO.Compression.CompressionLevel]::Fastest)
$from.CopyTo($to)
$to.Dispose()
$from.Dispose()

$watch.Stop()
$process.Refresh()
@{
    records = $orders.Count
    bytes   = (Get-Item "$Path.gz").Length
    wall    = $watch.Elapsed.TotalSeconds
    cpu     = ($process.TotalProcessorTime - $cpu).TotalSeconds
    peakMb  = $process.PeakWorkingSet64 / 1MB
} | ConvertTo-Json -Compress
