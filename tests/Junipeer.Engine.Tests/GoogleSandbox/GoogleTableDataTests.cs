using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleTableDataTests
{
    private const string Fruit = "datasets/existing/tables/fruit";

    [Fact]
    public async Task RowsArePaged()
    {
        await using var box = await GoogleBox.StartAsync();
        var first = (await box.GetAsync(Fruit + "/data?maxResults=2")).Ok();
        Assert.Equal("3", first.Text("totalRows"));
        Assert.Equal("apple", first.Text("rows.0.f.1.v"));
        Assert.Equal(2, first.Json.GetProperty("rows").GetArrayLength());
        await box.AdminAsync("world", """{"actions":[{"do":"truncate-table","dataset":"existing","table":"fruit"}]}""");

        // The pages are of one moment.
        var second = (await box.GetAsync(Fruit + "/data?maxResults=2&pageToken=" + first.Text("pageToken"))).Ok();
        Assert.Equal("cherry", second.Text("rows.0.f.1.v"));
        Assert.Equal(JsonValueKind.Null, second.Json.GetProperty("rows")[0].GetProperty("f")[2].GetProperty("v").ValueKind);
        Assert.False(second.Json.TryGetProperty("pageToken", out _));
        Assert.False((await box.GetAsync(Fruit + "/data")).Ok().Json.TryGetProperty("rows", out _));
        (await box.GetAsync(Fruit + "/data?pageToken=zz")).Refused(400, "invalid");
    }

    [Fact]
    public async Task RowsCanBeCutAndSkipped()
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = (await box.GetAsync(Fruit + "/data?startIndex=1&maxResults=1&selectedFields=price,name")).Ok();
        Assert.Equal("""[{"f":[{"v":"pear"},{"v":"0.75"}]}]""", reply.Json.GetProperty("rows").GetRawText());
        (await box.GetAsync(Fruit + "/data?selectedFields=zz")).Refused(400, "invalid");
        await box.FaultAsync("""{"kind":"empty-page","match":{"resource":"tabledata.list"}}""");
        var empty = (await box.GetAsync(Fruit + "/data")).Ok();
        Assert.False(empty.Json.TryGetProperty("rows", out _));
        Assert.Equal(3, (await box.GetAsync(Fruit + "/data?pageToken=" + empty.Text("pageToken"))).Json.GetProperty("rows").GetArrayLength());
        (await box.GetAsync("datasets/existing/tables/none/data")).Refused(404, "notFound");
    }

    [Theory]
    [InlineData("", "1.767225600123456E9")]
    [InlineData("?formatOptions.useInt64Timestamp=true", "1767225600123456")]
    [InlineData("?formatOptions.timestampOutputFormat=ISO8601_STRING", "2026-01-01T00:00:00.123456Z")]
    public async Task TimestampsHaveThreeForms(string query, string text)
    {
        await using var box = await GoogleBox.StartAsync();
        await box.TableAsync("existing.t", """[{"name":"at","type":"TIMESTAMP"},{"name":"tags","type":"STRING","mode":"REPEATED"},{"name":"r","type":"RECORD","fields":[{"name":"x","type":"INTEGER"}]}]""");
        (await box.LoadAsync("existing.t", """{"at":"2026-01-01 00:00:00.123456","tags":["a","b"],"r":{"x":9007199254740993}}""")).Ok();
        var row = (await box.GetAsync("datasets/existing/tables/t/data" + query)).Ok();
        Assert.Equal(text, row.Text("rows.0.f.0.v"));
        Assert.Equal("""[{"v":"a"},{"v":"b"}]""", row.Json.GetProperty("rows")[0].GetProperty("f")[1].GetProperty("v").GetRawText());
        Assert.Equal("9007199254740993", row.Text("rows.0.f.2.v.f.0.v"));
    }

    [Fact]
    public async Task StreamedRowsAreThereAndRepeatedOnesAreNot()
    {
        await using var box = await GoogleBox.StartAsync();
        const string Rows = """{"rows":[{"insertId":"a","json":{"id":"4","name":"fig"}},{"json":{"id":5}}]}""";
        Assert.False((await box.PostAsync(Fruit + "/insertAll", Rows)).Ok().Json.TryGetProperty("insertErrors", out _));
        (await box.PostAsync(Fruit + "/insertAll", Rows)).Ok();
        Assert.Equal(6, (await box.DumpAsync("existing.fruit")).Length);
        await box.AdminAsync("clock", """{"advanceSeconds":61}""");
        (await box.PostAsync(Fruit + "/insertAll", Rows)).Ok();
        Assert.Equal(8, (await box.DumpAsync("existing.fruit")).Length);
        Assert.True((await box.GetAsync(Fruit)).Json.TryGetProperty("streamingBuffer", out _));
        (await box.QueryAsync("DELETE FROM existing.fruit WHERE id = 4")).Refused(400, "invalidQuery", "streaming buffer");
        await box.AdminAsync("clock", """{"advanceSeconds":5400}""");
        (await box.QueryAsync("DELETE FROM existing.fruit WHERE id = 4", token: await box.TokenAsync())).Ok();
    }

    [Theory]
    [InlineData(false, false, 3, "stopped")]
    [InlineData(true, false, 4, null)]
    [InlineData(false, true, 5, null)]
    public async Task ABadRowStopsTheOthersUnlessSkipped(bool skip, bool ignore, int rows, string? other)
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = (await box.PostAsync(Fruit + "/insertAll", $$$"""{"skipInvalidRows":{{{(skip ? "true" : "false")}}},"ignoreUnknownValues":{{{(ignore ? "true" : "false")}}},"rows":[{"json":{"id":4}},{"json":{"id":5,"nope":1}}]}""")).Ok();
        Assert.Equal(rows, (await box.DumpAsync("existing.fruit")).Length);
        if (ignore) return;
        var errors = reply.Json.GetProperty("insertErrors").EnumerateArray().ToDictionary(e => e.GetProperty("index").GetInt32(), e => e.GetProperty("errors")[0]);
        Assert.Equal("invalid", errors[1].GetProperty("reason").GetString());
        Assert.Contains("no such field: nope", errors[1].GetProperty("message").GetString());
        Assert.Equal(other, errors.TryGetValue(0, out var stopped) ? stopped.GetProperty("reason").GetString() : null);
    }

    [Fact]
    public async Task StreamingHasLimits()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync(Fruit + "/insertAll", """{"rows":[]}""")).Refused(400, "invalid", "No rows");
        (await box.PostAsync(Fruit + "/insertAll", """{"rows":[{"insertId":"ID","json":{"id":1}}]}""".Replace("ID", new string('x', 129)))).Refused(400, "invalid", "128");
        (await box.PostAsync(Fruit + "/insertAll", "{\"rows\":[" + string.Join(',', Enumerable.Repeat("{\"json\":{\"id\":1}}", 50_001)) + "]}")).Refused(400, "invalid", "Too many rows");
        (await box.PostAsync(Fruit + "/insertAll", "{\"rows\":[{\"json\":{\"id\":1,\"name\":\"" + new string('x', 11 << 20) + "\"}}]}")).Refused(413, "uploadTooLarge");
        (await box.PostAsync(Fruit + "/insertAll", """{"rows":[{"json":{"id":1}}],"templateSuffix":"x"}""")).Refused(501, "notImplemented");
        (await box.PostAsync("datasets/existing/tables/none/insertAll", """{"rows":[{"json":{"id":1}}]}""")).Refused(404, "notFound");
        await box.AdminAsync("projects", """{"billing":false}""");
        (await box.PostAsync(Fruit + "/insertAll", """{"rows":[{"json":{"id":1}}]}""")).Refused(403, "accessDenied", "free tier");
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
    }
}
