using Junipeer.Files;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouses;

namespace Junipeer.Export;

/// <summary>Says what an export would do, for one request a resource at the most, and touches no destination.</summary>
internal sealed class ExportForecast(IRecordSource source, ExportRequest request, IWarehouse? warehouse, IOperationSink sink)
{
    /// <summary>Documents are seldom larger; the forecast promises an upper bound, not an estimate.</summary>
    private const long BytesPerDocument = 32 << 10;

    private readonly PassSchedule _schedule = new(request);

    public async Task RunAsync(IReadOnlyList<SourceResource> resources, CancellationToken stop)
    {
        var bookmarks = await BookmarksAsync(stop).ConfigureAwait(false);
        foreach (var resource in resources)
        {
            try
            {
                await sink.WriteAsync(await PlanAsync(resource, bookmarks.GetValueOrDefault(resource.Name, Bookmark.None), stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            }
            catch (JunipeerException exception) when (!Exporter.IsShared(exception.Fault))
            {
                sink.Fault(exception.Fault with { Target = resource.Name });
            }
        }
    }

    private async Task<ExportPlan> PlanAsync(SourceResource resource, Bookmark bookmark, CancellationToken stop)
    {
        var ledger = new RequestLedger();
        var steps = StepsOf(resource, bookmark);
        long slices = 0, requests = 0;
        long? records = null;
        foreach (var (step, ids) in steps)
        {
            // A pass that is open knows what is left without asking.
            var plan = step.Open is { Plan: { } text } open
                ? Left(source.Recall(text), open)
                : await source.EstimateAsync(resource, new PassRequest(step.Kind, step.Since) { Ids = ids, Known = step.Kind == PassKind.Incremental && request.Target == ExportTarget.Warehouse ? IdSet.Empty : null }, ledger, sink, stop).ConfigureAwait(false);
            slices += plan.Slices;
            requests += plan.Requests;
            if (plan.Records is { } count) records = (records ?? 0) + count;
        }

        var cost = warehouse is null || steps.Count == 0 ? null : await warehouse.ForecastAsync(new DocumentMap(resource.Document).Schema, records * BytesPerDocument, stop).ConfigureAwait(false);
        return new ExportPlan
        {
            Resource = resource.Name,
            Mode = steps.Count == 0 ? "UpToDate" : string.Join('+', steps.Select(s => s.Ids is not null ? "Ids" : request.UpdatedAfter is not null && s.Step.Since is not null ? "Since" : s.Step.Kind.ToString()).Distinct()),
            Slices = slices,
            Records = records,
            Requests = requests,
            QuotaMinutes = Math.Round(requests / (source.RequestsPerMinute ?? (200 * (request.QuotaShare ?? 0.7))), 2),
            MaximumBytes = records * BytesPerDocument,
            Loads = cost?.Loads,
            MaximumBytesBilled = cost?.BilledBytes,
            Since = steps.Select(s => s.Step.Since).FirstOrDefault(s => s is not null),
            PlanRequests = ledger.Requests,
        };
    }

    private static PassPlan Left(PassPlan plan, OpenPass open)
    {
        var left = Math.Max(0, plan.Slices - open.Finished.Count);
        return plan with { Slices = left, Requests = left, Records = plan.Records is { } all && plan.Slices > 0 ? all * left / plan.Slices : plan.Records };
    }

    private IReadOnlyList<(Step Step, IdSet? Ids)> StepsOf(SourceResource resource, Bookmark bookmark)
    {
        if (request.Ids.Count > 0)
        {
            var ids = IdSet.Empty;
            foreach (var text in request.Ids) ids = ids.Union(IdSet.TryParse(text, out var set, out var wrong) ? set : throw IdFaults.NotAnIdSet(text, wrong!));
            return [(new Step(PassKind.Full, null, null), ids)];
        }

        if (request.UpdatedAfter is { } since) return [(resource.ReadsChanges ? new Step(PassKind.Incremental, since, null) : new Step(PassKind.Full, null, null), null)];
        if (request.Target == ExportTarget.Pipeline) return [(new Step(PassKind.Full, null, null), null)];
        var steps = _schedule.Changes(resource, bookmark).Select(s => (s, (IdSet?)null)).ToList();
        if (_schedule.Sweep(resource, bookmark, source.Now) is { } sweep) steps.Add((sweep, null));
        return steps;
    }

    private async Task<IReadOnlyDictionary<string, Bookmark>> BookmarksAsync(CancellationToken stop)
    {
        switch (request.Target)
        {
            case ExportTarget.Warehouse when warehouse is not null:
                return await warehouse.ReadBookmarksAsync(stop).ConfigureAwait(false);
            case ExportTarget.Files:
                return FolderState.ReadBookmarks(request.Path!);
            default:
                return new Dictionary<string, Bookmark>();
        }
    }
}
