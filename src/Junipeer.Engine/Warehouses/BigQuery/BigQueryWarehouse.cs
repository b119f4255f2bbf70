using System.Runtime.CompilerServices;
using Junipeer.BigQuery;
using Junipeer.Connections;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>A dataset of BigQuery as a warehouse; the same tables, state and promises as the SQLite file.</summary>
public sealed class BigQueryWarehouse : IWarehouse
{
    private readonly BigQueryClient _client;
    private readonly string _prefix;
    private readonly LeaseRules _rules;
    private readonly List<BigQueryResourceWriter> _writers = [];
    private readonly WarehouseStart _start = new();

    private BigQueryWarehouse(BigQueryClient client, string prefix, LeaseRules rules) => (_client, _prefix, _rules) = (client, prefix, rules);

    /// <inheritdoc/>
    public RecordForm Form => RecordForm.Rows;

    /// <summary>Seldom: a commit is a handful of jobs, each of which takes seconds.</summary>
    public CommitPace Pace { get; } = new(TimeSpan.FromMinutes(15), 1L << 30);

    internal static BigQueryWarehouse Open(BigQueryConnection connection, ISecretStore secrets, string prefix = "", LeaseRules? rules = null) =>
        new(new BigQueryClient(connection, secrets), prefix, rules ?? LeaseRules.Default);

    /// <inheritdoc/>
    public async Task<IResourceWriter> OpenAsync(ResourceSchema schema, RunContext run, CancellationToken stop)
    {
        var store = new BigQueryDatasetStore(_client, run.Sink, maximumBytesBilled: run.MaximumBytesBilled);
        var writer = await BigQueryResourceWriter.OpenAsync(store, new BigQueryState(store, _prefix), _start, _rules, schema, run, _prefix, stop).ConfigureAwait(false);
        _writers.Add(writer);
        return writer;
    }

