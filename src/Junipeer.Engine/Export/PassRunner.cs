using System.Diagnostics;
using System.Globalization;
using System.Text;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Export;

/// <summary>
/// Does one pass of one resource: pages in, batches out, commits between. The one loop of an export; it names no system.
/// </summary>
internal sealed class PassRunner(
    IRecordSource source, IDestination destination, IResourceWriter writer, ResourceJob job, DocumentMap map, ExportRequest request, IOperationSink sink)
{
    /// <summary>So many rejected records are named on the way.</summary>
    private const int WarnedRejects = 5;

    /// <summary>
    /// Bytes of documents between two collections. The collector sizes its youngest generation by the processor's cache: on a
    /// large one it lets hundreds of megabytes of small garbage pile up, more than a runbook has. Little is alive here, so
    /// looking earlier costs next to nothing.
    /// </summary>
    private const long CollectAfter = 64 << 20;

    private readonly DriftLog _drift = new(sink.Warning);
    private readonly List<Reject> _rejects = [];
    private IdSet _missing = IdSet.Empty;
    private long _lastCommit = Stopwatch.GetTimestamp();
    private long _bytesSinceCommit;
    private long _bytesSinceCollection;
    private bool _dirty;

    // As far as it was written; null until it is planned.
    private OpenPass? _current;

    /// <summary>The bookmark as committed so far.</summary>
    public Bookmark Bookmark { get; private set; } = writer.Bookmark;

    /// <summary>Runs a pass to its end, or until the time is up.</summary>
    /// <param name="step">Which pass.</param>
    /// <param name="ids">Only these records; the bookmark then stays as it is.</param>
    /// <param name="keepsBookmark">False for passes that leave no trace in the bookmark.</param>
    /// <param name="timeUp">Fires when the run's time is up: what was written is committed, the rest is left to the next run.</param>
    /// <param name="stop">Fires when the user wants out: the same, without a result.</param>
    public async Task RunAsync(Step step, IdSet? ids, bool keepsBookmark, CancellationToken timeUp, CancellationToken stop)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(timeUp, stop);
        _current = null;
        _missing = IdSet.Empty;
        var pass = step.Open ?? new OpenPass { Id = NewPassId(), Kind = step.Kind, StartedAt = default };
        try
        {
            var plan = await PlanAsync(step, pass, ids, keepsBookmark, reading.Token).ConfigureAwait(false);
            pass = pass with
            {
                Plan = plan.Text,
                Slices = plan.Slices,
                StartedAt = pass.StartedAt == default && plan.AskedAt is { } asked ? asked.AddSeconds(-1) : pass.StartedAt,
            };
            pass = await ReadAsync(pass, keepsBookmark, reading.Token, stop).ConfigureAwait(false);
            await EndAsync(pass, plan, keepsBookmark, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            // What was written whole is worth keeping, whoever ended the reading.
            await CommitAsync(_current ?? pass, keepsBookmark, CancellationToken.None).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            job.IsIncomplete = true;
            if (_current is null)
                job.Remark = "The time was up before it was known what to read, so the next run begins anew. Give -MaximumDuration more time, or fewer resources.";
        }
        finally
        {
            job.Drifted += _drift.Count;
        }
    }

    private static string NewPassId() =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}-{Guid.NewGuid().ToString("N")[..8]}");

    private async Task<PassPlan> PlanAsync(Step step, OpenPass pass, IdSet? ids, bool keepsBookmark, CancellationToken stop)
    {
        if (pass.Plan is { } text) return source.Recall(text);
        var usesKnown = job.Resource.ListsIds || job.Resource.Clock == ReadClock.Snapshot;
        var known = keepsBookmark && usesKnown && step.Kind == PassKind.Incremental && map.Schema.HasIntegerKey
            ? await writer.KnownIdsAsync(stop).ConfigureAwait(false)
            : null;
        return await source.PlanAsync(job.Resource, new PassRequest(step.Kind, step.Since) { Ids = ids, Known = known }, job.Ledger, sink, stop).ConfigureAwait(false);
    }

    private async Task<OpenPass> ReadAsync(OpenPass pass, bool keepsBookmark, CancellationToken reading, CancellationToken stop)
    {
        _current = pass;
        var normaliser = new Normaliser(map, destination.Form, request.SchemaPolicy == SchemaPolicy.Evolve, !request.NoPayload, _drift);
        using var batch = new RecordBatch(map.Schema);
        var filter = PayloadFilter.For(request.ExcludeFields, job.Resource);
        await foreach (var page in source.ReadAsync(job.Resource, pass.Plan!, pass.Finished, pass.Position, job.Ledger, sink, reading).ConfigureAwait(false))
        {
            using (page)
            {
                if (pass.StartedAt == default) pass = pass with { StartedAt = page.ReceivedAt.AddSeconds(-1) };
                var rejected = job.Rejected;
                await WriteAsync(page, pass, normaliser, batch, filter, stop).ConfigureAwait(false);
                pass = pass with
                {
                    Finished = page.Slice is { } slice ? pass.Finished.Union(IdSet.Of(slice)) : pass.Finished,
                    Position = page.Position ?? pass.Position,
                    Rejected = pass.Rejected + job.Rejected - rejected,
                };
                _current = pass;
            }

            Report(pass);
            if (CommitIsDue()) await CommitAsync(pass, keepsBookmark, stop).ConfigureAwait(false);
            reading.ThrowIfCancellationRequested();
        }

        return pass;
    }

    private async Task WriteAsync(RawPage page, OpenPass pass, Normaliser normaliser, RecordBatch batch, PayloadFilter? filter, CancellationToken stop)
    {
        batch.Clear();
        batch.LoadedAt = page.ReceivedAt;
        using var filtered = filter?.Apply(page);
        var documents = filtered ?? page;
        var nameless = false;
        foreach (var document in documents.Documents)
        {
            if (normaliser.TryAdd(batch, documents, document, out var reason)) continue;
            nameless = true;
            Reject(new Reject("", reason!, "Junipeer.Record.NoKey", Encoding.UTF8.GetString(documents[document])));
        }

        foreach (var reject in page.Rejects) Reject(reject);

        // A document that does not say whose it is may be any of those asked for, so none of them is missing.
        if (page.Asked is { } asked && !nameless)
        {
            var keys = batch.Tables[0];
            _missing = _missing.Union(asked.Except(IdSet.Of(Enumerable.Range(0, keys.Count).Select(row => keys[row, 0].Bits))));
        }

        if (batch.Records.Count == 0) return;
        var outcome = await writer.WriteAsync(batch, pass.Id, stop).ConfigureAwait(false);
        _dirty = true;
        _bytesSinceCommit += batch.Used;
        _bytesSinceCollection += batch.Used;
        if (_bytesSinceCollection >= CollectAfter)
        {
            _bytesSinceCollection = 0;
            GC.Collect(1, GCCollectionMode.Forced);
        }

        job.Records += batch.Records.Count;
        job.Rows += outcome.Rows;
        job.Drifted += outcome.Unfit;
        if (outcome.New is { } fresh) job.New = (job.New ?? 0) + fresh;
        if (outcome.Changed is { } changed) job.Changed = (job.Changed ?? 0) + changed;
    }

    private void Reject(Reject reject)
    {
        _rejects.Add(reject);
        if (++job.Rejected > WarnedRejects) return;
        sink.Warning($"{job.Resource.Name}: {(reject.Id.Length > 0 ? $"record {reject.Id}" : "a record")} was not written: {reject.Reason}{(job.Rejected == WarnedRejects ? " Further ones are counted and kept, not named." : "")}");
    }

    private async Task CommitAsync(OpenPass pass, bool keepsBookmark, CancellationToken stop)
    {
        var isKept = keepsBookmark && pass.StartedAt != default;
        var stored = pass.Kind == PassKind.Incremental ? Bookmark.Changes : Bookmark.Sweep;

        // A plan has cost requests: the next run should not have to pay for it again, though nothing was read by it yet.
        var isPlanNew = isKept && pass.Plan is not null && stored?.Plan is null;
        if (!_dirty && _rejects.Count == 0 && !isPlanNew) return;
        var bookmark = !isKept ? Bookmark
            : pass.Kind == PassKind.Incremental ? Bookmark with { Changes = pass }
            : Bookmark with { Sweep = pass };
        await CommitAsync(new Commit { Bookmark = bookmark, Rejects = _rejects.ToArray() }, stop).ConfigureAwait(false);
    }

    /// <summary>The last commit of a pass carries the new watermark and the deletes, so both hold only when all is there.</summary>
    private async Task EndAsync(OpenPass pass, PassPlan plan, bool keepsBookmark, CancellationToken stop)
    {
        if (!keepsBookmark)
        {
            await CommitAsync(new Commit { Bookmark = Bookmark, Rejects = _rejects.ToArray() }, stop).ConfigureAwait(false);
            return;
        }

        var started = pass.StartedAt == default ? source.Now.AddSeconds(-1) : pass.StartedAt;
        var watermark = started - request.LookBack;
        var bookmark = pass.Kind switch
        {
            PassKind.Incremental => Bookmark with { Watermark = watermark, Changes = null },
            PassKind.Recheck => Bookmark with { LastRecheck = started, Sweep = null },
            _ => Bookmark with
            {
                Watermark = Bookmark.Watermark > watermark ? Bookmark.Watermark : watermark,
                LastFull = started,
                LastRecheck = started,
                Sweep = null,
            },
        };
        var outcome = await CommitAsync(new Commit { Bookmark = bookmark, Rejects = _rejects.ToArray(), Deletes = DeletesOf(pass, plan, started) }, stop).ConfigureAwait(false);
        job.Watermark = bookmark.Watermark;
        if (job.New is not null || outcome.Deleted > 0) job.Deleted = (job.Deleted ?? 0) + outcome.Deleted;
        job.HeldBack = outcome.HeldBack;
        if (outcome.HeldBack > 0)
            sink.Warning($"{job.Resource.Name}: {outcome.HeldBack} records vanished at once; no delete was flagged.");
    }

    private DeleteSweep? DeletesOf(OpenPass pass, PassPlan plan, DateTimeOffset started)
    {
        if (plan.Listing is { } listing && map.Schema.HasIntegerKey)
            return new DeleteSweep { Present = listing.Except(_missing), Before = plan.ListedAt ?? started, AllowMassDelete = request.AllowMassDelete };
        if (pass.Kind != PassKind.Full) return null;
        if (pass.Rejected == 0) return new DeleteSweep { PassId = pass.Id, Before = started, AllowMassDelete = request.AllowMassDelete };
        sink.Verbose($"{job.Resource.Name}: records were rejected, so this pass tells nothing about deletes.");
        return null;
    }

    private async Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken stop)
    {
        var outcome = await writer.CommitAsync(commit, stop).ConfigureAwait(false);
        Bookmark = commit.Bookmark;
        if (outcome.New is { } fresh) job.New = (job.New ?? 0) + fresh;
        if (outcome.Changed is { } changed) job.Changed = (job.Changed ?? 0) + changed;
        job.Output = writer.Output;
        _rejects.Clear();
        _dirty = false;
        _bytesSinceCommit = 0;
        _lastCommit = Stopwatch.GetTimestamp();
        return outcome;
    }

    private bool CommitIsDue() =>
        _dirty && (_bytesSinceCommit >= destination.Pace.Bytes || Stopwatch.GetElapsedTime(_lastCommit) >= destination.Pace.Interval);

    private void Report(OpenPass pass)
    {
        var percent = pass.Slices > 0 ? (int)(pass.Finished.Count * 100 / pass.Slices) : -1;
        sink.Progress(new OperationProgress(
            $"Exporting {job.Resource.Name}",
            string.Create(CultureInfo.InvariantCulture, $"{pass.Kind}: {job.Records:N0} records, {job.Ledger.Requests:N0} requests"),
            percent));
    }
}
