using Junipeer.Export;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Resources;

namespace Junipeer.Records;

/// <summary>By which clock a resource is read again as a whole.</summary>
internal enum ReadClock
{
    /// <summary>Shows no change and costs little: read whole by every run.</summary>
    EveryRun,

    /// <summary>Shows changes; read whole every <c>RecheckEvery</c> to notice what was deleted.</summary>
    List,

    /// <summary>Shows no change and costs much: read whole every <c>FullEvery</c>, between that what was touched.</summary>
    Snapshot,

    /// <summary>Shows most changes: recent ones again every <c>RecheckEvery</c>, whole every 90 days.</summary>
    Recheck,
}

/// <summary>A resource as the export sees it: nothing here names a system.</summary>
internal sealed record SourceResource(ResourceInfo Info, DocumentDefinition Document, ReadClock Clock)
{
    public string Name => Info.Name;

    /// <summary>True when changes since an instant can be read without reading all.</summary>
    public required bool ReadsChanges { get; init; }

    /// <summary>True when one request lists every id that exists.</summary>
    public required bool ListsIds { get; init; }
}

/// <summary>What a pass is to read.</summary>
/// <param name="Kind">Everything, changes, or recent records again.</param>
/// <param name="Since">Where changes or recent records begin; null for everything.</param>
internal sealed record PassRequest(PassKind Kind, DateTimeOffset? Since)
{
    /// <summary>Only these records.</summary>
    public IdSet? Ids { get; init; }

    /// <summary>Ids the destination holds; what exists and is not among them is read too. Null where the destination cannot tell.</summary>
    public IdSet? Known { get; init; }
}

/// <summary>The plan of a pass.</summary>
/// <param name="Text">The source's own notation; what a later run needs to go on.</param>
/// <param name="Slices">Numbered slices; 0 for a walk whose end only the end tells.</param>
/// <param name="Records">Records expected; null where nothing tells.</param>
internal sealed record PassPlan(string Text, long Slices, long? Records)
{
    /// <summary>Every id that exists, when the plan asked for it.</summary>
    public IdSet? Listing { get; init; }

    /// <summary>When that was asked, by the system's clock.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>The earliest instant the plan's answers speak of; null when it asked nothing.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Requests the walk will take at the most.</summary>
    public long Requests { get; init; }
}

/// <summary>A system records are read from. One object per run; it may remember answers for the length of the run.</summary>
internal interface IRecordSource : IAsyncDisposable
{
    string System { get; }

    string Account { get; }

    /// <summary>The quota used per minute at the share in force; null when no answer has told yet.</summary>
    double? RequestsPerMinute { get; }

    IReadOnlyList<SourceResource> Resources { get; }

    /// <summary>The system's own time; this machine's before the first answer.</summary>
    DateTimeOffset Now { get; }

    /// <summary>The system's own time, asked for when no answer has told it yet.</summary>
    Task<DateTimeOffset> AskNowAsync(RequestLedger ledger, IOperationSink sink, CancellationToken stop);

    /// <summary>Asks what must be asked before reading can begin: listings and sweeps, not documents.</summary>
    Task<PassPlan> PlanAsync(SourceResource resource, PassRequest request, RequestLedger ledger, IOperationSink sink, CancellationToken stop);

    /// <summary>Understands a plan an earlier run made.</summary>
    PassPlan Recall(string text);

    /// <summary>Reads what a plan names and is not finished, in any order; pages of numbered slices say which they complete.</summary>
    IAsyncEnumerable<RawPage> ReadAsync(
        SourceResource resource, string plan, IdSet finished, string? position, RequestLedger ledger, IOperationSink sink, CancellationToken stop);

    /// <summary>Expects what a walk will take, at the cost of one request at the most.</summary>
    Task<PassPlan> EstimateAsync(SourceResource resource, PassRequest request, RequestLedger ledger, IOperationSink sink, CancellationToken stop);
}
