using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// Writes one resource. Records are compared with the file as they come and wait in memory; the commit takes the write lock,
/// checks the lease, writes records, deletes, rejects and bookmark, and lets go, all within one short transaction. So nobody
/// else is held up while a run waits for its quota, and data and bookmark cannot come apart.
/// </summary>
internal sealed class SqliteResourceWriter : IResourceWriter
{
    // At the end a result waits to be shown: what cannot be noted down soon is left.
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(5);

    private readonly SqliteDb _db;
    private readonly SqliteState _state;
    private readonly SqliteOptions _options;
    private readonly RunContext _run;
    private readonly ResourceSchema _schema;
    private readonly string _prefix;
    private readonly List<SqliteTable> _tables;
    private readonly Staging _stage;
    private readonly BatchStager _stager;
    private readonly StageApplier _applier;
    private LeaseState _lease;
    private Bookmark _stored;
    private bool _isOver;

    private SqliteResourceWriter(
        SqliteDb db, SqliteState state, SqliteOptions options, RunContext run, ResourceSchema schema, string prefix, LeaseState lease)
    {
        _db = db;
        _state = state;
        _options = options;
        _run = run;
        _schema = schema;
        _prefix = prefix;
        _lease = lease;
        _tables = schema.Tables.Select(t => new SqliteTable(db, t, schema.Root, prefix)).ToList();
        _stage = new Staging(schema, !run.NoPayload);
        _stager = new BatchStager(db, _tables[0], schema, _stage);
        _applier = new StageApplier(_tables, run.RunId);
        _stored = Bookmark.None;
    }

    /// <inheritdoc/>
    public Bookmark Bookmark { get; private set; } = Bookmark.None;

    /// <inheritdoc/>
    public IReadOnlyList<string> Output => [_tables[0].Name];

    /// <summary>True once a commit succeeded.</summary>
    public bool HasCommitted { get; private set; }

