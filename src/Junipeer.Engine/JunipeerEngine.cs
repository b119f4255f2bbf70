using Junipeer.BigQuery;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Connections.Checks;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Guides;
using Junipeer.Http;
using Junipeer.Norce;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Requests;
using Junipeer.Resources;
using Junipeer.Warehouse;
using Junipeer.Warehouses;
using Junipeer.Warehouses.BigQuery;
using Junipeer.Warehouses.Sqlite;

namespace Junipeer;

/// <summary>Makes the engine; found by name in the private load context.</summary>
public sealed class JunipeerEngineFactory : IJunipeerEngineFactory
{
    /// <inheritdoc/>
    public IJunipeerEngine Create(ISecretStore secrets) => new JunipeerEngine(new SecretStores(secrets));
}

/// <summary>The engine's front: each method opens what it needs, does one thing, and closes.</summary>
internal sealed class JunipeerEngine(ISecretStore secrets) : IJunipeerEngine
{
    public INorceEngine Norce { get; } = new NorceEngine(secrets);

    public IReadOnlyList<ResourceInfo> GetResources(string system) =>
        system.Equals(Catalogue.System, StringComparison.OrdinalIgnoreCase)
            ? Catalogue.Entries.Select(e => e.Resource.Info).ToArray()
            : throw new JunipeerException(new JunipeerFault(
                "Junipeer.System.Unknown", FaultCategory.InvalidArgument, $"There is no catalogue for '{system}'.", "Use Brightpearl.") { Target = system });

    public IReadOnlyList<SetupGuide> GetGuides(IReadOnlyList<string>? pair, IReadOnlyCollection<string> commands) => GuideBook.Read(pair, commands);

    public async Task ConnectAsync(ConnectRequest request, IOperationSink sink, CancellationToken stop)
    {
        var made = await new Connector(secrets).ConnectAsync(request, sink, stop).ConfigureAwait(false);
        await sink.WriteAsync(made, stop).ConfigureAwait(false);
    }

    public IReadOnlyList<JunipeerConnection> GetSavedConnections() => ConnectionBook.Read();

    public async Task ForgetAsync(JunipeerConnection connection, bool forget, bool revoke, IOperationSink sink, CancellationToken stop)
    {
        if (revoke && connection is BigQueryConnection { Kind: BigQueryAuthentication.User } google)
        {
            using var secret = await secrets.ReadAsync(connection.SecretReference, stop).ConfigureAwait(false);
            if (secret is not null && SecretDocument.Parse(secret) is { } document) await BigQuerySignIn.RevokeAsync(google, document, sink, stop).ConfigureAwait(false);
        }
        else if (revoke && connection is NorceConnection)
            sink.Warning("Norce has no call that revokes tokens; its tokens end within the hour. Remove the OAuth user, or its secret, in the admin site (Settings, Users, OAUTH) to make the client worthless.");
        else if (revoke)
            sink.Warning($"{connection.System} has no call that revokes tokens; remove the app from the account (App Store > Installed apps), or change the token there, to make them worthless.");
        if (forget) await new Connector(secrets).ForgetAsync(connection, stop).ConfigureAwait(false);
    }

    public async Task TestConnectionAsync(JunipeerConnection connection, IOperationSink sink, CancellationToken stop)
    {
        foreach (var check in await Doctor.RunAsync(connection, secrets, sink, stop).ConfigureAwait(false)) await sink.WriteAsync(check, stop).ConfigureAwait(false);
    }

    public async Task FindAsync(SearchRequest request, IOperationSink sink, CancellationToken stop)
    {
        await using var client = ClientOf(request.Connection, request.QuotaShare);
        await new BrightpearlFinder(client, new RequestLedger(), sink).FindAsync(request, stop).ConfigureAwait(false);
    }

    public async Task GetAsync(RecordRequest request, IOperationSink sink, CancellationToken stop)
    {
        await using var client = ClientOf(request.Connection, request.QuotaShare);
        await new BrightpearlGetter(client, new RequestLedger(), sink).GetAsync(request, stop).ConfigureAwait(false);
    }

