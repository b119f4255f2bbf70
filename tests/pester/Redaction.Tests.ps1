# Runs every cmdlet against known secrets and searches everything that was written, in any form a secret can take.
BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1"
    $manifest = (Resolve-Path "$PSScriptRoot/../../Junipeer.psd1").Path
    $box = Join-Path ([IO.Path]::GetTempPath()) "junipeer-redaction-$([guid]::NewGuid().ToString('N'))"
    foreach ($folder in 'home', 'tmp', 'data', 'out', 'vault') { $null = New-Item -ItemType Directory -Path "$box/$folder" -Force }
    $sandbox = Start-Sandbox -Option '--auto-approve', '--token-lifetime-seconds', '600'
    $browser = "$box/browser.sh"
    Set-Content $browser "#!/bin/sh`ncurl -sL `"`$1`" > /dev/null`n"
    if ($IsLinux -or $IsMacOS) { chmod +x $browser }

    $script = @'
param($Sandbox, $Out)
$global:ErrorActionPreference = 'Continue'
$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
Import-Module $env:TEST_MODULE
function Secure($text) { $s = [securestring]::new(); $text.ToCharArray() | ForEach-Object { $s.AppendChar($_) }; $s }
function Try-It([scriptblock] $what) { try { & $what } catch { $_; $_.Exception | Format-List * -Force; Get-Error -InputObject $_ } }
$Sandbox = Get-Content $Sandbox -Raw | ConvertFrom-Json
$all = @{ Verbose = $true; Debug = $true }
$plain = @{ Account = $Sandbox.account; BaseUri = $Sandbox.baseUri; AppReference = $Sandbox.appReference }
$app = @{ Account = $Sandbox.account; BaseUri = $Sandbox.baseUri; ClientId = $Sandbox.oauth.clientId; DeveloperReference = 'sandboxdev'; ClientSecret = Secure $Sandbox.oauth.clientSecret }
Start-Transcript -Path "$Out/transcript.txt" | Out-Null
& {
    $staff = Connect-Brightpearl @plain -StaffToken (Secure $Sandbox.staffToken) -NoSave -Name staff -PassThru @all
    $staff; $staff | Format-List *; $staff | ConvertTo-Json -Depth 5; $staff | Export-Clixml "$Out/staff.xml"
    Connect-Brightpearl @plain -AccountToken (Secure $Sandbox.accountToken) -NoSave -Name account @all
    Connect-Brightpearl @app -Name oauth -AllowUnprotectedStore @all
    Try-It { Connect-Brightpearl @app -AuthorizationCode $env:TEST_CODE -Name code -AllowUnprotectedStore @all }
    Try-It { Connect-Brightpearl @plain -StaffToken (Secure $env:TEST_WRONG) -NoSave -Name wrong @all }
    Try-It { Connect-Brightpearl $Sandbox.account -BaseUri "http://user:$($env:TEST_PASSWORD)@example.com/" -AppReference a -StaffToken (Secure $Sandbox.staffToken) -NoSave @all }
    foreach ($name in 'staff', 'account', 'oauth', 'wrong') {
        Try-It { Test-JunipeerConnection -Connection $name @all | Format-List * }
        Try-It { Find-BrightpearlRecord brand -First 1 -Connection $name @all }
        Try-It { Get-BrightpearlRecord brand 74 -Connection $name @all }
        Try-It { Invoke-BrightpearlRequest -Path 'order-service/order-type' -Connection $name @all | Format-List * }
        Try-It { Invoke-BrightpearlExport -Resource brand -Warehouse "$Out/$name.db" -Connection $name @all }
        Try-It { Invoke-BrightpearlExport -Resource brand -Path "$Out/$name" -Connection $name @all }
    }
    # Brightpearl echoes a token it does not know.
    Invoke-RestMethod -Method Post -Uri "$($Sandbox.adminUri)/oauth/revoke" -ContentType application/json -Body '{}' | Out-Null
    Try-It { Find-BrightpearlRecord brand -First 1 -Connection oauth @all }
    Try-It { Test-JunipeerConnection -Connection oauth @all | Format-List * }
    Get-BrightpearlResource brand @all
    Get-JunipeerConnection @all | Format-List *
    Get-JunipeerConnection @all | ConvertTo-Json -Depth 6
    Get-JunipeerGuide @all | Out-String
    Invoke-JunipeerQuery -Warehouse "$Out/staff.db" -Query 'select count(*) from brands' @all
    Get-JunipeerRun -Warehouse "$Out/staff.db" @all | Format-List *
    Get-JunipeerReject -Warehouse "$Out/staff.db" @all
    Get-JunipeerBookmark -Warehouse "$Out/staff.db" @all
    Set-JunipeerBookmark -Warehouse "$Out/staff.db" -Resource brand -Watermark (Get-Date).AddDays(-1) @all
    Test-JunipeerFreshness -Warehouse "$Out/staff.db" -MaximumAge 1d @all
    Disconnect-Junipeer -Connection code, account -Revoke @all
    $Error | ForEach-Object { $_ | Format-List * -Force | Out-String; $_.Exception.ToString() }
    $Error | Export-Clixml "$Out/errors.xml" -Depth 3
    Get-History | Format-List *
} *>&1 | Out-File "$Out/streams.txt" -Width 4000
Stop-Transcript | Out-Null
'@
    Set-Content "$box/run.ps1" $script
    $sandbox | Select-Object -ExcludeProperty Process | ConvertTo-Json -Depth 6 | Set-Content "$box/sandbox.json"

    # A code that was asked for elsewhere: the last address of a sign-in.
    $answer = Invoke-WebRequest -Uri "$($sandbox.oauth.authorizeUri)?response_type=code&client_id=$($sandbox.oauth.clientId)&redirect_uri=$([uri]::EscapeDataString($sandbox.oauth.redirectUris[0]))&state=x" -MaximumRedirection 0 -SkipHttpErrorCheck -ErrorAction SilentlyContinue
    $code = [uri]::UnescapeDataString(([regex]'code=([^&]+)').Match("$($answer.Headers.Location)").Groups[1].Value)
    $wrong = 'wRonG0token1that2nobody3issued4ever5='

    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($argument in '-NoProfile', '-File', "$box/run.ps1", "$box/sandbox.json", "$box/out") { $start.ArgumentList.Add($argument) }
    $start.Environment['HOME'] = "$box/home"; $start.Environment['TMPDIR'] = "$box/tmp"; $start.Environment['JUNIPEER_HOME'] = "$box/data"
    $start.Environment['BROWSER'] = $browser; $start.Environment['TEST_MODULE'] = $manifest; $start.Environment['TEST_CODE'] = $code; $start.Environment['TEST_WRONG'] = $wrong; $start.Environment['TEST_PASSWORD'] = 'PlantedPassword12345'
    $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $spoken = $process.StandardOutput.ReadToEndAsync(); $errors = $process.StandardError.ReadToEndAsync()
    $commandLines = [Text.StringBuilder]::new()
    while (-not $process.WaitForExit(100)) {
        if (-not $IsLinux) { continue }
        foreach ($folder in [IO.Directory]::EnumerateDirectories('/proc')) {
            # A process may end while it is looked at.
            try { $null = $commandLines.AppendLine([IO.File]::ReadAllText("$folder/cmdline")) } catch { continue }
        }
    }

    Set-Content "$box/out/stdout.txt" ($spoken.Result + $errors.Result)
    Set-Content "$box/out/commandlines.txt" $commandLines.ToString()
    $families = (Invoke-Admin $sandbox oauth).families
    $secrets = @($sandbox.staffToken; $sandbox.accountToken; $sandbox.oauth.clientSecret; $code; $wrong; 'PlantedPassword12345'
        foreach ($saved in Get-ChildItem "$box/data/secrets" -File -ErrorAction SilentlyContinue) { $document = Get-Content $saved -Raw | ConvertFrom-Json; $document.access_token; $document.refresh_token }) | Where-Object { $_ } | Select-Object -Unique

    # Every form a secret travels in, and every piece of it that says too much.
    function Get-Form([string] $Secret) {
        $bytes = [Text.Encoding]::UTF8.GetBytes($Secret)
        $forms = $Secret, [uri]::EscapeDataString($Secret), [Convert]::ToBase64String($bytes), ($Secret -replace '/', '\/'), (($Secret | ConvertTo-Json).Trim('"'))
        foreach ($form in $forms) { for ($i = 0; $i + 12 -le $form.Length; $i += 3) { $form.Substring($i, 12) } }
    }

    $pieces = [Collections.Generic.HashSet[string]]::new([string[]]@($secrets | ForEach-Object { Get-Form $_ }))
    function Find-Secret([string] $Folder, [string] $Except = '^$') {
        foreach ($file in Get-ChildItem $Folder -Recurse -File -Force | Where-Object FullName -NotMatch $Except) {
            $text = [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file.FullName))
            $wide = [Text.Encoding]::Unicode.GetString([IO.File]::ReadAllBytes($file.FullName))
            foreach ($piece in $pieces) { if ($text.Contains($piece) -or $wide.Contains($piece)) { "$($file.FullName): ...$piece..."; break } }
        }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
    if ($box) { Remove-Item $box -Recurse -Force -ErrorAction SilentlyContinue }
}

