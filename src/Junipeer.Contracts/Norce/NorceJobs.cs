namespace Junipeer.Norce;

/// <summary>Where a job of Connect stands (https://docs.norce.io/api-reference/schemas/connectjob).</summary>
public enum NorceJobStatus
{
    /// <summary>Nothing is known of it.</summary>
    Unknown = 0,

    /// <summary>At work.</summary>
    Initialized = 1,

    /// <summary>Done; single rows may have failed.</summary>
    Succeeded = 2,

    /// <summary>Given up.</summary>
    Failed = 3,

    /// <summary>Refused as a whole.</summary>
    ValidationFailed = 4,

    /// <summary>Being checked.</summary>
    Validating = 5,

    /// <summary>Waiting for a worker.</summary>
    Queued = 6,
}

/// <summary>One job of Connect.</summary>
public sealed record NorceJob
{
    /// <summary>Norce's id of it.</summary>
    public required string JobId { get; init; }

    /// <summary>The connection it was asked through.</summary>
    public required string Connection { get; init; }

    /// <summary>What it imports; null for a job asked after by its id.</summary>
    public NorceImportKind? Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required NorceJobStatus Status { get; init; }

    /// <summary>True when it stands still, well or not.</summary>
    public bool IsFinished { get; init; }

    /// <summary>True when it was followed to its end and nothing was refused, warned about or left out.</summary>
    public bool IsClean { get; init; }

    /// <summary>Rows sent with it; null for a job asked after by its id.</summary>
    public int? Rows { get; init; }

    /// <summary>Items Norce counted in it.</summary>
    public long Total { get; init; }

    /// <summary>Table rows added; one item may add several.</summary>
    public long Inserted { get; init; }

    /// <summary>Table rows changed.</summary>
    public long Updated { get; init; }

    /// <summary>Items that failed.</summary>
    public long Failed { get; init; }

    /// <summary>Items Norce refused on arrival.</summary>
    public int ValidationFailures { get; init; }

    /// <summary>True when what was not sent with it was deactivated.</summary>
    public bool FullFile { get; init; }

    /// <summary>The header sent, one line of JSON; null for a job asked after by its id.</summary>
    public string? Header { get; init; }

    /// <summary>When it began, as Norce writes it: without an offset, taken as UTC. No watermark.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>When it last moved.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>What to say beside the status.</summary>
    public string? Message { get; init; }

    /// <summary>The job's own log, where it was asked for.</summary>
    public IReadOnlyList<NorceJobLogEntry>? Log { get; init; }
}

/// <summary>How bad a line of a job's log is.</summary>
public enum NorceSeverity
{
    /// <summary>For information.</summary>
    Information = 1,

    /// <summary>A part of the record was skipped, the rest imported.</summary>
    Warning = 2,

    /// <summary>The record was not imported.</summary>
    Error = 3,
}

/// <summary>A line of a job's log.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">Norce's words; free text.</param>
/// <param name="TimeStamp">When, taken as UTC.</param>
/// <param name="ImportedRow">The row it is about, as JSON that may be cut short; null when it is about none.</param>
public sealed record NorceJobLogEntry(NorceSeverity Severity, string Message, DateTimeOffset? TimeStamp, string? ImportedRow);

/// <summary>A row that was not imported, or not wholly.</summary>
public sealed record NorceRefusedRow
{
    /// <summary>What was imported.</summary>
    public required NorceImportKind Kind { get; init; }

    /// <summary>The row's number in the input, from 1; null when Norce did not say which row it means.</summary>
    public long? Number { get; init; }

    /// <summary>The row's key as text, for example <c>A-100 / WH1 / STD</c>; null when it is not known.</summary>
    public string? Key { get; init; }

    /// <summary>The id of the error: <c>Junipeer.Norce.MissingField</c>, ...; <c>Junipeer.Norce.RowFailed</c> when Norce refused it.</summary>
    public required string ErrorId { get; init; }

    /// <summary>Error, or Warning for a row that was imported in part.</summary>
    public NorceSeverity Severity { get; init; } = NorceSeverity.Error;

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>The job, when it was sent; null for a row that was refused before.</summary>
    public string? JobId { get; init; }

    /// <summary>The row as it was given; null when it is not known which.</summary>
    public object? Row { get; init; }
}

/// <summary>What an import would do.</summary>
public sealed record NorceImportPlan
{
    /// <summary>What it imports.</summary>
    public required NorceImportKind Kind { get; init; }

    /// <summary>Where to: <c>Product/ImportOnhands</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Rows that would be sent with this header.</summary>
    public required long Rows { get; init; }

    /// <summary>Jobs they would be split into.</summary>
    public required int Jobs { get; init; }

    /// <summary>Bytes of their bodies.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether what is not sent would be deactivated.</summary>
    public bool FullFile { get; init; }

    /// <summary>Active rows a full file would deactivate; null where it is none or cannot be told.</summary>
    public long? WouldDeactivate { get; init; }

    /// <summary>The header, one line of JSON.</summary>
    public required string Header { get; init; }
}