    public async Task InvokeAsync(RawRequest request, IOperationSink sink, CancellationToken stop)
    {
        await using var client = ClientOf(request.Connection, request.QuotaShare);
        var answer = await client.SendRawAsync(request, new RequestLedger(), sink, stop).ConfigureAwait(false);
        await sink.WriteAsync(answer, stop).ConfigureAwait(false);
    }

    public async Task ExportAsync(ExportRequest request, IOperationSink sink, CancellationToken stop)
    {
        ExportRules.Check(request);
        await using var source = await SourceOf(request, sink, stop).ConfigureAwait(false);
        var resources = ChosenOf(source, request);
        await using var destination = DestinationOf(request, sink);
        await new Exporter(source, destination, request, sink).RunAsync(resources, stop).ConfigureAwait(false);
    }

    public async Task PlanAsync(ExportRequest request, IOperationSink sink, CancellationToken stop)
    {
        ExportRules.Check(request);
        await using var source = await SourceOf(request, sink, stop).ConfigureAwait(false);
        var resources = ChosenOf(source, request);
        await using var warehouse = request.Target == ExportTarget.Warehouse && (request.Warehouse is BigQueryConnection || File.Exists(ExportRules.RequireSqlite(request.Path, request.Warehouse)))
            ? OpenWarehouse(request.Path, request.Warehouse, request.TablePrefix)
            : null; // a file that is not there has no bookmarks, and a plan makes none
        await new ExportForecast(source, request, warehouse, sink).RunAsync(resources, stop).ConfigureAwait(false);
    }

    public async Task GetProjectsAsync(BigQueryConnection connection, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new BigQueryClient(connection, secrets);
        await new BigQueryCatalog(client, sink).ProjectsAsync(stop).ConfigureAwait(false);
    }

    public async Task GetDatasetsAsync(BigQueryConnection connection, string? name, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new BigQueryClient(connection, secrets);
        await new BigQueryCatalog(client, sink).DatasetsAsync(name, stop).ConfigureAwait(false);
    }

    public async Task GetTablesAsync(BigQueryConnection connection, string? dataset, string? name, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new BigQueryClient(connection, secrets);
        await new BigQueryCatalog(client, sink).TablesAsync(dataset, name, stop).ConfigureAwait(false);
    }

    public async Task NewDatasetAsync(BigQueryDatasetRequest request, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new BigQueryClient(request.Connection, secrets);
        await new BigQueryCatalog(client, sink).NewDatasetAsync(request, stop).ConfigureAwait(false);
    }

