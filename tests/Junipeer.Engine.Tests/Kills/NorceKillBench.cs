using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Norce;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>A Norce tenant into which processes import that die. Every death has a data folder of its own.</summary>
internal sealed class NorceKillBench : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("junipeer-norce-kills-").FullName;
    private readonly SandboxServer _server;
    private readonly HttpClient _query = new();
    private IReadOnlyList<string> _parts = [];
    private int _homes;
    private int _time;

    private NorceKillBench(SandboxServer server, KillTally tally)
    {
        (_server, Tally) = (server, tally);
        Admin = new HttpClient { BaseAddress = server.NorceAdminUri };
    }

    public KillTally Tally { get; }

    public HttpClient Admin { get; }

    public string Home { get; private set; } = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<NorceKillBench> StartAsync(KillTally tally)
    {
        var bench = new NorceKillBench(await SandboxServer.StartAsync(new SandboxOptions { Port = 0, Orders = 20 }, Stop), tally);
        await bench.PostAsync("limits", new { tokensPerMinute = 1_000_000 });
        await bench.SetJobsAsync(running: 0);
        var token = (await bench.PostAsync("tokens", new { client = bench._server.NorceClientId, scopes = new[] { bench._server.NorceEnvironment }, lifetimeSeconds = 100_000 })).GetProperty("accessToken").GetString();
        bench._query.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        bench._query.DefaultRequestHeaders.Add("application-id", bench._server.NorceApplicationId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        bench._parts = (await bench.DumpAsync("Products/ProductSkus")).Select(r => r.GetProperty("PartNo").GetString()!).Order(StringComparer.Ordinal).Take(16).ToArray();
        return bench;
    }

    /// <summary>A new data folder, as on a machine that never imported.</summary>
    public void MoveHome() => Directory.CreateDirectory(Home = Path.Combine(_folder, $"home{++_homes}"));

    /// <summary>Rows that were never sent before: those of the same articles, or those of another day.</summary>
    public NorceInput Next(NorceImportKind kind, int shift = 0) => new(kind, _parts, ++_time, shift);

    /// <summary>The order of a process that imports.</summary>
    public ImportOrder Order(NorceImportKind kind, NorceInput input)
    {
        input.WriteTo(Path.Combine(Home, "rows.ndjson"));
        return Order() with { Kind = kind };
    }

    public ImportOrder Order() => new()
    {
        Home = Home,
        File = Path.Combine(Home, "rows.ndjson"),
        ClientSecret = _server.NorceClientSecret,
        Connection = new NorceConnection
        {
            Name = "kills",
            Tenant = _server.NorceSlug,
            Environment = NorceEnvironment.Playground,
            BaseUri = _server.NorceUri,
            ClientId = _server.NorceClientId,
            Scope = _server.NorceEnvironment,
            ApplicationId = _server.NorceApplicationId,
            AccountId = _server.NorceAccountId,
            AllowPayment = true,
            SecretReference = new SecretReference(SecretPlace.Memory, "kills"),
        },
    };

    /// <summary>Starts a process that dies at a step. False when it never came there.</summary>
    public async Task<bool> KillAsync(ImportOrder order, ImportStep step, int delay = 0)
    {
        int? hold = step.Resource is { } resource
            ? (await PostAsync("faults", new { kind = "hold", when = step.Moment == Moment.Before ? "before" : "after", match = new { resource }, skip = step.Skip })).GetProperty("id").GetInt32()
            : null;
        using var process = WorkingProcess.Start(step.DieAt is null ? order : order with { DieAt = step.DieAt, Skip = step.Skip });
        bool hit;
        if (hold is { } frozen)
        {
            hit = await WaitForHoldAsync(frozen, process);
            if (step.Moment == Moment.After)
            {
                await PostAsync($"faults/{frozen}/release", new { });
                await KillBench.DelayAsync(delay);
            }

            process.Kill();
            (await Admin.DeleteAsync("faults", Stop)).EnsureSuccessStatusCode();
        }
        else
        {
            await process.WaitAsync(Stop);
            hit = process.ExitCode == 128 + 9;
        }

        if (!hit)
        {
            Tally.Wrong.Add($"{step}: the process ended without coming there. {process.Said} {string.Join(" | ", process.Results)}");
            return false;
        }

        if (step.TornLine) Tear(Assert.Single(Left(".journal")));
        if (step.HalfBody) File.Move(Left(".json").Last(), Left(".json").Last() + ".1.tmp");
        return true;
    }

    /// <summary>Runs to its own end and gives what it said.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(ImportOrder order)
    {
        using var process = WorkingProcess.Start(order);
        await process.WaitAsync(Stop);
        return process.Results.Count > 0 ? process.Results : [process.Said];
    }

    /// <summary>What is in the folder of journals.</summary>
    public IReadOnlyList<string> Left(string ending = "") =>
        Directory.Exists(Path.Combine(Home, "norce")) ? Directory.GetFiles(Path.Combine(Home, "norce"), "*" + ending, SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray() : [];

    public Task SetJobsAsync(int running) => PostAsync("jobs", new { queuedMs = 0, validatingMs = 0, runningMs = running });

    public async Task<long> CountAsync(string operation) =>
        (await Admin.GetFromJsonAsync<JsonElement>("counters", Stop)).GetProperty("requests").TryGetProperty(operation, out var outcomes) ? outcomes.EnumerateObject().Sum(o => o.Value.GetInt64()) : 0;

    /// <summary>The sandbox's own truth, by key.</summary>
    public async Task<Dictionary<string, Dictionary<string, string?>>> TruthAsync(NorceImportKind kind) => ByKey(kind, await DumpAsync(NorceInput.SetOf(kind).Set));

    /// <summary>What anybody reads through Query, by key.</summary>
    public async Task<Dictionary<string, Dictionary<string, string?>>> ReadAsync(NorceImportKind kind)
    {
        var rows = new List<JsonElement>();
        for (var link = $"commerce/query/2.0/{NorceInput.SetOf(kind).Set}"; link is not null;)
        {
            var page = await _query.GetFromJsonAsync<JsonElement>(new Uri(_server.NorceUri, link), Stop);
            rows.AddRange(page.GetProperty("value").EnumerateArray());
            link = page.TryGetProperty("@odata.nextLink", out var next) ? new Uri(next.GetString()!).PathAndQuery : null;
        }

        return ByKey(kind, rows);
    }

    public async Task<IReadOnlyList<JsonElement>> DumpAsync(string set) =>
        (await Admin.GetStringAsync("dump/" + set, Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToArray();

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Admin.PostAsJsonAsync(path, body, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        _query.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // A row that is there twice fails here.
    private static Dictionary<string, Dictionary<string, string?>> ByKey(NorceImportKind kind, IEnumerable<JsonElement> rows)
    {
        var (_, key, fields) = NorceInput.SetOf(kind);
        return rows.ToDictionary(r => string.Join('/', key.Select(k => NorceInput.TextOf(r.GetProperty(k)))), r => fields.ToDictionary(f => f, f => NorceInput.TextOf(r.GetProperty(f))));
    }

    private static void Tear(string journal)
    {
        var text = File.ReadAllText(journal).TrimEnd('\n');
        File.WriteAllText(journal, text[..(text.LastIndexOf('\n') + 1 + ((text.Length - text.LastIndexOf('\n')) / 2))]);
    }

    private async Task<bool> WaitForHoldAsync(int id, WorkingProcess process)
    {
        while (true)
        {
            var hasEnded = process.HasEnded;
            var state = await Admin.GetFromJsonAsync<JsonElement>($"faults/{id}?wait={(hasEnded ? 0 : 1)}", Stop);
            if (state.GetProperty("holding").GetInt32() > 0) return true;
            if (hasEnded) return false;
        }
    }
}
