# Stock and prices from Brightpearl into Norce, with the script of about_JunipeerNorce. JUNIPEER_SOAK=1 makes it 50,000 products.
BeforeDiscovery { $count = $env:JUNIPEER_SOAK ? 50000 : 600 }

BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox -Orders 20 -Option '--products', ($env:JUNIPEER_SOAK ? 50000 : 600)
    $norce = $sandbox.norce
    Connect-Sandbox $sandbox
    Connect-Norce -BaseUri $norce.baseUri -Environment Playground -ClientId $norce.clientId -ClientSecret (ConvertTo-Secure $norce.clientSecret) -ApplicationId $norce.applicationId -AccountId $norce.accountId -NoSave
    $script = [scriptblock]::Create(([regex]::Match((Get-Content "$PSScriptRoot/../../docs/en-US/about_JunipeerNorce.md" -Raw), '(?s)## From Brightpearl into Norce.*?```powershell\n(.*?)```').Groups[1].Value))

    # The sandbox's own truth, line by line and with exact numbers, which ConvertFrom-Json has not.
    function Read-Dump([string] $Address) {
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).ndjson"
        Invoke-WebRequest $Address -OutFile $file
        foreach ($line in [IO.File]::ReadLines($file)) { [Text.Json.JsonDocument]::Parse($line).RootElement }
        Remove-Item $file
    }

    # What Norce should hold, from Brightpearl's truth and without the module.
    function Get-Expected {
        $sku = @{}
        foreach ($product in Read-Dump "$($sandbox.adminUri)/dump/product") {
            $text = $product.GetProperty('identity').GetProperty('sku').GetString().Trim()
            if ($text) { $sku[$product.GetProperty('id').GetInt32()] = $text }
        }

        $stock = [Collections.Generic.Dictionary[string, decimal]]::new()
        foreach ($product in Read-Dump "$($sandbox.adminUri)/dump/product-availability") {
            $part = $sku[$product.GetProperty('productId').GetInt32()]
            if (-not $part) { continue }
            foreach ($there in $product.GetProperty('warehouses').EnumerateObject()) {
                $place = switch ($there.Name) { '2' { '3/7' } '5' { '4/9' } }
                if ($place) { $stock["$part/$place"] = $there.Value.GetProperty('inStock').GetDecimal() - $there.Value.GetProperty('allocated').GetDecimal() }
            }
        }

        $price = [Collections.Generic.Dictionary[string, decimal]]::new()
        foreach ($product in Read-Dump "$($sandbox.adminUri)/dump/product-price") {
            $part = $sku[$product.GetProperty('productId').GetInt32()]
            if (-not $part) { continue }
            foreach ($list in $product.GetProperty('priceLists').EnumerateArray()) {
                if ($list.GetProperty('priceListId').GetInt32() -ne 2) { continue }
                foreach ($break in $list.GetProperty('quantityPrice').EnumerateObject()) {
                    $value = [decimal]::Parse($break.Value.GetString(), [cultureinfo]::InvariantCulture)
                    if ($value -gt 0) { $price["$part/13/$($break.Name)"] = $value }
                }
            }
        }

        $stock, $price
    }

    # Rows of a set that are in use, by key; what changes at every look is left out.
    function Get-Truth([string] $Set, [string[]] $Key, [string] $Value) {
        $values = [Collections.Generic.Dictionary[string, decimal]]::new()
        $rows = [Collections.Generic.Dictionary[string, string]]::new()
        foreach ($row in Read-Dump "$($norce.adminUri)/dump/Products/$Set") {
            $id = ($Key | ForEach-Object { $row.GetProperty($_).ToString() }) -join '/'
            if ($row.GetProperty('IsActive').GetBoolean()) { $values.Add($id, $row.GetProperty($Value).GetDecimal()) }
            $rows.Add($id, ($row.GetRawText() -replace '"(OnHand|)LastChecked":("[^"]*"|null),', ''))
        }

        [pscustomobject]@{ Values = $values; Rows = $rows }
    }

    function Compare-Value($Expected, $There, [string] $Only = '*') {
        $wrong = [Collections.Generic.List[string]]::new()
        foreach ($key in $Expected.Keys) {
            $value = 0
            if (-not $There.TryGetValue($key, [ref] $value)) { $wrong.Add("$key is missing") }
            elseif ($value -cne $Expected[$key]) { $wrong.Add("$key is $value for $($Expected[$key])") }
        }

        foreach ($key in $There.Keys) { if ($key -like $Only -and -not $Expected.ContainsKey($key)) { $wrong.Add("$key is too much") } }
        $wrong | Select-Object -First 5
    }

    function Get-NorceCount { ((Invoke-RestMethod "$($norce.adminUri)/counters").requests.PSObject.Properties.Value.'200' | Measure-Object -Sum).Sum }

    function Measure-Trip {
        $before = (Get-RequestCount $sandbox), (Get-NorceCount)
        $watch = [Diagnostics.Stopwatch]::StartNew()
        . $script
        [pscustomobject]@{
            Stock = @($stock); Price = @($price); All = @($stock; $price); Seconds = $watch.Elapsed.TotalSeconds
            Requests = ((Get-RequestCount $sandbox) - $before[0]), ((Get-NorceCount) - $before[1])
            Peak = [Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB
        }
    }

    function Write-Trip([string] $Name, $Trip) {
        $rows = ($Trip.All | Measure-Object Rows -Sum).Sum
        Write-Note ('{0}: {1:N0} rows in {2:N0} jobs, {3:N1} s, {4:N0} requests to Brightpearl, {5:N0} to Norce, peak of the process {6:N0} MB' -f $Name, $rows, $Trip.All.Count, $Trip.Seconds, $Trip.Requests[0], $Trip.Requests[1], $Trip.Peak)
    }
}

