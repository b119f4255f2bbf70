BeforeDiscovery { $hasVault = [bool](Get-Module Microsoft.PowerShell.SecretManagement -ListAvailable) -and [bool](Get-Module Microsoft.PowerShell.SecretStore -ListAvailable) }

BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1", "$PSScriptRoot/Home.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox -Orders 600 -Option '--auto-approve', '--token-lifetime-seconds', '600'
    if (-not $IsWindows -and (Get-Module Microsoft.PowerShell.SecretStore -ListAvailable)) { Use-Home "$TestDrive/home" }
    function Set-Expired { $null = Invoke-Admin $sandbox oauth/expire -Method POST -Body @{ accessTokens = $true } }
}

AfterAll {
    Restore-Home
    Stop-Sandbox $sandbox
}

Describe 'A sign-in that lasts' -Skip:(-not $hasVault -or $IsWindows) {
    BeforeAll { $signIn = Invoke-Process -Interactive (Get-SignIn $sandbox '-Name nightly -PassThru | ForEach-Object { "saved in: $($_.SecretReference)" }') }

    It 'comes from a browser and is saved in the vault' {
        $signIn.Error | Should -BeNullOrEmpty
        $signIn.Output | Should -BeLike "*saved in: vault 'Mine'*"
    }

    It 'is there for a new process, without any prompt, when the token is <Age>' -ForEach @{ Age = 'young'; Expired = $false }, @{ Age = 'expired'; Expired = $true } {
        foreach ($interactive in $false, $true) {
            if ($Expired) { Set-Expired }
            $refreshes = Get-TokenCount $sandbox refresh_token
            $run = Invoke-Process -Interactive:$interactive @"
"listed: `$((Get-JunipeerConnection nightly).SecretReference)"
"brand: `$(@(Find-BrightpearlRecord brand -First 1 -Connection nightly).Count)"
"exported: `$((Invoke-BrightpearlExport order-type -Connection nightly -Warehouse '$TestDrive/nightly.db').Status)"
"errors: `$(`$Error.Count)"
"@
            $run.Error | Should -BeNullOrEmpty
            $run.Output | Should -BeLike "*listed: vault 'Mine'*brand: 1*exported: Completed*errors: 0*" -Because $run.Output
            (Get-TokenCount $sandbox refresh_token) - $refreshes | Should -Be ($Expired ? 1 : 0)
        }
    }

    It 'refreshes once for two processes at the same time, <Rounds> times' -ForEach @{ Rounds = $env:JUNIPEER_SOAK ? 50 : 5 } {
        foreach ($round in 1..$Rounds) {
            Set-Expired
            # Both wait for the same instant, so that loading the module does not set them apart.
            $go = [datetime]::UtcNow.AddSeconds(3).ToString('o')
            $both = 1..2 | ForEach-Object { Start-Script "`$go = [datetime]::Parse('$go').ToUniversalTime(); while ([datetime]::UtcNow -lt `$go) { Start-Sleep -Milliseconds 5 }; `"brand: `$(@(Find-BrightpearlRecord brand -First 1 -Connection nightly).Count)`"" }
            foreach ($run in $both | ForEach-Object { Wait-Script $_ }) {
                $run.Error | Should -BeNullOrEmpty -Because "of round $round"
                $run.Output | Should -BeLike 'brand: 1*' -Because "of round $round"
            }
        }
        $counters = (Invoke-Admin $sandbox oauth).counters
        Write-Note "two processes, $Rounds rounds: $($counters | ConvertTo-Json -Compress -Depth 5)"
        $counters.deadRefreshTokens | Should -Be 0
        $counters.mostRefreshesAtOnce | Should -Be 1
    }
}

