using Xunit;

namespace Junipeer.Tests.NorceSandbox;

/// <summary>Both sides sell the same things: the catalogue comes from Brightpearl's.</summary>
public sealed class NorceCatalogueTests
{
    [Fact]
    public async Task TheCatalogueIsBrightpearls()
    {
        await using var box = await NorceBox.StartAsync(200);
        using HttpClient brightpearl = new() { BaseAddress = box.Server.AdminUri };
        string[] lines = (await brightpearl.GetStringAsync("dump/product", NorceBox.Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var products = lines.Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement).Where(p => Sku(p).Length > 0).ToArray();
        var skus = (await box.DumpAsync("Products/ProductSkus")).Where(s => s.GetProperty("PartNo").GetString() != NorceBox.Freight).ToDictionary(s => s.GetProperty("PartNo").GetString()!);
        Assert.Equal(products.Select(Sku).Order(StringComparer.Ordinal), skus.Keys.Order(StringComparer.Ordinal));
        foreach (var product in products)
        {
            var status = product.GetProperty("status").GetString() switch { "LIVE" => 1, "DISCONTINUED" => 3, _ => 5 };
            Assert.Equal(status, skus[Sku(product)].GetProperty("StatusId").GetInt32());
        }

        static string Sku(System.Text.Json.JsonElement product) => product.GetProperty("identity").TryGetProperty("sku", out var sku) ? sku.GetString()!.Trim() : string.Empty;
    }

    [Fact]
    public async Task EveryRowKnowsItsRelatives()
    {
        await using var box = await NorceBox.StartAsync(50);
        var parts = (await box.DumpAsync("Products/ProductSkus")).Select(s => s.GetProperty("PartNo").GetString()).ToHashSet();
        var products = (await box.DumpAsync("Products/Products")).Select(p => p.GetProperty("Id").GetInt32()).ToHashSet();
        Assert.All(await box.DumpAsync("Products/ProductSkus"), s => Assert.Contains(s.GetProperty("ProductId").GetInt32(), products));
        Assert.All(await box.DumpAsync("Products/ProductSkuPriceLists"), p => Assert.Contains(p.GetProperty("PartNo").GetString(), parts));
        Assert.All(await box.DumpAsync("Products/ProductSkuOnHands"), p => Assert.Contains(p.GetProperty("PartNo").GetString(), parts));
        Assert.All(await box.DumpAsync("Orders/OrderItems"), i => Assert.Contains(i.GetProperty("PartNo").GetString(), parts));
        var orders = await box.DumpAsync("Orders/Orders");
        Assert.Equal(20, orders.Count(o => o.GetProperty("Updated").ValueKind == System.Text.Json.JsonValueKind.Null));
        Assert.All(await box.DumpAsync("Orders/OrderItems"), i => Assert.Equal(i.GetProperty("LineAmount").GetDecimal(), i.GetProperty("PriceSale").GetDecimal() * i.GetProperty("QtyOrdered").GetDecimal()));
    }

    [Fact]
    public async Task ABigCatalogueIsCheap()
    {
        await using var box = await NorceBox.StartAsync();
        var started = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(50_000, (await box.WorldAsync("""{"do":"add-products","count":50000}"""))[0].GetProperty("count").GetInt32());
        Assert.InRange(started.Elapsed.TotalSeconds, 0, 60);
        started.Restart();
        Assert.Equal(500, (await box.RowsAsync("Products/ProductSkus?$filter=PartNo gt 'SIM-040000'&$orderby=PartNo&$expand=PriceLists,OnHands")).Length);
        Assert.InRange(started.Elapsed.TotalSeconds, 0, 30);
    }

    [Fact]
    public async Task WhatBrightpearlAddsCanBeTakenOver()
    {
        await using var box = await NorceBox.StartAsync();
        var before = (await box.LookAsync("dump")).GetProperty("Products/ProductSkus").GetInt32();
        using HttpClient brightpearl = new() { BaseAddress = box.Server.AdminUri };
        (await brightpearl.PostAsync("world", new StringContent("""{"actions":[{"do":"create-product","count":7}]}"""), NorceBox.Stop)).EnsureSuccessStatusCode();
        Assert.Equal(before, (await box.LookAsync("dump")).GetProperty("Products/ProductSkus").GetInt32());
        Assert.InRange((await box.WorldAsync("""{"do":"take-over"}"""))[0].GetProperty("ids")[0].GetInt32(), 5, 7);
        await box.WorldAsync("""{"do":"clear-catalogue"},{"do":"take-over"}""");
        Assert.InRange((await box.LookAsync("dump")).GetProperty("Products/ProductSkus").GetInt32(), before, before + 7);
    }
}
