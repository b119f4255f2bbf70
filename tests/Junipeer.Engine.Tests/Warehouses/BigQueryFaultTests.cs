using Junipeer.Engine.Tests.Kills;
using Junipeer.Export;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>What BigQuery and the way to it do wrong: what passes leaves no trace, what does not leaves nothing half-written.</summary>
public sealed class BigQueryFaultTests : IAsyncLifetime
{
    private readonly KillTally _tally = new();
    private KillAccount _account = null!;
    private DatasetBench _bench = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> OfUploads
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var resource in (string[])["upload.start", "upload.chunk"])
            {
                foreach (var kind in (string[])["status", "status-after", "html", "drop-before", "drop-after", "drop-mid-body", "rate-limit"]) all.Add(resource, kind);
            }

            foreach (var kind in (string[])["drop-mid-upload", "fail-mid-upload", "session-gone"]) all.Add("upload.chunk", kind);
            return all;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _account = await KillAccount.StartAsync(25);
        _bench = new DatasetBench(_account, ["order"], _tally);
    }

    public async ValueTask DisposeAsync()
    {
        _bench.Dispose();
        await _account.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(OfUploads))]
    public async Task An_upload_outlives_what_breaks_it(string resource, string kind)
    {
        await _bench.PrepareAsync(KilledPass.Full);
        var name = kind == "status-after" ? "status" : kind;
        var fault = await _bench.FaultAsync(new { kind = name, status = name == "html" ? 502 : name == "status" ? 503 : name == "rate-limit" ? 403 : (int?)null, when = kind == "status-after" ? "after" : (string?)null, bytes = kind.EndsWith("mid-upload", StringComparison.Ordinal) ? 500 : (int?)null, match = new { resource }, times = 2 });
        await EqualAsync(kind);
        Assert.NotEqual(0, await _bench.HitsAsync(fault));
    }

    [Theory]
    [InlineData("drop-after")]
    [InlineData("drop-before")]
    [InlineData("truncate")]
    public async Task A_job_whose_answer_is_lost_runs_once(string kind)
    {
        await _bench.PrepareAsync(KilledPass.Full);
        var fault = await _bench.FaultAsync(new { kind, match = new { resource = "jobs.insert" }, times = 4 });
        var hidden = await _bench.FaultAsync(new { kind = "hide-after-duplicate", match = new { resource = "jobs.insert" }, rows = 2, times = 4 });
        await EqualAsync(kind);
        Assert.Equal(4, await _bench.HitsAsync(fault));
        Assert.True(kind != "drop-after" || await _bench.HitsAsync(hidden) > 0);
    }

    [Theory]
    [InlineData("job-error", "jobBackendError", "\"load\"")]
    [InlineData("job-error", "jobInternalError", "BEGIN TRANSACTION")]
    [InlineData("job-error", "jobRateLimitExceeded", "_junipeer_meta")]
    [InlineData("job-abort", null, "BEGIN TRANSACTION")]
    public async Task A_job_that_failed_in_passing_is_run_again_under_another_id(string kind, string? reason, string of)
    {
        await _bench.PrepareAsync(KilledPass.Full);
        var fault = await _bench.FaultAsync(new { kind, reason, match = new { jobContains = of }, times = 2 });
        await EqualAsync(kind);
        Assert.Equal(2, await _bench.HitsAsync(fault));
    }

    [Theory]
    [InlineData("quota", "jobs.insert", "Junipeer.BigQuery.QuotaExceeded", 3)]
    [InlineData("quota", "upload.start", "Junipeer.BigQuery.QuotaExceeded", 0)]
    [InlineData("revoke-token", "upload.chunk", "Junipeer.Authentication.", 0)]
    [InlineData("revoke-token", "jobs.get", "Junipeer.Authentication.", 3)]
    [InlineData("world", "upload.start", "Junipeer.BigQuery.NotFound", 0)]
    [InlineData("world", "jobs.get", "Junipeer.BigQuery.NotFound", 4)]
    public async Task What_does_not_pass_is_named_and_the_next_run_makes_it_good(string kind, string resource, string error, int skip)
    {
        await _bench.PrepareAsync(KilledPass.Full);
        await _bench.FaultAsync(kind == "world"
            ? new { kind, match = new { resource }, skip, times = 1, actions = new[] { new { @do = "delete-dataset", dataset = _bench.Order.Google!.Dataset } } }
            : (object)new { kind, match = new { resource }, skip, times = kind == "quota" ? (int?)null : 1 });
        var sink = await _bench.Order.RunAsync(Stop);
        Assert.StartsWith(error, Assert.Single(sink.Results).ErrorId);
        Assert.Equal(ExportStatus.Failed, sink.Results[0].Status);

        await _bench.ForgetAsync();
        await _bench.NewTokenAsync();
        Assert.DoesNotContain(await _bench.BookmarksAsync(), b => b.Value.Watermark is not null);
        await EqualAsync(kind);
    }

    [Fact]
    public async Task A_statement_that_would_cost_too_much_fails_before_it_costs_anything()
    {
        await _bench.PrepareAsync(KilledPass.Full);
        var sink = await (_bench.Order with { MaximumBytesBilled = 1 << 20 }).RunAsync(Stop);
        Assert.Equal("Junipeer.BigQuery.TooManyBytes", Assert.Single(sink.Results).ErrorId);
        await EqualAsync("too many bytes");
    }

    [Fact]
    public async Task A_result_tells_jobs_bytes_sent_and_bytes_billed()
    {
        await _bench.PrepareAsync(KilledPass.Full);
        var result = Assert.Single((await _bench.Order.RunAsync(Stop)).Results);
        Assert.InRange(result.Jobs!.Value, 8, 25);
        Assert.InRange(result.BytesLoaded!.Value, 1_000, 10_000_000);
        Assert.InRange(result.BytesBilled!.Value, 10 << 20, 1L << 30);
    }

    private async Task EqualAsync(string step)
    {
        await _bench.RunAgainAsync(step);
        await _bench.CompareAsync(step, ["order"]);
        Assert.Empty(_tally.Wrong);
    }
}
