using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleLoadTests
{
    private const string Three = "[{\"name\":\"id\",\"type\":\"INTEGER\",\"mode\":\"REQUIRED\"},{\"name\":\"name\",\"type\":\"STRING\"},{\"name\":\"price\",\"type\":\"NUMERIC\"}";

    [Fact]
    public async Task NdjsonAndCsvPlainAndGzipLoad()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("limits", """{"tableUpdates":1000}""");
        Assert.Equal("1", (await box.LoadAsync("existing.fruit", "{\"id\":4,\"price\":\"1.5\"}\n")).Text("statistics.load.outputRows"));
        var packed = (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "z"), GoogleBox.Gzip("{\"id\":5}\n{\"id\":6}\n"))).Ok();
        Assert.Equal("2", (await box.DoneAsync(packed.Text("jobReference.jobId"))).Text("statistics.load.outputRows"));
        var csv = GoogleBox.LoadBody("existing.fruit", "c", ",\"skipLeadingRows\":1").Replace("NEWLINE_DELIMITED_JSON", "CSV", StringComparison.Ordinal);
        (await box.MultipartAsync(csv, "id,name,price\n7,\"a,b\",2.25\n"u8.ToArray())).Ok();
        await box.DoneAsync("c");
        Assert.Equal("""{"id":"7","name":"a,b","price":"2.25"}""", (await box.DumpAsync("existing.fruit"))[^1]);
    }

    [Fact]
    public async Task StatesAndTimesGoOn()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("jobs", """{"pendingMs":300,"runningMs":300}""");
        var made = (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "slow"), "{\"id\":4}"u8.ToArray())).Ok();
        Assert.Equal("PENDING", made.Text("status.state"));
        Assert.False(made.Json.GetProperty("statistics").TryGetProperty("startTime", out _));
        await Task.Delay(450, GoogleBox.Stop);
        Assert.Equal("RUNNING", (await box.GetAsync("jobs/slow")).Text("status.state"));
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
        var done = await box.DoneAsync("slow");
        Assert.True(long.Parse(done.Text("statistics.endTime"), System.Globalization.CultureInfo.InvariantCulture) >= long.Parse(done.Text("statistics.startTime"), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("LOAD", done.Text("configuration.jobType"));
    }

    [Fact]
    public async Task BadRowsEndTheJobOrAreCounted()
    {
        await using var box = await GoogleBox.StartAsync();
        var rows = string.Concat(Enumerable.Range(0, 8).Select(i => $"{{\"id\":\"x{i}\"}}\n")) + "{\"id\":9}\n";
        var failed = await box.LoadAsync("existing.fruit", rows, ",\"maxBadRecords\":7");
        Assert.Equal("invalid", failed.Text("status.errorResult.reason"));
        Assert.Contains("JSON table encountered too many errors, giving up. Rows: 8; errors: 8.", failed.Text("status.errorResult.message"));
        Assert.Equal(6, failed.Json.GetProperty("status").GetProperty("errors").GetArrayLength());
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);

        var good = await box.LoadAsync("existing.fruit", rows, ",\"maxBadRecords\":8");
        Assert.False(good.Json.GetProperty("status").TryGetProperty("errorResult", out _));
        Assert.Equal("8", good.Text("statistics.load.badRecords"));
        Assert.Equal(5, good.Json.GetProperty("status").GetProperty("errors").GetArrayLength());
        Assert.Equal("1", good.Text("statistics.load.outputRows"));
    }

    [Fact]
    public async Task UnknownValuesAreRefusedUnlessIgnored()
    {
        await using var box = await GoogleBox.StartAsync();
        var failed = await box.LoadAsync("existing.fruit", "{\"id\":4,\"nope\":1}");
        Assert.Contains("No such field: nope", failed.Body);
        Assert.Equal("1", (await box.LoadAsync("existing.fruit", "{\"id\":4,\"nope\":1}", ",\"ignoreUnknownValues\":true")).Text("statistics.load.outputRows"));
        Assert.Equal("invalid", (await box.LoadAsync("existing.fruit", "{\"name\":\"no key\"}")).Text("status.errorResult.reason"));
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "cut"), GoogleBox.Gzip("{\"id\":5}\n")[..^9])).Ok();
        Assert.Equal("invalid", (await box.DoneAsync("cut")).Text("status.errorResult.reason"));
    }

    [Fact]
    public async Task DispositionsDecide()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("limits", """{"tableUpdates":1000}""");
        Assert.Equal("notFound", (await box.LoadAsync("existing.new", "{\"id\":1}", ",\"createDisposition\":\"CREATE_NEVER\"")).Text("status.errorResult.reason"));
        Assert.Contains("No schema specified", (await box.LoadAsync("existing.new", "{\"id\":1}")).Text("status.errorResult.message"));
        const string Schema = ",\"schema\":{\"fields\":[{\"name\":\"id\",\"type\":\"INTEGER\"}]}";
        Assert.Equal("1", (await box.LoadAsync("existing.new", "{\"id\":1}", Schema + ",\"timePartitioning\":{\"type\":\"DAY\"}")).Text("statistics.load.outputRows"));
        Assert.Equal("duplicate", (await box.LoadAsync("existing.new", "{\"id\":2}", ",\"writeDisposition\":\"WRITE_EMPTY\"")).Text("status.errorResult.reason"));
        await box.LoadAsync("existing.new", "{\"id\":3}", ",\"writeDisposition\":\"WRITE_TRUNCATE_DATA\"");
        Assert.Equal(["""{"id":"3"}"""], await box.DumpAsync("existing.new"));

        await box.TableAsync("existing.keyed", more: ""","tableConstraints":{"primaryKey":{"columns":["id"]}}""");
        await box.LoadAsync("existing.keyed", "{\"id\":1}", ",\"writeDisposition\":\"WRITE_TRUNCATE_DATA\"");
        Assert.True((await box.GetAsync("datasets/existing/tables/keyed")).Json.TryGetProperty("tableConstraints", out _));
        await box.LoadAsync("existing.keyed", "{\"other\":\"x\"}", ",\"writeDisposition\":\"WRITE_TRUNCATE\",\"schema\":{\"fields\":[{\"name\":\"other\",\"type\":\"STRING\"}]}");
        var replaced = await box.GetAsync("datasets/existing/tables/keyed");
        Assert.Equal("other", replaced.Text("schema.fields.0.name"));
        Assert.False(replaced.Json.TryGetProperty("tableConstraints", out _));
        Assert.Equal(["""{"other":"x"}"""], await box.DumpAsync("existing.keyed"));
    }

    [Theory]
    [InlineData(Three + ",{\"name\":\"note\",\"type\":\"STRING\"}]", "", "Cannot add fields (field: note)")]
    [InlineData(Three + ",{\"name\":\"note\",\"type\":\"STRING\",\"mode\":\"REQUIRED\"}]", "ALLOW_FIELD_ADDITION", "Cannot add required fields")]
    [InlineData("[{\"name\":\"id\",\"type\":\"INTEGER\",\"mode\":\"REQUIRED\"}]", "ALLOW_FIELD_ADDITION", "Field name is missing in new schema")]
    [InlineData("[{\"name\":\"id\",\"type\":\"INTEGER\"},{\"name\":\"name\",\"type\":\"STRING\"},{\"name\":\"price\",\"type\":\"NUMERIC\"}]", "ALLOW_FIELD_ADDITION", "changed mode from REQUIRED to NULLABLE")]
    [InlineData("[{\"name\":\"id\",\"type\":\"STRING\",\"mode\":\"REQUIRED\"},{\"name\":\"name\",\"type\":\"STRING\"},{\"name\":\"price\",\"type\":\"NUMERIC\"}]", "ALLOW_FIELD_RELAXATION", "changed type from INTEGER to STRING")]
    [InlineData(Three + ",{\"name\":\"note\",\"type\":\"STRING\"}]", "ALLOW_FIELD_ADDITION", null)]
    [InlineData("[{\"name\":\"id\",\"type\":\"INTEGER\"},{\"name\":\"name\",\"type\":\"STRING\"},{\"name\":\"price\",\"type\":\"NUMERIC\"}]", "ALLOW_FIELD_RELAXATION", null)]
    public async Task ASchemaMayOnlyGrowWhenAllowed(string fields, string option, string? says)
    {
        await using var box = await GoogleBox.StartAsync();
        var options = option.Length > 0 ? $",\"schemaUpdateOptions\":[\"{option}\"]" : string.Empty;
        var job = await box.LoadAsync("existing.fruit", "{\"id\":4}", $",\"schema\":{{\"fields\":{fields}}}{options}");
        if (says is null)
        {
            Assert.False(job.Json.GetProperty("status").TryGetProperty("errorResult", out _), job.Body);
            return;
        }

        Assert.Equal("invalid", job.Text("status.errorResult.reason"));
        Assert.Contains(says, job.Text("status.errorResult.message"));
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task APartitionCanBeReplaced()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.TableAsync("existing.p", """[{"name":"d","type":"DATE"},{"name":"x","type":"INTEGER"}]""", ""","timePartitioning":{"type":"DAY","field":"d"}""");
        await box.LoadAsync("existing.p", "{\"d\":\"2026-01-31\",\"x\":1}\n{\"d\":\"2026-02-01\",\"x\":2}");
        var done = await box.LoadAsync("existing.p$20260131", "{\"d\":\"2026-01-31\",\"x\":3}", ",\"writeDisposition\":\"WRITE_TRUNCATE\"");
        Assert.Equal("1", done.Text("statistics.load.outputRows"));
        Assert.Equal(["""{"d":"2026-02-01","x":"2"}""", """{"d":"2026-01-31","x":"3"}"""], await box.DumpAsync("existing.p"));
        var stray = await box.LoadAsync("existing.p$20260131", "{\"d\":\"2026-02-02\",\"x\":4}", ",\"writeDisposition\":\"WRITE_TRUNCATE\"");
        Assert.Contains("different partitions", stray.Text("status.errorResult.message"));
    }

    [Theory]
    [InlineData(",\"writeDisposition\":\"WRITE_TRUNCATE\",\"schemaUpdateOptions\":[\"ALLOW_FIELD_ADDITION\"]", 400, "invalid", "Schema update options")]
    [InlineData(",\"writeDisposition\":\"WRITE_SOME\"", 400, "invalid", "WRITE_SOME")]
    [InlineData(",\"createDisposition\":\"X\"", 400, "invalid", "X is not a valid value")]
    [InlineData(",\"schemaUpdateOptions\":[\"X\"]", 400, "invalid", "X is not a valid value")]
    [InlineData(",\"autodetect\":true", 501, "notImplemented", "autodetect")]
    [InlineData(",\"sourceUris\":[\"gs://b/f\"]", 400, "invalid", "sourceUris")]
    [InlineData(",\"timeZone\":\"UTC\"", 501, "notImplemented", "timeZone")]
    [InlineData(",\"nonsense\":true", 400, "badRequest", "at 'configuration.load'")]
    [InlineData(",\"maxBadRecords\":\"5\"", 400, "badRequest", "TYPE_INT32")]
    public async Task ABadConfigurationMakesNoJob(string more, int status, string reason, string says)
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "bad", more), "{\"id\":4}"u8.ToArray())).Refused(status, reason, says);
        (await box.SessionAsync(GoogleBox.LoadBody("existing.fruit", "bad", more))).Refused(status, reason, says);
        (await box.GetAsync("jobs/bad")).Refused(404, "notFound");
    }

    [Fact]
    public async Task AJobIdIsUsedUpEvenByAFailure()
    {
        await using var box = await GoogleBox.StartAsync();
        Assert.Equal("invalid", (await box.LoadAsync("existing.fruit", "rubbish", id: "once")).Text("status.errorResult.reason"));
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "once"), "{\"id\":4}"u8.ToArray())).Refused(409, "duplicate", "Already Exists: Job sandbox-project:US.once");
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "not valid!"), "{\"id\":4}"u8.ToArray())).Refused(400, "invalid", "Invalid job ID");
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", new string('x', 1025)), "{\"id\":4}"u8.ToArray())).Refused(400, "invalid", "Invalid job ID");
    }

    [Fact]
    public async Task AfterADuplicateTheJobCanBeHiddenForAMoment()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.LoadAsync("existing.fruit", "{\"id\":4}", id: "h");
        await box.FaultAsync("""{"kind":"hide-after-duplicate","rows":2}""".Replace("}", ",\"times\":null}", StringComparison.Ordinal));
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "h"), "{\"id\":4}"u8.ToArray())).Refused(409, "duplicate");
        (await box.GetAsync("jobs/h")).Refused(404, "notFound");
        (await box.GetAsync("jobs/h")).Refused(404, "notFound");
        (await box.GetAsync("jobs/h")).Ok();
    }

    [Fact]
    public async Task LocationsAreStrict()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.DatasetAsync("north", "europe-north1");
        await box.TableAsync("north.t");
        (await box.MultipartAsync(GoogleBox.LoadBody("north.t", "n1", location: "EU"), "{\"id\":1}"u8.ToArray())).Refused(404, "notFound", "was not found in location EU");
        (await box.MultipartAsync(GoogleBox.LoadBody("none.t", "n1"), "{\"id\":1}"u8.ToArray())).Refused(404, "notFound", "Not found: Dataset");
        var made = (await box.MultipartAsync(GoogleBox.LoadBody("north.t", "n1", location: "europe-north1"), "{\"id\":1}"u8.ToArray())).Ok();
        Assert.Equal("europe-north1", made.Text("jobReference.location"));
        (await box.GetAsync("jobs/n1")).Refused(404, "notFound", "Not found: Job");
        (await box.GetAsync("jobs/n1?location=EU")).Refused(404, "notFound");
        (await box.GetAsync("jobs/n1?location=EUROPE-NORTH1")).Ok();
        await box.DatasetAsync("eu", "EU");
        await box.TableAsync("eu.t");
        Assert.Equal("EU", (await box.LoadAsync("eu.t", "{\"id\":1}", id: "e1")).Text("jobReference.location"));
        (await box.GetAsync("jobs/e1")).Ok();
        (await box.GetAsync("jobs/e1?location=US")).Refused(404, "notFound");
        (await box.QueryAsync("SELECT * FROM north.t", ",\"location\":\"EU\"")).Refused(404, "notFound");
        Assert.Equal("europe-north1", (await box.QueryAsync("SELECT * FROM north.t")).Ok().Text("jobReference.location"));
    }
}
