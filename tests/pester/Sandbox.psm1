# A sandbox of its own for each suite, in a process of its own, and the ways tests talk to it.
$root = (Resolve-Path "$PSScriptRoot/../..").Path
$program = $env:JUNIPEER_SANDBOX ?? (Get-ChildItem "$root/src/Junipeer.Sandbox/bin" -Recurse -Filter Junipeer.Sandbox.dll | Sort-Object LastWriteTime | Select-Object -Last 1).FullName

function Start-Sandbox {
    param([int] $Orders = 300, [string[]] $Option = @())
    $ready = Join-Path ([IO.Path]::GetTempPath()) "junipeer-sandbox-$([guid]::NewGuid().ToString('N')).json"
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    foreach ($argument in @($program, 'serve', '--port', '0', '--orders', $Orders, '--quota', '100000', '--ready-file', $ready) + $Option) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.BeginOutputReadLine()
    $until = [datetime]::UtcNow.AddSeconds(60)
    while (-not (Test-Path $ready)) {
        if ($process.HasExited -or [datetime]::UtcNow -gt $until) { throw "The sandbox did not start: $program" }
        Start-Sleep -Milliseconds 100
    }

    $address = Get-Content $ready -Raw | ConvertFrom-Json
    Remove-Item $ready
    $address.brightpearl | Add-Member oauth $address.oauth
    $address.brightpearl | Add-Member google $address.google
    $address.brightpearl | Add-Member norce $address.norce
    $address.brightpearl | Add-Member Process $process -PassThru
}

function Stop-Sandbox {
    param($Sandbox)
    if ($Sandbox -and -not $Sandbox.Process.HasExited) { $Sandbox.Process.Kill($true) }
}

function ConvertTo-Secure {
    param([string] $Text)
    $secure = [securestring]::new()
    foreach ($letter in $Text.ToCharArray()) { $secure.AppendChar($letter) }
    $secure
}

function Connect-Sandbox {
    param($Sandbox, [hashtable] $With = @{})
    $arguments = @{ Account = $Sandbox.account; BaseUri = $Sandbox.baseUri; AppReference = $Sandbox.appReference; StaffToken = (ConvertTo-Secure $Sandbox.staffToken); NoSave = $true }
    foreach ($name in $With.Keys) { $arguments[$name] = $With[$name] }
    Connect-Brightpearl @arguments
}

function Invoke-Admin {
    param($Sandbox, [string] $Path, [string] $Method = 'GET', $Body)
    $arguments = @{ Uri = "$($Sandbox.adminUri)/$Path"; Method = $Method }
    if ($null -ne $Body) { $arguments.Body = ($Body | ConvertTo-Json -Depth 9 -Compress); $arguments.ContentType = 'application/json' }
    Invoke-RestMethod @arguments
}

function Get-RequestCount {
    param($Sandbox)
    (Invoke-Admin $Sandbox counters).total
}

# Runs a script file in a fresh process, as a scheduled task does.
function Invoke-FreshScript {
    param([string] $Script, [string[]] $Argument = @())
    $file = Join-Path ([IO.Path]::GetTempPath()) "junipeer-$([guid]::NewGuid().ToString('N')).ps1"
    Set-Content -Path $file -Value $Script
    try {
        $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $file @Argument 2>&1 | Out-String
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = $output }
    }
    finally { Remove-Item $file }
}

# The error a script block ends with or writes; fails the test when it has none.
function Get-Fault {
    param([scriptblock] $Script)
    $caught = $null
    try { $null = & $Script -ErrorAction SilentlyContinue }
    catch { $caught = $_ }
    $caught ?? $(throw "No error came from: $Script")
}

function Write-Note {
    param([string] $Text)
    if ($env:JUNIPEER_NOTES) { Add-Content -Path $env:JUNIPEER_NOTES -Value $Text }
}

Export-ModuleMember -Function *
