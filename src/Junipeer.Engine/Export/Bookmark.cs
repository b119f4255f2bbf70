using Junipeer.Records;

namespace Junipeer.Export;

/// <summary>What a pass reads.</summary>
public enum PassKind
{
    /// <summary>Everything.</summary>
    Full,

    /// <summary>What changed since the watermark.</summary>
    Incremental,

    /// <summary>Again what changed or was created lately, for edits that move no change date.</summary>
    Recheck,
}

/// <summary>
/// A pass that has begun and not ended. It keeps its own start time and its plan, so a later run goes on with it instead of
/// beginning anew.
/// </summary>
public sealed record OpenPass
{
    /// <summary>Marks every row the pass loads.</summary>
    public required string Id { get; init; }

    /// <summary>What it reads.</summary>
    public required PassKind Kind { get; init; }

    /// <summary>When it began, by the system's own clock, UTC; never renewed by a resumed run.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The source's plan, opaque to everybody else; null until it was made.</summary>
    public string? Plan { get; init; }

    /// <summary>Numbers of the slices that are committed.</summary>
    public IdSet Finished { get; init; } = IdSet.Empty;

    /// <summary>How many slices there are; 0 when only the end will tell.</summary>
    public long Slices { get; init; }

    /// <summary>Where a pass without numbered slices goes on.</summary>
    public string? Position { get; init; }

    /// <summary>Records refused so far, in whichever run: they exist, though the pass did not load them.</summary>
    public long Rejected { get; init; }
}

/// <summary>
/// The bookmark of a resource in a destination: the watermark, the ages of the two clocks, and the passes that are open.
/// A due full reading stays open over many runs while incremental passes come and go, so there is room for one of each.
/// </summary>
public sealed record Bookmark
{
    /// <summary>Nothing was ever read.</summary>
    public static Bookmark None { get; } = new();

    /// <summary>Changes before this instant are in the destination; null before the first full pass ended.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>Start of the last full pass that ended.</summary>
    public DateTimeOffset? LastFull { get; init; }

    /// <summary>Start of the last recheck (or full pass) that ended.</summary>
    public DateTimeOffset? LastRecheck { get; init; }

    /// <summary>The open incremental pass.</summary>
    public OpenPass? Changes { get; init; }

    /// <summary>The open full or recheck pass.</summary>
    public OpenPass? Sweep { get; init; }
}