    public async Task RunStatementAsync(BigQueryStatement statement, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new BigQueryClient(statement.Connection, secrets);
        var reader = new BigQueryReader(client, sink);
        if (statement.DryRun) await sink.WriteAsync(await reader.CostAsync(statement, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        else await reader.RunAsync(statement.Sql, statement.Parameters, null, sink, stop, statement.MaximumBytesBilled).ConfigureAwait(false);
    }

    public IBigQueryImport BeginImport(BigQueryImportRequest request) => new BigQueryImport(new BigQueryClient(request.Connection, secrets), request);

    public async Task QueryAsync(QueryRequest request, IOperationSink sink, CancellationToken stop)
    {
        await using var warehouse = WarehouseOf(request.Warehouse);
        await warehouse.QueryAsync(request, sink, stop).ConfigureAwait(false);
    }

    public async Task GetRunsAsync(WarehouseReference warehouse, IOperationSink sink, CancellationToken stop)
    {
        await using var opened = WarehouseOf(warehouse);
        await foreach (var run in opened.RunsAsync(stop).ConfigureAwait(false)) await sink.WriteAsync(run, stop).ConfigureAwait(false);
    }

    public async Task GetRejectsAsync(WarehouseReference warehouse, IOperationSink sink, CancellationToken stop)
    {
        await using var opened = WarehouseOf(warehouse);
        await foreach (var reject in opened.RejectsAsync(stop).ConfigureAwait(false)) await sink.WriteAsync(reject, stop).ConfigureAwait(false);
    }

    public async Task GetBookmarksAsync(WarehouseReference warehouse, IOperationSink sink, CancellationToken stop)
    {
        await using var opened = WarehouseOf(warehouse);
        await foreach (var bookmark in opened.BookmarksAsync(stop).ConfigureAwait(false)) await sink.WriteAsync(bookmark, stop).ConfigureAwait(false);
    }

    public async Task SetBookmarkAsync(BookmarkChange change, IOperationSink sink, CancellationToken stop)
    {
        await using var opened = WarehouseOf(change.Warehouse);
        await sink.WriteAsync(await opened.SetBookmarkAsync(change, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
    }

    public async Task TestFreshnessAsync(WarehouseReference warehouse, TimeSpan maximumAge, IOperationSink sink, CancellationToken stop)
    {
        await using var opened = WarehouseOf(warehouse);
        await foreach (var freshness in opened.FreshnessAsync(maximumAge, stop).ConfigureAwait(false)) await sink.WriteAsync(freshness, stop).ConfigureAwait(false);
    }

    /// <summary>The resources named, each once, in the catalogue's order, so that parents come before what hangs on them.</summary>
    internal static IReadOnlyList<SourceResource> Resolve(IReadOnlyList<string> names)
    {
        var wanted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            if (name.Equals("Standard", StringComparison.OrdinalIgnoreCase))
                wanted.UnionWith(Catalogue.Entries.Where(e => e.Resource.Info.Tier == ResourceTier.Standard).Select(e => e.Name));
            else wanted.Add(Catalogue.Require(name).Name);
        }

        return Catalogue.Entries.Where(e => wanted.Contains(e.Name)).Select(e => e.Resource).ToArray();
    }

    private IWarehouse WarehouseOf(WarehouseReference reference) => OpenWarehouse(reference.Path, reference.Connection, reference.TablePrefix);

    private IWarehouse OpenWarehouse(string? path, JunipeerConnection? connection, string prefix) => connection is BigQueryConnection bigQuery
        ? BigQueryWarehouse.Open(bigQuery, secrets, prefix)
        : SqliteWarehouse.Open(ExportRules.RequireSqlite(path, connection), prefix);

    private IDestination DestinationOf(ExportRequest request, IOperationSink sink) => request.Target switch
    {
        ExportTarget.Files => FileDestination.Open(request.Path!, request.Compress),
        ExportTarget.Warehouse => OpenWarehouse(request.Path, request.Warehouse, request.TablePrefix),
        _ => new PipelineDestination(sink, !request.NoPayload),
    };

    private async Task<IRecordSource> SourceOf(ExportRequest request, IOperationSink sink, CancellationToken stop)
    {
        if (request.Connection is NorceConnection norce) return await NorceSource.OpenAsync(new NorceClient(norce, secrets), request.Resources, sink, stop).ConfigureAwait(false);
        var resources = Resolve(request.Resources);
        var client = ClientOf(request.Connection, request.QuotaShare);
        return new BrightpearlSource(client, resources.Select(r => r.Name).ToArray());
    }

    private static IReadOnlyList<SourceResource> ChosenOf(IRecordSource source, ExportRequest request) => source is NorceSource ? source.Resources : Resolve(request.Resources);

    private BrightpearlClient ClientOf(JunipeerConnection connection, double? share) => new(Require(connection), secrets, share);

    private static BrightpearlConnection Require(JunipeerConnection connection) => connection as BrightpearlConnection
        ?? throw new JunipeerException(new JunipeerFault(
            "Junipeer.Connection.WrongSystem",
            FaultCategory.InvalidArgument,
            $"'{connection.Name}' is a connection to {connection.System}; this needs one to Brightpearl.",
            "Name a Brightpearl connection with -Connection, or make one with Connect-Brightpearl.")
        { Target = connection.Name });
}
