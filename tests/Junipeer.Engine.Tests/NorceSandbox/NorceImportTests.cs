using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceImportTests
{
    private const string Row = """[{"PartNo":"FREIGHT-1","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":14}]""";
    private const string Good = """{"AccountId":42,"FullFile":false,"SkuOnhandFieldsThatAreSet":["OnhandValue"],"SerializationType":0}""";

    [Fact]
    public async Task AnImportBecomesAJob()
    {
        await using var box = await NorceBox.StartAsync();
        await box.AdminAsync("jobs", """{"queuedMs":100000,"validatingMs":100000,"runningMs":100000}""");
        var taken = (await box.ConnectAsync("Product/ImportOnhands", Row, Good)).Ok();
        Assert.Equal(JsonValueKind.String, taken.Json.GetProperty("JobId").ValueKind);
        Assert.Equal(1, taken.Json.GetProperty("ValidationSummary").GetProperty("NrOfItemsInTotal").GetInt32());
        var id = taken.Text("JobId");
        Assert.Equal(6, (await box.JobAsync(id)).Ok().Json.GetProperty("StatusId").GetInt32());
        foreach (var status in (int[])[5, 1, 2])
        {
            await box.AdminAsync("clock", """{"advanceSeconds":100}""");
            await UntilAsync(async () => (await box.JobAsync(id)).Json.GetProperty("StatusId").GetInt32() == status);
        }

        var job = (await box.JobAsync(id)).Json;
        Assert.Equal(JsonValueKind.Number, job.GetProperty("JobId").ValueKind);
        Assert.True(job.GetProperty("IsFinished").GetBoolean());
        Assert.Equal(1, job.GetProperty("Insert").GetInt32());
        Assert.Equal(0, job.GetProperty("Fail").GetInt32());
        Assert.DoesNotContain("Z", job.GetProperty("Start").GetString());
        var log = (await box.JobAsync(id, "api/Job/GetLog")).Ok().Json;
        Assert.Equal(["Starting import.", "Import finished."], log.EnumerateArray().Select(l => l.GetProperty("Message").GetString()));
        Assert.Equal(id, (await box.SendAsync("GET", "commerce/connect/4.0/Job/List")).Ok().Text("0.JobId"));
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("nonsense", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"FullFile":false}""", "AccountId is missing")]
    [InlineData("""{"AccountId":"42","FullFile":false}""", "whole number")]
    [InlineData("""{"AccountId":7,"FullFile":false}""", "no account 7")]
    [InlineData("""{"AccountId":42}""", "FullFile is missing")]
    [InlineData("""{"AccountId":42,"FullFile":"false"}""", "true or false")]
    [InlineData("""{"AccountId":42,"FullFile":false,"Nonsense":1}""", "has no Nonsense")]
    [InlineData("""{"AccountId":42,"FullFile":false,"SkuFieldsThatAreSet":[]}""", "has no SkuFieldsThatAreSet")]
    [InlineData("""{"AccountId":42,"FullFile":false,"SkuOnhandFieldsThatAreSet":["OnHandValue"]}""", "has no \"OnHandValue\"")]
    [InlineData("""{"AccountId":42,"FullFile":false,"SkuOnhandFieldsThatAreSet":[2]}""", "has no 2")]
    [InlineData("""{"AccountId":42,"FullFile":false,"SkuOnhandFieldsThatAreSet":"OnhandValue"}""", "a list")]
    [InlineData("""{"AccountId":42,"FullFile":false,"SerializationType":1}""", "JSON only")]
    [InlineData("""{"AccountId":42,"FullFile":false,"StorageName":"x"}""", "StorageName")]
    public async Task TheHeaderIsReadStrictly(string? header, string says)
    {
        await using var box = await NorceBox.StartAsync();
        (await box.ConnectAsync("Product/ImportOnhands", Row, header)).Refused(400, says);
        Assert.Empty((await box.LookAsync("jobs")).GetProperty("jobs").EnumerateArray());
    }

    [Theory]
    [InlineData("{}", "array")]
    [InlineData("[", "not JSON")]
    [InlineData("[1]", "object was expected")]
    [InlineData("""[{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","OnHandValue":1}]""", "OnHandValue: SkuOnhand has no such member")]
    [InlineData("""[{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","OnhandValue":"1"}]""", "a number was expected")]
    [InlineData("""[{"PartNo":5,"WarehouseCode":"W","LocationCode":"L"}]""", "a text was expected")]
    [InlineData("""[{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","NextDeliveryDate":"tomorrow"}]""", "instant")]
    [InlineData("""[{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","LeadTimeDayCount":1.5}]""", "a whole number")]
    [InlineData("""[{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","IsActive":1}]""", "true or false")]
    public async Task WhatNoProgramCouldReadIsRefusedAsAWhole(string body, string says)
    {
        await using var box = await NorceBox.StartAsync();
        (await box.ConnectAsync("Product/ImportOnhands", body, Good)).Refused(400, says);
    }

    [Fact]
    public async Task ABadRowFailsAlone()
    {
        await using var box = await NorceBox.StartAsync();
        var taken = (await box.ConnectAsync("Product/ImportOnhands", $$"""
            [{"PartNo":"FREIGHT-1","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":1},
             {"WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":1},
             {"PartNo":"{{new string('x', 51)}}","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":1},
             {"PartNo":"X-404","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":1},
             {"PartNo":"FREIGHT-1","WarehouseCode":"WH-404","LocationCode":"STD","OnhandValue":1},
             {"PartNo":"FREIGHT-1","WarehouseCode":"WH-MAIN","LocationCode":"L-404","OnhandValue":1}]
            """, Good)).Ok();
        Assert.Equal(["Row 2: PartNo is missing", "Row 3: PartNo is longer than 50 characters"], taken.Json.GetProperty("ValidationSummary").GetProperty("Messages").EnumerateArray().Select(m => m.GetString()));
        var job = await box.DoneAsync(taken.Text("JobId"));
        Assert.Equal(2, job.Json.GetProperty("StatusId").GetInt32());
        Assert.Equal(6, job.Json.GetProperty("Totals").GetInt32());
        Assert.Equal(5, job.Json.GetProperty("Fail").GetInt32());
        var log = await box.LogAsync(job);
        Assert.Contains(log, l => l.GetProperty("SeverityId").GetInt32() == 3 && l.GetProperty("ImportedRow").GetString() is { } row && row.Contains("X-404", StringComparison.Ordinal));
        await box.QuirkAsync("unknownKeys", "silent");
        var silent = await box.StockAsync("""[{"PartNo":"X-404","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":1}]""");
        Assert.Equal(0, silent.Json.GetProperty("Fail").GetInt32());
        Assert.Equal(2, (await box.LogAsync(silent)).Length);
        await box.QuirkAsync("unknownKeys", "fail");
        await box.QuirkAsync("partialStatus", "3");
        Assert.Equal(3, (await box.StockAsync("""[{"PartNo":"X-404","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":1}]""")).Json.GetProperty("StatusId").GetInt32());
        Assert.Equal(4, (await box.StockAsync("""[{"WarehouseCode":"WH-MAIN","LocationCode":"STD"}]""")).Json.GetProperty("StatusId").GetInt32());
    }

    [Fact]
    public async Task TheTransportIsReadStrictlyToo()
    {
        await using var box = await NorceBox.StartAsync();
        (await box.ConnectAsync("Product/ImportOnhands", Row, Good, "application/xml")).Refused(415);
        (await box.ConnectAsync("Product/ImportOnhands?x=1", Row, Good)).Refused(400);
        (await box.ConnectAsync("Product/ImportNonsense", Row, Good)).Refused(404);
        (await box.SendAsync("GET", "commerce/connect/4.0/Product/ImportOnhands")).Refused(405);
        (await box.JobAsync("1")).Refused(404);
        (await box.JobAsync("x")).Refused(400);
        (await box.ConnectAsync("product/importonhands", Row, Good)).Ok();
        await box.AdminAsync("limits", """{"importBytes":50}""");
        (await box.ConnectAsync("Product/ImportOnhands", Row, Good)).Refused(413);
        await box.AdminAsync("limits", """{"importBytes":5000,"importRows":1}""");
        (await box.ConnectAsync("Product/ImportOnhands", Row.Replace("]", "," + Row[1..], StringComparison.Ordinal), Good)).Refused(413);
    }

    [Fact]
    public async Task SpellingsAndStrangersCanBeLetThrough()
    {
        await using var box = await NorceBox.StartAsync();
        await box.QuirkAsync("unknownFields", "ignore");
        var job = await box.StockAsync("""[{"PartNo":"FREIGHT-1","WarehouseCode":"WH-MAIN","LocationCode":"STD","OnhandValue":3,"Nonsense":1}]""");
        Assert.Equal(1, job.Json.GetProperty("Insert").GetInt32());
        await box.QuirkAsync("fieldCase", "ignore");
        await box.StockAsync("""[{"partNo":"FREIGHT-1","warehouseCode":"WH-MAIN","locationCode":"STD","OnHandValue":4}]""");
        Assert.Equal(4, (await box.RowsAsync("Products/ProductSkuOnHands?$filter=PartNo eq 'FREIGHT-1'"))[0].GetProperty("OnHandValue").GetDecimal());
        await box.QuirkAsync("insertCounter", "both");
        var both = (await box.JobAsync(job.Text("JobId"))).Json;
        Assert.Equal(both.GetProperty("Insert").GetInt32(), both.GetProperty("Inserts").GetInt32());
        await box.QuirkAsync("jobPath", "api");
        (await box.JobAsync(job.Text("JobId"))).Refused(404);
        (await box.JobAsync(job.Text("JobId"), "api/Job/Get")).Ok();
        Assert.Equal("\"Pong\"", (await box.SendAsync("GET", "commerce/connect/4.0/Job/Ping")).Ok().Body);
        await box.QuirkAsync("jobPath", "plain");
        (await box.JobAsync(job.Text("JobId"), "api/Job/Get")).Refused(404);
    }

    internal static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 6000; i++)
        {
            if (await holds()) return;
            await Task.Delay(10, NorceBox.Stop);
        }

        throw new TimeoutException("It does not come to that.");
    }
}
