BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1"
    Import-Module "$PSScriptRoot/../../Junipeer.psd1"
    $sandbox = Start-Sandbox -Orders 60
    $google = $sandbox.google
    Connect-BigQuery -Project $google.project -Dataset existing -KeyFile $google.serviceAccountKeyFile -BaseUri $google.baseUri -NoSave -Name existing
    Connect-BigQuery -Project $google.project -Dataset shop -Location EU -KeyFile $google.serviceAccountKeyFile -BaseUri $google.baseUri -NoSave -Name shop
    Connect-Sandbox $sandbox @{ Name = 'source' }
}

AfterAll {
    Disconnect-Junipeer
    Stop-Sandbox $sandbox
}

Describe 'Connect-BigQuery' {
    It 'reads project, location and who it is from the key and the dataset' {
        $connection = Get-JunipeerConnection existing
        $connection.Principal | Should -Be $google.serviceAccount
        $connection.Location | Should -Be $google.location
        $connection.Project | Should -Be $google.project
    }

    It 'refuses a file that is no key' {
        Set-Content TestDrive:/key.json '{ "type": "authorized_user" }'
        $fault = Get-Fault { [CmdletBinding()] param() Connect-BigQuery -Project p -KeyFile TestDrive:/key.json -BaseUri $google.baseUri -NoSave }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.BigQuery.KeyInvalid,*'
    }

    It 'passes every check of the doctor' {
        Test-JunipeerConnection existing -Quiet | Should -BeTrue
    }
}

Describe 'BigQuery cmdlets' {
    It 'lists datasets and tables' {
        (Get-BigQueryDataset -Connection existing).Dataset | Should -Contain 'existing'
        $table = Get-BigQueryTable -Connection existing | Select-Object -First 1
        $table.Rows | Should -BeGreaterThan 0
        $table.Columns.Name | Should -Not -BeNullOrEmpty
    }

    It 'makes a dataset, and none with -WhatIf' {
        New-BigQueryDataset made -Location EU -Connection shop -WhatIf
        Get-BigQueryDataset 'mad*' -Connection shop | Should -BeNullOrEmpty
        (New-BigQueryDataset made -Location EU -Connection shop).Location | Should -Be EU
    }

    It 'streams typed rows, with parameters' {
        $row = Invoke-BigQueryQuery 'SELECT @n AS n, NUMERIC "12.50" AS m, TRUE AS b, TIMESTAMP "2026-01-02 03:04:05+00" AS t' -Parameter @{ n = 9007199254740993 } -Connection existing
        $row.n | Should -Be 9007199254740993
        $row.m | Should -BeOfType decimal
        $row.b | Should -BeTrue
        $row.t | Should -Be ([datetimeoffset]'2026-01-02T03:04:05Z')
    }

    It 'tells the cost of a dry run, and the place of a mistake' {
        (Invoke-BigQueryQuery 'SELECT 1 AS n' -DryRun -Connection existing).StatementType | Should -Be SELECT
        (Get-Fault { [CmdletBinding()] param() Invoke-BigQueryQuery 'SELEC 1' -Connection existing }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Query.Invalid,*'
    }

    It 'imports objects, and updates those it knows by their key' {
        $first = 1..5 | ForEach-Object { [pscustomobject]@{ id = $_; name = "n$_"; price = [decimal]1.25 * $_ } } | Import-BigQueryData things -Key id -Dataset existing -Connection existing
        $first.Inserted | Should -Be 5
        $second = 4..8 | ForEach-Object { [pscustomobject]@{ id = $_; name = "m$_"; price = [decimal]2 * $_ } } | Import-BigQueryData things -Key id -Connection existing
        $second.Inserted, $second.Updated | Should -Be 3, 2
        $rows = Invoke-BigQueryQuery 'SELECT id, name, price FROM things ORDER BY id' -Connection existing
        $rows.name | Should -Be n1, n2, n3, m4, m5, m6, m7, m8
        $rows[3].price | Should -Be 8
    }

    It 'takes the last of several objects with one key, and dataset.table for a name' {
        $many = 1..3000 | ForEach-Object { [pscustomobject]@{ id = $_ % 7; turn = $_ } } | Import-BigQueryData existing.turns -Key id -Connection existing
        $many.Inserted | Should -Be 7
        (Invoke-BigQueryQuery 'SELECT MIN(turn) AS n FROM existing.turns' -Connection existing).n | Should -Be 2994
    }

    It 'loads a file, compressed on the way' {
        1..2000 | ForEach-Object { "{""id"":$_,""page"":""p$_""}" } | Set-Content TestDrive:/visits.ndjson
        (Import-BigQueryData visits -Path TestDrive:/visits.ndjson -Schema 'id:INTEGER', 'page:STRING' -Connection existing).Rows | Should -Be 2000
        (Invoke-BigQueryQuery 'SELECT COUNT(*) AS n, MAX(id) AS m FROM visits' -Connection existing).m | Should -Be 2000
        $plain = Import-BigQueryData plain_visits -Path TestDrive:/visits.ndjson -NoCompression -Schema 'id:INTEGER', 'page:STRING' -Connection existing
        $plain.Rows, $plain.BytesLoaded | Should -Be 2000, (Get-Item TestDrive:/visits.ndjson).Length
    }

    It 'refuses a row without its key' {
        (Get-Fault { [CmdletBinding()] param() [pscustomobject]@{ id = $null; name = 'x' } | Import-BigQueryData things -Key id -Connection existing }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.BigQuery.KeyMissing,*'
    }
}

Describe 'Invoke-BrightpearlExport into BigQuery' {
    It 'fills the tables, with what changed on the second run, and remembers where it stands' {
        $result = Invoke-BrightpearlExport order, brand -Warehouse shop -Connection source
        $result.Status | Should -Be Completed, Completed
        $result[0].New | Should -Be 60
        (Invoke-JunipeerQuery -Warehouse shop -Query 'SELECT COUNT(*) AS n FROM orders').n | Should -Be 60
        $null = Invoke-Admin $sandbox world POST @{ actions = @(@{ do = 'touch-order'; count = 3 }) }
        $again = Invoke-BrightpearlExport order -Warehouse shop -Connection source
        $again.Mode | Should -Be Incremental
        $again.Records | Should -BeGreaterOrEqual 3
        $again.BytesBilled, $again.BytesLoaded, $again.Jobs | ForEach-Object { $_ | Should -BeGreaterThan 0 }
        $plan = Invoke-BrightpearlExport order -Warehouse shop -Connection source -WhatIf
        $plan.MaximumBytesBilled | Should -BeGreaterThan $again.BytesBilled
        $plan.Loads | Should -BeGreaterThan 0
        (Get-JunipeerBookmark -Warehouse shop).Resource | Should -Be brand, order
        (Get-JunipeerRun -Warehouse shop | Where-Object Resource -eq order).Status | Should -Be Completed, Completed
        (Test-JunipeerFreshness -Warehouse shop -MaximumAge 1h).IsFresh | Should -Not -Contain $false
        (Get-BigQueryTable -Connection shop).Table | Where-Object { $_ -like '_junipeer_stage*' } | Should -BeNullOrEmpty
    }

    It 'refuses a statement that writes' {
        (Get-Fault { [CmdletBinding()] param() Invoke-JunipeerQuery -Warehouse shop -Query 'DELETE FROM orders WHERE TRUE' }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Query.NotReadOnly,*'
    }
}
