using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Norce;
using Junipeer.Norce.Importing;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Sandbox;
using Junipeer.Sandbox.Hosting;
using Junipeer.Tests.Connections;
using Xunit;

namespace Junipeer.Tests.Norce;

/// <summary>A sandbox's Norce side, a connection to it, and everything the engine says while it works.</summary>
internal sealed class NorceBox : IAsyncDisposable
{
    /// <summary>Short pauses, so that a test of retries takes no minute.</summary>
    public static readonly HttpOptions Quick = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(20),
        MostDelay = TimeSpan.FromMilliseconds(100),
        AttemptTimeout = TimeSpan.FromSeconds(20),
        OutageRetries = 2,
    };

    private static readonly HttpClient Http = new();

    private NorceBox(SandboxServer server)
    {
        Server = server;
        Connection = new NorceConnection
        {
            Name = "main",
            Tenant = server.NorceSlug,
            Environment = NorceEnvironment.Playground,
            BaseUri = server.NorceUri,
            ClientId = server.NorceClientId,
            Scope = server.NorceEnvironment,
            ApplicationId = server.NorceApplicationId,
            AccountId = server.NorceAccountId,
            SecretReference = new SecretReference(SecretPlace.Memory, "norce-" + Guid.NewGuid().ToString("N")),
        };
        Shelf[Connection.SecretReference] = new SecretDocument { ClientSecret = server.NorceClientSecret };
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public SandboxServer Server { get; }

    public NorceConnection Connection { get; set; }

    public Shelf Shelf { get; } = new();

    public Results Sink { get; } = new();

    /// <summary>A world of a tenth as many articles as there are orders, and of sixty at least.</summary>
    public static async Task<NorceBox> StartAsync(int orders = 20) => new(await SandboxServer.StartAsync(new SandboxOptions { Port = 0, Orders = orders }, Stop));

    public NorceClient Client(NorceConnection? connection = null) => new(connection ?? Connection, Shelf, Quick);

    /// <summary>Searches as Find-NorceRecord does.</summary>
    public async Task<IReadOnlyList<JunipeerRecord>> FindAsync(string set, string? filter = null, Func<NorceQuery, NorceQuery>? with = null)
    {
        await using var client = Client();
        var query = new NorceQuery { Connection = Connection, Resource = set, FilterText = filter };
        var sink = new Results();
        await new NorceFinder(client, sink).FindAsync(with?.Invoke(query) ?? query, Stop);
        return sink.Of<JunipeerRecord>();
    }

    /// <summary>Imports as Invoke-NorceImport does; what became of it is in <see cref="Sink"/>.</summary>
    public async Task ImportAsync(NorceImportKind kind, IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, Func<NorceImportRequest, NorceImportRequest>? with = null)
    {
        var request = new NorceImportRequest { Connection = Connection, Kind = kind };
        await using var import = new NorceImport(Client(), with?.Invoke(request) ?? request);
        await import.WriteAsync(rows, Sink, Stop);
        await import.CompleteAsync(Sink, Stop);
    }

    /// <summary>A row of an import.</summary>
    public static IReadOnlyDictionary<string, object?> Row(params (string Name, object? Value)[] fields) =>
        fields.ToDictionary(f => f.Name, f => f.Value, StringComparer.OrdinalIgnoreCase);

    public static async Task<JunipeerFault> FaultOf(Func<Task> act) => (await Assert.ThrowsAsync<JunipeerException>(act)).Fault;

    public async Task<JsonElement> AdminAsync(string path, object? body = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? (body is null ? HttpMethod.Get : HttpMethod.Post), new Uri(Server.NorceAdminUri, path));
        if (body is not null) request.Content = JsonContent.Create(body);
        using var answer = await Http.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>How often an operation was asked for, whatever came of it.</summary>
    public async Task<long> CountAsync(string operation) =>
        (await AdminAsync("counters")).GetProperty("requests").TryGetProperty(operation, out var outcomes) ? outcomes.EnumerateObject().Sum(o => o.Value.GetInt64()) : 0;

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Keeps results and words.</summary>
    internal sealed class Results : IOperationSink
    {
        private readonly ConcurrentQueue<object> _results = new();

        public ConcurrentQueue<string> Words { get; } = new();

        public ConcurrentQueue<string> Warnings { get; } = new();

        public ConcurrentQueue<JunipeerFault> Faults { get; } = new();

        public IReadOnlyList<T> Of<T>() => _results.OfType<T>().ToArray();

        public NorceJob Job => Assert.Single(Of<NorceJob>());

        public IReadOnlyList<NorceRefusedRow> Refused => Of<NorceRefusedRow>();

        public string Everything => string.Join('\n', Words.Concat(Warnings).Concat(Faults.Select(f => f.ToString())).Concat(_results.Select(r => r.ToString())));

        public ValueTask WriteAsync(object result, CancellationToken stop)
        {
            _results.Enqueue(result);
            return ValueTask.CompletedTask;
        }

        public void Fault(JunipeerFault fault) => Faults.Enqueue(fault);

        public void Warning(string message) => Warnings.Enqueue(message);

        public void Verbose(string message) => Words.Enqueue(message);

        public void Debug(string message) => Words.Enqueue(message);

        public void Progress(OperationProgress progress)
        {
        }
    }
}
