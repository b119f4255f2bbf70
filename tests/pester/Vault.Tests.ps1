BeforeDiscovery { $hasVault = [bool](Get-Module Microsoft.PowerShell.SecretManagement -ListAvailable) -and [bool](Get-Module Microsoft.PowerShell.SecretStore -ListAvailable) }

BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1", "$PSScriptRoot/Home.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox -Orders 30 -Option '--auto-approve', '--token-lifetime-seconds', '600'
    function Set-Expired { $null = Invoke-Admin $sandbox oauth/expire -Method POST -Body @{ accessTokens = $true } }
    function Get-Staff([string] $More) { "Connect-Brightpearl -Account $($sandbox.account) -BaseUri $($sandbox.baseUri) -AppReference $($sandbox.appReference) -StaffToken (ConvertTo-Secure '$($sandbox.staffToken)') $More" }
    # Runs a command and prints the error it ends with, or that it went well, and how long it took.
    function Get-Outcome([string] $Command, [switch] $Interactive, [string] $Before = '') {
        $run = Invoke-Process -Interactive:$Interactive "$Before`n`$null = Get-JunipeerConnection -Name x*`n`$watch = [Diagnostics.Stopwatch]::StartNew()`ntry { `$null = $Command -ErrorAction Stop; 'went well' } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }`n`"seconds: `$(`$watch.Elapsed.TotalSeconds)`""
        $run.Error | Should -BeNullOrEmpty
        $run | Add-Member Seconds ([double] ($run.Output -replace '(?s).*seconds: ')) -PassThru
    }
}

AfterAll {
    Restore-Home
    Stop-Sandbox $sandbox
}

Describe 'A vault with a password' -Skip:(-not $hasVault -or $IsWindows) {
    BeforeAll {
        Use-Home "$TestDrive/password" -Vault Password
        $setup = Invoke-Process "Unlock-SecretVault Mine -Password (ConvertTo-Secure 'open sesame')`n$(Get-Staff '-Name nightly')"
        $setup.Error | Should -BeNullOrEmpty
    }

    It 'is reported as locked at once, with -NonInteractive: <NonInteractive>' -ForEach @{ NonInteractive = $true }, @{ NonInteractive = $false } {
        $run = Get-Outcome 'Find-BrightpearlRecord brand -First 1 -Connection nightly' -Interactive:(-not $NonInteractive)
        $run.Output | Should -BeLike 'Junipeer.Vault.Locked,*Unlock-SecretVault*'
        # Under 2 s where the machine has nothing else to do; anything that waits for an answer takes longer than this.
        Write-Note "locked vault: $($run.Seconds) s"
        $run.Seconds | Should -BeLessThan 6
    }

    It 'is no reason to take a worse place, and nobody signs in for it' {
        $before = Get-TokenCount $sandbox
        $run = Get-Outcome (Get-SignIn $sandbox '-Name other -AllowUnprotectedStore')
        $run.Output | Should -BeLike 'Junipeer.Vault.Locked,*'
        Get-TokenCount $sandbox | Should -Be $before
        Get-ChildItem $env:HOME -Recurse -Force -Filter 'Junipeer-*.json' | Should -BeNullOrEmpty
    }

    It 'opens with its password' {
        (Get-Outcome 'Find-BrightpearlRecord brand -First 1 -Connection nightly' -Before "Unlock-SecretVault Mine -Password (ConvertTo-Secure 'open sesame')").Output | Should -BeLike 'went well*'
    }

    It 'is told apart by Test-JunipeerConnection' {
        $run = Invoke-Process "Test-JunipeerConnection nightly | Where-Object Status -eq Failed | ForEach-Object ErrorId"
        $run.Output | Should -BeLike 'Junipeer.Vault.Locked*'
    }
}

