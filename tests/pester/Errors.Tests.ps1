BeforeDiscovery {
    # Every wrong input has a stable id, a category, and a way out; and leaves nothing half-written.
    $cases = @(
        @{ What = 'an unknown resource'; Id = 'Junipeer.Resource.Unknown'; Category = 'InvalidArgument'; Script = { Find-BrightpearlRecord ordr -CountOnly } }
        @{ What = 'an unknown resource to export'; Id = 'Junipeer.Resource.Unknown'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport ordr -Warehouse $target } }
        @{ What = 'a wrong token'; Id = 'Junipeer.Authentication.Failed'; Category = 'AuthenticationError'; Script = { Find-BrightpearlRecord order -CountOnly -Connection wrong-token } }
        @{ What = 'a wrong account'; Id = 'Junipeer.*'; Category = '*'; Script = { Find-BrightpearlRecord order -CountOnly -Connection wrong-account } }
        @{ What = 'a wrong data centre'; Id = 'Junipeer.Connection.*'; Category = '*'; Script = { Find-BrightpearlRecord order -CountOnly -Connection wrong-centre } }
        @{ What = 'an unreachable host'; Id = 'Junipeer.Connection.Unreachable'; Category = 'ConnectionError'; Script = { Find-BrightpearlRecord order -CountOnly -Connection unreachable } }
        @{ What = 'a connection nobody made'; Id = 'Junipeer.Connection.NotConnected'; Category = 'InvalidOperation'; Script = { Find-BrightpearlRecord order -CountOnly -Connection nobody } }
        @{ What = 'a column that cannot be filtered by'; Id = 'Junipeer.Search.NotFilterable'; Category = 'InvalidArgument'; Script = { $resource = Get-BrightpearlResource | Where-Object { $_.SearchColumns.Filterable -contains $false } | Select-Object -First 1; $column = $resource.SearchColumns | Where-Object Filterable -eq $false | Select-Object -First 1; Find-BrightpearlRecord $resource.Name @{ $column.Name = 1 } } }
        @{ What = 'a column that does not exist'; Id = 'Junipeer.Search.UnknownColumn'; Category = 'InvalidArgument'; Script = { Find-BrightpearlRecord order -Column nothing } }
        @{ What = 'a filter that does not exist'; Id = 'Junipeer.Search.UnknownFilter'; Category = 'InvalidArgument'; Script = { Find-BrightpearlRecord order @{ nothing = 1 } } }
        @{ What = 'an id that is none'; Id = 'Junipeer.Record.BadId'; Category = 'InvalidArgument'; Script = { Get-BrightpearlRecord order ten } }
        @{ What = 'a Windows network path'; Id = 'Junipeer.Warehouse.NetworkPath'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Warehouse '\\server\share\x.db' } }
        @{ What = 'a slashed network path'; Id = 'Junipeer.Warehouse.NetworkPath'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Warehouse '//server/share/x.db' } }
        @{ What = 'a network path to read from'; Id = 'Junipeer.Warehouse.NetworkPath'; Category = 'InvalidArgument'; Script = { Get-JunipeerRun '\\server\share\x.db' } }
        @{ What = 'a path that is no file'; Id = 'Junipeer.Path.NotFileSystem'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Warehouse 'Env:/x.db' } }
        @{ What = 'a folder that is no folder'; Id = 'Junipeer.Path.NotFileSystem'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Path 'Variable:/x' } }
        @{ What = 'a drive that does not exist'; Id = 'Junipeer.Path.Invalid'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Path 'Nowhere:/x' } }
        @{ What = 'a folder that does not exist'; Id = 'Junipeer.Path.NotFound'; Category = 'ObjectNotFound'; Script = { Invoke-BrightpearlExport order -Warehouse "$TestDrive/none/x.db" } }
        @{ What = 'a connection that is no warehouse'; Id = 'Junipeer.Warehouse.NotAWarehouse'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Warehouse (Get-JunipeerConnection good) } }
        @{ What = 'a warehouse that is no database'; Id = 'Junipeer.Warehouse.NotADatabase'; Category = 'InvalidArgument'; Script = { Set-Content "$TestDrive/text.db" ('no database ' * 500); Get-JunipeerRun "$TestDrive/text.db" } }
        @{ What = 'ids and a date at once'; Id = 'Junipeer.Export.IdsAndDate'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Warehouse $target -Id 1 -UpdatedAfter '2026-01-01' } }
        @{ What = 'a full export of some ids'; Id = 'Junipeer.Export.FullAndPart'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Warehouse $target -Id 1 -Full } }
        @{ What = 'a bad table prefix'; Id = 'Junipeer.Warehouse.BadPrefix'; Category = 'InvalidArgument'; Script = { Invoke-BrightpearlExport order -Warehouse $target -TablePrefix 'a-b"' } }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox
    $target = "$TestDrive/target.db"
    Connect-Sandbox $sandbox @{ Name = 'wrong-token'; StaffToken = (ConvertTo-Secure 'nottherighttoken=') }
    Connect-Sandbox $sandbox @{ Name = 'wrong-account'; Account = 'nosuchaccount' }
    Connect-Sandbox $sandbox @{ Name = 'unreachable'; BaseUri = 'http://127.0.0.1:9' }
    Connect-Brightpearl $sandbox.account -DataCenter euw9 -AppReference $sandbox.appReference -StaffToken (ConvertTo-Secure 'nottherighttoken=') -NoSave -Name wrong-centre
    Connect-Sandbox $sandbox @{ Name = 'good' }
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'Wrong input' {
    It '<What> is <Id>' -ForEach $cases {
        $records = @(
            try { $null = & $Script -ErrorVariable written 2>&1 | Tee-Object -Variable all; $all | Where-Object { $_ -is [Management.Automation.ErrorRecord] } }
            catch { $_ }
        )
        $records.Count | Should -Be 1
        $records[0].FullyQualifiedErrorId.Split(',')[0] | Should -BeLike $Id
        "$($records[0].CategoryInfo.Category)" | Should -BeLike $Category
        $records[0].CategoryInfo.Category | Should -Not -Be NotSpecified
        $records[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $records[0].Exception | Should -BeOfType Junipeer.Operations.JunipeerException
        $records[0].TargetObject | Should -Not -BeNullOrEmpty
        Test-Path $target | Should -BeFalse
    }

    It 'a folder that cannot be written to is Junipeer.*.ReadOnly' -Skip:(-not $IsWindows -and (id -u) -eq 0) {
        $folder = New-Item -ItemType Directory "$TestDrive/locked"
        chmod 500 $folder
        (Get-Fault { Invoke-BrightpearlExport order -Warehouse "$folder/x.db" -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Warehouse.ReadOnly,*'
        (Get-Fault { Invoke-BrightpearlExport order -Path "$folder/x" -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Path.ReadOnly,*'
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'a warehouse that is read-only is Junipeer.Warehouse.ReadOnly, and stays as it was' {
        $file = "$TestDrive/readonly.db"
        $null = Invoke-BrightpearlExport order-type -Warehouse $file
        (Get-Item $file).IsReadOnly = $true
        $hash = (Get-FileHash $file).Hash
        $fault = Get-Fault { Invoke-BrightpearlExport order -Warehouse $file -ErrorAction Stop }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Warehouse.ReadOnly,*'
        $fault.CategoryInfo.Category | Should -Be PermissionDenied
        (Get-FileHash $file).Hash | Should -Be $hash
    }

    It 'a mistake in the name of a resource gets the nearest names' {
        (Get-Fault { Find-BrightpearlRecord ordr -CountOnly }).Exception.Message | Should -BeLike "*order*"
    }

    It 'an error carries what support asks for' {
        $fault = Get-Fault { Find-BrightpearlRecord order -CountOnly -Connection wrong-token }
        $fault.Exception.System | Should -Be Brightpearl
        $fault.Exception.StatusCode | Should -Be 401
        $fault.Exception.RecommendedAction | Should -Not -BeNullOrEmpty
        $fault | Out-String | Should -BeLike '*Connect-Brightpearl*'
    }
}
