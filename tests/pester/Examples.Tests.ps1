BeforeDiscovery {
    $scripts = Get-ChildItem "$PSScriptRoot/../../examples/*.ps1" | ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
    $hasVault = [bool](Get-Module Microsoft.PowerShell.SecretManagement -ListAvailable) -and [bool](Get-Module Microsoft.PowerShell.SecretStore -ListAvailable)
}

BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $examples = "$root/examples"
    $version = (Import-PowerShellDataFile "$root/Junipeer.psd1").ModuleVersion

    # The module as it is installed: Junipeer/<version>, found by name.
    $modules = "$TestDrive/modules"
    $null = New-Item -ItemType Directory "$modules/Junipeer/$version/module" -Force
    Copy-Item "$root/Junipeer.psd1" "$modules/Junipeer/$version"
    Copy-Item "$root/module/*" "$modules/Junipeer/$version/module" -Recurse

    $sandbox = Start-Sandbox -Orders 60 -Option '--auto-approve'
    $saved = @{}
    foreach ($name in 'HOME', 'JUNIPEER_HOME', 'PSModulePath', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'NO_COLOR') { $saved[$name] = [Environment]::GetEnvironmentVariable($name) }

    # Each user of an example has a home of its own: its vaults, its connections.
    function Use-Home([string] $User) {
        $path = "$TestDrive/home-$User"
        $null = New-Item -ItemType Directory $path -Force
        $env:HOME = $path
        $env:JUNIPEER_HOME = $null
        $env:XDG_DATA_HOME = $env:XDG_CONFIG_HOME = $env:XDG_CACHE_HOME = $null
        $env:PSModulePath = "$modules$([IO.Path]::PathSeparator)$($saved.PSModulePath)"
        $env:NO_COLOR = '1'
    }

    function Invoke-Example([string] $Name, [string[]] $Argument) {
        $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File "$examples/$Name" @Argument 2>&1 | Out-String
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = $output }
    }

    function Get-Call([string] $Code) {
        $tree = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $null)
        $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
    }

    # What a platform brings and this machine may not have: Azure's modules and assets, Windows's scheduled tasks, installing.
    $platform = '^(Get-Automation|Connect-Az|Get-Az|New-AzStorage|Set-AzStorage|.*-ScheduledTask|icacls$|Install-PSResource$)'
    function Assert-Call([string] $Code) {
        foreach ($call in Get-Call $Code) {
            $name = $call.GetCommandName()
            if (-not $name -or $name -match $platform) { continue }
            $command = Get-Command $name -ErrorAction Ignore
            $command | Should -Not -BeNullOrEmpty -Because "$name must exist"
            foreach ($part in $call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                if ($command.Parameters) { $command.Parameters.Keys + $command.Parameters.Values.Aliases | Should -Contain $part.ParameterName -Because "$name must have it" }
            }
        }
    }
}

AfterAll {
    foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
    Stop-Sandbox $sandbox
}

