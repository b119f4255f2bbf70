BeforeDiscovery { $hasVault = [bool](Get-Module Microsoft.PowerShell.SecretManagement -ListAvailable) -and [bool](Get-Module Microsoft.PowerShell.SecretStore -ListAvailable) }

BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1", "$PSScriptRoot/Home.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox -Orders 30 -Option '--auto-approve', '--token-lifetime-seconds', '600'
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