Describe 'Places that are not there' -Skip:(-not $hasVault -or $IsWindows) {
    BeforeAll { Use-Home "$TestDrive/none" -Vault None }

    It 'says that a vault is missing, and nobody signs in for it' {
        $before = Get-TokenCount $sandbox
        (Get-Outcome (Get-SignIn $sandbox '-Vault Nowhere')).Output | Should -BeLike 'Junipeer.Vault.Missing,*Register-SecretVault -Name Nowhere*'
        Get-TokenCount $sandbox | Should -Be $before
    }

    It 'says so when a saved connection lost its vault' {
        Use-Home "$TestDrive/lost"
        (Invoke-Process (Get-Staff '-Name nightly')).Error | Should -BeNullOrEmpty
        (Get-Outcome 'Find-BrightpearlRecord brand -First 1 -Connection nightly' -Before 'Unregister-SecretVault Mine').Output | Should -BeLike 'Junipeer.Vault.Missing,*'
        Use-Home "$TestDrive/none" -Vault None
    }

    It 'refuses to save without a vault and without a keyring, before anyone signs in' {
        $before = Get-TokenCount $sandbox
        $run = Get-Outcome (Get-SignIn $sandbox)
        $run.Output | Should -BeLike 'Junipeer.Store.Unavailable,*-NoSave*-AllowUnprotectedStore*'
        Get-TokenCount $sandbox | Should -Be $before
        Get-ChildItem $env:HOME -Recurse -Force -File -Include '*.json', '*.bin' | Should -BeNullOrEmpty
    }

    It 'saves in a file for its owner alone with -AllowUnprotectedStore, and warns each time' {
        $run = Invoke-Process -Interactive (Get-SignIn $sandbox '-Name nightly -AllowUnprotectedStore')
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike '*WARNING*encrypted*'
        $file = Get-ChildItem $env:HOME -Recurse -Force -Filter 'Junipeer-Brightpearl-nightly.json'
        $file.UnixMode | Should -Be '-rw-------'
        Set-Expired
        $run = Invoke-Process "`"brand: `$(@(Find-BrightpearlRecord brand -First 1 -Connection nightly).Count)`""
        $run.Output | Should -BeLike '*WARNING*encrypted*brand: 1*'
        (Get-Item $file.FullName -Force).UnixMode | Should -Be '-rw-------'
    }
}

Describe 'Saved connections' -Skip:(-not $hasVault -or $IsWindows) {
    BeforeAll {
        Use-Home "$TestDrive/several"
        (Invoke-Process "$(Get-Staff '-Name first')`n$(Get-Staff '-Name second')").Error | Should -BeNullOrEmpty
    }

    It 'must be named when there are two' {
        (Get-Outcome 'Find-BrightpearlRecord brand -First 1').Output | Should -BeLike "Junipeer.Connection.Ambiguous,*-Connection 'first'*"
    }

    It 'complete in -Connection, and vaults in -Vault' {
        $run = Invoke-Process @'
foreach ($line in 'Find-BrightpearlRecord brand -Connection sec', 'Get-JunipeerConnection fi', 'Disconnect-Junipeer se', 'Connect-Brightpearl a -Vault Mi') {
    "[$((TabExpansion2 $line $line.Length).CompletionMatches.CompletionText -join ' ')]"
}
'@
        $run.Output.Trim() -split '\s+' | Should -Be '[second]', '[first]', '[second]', '[Mine]'
    }

    It 'of another user are told apart' {
        $book = Get-ChildItem $env:HOME -Recurse -Force -Filter connections.json
        (Get-Content $book.FullName -Raw) -replace '"savedBy": "[^"]*"', '"savedBy": "somebody@elsewhere"' | Set-Content $book.FullName
        $run = Get-Outcome 'Find-BrightpearlRecord brand -First 1 -Connection first' -Before 'Remove-Secret Junipeer-Brightpearl-first -Vault Mine'
        $run.Output | Should -BeLike 'Junipeer.Store.OtherUser,*Run this as somebody@elsewhere*'
    }
}

