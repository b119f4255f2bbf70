BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox -Orders 1500
    Connect-Sandbox $sandbox
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'Get-BrightpearlResource' {
    It 'needs no connection and writes typed objects' {
        $all = Get-BrightpearlResource
        $all.Count | Should -BeGreaterThan 60
        $all | Should -BeOfType Junipeer.Resources.ResourceInfo
    }
    It 'chooses by wildcard and tier' {
        (Get-BrightpearlResource product*).Name | Should -Contain product-price
        (Get-BrightpearlResource -Tier Unproven).Tier | Select-Object -Unique | Should -Be Unproven
        (Get-BrightpearlResource -Tier Standard, OnRequest).Tier | Select-Object -Unique | Should -Be 'Standard', 'OnRequest'
    }
    It 'takes names from the pipeline' { ('order', 'contact' | Get-BrightpearlResource).Name | Should -Be 'order', 'contact' }
    It 'writes an error for an unknown name' {
        $fault = Get-Fault { Get-BrightpearlResource ordr -ErrorAction Stop }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Resource.Unknown,*'
        $fault.CategoryInfo.Category | Should -Be InvalidArgument
    }
}

Describe 'Find-BrightpearlRecord' {
    It 'streams rows with exact types' {
        $rows = Find-BrightpearlRecord order -First 3
        $rows.Count | Should -Be 3
        $rows[0].PSTypeNames[0] | Should -Be Junipeer.Brightpearl.OrderSearchRow
        $rows[0].orderId | Should -BeOfType long
        $rows[0].createdOn | Should -BeOfType DateTimeOffset
    }
    It 'counts' {
        $count = Find-BrightpearlRecord order -CountOnly
        $count | Should -BeOfType long
        $count | Should -Be 1500
    }
    It 'filters by text, number, list, range and date' {
        $one = (Find-BrightpearlRecord order -First 1).orderId
        (Find-BrightpearlRecord order @{ orderId = $one }).orderId | Should -Be $one
        (Find-BrightpearlRecord order @{ orderId = $one, ($one + 1) } -CountOnly) | Should -BeGreaterThan 0
        (Find-BrightpearlRecord order @{ orderId = "$one-$($one + 50)" } -CountOnly) | Should -BeGreaterThan 1
        (Find-BrightpearlRecord order ([ordered]@{ createdOn = Get-Date -Year 2000 }) -CountOnly) | Should -Be 1500
    }
    It 'chooses columns and sorts' {
        $rows = Find-BrightpearlRecord order -Column orderId, contactId -Sort orderId.DESC -First 2
        $rows[0].PSObject.Properties.Name | Should -Be 'orderId', 'contactId'
        $rows[0].orderId | Should -BeGreaterThan $rows[1].orderId
    }
    It 'skips' {
        $rows = Find-BrightpearlRecord order -First 3 -Sort orderId
        (Find-BrightpearlRecord order -Skip 2 -First 1 -Sort orderId).orderId | Should -Be $rows[2].orderId
    }
    It 'stops asking when the pipeline has enough' {
        $before = Get-RequestCount $sandbox
        (Find-BrightpearlRecord order | Select-Object -First 5).Count | Should -Be 5
        (Get-RequestCount $sandbox) - $before | Should -BeLessOrEqual 2
    }
    It 'goes on when asked for all' {
        $rows = Find-BrightpearlRecord order
        $rows.Count | Should -Be 1500
        ($rows.orderId | Select-Object -Unique).Count | Should -Be 1500
    }
}

