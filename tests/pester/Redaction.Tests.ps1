BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1", "$PSScriptRoot/SecretSearch.psm1" -Force
    $sandbox = Start-Sandbox -Orders 50 -Option '--auto-approve'
    $module = (Resolve-Path "$PSScriptRoot/../..").Path
    $folder = Join-Path ([IO.Path]::GetTempPath()) "junipeer-redaction-$([guid]::NewGuid().ToString('N'))"
    $box = "$folder.json"
    'home', 'temp', 'junipeer', 'out' | ForEach-Object { $null = New-Item -ItemType Directory "$folder/$_" }
    function New-Secret { [Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(35)) }

    # An app of this run alone, so that nothing else on the machine knows its secret; the odd characters are the ones encodings change.
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start(); $port = $listener.LocalEndpoint.Port; $listener.Stop()
    $given = [ordered]@{
        sandbox = $sandbox | Select-Object account, baseUri, appReference, staffToken, accountToken, adminUri, oauth
        clientId = 'redaction'; clientSecret = "p+/=$(New-Secret)"; redirectUri = "http://127.0.0.1:$port/callback"
        wrongToken = New-Secret; wrongSecret = New-Secret; wrongCode = New-Secret
        google = $sandbox.google | Select-Object project, baseUri, @{ n = 'keyFile'; e = { $_.serviceAccountKeyFile } }
        norce = $sandbox.norce | Select-Object baseUri, clientId, clientSecret, applicationId, accountId
        vault = (Get-Module -ListAvailable Microsoft.PowerShell.SecretStore) ? 'Box' : $null
    }
    $null = Invoke-Admin $sandbox oauth/apps POST @{ clientId = $given.clientId; clientSecret = $given.clientSecret; developerReference = $sandbox.oauth.developerReference; redirectUris = @($given.redirectUri) }
    function Get-Code {
        $address = "$($sandbox.oauth.authorizeUri)?response_type=code&client_id=$($given.clientId)&redirect_uri=$([uri]::EscapeDataString($given.redirectUri))&state=x"
        $answer = Invoke-WebRequest $address -MaximumRedirection 0 -SkipHttpErrorCheck -ErrorAction SilentlyContinue
        [uri]::UnescapeDataString([regex]::Match($answer.Headers.Location, 'code=([^&]+)').Groups[1].Value)
    }
    $given.code = Get-Code
    $given.secondCode = Get-Code
    $given | ConvertTo-Json -Depth 5 | Set-Content $box

    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($argument in '-NoProfile', '-File', "$PSScriptRoot/Redaction.Child.ps1", '-Box', $box, '-Folder', "$folder/out") { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    # Marks the child and all that it starts, however detached: what other programs of the machine show is not ours to judge.
    $start.Environment['JUNIPEER_REDACTION'] = $folder
    $start.Environment['HOME'] = "$folder/home"
    $start.Environment['TMPDIR'] = $start.Environment['TEMP'] = $start.Environment['TMP'] = "$folder/temp"
    $start.Environment['JUNIPEER_HOME'] = "$folder/junipeer"
    if (-not $IsWindows -and (Get-Command curl -ErrorAction Ignore)) {
        Set-Content "$folder/browser" "#!/bin/sh`nexec curl -sL -o /dev/null `"`$1`"`n"
        chmod +x "$folder/browser"
        $start.Environment['BROWSER'] = "$folder/browser"
    }
    $seen = [Collections.Generic.HashSet[string]]::new()
    $child = [Diagnostics.Process]::Start($start)
    $child.StandardInput.Close()
    $said = $child.StandardOutput.ReadToEndAsync()
    $complained = $child.StandardError.ReadToEndAsync()
    $until = [datetime]::UtcNow.AddMinutes(5)
    while (-not $child.WaitForExit(20)) {
        if ([datetime]::UtcNow -gt $until) { $child.Kill($true); throw 'The child did not end.' }
        if ($IsLinux) {
            foreach ($process in [IO.Directory]::EnumerateDirectories('/proc')) {
                try {
                    if ([IO.File]::ReadAllText("$process/environ").Contains("JUNIPEER_REDACTION=$folder")) { $null = $seen.Add([IO.File]::ReadAllText("$process/cmdline")) }
                } catch { continue }
            }
        }
    }
    $said.Result, $complained.Result | Set-Content "$folder/out/stdout.txt"
    $seen | Set-Content "$folder/out/commandlines.txt"

    # What the sandbox issued, by its own account.
    $oauth = Invoke-Admin $sandbox oauth
    $issued = @(($oauth | ConvertTo-Json -Depth 20) | Select-String '"(?:code|accessToken|refreshToken|token)": "([^"]{16,})"' -AllMatches | ForEach-Object Matches | ForEach-Object { [regex]::Unescape($_.Groups[1].Value) })
    $secrets = @($given.sandbox.staffToken, $given.sandbox.accountToken, $given.clientSecret, $given.wrongToken, $given.wrongSecret, $given.wrongCode, $given.code, $given.secondCode) + $issued
    # A service account's key, a line of it at a time, and Google's token as the sandbox issued them.
    $key = Get-Content $given.google.keyFile -Raw | ConvertFrom-Json
    $secrets += @($key.private_key -split '\s+' | Where-Object Length -EQ 64)
    $google = Invoke-RestMethod "$($sandbox.google.adminUri)/oauth"
    $googleTokens = @($google | ConvertTo-Json -Depth 20 | Select-String '"((?:ya29\.|1//)[^"]{12,})"' -AllMatches | ForEach-Object Matches | ForEach-Object { [regex]::Unescape($_.Groups[1].Value) })
    $secrets += $googleTokens
    $secrets += $given.norce.clientSecret
    $search = New-SecretSearch $secrets
    $found = @(Find-Secret $search $folder, "$module/Junipeer.psd1", "$module/module", "$module/en-US")
    # The one place that was told to hold them without protection.
    $allowed = @($found | Where-Object Path -Like '*/before/secrets/*.json'.Replace('/', [IO.Path]::DirectorySeparatorChar))
    Write-Note "Redaction: $($secrets.Count) secrets, $((Get-ChildItem $folder -Recurse -File -Force).Count) files, $($seen.Count) command lines"
}

