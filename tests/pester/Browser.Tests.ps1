# A person's way: a real browser on the consent page, then on the page Connect-Brightpearl shows. Without Chromium the same
# way is gone by an HTTP client, and the note says so.
BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1"
    $manifest = (Resolve-Path "$PSScriptRoot/../../Junipeer.psd1").Path
    $chromium = (Get-Command chromium, chromium-browser, google-chrome -ErrorAction SilentlyContinue | Select-Object -First 1).Source
    $box = Join-Path ([IO.Path]::GetTempPath()) "junipeer-browser-$([guid]::NewGuid().ToString('N'))"
    $null = New-Item -ItemType Directory $box
    $sandbox = Start-Sandbox
    Write-Note "Clicked by $(if ($chromium) { $chromium } else { 'an HTTP client: there is no Chromium' })."

    # The browser: opens the address, clicks a button by its id, waits for the page it ends at, and writes down its text.
    Set-Content "$box/click.ps1" @'
param($Address, $Button, $Out, $Chromium)
if (-not $Chromium) {
    $page = Invoke-WebRequest -Uri $Address
    $fields = @("decision=$Button") + @([regex]::Matches($page.Content, '<input type="(?:hidden|checkbox)"[^>]* name="([^"]+)" value="([^"]+)"|<option( )selected>([^<]+)') | ForEach-Object {
            $name, $value = if ($_.Groups[3].Success) { 'user', $_.Groups[4].Value } else { $_.Groups[1].Value, $_.Groups[2].Value }
            "$name=$([uri]::EscapeDataString([Net.WebUtility]::HtmlDecode($value)))"
        })
    (Invoke-WebRequest -Uri $Address.Split('?')[0] -Method Post -Body ($fields -join '&') -ContentType application/x-www-form-urlencoded).Content -replace '<style>[\s\S]*?</style>' -replace '<[^>]+>' | Set-Content $Out
    return
}