    /// <inheritdoc/>
    public async Task QueryAsync(QueryRequest request, IOperationSink sink, CancellationToken stop) =>
        await new BigQueryReader(_client, sink).RunAsync(request.Sql, request.Parameters, BigQueryReader.ReadOnly, sink, stop).ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RunInfo> RunsAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var store = await ReadableAsync(stop).ConfigureAwait(false);
        var sql = $"""
            SELECT run_id, resource, status, mode, started_at, ended_at, records, new_records, changed, deleted, rejected, requests, throttled, message, host
            FROM {BigQueryState.Runs} WHERE prefix=@prefix
            QUALIFY ROW_NUMBER() OVER (PARTITION BY run_id, resource ORDER BY is_end DESC, written_at DESC) = 1
            ORDER BY started_at DESC
            """;
        await foreach (var (_, row) in store.StreamAsync(sql, "read the runs", [Prefix], stop).ConfigureAwait(false))
        {
            yield return new RunInfo
            {
                RunId = (string)row[0]!,
                Resource = (string)row[1]!,
                Status = Enum.TryParse<ExportStatus>((string?)row[2], out var status) ? status : null,
                Mode = (string?)row[3],
                StartedAt = (DateTimeOffset)row[4]!,
                EndedAt = (DateTimeOffset?)row[5],
                Records = Number(row[6]),
                New = Number(row[7]),
                Changed = Number(row[8]),
                Deleted = Number(row[9]),
                Rejected = Number(row[10]),
                Requests = Number(row[11]),
                Throttled = Number(row[12]),
                Message = (string?)row[13],
                Host = (string?)row[14],
            };
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RejectInfo> RejectsAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var store = await ReadableAsync(stop).ConfigureAwait(false);
        await foreach (var (_, row) in store.StreamAsync($"SELECT run_id, resource, id, reason, error_id, written_at, payload FROM {BigQueryState.Rejects} WHERE prefix=@prefix ORDER BY written_at DESC", "read the rejects", [Prefix], stop).ConfigureAwait(false))
        {
            yield return new RejectInfo
            {
                RunId = (string)row[0]!,
                Resource = (string)row[1]!,
                Id = (string?)row[2] ?? string.Empty,
                Reason = (string)row[3]!,
                ErrorId = (string)row[4]!,
                RejectedAt = (DateTimeOffset)row[5]!,
                Payload = (string?)row[6],
            };
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BookmarkInfo> BookmarksAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var store = await ReadableAsync(stop).ConfigureAwait(false);
        foreach (var (resource, stored) in await new BigQueryState(store, _prefix).BookmarksAsync(null, stop).ConfigureAwait(false))
            yield return BookmarkReport.Info(resource, stored.Bookmark, stored.At);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, Bookmark>> ReadBookmarksAsync(CancellationToken stop)
    {
        var store = Store();
        var state = new BigQueryState(store, _prefix);
        if (!await state.ExistsAsync(stop).ConfigureAwait(false)) return new Dictionary<string, Bookmark>();
        return (await state.BookmarksAsync(null, stop).ConfigureAwait(false)).ToDictionary(b => b.Key, b => b.Value.Bookmark, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<FreshnessInfo> FreshnessAsync(TimeSpan maximumAge, [EnumeratorCancellation] CancellationToken stop)
    {
        var store = await ReadableAsync(stop).ConfigureAwait(false);
        var bookmarks = await new BigQueryState(store, _prefix).BookmarksAsync(null, stop).ConfigureAwait(false);
        var runs = new SortedDictionary<string, (ExportStatus?, string?)>(StringComparer.Ordinal);
        var sql = $"""
            SELECT resource, status, message FROM {BigQueryState.Runs} WHERE prefix=@prefix AND keeps_bookmark
            QUALIFY ROW_NUMBER() OVER (PARTITION BY resource ORDER BY started_at DESC, is_end DESC, written_at DESC) = 1
            """;
        await foreach (var (_, row) in store.StreamAsync(sql, "read the last runs", [Prefix], stop).ConfigureAwait(false))
            runs[(string)row[0]!] = (Enum.TryParse<ExportStatus>((string?)row[1], out var status) ? status : null, (string?)row[2]);
        if (bookmarks.Count == 0 && runs.Count == 0) throw Empty(store);
        var now = _rules.Clock.GetUtcNow();
        foreach (var resource in bookmarks.Keys.Union(runs.Keys).Order(StringComparer.Ordinal))
        {
            (ExportStatus?, string?)? last = runs.TryGetValue(resource, out var run) ? run : null;
            yield return BookmarkReport.Freshness(resource, bookmarks.TryGetValue(resource, out var stored) ? stored.Bookmark : Bookmark.None, last, maximumAge, now);
        }
    }

    /// <inheritdoc/>
    public async Task<WarehouseForecast?> ForecastAsync(ResourceSchema schema, long? bytes, CancellationToken stop)
    {
        if (bytes is not { } documents) return null;
        var store = Store();
        var tables = await Task.WhenAll(schema.Tables.Select(t => store.FindAsync(_prefix + t.Name, stop))).ConfigureAwait(false);
        return BigQueryCost.AtMost([.. tables.Select(t => new TableSize(Number(t?.NumBytes), Number(t?.NumRows)))], documents, schema.BusinessDate is not null);
    }

    /// <inheritdoc/>
    public async Task<BookmarkInfo> SetBookmarkAsync(BookmarkChange change, CancellationToken stop)
    {
        var store = await ReadableAsync(stop).ConfigureAwait(false);
        return await BigQueryBookmarkChange.ApplyAsync(store, new BigQueryState(store, _prefix), change, _rules, stop).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    private QueryParameter Prefix => BigQueryDatasetStore.Text("prefix", _prefix);

    private static long Number(object? value) => value is long number ? number : 0;

    private BigQueryDatasetStore Store() => new(_client, SilentSink.Instance);

    private async Task<BigQueryDatasetStore> ReadableAsync(CancellationToken stop)
    {
        var store = Store();
        return await new BigQueryState(store, _prefix).ExistsAsync(stop).ConfigureAwait(false) ? store : throw Empty(store);
    }

    private static long Number(string? text) => long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static JunipeerException Empty(BigQueryDatasetStore store) => new(new JunipeerFault("Junipeer.Warehouse.Empty", FaultCategory.ObjectNotFound,
        $"No export was ever written into the dataset {store.Connection.Project}.{store.Dataset}.",
        $"Check the dataset, or run Invoke-BrightpearlExport -Resource Standard -Warehouse '{store.Connection.Name}'.") { Target = store.Connection.Name });
}

/// <summary>For reading what the warehouse remembers: results are returned, and nothing is to be told.</summary>
internal sealed class SilentSink : IOperationSink
{
    public static SilentSink Instance { get; } = new();

    public ValueTask WriteAsync(object result, CancellationToken stop) => default;

    public void Fault(JunipeerFault fault)
    {
    }

    public void Warning(string message)
    {
    }

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Progress(OperationProgress progress)
    {
    }
}
