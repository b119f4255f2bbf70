BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'The token' {
    It 'is in no stream, transcript, error or serialised object' {
        $run = Invoke-FreshScript @"
Import-Module '$PSScriptRoot/Sandbox.psm1', '$PSScriptRoot/../../Junipeer.psd1'
`$sandbox = Get-Content '$TestDrive/sandbox.json' -Raw | ConvertFrom-Json
Start-Transcript -Path '$TestDrive/transcript.txt' | Out-Null
`$VerbosePreference = `$DebugPreference = `$InformationPreference = 'Continue'
`$wrong = Connect-Sandbox `$sandbox @{ PassThru = `$true; Name = 'wrong'; AppReference = 'someone_else' }
`$connection = Connect-Sandbox `$sandbox @{ PassThru = `$true }
`$connection | Format-List * -Force
Test-JunipeerConnection | Format-List *
Find-BrightpearlRecord order -First 2
Invoke-BrightpearlRequest order-service/order-type -Raw | Format-List *
Invoke-BrightpearlExport order-type -Warehouse '$TestDrive/secret.db' | Format-List *
Invoke-BrightpearlExport order-type -Path '$TestDrive/files' | Format-List *
Find-BrightpearlRecord order -CountOnly -Connection `$wrong
Get-BrightpearlRecord order 5
`$Error | ForEach-Object { `$_ | Format-List * -Force; `$_.Exception | Format-List * -Force }
Get-Error -Newest 9
`$connection, `$Error | Export-Clixml -Path '$TestDrive/objects.xml' -Depth 6
`$connection | ConvertTo-Json -Depth 6 -WarningAction SilentlyContinue | Set-Content '$TestDrive/connection.json'
`$Error | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue | Set-Content '$TestDrive/errors.json'
Get-History | Format-List *
Stop-Transcript | Out-Null
"@
        $run.Output | Should -BeLike '*Junipeer.Authentication.*'
        $places = @{ output = $run.Output }
        foreach ($file in Get-ChildItem $TestDrive -Recurse -File | Where-Object Name -ne sandbox.json) { $places[$file.Name] = [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file.FullName)) }
        $places.Keys | Should -Contain transcript.txt
        $places.Keys | Should -Contain secret.db
        $forms = $sandbox.staffToken, [uri]::EscapeDataString($sandbox.staffToken), [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($sandbox.staffToken)), $sandbox.staffToken.Replace('/', '\/'), $sandbox.staffToken.Replace('+', '\u002B')
        foreach ($place in $places.Keys) {
            foreach ($form in $forms) { $places[$place].Contains($form, 'OrdinalIgnoreCase') | Should -BeFalse -Because "$place must not hold the token" }
        }
    }

    BeforeAll { $sandbox | Select-Object account, baseUri, appReference, staffToken | ConvertTo-Json | Set-Content "$TestDrive/sandbox.json" }
}
