using System.Runtime.CompilerServices;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// A SQLite file as a warehouse: tables, runs, rejects and bookmarks in one file, each table prefix with its own. One
/// connection writes, opened with the first resource; every reading has a connection of its own, so it never waits for the
/// writer and never creates a file.
/// </summary>
public sealed class SqliteWarehouse : IWarehouse
{
    private readonly string _path;
    private readonly string _prefix;
    private readonly SqliteOptions _options;
    private readonly List<SqliteResourceWriter> _writers = [];
    private SqliteDb? _db;
    private bool _isNewFile;

    private SqliteWarehouse(string path, string prefix, SqliteOptions options)
    {
        _path = path;
        _prefix = prefix;
        _options = options;
    }

    /// <summary>Names a warehouse; the file is touched by the first operation, and created only by one that writes.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="tablePrefix">Put before every table name; empty for none.</param>
    /// <exception cref="JunipeerException"><c>Junipeer.Warehouse.BadPrefix</c>.</exception>
    public static SqliteWarehouse Open(string path, string tablePrefix = "") => Open(path, tablePrefix, new SqliteOptions());

    internal static SqliteWarehouse Open(string path, string tablePrefix, SqliteOptions options)
    {
        SqliteNames.CheckPrefix(tablePrefix);
        return new SqliteWarehouse(Path.GetFullPath(path), tablePrefix, options);
    }

    /// <inheritdoc/>
    public RecordForm Form => RecordForm.Rows;

    /// <summary>
    /// Often, because a commit costs little (no wait for the disk) and a killed run has to buy back, with quota, what it had
    /// not committed; 8 MB of documents are some 25 MB while they wait in memory.
    /// </summary>
    public CommitPace Pace { get; } = new(TimeSpan.FromSeconds(2), 8 << 20);

    /// <inheritdoc/>
    public async Task<IResourceWriter> OpenAsync(ResourceSchema schema, RunContext run, CancellationToken stop)
    {
        var db = await OpenToWriteAsync(stop).ConfigureAwait(false);
        var writer = await SqliteResourceWriter.OpenAsync(db, _options, schema, run, _prefix, stop).ConfigureAwait(false);
        _writers.Add(writer);
        return writer;
    }

    /// <inheritdoc/>
    public async Task QueryAsync(QueryRequest request, IOperationSink sink, CancellationToken stop)
    {
        using var db = OpenToRead();
        await SqliteQuery.RunAsync(db, request, sink, stop).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RunInfo> RunsAsync(CancellationToken stop) => StreamAsync(db => SqliteRuns.Read(db, _prefix), stop);

    /// <inheritdoc/>
    public IAsyncEnumerable<RejectInfo> RejectsAsync(CancellationToken stop) => StreamAsync(db => SqliteRuns.ReadRejects(db, _prefix), stop);

    /// <inheritdoc/>
    public IAsyncEnumerable<BookmarkInfo> BookmarksAsync(CancellationToken stop) => StreamAsync(
        db => SqliteBookmarks.Resources(db, _prefix).Select(r => BookmarkReport.Info(r.Resource, SqliteBookmarks.Read(db, _prefix, r.Resource), r.UpdatedAt)), stop);

    /// <summary>The bookmarks as they stand, by resource; nothing is opened for writing.</summary>
    public async Task<IReadOnlyDictionary<string, Bookmark>> ReadBookmarksAsync(CancellationToken stop)
    {
        var bookmarks = new Dictionary<string, Bookmark>(StringComparer.Ordinal);
        var stored = StreamAsync(db => SqliteBookmarks.Resources(db, _prefix).Select(r => (r.Resource, SqliteBookmarks.Read(db, _prefix, r.Resource))), stop);
        try
        {
            await foreach (var (resource, bookmark) in stored.ConfigureAwait(false)) bookmarks[resource] = bookmark;
        }
        catch (JunipeerException e) when (e.Fault.Id == "Junipeer.Warehouse.Empty")
        {
            // A file without an export has no bookmarks; to plan the first one is no mistake.
        }

        return bookmarks;
    }

    /// <summary>
    /// How old the data of every resource is that was ever begun. Age counts from the later of the watermark (which already
    /// stands back by the look-back) and the start of the last full pass.
    /// </summary>
    /// <param name="maximumAge">What is older is not fresh.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="JunipeerException"><c>Junipeer.Warehouse.Empty</c> when nothing was ever begun.</exception>
    public IAsyncEnumerable<FreshnessInfo> FreshnessAsync(TimeSpan maximumAge, CancellationToken stop) =>
        StreamAsync(db => SqliteFreshness.Read(db, _prefix, maximumAge, _options.Lease.Clock.GetUtcNow()), stop);

    /// <summary>
    /// Sets or forgets a bookmark under the resource's lease. A new watermark also drops an open incremental pass, whose
    /// plan came from the old one; an open full or recheck pass goes on unless <see cref="BookmarkChange.Reset"/>.
    /// </summary>
    /// <exception cref="JunipeerException">
    /// <c>Junipeer.Bookmark.InFuture</c>, <c>Junipeer.Bookmark.NotFound</c>, <c>Junipeer.Lease.Held</c>.
    /// </exception>
    public async Task<BookmarkInfo> SetBookmarkAsync(BookmarkChange change, CancellationToken stop)
    {
        using (var reader = OpenToRead()) new SqliteState(reader, _prefix).CheckReadable();
        var db = await OpenToWriteAsync(stop).ConfigureAwait(false);
        await db.BeginWriteAsync(stop).ConfigureAwait(false);
        try
        {
            var info = SqliteBookmarkChange.Apply(db, _prefix, change, _options.Lease);
            db.Commit();
            return info;
        }
        finally
        {
            db.Rollback();
        }
    }

    /// <summary>Closes the file; one that this object created and nothing was committed to is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync().ConfigureAwait(false);
        var isEmpty = _isNewFile && !_writers.Exists(w => w.HasCommitted);
        Close(isEmpty);
        _writers.Clear();
    }

    private async Task<SqliteDb> OpenToWriteAsync(CancellationToken stop)
    {
        if (_db is not null) return _db;
        WarehousePath.CheckToWrite(_path, _options.Mounts);
        _isNewFile = !File.Exists(_path);
        try
        {
            return _db = await SqliteDb.OpenToWriteAsync(_path, _options, stop).ConfigureAwait(false);
        }
        catch when (_isNewFile)
        {
            _isNewFile = false;
            RemoveIfEmpty();
            throw;
        }
    }

    private SqliteDb OpenToRead()
    {
        WarehousePath.CheckToRead(_path);
        return SqliteDb.OpenToRead(_path, _options);
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(Func<SqliteDb, IEnumerable<T>> read, [EnumeratorCancellation] CancellationToken stop)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        using var db = OpenToRead();
        db.BeginRead();
        new SqliteState(db, _prefix).CheckReadable();
        foreach (var item in read(db))
        {
            stop.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    private void Close(bool remove)
    {
        if (_db is null) return;
        remove = remove && _db.IsOurs() && new SqliteState(_db, _prefix).IsUnused();
        _db.Dispose();
        _db = null;
        if (remove) Remove();
    }

    // A file that could not even be opened for the first time is empty, or was filled by somebody else meanwhile.
    private void RemoveIfEmpty()
    {
        try
        {
            if (new FileInfo(_path) is { Exists: true, Length: 0 }) Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left where it is: an empty file is an empty warehouse.
        }
    }

    private void Remove()
    {
        foreach (var suffix in (string[])["", "-wal", "-shm", "-journal"])
        {
            try
            {
                File.Delete(_path + suffix);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // As above.
            }
        }
    }
}
