using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceProductTests
{
    private const string Fields = """
        "FullFile":false,"ProductFieldsThatAreSet":["ManufacturerCode","ManufacturerName","Code","Variants","Cultures","CategoriesCreateOnly"],"ProductCultureFieldsThatAreSet":["NameCreateOnly"],"VariantFieldsThatAreSet":["ManufacturerPartNo","Skus","VariantParametrics"],"SkuFieldsThatAreSet":["StatusCreateOnly","Type","EanCode","ActualWeight"],"SkuCultureFieldsThatAreSet":["ErpName"]
        """;

    private static string Jacket(string name = "Rain jacket", string sku = "", string more = "", string number = "N-1", string part = "JKT-RED-M", string maker = "NORD") => $$"""
        [{"Code":"JKT-1","ManufacturerCode":"{{maker}}","ManufacturerName":"Nordtest","Cultures":[{"CultureCode":"sv-SE","Name":"Regnjacka"},{"CultureCode":"en-GB","Name":"{{name}}"}],"Categories":[{"Code":"SHIRTS","SortOrder":0}]{{more}},
          "Variants":[{"ManufacturerPartNo":"{{number}}","VariantParametrics":[{"ParametricCode":"SIZE","ValueList":{"Code":"M","Value":"M"} }],"Skus":[{"PartNo":"{{part}}","Status":1,"Type":1,"EanCode":"73","Cultures":[{"CultureCode":"en-GB","ErpName":"{{name}} M"}]{{sku}}}]}]}]
        """;

    private static Task<NorceReply> ImportAsync(NorceBox box, string rows, string? fields = null) => box.ImportAsync("Product/ImportProducts", fields ?? Fields, rows);

    private static async Task<JsonElement> LookAsync(NorceBox box) => (await box.QueryAsync("Products/ProductSkus('JKT-RED-M')?$expand=Product($expand=Variant,Categories)")).Ok().Json;

    [Fact]
    public async Task AStyleIsMadeWithItsVariantsAndSkus()
    {
        await using var box = await NorceBox.StartAsync();
        var job = await ImportAsync(box, Jacket());
        Assert.Equal(0, job.Json.GetProperty("Fail").GetInt32());
        Assert.DoesNotContain(await box.LogAsync(job), l => l.GetProperty("SeverityId").GetInt32() > 1);
        var sku = await LookAsync(box);
        Assert.Equal(1, sku.GetProperty("StatusId").GetInt32());
        Assert.Equal("Rain jacket M", sku.GetProperty("ErpName").GetString());
        Assert.Equal("Rain jacket", sku.GetProperty("Product").GetProperty("DefaultName").GetString());
        Assert.Equal("JKT-1", sku.GetProperty("Product").GetProperty("Variant").GetProperty("Code").GetString());
        Assert.Single(sku.GetProperty("Product").GetProperty("Categories").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, sku.GetProperty("Product").GetProperty("Updated").ValueKind);
        Assert.Equal("Nordtest", (await box.RowsAsync("Application/ClientManufacturers?$filter=ManufacturerCode eq 'NORD'"))[0].GetProperty("Name").GetString());
        var kept = (await box.DumpAsync("Products/Products"))[^1].GetProperty("_extras").GetProperty("VariantParametrics")[0];
        Assert.Equal("SIZE", kept.GetProperty("ParametricCode").GetString());
    }

    [Fact]
    public async Task WhatIsForCreationOnlyStays()
    {
        await using var box = await NorceBox.StartAsync();
        await ImportAsync(box, Jacket());
        await box.WorldAsync("""{"do":"set-sku-status","partNo":"JKT-RED-M","statusId":3}""");
        await ImportAsync(box, Jacket("Other name"));
        var sku = await LookAsync(box);
        Assert.Equal(3, sku.GetProperty("StatusId").GetInt32());
        Assert.Equal("Other name M", sku.GetProperty("ErpName").GetString());
        Assert.Equal("Rain jacket", sku.GetProperty("Product").GetProperty("Variant").GetProperty("DefaultName").GetString());
        await ImportAsync(box, Jacket("Third name"), Fields.Replace("NameCreateOnly", "Name", StringComparison.Ordinal));
        Assert.Equal("Third name", (await LookAsync(box)).GetProperty("Product").GetProperty("Variant").GetProperty("DefaultName").GetString());
    }

    [Fact]
    public async Task ByHandIsStrongerThanALimitedUpdate()
    {
        await using var box = await NorceBox.StartAsync();
        await ImportAsync(box, Jacket());
        const string Limited = """ "FullFile":false,"ProductFieldsThatAreSet":["Variants"],"VariantFieldsThatAreSet":["Cultures"],"VariantCultureFieldsThatAreSet":["NameLimitedUpdate"] """;
        static string Named(string name) => $$"""[{"Variants":[{"Cultures":[{"CultureCode":"en-GB","Name":"{{name}}"}],"Skus":[{"PartNo":"JKT-RED-M"}]}]}]""";
        await ImportAsync(box, Named("One"), Limited);
        Assert.Equal("One", (await LookAsync(box)).GetProperty("Product").GetProperty("DefaultName").GetString());
        var id = (await LookAsync(box)).GetProperty("ProductId").GetInt32();
        await box.WorldAsync($$"""{"do":"name-by-hand","id":{{id}},"name":"Mine"}""");
        await ImportAsync(box, Named("Two"), Limited);
        Assert.Equal("Mine", (await LookAsync(box)).GetProperty("Product").GetProperty("DefaultName").GetString());
    }

    [Theory]
    [InlineData("\"Variants\",", "")]
    [InlineData("\"Skus\",", "")]
    public async Task BelowAParentThatIsNotAnnouncedNothingHappens(string announced, string instead)
    {
        await using var box = await NorceBox.StartAsync();
        var job = await ImportAsync(box, Jacket(), Fields.Replace(announced, instead, StringComparison.Ordinal));
        Assert.Equal(2, job.Json.GetProperty("StatusId").GetInt32());
        Assert.Equal(0, job.Json.GetProperty("Fail").GetInt32());
        (await box.QueryAsync("Products/ProductSkus('JKT-RED-M')")).Refused(404);
    }

    [Fact]
    public async Task WhatCannotBeMadeFails()
    {
        await using var box = await NorceBox.StartAsync();
        var job = await ImportAsync(box, """[{"Variants":[{"Skus":[{"PartNo":"NEW-1"}]}]},{"ManufacturerCode":"NOBODY","Variants":[{"ManufacturerPartNo":"1","Skus":[{"PartNo":"NEW-2"}]}]}]""");
        Assert.Equal(2, job.Json.GetProperty("Fail").GetInt32());
        await box.QuirkAsync("unknownManufacturer", "reject");
        Assert.Equal(1, (await ImportAsync(box, Jacket())).Json.GetProperty("Fail").GetInt32());
        var warned = await ImportAsync(box, Jacket(maker: "ACME", more: ",\"Family\":{\"Code\":\"F\"}").Replace("SHIRTS", "NONE", StringComparison.Ordinal).Replace("\"SIZE\"", "\"NONE\"", StringComparison.Ordinal), Fields.Replace("\"Code\",", "\"Code\",\"Family\",", StringComparison.Ordinal));
        Assert.Equal(0, warned.Json.GetProperty("Fail").GetInt32());
        Assert.Equal(3, (await box.LogAsync(warned)).Count(l => l.GetProperty("SeverityId").GetInt32() == 2));
        (await box.ConnectAsync("Product/ImportProducts", Jacket(sku: ",\"UnitOfMeasurementType\":\"Pieces\""), "{\"AccountId\":42," + Fields + "}")).Refused(400, "UnitOfMeasurement");
        (await box.ConnectAsync("Product/ImportProducts", Jacket(sku: ",\"UnitOfMeasurementType\":77"), "{\"AccountId\":42," + Fields + "}")).Refused(400, "UnitOfMeasurement");
        await box.QuirkAsync("enumNamesInBody", "accept");
        (await box.ConnectAsync("Product/ImportProducts", Jacket(sku: ",\"UnitOfMeasurementType\":\"Pieces\""), "{\"AccountId\":42," + Fields + "}")).Ok();
    }

    [Fact]
    public async Task AFullFileTakesOthersOutOfTheGroup()
    {
        await using var box = await NorceBox.StartAsync();
        await ImportAsync(box, Jacket());
        await ImportAsync(box, Jacket(number: "N-2", part: "JKT-RED-L"));
        Assert.Equal(2, (await box.RowsAsync("Products/Products?$filter=Variant/Code eq 'JKT-1'")).Length);
        await ImportAsync(box, Jacket(), Fields.Replace("\"FullFile\":false", "\"FullFile\":true", StringComparison.Ordinal));
        Assert.Single(await box.RowsAsync("Products/Products?$filter=Variant/Code eq 'JKT-1'"));
        Assert.Equal(1, (await ImportAsync(box, """[{"Variants":[{"Skus":[{"PartNo":"JKT-RED-M"}]}]}]""", Fields.Replace("\"FullFile\":false", "\"FullFile\":true", StringComparison.Ordinal))).Json.GetProperty("Fail").GetInt32());
    }

    [Fact]
    public async Task OnePriceMayComeWithASku()
    {
        await using var box = await NorceBox.StartAsync();
        await ImportAsync(box, Jacket(sku: ",\"StandardPrice\":{\"PriceListCode\":\"RETAIL-GB\",\"PriceSale\":79.9}"), Fields.Replace("\"EanCode\"", "\"EanCode\",\"StandardPrice\"", StringComparison.Ordinal) + ",\"SkuPriceListFieldsThatAreSet\":[\"PriceSale\"]");
        Assert.Equal(79.9m, (await box.QueryAsync("Products/ProductSkuPriceLists(PartNo='JKT-RED-M',PriceListId=12,QtyBreak=1)")).Ok().Json.GetProperty("PriceSale").GetDecimal());
    }
}
