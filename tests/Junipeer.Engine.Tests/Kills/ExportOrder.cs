using System.Text.Json;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Demo;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Records;
using Junipeer.Warehouses.BigQuery;
using Junipeer.Warehouses.Sqlite;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>A dataset to export to, in place of a file.</summary>
internal sealed record GoogleTarget(Uri BaseUri, string Project, string Dataset, string Token);

/// <summary>One export, to be run here or in a process that will be killed.</summary>
internal sealed record ExportOrder
{
    public const string Variable = "JUNIPEER_TEST_EXPORT";

    public required Uri BaseUri { get; init; }

    public required string Account { get; init; }

    public required string AppReference { get; init; }

    public required string Token { get; init; }

    public required IReadOnlyList<string> Resources { get; init; }

    public required ExportTarget Target { get; init; }

    public required string Path { get; init; }

    /// <summary>The warehouse, where it is no file.</summary>
    public GoogleTarget? Google { get; init; }

    /// <summary>
    /// Commits after every page, so that a small account leaves open passes behind as a large one does; otherwise as the
    /// destination wants.
    /// </summary>
    public bool CommitsEveryPage { get; init; }

    public bool Full { get; init; }

    public long? MaximumBytesBilled { get; init; }

    /// <summary>Documents are read again whatever their dates say.</summary>
    public bool Recheck { get; init; }

    public static ExportOrder? OfThisProcess() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? JsonSerializer.Deserialize<ExportOrder>(text) : null;

    public async Task<ConsoleSink> RunAsync(CancellationToken stop)
    {
        var secrets = new MemorySecrets();
        secrets.Put("kills", Token);
        var request = new ExportRequest
        {
            Connection = new BrightpearlConnection
            {
                Name = "kills",
                BaseUri = BaseUri,
                AccountCode = Account,
                AppReference = AppReference,
                Kind = BrightpearlAuthentication.StaffToken,
                SecretReference = new SecretReference(SecretPlace.Memory, "kills"),
            },
            Resources = Resources,
            Target = Target,
            Path = Google is null ? Path : null,
            Warehouse = Google is null ? null : Dataset(secrets),
            QuotaShare = 1,
            Full = Full,
            MaximumBytesBilled = MaximumBytesBilled,

            // A change of price shows no date, so only a snapshot tells of it.
            FullEvery = TimeSpan.Zero,
            RecheckEvery = Recheck ? TimeSpan.Zero : TimeSpan.FromDays(60),
        };
        var sink = new ConsoleSink();
        if (CommitsEveryPage) await RunWithManyCommitsAsync(request, secrets, sink, stop);
        else await new JunipeerEngineFactory().Create(secrets).ExportAsync(request, sink, stop);
        return sink;
    }

    public BigQueryConnection Dataset(MemorySecrets secrets) => new()
    {
        Name = "kills-warehouse",
        Project = Google!.Project,
        Dataset = Google.Dataset,
        Location = "EU",
        Kind = BigQueryAuthentication.AccessToken,
        BaseUri = Google.BaseUri,
        SecretReference = secrets.Put("google", Google.Token),
    };

    // As the engine's own front does it, but for the pace of the destination.
    private static async Task RunWithManyCommitsAsync(ExportRequest request, ISecretStore secrets, ConsoleSink sink, CancellationToken stop)
    {
        var resources = JunipeerEngine.Resolve(request.Resources);
        IDestination inner = request.Target == ExportTarget.Files ? FileDestination.Open(request.Path!)
            : request.Warehouse is BigQueryConnection dataset ? BigQueryWarehouse.Open(dataset, secrets)
            : SqliteWarehouse.Open(request.Path!, "");
        await using var destination = new HastyDestination(inner);
        var client = new BrightpearlClient((BrightpearlConnection)request.Connection, secrets, request.QuotaShare);
        await using var source = new BrightpearlSource(client, resources.Select(r => r.Name).ToArray());
        await new Exporter(source, destination, request, sink).RunAsync(resources, stop);
    }

    /// <summary>A destination that wants a commit after every page.</summary>
    private sealed class HastyDestination(IDestination inner) : IDestination
    {
        public RecordForm Form => inner.Form;

        public CommitPace Pace { get; } = new(TimeSpan.Zero, 1);

        public Task<IResourceWriter> OpenAsync(ResourceSchema schema, RunContext run, CancellationToken stop) => inner.OpenAsync(schema, run, stop);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
