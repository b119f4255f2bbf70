BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1"
    Import-Module "$PSScriptRoot/../../Junipeer.psd1"
    $sandbox = Start-Sandbox -Orders 20
    $norce = $sandbox.norce
    $secret = ConvertTo-Secure $norce.clientSecret
    $client = @{ BaseUri = $norce.baseUri; Environment = 'Playground'; ClientId = $norce.clientId; ClientSecret = $secret; ApplicationId = $norce.applicationId; AccountId = $norce.accountId; NoSave = $true }
    Connect-Norce @client -Name shop
    $warehouse = Find-NorceRecord ClientWarehouses -First 1
    $location = Find-NorceRecord ClientWarehouseLocations @{ WarehouseId = $warehouse.WarehouseId } -First 1
    $parts = (Find-NorceRecord ProductSkus -Select PartNo -First 20).PartNo
    function New-Stock { param($Part, $Value) [pscustomobject]@{ PartNo = $Part; WarehouseCode = $warehouse.Code; LocationCode = $location.Code; OnhandValue = $Value } }
}

AfterAll {
    Disconnect-Junipeer
    Stop-Sandbox $sandbox
}

Describe 'Connect-Norce' {
    It 'makes a connection that passes every check' {
        Test-JunipeerConnection shop -Quiet | Should -BeTrue
        (Get-JunipeerConnection shop).Authentication | Should -Be ClientCredentials
    }

    It 'shows no secret, neither in the connection nor in an error' {
        $wrong = @{} + $client
        $wrong.ClientSecret = ConvertTo-Secure 'not-the-secret-at-all-1'
        $fault = Get-Fault { [CmdletBinding()] param() Connect-Norce @wrong -Name wrong }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Authorization.ClientRefused,*'
        ($fault | Format-List * -Force | Out-String) + (Get-JunipeerConnection | ConvertTo-Json -Depth 4) | Should -Not -Match 'not-the-secret|norce-sandbox-secret'
    }

    It 'refuses <Id>' -ForEach @(
        @{ Id = 'Junipeer.Connection.BadAddress'; With = @{ Tenant = 'https://acme.admin-se.norce.tech' } }
        @{ Id = 'Junipeer.Connection.InsecureAddress'; With = @{ BaseUri = 'http://acme.api-se.norce.tech' } }
        @{ Id = 'Junipeer.Norce.WrongEnvironment'; With = @{ BaseUri = 'https://acme.api-se.stage.norce.tech'; Environment = 'Production' } }
        @{ Id = 'Junipeer.Norce.RetiredHost'; With = @{ BaseUri = 'https://api.storm.io' } }
        @{ Id = 'Junipeer.Norce.UnknownSetting'; With = @{ Tenant = 'acme'; Setting = @{ Sizes = 1 } } }
        @{ Id = 'Junipeer.Norce.BadSetting'; With = @{ Tenant = 'acme'; Setting = @{ PageSize = 501 } } }
        @{ Id = 'Junipeer.Norce.BadClientId'; With = @{ Tenant = 'acme'; ClientId = 'a b' } }
    ) {
        $all = @{ ClientId = 'c'; ClientSecret = $secret; ApplicationId = 1; NoSave = $true } + @{}
        foreach ($name in $With.Keys) { $all[$name] = $With[$name] }
        (Get-Fault { [CmdletBinding()] param() Connect-Norce @all }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'shares one token with other processes' {
        $saved = @{} + $client
        $saved.Remove('NoSave')
        Connect-Norce @saved -Name saved -AllowUnprotectedStore -WarningAction SilentlyContinue
        $before = (Invoke-RestMethod "$($norce.adminUri)/counters").requests.'identity.token'.'200'
        $script = Join-Path $env:JUNIPEER_HOME child.ps1
        Set-Content $script "Import-Module '$PSScriptRoot/../../Junipeer.psd1'; (Find-NorceRecord ProductSkus -First 2 -Connection saved -WarningAction SilentlyContinue).Count"
        pwsh -NoProfile -File $script | Should -Be 2
        Connect-Norce @saved -Name saved -AllowUnprotectedStore -WarningAction SilentlyContinue
        (Invoke-RestMethod "$($norce.adminUri)/counters").requests.'identity.token'.'200' | Should -Be $before
        Disconnect-Junipeer saved -Forget
        Connect-Norce @client -Name shop
    }

    It 'takes its client from variables' {
        $env:NORCE_BASE_URI = $norce.baseUri; $env:NORCE_ENVIRONMENT = 'Playground'; $env:NORCE_CLIENT_ID = $norce.clientId
        $env:NORCE_CLIENT_SECRET = $norce.clientSecret; $env:NORCE_APPLICATION_ID = $norce.applicationId
        try { (Connect-Norce -FromEnvironment -NoSave -Name env -PassThru).ApplicationId | Should -Be $norce.applicationId }
        finally {
            Remove-Item Env:NORCE_*
            Disconnect-Junipeer env
        }
    }
}

Describe 'Reading' {
    It 'lists sets with the tenant''s own properties, and offline what is known' {
        (Get-NorceResource ProductSkus).SearchColumns.Name | Should -Contain PartNo
        (Get-NorceResource -Offline Products/*).Name | Should -Contain ProductSkus
        Get-NorceResource NoSuchSet -ErrorAction SilentlyContinue -ErrorVariable missing
        $missing[0].FullyQualifiedErrorId | Should -BeLike 'Junipeer.Resource.Unknown,*'
    }

    It 'finds by text and by hashtable, in any case' {
        (Find-NorceRecord productskus "PartNo eq '$($parts[3])'").PartNo | Should -Be $parts[3]
        @(Find-NorceRecord ProductSkus @{ partno = $parts[0..2] } -Select PartNo).Count | Should -Be 3
        (Find-NorceRecord ProductSkus -First 1 | Get-Member -MemberType NoteProperty).Count | Should -BeGreaterThan 5
        (Find-NorceRecord ProductSkus -First 1).PSObject.TypeNames[0] | Should -Be 'Junipeer.Norce.ProductSkus'
    }

    It 'stops reading when enough is taken' {
        (Find-NorceRecord ProductSkus | Select-Object -First 3).Count | Should -Be 3
    }

    It 'reads by key, from values and from objects' {
        (Get-NorceRecord ProductSkus $parts[0]).PartNo | Should -Be $parts[0]
        $stock = Find-NorceRecord ProductSkuOnHands -First 1
        ($stock | Get-NorceRecord ProductSkuOnHands).OnHandValue | Should -Be $stock.OnHandValue
        Get-NorceRecord ProductSkus X-404 -ErrorAction SilentlyContinue -ErrorVariable missing
        $missing[0].FullyQualifiedErrorId | Should -BeLike 'Junipeer.Record.NotFound,*'
    }

    It 'makes raw calls' {
        (Invoke-NorceRequest 'commerce/query/2.0/Core/Currencies?$top=1').value | Should -HaveCount 1
        (Invoke-NorceRequest 'commerce/query/2.0/Core/Currencies?$top=1' -Raw).StatusCode | Should -Be 200
        Invoke-NorceRequest 'commerce/connect/4.0/Order/SendOrderStatus' -Method POST -Body '{}' -WhatIf | Should -BeNullOrEmpty
        (Get-Fault { [CmdletBinding()] param() Invoke-NorceRequest 'https://example.com/x' }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Request.BadPath,*'
    }
}

Describe 'Invoke-NorceImport' {
    It 'sends stock that is there afterwards' {
        $job = New-Stock $parts[0] 123 | Invoke-NorceImport OnHand
        $job.IsClean | Should -BeTrue
        (Get-NorceRecord ProductSkuOnHands @{ PartNo = $parts[0]; WarehouseId = $warehouse.WarehouseId; LocationId = $location.LocationId }).OnHandValue | Should -Be 123
    }

    It 'writes refused rows with the row attached' {
        $result = (New-Stock $parts[0] 1), (New-Stock $parts[1] 'abc'), (New-Stock 'X-404' 2) | Invoke-NorceImport OnHand
        $refused = $result | Where-Object { $_ -is [Junipeer.Norce.NorceRefusedRow] }
        $refused.ErrorId | Should -Be 'Junipeer.Norce.BadField', 'Junipeer.Norce.RowFailed'
        $refused.Row.PartNo | Should -Be $parts[1], 'X-404'
    }

    It 'shows the plan and sends nothing with -WhatIf' {
        $before = (Find-NorceRecord ProductSkuOnHands @{ PartNo = $parts[5] }).OnHandValue
        $plan = New-Stock $parts[5] 98765 | Invoke-NorceImport OnHand -WhatIf
        $plan.Header | Should -Be ('{"AccountId":' + $norce.accountId + ',"FullFile":false,"SkuOnhandFieldsThatAreSet":["OnhandValue"],"SerializationType":0}')
        (Find-NorceRecord ProductSkuOnHands @{ PartNo = $parts[5] }).OnHandValue | Should -Be $before
    }

    It 'reads files' {
        New-Stock $parts[2] 55 | Export-Csv TestDrive:/stock.csv
        (Invoke-NorceImport OnHand -Path TestDrive:/stock.csv).Rows | Should -Be 1
        (Get-Fault { [CmdletBinding()] param() Invoke-NorceImport OnHand -Path TestDrive:/none.csv }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Path.NotFound,*'
    }

    It 'hands jobs to Get-NorceJob' {
        $job = New-Stock $parts[0] 7 | Invoke-NorceImport OnHand -Wait:$false | Get-NorceJob -Wait -Log
        $job.IsFinished | Should -BeTrue
        $job.Log | Should -Not -BeNullOrEmpty
    }

    It 'never asks where nobody can answer' {
        (Get-Fault { [CmdletBinding()] param() New-Stock $parts[0] 7 | Invoke-NorceImport OnHand -FullFile }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Norce.NeedsForce,*'
        (Get-Fault { [CmdletBinding()] param() New-Stock $parts[0] 7 | Invoke-NorceImport OnHand -FullFile -Force }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Norce.FullFileTooMany,*'
    }

    It 'refuses fields that do not exist, and an import without an account' {
        (Get-Fault { [CmdletBinding()] param() New-Stock $parts[0] 7 | Select-Object *, Colour | Invoke-NorceImport OnHand }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Norce.UnknownField,*'
        $bare = @{} + $client
        $bare.Remove('AccountId')
        Connect-Norce @bare -Name bare
        (Get-Fault { [CmdletBinding()] param() New-Stock $parts[0] 7 | Invoke-NorceImport OnHand -Connection bare }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Norce.NoAccount,*'
        Disconnect-Junipeer bare
    }

    It 'ends a script with -FailOnError' {
        { New-Stock 'X-404' 7 | Invoke-NorceImport OnHand -FailOnError } | Should -Throw -ErrorId 'Junipeer.Norce.ImportFailed'
    }

    It 'settles what a killed process left behind' {
        $address = "$($norce.adminUri)/faults"
        $fault = Invoke-RestMethod $address -Method Post -ContentType application/json -Body (@{ kind = 'hold'; match = @{ pathContains = 'ImportOnhands' }; times = 1 } | ConvertTo-Json)
        $script = Join-Path $env:JUNIPEER_HOME killed.ps1
        Set-Content $script @"
`$env:JUNIPEER_HOME = '$env:JUNIPEER_HOME'
Import-Module '$PSScriptRoot/../../Junipeer.psd1'
Connect-Norce -BaseUri $($norce.baseUri) -Environment Playground -ClientId $($norce.clientId) -ClientSecret (ConvertTo-SecureString '$($norce.clientSecret)' -AsPlainText -Force) -ApplicationId $($norce.applicationId) -AccountId $($norce.accountId) -NoSave
@{ PartNo = '$($parts[9])'; WarehouseCode = '$($warehouse.Code)'; LocationCode = '$($location.Code)'; OnhandValue = 4711 } | Invoke-NorceImport OnHand
"@
        $child = Start-Process pwsh -ArgumentList '-NoProfile', '-File', $script -PassThru
        $until = [datetime]::UtcNow.AddSeconds(20)
        while (-not (Get-ChildItem $env:JUNIPEER_HOME/norce -Recurse -Filter *.journal -ErrorAction Ignore) -and [datetime]::UtcNow -lt $until) { Start-Sleep -Milliseconds 100 }
        Start-Sleep -Milliseconds 500
        $child.Kill()
        $child.WaitForExit()
        $null = Invoke-RestMethod "$address/$($fault.id)" -Method Delete

        $null = New-Stock $parts[10] 1 | Invoke-NorceImport OnHand -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -Match 'earlier import'
        (Find-NorceRecord ProductSkuOnHands @{ PartNo = $parts[9]; WarehouseId = $warehouse.WarehouseId; LocationId = $location.LocationId }).OnHandValue | Should -Be 4711
    }
}

Describe 'Send-NorceOrderMessage' {
    It 'confirms an order' {
        $order = Find-NorceRecord Orders 'StatusId eq 0' -First 1
        (Send-NorceOrderMessage Status @{ ClientOrderRef = $order.OrderNo; ErpOrderNo = 'SO-1'; OrderStatus = 'Confirmed' }).StatusCode | Should -Be 200
        (Get-NorceRecord Orders $order.Id).OrderNo | Should -Be 'SO-1'
    }

    It 'moves no money unasked' {
        (Get-Fault { [CmdletBinding()] param() Send-NorceOrderMessage Invoice @{ ClientOrderRef = 1; InvoiceNo = 'I' } }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Norce.PaymentNotAllowed,*'
    }
}

Describe 'Invoke-NorceExport' {
    It 'fills a warehouse, and reads only changes the second time' {
        $results = Invoke-NorceExport ProductSkus, Orders -Warehouse TestDrive:/norce.db
        $results.Status | Should -Be Completed, Completed
        (Invoke-JunipeerQuery -Warehouse TestDrive:/norce.db -Query 'select count(*) as n from product_skus').n | Should -Be @(Find-NorceRecord ProductSkus -Select PartNo).Count
        (Invoke-JunipeerQuery -Warehouse TestDrive:/norce.db -Query 'select count(*) as n from order_items').n | Should -BeGreaterThan 0
        (Invoke-NorceExport ProductSkus -Warehouse TestDrive:/norce.db).Mode | Should -Be Incremental
    }

    It 'writes files and records' {
        (Invoke-NorceExport ClientPriceLists -Path TestDrive:/files).Output | Should -Not -BeNullOrEmpty
        (Invoke-NorceExport ClientPriceLists)[0].Agreement | Should -Not -BeNullOrEmpty
    }
}

Describe 'The guide' {
    It 'offers commands with parameters that exist' {
        $commands = (Get-JunipeerGuide -Pair Brightpearl, Norce).Steps.Commands.Text | Where-Object { $_ }
        "$commands" | Should -Match 'Connect-Norce'
        foreach ($text in $commands) {
            foreach ($call in [Management.Automation.Language.Parser]::ParseInput($text, [ref] $null, [ref] $null).FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
                $command = Get-Command $call.GetCommandName() -Module Junipeer -ErrorAction Ignore
                if (-not $command) { continue }
                $call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] } | ForEach-Object { $command.Parameters.Keys | Should -Contain $_.ParameterName }
            }
        }
    }
}