Describe 'Tokens brought along' -Skip:(-not $hasVault -or $IsWindows) {
    BeforeAll {
        # Both tokens of a sign-in made elsewhere.
        function New-Token {
            $page = "$($sandbox.oauth.authorizeUri)?response_type=code&client_id=$($sandbox.oauth.clientId)&state=abc&redirect_uri=$([uri]::EscapeDataString('http://127.0.0.1:53682/callback'))"
            $answer = Invoke-WebRequest $page -MaximumRedirection 0 -SkipHttpErrorCheck -ErrorAction Ignore
            $code = [regex]::Match("$($answer.Headers.Location)", 'code=([^&]+)').Groups[1].Value
            Invoke-RestMethod $sandbox.oauth.tokenUri -Method POST -Body @{ grant_type = 'authorization_code'; code = [uri]::UnescapeDataString($code); client_id = $sandbox.oauth.clientId; client_secret = $sandbox.oauth.clientSecret; redirect_uri = 'http://127.0.0.1:53682/callback'; account_code = $sandbox.account }
        }

        function Get-TokenVariable($Token, [string] $Hyphen = '-', $ExpiresAt = [DateTimeOffset]::UtcNow.AddMinutes(10).ToUnixTimeSeconds()) {
            $variables = @{}
            $values = @{ ACCESS_TOKEN = $Token.access_token; REFRESH_TOKEN = $Token.refresh_token; EXPIRES_AT = "$ExpiresAt"; ACCOUNT = $sandbox.account; INSTALLATION_INSTANCE_ID = '21' }
            foreach ($name in $values.Keys) { if ($values[$name]) { $variables["PAN_SEC_BRIGHTPEARL${Hyphen}OAUTH_$name"] = $values[$name] } }
            $variables
        }

        $app = "-BaseUri $($sandbox.baseUri) -AppReference $($sandbox.oauth.clientId) -DeveloperReference $($sandbox.oauth.developerReference) -ClientSecret (ConvertTo-Secure '$($sandbox.oauth.clientSecret)')"
        $brand = '"brand: $(@(Find-BrightpearlRecord brand -First 1).Count)"'
        $tried = 'try { "brand: $(@(Find-BrightpearlRecord brand -First 1 -ErrorAction Stop).Count)" } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }'
    }

    It 'come from variables with a <Name>, and are only read' -ForEach @{ Hyphen = '-'; Name = 'hyphen' }, @{ Hyphen = '_'; Name = 'underscore' } {
        $run = Invoke-Process -Variable (Get-TokenVariable (New-Token) $Hyphen) "`"read-only: `$((Connect-Brightpearl -FromEnvironment $app -PassThru).IsReadOnly)`"`n$brand`n`"saved: `$([bool] (Get-JunipeerConnection $($sandbox.account)).SavedBy)`""
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike 'read-only: True*brand: 1*saved: False*'
    }

    It 'are not renewed when they have ended, and the error says what to do: <Name>' -ForEach @{ Name = 'by their own end'; ExpiresAt = '2026-01-01T00:00:00Z' }, @{ Name = 'as the system says'; ExpiresAt = '' } {
        $variables = Get-TokenVariable (New-Token) -ExpiresAt $ExpiresAt
        Set-Expired
        $before = Get-TokenCount $sandbox refresh_token
        $run = Invoke-Process -Variable $variables "Connect-Brightpearl -FromEnvironment $app`n$tried"
        $run.Output | Should -BeLike 'Junipeer.Token.Expired,*-Vault*-OnTokenChanged*'
        Get-TokenCount $sandbox refresh_token | Should -Be $before
    }

    It 'are renewed with -Vault, and the same variables do not undo it' {
        $variables = Get-TokenVariable (New-Token)
        $connect = "Connect-Brightpearl -FromEnvironment $app -Vault Mine -Name carried"
        Set-Expired
        $before = Get-TokenCount $sandbox refresh_token
        foreach ($time in 1..2) {
            $run = Invoke-Process -Variable $variables "$connect`n$brand"
            $run.Error | Should -BeNullOrEmpty
            $run.Output | Should -BeLike 'brand: 1*'
        }
        (Get-TokenCount $sandbox refresh_token) - $before | Should -Be 1
        (Invoke-Process 'Disconnect-Junipeer carried -Forget').Error | Should -BeNullOrEmpty
    }

    It 'come from a hashtable, a credential, and a secret in a vault' {
        $token = New-Token
        $run = Invoke-Process @"
Connect-Brightpearl -Asset @{ Account = '$($sandbox.account)'; access_token = '$($token.access_token)'; RefreshToken = '$($token.refresh_token)'; ClientSecret = '$($sandbox.oauth.clientSecret)'; AppReference = '$($sandbox.oauth.clientId)'; DeveloperReference = '$($sandbox.oauth.developerReference)' } -BaseUri $($sandbox.baseUri)
$brand
Connect-Brightpearl $($sandbox.account) -Asset ([pscredential]::new('$($sandbox.appReference)', (ConvertTo-Secure '$($sandbox.staffToken)'))) -BaseUri $($sandbox.baseUri)
$brand
Set-Secret MyToken -Vault Mine -SecureStringSecret (ConvertTo-Secure '$($sandbox.staffToken)')
Connect-Brightpearl $($sandbox.account) -SecretName MyToken -AppReference $($sandbox.appReference) -BaseUri $($sandbox.baseUri) -Name pointed
$brand
Disconnect-Junipeer pointed -Forget
"still there: `$((Get-SecretInfo MyToken).Name)"
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike 'brand: 1*brand: 1*brand: 1*still there: MyToken*'
    }

    It 'are handed to -OnTokenChanged, both of them' {
        $variables = Get-TokenVariable (New-Token)
        Set-Expired
        $run = Invoke-Process -Variable $variables @"
`$told = @()
Connect-Brightpearl -FromEnvironment $app -OnTokenChanged { `$script:told += "`$(`$_.Connection) `$(`$_.AccessToken.Length -gt 9) `$(`$_.RefreshToken.Length -gt 9) `$(`$_.RefreshToken.GetType().Name) `$(`$_.ExpiresAt -gt [DateTimeOffset]::UtcNow)" }
$brand
"told: `$told"
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike "brand: 1*told: $($sandbox.account) True True SecureString True*"
    }

    It 'are not renewed when -OnTokenChanged throws, until it does not' {
        $variables = Get-TokenVariable (New-Token)
        Set-Expired
        $before = Get-TokenCount $sandbox refresh_token
        $run = Invoke-Process -Variable $variables @"
`$broken = `$true
Connect-Brightpearl -FromEnvironment $app -OnTokenChanged { if (`$broken) { throw 'disk full' } }
$tried
`$broken = `$false
$tried
"@
        $run.Output | Should -BeLike 'Junipeer.Token.NotStored,*brand: 1*' -Because $run.Output
        (Get-TokenCount $sandbox refresh_token) - $before | Should -Be 1
    }
}

Describe 'One saved connection used by many at once' -Skip:(-not $hasVault -or $IsWindows) {
    BeforeAll {
        (Invoke-Process -Interactive (Get-SignIn $sandbox '-Name shared')).Error | Should -BeNullOrEmpty
        $dead = (Invoke-Admin $sandbox oauth).counters.deadRefreshTokens
        function Set-Life([int] $Seconds) { $null = Invoke-Admin $sandbox oauth -Method POST -Body @{ accessTokenSeconds = $Seconds } }
    }

    AfterEach {
        Set-Life 600
        (Invoke-Admin $sandbox oauth).counters.deadRefreshTokens | Should -Be $dead
    }

    It 'is renewed once for ForEach-Object -Parallel' {
        Set-Expired
        $before = Get-TokenCount $sandbox refresh_token
        $run = Invoke-Process @'
$shared = Get-JunipeerConnection shared
$module = (Get-Module Junipeer).Path
$found = 1..6 | ForEach-Object -Parallel { Import-Module $using:module; Find-BrightpearlRecord brand -First 1 -Connection ($_ % 2 ? $using:shared : 'shared') } -ThrottleLimit 6
"found: $($found.Count)"
'@
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike 'found: 6*'
        (Get-TokenCount $sandbox refresh_token) - $before | Should -Be 1
    }

    It 'is renewed once for two runspaces of one process' {
        Set-Expired
        $before = Get-TokenCount $sandbox refresh_token
        $run = Invoke-Process @"
`$both = 1..2 | ForEach-Object { [powershell]::Create().AddScript("Import-Module '$((Resolve-Path "$PSScriptRoot/../../Junipeer.psd1").Path)'; Find-BrightpearlRecord brand -First 1 -Connection shared") }
`$begun = `$both | ForEach-Object { `$_.BeginInvoke() }
0..1 | ForEach-Object { "found: `$(`$both[`$_].EndInvoke(`$begun[`$_]).Count), errors: `$(`$both[`$_].Streams.Error.Count)" }
"@
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike 'found: 1, errors: 0*found: 1, errors: 0*'
        (Get-TokenCount $sandbox refresh_token) - $before | Should -Be 1
    }

    It 'does not make two cmdlets of one pipeline wait for each other when its token ends between them' {
        # The first finds with a token that ends while the objects are on their way, and both need the vault.
        Set-Life 3
        Set-Expired
        $before = Get-TokenCount $sandbox refresh_token
        $run = Invoke-Process @'
$got = Find-BrightpearlRecord order -Connection shared | ForEach-Object { Start-Sleep -Milliseconds 20; $_ } | Get-BrightpearlRecord order -Connection shared
"got: $($got.Count)"
'@
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike 'got: 600*' -Because $run.Output
        (Get-TokenCount $sandbox refresh_token) - $before | Should -BeGreaterThan 1
    }

    It 'keeps its tokens when the command is stopped while they are renewed, answered <When>' -ForEach @{ When = 'before' }, @{ When = 'after' } {
        Set-Expired
        $null = Invoke-Admin $sandbox faults -Method POST -Body @{ kind = 'delay'; when = $When; milliseconds = 3000; times = 1; match = @{ resource = 'oauth-token'; verb = 'REFRESH' } }
        $before = Get-TokenCount $sandbox refresh_token
        $run = Invoke-Process @'
$shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module Junipeer).Path)'; Find-BrightpearlRecord brand -First 1 -Connection shared")
$begun = $shell.BeginInvoke()
Start-Sleep -Milliseconds 2500
$shell.Stop()
"stopped: $($shell.InvocationStateInfo.State)"
"brand: $(@(Find-BrightpearlRecord brand -First 1 -Connection shared).Count)"
'@
        $null = Invoke-Admin $sandbox faults -Method DELETE
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike 'stopped: Stopped*brand: 1*' -Because $run.Output
        (Get-TokenCount $sandbox refresh_token) - $before | Should -Be 1
    }

    It 'does not undo in the vault what another process renewed meanwhile' {
        (Invoke-Process -Interactive (Get-SignIn $sandbox '-Name neighbour')).Error | Should -BeNullOrEmpty
        $null = Invoke-Process 'Find-BrightpearlRecord brand -First 1 -Connection shared'
        Set-Expired
        # The first opens the vault, the second renews, the first writes: it must not write its old copy of the other's tokens.
        $first = Start-Script "Find-BrightpearlRecord brand -First 1 -Connection shared > `$null; while (-not (Test-Path '$TestDrive/renewed')) { Start-Sleep -Milliseconds 50 }; Find-BrightpearlRecord brand -First 1 -Connection shared > `$null; 'done'"
        $second = Invoke-Process 'Start-Sleep 4; "brand: $(@(Find-BrightpearlRecord brand -First 1 -Connection neighbour).Count)"'
        Set-Expired
        Set-Content "$TestDrive/renewed" x
        $one = Wait-Script $first
        "$($second.Error)$($one.Error)" | Should -BeNullOrEmpty
        $last = Invoke-Process '"brand: $(@(Find-BrightpearlRecord brand -First 1 -Connection neighbour).Count)"'
        $last.Error | Should -BeNullOrEmpty
        $last.Output | Should -BeLike 'brand: 1*'
        (Invoke-Process 'Disconnect-Junipeer neighbour -Forget').Error | Should -BeNullOrEmpty
    }
}
