using System.Diagnostics;
using System.Text;
using Junipeer.Operations;
using SQLitePCL;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// One connection to a SQLite file. Waiting for another writer is done here, not in SQLite, so that it blocks no thread and
/// can be cancelled.
/// </summary>
internal sealed class SqliteDb : IDisposable
{
    // Reads meet a lock only for the moment in which the last of the other processes closes the file. Milliseconds.
    private const int ShortWait = 2000;

    private readonly sqlite3 _handle;
    private readonly TimeSpan _patience;

    static SqliteDb() => Batteries_V2.Init();

    private SqliteDb(sqlite3 handle, string path, TimeSpan patience)
    {
        _handle = handle;
        Path = path;
        _patience = patience;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    public sqlite3 Handle => _handle;

    /// <summary>True between begin and commit.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows the last statement touched.</summary>
    public long Changes => raw.sqlite3_changes(_handle);

    /// <summary>Opens a file to write, and creates it when there is none.</summary>
    /// <remarks>
    /// WAL: readers never wait for the writer, nor it for them. <c>synchronous=NORMAL</c> is enough: a power cut may take
    /// the last commits away, but always data and bookmark together, so the next run reads again what was lost. 16 MB of
    /// cache and 8 MB between checkpoints bound memory and log.
    /// </remarks>
    public static async Task<SqliteDb> OpenToWriteAsync(string path, SqliteOptions options, CancellationToken stop)
    {
        var db = Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, options.Patience);
        try
        {
            // The first read shows what is not a database, before anything is made beside it.
            await db.RetryAsync("SELECT count(*) FROM sqlite_schema", stop).ConfigureAwait(false);
            await db.RetryAsync("PRAGMA journal_mode=WAL", stop).ConfigureAwait(false);
            if (raw.sqlite3_db_readonly(db._handle, "main") == 1) throw SqliteFaults.ReadOnly(path);
            db.Run("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=67108864; PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF");
            if (options.MaximumPages is { } pages) db.Run($"PRAGMA max_page_count={pages}");
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>Opens an existing file to read; never creates one.</summary>
    /// <remarks>
    /// With the right to write, which is then switched off: a connection without it would leave behind the two files that
    /// every reader of a WAL database needs, as it may not remove them.
    /// </remarks>
    public static SqliteDb OpenToRead(string path, SqliteOptions options)
    {
        var db = Open(path, raw.SQLITE_OPEN_READWRITE, options.Patience);
        try
        {
            raw.sqlite3_busy_timeout(db._handle, (int)options.Patience.TotalMilliseconds);
            db.Run("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; SELECT count(*) FROM sqlite_schema");
            return db;
        }
        catch (JunipeerException e) when (e.Fault.Id == "Junipeer.Warehouse.ReadOnly" && !File.Exists(path + "-wal"))
        {
            // A file in WAL mode needs a second file beside it even to be read. Where none can be made, and no log waits to
            // be read, nobody can be writing either.
            db.Dispose();
            return Open(new Uri(path).AbsoluteUri + "?immutable=1", raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI, options.Patience, path);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that need no parameters.</summary>
    public void Run(string sql)
    {
        var code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK) throw Fault(code);
    }

    /// <summary>Prepares one statement.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v2(_handle, Encoding.UTF8.GetBytes(sql), out var statement);
        if (code == raw.SQLITE_OK) return new SqliteStatement(this, statement);
        throw Fault(code);
    }

    /// <summary>Begins to write, when need be after the writers that came first.</summary>
    /// <exception cref="JunipeerException"><c>Junipeer.Warehouse.Busy</c> when they take too long.</exception>
    public Task BeginWriteAsync(CancellationToken stop, TimeSpan? patience = null) => RetryAsync("BEGIN IMMEDIATE", stop, patience);

    /// <summary>Begins to read: all that follows sees one state of the file.</summary>
    public void BeginRead() => Run("BEGIN");

    public void Commit() => Run("COMMIT");

    /// <summary>Drops the transaction, if SQLite did not do so by itself.</summary>
    public void Rollback()
    {
        if (InTransaction) raw.sqlite3_exec(_handle, "ROLLBACK");
    }

    /// <summary>True when no other connection has the file open: leaving WAL mode is allowed to the only one.</summary>
    public bool IsOurs()
    {
        try
        {
            Rollback();
            using var mode = Prepare("PRAGMA journal_mode=DELETE");
            return mode.Step() && mode.Text(0) == "delete";
        }
        catch (JunipeerException)
        {
            return false;
        }
    }

    public JunipeerException Fault(int code) => SqliteFaults.Of(code, _handle, Path);

    public void Dispose() => _handle.Dispose();

    private static SqliteDb Open(string name, int flags, TimeSpan patience, string? path = null)
    {
        var code = raw.sqlite3_open_v2(name, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code == raw.SQLITE_OK) return new SqliteDb(handle, path ?? name, patience);
        var fault = SqliteFaults.Of(code, handle, path ?? name);
        handle?.Dispose();
        throw fault;
    }

    private async Task RetryAsync(string sql, CancellationToken stop, TimeSpan? patience = null)
    {
        var since = Stopwatch.GetTimestamp();
        patience ??= _patience;
        for (var wait = 2; ; wait = Math.Min(wait * 2, 100))
        {
            stop.ThrowIfCancellationRequested();
            raw.sqlite3_busy_timeout(_handle, 0);
            var code = raw.sqlite3_exec(_handle, sql);
            raw.sqlite3_busy_timeout(_handle, ShortWait);
            if (code == raw.SQLITE_OK) return;
            if ((code & 0xff) != raw.SQLITE_BUSY || Stopwatch.GetElapsedTime(since) > patience) throw Fault(code);
            await Task.Delay(wait, stop).ConfigureAwait(false);
        }
    }
}
