BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox
    Connect-Sandbox $sandbox
    $warehouse = "$TestDrive/state.db"
    $first = Invoke-BrightpearlExport order, warehouse, product-price -Warehouse $warehouse
    Disconnect-Junipeer
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'Invoke-JunipeerQuery' {
    It 'writes an object per row, with values of their kind' {
        $row = Invoke-JunipeerQuery -Warehouse $warehouse -Query 'select id, reference, placed_on from orders order by id limit 1'
        $row.PSObject.Properties.Name | Should -Be 'id', 'reference', 'placed_on'
        $row.id | Should -BeOfType long
    }
    It 'takes parameters and statements from the pipeline' {
        ('select :a + :b as sum' | Invoke-JunipeerQuery $warehouse -Parameter @{ a = 40; ':b' = 2 }).sum | Should -Be 42
        (Invoke-JunipeerQuery $warehouse 'select :t as t' -Parameter @{ t = "a'; drop table orders; --" }).t | Should -Be "a'; drop table orders; --"
    }
    It 'streams' {
        $rows = Invoke-JunipeerQuery $warehouse 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n' | Select-Object -First 10
        $rows.Count | Should -Be 10
    }
    It 'refuses to change anything' {
        (Get-Fault { Invoke-JunipeerQuery $warehouse 'delete from orders' }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Query.NotReadOnly,*'
        (Invoke-JunipeerQuery $warehouse 'select count(*) n from orders').n | Should -Be 300
    }
    It 'tells what is wrong with a statement' {
        (Get-Fault { Invoke-JunipeerQuery $warehouse 'select nothing from nowhere' }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Query.Invalid,*'
    }
}

Describe 'Get-JunipeerRun' {
    It 'shows a run per resource, and finds those of a result' {
        (Get-JunipeerRun $warehouse).Count | Should -Be 3
        (Get-JunipeerRun $warehouse order).Records | Should -Be 300
        (Get-JunipeerRun $warehouse product*).Resource | Should -Be product-price
        ($first[0] | Get-JunipeerRun $warehouse).Count | Should -Be 3
        Get-JunipeerRun $warehouse | Should -BeOfType Junipeer.Warehouse.RunInfo
    }
}

Describe 'Get-JunipeerReject' {
    It 'is empty when all was written' { Get-JunipeerReject $warehouse | Should -BeNullOrEmpty }

    Context 'with records that were refused' {
        BeforeAll {
            $refused = "$TestDrive/refused.db"
            Connect-Sandbox $sandbox
            $bad = (Find-BrightpearlRecord order -First 2).orderId
            $faults = $bad | ForEach-Object { Invoke-Admin $sandbox faults POST @{ kind = 'bad-id'; id = $_; status = 400; match = @{ resource = 'order'; verb = 'GET' } } }
            $result = Invoke-BrightpearlExport order, warehouse -Warehouse $refused -WarningVariable warned -WarningAction SilentlyContinue
            $null = Invoke-Admin $sandbox faults DELETE
            Disconnect-Junipeer
        }
        It 'shows each with its reason and its run' {
            $result[0].Rejected | Should -Be 2
            $rejects = Get-JunipeerReject $refused
            $rejects | Should -BeOfType Junipeer.Warehouse.RejectInfo
            [long[]] $rejects.Id | Sort-Object | Should -Be ($bad | Sort-Object)
            $rejects.RunId | Select-Object -Unique | Should -Be $result[0].RunId
            $rejects | ForEach-Object { $_.Reason, $_.ErrorId | Should -Not -BeNullOrEmpty }
            $warned.Count | Should -Be 2
        }
        It 'finds them by resource and by run' {
            @(Get-JunipeerReject $refused ord*).Count | Should -Be 2
            Get-JunipeerReject $refused warehouse | Should -BeNullOrEmpty
            @(Get-JunipeerReject $refused -RunId $result[0].RunId).Count | Should -Be 2
            Get-JunipeerReject $refused -RunId none | Should -BeNullOrEmpty
        }
    }
}

Describe 'Bookmarks' {
    It 'are shown' {
        $bookmark = Get-JunipeerBookmark $warehouse order
        $bookmark.Watermark | Should -BeOfType DateTimeOffset
        $bookmark.OpenPass | Should -BeNullOrEmpty
    }
    It 'are left alone by -WhatIf' {
        $before = (Get-JunipeerBookmark $warehouse order).Watermark
        Set-JunipeerBookmark $warehouse order -Watermark '2020-01-01' -WhatIf
        Set-JunipeerBookmark $warehouse order -Reset -WhatIf
        (Get-JunipeerBookmark $warehouse order).Watermark | Should -Be $before
    }
    It 'are set, with the kind of a time respected: <Given>' -ForEach @(
        @{ Given = [datetime]::new(2024, 6, 1, 12, 0, 0, [DateTimeKind]::Utc); Utc = '2024-06-01T12:00:00Z' }
        @{ Given = [datetimeoffset]::new(2024, 6, 1, 12, 0, 0, [timespan]::FromHours(2)); Utc = '2024-06-01T10:00:00Z' }
        @{ Given = [datetime]::new(2024, 6, 1, 12, 0, 0, [DateTimeKind]::Local); Utc = [datetime]::new(2024, 6, 1, 12, 0, 0, [DateTimeKind]::Local).ToUniversalTime().ToString('o') }
        @{ Given = '2024-06-01T12:00:00Z'; Utc = '2024-06-01T12:00:00Z' }
    ) {
        Set-JunipeerBookmark $warehouse order -Watermark $Given | Should -BeNullOrEmpty
        (Get-JunipeerBookmark $warehouse order).Watermark.UtcDateTime | Should -Be ([datetimeoffset]$Utc).UtcDateTime
    }
    It 'are forgotten, from the pipeline' {
        $after = Get-JunipeerBookmark $warehouse order | Set-JunipeerBookmark $warehouse -Reset -PassThru
        $after | Should -BeOfType Junipeer.Warehouse.BookmarkInfo
        $after.Watermark | Should -BeNullOrEmpty
    }
    It 'cannot lie in the future' {
        (Get-Fault { Set-JunipeerBookmark $warehouse warehouse -Watermark (Get-Date).AddDays(2) }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Bookmark.InFuture,*'
    }
}

Describe 'Test-JunipeerFreshness' {
    It 'writes an object per resource and no error' {
        $all = Test-JunipeerFreshness $warehouse -MaximumAge 24h -ErrorAction Stop
        $all | Should -BeOfType Junipeer.Warehouse.FreshnessInfo
        ($all | Where-Object Resource -eq warehouse).IsFresh | Should -BeTrue
    }
    It 'answers with one boolean' {
        Test-JunipeerFreshness $warehouse 1d -Resource warehouse, product-price -Quiet | Should -BeTrue
        Test-JunipeerFreshness $warehouse 0s -Quiet | Should -BeFalse
    }
    It 'counts a resource that is not there as stale' {
        $missing = Test-JunipeerFreshness $warehouse 1d -Resource journal
        $missing.IsFresh | Should -BeFalse
        $missing.Detail | Should -Not -BeNullOrEmpty
        Test-JunipeerFreshness $warehouse 1d -Resource warehouse, journal -Quiet | Should -BeFalse
    }
    It 'says when the question cannot be answered' {
        (Get-Fault { Test-JunipeerFreshness $TestDrive/none.db 1d -Quiet }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Warehouse.NotFound,*'
        Test-Path $TestDrive/none.db | Should -BeFalse
    }
}