Describe 'Get-BrightpearlRecord' {
    BeforeAll { $ids = (Find-BrightpearlRecord order -First 5).orderId }

    It 'reads ids given, with one request' {
        $before = (Invoke-Admin $sandbox counters).byKey.'GET order'
        (Get-BrightpearlRecord order $ids).id | Sort-Object | Should -Be $ids
        (Invoke-Admin $sandbox counters).byKey.'GET order' - $before | Should -Be 1
    }
    It 'reads ranges and sets' {
        (Get-BrightpearlRecord order "$($ids[0])-$($ids[4])").Count | Should -BeGreaterOrEqual 5
        (Get-BrightpearlRecord order "$($ids[0]),$($ids[1])").Count | Should -Be 2
    }
    It 'takes ids, rows and records from the pipeline' {
        ($ids | Get-BrightpearlRecord order).Count | Should -Be 5
        (Find-BrightpearlRecord order -First 5 | Get-BrightpearlRecord order).id | Sort-Object | Should -Be $ids
        (Get-BrightpearlRecord order $ids[0] | Get-BrightpearlRecord order).id | Should -Be $ids[0]
        ([pscustomobject]@{ Id = $ids[1] } | Get-BrightpearlRecord order).id | Should -Be $ids[1]
    }
    It 'bundles ids from the pipeline' {
        $before = (Invoke-Admin $sandbox counters).byKey.'GET order'
        (Find-BrightpearlRecord order -First 400 | Get-BrightpearlRecord order).Count | Should -Be 400
        (Invoke-Admin $sandbox counters).byKey.'GET order' - $before | Should -BeLessOrEqual 3
    }
    It 'never takes another id for its own' {
        $fault = Get-Fault { [pscustomobject]@{ contactId = 200 } | Get-BrightpearlRecord order -ErrorAction Stop }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Record.NoId,*'
    }
    It 'writes an error per missing id and reads the others' {
        $found = Get-BrightpearlRecord order 5, $ids[0], 6 -ErrorVariable faults -ErrorAction SilentlyContinue
        $found.id | Should -Be $ids[0]
        $faults.Count | Should -Be 2
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'Junipeer.Record.NotFound,*'
        $faults[0].CategoryInfo.Category | Should -Be ObjectNotFound
    }
    It 'reads lists whole' { (Get-BrightpearlRecord warehouse).Count | Should -BeGreaterThan 1 }
    It 'reads nothing when nothing comes' {
        $before = Get-RequestCount $sandbox
        @() | Get-BrightpearlRecord order | Should -BeNullOrEmpty
        Get-RequestCount $sandbox | Should -Be $before
    }
    It 'gives exact values' {
        $order = Get-BrightpearlRecord order $ids[0]
        $order.PSTypeNames[0] | Should -Be Junipeer.Brightpearl.Order
        $order.totalValue.total | Should -BeOfType decimal
        $order.placedOn | Should -BeOfType DateTimeOffset
        , $order.orderRows | Should -BeOfType array
        $order.orderRows[0].id | Should -BeOfType long
        ($order.Payload | ConvertFrom-Json).id | Should -Be $ids[0]
        $order | ConvertTo-Json -Depth 9 | ConvertFrom-Json | ForEach-Object id | Should -Be $ids[0]
    }
    It 'shows a table of what people know records by' {
        $text = Get-BrightpearlRecord order $ids[0] | Out-String -Width 200
        $text | Should -BeLike '*reference*'
        $text | Should -Not -BeLike '*Payload*'
        Get-BrightpearlRecord warehouse | Out-String -Width 200 | Should -Not -BeLike '*Payload*'
    }
}

Describe 'Invoke-BrightpearlRequest' {
    It 'writes the response as objects' {
        $id = (Find-BrightpearlRecord order -First 1).orderId
        $order = Invoke-BrightpearlRequest "order-service/order/$id"
        $order.id | Should -Be $id
        $order.totalValue.total | Should -BeOfType string
    }
    It 'keeps fractions exact' {
        $code = Invoke-BrightpearlRequest accounting-service/tax-code | Where-Object rate | Select-Object -First 1
        $code.rate | Should -BeOfType decimal
        "$($code.rate)" | Should -BeLike '*.0000'
    }
    It 'writes the answer as it came with -Raw' {
        $answer = Invoke-BrightpearlRequest order-service/order-type -Raw
        $answer | Should -BeOfType Junipeer.Requests.RawResponse
        $answer.StatusCode | Should -Be 200
        $answer.RequestId | Should -Not -BeNullOrEmpty
        $answer.Headers.Keys | Should -Contain 'brightpearl-requests-remaining'
    }
    It 'sends nothing that changes with -WhatIf' {
        $before = Get-RequestCount $sandbox
        Invoke-BrightpearlRequest order-service/order/1/note -Method POST -Body '{}' -WhatIf
        Get-RequestCount $sandbox | Should -Be $before
    }
    It 'refuses a path that leads elsewhere' {
        (Get-Fault { Invoke-BrightpearlRequest 'https://elsewhere.example/x' }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Request.BadPath,*'
    }
}
