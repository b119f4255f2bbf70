using System.Net;
using System.Text;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

/// <summary>Rates, quotas and permissions.</summary>
public sealed class GoogleRuleTests
{
    [Fact]
    public async Task ATableTakesFiveUpdatesInTenSeconds()
    {
        await using var box = await GoogleBox.StartAsync();
        for (var i = 0; i < 5; i++) (await box.ApiAsync("PATCH", "datasets/existing/tables/fruit", $$"""{"description":"{{i}}"}""")).Ok();
        (await box.ApiAsync("PATCH", "datasets/existing/tables/fruit", """{"description":"6"}""")).Refused(403, "rateLimitExceeded", "too many table update operations");
        Assert.Equal("jobRateLimitExceeded", (await box.LoadAsync("existing.fruit", "{\"id\":4}")).Text("status.errorResult.reason"));
        (await box.QueryAsync("UPDATE existing.fruit SET name = 'x' WHERE TRUE")).Refused(400, "jobRateLimitExceeded");
        (await box.QueryAsync("SELECT 1 FROM existing.fruit")).Ok();
        await box.AdminAsync("clock", """{"advanceSeconds":10}""");
        (await box.ApiAsync("PATCH", "datasets/existing/tables/fruit", """{"description":"7"}""")).Ok();
    }

    [Fact]
    public async Task LoadsAndStatementsCountAsUpdates()
    {
        await using var box = await GoogleBox.StartAsync();
        for (var i = 0; i < 3; i++) Assert.Equal("DONE", (await box.LoadAsync("existing.fruit", "{\"id\":4}")).Text("status.state"));
        (await box.QueryAsync("INSERT INTO existing.fruit (id) VALUES (5)")).Ok();
        (await box.QueryAsync("DELETE FROM existing.fruit WHERE id = 5")).Ok();
        Assert.Equal("jobRateLimitExceeded", (await box.LoadAsync("existing.fruit", "{\"id\":4}")).Text("status.errorResult.reason"));
    }

