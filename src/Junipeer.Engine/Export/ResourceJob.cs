using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Export;

/// <summary>One resource of a run: what it did so far, over all its passes.</summary>
internal sealed class ResourceJob(SourceResource resource, string runId)
{
    private readonly List<string> _modes = [];

    public SourceResource Resource { get; } = resource;

    public RequestLedger Ledger { get; } = new();

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    public TimeSpan Spent { get; set; }

    public long Records { get; set; }

    public long Rows { get; set; }

    public long? New { get; set; }

    public long? Changed { get; set; }

    public long? Deleted { get; set; }

    public long HeldBack { get; set; }

    public long Rejected { get; set; }

    public long Drifted { get; set; }

    /// <summary>True when the time was up before all was read.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>What to say beside the status.</summary>
    public string? Remark { get; set; }

    public JunipeerFault? Fault { get; set; }

    public DateTimeOffset? Watermark { get; set; }

    public IReadOnlyList<string> Output { get; set; } = [];

    /// <summary>What writing cost, where the destination bills.</summary>
    public WarehouseUse? Use { get; private set; }

    public void AddMode(string mode)
    {
        if (!_modes.Contains(mode)) _modes.Add(mode);
    }

    public void Add(WarehouseUse? use)
    {
        if (use is { } more) Use = Use is { } before ? new WarehouseUse(before.Jobs + more.Jobs, before.LoadedBytes + more.LoadedBytes, before.BilledBytes + more.BilledBytes) : more;
    }

    public ExportResult ToResult() => new()
    {
        Resource = Resource.Name,
        Status = Fault is not null ? ExportStatus.Failed
            : IsIncomplete ? ExportStatus.Incomplete
            : HeldBack > 0 ? ExportStatus.DeletesHeldBack
            : Drifted > 0 ? ExportStatus.CompletedWithDrift
            : ExportStatus.Completed,
        Mode = _modes.Count > 0 ? string.Join('+', _modes) : "UpToDate",
        Records = Records,
        Rows = Rows,
        New = New,
        Changed = Changed,
        Deleted = Deleted,
        Rejected = Rejected,
        Drifted = Drifted,
        Requests = Ledger.Requests,
        Throttled = Ledger.Throttled,
        Bytes = Ledger.Bytes,
        Duration = Spent,
        StartedAt = StartedAt,
        Watermark = Watermark,
        RunId = runId,
        Output = Output,
        Jobs = Use?.Jobs,
        BytesLoaded = Use?.LoadedBytes,
        BytesBilled = Use?.BilledBytes,
        Message = Fault?.Message
            ?? (IsIncomplete ? Remark ?? "The time was up; the next run goes on from here."
            : HeldBack > 0 ? $"{HeldBack} records vanished at once; none was flagged as deleted. Check the account, then export again with -AllowMassDelete."
            : Remark ?? (Drifted > 0 ? $"{Drifted} values did not fit their column; the payload keeps them." : null)),
        ErrorId = Fault?.Id,
    };
}
