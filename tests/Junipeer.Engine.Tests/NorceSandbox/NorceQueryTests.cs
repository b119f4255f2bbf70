using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceQueryTests
{
    [Fact]
    public async Task ThePagesOfASetHoldEveryRowOnce()
    {
        await using var box = await NorceBox.StartAsync();
        await box.WorldAsync("""{"do":"add-products","count":1200}""");
        HashSet<string> seen = [];
        var pages = 0;
        for (var next = (string?)"Products/ProductSkus?$select=PartNo,StatusId"; next is not null; pages++)
        {
            var page = (await box.QueryAsync(next)).Ok();
            Assert.True(page.Rows.Length <= 500);
            foreach (var row in page.Rows) Assert.True(seen.Add(row.GetProperty("PartNo").GetString()!));
            next = page.NextLink?.Split("/query/2.0/")[1];
            if (next is not null) Assert.Contains("$select=PartNo,StatusId&$skip=", next);
        }

        Assert.Equal(3, pages);
        Assert.Equal((await box.DumpAsync("Products/ProductSkus")).Length, seen.Count);
        Assert.Equal(seen.Count, int.Parse((await box.QueryAsync("Products/ProductSkus/$count")).Ok().Body));
    }

    [Fact]
    public async Task AGreaterTopIsLoweredWithoutAWord()
    {
        await using var box = await NorceBox.StartAsync();
        await box.WorldAsync("""{"do":"add-products","count":700}""");
        var cut = (await box.QueryAsync("Products/ProductSkus?$top=600")).Ok();
        Assert.Equal(500, cut.Rows.Length);
        Assert.Null(cut.NextLink);
        await box.QuirkAsync("topOver500", "link");
        Assert.EndsWith("?$top=100&$skip=500", (await box.QueryAsync("Products/ProductSkus?$top=600")).Ok().NextLink);
        Assert.Null((await box.QueryAsync("Products/ProductSkus?$top=10")).Ok().NextLink);
        await box.QuirkAsync("nextLink", "off");
        Assert.Null((await box.QueryAsync("Products/ProductSkus")).Ok().NextLink);
    }

    [Fact]
    public async Task KeysCanBePagedThrough()
    {
        await using var box = await NorceBox.StartAsync();
        await box.WorldAsync("""{"do":"add-products","count":30}""");
        List<int> ids = [];
        for (var last = 0; ;)
        {
            var rows = await box.RowsAsync($"Products/Products?$filter=Id gt {last}&$orderby=Id&$top=20&$select=Id");
            if (rows.Length == 0) break;
            ids.AddRange(rows.Select(r => r.GetProperty("Id").GetInt32()));
            last = ids[^1];
        }

        Assert.Equal(ids.Order(), ids);
        Assert.Equal((await box.DumpAsync("Products/Products")).Length, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("Updated ge 2020-01-01T00:00:00Z", true)]
    [InlineData("Updated eq null", true)]
    [InlineData("(Updated ge 2020-01-01T00:00:00Z or (Updated eq null and Created ge 2020-01-01T00:00:00Z))", true)]
    [InlineData("Created ge 2020-01-01T00:00:00%2B02:00", true)]
    [InlineData("OrderNo eq '880001'", true)]
    [InlineData("contains(OrderNo,'8800') and not startswith(OrderNo,'9')", true)]
    [InlineData("ApplicationId in (1042,1043) and year(OrderDate) gt 2000", true)]
    [InlineData("Items/any(i:i/LineNumber eq 1 and i/QtyOrdered gt 0.5)", true)]
    [InlineData("Buyer/CountryId eq 2 and IsForgotten eq false", true)]
    [InlineData("length(tolower(Source)) eq 3", true)]
    [InlineData("OrderNo eq 'O''Neill'", false)]
    [InlineData("Updated lt 1990-01-01T00:00:00Z", false)]
    public async Task FiltersHold(string filter, bool any)
    {
        await using var box = await NorceBox.StartAsync();
        Assert.Equal(any, (await box.RowsAsync("Orders/Orders?$filter=" + filter)).Length > 0);
    }

    [Theory]
    [InlineData("Orders/Orders?$filter=Updated ge '2026-01-01T00:00:00Z'", "incompatible types")]
    [InlineData("Orders/Orders?$filter=Updated ge 2026-01-01", "without quotes")]
    [InlineData("Orders/Orders?$filter=Nonsense eq 1", "Could not find a property named 'Nonsense'")]
    [InlineData("Orders/Orders?$filter=orderNo eq '1'", "Could not find a property named 'orderNo'")]
    [InlineData("Orders/Orders?$filter=OrderNo", "single boolean value")]
    [InlineData("Orders/Orders?$filter=OrderNo eq '1' and", "Syntax error")]
    [InlineData("Orders/Orders?$filter=foo(OrderNo) eq 1", "unknown function")]
    [InlineData("Application/Categories?$filter=ApplicationId eq 1042", "ApplicationId")]
    [InlineData("Orders/Orders?$select=Total", "Total")]
    [InlineData("Orders/Orders?$expand=OrderNo", "not a navigation property")]
    [InlineData("Orders/Orders?$orderby=Id descending", "$orderby")]
    [InlineData("Orders/Orders?$top=-1", "non-negative")]
    [InlineData("Orders/Orders?$apply=aggregate(Id)", "$apply")]
    [InlineData("Orders/Orders?top=5", "top")]
    [InlineData("Orders/Orders?$top=1&$top=2", "more than once")]
    [InlineData("Products/ProductSkus?$expand=Product($expand=Skus($expand=Product($expand=Skus)))", "too deep")]
    public async Task WhatIsWrongIsRefused(string path, string says)
    {
        await using var box = await NorceBox.StartAsync();
        (await box.QueryAsync(path)).Refused(400, says);
    }

    [Theory]
    [InlineData('(')]
    [InlineData('!')]
    public async Task ADeepFilterDoesNoHarm(char step)
    {
        await using var box = await NorceBox.StartAsync();
        (await box.QueryAsync("Orders/Orders?$filter=" + (step == '(' ? new string('(', 20_000) : string.Concat(Enumerable.Repeat("not ", 5_000))))).Refused(400, "recursion limit");
        (await box.QueryAsync("Orders/Orders?$filter=" + string.Join(" or ", Enumerable.Range(1, 300).Select(i => $"Id eq {i}")))).Ok();
        (await box.QueryAsync("Orders/Orders?$filter=not (not (Id eq 1)) and (((Id gt 0)))")).Ok();
    }

    [Fact]
    public async Task ExpandedRowsObeyTheirOwnOptions()
    {
        await using var box = await NorceBox.StartAsync();
        var part = (await box.PartsAsync(1))[0];
        var sku = (await box.QueryAsync($"Products/ProductSkus('{part}')?$select=PartNo&$expand=PriceLists($filter=IsActive eq true;$select=PriceSale,QtyBreak;$orderby=QtyBreak desc),Product($expand=Skus)")).Ok().Json;
        Assert.Equal(["PartNo", "PriceLists", "Product"], sku.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["PriceSale", "QtyBreak"], sku.GetProperty("PriceLists")[0].EnumerateObject().Select(p => p.Name).Order());
        Assert.Contains(sku.GetProperty("Product").GetProperty("Skus").EnumerateArray(), s => s.GetProperty("PartNo").GetString() == part);
        var order = (await box.RowsAsync("Orders/Orders?$top=1&$expand=Items,Payer,Buyer,ShipTo,Infos"))[0];
        Assert.Equal(JsonValueKind.Array, order.GetProperty("Items").ValueKind);
        Assert.Equal(JsonValueKind.Object, order.GetProperty("Buyer").ValueKind);
        var counted = (await box.QueryAsync("Orders/Orders?$top=2&$skip=3&$count=true&$orderby=OrderDate desc")).Ok();
        Assert.Equal(40, counted.Json.GetProperty("@odata.count").GetInt32());
        Assert.Equal(2, counted.Rows.Length);
        Assert.EndsWith("$metadata#Orders", counted.Json.GetProperty("@odata.context").GetString());
    }

    [Fact]
    public async Task OneEntityStandsAlone()
    {
        await using var box = await NorceBox.StartAsync();
        Assert.Equal("Freight", (await box.SkuAsync(NorceBox.Freight)).GetProperty("ErpName").GetString());
        (await box.QueryAsync("Products/ProductSkus('none')")).Refused(404);
        (await box.QueryAsync("Products/ProductSkus(5)")).Refused(400, "key");
        (await box.QueryAsync("Products/ProductSkus('FREIGHT-1')?$top=1")).Refused(400, "not a collection");
        var part = (await box.PartsAsync(1))[0];
        Assert.Equal(12, (await box.QueryAsync($"Products/ProductSkuPriceLists(PartNo='{part}',PriceListId=12,QtyBreak=1)")).Ok().Json.GetProperty("PriceListId").GetInt32());
        Assert.Equal("SEK", (await box.QueryAsync("core/currencies(1)")).Ok().Text("Code"));
        var odd = (await box.WorldAsync("""{"do":"add-products","prefix":"A/å' "}"""))[0].GetProperty("ids")[0].GetString()!;
        Assert.Equal(odd, (await box.SkuAsync(Uri.EscapeDataString(odd.Replace("'", "''", StringComparison.Ordinal)))).GetProperty("PartNo").GetString());
    }

    [Fact]
    public async Task SetsAreDescribedPerNamespace()
    {
        await using var box = await NorceBox.StartAsync();
        var model = XDocument.Parse((await box.QueryAsync("Products/$metadata")).Ok().Body);
        string[] Sets() => [.. model.Descendants().Where(e => e.Name.LocalName == "EntitySet").Select(e => e.Attribute("Name")!.Value)];
        Assert.Contains("ProductSkuOnHands", Sets());
        Assert.DoesNotContain("ProductCategories", Sets());
        var sku = model.Descendants().Single(e => e.Name.LocalName == "EntityType" && e.Attribute("Name")!.Value == "ProductSku");
        Assert.Equal("PartNo", sku.Descendants().First(e => e.Name.LocalName == "PropertyRef").Attribute("Name")!.Value);
        Assert.Contains((await box.QueryAsync("Orders")).Ok().Rows, s => s.GetProperty("name").GetString() == "Orders");
        (await box.QueryAsync("Orders/OrderItems")).Refused(404);
        (await box.QueryAsync("Reporting/Anything")).Refused(500);
        (await box.QueryAsync("Nonsense/Anything")).Refused(404);
        await box.QuirkAsync("assumedSets", "other");
        model = XDocument.Parse((await box.QueryAsync("Products/$metadata")).Ok().Body);
        Assert.Contains("ClientProductSkuOnHandInfos", Sets());
        (await box.QueryAsync("Products/ProductSkuOnHands")).Refused(404);
        Assert.NotEmpty(await box.RowsAsync("Products/ClientProductSkuOnHandInfos"));
    }

    [Fact]
    public async Task TheNewerVersionWritesNamesInCamelCase()
    {
        await using var box = await NorceBox.StartAsync();
        var row = (await box.QueryAsync("Orders/Orders?$top=1&$filter=orderNo eq '880001'&$expand=items", "3.0")).Ok().Rows[0];
        Assert.Equal("880001", row.GetProperty("orderNo").GetString());
        Assert.NotEmpty(row.GetProperty("items").EnumerateArray());
        (await box.QueryAsync("Orders/Orders?$filter=OrderNo eq '880001'", "3.0")).Refused(400);
        await box.QuirkAsync("query30", "off");
        (await box.QueryAsync("Orders/Orders", "3.0")).Expect(404);
        await box.QuirkAsync("propertyCase", "ignore");
        Assert.Single(await box.RowsAsync("Orders/Orders?$filter=orderNO eq '880001'"));
    }

    [Fact]
    public async Task TheApplicationMustBeNamed()
    {
        await using var box = await NorceBox.StartAsync();
        (await box.SendAsync("GET", "commerce/query/2.0/Products/Products")).Refused(500);
        await box.QuirkAsync("missingApplicationId", "400");
        (await box.SendAsync("GET", "commerce/query/2.0/Products/Products")).Refused(400, "application-id");
        (await box.SendAsync("GET", "commerce/query/2.0/Products/Products", null, null, ("applicationid", "1042"))).Ok();
        (await box.SendAsync("GET", "commerce/query/2.0/Products/Products", null, null, ("application-id", "x"))).Refused(400);
        (await box.SendAsync("GET", "commerce/query/2.0/Products/Products", null, null, ("application-id", "9"))).Refused(403);
        (await box.SendAsync("POST", "commerce/query/2.0/Products/Products", new StringContent("{}"), null, ("application-id", "1042"))).Refused(405);
        Assert.Equal(2, (await box.RowsAsync("Orders/Orders")).Select(o => o.GetProperty("ApplicationId").GetInt32()).Distinct().Count());
    }

    [Fact]
    public async Task TheDeltaCountsInMinutes()
    {
        await using var box = await NorceBox.StartAsync();
        await box.AdminAsync("clock", """{"advanceSeconds":36000}""");
        await box.WorldAsync("""{"do":"touch-sku","partNo":"FREIGHT-1"}""");
        const string Delta = "Products/ProductSkus/ProductService.GetDeltaProductSkus(offsetInMinutes=";
        Assert.Single(await box.RowsAsync(Delta + "10)?$select=PartNo"));
        await box.AdminAsync("clock", """{"advanceSeconds":700}""");
        Assert.Empty(await box.RowsAsync(Delta + "10)"));
        await box.QuirkAsync("deltaFunction", "off");
        (await box.QueryAsync(Delta + "10)")).Refused(404);
        (await box.QueryAsync(Delta + "10)", "3.0")).Ok();
    }

    [Fact]
    public async Task TroubleSeenInTheFieldCanBeSwitchedOn()
    {
        await using var box = await NorceBox.StartAsync();
        (await box.QueryAsync("Products/Products?$expand=Skus,Categories")).Ok();
        await box.QuirkAsync("heavyExpand", "fail");
        (await box.QueryAsync("Products/Products?$expand=Skus,Categories")).Refused(500);
        (await box.QueryAsync("Products/Products?$expand=Skus,Categories&$top=100")).Ok();
        await box.QuirkAsync("deepSkip", "fail");
        (await box.QueryAsync("Products/Products?$skip=10000")).Refused(500);
        await box.AdminAsync("limits", """{"queryPerMinute":2}""");
        (await box.QueryAsync("Core/Currencies")).Ok();
        (await box.QueryAsync("Core/Currencies")).Ok();
        Assert.NotNull((await box.QueryAsync("Core/Currencies")).Refused(429).Header("Retry-After"));
    }
}