Describe 'Secrets' {
    It 'were really used: every cmdlet ran, tokens were issued and refused' {
        $code | Should -Not -BeNullOrEmpty
        $secrets.Count | Should -BeGreaterOrEqual 8
        $families.Count | Should -BeGreaterThan 0
        $text = Get-Content "$box/out/streams.txt" -Raw
        $text | Should -BeLike '*oauth/token (authorization_code): 200*'
        $text | Should -BeLike '*Junipeer.Authentication.Failed*'
        $text | Should -Match 'order-service/order-type: 200'
        $source = Get-Content "$box/run.ps1" -Raw
        $brightpearl = (Get-Command -Module (Import-Module $manifest -PassThru)).Name | Where-Object { $_ -notmatch 'BigQuery|Norce' }
        $brightpearl | Where-Object { $source -notmatch $_ } | Should -BeNullOrEmpty
    }

    It 'are in no stream, transcript, error, serialised object, state, log or process list' {
        Find-Secret $box -Except '[/\\](secrets[/\\]|sandbox\.json|vault[/\\])' | Should -BeNullOrEmpty
    }

    It 'are not in the module folder' {
        Find-Secret (Join-Path (Split-Path $manifest) module) | Should -BeNullOrEmpty
    }

    It 'would have been found' {
        Set-Content "$box/vault/planted.txt" "x=$([uri]::EscapeDataString($sandbox.staffToken))"
        Find-Secret "$box/vault" | Should -Not -BeNullOrEmpty
        Find-Secret "$box/data" | Should -BeLike '*secrets*'
    }
}