    /// <summary>Takes the lease and makes the tables, in one transaction.</summary>
    public static async Task<SqliteResourceWriter> OpenAsync(
        SqliteDb db, SqliteOptions options, ResourceSchema schema, RunContext run, string prefix, CancellationToken stop)
    {
        await db.BeginWriteAsync(stop).ConfigureAwait(false);
        SqliteResourceWriter? writer = null;
        try
        {
            var state = new SqliteState(db, prefix);
            state.Ensure();
            state.CheckAccount(run, bind: false);
            var lease = options.Lease.Take(state.Lease(schema.Resource), run.RunId, schema.Resource, db.Path);
            state.SaveLease(schema.Resource, lease);
            SqliteRuns.Begin(db, prefix, schema.Resource, run, options.Lease);
            writer = new SqliteResourceWriter(db, state, options, run, schema, prefix, lease);
            foreach (var table in writer._tables) table.Ensure();
            if (run.KeepsBookmark) writer.Bookmark = writer._stored = SqliteBookmarks.Read(db, prefix, schema.Resource);
            db.Commit();
            return writer;
        }
        catch
        {
            writer?.Free();
            db.Rollback();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IdSet?> KnownIdsAsync(CancellationToken stop)
    {
        if (!_schema.HasIntegerKey) return Task.FromResult<IdSet?>(null);
        var ranges = new List<(long First, long Last)>();
        using (var ids = _db.Prepare($"SELECT {_tables[0].RecordKey} FROM {_tables[0].Quoted} WHERE {SqliteNames.IsDeleted}=0 ORDER BY 1"))
        {
            while (ids.Step())
            {
                stop.ThrowIfCancellationRequested();
                Extend(ranges, ids.Integer(0));
            }
        }

        var rows = _stage.Batch.Tables[0];
        for (var i = 0; i < rows.Count; i++)
        {
            if (_stage.Records[i].Fate is Fate.New or Fate.Returned) ranges.Add((rows[i, 0].Bits, rows[i, 0].Bits));
        }

        return Task.FromResult<IdSet?>(IdSet.OfRanges(ranges));
    }

    /// <inheritdoc/>
    public async ValueTask<WriteOutcome> WriteAsync(RecordBatch batch, string passId, CancellationToken stop)
    {
        ThrowIfOver();
        stop.ThrowIfCancellationRequested();
        var outcome = _stager.Stage(batch, passId);
        if (_stage.Bytes > _options.StagingLimit)
        {
            // More than memory may hold between two commits: from here on the file is locked until the commit comes.
            await BeginAsync(stop).ConfigureAwait(false);
            try
            {
                _applier.Apply(_stage);
                _stage.Clear();
            }
            catch
            {
                GiveUp();
                throw;
            }
        }

        return outcome;
    }

    /// <inheritdoc/>
    public async Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken stop)
    {
        ThrowIfOver();
        await BeginAsync(stop).ConfigureAwait(false);
        try
        {
            _state.SaveLease(_schema.Resource, _lease);
            _state.CheckAccount(_run, bind: true);
            _applier.Apply(_stage);
            var now = _options.Lease.Clock.GetUtcNow();
            var outcome = commit.Deletes is { } sweep && _run.KeepsBookmark ? Sweep(sweep, now) : default;
            SqliteRuns.Add(_db, _prefix, _schema.Resource, _run, commit.Rejects, now);
            if (_run.KeepsBookmark) SqliteBookmarks.Write(_db, _prefix, _schema.Resource, _stored, commit.Bookmark, now);
            _db.Commit();
            _stage.Clear();
            _stored = commit.Bookmark;
            HasCommitted = true;
            return outcome;
        }
        catch
        {
            GiveUp();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task CloseAsync(ExportResult result, CancellationToken stop)
    {
        GiveUp();
        try
        {
            await _db.BeginWriteAsync(CancellationToken.None, ClosingPatience).ConfigureAwait(false);
            SqliteRuns.End(_db, _prefix, _schema.Resource, _run.RunId, result, _options.Lease.Clock.GetUtcNow());
            Release();
            _db.Commit();
        }
        catch (JunipeerException e)
        {
            // The result itself tells how the run ended; that the warehouse could not note it down must not hide that.
            _db.Rollback();
            _run.Sink.Warning($"The end of the run could not be noted in the warehouse: {e.Message}");
        }
        finally
        {
            Free();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lease.Owner is null) return;
        GiveUp();
        try
        {
            await _db.BeginWriteAsync(CancellationToken.None, ClosingPatience).ConfigureAwait(false);
            Release();
            _db.Commit();
        }
        catch (JunipeerException)
        {
            // Taken over by the next run: this one is no longer among the holders of this process.
            _db.Rollback();
        }
        finally
        {
            Free();
        }
    }

    private CommitOutcome Sweep(DeleteSweep sweep, DateTimeOffset now)
    {
        if (sweep.Present is not null && !_schema.HasIntegerKey)
        {
            throw new ArgumentException($"'{_schema.Resource}' has no whole-number key to compare with a listing.", nameof(sweep));
        }

        return DeleteSweeper.Run(_db, _tables, sweep, now);
    }

    // Everything behind it happens under the write lock, so what is checked here still holds at the commit. Whoever is
    // cancelled while waiting for the lock has lost nothing, and may commit once more.
    private async Task BeginAsync(CancellationToken stop)
    {
        if (_db.InTransaction) return;
        try
        {
            await _db.BeginWriteAsync(stop).ConfigureAwait(false);
            _lease = _options.Lease.Renew(_state.Lease(_schema.Resource), _lease, _schema.Resource, _db.Path);
        }
        catch (JunipeerException)
        {
            GiveUp();
            throw;
        }
    }

    // After a failure or at the end: what was not committed is gone, and nothing more may be written.
    private void GiveUp()
    {
        _isOver = true;
        _db.Rollback();
        _stage.Clear();
    }

    private void Release()
    {
        if (LeaseRules.IsMine(_state.Lease(_schema.Resource), _lease)) _state.SaveLease(_schema.Resource, _lease with { Owner = null });
    }

    private void Free()
    {
        _isOver = true;
        LeaseRules.Leave(_lease, _schema.Resource, _db.Path);
        _lease = _lease with { Owner = null };
        foreach (var table in _tables) table.Dispose();
        _stage.Dispose();
    }

    private void ThrowIfOver()
    {
        if (_isOver) throw new InvalidOperationException("This writer failed or was closed; open the resource again.");
    }

    private static void Extend(List<(long First, long Last)> ranges, long id)
    {
        if (ranges.Count > 0 && ranges[^1].Last + 1 == id) ranges[^1] = (ranges[^1].First, id);
        else ranges.Add((id, id));
    }
}
