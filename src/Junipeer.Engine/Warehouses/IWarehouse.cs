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

    /// <summary>Sets or forgets a bookmark under the resource's lease.</summary>
    Task<BookmarkInfo> SetBookmarkAsync(BookmarkChange change, CancellationToken stop);
}
