using System.Diagnostics;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Resources;

namespace Junipeer.Export;

/// <summary>
/// One run over several resources. Changes of all of them come first, then what the clocks say is due. A resource that fails
/// neither stops nor moves another, unless what failed is the connection or the destination that all of them share.
/// </summary>
internal sealed class Exporter(IRecordSource source, IDestination destination, ExportRequest request, IOperationSink sink)
{
    private readonly string _runId = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private readonly PassSchedule _schedule = new(request);
    private JunipeerFault? _shared;

    private bool IsOneOff => request.Ids.Count > 0 || request.UpdatedAfter is not null;

    /// <summary>Exports the resources, in the source's order; results go to the sink unless the records themselves do.</summary>
    public async Task RunAsync(IReadOnlyList<SourceResource> resources, CancellationToken stop)
    {
        using var timeUp = request.MaximumDuration is { } maximum ? new CancellationTokenSource(maximum) : new CancellationTokenSource();
        var jobs = resources.Select(r => new ResourceJob(r, _runId)).ToArray();
        try
        {
            if (request.MaximumDuration is null || IsOneOff)
            {
                foreach (var job in jobs)
                {
                    await TryAsync(job, changes: true, sweeps: true, timeUp.Token, stop).ConfigureAwait(false);
                    await ReportAsync(job, stop).ConfigureAwait(false);
                }

                return;
            }

            foreach (var job in jobs) await TryAsync(job, changes: true, sweeps: false, timeUp.Token, stop).ConfigureAwait(false);
            foreach (var job in jobs)
            {
                if (job.Fault is null) await TryAsync(job, changes: false, sweeps: true, timeUp.Token, stop).ConfigureAwait(false);
                await ReportAsync(job, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            sink.Progress(new OperationProgress("Exporting", "Done", 100, IsCompleted: true));
        }
    }

    private async Task ReportAsync(ResourceJob job, CancellationToken stop)
    {
        if (job.Fault is { } fault) sink.Fault(fault with { Target = fault.Target ?? job.Resource.Name });
        if (request.Target != ExportTarget.Pipeline) await sink.WriteAsync(job.ToResult(), stop).ConfigureAwait(false);
    }

    private async Task TryAsync(ResourceJob job, bool changes, bool sweeps, CancellationToken timeUp, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            if (_shared is { } shared) throw new JunipeerException(shared with { Message = $"Not tried, for an earlier resource failed: {shared.Message}" });
            await ExportAsync(job, changes, sweeps, timeUp, stop).ConfigureAwait(false);
        }
        catch (JunipeerException exception)
        {
            job.Fault = (IsUnproven(job, exception.Fault) ?? exception.Fault) with { Target = job.Resource.Name };
            if (IsShared(exception.Fault)) _shared ??= exception.Fault;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            job.Fault = new JunipeerFault(
                "Junipeer.Export.Unexpected",
                FaultCategory.InvalidOperation,
                $"The export of '{job.Resource.Name}' met an error nobody foresaw: {exception.GetType().Name}: {exception.Message}",
                "Run it again with -Verbose -Debug and report what it shows; other resources are not touched by it.")
            { Target = job.Resource.Name, Cause = exception };
        }
        finally
        {
            job.Spent += Stopwatch.GetElapsedTime(began);
        }
    }

    /// <summary>A path that is only assumed and not there: that is the answer, not a mistake of the user's.</summary>
    private static JunipeerFault? IsUnproven(ResourceJob job, JunipeerFault fault) =>
        fault.Id != "Junipeer.Resource.NotFound" || job.Resource.Info.Tier != ResourceTier.Unproven ? null : fault with
        {
            Id = "Junipeer.Resource.Unproven",
            Message = $"'{job.Resource.Name}' is named by the vendor, but its path is not documented, and this account answers nothing at the path assumed.",
            RecommendedAction = "Leave it out; Get-BrightpearlResource -Tier Standard, OnRequest shows what is proven.",
        };

    /// <summary>
    /// Faults that would meet every resource alike; trying them all would only cost quota. A right that is missing for one
    /// resource says nothing of another.
    /// </summary>
    internal static bool IsShared(JunipeerFault fault) =>
        (fault.Id.StartsWith("Junipeer.Authentication.", StringComparison.Ordinal) && fault.Category != FaultCategory.PermissionDenied) ||
        fault.Id.StartsWith("Junipeer.Path.", StringComparison.Ordinal) ||
        fault.Id is "Junipeer.Connection.Unreachable" or "Junipeer.Connection.Tls" or "Junipeer.Connection.WrongAccount" or "Junipeer.Connection.WrongDataCenter"
            or "Junipeer.Warehouse.DiskFull" or "Junipeer.Warehouse.ReadOnly" or "Junipeer.Warehouse.NetworkPath" or "Junipeer.Warehouse.NotADatabase"
            or "Junipeer.Warehouse.Damaged" or "Junipeer.Warehouse.NewerVersion" or "Junipeer.Warehouse.OtherAccount" or "Junipeer.Warehouse.Moved"
            or "Junipeer.Export.NoPayloadForFiles";

    private async Task ExportAsync(ResourceJob job, bool changes, bool sweeps, CancellationToken timeUp, CancellationToken stop)
    {
        var map = new DocumentMap(job.Resource.Document);
        var run = new RunContext
        {
            RunId = _runId,
            StartedAt = _startedAt,
            System = source.System,
            Account = source.Account,
            Retention = request.Retention,
            NoPayload = request.NoPayload,
            KeepsBookmark = !IsOneOff,
            MaximumBytesBilled = request.MaximumBytesBilled,
            Sink = sink,
        };
        var writer = await destination.OpenAsync(map.Schema, run, stop).ConfigureAwait(false);
        try
        {
            job.Output = writer.Output;
            job.Watermark = writer.Bookmark.Watermark;
            var runner = new PassRunner(source, destination, writer, job, map, request, sink);
            if (IsOneOff || request.Target == ExportTarget.Pipeline) await OneOffAsync(job, runner, timeUp, stop).ConfigureAwait(false);
            else await OwedAsync(job, runner, changes, sweeps, timeUp, stop).ConfigureAwait(false);
            await writer.CloseAsync(job.ToResult(), stop).ConfigureAwait(false);
        }
        catch (JunipeerException exception)
        {
            job.Fault = exception.Fault;
            await CloseQuietlyAsync(writer, job).ConfigureAwait(false);
            throw;
        }
        catch (OperationCanceledException)
        {
            job.IsIncomplete = true;
            job.Remark = "Stopped by the user; the next run goes on from here.";
            await CloseQuietlyAsync(writer, job).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            job.Add(writer.Use);
        }
    }

    /// <summary>A destination that failed may fail again when told so; the first failure is the one to report.</summary>
    private async Task CloseQuietlyAsync(IResourceWriter writer, ResourceJob job)
    {
        try
        {
            await writer.CloseAsync(job.ToResult(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (JunipeerException second)
        {
            sink.Verbose($"{job.Resource.Name}: the end of the run could not be written down: {second.Message}");
        }
    }

    /// <summary>Reads by id, since a date, or everything, and leaves no bookmark.</summary>
    private async Task OneOffAsync(ResourceJob job, PassRunner runner, CancellationToken timeUp, CancellationToken stop)
    {
        if (request.Ids.Count > 0)
        {
            job.AddMode("Ids");
            await runner.RunAsync(new Step(PassKind.Full, null, null), ParseIds(), false, timeUp, stop).ConfigureAwait(false);
        }
        else if (request.UpdatedAfter is { } since && job.Resource.ReadsChanges)
        {
            job.AddMode("Since");
            await runner.RunAsync(new Step(PassKind.Incremental, since, null), null, false, timeUp, stop).ConfigureAwait(false);
        }
        else
        {
            job.AddMode("Full");
            await runner.RunAsync(new Step(PassKind.Full, null, null), null, false, timeUp, stop).ConfigureAwait(false);
        }
    }

    private async Task OwedAsync(ResourceJob job, PassRunner runner, bool changes, bool sweeps, CancellationToken timeUp, CancellationToken stop)
    {
        if (changes)
        {
            if (runner.Bookmark.Watermark is { } watermark && job.Resource.Clock != ReadClock.EveryRun && await IsAheadAsync(watermark, job, stop).ConfigureAwait(false))
            {
                job.IsIncomplete = true;
                job.Remark = $"The bookmark of '{job.Resource.Name}' lies in the future ({watermark:u}), so no change is read. Set it right with Set-JunipeerBookmark.";
                sink.Warning(job.Remark);
            }
            else
            {
                foreach (var step in _schedule.Changes(job.Resource, runner.Bookmark))
                {
                    if (job.IsIncomplete) return;
                    job.AddMode(step.Kind.ToString());

                    // The first of two moves the watermark the second begins at.
                    var since = step.Kind == PassKind.Incremental ? runner.Bookmark.Watermark : step.Since;
                    await runner.RunAsync(step with { Since = since }, null, true, timeUp, stop).ConfigureAwait(false);
                }
            }
        }

        if (!sweeps || job.IsIncomplete) return;
        if (_schedule.Sweep(job.Resource, runner.Bookmark, source.Now) is not { } sweep) return;
        if (timeUp.IsCancellationRequested)
        {
            job.IsIncomplete = true;
            return;
        }

        job.AddMode(sweep.Kind.ToString());
        await runner.RunAsync(sweep, null, true, timeUp, stop).ConfigureAwait(false);
    }

    /// <summary>Bookmarks are in the system's time, so this machine's clock, right or wrong, cannot tell that one lies ahead.</summary>
    private async Task<bool> IsAheadAsync(DateTimeOffset watermark, ResourceJob job, CancellationToken stop)
    {
        var tolerance = TimeSpan.FromMinutes(5);
        return watermark > source.Now + tolerance && watermark > await source.AskNowAsync(job.Ledger, sink, stop).ConfigureAwait(false) + tolerance;
    }

    private IdSet ParseIds()
    {
        var all = IdSet.Empty;
        foreach (var text in request.Ids)
        {
            if (!IdSet.TryParse(text, out var ids, out var wrong)) throw IdFaults.NotAnIdSet(text, wrong!);
            all = all.Union(ids);
        }

        return all;
    }
}

/// <summary>Faults of ids as users write them.</summary>
internal static class IdFaults
{
    public static JunipeerException NotAnIdSet(string text, string wrong) => new(new JunipeerFault(
        "Junipeer.Record.BadId",
        FaultCategory.InvalidArgument,
        $"'{wrong}' is not an id or an ascending range of ids.",
        "Write ids as 5, 1-10 or 1,2,5-7.")
    { Target = text });
}