$profileFolder = "$Out.profile"
$start = [Diagnostics.ProcessStartInfo]::new($Chromium)
foreach ($argument in '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0', '--window-size=900,700', "--user-data-dir=$profileFolder", 'about:blank') { $start.ArgumentList.Add($argument) }
$start.RedirectStandardError = $start.RedirectStandardOutput = $true
$browser = [Diagnostics.Process]::Start($start)
$null = $browser.StandardOutput.ReadToEndAsync(); $null = $browser.StandardError.ReadToEndAsync()
try {
    $until = [datetime]::UtcNow.AddSeconds(60)
    while (-not (Test-Path "$profileFolder/DevToolsActivePort") -and [datetime]::UtcNow -lt $until) { Start-Sleep -Milliseconds 100 }
    Start-Sleep -Milliseconds 200
    $port = (Get-Content "$profileFolder/DevToolsActivePort")[0]
    $tab = (Invoke-RestMethod "http://127.0.0.1:$port/json/list") | Where-Object type -eq page | Select-Object -First 1
    $socket = [Net.WebSockets.ClientWebSocket]::new()
    $socket.ConnectAsync([uri]$tab.webSocketDebuggerUrl, [Threading.CancellationToken]::None).GetAwaiter().GetResult()
    $script:number = 0
    function Send($method, $parameters = @{}) {
        $id = ++$script:number
        $bytes = [Text.Encoding]::UTF8.GetBytes((@{ id = $id; method = $method; params = $parameters } | ConvertTo-Json -Compress -Depth 5))
        $socket.SendAsync([ArraySegment[byte]]$bytes, 'Text', $true, [Threading.CancellationToken]::None).GetAwaiter().GetResult()
        do {
            $message = [IO.MemoryStream]::new()
            do {
                $buffer = [byte[]]::new(65536)
                $part = $socket.ReceiveAsync([ArraySegment[byte]]$buffer, [Threading.CancellationToken]::None).GetAwaiter().GetResult()
                $message.Write($buffer, 0, $part.Count)
            } until ($part.EndOfMessage)
            $answer = [Text.Encoding]::UTF8.GetString($message.ToArray()) | ConvertFrom-Json -Depth 50
        } until ($answer.id -eq $id)
        $answer.result
    }

    function Wait-For($expression) {
        while ([datetime]::UtcNow -lt $until) {
            $value = (Send 'Runtime.evaluate' @{ expression = $expression; returnByValue = $true }).result.value
            if ($value) { return $value }
            Start-Sleep -Milliseconds 100
        }
    }

    function Save-Picture($name) {
        if ($env:JUNIPEER_SHOTS) { [IO.File]::WriteAllBytes("$($env:JUNIPEER_SHOTS)/$name.png", [Convert]::FromBase64String((Send 'Page.captureScreenshot').data)) }
    }

    $null = Send 'Page.navigate' @{ url = $Address }
    $null = Wait-For "!!document.querySelector('#$Button')"
    Save-Picture "consent"
    $null = Send 'Runtime.evaluate' @{ expression = "document.querySelector('#$Button').click()" }
    $text = Wait-For "document.querySelector('main h1') && !document.querySelector('form') && location.search.includes('state=') && document.body.innerText"
    Save-Picture "callback-$Button"
    "$text`nlang=$(Wait-For 'document.documentElement.lang')" | Set-Content $Out
}
finally { if (-not $browser.HasExited) { $browser.Kill($true) } }
'@

    $google = $sandbox.google
    $toBrightpearl = "Connect-Brightpearl $($sandbox.account) -BaseUri $($sandbox.baseUri) -ClientId $($sandbox.oauth.clientId) -ClientSecret (ConvertTo-Secure '$($sandbox.oauth.clientSecret)') -DeveloperReference sandboxdev -NoSave -Timeout 90s; (Find-BrightpearlRecord brand -First 1).brandId -gt 0"
    $toGoogle = "Connect-BigQuery -Project $($google.project) -Dataset existing -BaseUri $($google.baseUri) -ClientId $($google.clientId) -ClientSecret (ConvertTo-Secure '$($google.clientSecret)') -NoSave -Timeout 90s; (Invoke-BigQueryQuery 'SELECT COUNT(*) AS n FROM fruit').n -eq 3"

    # Signs in with the button given; returns what the browser showed and what the shell said.
    function Invoke-SignIn([string] $Button, [string] $Command) {
        $shown = "$box/$([guid]::NewGuid().ToString('N')).txt"
        Set-Content "$box/$Button.sh" "#!/bin/sh`nexec '$([Environment]::ProcessPath)' -NoProfile -File '$box/click.ps1' `"`$1`" $Button '$shown' '$chromium'`n"
        chmod +x "$box/$Button.sh"
        $old = $env:BROWSER
        $env:BROWSER = "$box/$Button.sh"
        try {
            $said = & ([Environment]::ProcessPath) -NoProfile -Command "
                Import-Module '$manifest'; Import-Module '$PSScriptRoot/Sandbox.psm1'
                try { $Command }
                catch { `$_.FullyQualifiedErrorId }" 2>&1 | Out-String
        }
        finally { $env:BROWSER = $old }
        $until = [datetime]::UtcNow.AddSeconds(30)
        while (-not (Test-Path $shown) -and [datetime]::UtcNow -lt $until) { Start-Sleep -Milliseconds 100 }
        [pscustomobject]@{ Said = $said; Shown = if (Test-Path $shown) { Get-Content $shown -Raw } }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
    if ($box) { Remove-Item $box -Recurse -Force -ErrorAction SilentlyContinue }
}

Describe 'Connect-<System>, with a browser' -Skip:$IsWindows -ForEach @(
    @{ System = 'Brightpearl' }
    @{ System = 'BigQuery' }
) {
    BeforeAll { $command = if ($System -eq 'BigQuery') { $toGoogle } else { $toBrightpearl } }

    It 'ends at a page that says it is connected, and the connection works' {
        $result = Invoke-SignIn allow $command
        $result.Said | Should -BeLike '*True*'
        $result.Shown | Should -BeLike "*Connected*PowerShell is now connected to $System*"
        if ($chromium) { $result.Shown | Should -BeLike '*lang=en*' }
    }

    It 'says on the page and in the shell that the access was refused' {
        $result = Invoke-SignIn deny $command
        $result.Said | Should -BeLike '*Junipeer.Authorization.Denied*'
        $result.Shown | Should -BeLike '*Not connected*'
    }
}
