# Run by Redaction.Tests.ps1 in a process of its own: every cmdlet, loud, with good and with failing calls.
param([string] $Box, [string] $Folder)
$PSDefaultParameterValues = @{ 'Invoke-RestMethod:Verbose' = $false; 'Invoke-RestMethod:Debug' = $false }
Import-Module "$PSScriptRoot/Sandbox.psm1", "$PSScriptRoot/../../Junipeer.psd1"
$given = Get-Content $Box -Raw | ConvertFrom-Json
$sandbox = $given.sandbox
$loud = @{ Verbose = $true; Debug = $true }
$at = @{ Account = $sandbox.account; BaseUri = $sandbox.baseUri; PassThru = $true } + $loud
$app = $at + @{ AppReference = $given.clientId; ClientSecret = ConvertTo-Secure $given.clientSecret; DeveloperReference = $sandbox.oauth.developerReference; RedirectUri = $given.redirectUri; AuthorizeUri = $sandbox.oauth.authorizeUri; TokenUri = $sandbox.oauth.tokenUri }
$coded = $app.Clone(); $coded.Remove('AuthorizeUri')
$database = "$Folder/box.db"
$results = [Collections.Generic.List[object]]::new()
Start-Transcript -Path "$Folder/transcript.txt" | Out-Null

# What fails goes on: the error is part of what is searched.
function Step {
    param([scriptblock] $Do)
    "> $Do"
    try { & $Do *>&1 | ForEach-Object { $results.Add($_); $_ } } catch { $results.Add($_); $_ }
}

function Use-Connection {
    param($Connection)
    $with = @{ Connection = $Connection } + $loud
    Step { Test-JunipeerConnection @with | Format-List * -Force }
    Step { Find-BrightpearlRecord order -First 2 @with }
    Step { Get-BrightpearlRecord order 5 @with }
    Step { Invoke-BrightpearlRequest order-service/order-type -Raw @with | Format-List * -Force }
    Step { Invoke-BrightpearlExport order-type -Warehouse $database @with | Format-List * -Force }
    Step { Invoke-BrightpearlExport order-type -Path "$Folder/files" @with | Format-List * -Force }
    Step { $Connection | Format-List * -Force }
}

