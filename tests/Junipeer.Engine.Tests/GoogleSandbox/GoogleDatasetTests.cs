using System.Net;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleDatasetTests
{
    [Fact]
    public async Task ADatasetLivesAndDies()
    {
        await using var box = await GoogleBox.StartAsync();
        var made = (await box.PostAsync("datasets", """{"datasetReference":{"datasetId":"sales"},"location":"eu","description":"d","labels":{"tool":"t"},"defaultTableExpirationMs":"3600000","isCaseInsensitive":true}""")).Ok();
        Assert.Equal("EU", made.Text("location"));
        Assert.Equal("sandbox-project:sales", made.Text("id"));
        Assert.Equal("3600000", made.Text("defaultTableExpirationMs"));
        Assert.Equal(System.Text.Json.JsonValueKind.String, made.Json.GetProperty("creationTime").ValueKind);
        (await box.PostAsync("datasets", """{"datasetReference":{"datasetId":"sales"}}""")).Refused(409, "duplicate", "Already Exists: Dataset sandbox-project:sales");

        var patched = (await box.ApiAsync("PATCH", "datasets/sales", """{"description":null,"labels":{"tool":null,"b":"2"}}""")).Ok();
        Assert.False(patched.Json.TryGetProperty("description", out _));
        Assert.Equal("2", patched.Text("labels.b"));
        Assert.False(patched.Json.GetProperty("labels").TryGetProperty("tool", out _));
        Assert.Equal("3600000", patched.Text("defaultTableExpirationMs"));
        var whole = (await box.ApiAsync("PUT", "datasets/sales", """{"friendlyName":"f"}""")).Ok();
        Assert.False(whole.Json.TryGetProperty("labels", out _));
        (await box.ApiAsync("PATCH", "datasets/sales", """{"location":"US"}""")).Refused(400, "invalid");

        await box.TableAsync("sales.t");
        Assert.Equal(HttpStatusCode.BadRequest, (await box.ApiAsync("DELETE", "datasets/sales")).Refused(400, "resourceInUse", "still in use").Status);
        (await box.ApiAsync("DELETE", "datasets/sales?deleteContents=true")).Expect(HttpStatusCode.NoContent);
        (await box.GetAsync("datasets/sales")).Refused(404, "notFound", "Not found: Dataset sandbox-project:sales");
    }

    [Fact]
    public async Task AnEtagGuardsAChange()
    {
        await using var box = await GoogleBox.StartAsync();
        var etag = (await box.GetAsync("datasets/existing")).Ok().Text("etag");
        (await box.ApiAsync("PATCH", "datasets/existing", """{"description":"1"}""", null, ("If-Match", etag))).Ok();
        (await box.ApiAsync("PATCH", "datasets/existing", """{"description":"2"}""", null, ("If-Match", etag))).Refused(412, "conditionNotMet");
        Assert.Equal("1", (await box.GetAsync("datasets/existing")).Text("description"));
    }

    [Fact]
    public async Task ListsPageAndFilterAndHide()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("limits", """{"datasetUpdates":1000}""");
        foreach (var id in (string[])["a", "b", "c", "_hidden"])
        {
            (await box.PostAsync("datasets", $$$"""{"datasetReference":{"datasetId":"{{{id}}}"},"labels":{"k":"{{{id}}}"}}""".Replace("\"_hidden\"}}", "\"h\"}}"))).Ok();
        }

        List<string> seen = [];
        string? token = null;
        do
        {
            var page = (await box.GetAsync("datasets?maxResults=2" + (token is null ? "" : "&pageToken=" + token))).Ok();
            seen.AddRange(page.Json.GetProperty("datasets").EnumerateArray().Select(d => d.GetProperty("datasetReference").GetProperty("datasetId").GetString()!));
            token = page.Json.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        Assert.Equal(["a", "b", "c", "existing"], seen);
        Assert.Equal(5, (await box.GetAsync("datasets?all=true")).Json.GetProperty("datasets").GetArrayLength());
        Assert.Equal("b", (await box.GetAsync("datasets?filter=labels.k:b")).Text("datasets.0.datasetReference.datasetId"));
        (await box.GetAsync("datasets?filter=name:b")).Refused(400, "invalid");
        (await box.GetAsync("datasets?pageToken=rubbish")).Refused(400, "invalid", "page token");
        (await box.GetAsync("datasets/existing/tables?pageToken=" + (await box.GetAsync("datasets?maxResults=1")).Text("nextPageToken"))).Refused(400, "invalid");
    }

    [Fact]
    public async Task PagesCanBeShortOrEmpty()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.DatasetAsync("a");
        await box.AdminAsync("quirks", """{"shortPages":"on"}""");
        var first = (await box.GetAsync("datasets?maxResults=2")).Ok();
        Assert.Equal(1, first.Json.GetProperty("datasets").GetArrayLength());
        await box.FaultAsync("""{"kind":"empty-page","match":{"resource":"datasets.list"}}""");
        var empty = (await box.GetAsync("datasets?maxResults=2&pageToken=" + first.Text("nextPageToken"))).Ok();
        Assert.Equal(0, empty.Json.GetProperty("datasets").GetArrayLength());
        Assert.Equal("existing", (await box.GetAsync("datasets?pageToken=" + empty.Text("nextPageToken"))).Text("datasets.0.datasetReference.datasetId"));
    }

    [Theory]
    [InlineData("""{"datasetReference":{"datasetId":"a-b"}}""", 400, "invalid", "Invalid dataset ID \"a-b\"")]
    [InlineData("""{"datasetReference":{}}""", 400, "required", "datasetId")]
    [InlineData("""{}""", 400, "required", "datasetReference")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"location":"mars"}""", 400, "invalid", "mars")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"labels":{"Big":"v"}}""", 400, "invalid", "Big")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"labels":{"k":"V"}}""", 400, "invalid", "\"V\"")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"defaultTableExpirationMs":"1000"}""", 400, "invalid", "3600000")]
    [InlineData("""{"datasetReference":{"datasetId":"x","projectId":"other"}}""", 400, "invalid", "other")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"nonsense":1}""", 400, "badRequest", "Unknown name \"nonsense\": Cannot find field.")]
    [InlineData("""{"datasetReference":{"datasetId":"x","table":"t"}}""", 400, "badRequest", "at 'dataset_reference'")]
    [InlineData("""{"datasetReference":{"datasetId":5}}""", 400, "badRequest", "(TYPE_STRING), 5")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"isCaseInsensitive":"true"}""", 400, "badRequest", "TYPE_BOOL")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"defaultTableExpirationMs":"1.5"}""", 400, "badRequest", "TYPE_INT64")]
    [InlineData("""{"datasetReference":{"datasetId":"x"},"labels":{"k":1}}""", 400, "badRequest", "Map")]
    [InlineData("""{"datasetReference":""", 400, "parseError", "Invalid JSON payload")]
    [InlineData("""[1]""", 400, "badRequest", "Root element")]
    public async Task ABodyIsCheckedStrictly(string body, int status, string reason, string says)
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PostAsync("datasets", body)).Refused(status, reason, says.Replace("dataset_reference", "datasetReference", StringComparison.Ordinal));
        (await box.GetAsync("datasets/x")).Refused(404, "notFound");
    }

    [Fact]
    public async Task QueriesMethodsAndPathsAreCheckedToo()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.GetAsync("datasets?nonsense=1")).Refused(400, "badRequest", "Unknown name \"nonsense\"");
        (await box.GetAsync("datasets?maxResults=abc")).Refused(400, "badRequest");
        (await box.GetAsync("datasets?all=yes")).Refused(400, "badRequest");
        (await box.GetAsync("datasets?fields=datasets")).Refused(501, "notImplemented");
        (await box.GetAsync("datasets?prettyPrint=false&alt=json")).Ok();
        Assert.StartsWith("text/html", (await box.GetAsync("nothing/here")).Expect(HttpStatusCode.NotFound).Header("Content-Type"));
        (await box.ApiAsync("DELETE", "datasets")).Refused(405, "httpMethodNotAllowed");
        (await box.GetAsync("/bigquery/v2/projects/unknown/datasets")).Refused(404, "notFound");
        (await box.GetAsync("/bigquery/v2/projects/sandbox-without-api/datasets")).Refused(403, "accessNotConfigured", "has not been used in project");
    }

    [Fact]
    public async Task BothPathsAndGzipWork()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.GetAsync("/projects/sandbox-project/datasets")).Ok();
        var body = new ByteArrayContent(GoogleBox.Gzip("""{"datasetReference":{"datasetId":"zipped"}}"""));
        body.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        body.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        (await box.SendAsync("POST", "bigquery/v2/projects/sandbox-project/datasets", body)).Ok();
        (await box.GetAsync("datasets/zipped")).Ok();
        var projects = (await box.GetAsync("/bigquery/v2/projects")).Ok();
        Assert.Equal("sandbox-project", Assert.Single(projects.Json.GetProperty("projects").EnumerateArray().ToArray()).GetProperty("id").GetString());
        var broken = new ByteArrayContent([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        broken.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        (await box.SendAsync("POST", "bigquery/v2/projects/sandbox-project/datasets", broken)).Refused(400, "badRequest");
    }
}
