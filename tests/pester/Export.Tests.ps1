BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox -Orders 6000
    Connect-Sandbox $sandbox
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'Export to the pipeline' {
    It 'streams records' {
        $orders = Invoke-BrightpearlExport order
        $orders.Count | Should -Be 6000
        $orders[0].PSTypeNames[0] | Should -Be Junipeer.Brightpearl.Order
    }
    It 'stops asking when the pipeline has enough' {
        $before = Get-RequestCount $sandbox
        (Invoke-BrightpearlExport order | Select-Object -First 3).Count | Should -Be 3
        # One listing, and the sets that were under way; a whole reading takes 31.
        (Get-RequestCount $sandbox) - $before | Should -BeLessThan 16
        Start-Sleep -Milliseconds 500
        $after = Get-RequestCount $sandbox
        Start-Sleep -Milliseconds 500
        Get-RequestCount $sandbox | Should -Be $after
    }
    It 'reads only ids given' {
        $id = (Find-BrightpearlRecord order -First 1).orderId
        (Invoke-BrightpearlExport order -Id $id).id | Should -Be $id
    }
    It 'reads only what changed' {
        $null = Invoke-Admin $sandbox world POST @{ actions = @(@{ do = 'create-order'; count = 2 }) }
        $now = [datetimeoffset](Invoke-Admin $sandbox clock).now
        @(Invoke-BrightpearlExport order -UpdatedAfter $now.AddMinutes(-5)).Count | Should -BeLessThan 100
    }
    It 'leaves payload and fields out' {
        $order = Invoke-BrightpearlExport order -NoPayload -ExcludeField parties | Select-Object -First 1
        $order.Payload | Should -BeNullOrEmpty
        $order.parties | Should -BeNullOrEmpty
    }
    It 'takes resources from the pipeline' {
        (Get-BrightpearlResource order-type | Invoke-BrightpearlExport).Count | Should -BeGreaterThan 1
    }
    It 'can be stopped in the middle' {
        $shell = [powershell]::Create()
        $null = Invoke-Admin $sandbox quota POST @{ limit = 3; windowSeconds = 10; rolling = $false; reset = $true }
        try {
            $null = $shell.AddScript({
                param($Module, $Helper, $Sandbox)
                Import-Module $Helper, $Module
                Connect-Sandbox $Sandbox
                Invoke-BrightpearlExport order
            }).AddArgument("$PSScriptRoot/../../Junipeer.psd1").AddArgument("$PSScriptRoot/Sandbox.psm1").AddArgument($sandbox)
            $running = $shell.BeginInvoke()
            Start-Sleep -Seconds 4
            $running.IsCompleted | Should -BeFalse
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 3
            $shell.InvocationStateInfo.State | Should -Be Stopped
            $shell.Streams.Error.Count | Should -Be 0
        }
        finally {
            $null = Invoke-Admin $sandbox quota POST @{ limit = 100000; windowSeconds = 60; rolling = $false; reset = $true }
            $shell.Dispose()
        }
    }
}

Describe 'Export to files' {
    It 'writes whole files through the provider, and then only changes' {
        $null = New-PSDrive -Name Lake -PSProvider FileSystem -Root $TestDrive
        $result = Invoke-BrightpearlExport order, warehouse -Path Lake:/out
        $result.Status | Should -Be 'Completed', 'Completed'
        $files = Get-ChildItem $TestDrive/out -Filter order-*.ndjson
        (Get-Content $files).Count | Should -Be ($result | Where-Object Resource -eq order).Records
        (Invoke-BrightpearlExport order -Path $TestDrive/out).Mode | Should -Be Incremental
        Get-Content $files[0] | Select-Object -First 1 | ConvertFrom-Json | ForEach-Object document | ForEach-Object id | Should -Not -BeNullOrEmpty
    }
    It 'compresses' {
        $null = Invoke-BrightpearlExport warehouse -Path $TestDrive/gz -Compress
        @(Get-ChildItem $TestDrive/gz -Filter warehouse-*.ndjson.gz).Count | Should -Be 1
    }
    It 'uses the current location, not that of the process' {
        $null = New-Item -ItemType Directory $TestDrive/here
        Push-Location $TestDrive/here
        try { $null = Invoke-BrightpearlExport order-type -Path ./relative }
        finally { Pop-Location }
        Test-Path $TestDrive/here/relative | Should -BeTrue
    }
    It 'writes nothing with -WhatIf, and plans' {
        $plan = Invoke-BrightpearlExport order, warehouse -Path $TestDrive/planned -WhatIf
        $plan | Should -BeOfType Junipeer.Export.ExportPlan
        ($plan | Where-Object Resource -eq order).Requests | Should -BeGreaterThan 7
        Test-Path $TestDrive/planned | Should -BeFalse
    }
}

