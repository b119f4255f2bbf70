using System.Net;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleFaultTests
{
    [Theory]
    [InlineData("""{"kind":"status","match":{"resource":"datasets.get"}}""", 503, "backendError")]
    [InlineData("""{"kind":"status","status":500,"match":{"pathContains":"/existing"}}""", 500, "internalError")]
    [InlineData("""{"kind":"status","status":403,"reason":"responseTooLarge","match":{"method":"GET"}}""", 403, "responseTooLarge")]
    [InlineData("""{"kind":"rate-limit"}""", 403, "rateLimitExceeded")]
    [InlineData("""{"kind":"rate-limit","status":429}""", 429, "rateLimitExceeded")]
    [InlineData("""{"kind":"quota"}""", 403, "quotaExceeded")]
    [InlineData("""{"kind":"expire-token"}""", 401, "authError")]
    public async Task ARequestFailsOnce(string fault, int status, string reason)
    {
        await using var box = await GoogleBox.StartAsync();
        var token = await box.TokenAsync();
        await box.FaultAsync(fault);
        (await box.GetAsync("datasets/existing", token)).Refused(status, reason);
        (await box.GetAsync("datasets/existing")).Ok();
    }

    [Fact]
    public async Task TheEdgeAnswersHtml()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync("""{"kind":"html"}""");
        Assert.StartsWith("text/html", (await box.GetAsync("datasets")).Expect(HttpStatusCode.BadGateway).Header("Content-Type"));
    }

    [Fact]
    public async Task BodiesCanBeCut()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync("""{"kind":"truncate"}""");
        var cut = (await box.GetAsync("datasets")).Ok();
        Assert.ThrowsAny<JsonException>(() => cut.Json);
        await box.FaultAsync("""{"kind":"drop-mid-body"}""");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => box.GetAsync("datasets"));
    }

    [Fact]
    public async Task AnAnswerCanBeHeldAndReleased()
    {
        await using var box = await GoogleBox.StartAsync();
        var id = await box.FaultAsync("""{"kind":"hold","when":"after","match":{"resource":"datasets.insert"}}""");
        var asked = box.PostAsync("datasets", """{"datasetReference":{"datasetId":"held"}}""");
        Assert.Equal(1, (await box.LookAsync($"faults/{id}?wait=20")).GetProperty("holding").GetInt32());
        (await box.GetAsync("datasets/held")).Ok();
        Assert.False(asked.IsCompleted);
        await box.AdminAsync($"faults/{id}/release", "{}");
        (await asked).Ok();
        await box.FaultAsync("""{"kind":"delay","milliseconds":300}""");
        var started = System.Diagnostics.Stopwatch.StartNew();
        (await box.GetAsync("datasets")).Ok();
        Assert.InRange(started.ElapsedMilliseconds, 290, 20_000);
    }

    [Theory]
    [InlineData("jobBackendError")]
    [InlineData("jobInternalError")]
    [InlineData("jobRateLimitExceeded")]
    public async Task AJobFailsAndDoesNothing(string reason)
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync($$$"""{"kind":"job-error","reason":"{{{reason}}}","match":{"jobContains":"_a1"}}""");
        Assert.Equal(reason, (await box.LoadAsync("existing.fruit", "{\"id\":4}", id: "run_a1")).Text("status.errorResult.reason"));
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
        Assert.Equal("1", (await box.LoadAsync("existing.fruit", "{\"id\":4}", id: "run_a2")).Text("statistics.load.outputRows"));
    }

    [Fact]
    public async Task AConcurrentUpdateAbortsAJob()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync("""{"kind":"job-abort","match":{"jobContains":"DELETE"}}""");
        (await box.QueryAsync("SELECT 1")).Ok();
        (await box.QueryAsync("DELETE FROM existing.fruit WHERE TRUE")).Refused(400, "invalidQuery", "aborted due to concurrent update");
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Theory]
    [InlineData("pending", "PENDING")]
    [InlineData("running", "RUNNING")]
    public async Task AJobIsStuckUntilReleased(string mode, string state)
    {
        await using var box = await GoogleBox.StartAsync();
        var id = await box.FaultAsync($$"""{"kind":"job-stuck","mode":"{{mode}}"}""");
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "s"), "{\"id\":4}"u8.ToArray())).Ok();
        Assert.Equal(1, (await box.LookAsync($"faults/{id}?wait=20")).GetProperty("holding").GetInt32());
        Assert.Equal(state, (await box.GetAsync("jobs/s")).Text("status.state"));
        await box.AdminAsync($"faults/{id}/release", "{}");
        Assert.Equal("1", (await box.DoneAsync("s")).Text("statistics.load.outputRows"));
    }

    [Fact]
    public async Task AJobCanRunOutOfTime()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync("""{"kind":"job-stuck"}""");
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "t", outside: ",\"jobTimeoutMs\":\"50\""), "{\"id\":4}"u8.ToArray())).Ok();
        Assert.Equal("stopped", (await box.DoneAsync("t")).Text("status.errorResult.reason"));
    }

    [Fact]
    public async Task TheDatasetGoesAwayInTheMiddle()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync("""{"kind":"world","when":"after","match":{"resource":"upload.start"},"actions":[{"do":"delete-dataset","dataset":"existing"}]}""");
        var session = (await box.SessionAsync(GoogleBox.LoadBody("existing.fruit", "w"))).Ok().Header("Location")!;
        (await box.PutAsync(session, "{\"id\":4}"u8.ToArray(), null)).Refused(404, "notFound", "Not found: Dataset");
    }

    [Theory]
    [InlineData("revoke-token", null)]
    [InlineData("invalid-rapt", "invalid_rapt")]
    public async Task TheTokenIsRevokedInTheMiddle(string kind, string? subtype)
    {
        await using var box = await GoogleBox.StartAsync();
        var tokens = await GoogleConsentTests.SignInAsync(box);
        await box.FaultAsync($$$"""{"kind":"{{{kind}}}","match":{"resource":"datasets.list"}}""");
        (await box.GetAsync("datasets", tokens.Text("access_token"))).Refused(401, "authError");
        var refused = (await GoogleTokenTests.RefreshAsync(box, tokens.Text("refresh_token"))).Expect(HttpStatusCode.BadRequest);
        Assert.Equal("invalid_grant", refused.Text("error"));
        Assert.Equal(subtype, refused.Json.TryGetProperty("error_subtype", out var had) ? had.GetString() : null);
    }

    [Fact]
    public async Task TheTokenServerFailsByGrant()
    {
        await using var box = await GoogleBox.StartAsync();
        var tokens = await GoogleConsentTests.SignInAsync(box);
        await box.FaultAsync("""{"kind":"status","match":{"resource":"oauth.token","verb":"REFRESH"}}""");
        (await GoogleConsentTests.SignInAsync(box)).Ok();
        (await GoogleTokenTests.RefreshAsync(box, tokens.Text("refresh_token"))).Expect(HttpStatusCode.ServiceUnavailable);
        (await GoogleTokenTests.RefreshAsync(box, tokens.Text("refresh_token"))).Ok();
    }

    [Theory]
    [InlineData("faults", """{"kind":"nonsense"}""")]
    [InlineData("faults", """{"kind":"status","match":{"resource":"nonsense"}}""")]
    [InlineData("faults", """{"kind":"status","match":{"idContains":5}}""")]
    [InlineData("faults", """{"kind":"job-error","match":{"resource":"jobs.get"}}""")]
    [InlineData("faults", """{"kind":"status","match":{"jobContains":"x"}}""")]
    [InlineData("faults", """{"kind":"world"}""")]
    [InlineData("faults", """{"kind":"job-stuck","mode":"x"}""")]
    [InlineData("limits", """{"nonsense":5}""")]
    [InlineData("uploads", """{"discardUploads":"x"}""")]
    [InlineData("oauth", """{"clientState":"x"}""")]
    [InlineData("principals", """{"email":"a@b","roles":["king"]}""")]
    [InlineData("world", """{"actions":[{"do":"nonsense","dataset":"existing"}]}""")]
    [InlineData("quirks", """{"gzip":"maybe"}""")]
    public async Task TheAdminSaysWhatIsWrong(string path, string body)
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = await box.SendAsync("POST", "_sandbox/" + path, new StringContent(body), string.Empty);
        Assert.NotEmpty(reply.Expect(HttpStatusCode.BadRequest).Text("error"));
    }

    [Fact]
    public async Task TheHelpNamesEverything()
    {
        await using var box = await GoogleBox.StartAsync();
        var help = (await box.SendAsync("GET", "_sandbox/", null, string.Empty)).Ok().Body;
        foreach (var word in (string[])["drop-mid-upload", "hide-after-duplicate", "jobs.getQueryResults", "discardUploads", "invalid-rapt", "shortPages", "delete-dataset", box.Server.GoogleClientId]) Assert.Contains(word, help);
        (await box.GetAsync("datasets")).Ok();
        (await box.GetAsync("datasets/none")).Refused(404, "notFound");
        var requests = (await box.LookAsync("counters")).GetProperty("requests");
        Assert.Equal(1, requests.GetProperty("datasets.list").GetProperty("200").GetInt32());
        Assert.Equal(1, requests.GetProperty("datasets.get").GetProperty("404 notFound").GetInt32());
        Assert.Equal(3, (await box.LookAsync("dump"))[0].GetProperty("rows").GetInt32());
        Assert.Equal(2, (await box.LookAsync("requests?last=2")).GetArrayLength());
        await box.AdminAsync("counters/reset", "{}");
        Assert.Equal(0, (await box.LookAsync("counters")).GetProperty("total").GetInt32());
        var made = await box.AdminAsync("world", """{"actions":[{"do":"create-dataset","dataset":"w","location":"EU"},{"do":"create-table","dataset":"w","table":"t","schema":{"fields":[{"name":"a","type":"INTEGER"}]},"rows":[{"a":1}]},{"do":"insert-rows","dataset":"w","table":"t","rows":[{"a":2}]}]}""");
        Assert.Equal(3, made.GetProperty("results").GetArrayLength());
        Assert.Equal(2, (await box.DumpAsync("w.t")).Length);
    }
}
