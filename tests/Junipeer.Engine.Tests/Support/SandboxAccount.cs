using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Demo;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Http;
using Junipeer.Sandbox;
using Junipeer.Warehouse;
using Junipeer.Warehouses.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Junipeer.Tests.Support;

/// <summary>
/// A Brightpearl account of its own, the engine connected to it, and a folder that is gone after the test: what a test needs
/// to export, to change the account or make it misbehave, to count its requests, and to compare what came out with its truth.
/// </summary>
internal sealed class SandboxAccount : IAsyncDisposable
{
    /// <summary>Short pauses, so that a test of many retries takes no minute.</summary>
    public static readonly HttpOptions Quick = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(20),
        MostDelay = TimeSpan.FromMilliseconds(100),
        AttemptTimeout = TimeSpan.FromSeconds(30),
    };

    private readonly MemorySecrets _secrets = new();
    private readonly HttpClient _admin;

    private SandboxAccount(SandboxServer server)
    {
        Server = server;
        _admin = new HttpClient { BaseAddress = server.AdminUri };
        _secrets.Put("test", server.StaffToken);
        _secrets.Put("wrong", "not-the-token");
        Engine = new JunipeerEngineFactory().Create(_secrets);
        Connection = new BrightpearlConnection
        {
            Name = "test",
            BaseUri = server.BrightpearlUri,
            AccountCode = server.Account,
            AppReference = server.AppReference,
            Kind = BrightpearlAuthentication.StaffToken,
            SecretReference = new SecretReference(SecretPlace.Memory, "test"),
        };
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public SandboxServer Server { get; }

    public IJunipeerEngine Engine { get; }

    public BrightpearlConnection Connection { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("junipeer-").FullName;

    public string Database => Path.Combine(Folder, "warehouse.db");

    public string Files => Path.Combine(Folder, "files");

    public WarehouseReference Warehouse => new() { Path = Database };

    /// <summary>Starts an account; the quota is no subject unless a test makes it one.</summary>
    public static async Task<SandboxAccount> StartAsync(
        int orders = 200, int quota = 100_000, TimeSpan? window = null, string timeZone = "America/Chicago", DateTimeOffset? start = null, params (string Name, string Value)[] quirks) =>
        new(await SandboxServer.StartAsync(
            new SandboxOptions
            {
                Port = 0,
                Orders = orders,
                Quota = quota,
                QuotaWindow = window ?? TimeSpan.FromSeconds(60),
                TimeZone = timeZone,
                Start = start,
                Quirks = quirks.ToDictionary(q => q.Name, q => q.Value),
            },
            Stop));

    /// <summary>An export into the warehouse.</summary>
    public ExportRequest Request(params string[] resources) => new()
    {
        Connection = Connection,
        Resources = resources,
        Target = ExportTarget.Warehouse,
        Path = Database,
        QuotaShare = 1,
    };

    public Task<ExportLog> ExportAsync(params string[] resources) => ExportAsync(Request(resources));

    public async Task<ExportLog> ExportAsync(ExportRequest request, ExportLog? log = null, CancellationToken? stop = null)
    {
        log ??= new ExportLog();
        await Engine.ExportAsync(request, log, stop ?? Stop);
        return log;
    }

    /// <summary>The same export with other pauses or another warehouse, put together as the engine does.</summary>
    public async Task<ExportLog> ExportQuicklyAsync(ExportRequest request, Func<SqliteOptions, SqliteOptions>? change = null, HttpOptions? http = null)
    {
        var log = new ExportLog();
        ExportRules.Check(request);
        var resources = JunipeerEngine.Resolve(request.Resources);
        await using IDestination destination = request.Target switch
        {
            ExportTarget.Files => FileDestination.Open(request.Path!, request.Compress),
            ExportTarget.Warehouse => SqliteWarehouse.Open(request.Path!, request.TablePrefix, change?.Invoke(new SqliteOptions()) ?? new SqliteOptions()),
            _ => new PipelineDestination(log, !request.NoPayload),
        };
        var client = new BrightpearlClient((BrightpearlConnection)request.Connection, _secrets, request.QuotaShare, http ?? Quick);
        await using var source = new BrightpearlSource(client, resources.Select(r => r.Name).ToArray());
        await new Exporter(source, destination, request, log).RunAsync(resources, Stop);
        return log;
    }

    public Task<ExportLog> ExportQuicklyAsync(params string[] resources) => ExportQuicklyAsync(Request(resources));

    /// <summary>Changes the account; gives the ids each action touched.</summary>
    public async Task<long[][]> WorldAsync(params object[] actions) =>
        (await PostAsync("world", new { actions })).GetProperty("results").EnumerateArray().Select(r => r.GetProperty("ids").EnumerateArray().Select(i => i.GetInt64()).ToArray()).ToArray();

    /// <summary>Makes something go wrong from now on; gives the fault's id.</summary>
    public async Task<int> FaultAsync(object fault) => (await PostAsync("faults", fault)).GetProperty("id").GetInt32();

    /// <summary>Waits until a fault has done its work on so many requests.</summary>
    public async Task AwaitFaultAsync(int id, int hits = 1)
    {
        var state = await GetAsync($"faults/{id}?wait=60&hits={hits}");
        Assert.True(state.GetProperty("hits").GetInt32() >= hits, $"The fault was never met: {state}");
    }

    /// <summary>How many requests a fault struck.</summary>
    public async Task<int> HitsAsync(int id) => (await GetAsync($"faults/{id}")).GetProperty("hits").GetInt32();

    public async Task ClearFaultsAsync() => (await _admin.DeleteAsync("faults", Stop)).EnsureSuccessStatusCode();

    public async Task QuirkAsync(string name, object value) =>
        (await _admin.PutAsJsonAsync("quirks", new Dictionary<string, object> { [name] = value }, Stop)).EnsureSuccessStatusCode();

    /// <summary>Lets time pass in the account.</summary>
    public Task AdvanceAsync(TimeSpan time) => PostAsync("clock", new { advanceSeconds = (long)time.TotalSeconds });

    /// <summary>What the account's own clock says.</summary>
    public async Task<DateTimeOffset> NowAsync() => (await GetAsync("clock")).GetProperty("now").GetDateTimeOffset();

    /// <summary>Requests since the last call, by verb and resource.</summary>
    public async Task<SortedDictionary<string, long>> TakeRequestsAsync()
    {
        var counts = await GetAsync("counters");
        await PostAsync("counters/reset", new { });
        return new SortedDictionary<string, long>(counts.GetProperty("byKey").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetInt64()), StringComparer.Ordinal);
    }

    /// <summary>Compares the warehouse with the account; an empty list is equality.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(params string[] resources)
    {
        var comparison = new Comparison(_admin, Database);
        var results = resources.Select(r => new ExportResult { Resource = r, Status = ExportStatus.Completed, Mode = "", RunId = "" }).ToArray();
        return (await comparison.CompareAsync(results, Stop)).SelectMany(c => c.Differences).ToArray();
    }

    /// <summary>Every table of these resources holds what the account holds, each record once.</summary>
    public async Task AssertEqualAsync(params string[] resources)
    {
        var differences = await DifferencesAsync(resources);
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(10)));
    }

    public async Task<IReadOnlyList<JsonElement>> DumpAsync(string resource)
    {
        var documents = new List<JsonElement>();
        await foreach (var document in new Comparison(_admin, Database).DumpAsync(resource, Stop)) documents.Add(document);
        return documents;
    }

    public async Task<BookmarkInfo?> BookmarkAsync(string resource)
    {
        if (!File.Exists(Database)) return null;
        var log = new ExportLog();
        await Engine.GetBookmarksAsync(Warehouse, log, Stop);
        return log.Written.OfType<BookmarkInfo>().SingleOrDefault(b => b.Resource == resource);
    }

    /// <summary>Rows of a query on the warehouse, values joined by <c>|</c>, null as <c>-</c>.</summary>
    public string[] Query(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows.ToArray();
    }

    public string One(string sql) => Assert.Single(Query(sql));

    /// <summary>Changes the warehouse behind the engine's back.</summary>
    public int Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Makes a clock of a bookmark older, as if the last pass had been so long ago.</summary>
    public void Age(string resource, string clock, TimeSpan by)
    {
        var at = DateTimeOffset.Parse(One($"SELECT {clock} FROM _junipeer_bookmarks WHERE resource='{resource}' AND slot='clocks'"), CultureInfo.InvariantCulture) - by;
        Assert.Equal(1, Execute($"UPDATE _junipeer_bookmarks SET {clock}='{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}' WHERE resource='{resource}' AND slot='clocks'"));
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await _admin.PostAsJsonAsync(path, body, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await _admin.GetStringAsync(path, Stop)).RootElement;

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return connection;
    }
}
