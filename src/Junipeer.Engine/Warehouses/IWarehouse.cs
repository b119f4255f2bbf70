using Junipeer.Records;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses;

/// <summary>A destination with tables and transactions, which also remembers runs, rejects and bookmarks.</summary>
public interface IWarehouse : IDestination
{
    /// <summary>Runs one reading statement; writes <see cref="QueryRow"/>s.</summary>
    Task QueryAsync(QueryRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Runs, newest first.</summary>
    IAsyncEnumerable<RunInfo> RunsAsync(CancellationToken stop);

    /// <summary>Rejects, newest first.</summary>
    IAsyncEnumerable<RejectInfo> RejectsAsync(CancellationToken stop);

    /// <summary>Bookmarks by resource name.</summary>
    IAsyncEnumerable<BookmarkInfo> BookmarksAsync(CancellationToken stop);

    /// <summary>The bookmarks as they stand, by resource; nothing is opened for writing, and an empty warehouse has none.</summary>
    Task<IReadOnlyDictionary<string, Bookmark>> ReadBookmarksAsync(CancellationToken stop);

    /// <summary>How old the data of every resource is that was ever begun.</summary>
    IAsyncEnumerable<FreshnessInfo> FreshnessAsync(TimeSpan maximumAge, CancellationToken stop);

    /// <summary>What writing so much would cost at the most; null where it costs nothing, or nothing tells how much it is.</summary>
    /// <param name="schema">The resource's tables.</param>
    /// <param name="bytes">Bytes of documents at the most.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<WarehouseForecast?> ForecastAsync(ResourceSchema schema, long? bytes, CancellationToken stop) => Task.FromResult<WarehouseForecast?>(null);

    /// <summary>Sets or forgets a bookmark under the resource's lease.</summary>
    Task<BookmarkInfo> SetBookmarkAsync(BookmarkChange change, CancellationToken stop);
}

/// <summary>The most that writing costs.</summary>
/// <param name="Loads">Load jobs.</param>
/// <param name="BilledBytes">Bytes billed for statements.</param>
public readonly record struct WarehouseForecast(long Loads, long BilledBytes);
