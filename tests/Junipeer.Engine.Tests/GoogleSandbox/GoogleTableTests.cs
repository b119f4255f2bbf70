using System.Net;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleTableTests
{
    private const string Rich = """
        [{"name":"id","type":"STRING","mode":"REQUIRED","description":"key"},{"name":"total","type":"NUMERIC","precision":"20","scale":"4","roundingMode":"ROUND_HALF_EVEN"},{"name":"created","type":"TIMESTAMP"},
         {"name":"lines","type":"STRUCT","mode":"REPEATED","fields":[{"name":"sku","type":"STRING"},{"name":"qty","type":"INT64"}]},{"name":"raw","type":"JSON"}]
        """;

    [Fact]
    public async Task ATableIsMadeReadChangedAndDeleted()
    {
        await using var box = await GoogleBox.StartAsync();
        var ends = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
        await box.TableAsync("existing.orders", Rich, $$$""","timePartitioning":{"type":"DAY","field":"created"},"clustering":{"fields":["id"]},"requirePartitionFilter":true,"tableConstraints":{"primaryKey":{"columns":["id"]}},"expirationTime":"{{{ends}}}","labels":{"a":"b"},"description":"d" """);
        var table = (await box.GetAsync("datasets/existing/tables/orders")).Ok();
        Assert.Equal("sandbox-project:existing.orders", table.Text("id"));
        Assert.Equal("RECORD", table.Text("schema.fields.3.type"));
        Assert.Equal("INTEGER", table.Text("schema.fields.3.fields.1.type"));
        Assert.Equal(JsonValueKind.String, table.Json.GetProperty("schema").GetProperty("fields")[1].GetProperty("precision").ValueKind);
        Assert.Equal("ROUND_HALF_EVEN", table.Text("schema.fields.1.roundingMode"));
        Assert.Equal("created", table.Text("timePartitioning.field"));
        Assert.Equal("id", table.Text("clustering.fields.0"));
        Assert.Equal("id", table.Text("tableConstraints.primaryKey.columns.0"));
        Assert.Equal("True", table.Text("requirePartitionFilter"));
        Assert.Equal(ends.ToString(System.Globalization.CultureInfo.InvariantCulture), table.Text("expirationTime"));
        Assert.Equal("0", table.Text("numRows"));
        (await box.PostAsync("datasets/existing/tables", """{"tableReference":{"tableId":"orders"}}""")).Refused(409, "duplicate", "Already Exists: Table sandbox-project:existing.orders");

        var fields = table.Json.GetProperty("schema").GetRawText();
        var grown = fields[..^2] + ""","x":0}]}""";
        (await box.ApiAsync("PATCH", "datasets/existing/tables/orders", $$"""{"schema":{{grown}}}""")).Refused(400, "parseError");
        grown = fields[..^2] + """,{"name":"note","type":"STRING"}]}""";
        var patched = (await box.ApiAsync("PATCH", "datasets/existing/tables/orders", $$"""{"schema":{{grown}},"description":null}""", null, ("If-Match", table.Text("etag")))).Ok();
        Assert.Equal("note", patched.Text("schema.fields.5.name"));
        Assert.False(patched.Json.TryGetProperty("description", out _));
        Assert.Equal("b", patched.Text("labels.a"));
        (await box.ApiAsync("PATCH", "datasets/existing/tables/orders", """{"description":"late"}""", null, ("If-Match", table.Text("etag")))).Refused(412, "conditionNotMet");
        (await box.ApiAsync("PATCH", "datasets/existing/tables/orders", $$"""{"schema":{{fields}}}""")).Refused(400, "invalid", "Field note is missing in new schema");
        (await box.ApiAsync("PATCH", "datasets/existing/tables/orders", """{"timePartitioning":{"type":"MONTH","field":"created"}}""")).Refused(400, "invalid", "partitioning");

        (await box.ApiAsync("DELETE", "datasets/existing/tables/orders")).Expect(HttpStatusCode.NoContent);
        (await box.GetAsync("datasets/existing/tables/orders")).Refused(404, "notFound", "Not found: Table sandbox-project:existing.orders");
    }

    [Fact]
    public async Task AnUpdateReplacesTheWholeDescription()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.TableAsync("existing.t", more: ""","description":"d","labels":{"a":"b"}""");
        var put = (await box.ApiAsync("PUT", "datasets/existing/tables/t", """{"friendlyName":"f"}""")).Ok();
        Assert.False(put.Json.TryGetProperty("description", out _));
        Assert.False(put.Json.TryGetProperty("labels", out _));
        Assert.Equal("id", put.Text("schema.fields.0.name"));
    }

    [Theory]
    [InlineData("""{"tableReference":{"tableId":"a$b"}}""", "invalid", "Invalid table ID")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"MONEY"}]}}""", "invalid", "MONEY is not a valid value")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"STRING","mode":"MAYBE"}]}}""", "invalid", "MAYBE")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"STRING"},{"name":"A","type":"STRING"}]}}""", "invalid", "already exists in schema")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"_TABLE_x","type":"STRING"}]}}""", "invalid", "prefix")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"1a","type":"STRING"}]}}""", "invalid", "Invalid field name")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"NUMERIC","precision":"40","scale":"2"}]}}""", "invalid", "precision")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"RECORD"}]}}""", "invalid", "no schema")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"STRING"}]},"timePartitioning":{"type":"DAY","field":"a"}}""", "invalid", "unsupported type")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"STRING"}]},"timePartitioning":{"type":"WEEK"}}""", "invalid", "WEEK")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"STRING"}]},"clustering":{"fields":["zz"]}}""", "invalid", "clustering")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","type":"STRING"}]},"tableConstraints":{"primaryKey":{"columns":["zz"]}}}""", "invalid", "Primary key column zz")]
    [InlineData("""{"tableReference":{"tableId":"x"},"expirationTime":"1000"}""", "invalid", "in the past")]
    [InlineData("""{"tableReference":{"tableId":"x","datasetId":"other"}}""", "invalid", "dataset ID")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":[{"name":"a","typ":"STRING"}]}}""", "badRequest", "Unknown name \"typ\" at 'schema.fields[0]'")]
    [InlineData("""{"tableReference":{"tableId":"x"},"schema":{"fields":{"name":"a"}}}""", "badRequest", "repeated")]
    [InlineData("""{"tableReference":{"tableId":"x"},"view":{"query":"SELECT 1"}}""", "notImplemented", "view")]
    public async Task ABadTableIsRefused(string body, string reason, string says)
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("datasets/existing/tables", body)).Refused(reason == "notImplemented" ? 501 : 400, reason, says);
        (await box.GetAsync("datasets/existing/tables/x")).Refused(404, "notFound");
    }

    [Fact]
    public async Task ListsAndMissingDatasets()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.TableAsync("existing.a");
        var list = (await box.GetAsync("datasets/existing/tables?maxResults=1")).Ok();
        Assert.Equal("2", list.Text("totalItems"));
        Assert.Equal("a", list.Text("tables.0.tableReference.tableId"));
        Assert.Equal("fruit", (await box.GetAsync("datasets/existing/tables?pageToken=" + list.Text("nextPageToken"))).Text("tables.0.tableReference.tableId"));
        (await box.GetAsync("datasets/none/tables")).Refused(404, "notFound", "Not found: Dataset");
        (await box.PostAsync("datasets/none/tables", """{"tableReference":{"tableId":"x"}}""")).Refused(404, "notFound", "Not found: Dataset");
        (await box.GetAsync("datasets/existing/tables/fruit?view=HUGE")).Refused(400, "badRequest");
    }

    [Fact]
    public async Task PermissionsOfATableCanBeAsked()
    {
        await using var box = await GoogleBox.StartAsync();
        const string Path = "datasets/existing/tables/fruit:testIamPermissions", Body = """{"permissions":["bigquery.tables.getData","bigquery.tables.updateData"]}""";
        Assert.Equal(2, (await box.PostAsync(Path, Body)).Ok().Json.GetProperty("permissions").GetArrayLength());
        Assert.Equal("{}", (await box.PostAsync(Path, Body, await box.TokenAsync("jobs@example.com"))).Ok().Body);
        (await box.PostAsync(Path, """{"permissions":["storage.x"]}""")).Refused(400, "badRequest");
        (await box.PostAsync("datasets/existing/tables/none:testIamPermissions", Body)).Refused(404, "notFound");
    }

    [Fact]
    public async Task ATableEndsAtItsTime()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("datasets", """{"datasetReference":{"datasetId":"short"},"defaultTableExpirationMs":"3600000"}""")).Ok();
        await box.TableAsync("short.t");
        (await box.GetAsync("datasets/short/tables/t")).Ok();
        await box.AdminAsync("clock", """{"advanceSeconds":3601}""");
        (await box.GetAsync("datasets/short/tables/t", await box.TokenAsync())).Refused(404, "notFound");
    }
}