function Invoke-All {
    $staff = $at + @{ AppReference = $sandbox.appReference; StaffToken = ConvertTo-Secure $sandbox.staffToken }
    Step { $script:staff = Connect-Brightpearl @staff -Name staff -NoSave; $script:staff }
    Step { $script:saved = Connect-Brightpearl @staff -Name saved -AllowUnprotectedStore; $script:saved }
    Step { $script:account = Connect-Brightpearl @at -AppReference $sandbox.appReference -AccountToken (ConvertTo-Secure $sandbox.accountToken) -Name account -NoSave; $script:account }
    Step { $script:wrong = Connect-Brightpearl @at -AppReference $sandbox.appReference -StaffToken (ConvertTo-Secure $given.wrongToken) -Name wrong -NoSave; $script:wrong }
    Step { Connect-Brightpearl @at -AppReference $sandbox.appReference -StaffToken (ConvertTo-Secure "$($given.wrongToken)$([char]0x201c)") -Name odd -NoSave }
    $lost = $staff.Clone(); $lost.BaseUri = 'http://127.0.0.1:9'
    Step { $script:lost = Connect-Brightpearl @lost -Name lost -NoSave; $script:lost }
    $elsewhere = $staff.Clone(); $elsewhere.BaseUri = $sandbox.baseUri; $elsewhere.Account = 'nosuchaccount'
    Step { $script:elsewhere = Connect-Brightpearl @elsewhere -Name elsewhere -NoSave; $script:elsewhere }
    Step { $script:signed = Connect-Brightpearl @coded -AuthorizationCode $given.code -Name signed -AllowUnprotectedStore; $script:signed }

    if ($given.vault) { # a vault is taken before a file once there is one, so it comes after
        $withVault = $given.vault
        Step {
            Set-SecretStoreConfiguration -Scope CurrentUser -Authentication None -Interaction None -Confirm:$false -Password (ConvertTo-Secure 'not one of the secrets')
            Register-SecretVault -Name $withVault -ModuleName Microsoft.PowerShell.SecretStore
        }
        Step { $script:vaulted = Connect-Brightpearl @staff -Name vaulted -Vault $withVault; $script:vaulted }
    }

    Step { Connect-Brightpearl @coded -AuthorizationCode $given.code -Name twice -NoSave }
    Step { Connect-Brightpearl @coded -AuthorizationCode "$($given.redirectUri)?code=$([uri]::EscapeDataString($given.wrongCode))&state=x" -Name refused -NoSave }
    $stranger = $coded.Clone(); $stranger.ClientSecret = ConvertTo-Secure $given.wrongSecret
    Step { Connect-Brightpearl @stranger -AuthorizationCode $given.secondCode -Name stranger -NoSave }
    $astray = $coded.Clone(); $astray.TokenUri = 'http://127.0.0.1:9/oauth/token'
    Step { Connect-Brightpearl @astray -AuthorizationCode $given.secondCode -Name astray -NoSave }
    $astray.TokenUri = "$($sandbox.baseUri.TrimEnd('/'))/nowhere"
    Step { Connect-Brightpearl @astray -AuthorizationCode $given.secondCode -Name astray -NoSave }
    if ($given.vault) { Step { $script:kept = Connect-Brightpearl @coded -AuthorizationCode $given.secondCode -Name kept -Vault $given.vault; $script:kept } }
    if ($env:BROWSER) { Step { $script:browsed = Connect-Brightpearl @app -Name browsed -NoSave; $script:browsed } }

    Step { Connect-Brightpearl @at -AppReference $sandbox.appReference -Asset ([pscredential]::new($sandbox.appReference, (ConvertTo-Secure $sandbox.accountToken))) -Name asset -NoSave }
    foreach ($connection in $script:staff, $script:saved, $script:account, $script:vaulted, $script:signed, $script:kept, $script:browsed, $script:wrong, $script:lost, $script:elsewhere) { if ($connection) { Use-Connection $connection } }

    $null = Invoke-Admin $sandbox oauth/expire POST @{ accessTokens = $true }
    foreach ($connection in $script:signed, $script:kept) { if ($connection) { Use-Connection $connection } }
    $null = Invoke-Admin $sandbox oauth/revoke POST @{}
    foreach ($connection in $script:signed, $script:browsed) { if ($connection) { Use-Connection $connection } }

    Step { Get-JunipeerConnection @loud | Format-List * -Force }
    Step { Test-JunipeerConnection -All @loud | Format-List * -Force }
    Step { Get-BrightpearlResource order* @loud }
    Step { Get-JunipeerBookmark $database @loud }
    Step { Set-JunipeerBookmark $database order-type -Reset -PassThru -Confirm:$false @loud }
    Step { Get-JunipeerRun $database @loud | Format-List * -Force }
    Step { Get-JunipeerReject $database @loud }
    Step { Test-JunipeerFreshness $database -MaximumAge 1.00:00:00 @loud | Format-List * -Force }
    Step { Invoke-JunipeerQuery $database 'select * from sqlite_master' @loud | Format-List * -Force }
    Step { Get-JunipeerGuide @loud | Format-List * -Force }
    Step { Get-JunipeerGuide -AsMarkdown @loud }
    # Google's side: the key of a service account, a token, and what each of them does.
    $google = @{ Project = $given.google.project; BaseUri = $given.google.baseUri; NoSave = $true; PassThru = $true } + $loud
    Step { $script:keyed = Connect-BigQuery @google -KeyFile $given.google.keyFile -Name keyed; $script:keyed }
    Step { Connect-BigQuery @google -AccessToken (ConvertTo-Secure $given.wrongToken) -Name unknown }
    Step { New-BigQueryDataset redaction -Connection $script:keyed @loud }
    Step { [pscustomobject]@{ id = 1; name = 'plum' } | Import-BigQueryData -Table fruit -Dataset redaction -Connection $script:keyed @loud }
    Step { Get-BigQueryDataset -Connection $script:keyed @loud | Format-List * -Force }
    Step { Get-BigQueryTable -Dataset redaction -Connection $script:keyed @loud | Format-List * -Force }
    Step { Invoke-BigQueryQuery 'SELECT name FROM redaction.fruit' -Connection $script:keyed @loud }
    Step { Invoke-BigQueryQuery 'SELECT nothing FROM redaction.fruit' -Connection $script:keyed @loud }
    Step { Invoke-BrightpearlExport order-type -Warehouse $script:keyed -Connection $script:staff @loud | Format-List * -Force }
    Step { Test-JunipeerConnection -Connection $script:keyed @loud | Format-List * -Force }
    # Norce: a client's secret, good and wrong, and each of the ways it is used.
    $shop = @{ BaseUri = $given.norce.baseUri; Environment = 'Playground'; ClientId = $given.norce.clientId; ApplicationId = $given.norce.applicationId; AccountId = $given.norce.accountId; NoSave = $true; PassThru = $true } + $loud
    Step { $script:norce = Connect-Norce @shop -ClientSecret (ConvertTo-Secure $given.norce.clientSecret) -Name norce; $script:norce }
    Step { Connect-Norce @shop -ClientSecret (ConvertTo-Secure $given.wrongSecret) -Name stray }
    $by = @{ Connection = $script:norce } + $loud
    Step { Test-JunipeerConnection @by | Format-List * -Force }
    Step { Get-NorceResource ProductSkus @by | Format-List * -Force }
    Step { $script:sku = Find-NorceRecord ProductSkus -First 1 @by; $script:sku }
    Step { Get-NorceRecord ProductSkus $script:sku.Id @by }
    Step { Invoke-NorceRequest 'nothing/here' @by }
    Step { [pscustomobject]@{ PartNo = $script:sku.PartNo; WarehouseCode = 'nowhere'; OnhandValue = 1 } | Invoke-NorceImport OnHand -Confirm:$false @by }
    Step { Get-NorceJob @by }
    Step { Send-NorceOrderMessage Status @{ ClientOrderRef = '1'; ErpOrderNo = 'SO-1'; OrderStatus = 'Confirmed' } -Confirm:$false @by }
    Step { Invoke-NorceExport Warehouses -Path "$Folder/norce" @by | Format-List * -Force }
    # As somebody would who pastes a token into the wrong place of an address.
    Step { Invoke-BrightpearlRequest 'order-service/nothing-here' -Connection $script:account @loud }
    Step { Get-JunipeerConnection nobody @loud }
}

