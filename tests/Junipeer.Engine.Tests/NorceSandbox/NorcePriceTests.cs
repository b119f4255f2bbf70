using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorcePriceTests
{
    private static string Line(string more, string list = "RETAIL-GB") => $$"""[{"PartNo":"FREIGHT-1","PriceListCode":"{{list}}",{{more}}}]""";

    private static async Task<JsonElement> PriceAsync(NorceBox box, string at = "1") => (await box.QueryAsync($"Products/ProductSkuPriceLists(PartNo='FREIGHT-1',PriceListId=12,QtyBreak={at})")).Ok().Json;

    [Fact]
    public async Task ASalePriceFixesAndActivatesTheRow()
    {
        await using var box = await NorceBox.StartAsync();
        Assert.Equal(1, (await box.PricesAsync(Line("\"PriceSale\":7.5,\"IsActive\":false,\"CurrencyCode\":\"GBP\""), "\"PriceSale\",\"IsActive\"")).Json.GetProperty("Insert").GetInt32());
        var price = await PriceAsync(box);
        Assert.Equal(7.5m, price.GetProperty("PriceSale").GetDecimal());
        Assert.True(price.GetProperty("IsActive").GetBoolean());
        Assert.Equal(2, price.GetProperty("PriceRuleId").GetInt32());
        await box.PricesAsync(Line("\"IsActive\":false"), "\"IsActive\"");
        Assert.False((await PriceAsync(box)).GetProperty("IsActive").GetBoolean());
        await box.PricesAsync(Line("\"PriceSale\":7.5"));
        Assert.True((await PriceAsync(box)).GetProperty("IsActive").GetBoolean());
        await box.PricesAsync(Line("\"PriceRule\":1,\"PriceRuleValue\":30"), "\"PriceRule\"");
        Assert.Equal(1, (await PriceAsync(box)).GetProperty("PriceRuleId").GetInt32());
    }

    [Theory]
    [InlineData("\"PriceSale\":0")]
    [InlineData("\"PriceSale\":null")]
    [InlineData("\"PriceRecommended\":9")]
    public async Task NothingAndZeroNeverOverwrite(string more)
    {
        await using var box = await NorceBox.StartAsync();
        await box.PricesAsync(Line("\"PriceSale\":7.5,\"PriceRecommended\":9"), "\"PriceSale\",6");
        var job = await box.PricesAsync(Line(more), "\"PriceSale\",6");
        Assert.Equal(0, job.Json.GetProperty("Updates").GetInt32());
        Assert.Equal(7.5m, (await PriceAsync(box)).GetProperty("PriceSale").GetDecimal());
    }

    [Fact]
    public async Task QuantitiesAndListsAreKeys()
    {
        await using var box = await NorceBox.StartAsync();
        await box.PricesAsync("""[{"PartNo":"FREIGHT-1","PriceListCode":"RETAIL-GB","PriceSale":7},{"PartNo":"FREIGHT-1","PriceListCode":"RETAIL-GB","QuantityBreak":10,"PriceSale":6}]""");
        Assert.Equal(6, (await PriceAsync(box, "10")).GetProperty("PriceSale").GetDecimal());
        foreach (var wrong in (string[])[Line("\"PriceSale\":1", "NONE"), Line("\"PriceSale\":1,\"CurrencyCode\":\"SEK\""), Line("\"PriceSale\":-1"), """[{"PartNo":"X-404","PriceListCode":"RETAIL-GB","PriceSale":1}]"""])
        {
            var job = await box.PricesAsync(wrong);
            Assert.Equal(1, job.Json.GetProperty("Fail").GetInt32());
            Assert.Equal(2, job.Json.GetProperty("StatusId").GetInt32());
        }
    }

    [Fact]
    public async Task ARowCanBeDroppedForAnEmptyField()
    {
        await using var box = await NorceBox.StartAsync();
        const string Fields = "\"FullFile\":false,\"SkuPriceListFieldsThatAreSet\":[\"PriceSale\",\"PriceRecommended\"],\"IgnoreSkuPriceListFieldsWhenEmpty\":[\"PriceRecommended\"]";
        var job = await box.ImportAsync("Product/ImportSkuPriceLists", Fields, Line("\"PriceSale\":5,\"PriceRecommended\":0"));
        Assert.Equal(0, job.Json.GetProperty("Insert").GetInt32());
        Assert.Contains(await box.LogAsync(job), l => l.GetProperty("SeverityId").GetInt32() == 2);
        Assert.Equal(1, (await box.ImportAsync("Product/ImportSkuPriceLists", Fields, Line("\"PriceSale\":5,\"PriceRecommended\":6"))).Json.GetProperty("Insert").GetInt32());
        (await box.ConnectAsync("Product/ImportSkuPriceLists", "[]", """{"AccountId":42,"FullFile":false,"SkuPriceListFieldsThatAreSet":["PriceSale"],"IgnoreSkuPriceListFieldsWhenEmpty":["CostUnit"]}""")).Refused(400, "too");
    }

    [Fact]
    public async Task AFullFileEndsTheOtherPricesOfItsLists()
    {
        await using var box = await NorceBox.StartAsync();
        await box.PricesAsync(Line("\"PriceSale\":7.5"), full: true);
        Assert.Single(await box.RowsAsync("Products/ProductSkuPriceLists?$filter=PriceListId eq 12 and IsActive eq true"));
        Assert.NotEmpty(await box.RowsAsync("Products/ProductSkuPriceLists?$filter=PriceListId eq 13 and IsActive eq true"));
    }

    [Fact]
    public async Task ListsAndWarehousesComeFromOneImport()
    {
        await using var box = await NorceBox.StartAsync();
        const string Fields = "\"PriceListFieldsThatAreSet\":[\"Name\",\"CurrencyCode\",\"Warehouses\"],\"WarehouseFieldsThatAreSet\":[\"Name\"],\"WarehouseLocationFieldsThatAreSet\":[\"Name\"]";
        var job = await box.ImportAsync("Product/ImportPriceLists", Fields, """[{"Code":"NEW-SE","Name":"New","CurrencyCode":"SEK","Warehouses":[{"Code":"WH-9","Name":"Nine","Locations":[{"Code":"A","Name":"Aisle"},{"Code":"B"}]}]},{"Code":"BAD","CurrencyCode":"XXX"}]""");
        Assert.Equal(1, job.Json.GetProperty("Fail").GetInt32());
        Assert.Equal("New", (await box.RowsAsync("Application/ClientPriceLists?$filter=Agreement eq 'NEW-SE'"))[0].GetProperty("Name").GetString());
        var warehouse = (await box.RowsAsync("Application/ClientWarehouses?$filter=Code eq 'WH-9'&$expand=Locations"))[0];
        Assert.Equal([true, false], warehouse.GetProperty("Locations").EnumerateArray().OrderBy(l => l.GetProperty("Code").GetString()).Select(l => l.GetProperty("IsStandard").GetBoolean()));
        Assert.Equal(1, (await box.StockAsync("""[{"PartNo":"FREIGHT-1","WarehouseCode":"WH-9","LocationCode":"B","OnhandValue":1}]""")).Json.GetProperty("Insert").GetInt32());
        (await box.ConnectAsync("Product/ImportPriceLists", "[]", """{"AccountId":42,"FullFile":false}""")).Refused(400, "FullFile");
        Assert.Equal(1, (await box.ImportAsync("Product/ImportPriceLists", Fields, """[{"Code":"NEW-SE","Name":"Newer","CurrencyCode":"SEK"}]""")).Json.GetProperty("Updates").GetInt32());
    }
}
