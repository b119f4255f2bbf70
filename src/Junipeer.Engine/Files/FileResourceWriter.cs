using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouses;

namespace Junipeer.Files;

/// <summary>Writes one resource into files. Knows neither what is already there nor what is gone: counts are null.</summary>
internal sealed class FileResourceWriter : IResourceWriter
{
    private readonly string _folder;
    private readonly CompressionLevel? _compression;
    private readonly LeaseRules _rules;
    private readonly ResourceSchema _schema;
    private readonly RunContext _run;
    private readonly Dictionary<string, DateTimeOffset> _passStarts = [];
    private readonly List<DocumentLines> _parts = [];
    private readonly List<string> _output = [];
    private LeaseState _lease;
    private bool _isOver;

    private FileResourceWriter(
        string folder, CompressionLevel? compression, LeaseRules rules, ResourceSchema schema, RunContext run, LeaseState lease, Bookmark bookmark)
    {
        _folder = folder;
        _compression = compression;
        _rules = rules;
        _schema = schema;
        _run = run;
        _lease = lease;
        Bookmark = bookmark;
        Remember(bookmark);
    }

    /// <inheritdoc/>
    public Bookmark Bookmark { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Output => _output;

    /// <summary>True once a commit succeeded.</summary>
    public bool HasCommitted { get; private set; }

    private string Resource => _schema.Resource;

    /// <summary>Takes the lease, and clears away what a dead run left unfinished.</summary>
    public static async Task<FileResourceWriter> OpenAsync(
        string folder, CompressionLevel? compression, LeaseRules rules, ResourceSchema schema, RunContext run, CancellationToken stop)
    {
        FileResourceWriter? writer = null;
        try
        {
            await FolderState.ChangeAsync(folder, state =>
            {
                CheckAccount(state, folder, run);
                var resource = state.Of(schema.Resource);
                var lease = resource.Lease = rules.Take(resource.Lease, run.RunId, schema.Resource, folder);
                var bookmark = run.KeepsBookmark ? resource.Bookmark ?? Bookmark.None : Bookmark.None;
                writer = new FileResourceWriter(folder, compression, rules, schema, run, lease, bookmark);

                // Nobody else writes this resource now, so every unfinished file of it is dead.
                FileFaults.Guard(folder, () =>
                {
                    foreach (var left in Directory.EnumerateFiles(folder, $"_junipeer.{schema.Resource}.*.tmp")) File.Delete(left);
                });
            }, stop).ConfigureAwait(false);
            return writer!;
        }
        catch
        {
            if (writer is not null) LeaseRules.Leave(writer._lease, schema.Resource, folder);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IdSet?> KnownIdsAsync(CancellationToken stop) => Task.FromResult<IdSet?>(null);

    /// <inheritdoc/>
    public ValueTask<WriteOutcome> WriteAsync(RecordBatch batch, string passId, CancellationToken stop)
    {
        ThrowIfOver();
        stop.ThrowIfCancellationRequested();
        if (batch.Records.Count == 0) return ValueTask.FromResult(new WriteOutcome(null, null, 0));
        try
        {
            FileFaults.Guard(_folder, () =>
            {
                if (_parts.Count == 0 || _parts[^1].IsFinished || _parts[^1].PassId != passId)
                {
                    var name = $"_junipeer.{Resource}.{Guid.NewGuid():N}.tmp";
                    _parts.Add(new DocumentLines(Path.Combine(_folder, name), Resource, _run.RunId, passId, _compression));
                }

                _parts[^1].Write(batch);
            });
        }
        catch
        {
            GiveUp();
            throw;
        }

        return ValueTask.FromResult(new WriteOutcome(null, null, batch.Records.Count));
    }

    /// <inheritdoc/>
    public async Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken stop)
    {
        ThrowIfOver();
        Remember(commit.Bookmark);
        try
        {
            FileFaults.Guard(_folder, () => _parts.ForEach(p => p.Finish()));
            await FolderState.ChangeAsync(_folder, state => Publish(state, commit), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Cancelled while another process held the folder: the files are whole and wait for the next commit.
            throw;
        }
        catch
        {
            GiveUp();
            throw;
        }

        _parts.Clear();
        HasCommitted = true;
        return default;
    }

    /// <inheritdoc/>
    public async Task CloseAsync(ExportResult result, CancellationToken stop) => await DisposeAsync().ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lease.Owner is null) return;
        GiveUp();
        var mine = _lease;
        _lease = _lease with { Owner = null };
        LeaseRules.Leave(mine, Resource, _folder);
        try
        {
            await FolderState.ChangeAsync(_folder, state =>
            {
                var resource = state.Of(Resource);
                if (LeaseRules.IsMine(resource.Lease, mine)) resource.Lease = mine with { Owner = null };
            }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JunipeerException e)
        {
            // The next run takes it over: this one is no longer among the holders of this process.
            _run.Sink.Verbose($"The lease on '{Resource}' could not be given up: {e.Message}");
        }
    }

    private static void CheckAccount(FolderState state, string folder, RunContext run)
    {
        if (state.Account is null
            || (string.Equals(state.System, run.System, StringComparison.OrdinalIgnoreCase)
                && string.Equals(state.Account, run.Account, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        throw FileFaults.Make("Junipeer.Path.OtherAccount", FaultCategory.InvalidOperation,
            $"'{folder}' holds files of {state.System} account '{state.Account}'; this export reads {run.System} account '{run.Account}'.",
            "Give every account a folder of its own with -Path.", run.Account);
    }

    // Under the folder's lock. The files get their names first and the bookmark is replaced last: when the process dies in
    // between, the next run writes the same documents again, into further files.
    private void Publish(FolderState state, Commit commit)
    {
        var resource = state.Of(Resource);
        _lease = resource.Lease = _rules.Renew(resource.Lease, _lease, Resource, _folder);
        CheckAccount(state, _folder, _run);
        FileFaults.Guard(_folder, () =>
        {
            foreach (var part in _parts)
            {
                var name = FreeName(StartOf(part), "", _compression is null ? ".ndjson" : ".ndjson.gz");
                File.Move(part.Path, name, overwrite: false);
                _output.Add(name);
            }

            WriteRejects(commit.Rejects);
        });
        (state.System, state.Account) = (_run.System, _run.Account);
        if (!_run.KeepsBookmark) return;
        resource.Bookmark = commit.Bookmark;
        resource.UpdatedAt = _rules.Clock.GetUtcNow();
    }

    private void WriteRejects(IReadOnlyList<Reject> rejects)
    {
        if (rejects.Count == 0) return;
        var name = FreeName(_run.StartedAt, "_junipeer.rejects.", ".ndjson");
        var temporary = Path.Combine(_folder, $"_junipeer.{Resource}.{Guid.NewGuid():N}.tmp");
        using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            foreach (var reject in rejects)
            {
                JsonSerializer.Serialize(file, new
                {
                    resource = Resource, id = reject.Id, reason = reject.Reason, errorId = reject.ErrorId, runId = _run.RunId, payload = reject.Payload,
                });
                file.WriteByte((byte)'\n');
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, name, overwrite: false);
    }

    private string FreeName(DateTimeOffset start, string before, string ending)
    {
        var stem = string.Create(CultureInfo.InvariantCulture, $"{before}{Resource}-{start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-");
        for (var n = 1; ; n++)
        {
            // Plain and gzipped files count together, so that the numbers of one pass tell its order.
            var plain = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{stem}{n}.ndjson"));
            if (!File.Exists(plain) && !File.Exists(plain + ".gz")) return Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{stem}{n}{ending}"));
        }
    }

    // A bookmark tells when an open pass began. One that begins and ends between two commits is never in a bookmark; the
    // first answer it got is as near to its start as can be known.
    private DateTimeOffset StartOf(DocumentLines part)
    {
        if (_passStarts.TryGetValue(part.PassId, out var start)) return start;
        return _passStarts[part.PassId] = part.FirstLoadedAt ?? _run.StartedAt;
    }

    private void Remember(Bookmark bookmark)
    {
        if (bookmark.Changes is { } changes) _passStarts.TryAdd(changes.Id, changes.StartedAt);
        if (bookmark.Sweep is { } sweep) _passStarts.TryAdd(sweep.Id, sweep.StartedAt);
    }

    private void GiveUp()
    {
        _isOver = true;
        foreach (var part in _parts)
        {
            part.Dispose();
            try
            {
                File.Delete(part.Path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Under a temporary name it harms nobody, and the next run clears it away.
            }
        }

        _parts.Clear();
    }

    private void ThrowIfOver()
    {
        if (_isOver) throw new InvalidOperationException("This writer failed or was closed; open the resource again.");
    }
}