Describe 'Ending a saved connection' -Skip:(-not $hasVault -or $IsWindows) {
    BeforeEach {
        Use-Home "$TestDrive/ending-$([guid]::NewGuid().ToString('N'))"
        (Invoke-Process -Interactive (Get-SignIn $sandbox '-Name nightly')).Error | Should -BeNullOrEmpty
        $left = '"left: $(@(Get-JunipeerConnection).Count) $(@(Get-SecretInfo -Vault Mine).Count)"'
    }

    It 'only ends it in this session' { (Invoke-Process "Disconnect-Junipeer nightly`n$left").Output | Should -BeLike 'left: 1 1*' }

    It 'does nothing with -WhatIf' {
        $run = Invoke-Process "Disconnect-Junipeer nightly -Forget -Revoke -WhatIf`n$left"
        $run.Output | Should -BeLike "What if:*nightly*left: 1 1*"
        $run.Output | Should -Not -BeLike '*WARNING*'
    }

    It 'deletes what was saved with -Forget' {
        $run = Invoke-Process "Disconnect-Junipeer nightly -Forget`n$left"
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike 'left: 0 0*'
    }

    It 'warns with -Revoke that the system cannot' {
        $run = Invoke-Process "Disconnect-Junipeer nightly -Revoke"
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike '*WARNING*'
    }

    It 'is seen by Test-JunipeerConnection -All -Quiet: good ones alone, then with a bad one' {
        $test = 'Test-JunipeerConnection -All -Quiet'
        (Invoke-Process $test).Output.Trim() | Should -Be True
        (Invoke-Process "Connect-Brightpearl -Account $($sandbox.account) -BaseUri $($sandbox.baseUri) -AppReference $($sandbox.appReference) -StaffToken (ConvertTo-Secure wrong) -Name bad").Error | Should -BeNullOrEmpty
        $run = Invoke-Process $test
        $run.Error | Should -BeNullOrEmpty
        $run.Output.Trim() | Should -Be False
    }
}

Describe 'The tokens of a sign-in' -Skip:(-not $hasVault -or $IsWindows) {
    It 'are in nothing that is shown, written or serialised, nor in the list of connections' {
        Use-Home "$TestDrive/shown"
        $script = @"
`$VerbosePreference = `$DebugPreference = `$InformationPreference = 'Continue'
`$connection = $(Get-SignIn $sandbox '-Name nightly -PassThru')
Invoke-RestMethod $($sandbox.adminUri)/oauth/expire -Method POST -Body '{"accessTokens":true}' -ContentType application/json | Out-Null
`$null = Find-BrightpearlRecord brand -First 1 -Connection nightly
Invoke-RestMethod $($sandbox.adminUri)/oauth/revoke -Method POST -Body '{}' -ContentType application/json | Out-Null
Find-BrightpearlRecord brand -First 1 -Connection nightly
"errors: `$(`$Error.Count)"
`$connection | Format-List * -Force | Out-String -Width 999
`$connection | Export-Clixml '$TestDrive/shown/connection.xml' -Depth 6
`$Error | Export-Clixml '$TestDrive/shown/errors.xml' -Depth 6
`$connection, `$Error | ConvertTo-Json -Depth 6 -WarningAction Ignore | Set-Content '$TestDrive/shown/all.json'
Get-Error -Newest 9 | Out-String -Width 999
"@
        $before = @((Invoke-Admin $sandbox oauth).families).Count
        $run = Invoke-Process -Interactive $script
        $run.Output | Should -Not -BeLike '*errors: 0*'
        $families = @((Invoke-Admin $sandbox oauth).families) | Select-Object -Skip $before
        $secrets = @(($families | ConvertTo-Json -Depth 9) | Select-String '"([A-Za-z0-9+/=_.-]{24,})"' -AllMatches | ForEach-Object { $_.Matches } | ForEach-Object { $_.Groups[1].Value }; $sandbox.oauth.clientSecret) | Select-Object -Unique
        $secrets.Count | Should -BeGreaterThan 3
        $places = @{ output = $run.Output; errors = $run.Error }
        foreach ($file in Get-ChildItem "$TestDrive/shown" -Recurse -Force -File) { $places[$file.FullName] = [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file.FullName)) }
        $places.Keys -like '*connections.json' | Should -Not -BeNullOrEmpty
        foreach ($place in $places.Keys) {
            foreach ($secret in $secrets) {
                foreach ($form in $secret, [uri]::EscapeDataString($secret), $secret.Replace('+', '\u002B')) { $places[$place].Contains($form) | Should -BeFalse -Because "$place must not hold a token" }
            }
        }
    }
}
