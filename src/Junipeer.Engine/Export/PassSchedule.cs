using Junipeer.Records;

namespace Junipeer.Export;

/// <summary>A pass to be done now: one that is open, or a new one.</summary>
/// <param name="Kind">What it reads.</param>
/// <param name="Since">Where it begins; null for everything.</param>
/// <param name="Open">The open pass it goes on with.</param>
internal sealed record Step(PassKind Kind, DateTimeOffset? Since, OpenPass? Open);

/// <summary>
/// Decides what a resource owes. Changes come first; what is due by a clock comes after, with the time that is left.
/// </summary>
internal sealed class PassSchedule(ExportRequest request)
{
    /// <summary>How far back a recheck looks, and how old a full reading of documents may grow.</summary>
    public static readonly TimeSpan RecheckWindow = TimeSpan.FromDays(90);

    /// <summary>Changes: the open pass first, then a new one up to now.</summary>
    public IReadOnlyList<Step> Changes(SourceResource resource, Bookmark bookmark)
    {
        if (request.Full) return [];
        if (resource.Clock == ReadClock.EveryRun) return [new Step(PassKind.Full, null, bookmark.Sweep)];
        if (!resource.ReadsChanges || bookmark.Watermark is not { } watermark) return [];
        var fresh = new Step(PassKind.Incremental, watermark, null);

        // A resumed pass keeps its old start, so what changed since is read by a second one.
        return bookmark.Changes is { } open ? [new Step(PassKind.Incremental, watermark, open), fresh] : [fresh];
    }

    /// <summary>The full or recheck pass that is open or due; null when none is.</summary>
    public Step? Sweep(SourceResource resource, Bookmark bookmark, DateTimeOffset now)
    {
        if (resource.Clock == ReadClock.EveryRun) return request.Full ? new Step(PassKind.Full, null, bookmark.Sweep) : null;
        if (bookmark.Sweep is { } open && (open.Kind == PassKind.Full || !request.Full)) return new Step(open.Kind, null, open);
        var fullAge = resource.Clock switch
        {
            ReadClock.Snapshot => request.FullEvery,
            ReadClock.List => request.RecheckEvery,
            _ => RecheckWindow,
        };
        if (request.Full || bookmark.Watermark is null || Due(bookmark.LastFull, fullAge, now)) return new Step(PassKind.Full, null, null);
        return resource.Clock == ReadClock.Recheck && resource.ReadsChanges && Due(bookmark.LastRecheck, request.RecheckEvery, now)
            ? new Step(PassKind.Recheck, now - RecheckWindow, null)
            : null;
    }

    /// <summary>Age counts from the start of the last pass, less a tenth, so that a nightly job never slips a day.</summary>
    private static bool Due(DateTimeOffset? last, TimeSpan every, DateTimeOffset now) => last is null || now - last >= every * 0.9;
}