Describe 'Export to a warehouse' {
    BeforeAll { $warehouse = "$TestDrive/orders.db" }

    It 'writes nothing with -WhatIf' {
        $plan = Invoke-BrightpearlExport order -Warehouse $warehouse -WhatIf
        $plan.Mode | Should -Be Full
        $plan.QuotaMinutes | Should -BeGreaterOrEqual 0
        Test-Path $warehouse | Should -BeFalse
    }
    It 'fills tables and writes one result per resource' {
        $results = Invoke-BrightpearlExport order, product -Warehouse $warehouse
        $results | Should -BeOfType Junipeer.Export.ExportResult
        $results.Status | Should -Be 'Completed', 'Completed'
        $results.Resource | Should -Be 'order', 'product'
        (Invoke-JunipeerQuery $warehouse 'select count(*) n from orders').n | Should -Be $results[0].Records
    }
    It 'then reads only what changed' {
        $null = Invoke-Admin $sandbox world POST @{ actions = @(@{ do = 'create-order'; count = 3 }) }
        $result = Invoke-BrightpearlExport order -Warehouse $warehouse
        $result.Mode | Should -Be Incremental
        $result.New | Should -Be 3
    }
    It 'takes a FileInfo' {
        (Invoke-BrightpearlExport order -Warehouse (Get-Item $warehouse)).Status | Should -Be Completed
    }
    It 'keeps accounts apart by prefix' {
        (Invoke-BrightpearlExport order-type -Warehouse $warehouse -TablePrefix eu_).Output | Should -Contain eu_order_types
        (Get-JunipeerBookmark $warehouse -TablePrefix eu_).Resource | Should -Be order-type
    }
    It 'shows progress and closes it' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
            param($Module, $Helper, $Sandbox, $Path)
            Import-Module $Helper, $Module
            Connect-Sandbox $Sandbox
            Invoke-BrightpearlExport order -Full -Warehouse $Path
        }).AddArgument("$PSScriptRoot/../../Junipeer.psd1").AddArgument("$PSScriptRoot/Sandbox.psm1").AddArgument($sandbox).AddArgument($warehouse)
        $null = $shell.Invoke()
        $records = @($shell.Streams.Progress | Where-Object Activity -like 'Export*')
        $shell.Dispose()
        $records.Count | Should -BeGreaterThan 0
        $records[-1].RecordType | Should -Be Completed
    }
    It 'takes times and lengths as people write them' {
        $result = Invoke-BrightpearlExport order-type -Warehouse $warehouse -FullEvery 12h -RecheckEvery 1.12:00:00 -LookBack 15m -Retention 30d -QuotaShare 0.9 -MaximumDuration (New-TimeSpan -Minutes 5)
        $result.Status | Should -Be Completed
        { Invoke-BrightpearlExport order-type -Warehouse $warehouse -FullEvery 24 } | Should -Throw '*24h*'
        { Invoke-BrightpearlExport order-type -Warehouse $warehouse -FullEvery '24' } | Should -Throw '*24h*'
        { Invoke-BrightpearlExport order-type -Warehouse $warehouse -FullEvery soon } | Should -Throw '*24h*'
        { Invoke-BrightpearlExport order-type -Warehouse $warehouse -FullEvery '-1h' } | Should -Throw '*24h*'
        (Invoke-BrightpearlExport order-type -Warehouse $warehouse -FullEvery '7d' -LookBack 30s).Status | Should -Be Completed
    }
}

Describe 'A resource that fails' {
    BeforeAll {
        $warehouse = "$TestDrive/failing.db"
        $fault = Invoke-Admin $sandbox faults POST @{ kind = 'status'; status = 400; match = @{ resource = 'contact' }; times = $null }
    }
    AfterAll { $null = Invoke-Admin $sandbox faults DELETE }

    It 'writes exactly one error, and the others go on' {
        $results = Invoke-BrightpearlExport contact, order-type -Warehouse $warehouse -ErrorVariable faults -ErrorAction SilentlyContinue
        ($results | Where-Object Resource -eq contact).Status | Should -Be Failed
        ($results | Where-Object Resource -eq order-type).Status | Should -Be Completed
        $faults.Count | Should -Be 1
        $faults[0].TargetObject | Should -Be contact
        $faults[0].FullyQualifiedErrorId | Should -BeLike "$(($results | Where-Object Resource -eq contact).ErrorId),*"
    }
    It 'ends the command with -FailOnError, after all were tried' {
        $written = [Collections.Generic.List[object]]::new()
        $caught = $null
        try { Invoke-BrightpearlExport contact, order-type -Warehouse $warehouse -FailOnError -ErrorAction SilentlyContinue | ForEach-Object { $written.Add($_) } }
        catch { $caught = $_ }
        $written.Count | Should -Be 2
        $caught.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Export.Failed*'
        $caught.Exception | Should -BeOfType Exception
    }
    It 'tries all with -FailOnError also where the first error would stop' {
        $written = [Collections.Generic.List[object]]::new()
        { Invoke-BrightpearlExport contact, order-type -Warehouse $warehouse -FailOnError -ErrorAction Stop | ForEach-Object { $written.Add($_) } } | Should -Throw
        $written.Resource | Should -Contain order-type
        $written.Count | Should -Be 2
    }
    It 'makes pwsh -File exit with <Code> <When>' -ForEach @(
        @{ Code = 1; When = 'with -FailOnError'; Switch = '-FailOnError' }
        @{ Code = 0; When = 'without it'; Switch = '' }
    ) {
        $run = Invoke-FreshScript @"
Import-Module '$PSScriptRoot/Sandbox.psm1', '$PSScriptRoot/../../Junipeer.psd1'
`$sandbox = '$($sandbox | Select-Object account, baseUri, appReference, staffToken | ConvertTo-Json -Compress)' | ConvertFrom-Json
Connect-Sandbox `$sandbox
Invoke-BrightpearlExport contact, order-type -Warehouse '$warehouse' $Switch | ForEach-Object { "`$(`$_.Resource) `$(`$_.Status)" }
'The last line'
"@
        $run.ExitCode | Should -Be $Code -Because $run.Output
        $run.Output | Should -BeLike '*order-type Completed*'
        if ($Code) { $run.Output | Should -Not -BeLike '*The last line*' }
    }
}
