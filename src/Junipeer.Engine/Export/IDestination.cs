using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Export;

/// <summary>In which form a destination takes records, so that nothing is made that nobody reads.</summary>
public enum RecordForm
{
    /// <summary>Cells of tables: <see cref="RecordBatch.Tables"/>.</summary>
    Rows,

    /// <summary>Untouched documents only: <see cref="RecordBatch.Payload"/>; the first table holds keys, children are empty.</summary>
    Documents,
}

/// <summary>A commit is due when either is reached; the end of a pass always commits.</summary>
/// <param name="Interval">Time since the last commit.</param>
/// <param name="Bytes">Bytes of documents written since the last commit.</param>
public sealed record CommitPace(TimeSpan Interval, long Bytes);

/// <summary>What a destination must know about the run that writes to it.</summary>
public sealed record RunContext
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>When the run began, UTC, this machine's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The system read, for example <c>Brightpearl</c>.</summary>
    public required string System { get; init; }

    /// <summary>The account read; a warehouse remembers which account filled it and refuses another.</summary>
    public required string Account { get; init; }

    /// <summary>How long runs and rejects are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Leave payloads out.</summary>
    public bool NoPayload { get; init; }

    /// <summary>False for runs with ids or a date of their own: they neither read nor move a bookmark, nor flag deletes.</summary>
    public bool KeepsBookmark { get; init; } = true;

    /// <summary>Most bytes a single statement may be billed for; null for no limit of ours.</summary>
    public long? MaximumBytesBilled { get; init; }

    /// <summary>Where to speak.</summary>
    public required IOperationSink Sink { get; init; }
}

/// <summary>Where records go. One object per run; resources are opened one after the other.</summary>
public interface IDestination : IAsyncDisposable
{
    /// <summary>The form records are wanted in.</summary>
    RecordForm Form { get; }

    /// <summary>How often to commit while a pass goes on.</summary>
    CommitPace Pace { get; }

    /// <summary>
    /// Takes the lease on a resource, makes what is missing (tables, columns, folder) and reads the bookmark.
    /// </summary>
    /// <exception cref="JunipeerException"><c>Junipeer.Lease.Held</c> when another run writes this resource.</exception>
    Task<IResourceWriter> OpenAsync(ResourceSchema schema, RunContext run, CancellationToken stop);
}

/// <summary>
/// Writes one resource. What was written since the last commit becomes visible in the commit, together with the bookmark,
/// or not at all. Used by one caller at a time. Disposing without a commit drops what was written and gives up the lease.
/// </summary>
public interface IResourceWriter : IAsyncDisposable
{
    /// <summary>The bookmark as it stood when the lease was taken; <see cref="Bookmark.None"/> when the destination keeps none.</summary>
    Bookmark Bookmark { get; }

    /// <summary>Table, or files written so far.</summary>
    IReadOnlyList<string> Output { get; }

    /// <summary>What the writing has cost so far; null where writing costs nothing.</summary>
    WarehouseUse? Use => null;

    /// <summary>Ids of living records; null where the destination cannot tell.</summary>
    Task<IdSet?> KnownIdsAsync(CancellationToken stop);

    /// <summary>Writes a batch; it may be reused as soon as this returns.</summary>
    /// <param name="batch">The records.</param>
    /// <param name="passId">The pass they belong to.</param>
    /// <param name="stop">Ends the wait.</param>
    ValueTask<WriteOutcome> WriteAsync(RecordBatch batch, string passId, CancellationToken stop);

    /// <summary>Makes everything written since the last commit visible, with the bookmark.</summary>
    /// <exception cref="JunipeerException"><c>Junipeer.Lease.Lost</c> when another run took over; nothing was committed.</exception>
    Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken stop);

    /// <summary>Writes down how the resource's run ended (also a failed one) and gives up the lease.</summary>
    Task CloseAsync(ExportResult result, CancellationToken stop);
}

/// <summary>What a batch did; null where the destination cannot tell.</summary>
/// <param name="New">Records that were not there, or were flagged as deleted.</param>
/// <param name="Changed">Records that differ from before.</param>
/// <param name="Rows">Rows written, children included; for files the number of documents.</param>
public readonly record struct WriteOutcome(long? New, long? Changed, long Rows)
{
    /// <summary>Values the destination's types cannot hold exactly; left out of their column, kept in the payload.</summary>
    public long Unfit { get; init; }
}

/// <summary>What writing to a warehouse that bills costs.</summary>
/// <param name="Jobs">Jobs run.</param>
/// <param name="LoadedBytes">Bytes sent, compressed; loading is not billed.</param>
/// <param name="BilledBytes">Bytes billed for statements.</param>
public readonly record struct WarehouseUse(long Jobs, long LoadedBytes, long BilledBytes);

/// <summary>What a commit carries beside the records written.</summary>
public sealed record Commit
{
    /// <summary>The bookmark from now on.</summary>
    public required Bookmark Bookmark { get; init; }

    /// <summary>Deletes to flag; only in the commit that ends a pass.</summary>
    public DeleteSweep? Deletes { get; init; }

    /// <summary>Records that could not be written.</summary>
    public IReadOnlyList<Reject> Rejects { get; init; } = [];
}

/// <summary>A record that could not be written.</summary>
/// <param name="Id">The record's id, or the id set that was refused.</param>
/// <param name="Reason">Why.</param>
/// <param name="ErrorId">The fault's id.</param>
/// <param name="Payload">The document, where there was one.</param>
public sealed record Reject(string Id, string Reason, string ErrorId, string? Payload);

/// <summary>
/// Which rows a complete listing shows to be gone: exactly one of <see cref="Present"/> and <see cref="PassId"/> is set.
/// Only rows loaded before <see cref="Before"/> are candidates.
/// </summary>
public sealed record DeleteSweep
{
    /// <summary>All ids that exist; a living row whose id is not among them is gone.</summary>
    public IdSet? Present { get; init; }

    /// <summary>A full pass that ended; a living row it did not load is gone.</summary>
    public string? PassId { get; init; }

    /// <summary>When the listing began, in the system's clock.</summary>
    public required DateTimeOffset Before { get; init; }

    /// <summary>Flag them however many they are.</summary>
    public bool AllowMassDelete { get; init; }
}

/// <summary>What a commit did.</summary>
/// <param name="Deleted">Records flagged as deleted.</param>
/// <param name="HeldBack">Records that vanished and were not flagged, because they were too many; 0 otherwise.</param>
public readonly record struct CommitOutcome(long Deleted, long HeldBack)
{
    /// <summary>Records that were not there, where only the commit tells.</summary>
    public long? New { get; init; }

    /// <summary>Records that differ from before, where only the commit tells.</summary>
    public long? Changed { get; init; }
}
