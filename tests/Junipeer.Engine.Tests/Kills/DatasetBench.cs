using System.Net.Http.Json;
using System.Text.Json;
using Junipeer.Demo;
using Junipeer.Export;
using Junipeer.Warehouses.BigQuery;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>Datasets of BigQuery that are filled by runs that break off.</summary>
internal sealed class DatasetBench(KillAccount account, IReadOnlyList<string> resources, KillTally tally) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("junipeer-dataset-kills-").FullName;
    private readonly HttpClient _google = new() { BaseAddress = account.Server.GoogleAdminUri };
    private Dictionary<string, Bookmark> _before = [];
    private string? _dataset;
    private string? _token;
    private int _datasets;
    private int _wrong;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Copy => Path.Combine(_folder, "copy.db");

    public ExportOrder Order => account.Order(ExportTarget.Warehouse, "", resources) with
    {
        Google = new GoogleTarget(account.Server.GoogleUri, account.Server.GoogleProject, _dataset!, _token!),
    };

    public async Task PrepareAsync(KilledPass pass)
    {
        // The clock is put on by every change, so a token must last.
        if (_token is null)
        {
            _token = await TokenAsync();
            (await _google.PostAsJsonAsync("jobs", new { pendingMs = 0, runningMs = 0 }, Stop)).EnsureSuccessStatusCode();
        }

        if (pass == KilledPass.Full || _dataset is null || tally.Wrong.Count > _wrong)
        {
            _wrong = tally.Wrong.Count;
            _dataset = $"kills_{++_datasets}";
            if (pass != KilledPass.Full) await RunAgainAsync("first export");
        }

        if (pass != KilledPass.Full) await account.ChangeAsync();
        _before = await BookmarksAsync();
    }

    public async Task InspectAsync(string step)
    {
        // Bookmarks first: a commit that ends in between may then only have brought more than they say.
        var now = await BookmarksAsync();
        var ended = now.Where(b => b.Value.Watermark is not null && b.Value.Watermark != _before.GetValueOrDefault(b.Key, Bookmark.None).Watermark && b.Value is { Changes: null, Sweep: null } && b.Key != "product-price").Select(b => b.Key).ToArray();
        await CompareAsync($"{step}, as it lay there", ended);
    }

    public async Task RecoverAsync(string step, KilledPass pass)
    {
        await account.ChangeAsync();
        await RunAgainAsync(step);
        if (pass == KilledPass.Full) await RunAgainAsync(step);
        await CompareAsync(step, resources);
    }

    public Task<int> HoldAsync(string resource, string? path, int skip, bool after)
    {
        var match = new Dictionary<string, string> { ["resource"] = resource };
        if (path is { Length: > 0 }) match["pathContains"] = path;
        return FaultAsync(new { kind = "hold", when = after ? "after" : "before", match, skip });
    }

    public async Task<int> FaultAsync(object fault)
    {
        using var answer = await _google.PostAsJsonAsync("faults", fault, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").GetInt32();
    }

    public async Task<int> HitsAsync(int fault) => (await _google.GetFromJsonAsync<JsonElement>($"faults/{fault}", Stop)).GetProperty("hits").GetInt32();

    public async Task<bool> WaitForHoldAsync(int id, WorkingProcess process)
    {
        while (true)
        {
            var hasEnded = process.HasEnded;
            var state = await _google.GetFromJsonAsync<JsonElement>($"faults/{id}?wait={(hasEnded ? 0 : 1)}", Stop);
            if (state.GetProperty("holding").GetInt32() > 0) return true;
            if (hasEnded) return false;
        }
    }

    public async Task ForgetAsync() => (await _google.DeleteAsync("faults", Stop)).EnsureSuccessStatusCode();

    /// <summary>Staging tables that are still there when their day is over.</summary>
    public async Task<IReadOnlyList<string>> LeftAfterADayAsync()
    {
        // The account's clock began ten days ago.
        (await _google.PostAsJsonAsync("clock", new { advanceSeconds = 11 * 86_400 + 3600 }, Stop)).EnsureSuccessStatusCode();
        var left = new List<string>();
        for (var i = 1; i <= _datasets; i++) left.AddRange(await new BigQueryCopy(_google, $"{account.Server.GoogleProject}.kills_{i}", Copy).StagedAsync(Stop));
        return left.Distinct().ToArray();
    }

    public void Dispose()
    {
        _google.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Connects anew, as a person would after a token was revoked.</summary>
    public async Task NewTokenAsync() => _token = await TokenAsync();

    private async Task<string> TokenAsync()
    {
        using var answer = await _google.PostAsJsonAsync("oauth/tokens", new { lifetimeSeconds = 10_000_000 }, Stop);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("accessToken").GetString()!;
    }

    public async Task<Dictionary<string, Bookmark>> BookmarksAsync()
    {
        var secrets = new MemorySecrets();
        await using var warehouse = BigQueryWarehouse.Open(Order.Dataset(secrets), secrets);
        return new Dictionary<string, Bookmark>(await warehouse.ReadBookmarksAsync(Stop));
    }

    public async Task RunAgainAsync(string step)
    {
        var sink = await Order.RunAsync(Stop);
        foreach (var result in sink.Results.Where(r => r.Status != ExportStatus.Completed)) tally.Wrong.Add($"{step}: {result.Resource} {result.Status}: {result.Message}");
    }

    public async Task CompareAsync(string step, IReadOnlyList<string> which)
    {
        if (which.Count == 0) return;
        await new BigQueryCopy(_google, $"{account.Server.GoogleProject}.{_dataset}", Copy).RunAsync(Stop);
        var results = which.Select(r => new ExportResult { Resource = r, Status = ExportStatus.Completed, Mode = "", RunId = "" }).ToArray();
        foreach (var compared in await new Comparison(account.Admin, Copy).CompareAsync(results, Stop))
        {
            if (!compared.IsEqual) tally.Wrong.Add($"{step}: {string.Join("; ", compared.Differences.Take(3))} ({compared.Differences.Count} differences)");
        }
    }
}
