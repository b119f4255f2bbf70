using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleQueryTests
{
    [Fact]
    public async Task AShortQueryAnswersAtOnce()
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = (await box.QueryAsync("SELECT id, name FROM existing.fruit WHERE price > @least AND id IN UNNEST(@ids) ORDER BY id", """
            ,"parameterMode":"NAMED","queryParameters":[{"name":"least","parameterType":{"type":"NUMERIC"},"parameterValue":{"value":"0.6"}},
            {"name":"ids","parameterType":{"type":"ARRAY","arrayType":{"type":"INT64"}},"parameterValue":{"arrayValues":[{"value":"1"},{"value":"2"}]}}]
            """)).Ok();
        Assert.Equal("True", reply.Text("jobComplete"));
        Assert.Equal("1", reply.Text("totalRows"));
        Assert.Equal("pear", reply.Text("rows.0.f.1.v"));
        Assert.Equal("INTEGER", reply.Text("schema.fields.0.type"));
        Assert.Equal(JsonValueKind.String, reply.Json.GetProperty("totalBytesProcessed").ValueKind);
        var again = (await box.GetAsync($"queries/{reply.Text("jobReference.jobId")}?location=US")).Ok();
        Assert.Equal("bigquery#getQueryResultsResponse", again.Text("kind"));
        Assert.Equal("pear", again.Text("rows.0.f.1.v"));
    }

    [Fact]
    public async Task ResultsArePagedAndKept()
    {
        await using var box = await GoogleBox.StartAsync();
        var first = (await box.QueryAsync("SELECT id FROM existing.fruit ORDER BY id", ",\"maxResults\":2")).Ok();
        Assert.Equal(2, first.Json.GetProperty("rows").GetArrayLength());
        Assert.Equal("3", first.Text("totalRows"));
        var path = $"queries/{first.Text("jobReference.jobId")}?pageToken={first.Text("pageToken")}";
        Assert.Equal("3", (await box.GetAsync(path)).Ok().Text("rows.0.f.0.v"));
        Assert.False((await box.GetAsync($"queries/{first.Text("jobReference.jobId")}?maxResults=0")).Ok().Json.TryGetProperty("rows", out _));
        var job = (await box.GetAsync("jobs/" + first.Text("jobReference.jobId"))).Ok();
        var table = job.Text("configuration.query.destinationTable.tableId");
        Assert.Equal("3", (await box.GetAsync($"datasets/{job.Text("configuration.query.destinationTable.datasetId")}/tables/{table}/data")).Ok().Text("totalRows"));
        await box.FaultAsync("""{"kind":"empty-page","match":{"resource":"jobs.getQueryResults"}}""");
        Assert.True((await box.GetAsync(path)).Json.TryGetProperty("pageToken", out _));
    }

    [Fact]
    public async Task LegacySqlIsTheDefaultAndRefused()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("queries", """{"query":"SELECT 1"}""")).Refused(400, "invalidQuery", "useLegacySql");
        (await box.PostAsync("jobs", """{"configuration":{"query":{"query":"SELECT 1"}}}""")).Refused(400, "invalidQuery", "useLegacySql");
        (await box.QueryAsync("SELECT 1", ",\"nonsense\":1")).Refused(400, "badRequest", "nonsense");
        (await box.PostAsync("queries", """{"useLegacySql":false}""")).Refused(400, "required");
        (await box.QueryAsync(new string(' ', 1 << 20) + "SELECT 1")).Refused(400, "invalid", "too large");
        (await box.QueryAsync("SELECT ?", ",\"parameterMode\":\"POSITIONAL\",\"queryParameters\":[{\"parameterType\":{\"type\":\"STRING\"},\"parameterValue\":{\"value\":\"x\"}}]")).Refused(501, "notImplemented");
    }

    [Fact]
    public async Task AWrongQueryFailsByItsMethod()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.QueryAsync("SELEC 1")).Refused(400, "invalidQuery");
        (await box.QueryAsync("SELECT * FROM existing.none")).Refused(404, "notFound", "Not found: Table");
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELEC 1", "q1"))).Ok();
        Assert.Equal("invalidQuery", (await box.DoneAsync("q1")).Text("status.errorResult.reason"));
        (await box.GetAsync("queries/q1")).Refused(400, "invalidQuery");
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT 1", "q1"))).Refused(409, "duplicate");
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELEC 1", "q2", outside: ",\"dryRun\":true"))).Refused(400, "invalidQuery");
    }

    [Fact]
    public async Task ADryRunMakesNoJobAndCostsNothing()
    {
        await using var box = await GoogleBox.StartAsync();
        var dry = (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT id FROM existing.fruit", "dry", outside: ",\"dryRun\":true"))).Ok();
        Assert.Equal("DONE", dry.Text("status.state"));
        Assert.Equal("24", dry.Text("statistics.query.totalBytesProcessed"));
        Assert.Equal("0", dry.Text("statistics.query.totalBytesBilled"));
        Assert.Equal("SELECT", dry.Text("statistics.query.statementType"));
        Assert.Equal("id", dry.Text("statistics.query.schema.fields.0.name"));
        (await box.GetAsync("jobs/dry")).Refused(404, "notFound");
        Assert.Equal("24", (await box.QueryAsync("SELECT id FROM existing.fruit", ",\"dryRun\":true")).Ok().Text("totalBytesProcessed"));
    }

    [Fact]
    public async Task BytesBilledCanBeLimited()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.QueryAsync("SELECT * FROM existing.fruit", ",\"maximumBytesBilled\":\"1000\"")).Refused(400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 1000.");
        (await box.QueryAsync("SELECT * FROM existing.fruit", ",\"maximumBytesBilled\":\"100000000\"")).Ok();
    }

    [Fact]
    public async Task DmlAnswersItsCounts()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("jobs", GoogleBox.QueryBody("MERGE existing.fruit T USING (SELECT 1 AS id, 'x' AS name UNION ALL SELECT 9, 'y') S ON T.id = S.id WHEN MATCHED THEN UPDATE SET name = S.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (id, name)", "m1", outside: ",\"labels\":{\"run\":\"r1\"}"))).Ok();
        var job = await box.DoneAsync("m1");
        Assert.Equal("1", job.Text("statistics.query.dmlStats.insertedRowCount"));
        Assert.Equal("1", job.Text("statistics.query.dmlStats.updatedRowCount"));
        Assert.Equal("2", job.Text("statistics.query.numDmlAffectedRows"));
        Assert.Equal("MERGE", job.Text("statistics.query.statementType"));
        Assert.Equal("r1", job.Text("configuration.labels.run"));
        Assert.Equal("2", (await box.GetAsync("queries/m1")).Ok().Text("numDmlAffectedRows"));
        Assert.Equal(4, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task AScriptHasChildren()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("jobs", GoogleBox.QueryBody("BEGIN TRANSACTION; DELETE FROM existing.fruit WHERE id = 1; INSERT INTO existing.fruit (id) VALUES (7); COMMIT TRANSACTION;", "s1"))).Ok();
        var job = await box.DoneAsync("s1");
        Assert.False(job.Json.GetProperty("status").TryGetProperty("errorResult", out _), job.Body);
        Assert.Equal("SCRIPT", job.Text("statistics.query.statementType"));
        var children = (await box.GetAsync("jobs?parentJobId=s1&projection=full")).Ok().Json.GetProperty("jobs");
        Assert.Equal(job.Text("statistics.numChildJobs"), children.GetArrayLength().ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(children.EnumerateArray(), c => Assert.Equal("s1", c.GetProperty("statistics").GetProperty("parentJobId").GetString()));
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task AResultCanGoToATable()
    {
        await using var box = await GoogleBox.StartAsync();
        const string To = ",\"destinationTable\":{\"projectId\":\"sandbox-project\",\"datasetId\":\"existing\",\"tableId\":\"copy\"}";
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT id FROM existing.fruit", "d1", To))).Ok();
        await box.DoneAsync("d1");
        Assert.Equal(3, (await box.DumpAsync("existing.copy")).Length);
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT id FROM existing.fruit", "d2", To))).Ok();
        Assert.Equal("duplicate", (await box.DoneAsync("d2")).Text("status.errorResult.reason"));
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT 5 AS id", "d3", To + ",\"writeDisposition\":\"WRITE_APPEND\""))).Ok();
        await box.DoneAsync("d3");
        Assert.Equal(4, (await box.DumpAsync("existing.copy")).Length);
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT 5 AS other", "d4", To + ",\"writeDisposition\":\"WRITE_TRUNCATE\""))).Ok();
        await box.DoneAsync("d4");
        Assert.Equal(["""{"other":"5"}"""], await box.DumpAsync("existing.copy"));
        var inside = (await box.QueryAsync("SELECT * FROM copy", ",\"defaultDataset\":{\"datasetId\":\"existing\"}")).Ok();
        Assert.Equal("5", inside.Text("rows.0.f.0.v"));
    }

    [Fact]
    public async Task ARequestIdRunsOnce()
    {
        await using var box = await GoogleBox.StartAsync();
        const string Sql = "INSERT INTO existing.fruit (id) VALUES (9)", Id = ",\"requestId\":\"abc\"";
        (await box.QueryAsync(Sql, Id)).Ok();
        (await box.QueryAsync(Sql, Id)).Ok();
        Assert.Equal(4, (await box.DumpAsync("existing.fruit")).Length);
        (await box.QueryAsync("SELECT 1", Id)).Refused(400, "invalid");
        (await box.QueryAsync("SELECT 1", ",\"requestId\":\"" + new string('x', 37) + "\"")).Refused(400, "invalid", "36");
        await box.AdminAsync("clock", """{"advanceSeconds":901}""");
        (await box.QueryAsync(Sql, Id)).Ok();
        Assert.Equal(5, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task AnAnswerMayComeBeforeTheResult()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("jobs", """{"runningMs":400}""");
        var early = (await box.QueryAsync("SELECT 1 AS x", ",\"timeoutMs\":10")).Ok();
        Assert.Equal("False", early.Text("jobComplete"));
        Assert.False(early.Json.TryGetProperty("rows", out _));
        Assert.Equal("1", (await box.GetAsync($"queries/{early.Text("jobReference.jobId")}?timeoutMs=5000")).Ok().Text("rows.0.f.0.v"));
        await box.FaultAsync("""{"kind":"job-incomplete","match":{"resource":"jobs.getQueryResults"}}""");
        Assert.Equal("False", (await box.GetAsync("queries/" + early.Text("jobReference.jobId"))).Ok().Text("jobComplete"));
        var none = (await box.QueryAsync("SELECT 1 AS x", ",\"jobCreationMode\":\"JOB_CREATION_OPTIONAL\"")).Ok();
        Assert.False(none.Json.TryGetProperty("jobReference", out _));
        await box.AdminAsync("quirks", """{"optionalJob":"job"}""");
        Assert.True((await box.QueryAsync("SELECT 1 AS x", ",\"jobCreationMode\":\"JOB_CREATION_OPTIONAL\"")).Json.TryGetProperty("jobReference", out _));
    }

    [Theory]
    [InlineData("""{"configuration":{}}""", 400, "invalid", "exactly one")]
    [InlineData("""{"configuration":{"query":{"query":"SELECT 1","useLegacySql":false},"load":{}}}""", 400, "invalid", "but there were 2")]
    [InlineData("""{"configuration":{"copy":{}}}""", 501, "notImplemented", "copy")]
    [InlineData("""{"configuration":{"load":{"destinationTable":{"datasetId":"d","tableId":"t"}}}}""", 400, "invalid", "at least one source URI")]
    [InlineData("""{"jobReference":{"jobId":"a b"},"configuration":{"query":{"query":"SELECT 1","useLegacySql":false}}}""", 400, "invalid", "Invalid job ID")]
    [InlineData("""{"configuration":{"query":{"query":"SELECT 1","useLegacySql":false},"labels":{"K":"v"}}}""", 400, "invalid", "Label key")]
    [InlineData("""{"configuration":{"query":{"query":"SELECT 1","useLegacySql":false,"maximumBytesBilled":"x"}}}""", 400, "badRequest", "TYPE_INT64")]
    [InlineData("""{}""", 400, "required", "configuration")]
    public async Task ABadJobIsRefused(string body, int status, string reason, string says)
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("jobs", body)).Refused(status, reason, says);
    }

    [Fact]
    public async Task JobsAreListedCancelledAndDeleted()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT 1", "a"))).Ok();
        await box.DoneAsync("a");
        var stuck = await box.FaultAsync("""{"kind":"job-stuck","match":{"jobContains":"hang"}}""");
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT 1", "hang"))).Ok();
        Assert.Equal("hang", (await box.GetAsync("jobs?stateFilter=pending")).Ok().Text("jobs.0.jobReference.jobId"));
        Assert.False((await box.GetAsync("jobs?stateFilter=done")).Ok().Json.GetProperty("jobs")[0].TryGetProperty("configuration", out _));
        Assert.Equal(2, (await box.GetAsync("jobs?allUsers=true")).Ok().Json.GetProperty("jobs").GetArrayLength());
        (await box.GetAsync("jobs?stateFilter=lost")).Refused(400, "badRequest");
        Assert.Equal(0, (await box.GetAsync("jobs?maxCreationTime=5")).Ok().Json.GetProperty("jobs").GetArrayLength());
        (await box.ApiAsync("DELETE", "jobs/hang/delete")).Refused(400, "invalid");
        Assert.Equal("bigquery#jobCancelResponse", (await box.PostAsync("jobs/hang/cancel", "{}")).Ok().Text("kind"));
        Assert.Equal("stopped", (await box.DoneAsync("hang")).Text("status.errorResult.reason"));
        (await box.ApiAsync("DELETE", "jobs/a/delete")).Expect(System.Net.HttpStatusCode.NoContent);
        (await box.GetAsync("jobs/a")).Refused(404, "notFound");
        Assert.True(stuck > 0);
    }
}
