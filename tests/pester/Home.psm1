# A home of its own for a suite (vaults are registered per user, in $HOME), and processes that live in it.
Import-Module "$PSScriptRoot/Sandbox.psm1"
$names = 'HOME', 'JUNIPEER_HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'DBUS_SESSION_BUS_ADDRESS', 'BROWSER', 'NO_COLOR', 'DOTNET_MultiCoreJitNoProfileGather'
$before = @{}
foreach ($name in $names) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }

# The home the next processes live in; made anew, with or without a SecretStore vault.
function Use-Home {
    param([string] $Path, [ValidateSet('Open', 'Password', 'None')] [string] $Vault = 'Open', [string] $VaultName = 'Mine')
    $null = New-Item -ItemType Directory $Path -Force
    foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $null) }
    $env:HOME = $Path
    $env:NO_COLOR = '1'
    # PowerShell keeps a start-up profile in the home; two processes that wrote it at once left one that later ones died of.
    $env:DOTNET_MultiCoreJitNoProfileGather = '1'
    # Without a session bus there is no keyring, whatever this machine has.
    $env:DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nonexistent'
    Set-Content "$Path/browser" "#!/bin/sh`ncurl -sL `"`$1`" > /dev/null`n"
    chmod +x "$Path/browser"
    $env:BROWSER = "$Path/browser"
    if ($Vault -eq 'None') { return }

    $store = $Vault -eq 'Open' ? '-Authentication None' : "-Authentication Password -Password (ConvertTo-Secure 'open sesame')"
    $run = Invoke-Process @"
Register-SecretVault -Name $VaultName -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
Reset-SecretStore -Scope CurrentUser $store -PasswordTimeout -1 -Interaction None -Force -WarningAction SilentlyContinue
"@
    if ($run.ExitCode -or $run.Error) { throw "The vault was not made: $($run.Error)" }
}

function Restore-Home { foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $before[$name]) } }

# Begins a script in a process of its own; its input is redirected, and it is -NonInteractive unless told otherwise.
function Start-Script {
    param([string] $Script, [switch] $Interactive, [hashtable] $Variable = @{})
    $file = Join-Path ([IO.Path]::GetTempPath()) "junipeer-$([guid]::NewGuid().ToString('N')).ps1"
    Set-Content $file "Import-Module '$PSScriptRoot/Sandbox.psm1', '$((Resolve-Path "$PSScriptRoot/../../Junipeer.psd1").Path)'`n$Script"
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($argument in @('-NoProfile'; if (-not $Interactive) { '-NonInteractive' }; '-File'; $file)) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Variable.Keys) { $start.Environment[$name] = $Variable[$name] }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    [pscustomobject]@{ Process = $process; File = $file; Output = $process.StandardOutput.ReadToEndAsync(); Error = $process.StandardError.ReadToEndAsync() }
}

function Wait-Script {
    param($Started, [int] $Seconds = 90)
    try {
        $isDone = $Started.Process.WaitForExit($Seconds * 1000)
        if (-not $isDone) { $Started.Process.Kill($true) }
        [pscustomobject]@{ ExitCode = $isDone ? $Started.Process.ExitCode : -1; Output = $Started.Output.Result; Error = $isDone ? $Started.Error.Result : "It hung. $($Started.Error.Result)" }
    }
    finally { Remove-Item $Started.File }
}

function Invoke-Process {
    param([string] $Script, [switch] $Interactive, [hashtable] $Variable = @{}, [int] $Seconds = 90)
    Wait-Script (Start-Script $Script -Interactive:$Interactive -Variable $Variable) $Seconds
}

# The command that signs in to the sandbox, and what the sandbox counts of it.
function Get-SignIn {
    param($Sandbox, [string] $More = '')
    "Connect-Brightpearl -Account $($Sandbox.account) -BaseUri $($Sandbox.baseUri) -AppReference $($Sandbox.oauth.clientId) -ClientSecret (ConvertTo-Secure '$($Sandbox.oauth.clientSecret)') -DeveloperReference $($Sandbox.oauth.developerReference) $More"
}

function Get-TokenCount {
    param($Sandbox, [string] $Grant)
    $counted = (Invoke-Admin $Sandbox oauth).counters.tokens
    if ($Grant) { $counted = $counted.$Grant }
    [int] ($counted.PSObject.Properties.Value | ForEach-Object { if ($_ -is [ValueType]) { $_ } else { $_.PSObject.Properties.Value } } | Measure-Object -Sum).Sum
}

Export-ModuleMember -Function *
