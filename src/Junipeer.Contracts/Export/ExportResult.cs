namespace Junipeer.Export;

/// <summary>How the export of one resource ended.</summary>
public enum ExportStatus
{
    /// <summary>All that was owed is there.</summary>
    Completed,

    /// <summary>All is there; some values did not fit their column and are in the payload only.</summary>
    CompletedWithDrift,

    /// <summary>All is there; so many records vanished that no delete was flagged.</summary>
    DeletesHeldBack,

    /// <summary>Stopped cleanly; the next run goes on where this one ended.</summary>
    Incomplete,

    /// <summary>Failed; what was committed stays, the bookmark did not pass it.</summary>
    Failed,
}

/// <summary>What an export did to one resource.</summary>
public sealed record ExportResult
{
    /// <summary>The resource.</summary>
    public required string Resource { get; init; }

    /// <summary>How it ended.</summary>
    public required ExportStatus Status { get; init; }

    /// <summary>What was read: <c>Full</c>, <c>Incremental</c>, <c>Recheck</c>, <c>Ids</c>, <c>Since</c>, several joined by <c>+</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Records read and written.</summary>
    public long Records { get; init; }

    /// <summary>Records and child rows written.</summary>
    public long Rows { get; init; }

    /// <summary>Records the destination did not have; null where it cannot tell.</summary>
    public long? New { get; init; }

    /// <summary>Records that differ from before; null where the destination cannot tell.</summary>
    public long? Changed { get; init; }

    /// <summary>Records flagged as deleted; null where the destination cannot tell.</summary>
    public long? Deleted { get; init; }

    /// <summary>Records that could not be written.</summary>
    public long Rejected { get; init; }

    /// <summary>Values that did not fit their column.</summary>
    public long Drifted { get; init; }

    /// <summary>Requests sent, retries included.</summary>
    public long Requests { get; init; }

    /// <summary>Answers that said the quota was used up.</summary>
    public long Throttled { get; init; }

    /// <summary>Bytes of answers received, after decompression.</summary>
    public long Bytes { get; init; }

    /// <summary>Jobs the warehouse ran for it; null where there are none.</summary>
    public long? Jobs { get; init; }

    /// <summary>Bytes sent to the warehouse, compressed; null where nothing is sent.</summary>
    public long? BytesLoaded { get; init; }

    /// <summary>Bytes the warehouse bills for statements; null where it bills nothing.</summary>
    public long? BytesBilled { get; init; }

    /// <summary>Wall time.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>When it began, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Changes before this instant are in the destination; null before the first full pass ended.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Table, or the files written.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>One sentence when the status is not Completed: why, and what comes next.</summary>
    public string? Message { get; init; }

    /// <summary>The fault's id when it failed.</summary>
    public string? ErrorId { get; init; }
}

/// <summary>What an export would do to one resource, for <c>-WhatIf</c>.</summary>
public sealed record ExportPlan
{
    /// <summary>The resource.</summary>
    public required string Resource { get; init; }

    /// <summary>What would be read, as <see cref="ExportResult.Mode"/>.</summary>
    public required string Mode { get; init; }

    /// <summary>Parts that can be resumed.</summary>
    public required long Slices { get; init; }

    /// <summary>Records expected; null where nothing tells.</summary>
    public long? Records { get; init; }

    /// <summary>Requests expected at the most.</summary>
    public required long Requests { get; init; }

    /// <summary>Minutes of the quota those requests take at the share in force.</summary>
    public required double QuotaMinutes { get; init; }

    /// <summary>Upper bound of bytes to be received; null where nothing tells.</summary>
    public long? MaximumBytes { get; init; }

    /// <summary>Load jobs expected at the most; null where the destination has none.</summary>
    public long? Loads { get; init; }

    /// <summary>Upper bound of the bytes the warehouse will bill, from the sizes of its tables; null where it bills nothing.</summary>
    public long? MaximumBytesBilled { get; init; }

    /// <summary>Changes are read from this instant on; null for a full reading.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Requests that making this plan cost.</summary>
    public long PlanRequests { get; init; }
}
