using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceFaultTests
{
    private const string Row = """[{"PartNo":"FREIGHT-1","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":14},{"PartNo":"FREIGHT-1","WarehouseCode":"WH-US","LocationCode":"STD","OnhandValue":15}]""";

    [Theory]
    [InlineData("""{"kind":"status","match":{"resource":"query.Core.Currencies"}}""", 503)]
    [InlineData("""{"kind":"status","status":500,"match":{"pathContains":"/Currencies"}}""", 500)]
    [InlineData("""{"kind":"status","when":"after","status":504,"match":{"method":"GET"}}""", 504)]
    [InlineData("""{"kind":"rate-limit"}""", 429)]
    [InlineData("""{"kind":"expire-token"}""", 401)]
    [InlineData("""{"kind":"header-missing","mode":"application-id"}""", 500)]
    [InlineData("""{"kind":"deep-skip","rows":2,"match":{"queryContains":"$skip=3"}}""", 500)]
    public async Task ARequestFailsOnce(string fault, int status)
    {
        await using var box = await NorceBox.StartAsync();
        await box.FaultAsync(fault);
        (await box.QueryAsync("Core/Currencies?$skip=3")).Refused(status);
        (await box.SendAsync("GET", "commerce/query/2.0/Core/Currencies?$skip=1", null, await box.TokenAsync(), ("application-id", "1042"))).Ok();
    }

    [Fact]
    public async Task AnswersGetLostAndCut()
    {
        await using var box = await NorceBox.StartAsync();
        await box.FaultAsync("""{"kind":"html"}""");
        Assert.StartsWith("text/html", (await box.QueryAsync("Core/Currencies")).Expect(502).Header("Content-Type"));
        await box.FaultAsync("""{"kind":"truncate"}""");
        var cut = (await box.QueryAsync("Core/Currencies")).Ok();
        Assert.ThrowsAny<JsonException>(() => cut.Json);
        foreach (var kind in (string[])["drop-before", "drop-mid-body", "drop-after"])
        {
            await box.FaultAsync($$"""{"kind":"{{kind}}","match":{"resource":"query.Core.Currencies"} }""");
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => box.QueryAsync("Core/Currencies"));
        }

        await box.WorldAsync("""{"do":"add-products","count":600}""");
        await box.FaultAsync("""{"kind":"no-link"}""");
        Assert.Null((await box.QueryAsync("Products/ProductSkus")).Ok().NextLink);
        Assert.NotNull((await box.QueryAsync("Products/ProductSkus")).Ok().NextLink);
        await box.FaultAsync("""{"kind":"delay","milliseconds":200}""");
        var started = System.Diagnostics.Stopwatch.StartNew();
        (await box.QueryAsync("Core/Currencies")).Ok();
        Assert.InRange(started.ElapsedMilliseconds, 190, 20_000);
    }

    [Theory]
    [InlineData("repeat", 3, 0)]
    [InlineData("lose", 0, 3)]
    public async Task PagesBySkipShiftUnderAReader(string mode, int twice, int never)
    {
        await using var box = await NorceBox.StartAsync();
        await box.FaultAsync($$"""{"kind":"shifted-page","mode":"{{mode}}","rows":3}""");
        List<string> seen = [];
        for (var skip = 0; skip < 40; skip += 20) seen.AddRange((await box.RowsAsync($"Products/ProductSkus?$top=20&$skip={skip}&$select=PartNo")).Select(r => r.GetProperty("PartNo").GetString()!));
        var all = (await box.RowsAsync("Products/ProductSkus?$top=40&$select=PartNo")).Select(r => r.GetProperty("PartNo").GetString()!).ToArray();
        Assert.Equal(twice, seen.Count - seen.Distinct().Count());
        Assert.Equal(never, all[..37].Except(seen).Count());
    }

    [Fact]
    public async Task AnImportIsTakenInAlthoughItsAnswerIsLost()
    {
        await using var box = await NorceBox.StartAsync();
        await box.FaultAsync("""{"kind":"drop-after","match":{"resource":"connect.Product.ImportOnhands"}}""");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => box.StockAsync(Row));
        var job = await box.DoneAsync((await box.SendAsync("GET", "commerce/connect/4.0/Job/List")).Ok().Text("0.JobId"));
        Assert.Equal(2, job.Json.GetProperty("Insert").GetInt32());
        await box.FaultAsync("""{"kind":"header-missing","mode":"X-StormConnect-Header"}""");
        (await box.ConnectAsync("Product/ImportOnhands", Row, "{}")).Refused(400, "missing");
    }

    [Theory]
    [InlineData("""{"kind":"job-rejected"}""", 4, 0, 0)]
    [InlineData("""{"kind":"job-rejected","mode":"failed"}""", 3, 0, 0)]
    [InlineData("""{"kind":"job-partial","rows":1,"match":{"jobContains":"WH-US"}}""", 2, 1, 1)]
    [InlineData("""{"kind":"job-partial","match":{"jobContains":"Product/ImportSkuPriceLists"}}""", 2, 2, 0)]
    public async Task AJobGoesWrong(string fault, int status, int inserted, int failed)
    {
        await using var box = await NorceBox.StartAsync();
        await box.FaultAsync(fault);
        var job = await box.StockAsync(Row);
        Assert.Equal(status, job.Json.GetProperty("StatusId").GetInt32());
        Assert.Equal(inserted, job.Json.GetProperty("Insert").GetInt32());
        Assert.Equal(failed, job.Json.GetProperty("Fail").GetInt32());
    }

    [Theory]
    [InlineData("queued", 6)]
    [InlineData("validating", 5)]
    [InlineData("running", 1)]
    public async Task AJobIsStuckAndOthersOvertakeIt(string mode, int status)
    {
        await using var box = await NorceBox.StartAsync();
        var id = await box.FaultAsync($$"""{"kind":"job-stuck","mode":"{{mode}}","match":{"jobContains":"Product/ImportOnhands"} }""");
        var job = (await box.ConnectAsync("Product/ImportOnhands", Row, """{"AccountId":42,"FullFile":false,"SkuOnhandFieldsThatAreSet":["OnhandValue"]}""")).Ok().Text("JobId");
        Assert.Equal(1, (await box.LookAsync($"faults/{id}?wait=20")).GetProperty("holding").GetInt32());
        await box.PricesAsync("""[{"PartNo":"FREIGHT-1","PriceListCode":"RETAIL-GB","PriceSale":5}]""");
        Assert.Equal(status, (await box.JobAsync(job)).Json.GetProperty("StatusId").GetInt32());
        await box.AdminAsync($"faults/{id}/release", "{}");
        Assert.Equal(2, (await box.DoneAsync(job)).Json.GetProperty("Insert").GetInt32());
    }

    [Fact]
    public async Task AJobIsFoundLateAndSpeltOtherwise()
    {
        await using var box = await NorceBox.StartAsync();
        await box.FaultAsync("""{"kind":"job-lost","rows":2}""");
        var job = (await box.ConnectAsync("Product/ImportOnhands", Row, """{"AccountId":42,"FullFile":false}""")).Ok().Text("JobId");
        (await box.JobAsync(job)).Refused(404);
        (await box.JobAsync(job)).Refused(404);
        await box.DoneAsync(job);
        await box.FaultAsync("""{"kind":"other-spelling"}""");
        Assert.True((await box.JobAsync(job)).Json.TryGetProperty("Inserts", out _));
        Assert.True((await box.JobAsync(job)).Json.TryGetProperty("Insert", out _));
    }

    [Fact]
    public async Task TheWorldChangesInTheMiddleOfARun()
    {
        await using var box = await NorceBox.StartAsync();
        var part = (await box.PartsAsync(1))[0];
        await box.FaultAsync($$"""{"kind":"world","when":"after","match":{"resource":"query.Products.ProductSkus"},"actions":[{"do":"remove-sku","partNo":"{{part}}"}]}""");
        (await box.QueryAsync($"Products/ProductSkus('{part}')")).Ok();
        (await box.QueryAsync($"Products/ProductSkus('{part}')")).Refused(404);
    }

    [Theory]
    [InlineData("faults", """{"kind":"nonsense"}""")]
    [InlineData("faults", """{"kind":"status","match":{"resource":"query.Products.Nonsense"}}""")]
    [InlineData("faults", """{"kind":"shifted-page","mode":"sideways"}""")]
    [InlineData("events", """{"event":"Nonsense","url":null}""")]
    [InlineData("faults", """{"kind":"job-stuck","match":{"resource":"connect.Job.Get"}}""")]
    [InlineData("faults", """{"kind":"status","match":{"jobContains":"x"}}""")]
    [InlineData("faults", """{"kind":"header-missing"}""")]
    [InlineData("faults", """{"kind":"world"}""")]
    [InlineData("limits", """{"nonsense":5}""")]
    [InlineData("quirks", """{"gzip":"maybe"}""")]
    [InlineData("identity", """{"environment":"qa"}""")]
    [InlineData("clients", """{"resources":["everything"]}""")]
    [InlineData("jobs", """{"nonsense":1}""")]
    [InlineData("world", """{"actions":[{"do":"nonsense"}]}""")]
    [InlineData("world", """{"actions":[{"do":"touch-sku","partNo":"X-404"}]}""")]
    [InlineData("orders/push", """{"clientOrderRef":880001}""")]
    public async Task TheAdminSaysWhatIsWrong(string path, string body)
    {
        await using var box = await NorceBox.StartAsync();
        Assert.NotEmpty((await box.SendAsync("POST", "_sandbox/" + path, new StringContent(body), string.Empty)).Expect(400).Text("error"));
    }
}