Invoke-All | Out-String -Stream -Width 400 | Tee-Object -FilePath "$Folder/output.txt" | Out-Host
# Not redirected: the shell itself writes these streams into the transcript.
Test-JunipeerConnection -Connection $wrong @loud | Out-Host
Find-BrightpearlRecord order -First 1 -Connection $staff @loud | Out-Host
try { Connect-Brightpearl @coded -AuthorizationCode $given.wrongCode -Name late -NoSave } catch { $_ | Out-Host }
& {
    $Error | ForEach-Object { $_ | Format-List * -Force; $_.Exception | Format-List * -Force; $_.Exception.Fault | Format-List * -Force; $_.InvocationInfo | Format-List * -Force }
    Get-Error -Newest 40
    $results | ForEach-Object { $_ | Format-List * -Force }
    $signed, $staff | Get-Member -Force
} *>&1 | Out-String -Stream -Width 400 | Set-Content "$Folder/errors.txt"
$connections = @(Get-JunipeerConnection)
$connections | Export-Clixml "$Folder/connections.xml" -Depth 6
$connections | ConvertTo-Json -Depth 6 -WarningAction SilentlyContinue | Set-Content "$Folder/connections.json"
$results | Export-Clixml "$Folder/results.xml" -Depth 3
$Error | Export-Clixml "$Folder/errors.xml" -Depth 4
$results | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue | Set-Content "$Folder/results.json"
$Error | ForEach-Object { [pscustomobject]@{ Id = $_.FullyQualifiedErrorId; Fault = $_.Exception.Fault; Text = "$_$($_.Exception)" } } | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue | Set-Content "$Folder/errors.json"
Copy-Item "$env:JUNIPEER_HOME" "$Folder/before" -Recurse
foreach ($connection in $connections) { Disconnect-Junipeer $connection -Forget -Confirm:$false @loud *>&1 | Out-Host }
Stop-Transcript | Out-Null