AfterAll {
    Stop-Sandbox $sandbox
    if ($env:JUNIPEER_KEEP) { return }
    Remove-Item $box, $folder -Recurse -Force -ErrorAction Ignore
}

Describe 'Every secret' {
    It 'is in nothing a session writes, prints or shows to other processes' {
        $leaks = $found | Where-Object { $_ -notin $allowed } | ForEach-Object { "$($_.Path): ...$($_.Around)..." }
        $leaks | Should -BeNullOrEmpty
    }

    It 'is in the file that was allowed to hold it, until the connection is forgotten' {
        $allowed.Count | Should -Be 2
        Get-ChildItem "$folder/junipeer" -Recurse -File -Filter *.json | Where-Object { $_.Directory.Name -eq 'secrets' } | Should -BeNullOrEmpty
    }

    It 'was in use: every call ran, well and badly' {
        $output = Get-Content "$folder/out/output.txt" -Raw
        $errors = Get-Content "$folder/out/errors.txt" -Raw
        foreach ($id in 'Authentication.Failed', 'Authentication.BadSecret', 'Authorization.CodeRefused', 'Authorization.ClientRefused', 'Token.EndpointUnreachable', 'Token.AnswerInvalid', 'Token.RefreshRefused', 'Connection.Unreachable', 'Connection.WrongAccount', 'Resource.NotFound', 'Connection.NotConnected', 'Query.Invalid') {
            $errors | Should -Match "Junipeer\.$([regex]::Escape($id))"
        }
        Get-Content "$folder/out/transcript.txt" -Raw | Should -Match '(?m)^DEBUG: GET '
        foreach ($trace in 'GET order-service/order-search', 'Export order-type of account') { $output | Should -Match "(?m)^$trace" }
        $errors | Should -Not -Match 'Junipeer\.Token\.RefreshInterrupted' -Because 'the renewal was refused, nothing broke off'
        $issued.Count | Should -BeGreaterThan 4
        $googleTokens.Count | Should -BeGreaterThan 0
        $script = Get-Content "$PSScriptRoot/Redaction.Child.ps1" -Raw
        $manifest = Import-PowerShellDataFile "$module/Junipeer.psd1"
        $manifest.CmdletsToExport.Count | Should -BeGreaterThan 10
        foreach ($cmdlet in $manifest.CmdletsToExport) { $script | Should -Match "\b$cmdlet\b" }
        Get-Content "$folder/out/commandlines.txt" -Raw | Should -BeLike ($IsLinux ? '*Redaction.Child.ps1*' : '*')
    }
}

Describe 'The search' {
    It 'finds a secret <As>' -ForEach @(
        @{ As = 'as it is'; Write = { $args[0] } }
        @{ As = 'in an address'; Write = { "http://x/?token=$([uri]::EscapeDataString($args[0]))" } }
        @{ As = 'in base64'; Write = { [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("user:$($args[0])")) } }
        @{ As = 'in JSON'; Write = { ConvertTo-Json @{ token = $args[0] } -EscapeHandling EscapeHtml } }
        @{ As = 'as twelve characters of it'; Write = { "ends in $($args[0].Substring(9, 12))" } }
        @{ As = 'as an exported SecureString'; Write = { [Convert]::ToHexString([Text.Encoding]::Unicode.GetBytes($args[0])) } }
        @{ As = 'broken over lines'; Write = { $args[0].Insert(14, "`n   ") } }
    ) {
        $planted = New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid())"
        Set-Content "$planted/clean.txt" "nothing of it $(New-Secret)"
        Find-Secret $search $planted | Should -BeNullOrEmpty
        Set-Content "$planted/planted.txt" "before $(& $Write $given.clientSecret) after"
        (Find-Secret $search $planted).Path | Should -BeLike '*planted.txt'
    }

    It 'finds one in UTF-16' {
        Set-Content "$TestDrive/wide.txt" $given.wrongToken -Encoding unicode
        (Find-Secret $search "$TestDrive/wide.txt").Path | Should -BeLike '*wide.txt'
    }
}