Describe '<Name>' -ForEach $scripts {
    It 'parses, and says what it is for' {
        $errors = $null
        $null = [Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        (Get-Help $Path).Synopsis | Should -Match '\.$'
        Get-Content $Path -Raw | Should -BeLike '*Set up once*'
    }

    It 'calls only what exists, with parameters that exist' -Skip:(-not $hasVault) { Assert-Call (Get-Content $Path -Raw) }

    It 'says in its head only what exists' -Skip:(-not $hasVault) {
        $head = ((Get-Content $Path -Raw) -split '#>')[0]
        $lines = $head -split "`n" | Where-Object { $_ -match '^ {4}\S' -and $_ -cmatch '^ {4}([A-Z][a-z]+-|\$|\()' }
        foreach ($line in $lines) { Assert-Call $line.Trim() }
    }

    It 'passes all settings of SecretStore together' {
        foreach ($call in [regex]::Matches((Get-Content $Path -Raw), '(Set-SecretStoreConfiguration|Reset-SecretStore) -.*').Value) {
            foreach ($part in '-Scope CurrentUser', '-Authentication None', '-PasswordTimeout', '-Interaction None') { $call.Contains($part) | Should -BeTrue -Because "$call needs $part" }
        }
    }

    It 'has nothing for PSScriptAnalyzer' -Skip:(-not (Get-Module PSScriptAnalyzer -ListAvailable)) { Invoke-ScriptAnalyzer -Path $Path | Should -BeNullOrEmpty }
}

Describe 'Run against a sandbox' -Skip:(-not $hasVault -or $IsWindows) {
    It 'interactive.ps1 connects, saves, reads and exports' {
        Use-Home person
        $run = Invoke-FreshScript @"
Register-SecretVault -Name Mine -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
Reset-SecretStore -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Force -WarningAction SilentlyContinue
Import-Module '$PSScriptRoot/Sandbox.psm1'
function Read-Host { ConvertTo-Secure '$($sandbox.staffToken)' }
. '$examples/interactive.ps1' -Account $($sandbox.account) -AppReference $($sandbox.appReference) -BaseUri $($sandbox.baseUri) -StaffToken -Warehouse '$TestDrive/person.db'
"saved: `$((Get-JunipeerConnection).SecretReference)"
"errors: `$(`$Error.Count)"
"@
        $run.Output | Should -BeLike "*Completed*saved: vault 'Mine'*errors: 0*" -Because $run.Output
        $run.Output.Contains($sandbox.staffToken) | Should -BeFalse
    }

    It 'scheduled-password-logon.ps1 exports with the connection its user saved, and says 3 without it' {
        Use-Home export
        $without = Invoke-Example scheduled-password-logon.ps1 @('-Connection', 'nightly', '-Warehouse', "$TestDrive/export.db")
        $without.ExitCode | Should -Be 3 -Because $without.Output
        $without.Output | Should -BeLike '*Connect-Brightpearl*'

        # The user signs in once; the code comes from the sandbox's own page.
        $setup = Invoke-FreshScript @"
Register-SecretVault -Name Junipeer -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
Reset-SecretStore -Scope CurrentUser -Authentication None -PasswordTimeout -1 -Interaction None -Force -WarningAction SilentlyContinue
Import-Module '$PSScriptRoot/Sandbox.psm1', Junipeer
`$page = '$($sandbox.oauth.authorizeUri)?response_type=code&client_id=$($sandbox.oauth.clientId)&state=abc&redirect_uri=' + [uri]::EscapeDataString('http://127.0.0.1:53682/callback')
`$answer = Invoke-WebRequest `$page -MaximumRedirection 0 -SkipHttpErrorCheck -ErrorAction Ignore
Connect-Brightpearl -Account $($sandbox.account) -BaseUri $($sandbox.baseUri) -AppReference $($sandbox.oauth.clientId) -ClientSecret (ConvertTo-Secure '$($sandbox.oauth.clientSecret)') -DeveloperReference $($sandbox.oauth.developerReference) -AuthorizationCode "`$(`$answer.Headers.Location)" -Vault Junipeer -Name nightly
Test-JunipeerConnection -Connection nightly | Format-Table Check, Status, Detail
"@
        $setup.Output | Should -BeLike '*SecretStore*Passed*TokenLifetime*Passed*' -Because $setup.Output

        $run = Invoke-Example scheduled-password-logon.ps1 @('-Connection', 'nightly', '-Warehouse', "$TestDrive/export.db", '-Resource', 'order')
        $run.ExitCode | Should -Be 0 -Because $run.Output
        (Import-Csv "$TestDrive/export.log.csv").Status | Should -Be Completed
    }

    It 'scheduled-gmsa.ps1 puts the token into its own vault, deletes the file, and exports' {
        Use-Home gmsa
        Set-Content "$TestDrive/token.txt" $sandbox.staffToken
        $arguments = '-Account', $sandbox.account, '-AppReference', $sandbox.appReference, '-BaseUri', $sandbox.baseUri, '-Warehouse', "$TestDrive/gmsa.db", '-Resource', 'order', '-TokenFile', "$TestDrive/token.txt"
        $first = Invoke-Example scheduled-gmsa.ps1 $arguments
        $first.ExitCode | Should -Be 0 -Because $first.Output
        Test-Path "$TestDrive/token.txt" | Should -BeFalse
        $second = Invoke-Example scheduled-gmsa.ps1 $arguments
        $second.ExitCode | Should -Be 0 -Because $second.Output
        (Import-Csv "$TestDrive/gmsa.log.csv").Count | Should -Be 2
        ($first.Output + $second.Output).Contains($sandbox.staffToken) | Should -BeFalse
    }

    It 'scheduled-gmsa.ps1 says 2 when a resource failed' {
        Use-Home gmsa
        $null = Invoke-Admin $sandbox faults -Method POST -Body @{ kind = 'status'; status = 403; match = @{ pathContains = 'order-service/order' }; times = 50 }
        try {
            $run = Invoke-Example scheduled-gmsa.ps1 @('-Account', $sandbox.account, '-AppReference', $sandbox.appReference, '-BaseUri', $sandbox.baseUri, '-Warehouse', "$TestDrive/gmsa-failed.db", '-Resource', 'order')
            $run.ExitCode | Should -Be 2 -Because $run.Output
        }
        finally { $null = Invoke-Admin $sandbox faults -Method DELETE }
    }

    It 'scheduled-system.ps1 installs itself into a folder of its own, then exports' {
        Use-Home system
        $folder = "$TestDrive/programdata"
        $null = New-Item -ItemType Directory $folder
        Set-Content "$folder/token.txt" $sandbox.staffToken
        $install = Invoke-Example scheduled-system.ps1 @('-Install', '-Account', $sandbox.account, '-AppReference', $sandbox.appReference, '-BaseUri', $sandbox.baseUri, '-DataFolder', $folder)
        $install.ExitCode | Should -Be 0 -Because $install.Output
        Test-Path "$folder/token.txt" | Should -BeFalse
        Test-Path "$folder/connections.json" | Should -BeTrue
        $run = Invoke-Example scheduled-system.ps1 @('-Connection', $sandbox.account, '-Warehouse', "$TestDrive/system.db", '-Resource', 'order', '-DataFolder', $folder)
        $run.ExitCode | Should -Be 0 -Because $run.Output
        (Get-Content "$folder/connections.json" -Raw).Contains($sandbox.staffToken) | Should -BeFalse
    }

    It 'scheduled-system.ps1 says 3 with a token that is refused' {
        Use-Home refused
        $folder = "$TestDrive/refused"
        $null = New-Item -ItemType Directory $folder
        Set-Content "$folder/token.txt" 'c29tZXRoaW5nIGVsc2U='
        $run = Invoke-Example scheduled-system.ps1 @('-Install', '-Account', $sandbox.account, '-AppReference', $sandbox.appReference, '-BaseUri', $sandbox.baseUri, '-DataFolder', $folder)
        $run.ExitCode | Should -Be 3 -Because $run.Output
        $run.Output | Should -BeLike '*Authenticated*'
    }

    It 'automation-runbook.ps1 exports and copies, with the secret from <_>' -ForEach KeyVault, Connection, Credential {
        Use-Home "runbook-$_"
        # What Azure gives: its modules as functions, and Key Vault as a vault that knows one secret.
        $vault = "$modules/Az.KeyVault"
        $null = New-Item -ItemType Directory "$vault/Az.KeyVault.Extension" -Force
        Set-Content "$vault/Az.KeyVault.psm1" ''
        Set-Content "$vault/Az.KeyVault.psd1" "@{ ModuleVersion = '1.0.0'; RootModule = 'Az.KeyVault.psm1'; NestedModules = @('./Az.KeyVault.Extension'); FunctionsToExport = @() }"
        Set-Content "$vault/Az.KeyVault.Extension/Az.KeyVault.Extension.psd1" "@{ ModuleVersion = '1.0.0'; RootModule = 'Az.KeyVault.Extension.psm1'; FunctionsToExport = @('Get-Secret', 'Get-SecretInfo', 'Set-Secret', 'Remove-Secret', 'Test-SecretVault') }"
        Set-Content "$vault/Az.KeyVault.Extension/Az.KeyVault.Extension.psm1" @'
function Get-Secret { param($Name, $VaultName, $AdditionalParameters) if ($Name -eq 'Brightpearl' -and $AdditionalParameters.AZKVaultName -eq 'kv') { $env:TEST_TOKEN } }
function Get-SecretInfo { param($Filter, $VaultName, $AdditionalParameters) [Microsoft.PowerShell.SecretManagement.SecretInformation]::new('Brightpearl', 'String', $VaultName) }
function Set-Secret { param($Name, $Secret, $VaultName, $AdditionalParameters) throw 'Key Vault Secrets User may only read.' }
function Remove-Secret { param($Name, $VaultName, $AdditionalParameters) throw 'Key Vault Secrets User may only read.' }
function Test-SecretVault { param($VaultName, $AdditionalParameters) $true }
'@
        $env:TEST_TOKEN = $sandbox.staffToken
        try {
            $run = Invoke-FreshScript @"
function Connect-AzAccount { param([switch] `$Identity) }
function Get-AzContext { @{ Subscription = @{ Id = '1' } } }
function New-AzStorageContext { param(`$StorageAccountName, [switch] `$UseConnectedAccount) 'storage' }
function Set-AzStorageBlobContent { param(`$File, `$Container, `$Blob, `$Context, [switch] `$Force) [Console]::WriteLine("copied `$Blob") }
function Get-AutomationConnection { param(`$Name) @{ Account = '$($sandbox.account)'; AppReference = '$($sandbox.appReference)'; DataCenter = 'euw1'; StaffToken = `$env:TEST_TOKEN } }
function Get-AutomationPSCredential { param(`$Name) Import-Module '$PSScriptRoot/Sandbox.psm1'; [pscredential]::new('$($sandbox.appReference)', (ConvertTo-Secure `$env:TEST_TOKEN)) }
. '$examples/automation-runbook.ps1' -Account $($sandbox.account) -AppReference $($sandbox.appReference) -BaseUri $($sandbox.baseUri) -StorageAccount store -KeyVault kv -SecretFrom $_ -Resource order -Hours 240000
"module: `$((Get-Module Junipeer).Version)"
"@
        }
        finally { $env:TEST_TOKEN = $null }
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Output | Should -BeLike "*Completed*copied order-*module: $version*" -Because $run.Output
        $run.Output.Contains($sandbox.staffToken) | Should -BeFalse
    }
}