    [Fact]
    public async Task EveryStatementOfAScriptCounts()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.QueryAsync(string.Concat(Enumerable.Repeat("INSERT INTO existing.fruit (id) VALUES (5); ", 6)))).Refused(400, "jobRateLimitExceeded");
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task APartitionedTableTakesFifty()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.TableAsync("existing.p", """[{"name":"d","type":"DATE"}]""", ""","timePartitioning":{"type":"DAY","field":"d"}""");
        for (var i = 0; i < 50; i++) (await box.ApiAsync("PATCH", "datasets/existing/tables/p", "{}")).Ok();
        (await box.ApiAsync("PATCH", "datasets/existing/tables/p", "{}")).Refused(403, "rateLimitExceeded");
    }

    [Fact]
    public async Task DatasetsAndNewTablesHaveRatesToo()
    {
        await using var box = await GoogleBox.StartAsync();
        for (var i = 0; i < 5; i++) (await box.ApiAsync("PATCH", "datasets/existing", "{}")).Ok();
        (await box.ApiAsync("PATCH", "datasets/existing", "{}")).Refused(403, "rateLimitExceeded");
        await box.AdminAsync("limits", """{"tableInsertsPerSecond":2}""");
        await box.TableAsync("existing.a");
        await box.TableAsync("existing.b");
        (await box.PostAsync("datasets/existing/tables", """{"tableReference":{"tableId":"c"}}""")).Refused(403, "rateLimitExceeded");
    }

    [Fact]
    public async Task RequestsHaveARate()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("limits", """{"requestsPerSecond":3}""");
        for (var i = 0; i < 3; i++) (await box.GetAsync("datasets/existing")).Ok();
        (await box.GetAsync("datasets/existing")).Refused(403, "rateLimitExceeded");
        (await box.GetAsync("datasets?nonsense=1")).Refused(400, "badRequest");
        await box.AdminAsync("limits", """{"concurrentRequests":0}""");
        (await box.GetAsync("datasets")).Refused(403, "rateLimitExceeded", "concurrent");
    }

    [Fact]
    public async Task LoadsPerDayBelongToTheName()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("limits", """{"tableLoadsPerDay":2}""");
        await box.LoadAsync("existing.fruit", "rubbish");
        await box.LoadAsync("existing.fruit", "{\"id\":4}");
        (await box.ApiAsync("DELETE", "datasets/existing/tables/fruit")).Expect(HttpStatusCode.NoContent);
        await box.TableAsync("existing.fruit");
        Assert.Equal("quotaExceeded", (await box.LoadAsync("existing.fruit", "{\"id\":4}")).Text("status.errorResult.reason"));
        await box.AdminAsync("clock", """{"advanceSeconds":86401}""");
        await box.AdminAsync("oauth/tokens", "{}");
        var job = (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "next"), "{\"id\":4}"u8.ToArray(), await box.TokenAsync())).Ok();
        Assert.Equal("next", job.Text("jobReference.jobId"));
    }

    [Fact]
    public async Task PartitionsOfAJobAreLimited()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.TableAsync("existing.p", """[{"name":"d","type":"DATE"}]""", ""","timePartitioning":{"type":"DAY","field":"d"}""");
        var days = string.Concat(Enumerable.Range(0, 4001).Select(i => $"{{\"d\":\"{new DateOnly(2000, 1, 1).AddDays(i):yyyy-MM-dd}\"}}\n"));
        var failed = await box.LoadAsync("existing.p", days);
        Assert.Contains("Too many partitions produced by query, allowed 4000", failed.Text("status.errorResult.message"));
        Assert.Empty(await box.DumpAsync("existing.p"));
        Assert.Equal("4000", (await box.LoadAsync("existing.p", string.Concat(days.Split('\n').Take(4000).Select(d => d + "\n")))).Text("statistics.load.outputRows"));
    }

    [Fact]
    public async Task JobsAtOnceOnATableAreLimited()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("limits", """{"jobsPerTable":0}""");
        Assert.Equal("jobRateLimitExceeded", (await box.LoadAsync("existing.fruit", "{\"id\":4}")).Text("status.errorResult.reason"));
        await box.AdminAsync("limits", """{"gzipBytes":5,"jobsPerTable":10}""");
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "big"), GoogleBox.Gzip("{\"id\":4}"))).Ok();
        Assert.Contains("too large", (await box.DoneAsync("big")).Text("status.errorResult.message"));
    }

    [Fact]
    public async Task AnEditorCannotRunJobs()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = await box.TokenAsync("editor@example.com");
        const string Says = "Access Denied: Project sandbox-project: User does not have bigquery.jobs.create permission in project sandbox-project.";
        (await box.QueryAsync("SELECT 1", token: token)).Refused(403, "accessDenied", Says);
        (await box.PostAsync("jobs", GoogleBox.QueryBody("SELECT 1", "e"), token)).Refused(403, "accessDenied", Says);
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit"), "{\"id\":4}"u8.ToArray(), token)).Refused(403, "accessDenied", Says);
        (await box.GetAsync("datasets/existing/tables/fruit/data", token)).Ok();
        (await box.PostAsync("datasets", """{"datasetReference":{"datasetId":"mine"}}""", token)).Ok();
        (await box.ApiAsync("DELETE", "datasets/mine", null, token)).Expect(HttpStatusCode.NoContent);
        (await box.ApiAsync("DELETE", "datasets/existing?deleteContents=true", null, token)).Refused(403, "accessDenied", "bigquery.datasets.delete denied on dataset sandbox-project:existing");
    }

    [Fact]
    public async Task AJobUserSeesNoData()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = await box.TokenAsync("jobs@example.com");
        (await box.QueryAsync("SELECT 1", token: token)).Ok();
        (await box.QueryAsync("SELECT * FROM existing.fruit", token: token)).Refused(403, "accessDenied", "Access Denied: Table sandbox-project:existing.fruit");
        (await box.GetAsync("datasets/existing/tables/fruit", token)).Refused(403, "accessDenied", "Permission bigquery.tables.get denied on table sandbox-project:existing.fruit (or it may not exist).");
        (await box.GetAsync("datasets/existing/tables/fruit/data", token)).Refused(403, "accessDenied");
        (await box.PostAsync("datasets/existing/tables/fruit/insertAll", """{"rows":[{"json":{"id":4}}]}""", token)).Refused(403, "accessDenied");
        (await box.PostAsync("datasets/existing/tables", """{"tableReference":{"tableId":"c"}}""", token)).Refused(403, "accessDenied", "bigquery.tables.create denied on dataset");
        (await box.ApiAsync("PATCH", "datasets/existing/tables/fruit", "{}", token)).Refused(403, "accessDenied");
        (await box.ApiAsync("DELETE", "datasets/existing/tables/fruit", null, token)).Refused(403, "accessDenied");
        var job = (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "j"), "{\"id\":4}"u8.ToArray(), token)).Ok();
        Assert.Equal("accessDenied", (await box.DoneAsync(job.Text("jobReference.jobId"))).Text("status.errorResult.reason"));
        Assert.Equal(0, (await box.GetAsync("datasets", token)).Json.GetProperty("datasets").GetArrayLength());
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
        var other = (await box.QueryAsync("SELECT 1")).Text("jobReference.jobId");
        (await box.GetAsync("jobs/" + other, token)).Refused(403, "accessDenied");
        (await box.GetAsync("jobs?allUsers=true", token)).Refused(403, "accessDenied");
    }

    [Fact]
    public async Task SomebodyWithoutRightsSeesNothing()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = await box.TokenAsync("nobody@example.com");
        Assert.Equal(0, (await box.GetAsync("/bigquery/v2/projects", token)).Ok().Json.GetProperty("projects").GetArrayLength());
        (await box.QueryAsync("SELECT 1", token: token)).Refused(403, "accessDenied");
        (await box.GetAsync("datasets/existing", token)).Refused(403, "accessDenied");
        await box.AdminAsync("principals", """{"email":"nobody@example.com","roles":["dataViewer"],"dataset":"existing"}""");
        (await box.GetAsync("datasets/existing/tables/fruit/data", token)).Ok();
    }

    [Fact]
    public async Task WithoutBillingThereIsNoDml()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("projects", """{"billing":false}""");
        (await box.QueryAsync("DELETE FROM existing.fruit WHERE TRUE")).Refused(403, "billingNotEnabled", "Billing has not been enabled for this project.");
        (await box.QueryAsync("SELECT 1")).Ok();
        Assert.Equal("1", (await box.LoadAsync("existing.fruit", "{\"id\":4}")).Text("statistics.load.outputRows"));
        Assert.Equal(4, (await box.DumpAsync("existing.fruit")).Length);
        await box.AdminAsync("projects", """{"apiEnabled":false}""");
        (await box.GetAsync("datasets")).Refused(403, "accessNotConfigured");
    }
}
