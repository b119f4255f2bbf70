using Junipeer.BigQuery;
using Junipeer.Connections;
using Junipeer.Export;
using Junipeer.Guides;
using Junipeer.Norce;
using Junipeer.Operations;
using Junipeer.Requests;
using Junipeer.Resources;
using Junipeer.Warehouse;

namespace Junipeer;

/// <summary>
/// Everything the engine does, in types both worlds may name. Methods stream what they find into the sink, report faults
/// of single records and resources there, and throw <see cref="JunipeerException"/> when nothing more can be done.
/// </summary>
public interface IJunipeerEngine
{
    /// <summary>The resources of a system, in the order an export takes them.</summary>
    IReadOnlyList<ResourceInfo> GetResources(string system);

    /// <summary>The set-up guides of a pair in any order, of all pairs with one system, or of all pairs.</summary>
    /// <param name="pair">One or two systems; null for all pairs.</param>
    /// <param name="commands">The commands the module has; a guide offers no others.</param>
    /// <exception cref="JunipeerException">There is no such pair.</exception>
    IReadOnlyList<SetupGuide> GetGuides(IReadOnlyList<string>? pair, IReadOnlyCollection<string> commands);

    /// <summary>Makes a connection and keeps its secret; writes the <see cref="JunipeerConnection"/> as it was made.</summary>
    Task ConnectAsync(ConnectRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>The connections this user saved, by name; empty when there are none.</summary>
    IReadOnlyList<JunipeerConnection> GetSavedConnections();

    /// <summary>Makes a connection's tokens worthless, where the system can do that, and deletes what was saved of it.</summary>
    Task ForgetAsync(JunipeerConnection connection, bool forget, bool revoke, IOperationSink sink, CancellationToken stop);

    /// <summary>Checks a connection; writes one <see cref="ConnectionCheck"/> per check.</summary>
    Task TestConnectionAsync(JunipeerConnection connection, IOperationSink sink, CancellationToken stop);

    /// <summary>Searches; writes <see cref="Records.JunipeerRecord"/>s, or one <see cref="long"/> for a count.</summary>
    Task FindAsync(SearchRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Reads by id; writes <see cref="Records.JunipeerRecord"/>s and a fault for every single id that is not there.</summary>
    Task GetAsync(RecordRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>One raw call; writes one <see cref="RawResponse"/>.</summary>
    Task InvokeAsync(RawRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Exports; writes records to the pipeline, or one <see cref="ExportResult"/> per resource.</summary>
    Task ExportAsync(ExportRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Says what an export would do; writes one <see cref="ExportPlan"/> per resource.</summary>
    Task PlanAsync(ExportRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Writes a <see cref="BigQueryDatasetInfo"/> for each dataset of the connection's project, or for the one named.</summary>
    Task GetDatasetsAsync(BigQueryConnection connection, string? name, IOperationSink sink, CancellationToken stop);

    /// <summary>Writes a <see cref="BigQueryTableInfo"/> for each table of a dataset, or for the one named; without details one call serves for all.</summary>
    Task GetTablesAsync(BigQueryConnection connection, string? dataset, string? name, IOperationSink sink, CancellationToken stop);

    /// <summary>Makes a dataset; writes its <see cref="BigQueryDatasetInfo"/>.</summary>
    Task NewDatasetAsync(BigQueryDatasetRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Runs SQL on BigQuery; writes <see cref="QueryRow"/>s, or one <see cref="BigQueryCostInfo"/> for a dry run.</summary>
    Task RunStatementAsync(BigQueryStatement statement, IOperationSink sink, CancellationToken stop);

    /// <summary>Begins to bring rows into a table of BigQuery.</summary>
    IBigQueryImport BeginImport(BigQueryImportRequest request);

    /// <summary>The projects a connection can see, for choosing one; writes their ids as text.</summary>
    Task GetProjectsAsync(BigQueryConnection connection, IOperationSink sink, CancellationToken stop);

    /// <summary>What belongs to Norce alone.</summary>
    INorceEngine Norce { get; }

    /// <summary>Runs SQL on a warehouse, read-only; writes <see cref="QueryRow"/>s.</summary>
    Task QueryAsync(QueryRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Writes <see cref="RunInfo"/>s, newest first.</summary>
    Task GetRunsAsync(WarehouseReference warehouse, IOperationSink sink, CancellationToken stop);

    /// <summary>Writes <see cref="RejectInfo"/>s, newest first.</summary>
    Task GetRejectsAsync(WarehouseReference warehouse, IOperationSink sink, CancellationToken stop);

    /// <summary>Writes <see cref="BookmarkInfo"/>s by resource name.</summary>
    Task GetBookmarksAsync(WarehouseReference warehouse, IOperationSink sink, CancellationToken stop);

    /// <summary>Sets or forgets a bookmark; writes the <see cref="BookmarkInfo"/> that results.</summary>
    Task SetBookmarkAsync(BookmarkChange change, IOperationSink sink, CancellationToken stop);

    /// <summary>Writes a <see cref="FreshnessInfo"/> per resource the warehouse holds.</summary>
    Task TestFreshnessAsync(WarehouseReference warehouse, TimeSpan maximumAge, IOperationSink sink, CancellationToken stop);
}

/// <summary>Makes the engine; the one type the host looks up in the private load context.</summary>
public interface IJunipeerEngineFactory
{
    /// <summary>An engine that keeps its secrets with the host, as far as the host has the place (memory, vault).</summary>
    IJunipeerEngine Create(ISecretStore secrets);
}