AfterAll {
    Disconnect-Junipeer
    Stop-Sandbox $sandbox
}

Describe 'Stock and prices of <_> products' -ForEach $count {
    BeforeAll {
        # Everything is wrong in Norce, and some prices are at their end there; in Brightpearl something changed.
        $wrong = @{ do = 'change-stock'; count = 1000000; value = 77777 }, @{ do = 'change-price'; count = 1000000; value = 77777 }, @{ do = 'end-price'; count = 50 }
        $null = Invoke-RestMethod "$($norce.adminUri)/world" -Method Post -ContentType 'application/json' -Body (@{ actions = $wrong } | ConvertTo-Json -Depth 4)
        $null = Invoke-Admin $sandbox world POST @{ actions = @(@{ do = 'change-stock'; count = 100 }; @{ do = 'change-price'; count = 100 }) }
        $first = Measure-Trip
        Write-Trip 'first' $first
        $onHand, $trade = Get-Expected
        $thereStock = Get-Truth ProductSkuOnHands PartNo, WarehouseId, LocationId OnHandValue
        $therePrice = Get-Truth ProductSkuPriceLists PartNo, PriceListId, QtyBreak PriceSale
    }

    It 'are all there' {
        $first.All | Where-Object { -not $_.IsClean } | Should -BeNullOrEmpty
        ($first.Stock | Measure-Object Rows -Sum).Sum | Should -Be $onHand.Count
        ($first.Price | Measure-Object Rows -Sum).Sum | Should -Be $trade.Count
        $onHand.Count | Should -BeGreaterThan ($_ / 2)
        $trade.Count | Should -BeGreaterThan ($_ / 2)
    }

    It 'are exactly what the sandbox says they should be' {
        Compare-Value $onHand $thereStock.Values | Should -BeNullOrEmpty
        Compare-Value $trade $therePrice.Values '*/13/*' | Should -BeNullOrEmpty
    }

    It 'are read back the same' {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $read = [Collections.Generic.Dictionary[string, decimal]]::new()
        Find-NorceRecord ProductSkuOnHands 'IsActive eq true' | ForEach-Object { $read.Add("$($_.PartNo)/$($_.WarehouseId)/$($_.LocationId)", $_.OnHandValue) }
        Compare-Value $onHand $read | Should -BeNullOrEmpty
        $read = [Collections.Generic.Dictionary[string, decimal]]::new()
        Find-NorceRecord ProductSkuPriceLists 'PriceListId eq 13 and IsActive eq true' -Select PartNo, PriceListId, QtyBreak, PriceSale | ForEach-Object { $read.Add("$($_.PartNo)/$($_.PriceListId)/$([int]$_.QtyBreak)", $_.PriceSale) }
        Compare-Value $trade $read | Should -BeNullOrEmpty
        Write-Note ('read back: {0:N0} rows, {1:N1} s' -f ($onHand.Count + $trade.Count), $watch.Elapsed.TotalSeconds)
    }

    It 'change nothing when they are sent again' {
        $again = Measure-Trip
        Write-Trip 'again' $again
        $again.All | Where-Object { -not $_.IsClean } | Should -BeNullOrEmpty
        ($again.All | Measure-Object Rows -Sum).Sum | Should -Be ($onHand.Count + $trade.Count)
        ($again.All | Measure-Object Inserted -Sum).Sum + ($again.All | Measure-Object Updated -Sum).Sum | Should -Be 0
        foreach ($pair in @(($thereStock.Rows), (Get-Truth ProductSkuOnHands PartNo, WarehouseId, LocationId OnHandValue).Rows), @(($therePrice.Rows), (Get-Truth ProductSkuPriceLists PartNo, PriceListId, QtyBreak PriceSale).Rows)) {
            $pair[1].Count | Should -Be $pair[0].Count
            $pair[0].Keys | Where-Object { $pair[1][$_] -cne $pair[0][$_] } | Select-Object -First 3 | ForEach-Object { $pair[1][$_] } | Should -BeNullOrEmpty
        }
    }
}
