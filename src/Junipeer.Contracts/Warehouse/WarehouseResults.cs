using Junipeer.Export;

namespace Junipeer.Warehouse;

/// <summary>A warehouse named by a cmdlet: a SQLite file, or a connection.</summary>
public sealed record WarehouseReference
{
    /// <summary>Full path of the SQLite file.</summary>
    public string? Path { get; init; }

    /// <summary>The connection, for a warehouse that is a service.</summary>
    public Connections.JunipeerConnection? Connection { get; init; }

    /// <summary>Table prefix of the account meant; empty for none.</summary>
    public string TablePrefix { get; init; } = "";
}

/// <summary>SQL to run on a warehouse, read-only.</summary>
/// <param name="Warehouse">Where.</param>
/// <param name="Sql">One SELECT (or other reading) statement.</param>
public sealed record QueryRequest(WarehouseReference Warehouse, string Sql)
{
    /// <summary>Named parameters, without or with their prefix.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = new Dictionary<string, object?>();
}

/// <summary>One execution for one resource, as the warehouse remembers it.</summary>
public sealed record RunInfo
{
    /// <summary>The run; several resources share it.</summary>
    public required string RunId { get; init; }

    /// <summary>The resource.</summary>
    public required string Resource { get; init; }

    /// <summary>How it ended; null while it is going or when its process died.</summary>
    public ExportStatus? Status { get; init; }

    /// <summary>What was read.</summary>
    public string? Mode { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Records read and written.</summary>
    public long Records { get; init; }

    /// <summary>Records the warehouse did not have.</summary>
    public long New { get; init; }

    /// <summary>Records that differ from before.</summary>
    public long Changed { get; init; }

    /// <summary>Records flagged as deleted.</summary>
    public long Deleted { get; init; }

    /// <summary>Records that could not be written.</summary>
    public long Rejected { get; init; }

    /// <summary>Requests sent.</summary>
    public long Requests { get; init; }

    /// <summary>Throttled answers.</summary>
    public long Throttled { get; init; }

    /// <summary>Why it did not complete.</summary>
    public string? Message { get; init; }

    /// <summary>Machine and process that ran it.</summary>
    public string? Host { get; init; }
}

/// <summary>A record that could not be written, kept with the reason.</summary>
public sealed record RejectInfo
{
    /// <summary>The run that met it.</summary>
    public required string RunId { get; init; }

    /// <summary>The resource.</summary>
    public required string Resource { get; init; }

    /// <summary>The record's id, or the id set that was refused.</summary>
    public required string Id { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>The fault's id.</summary>
    public required string ErrorId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset RejectedAt { get; init; }

    /// <summary>The document, where there was one.</summary>
    public string? Payload { get; init; }
}

/// <summary>Where a resource stands in a warehouse.</summary>
public sealed record BookmarkInfo
{
    /// <summary>The resource.</summary>
    public required string Resource { get; init; }

    /// <summary>Changes before this instant are in the warehouse; null before the first full pass ended.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>When the last full pass began that ended.</summary>
    public DateTimeOffset? LastFull { get; init; }

    /// <summary>When the last recheck began that ended.</summary>
    public DateTimeOffset? LastRecheck { get; init; }

    /// <summary>The passes that are open, for example <c>Full: 12 of 25 slices</c>; empty when none is.</summary>
    public string OpenPass { get; init; } = "";

    /// <summary>When the last commit was, UTC.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A bookmark to set by hand.</summary>
/// <param name="Warehouse">Where.</param>
/// <param name="Resource">Which resource.</param>
public sealed record BookmarkChange(WarehouseReference Warehouse, string Resource)
{
    /// <summary>The new watermark; null to forget everything, so that the next run reads all.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>Also forget open passes. A new watermark keeps the last full pass, forgetting drops all.</summary>
    public bool Reset { get; init; }
}

/// <summary>How old the data of a resource is, for monitors.</summary>
public sealed record FreshnessInfo
{
    /// <summary>The resource.</summary>
    public required string Resource { get; init; }

    /// <summary>True when the data is younger than the maximum age asked for.</summary>
    public required bool IsFresh { get; init; }

    /// <summary>How old the data is; null when it was never read to the end.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The age allowed.</summary>
    public required TimeSpan MaximumAge { get; init; }

    /// <summary>Start of the last pass that ended.</summary>
    public DateTimeOffset? CompleteTo { get; init; }

    /// <summary>How the last run of it ended.</summary>
    public ExportStatus? LastStatus { get; init; }

    /// <summary>What is wrong, when it is not fresh.</summary>
    public string? Detail { get; init; }
}

/// <summary>One row of a query: names and values in the statement's order.</summary>
/// <param name="Columns">Column names, made unique.</param>
/// <param name="Values">Values: null, <see cref="long"/>, <see cref="double"/>, <see cref="decimal"/>, <see cref="string"/> or <c>byte[]</c>.</param>
public sealed record QueryRow(IReadOnlyList<string> Columns, IReadOnlyList<object?> Values);
