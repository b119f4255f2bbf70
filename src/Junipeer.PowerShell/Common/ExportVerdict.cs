using System.Management.Automation;
using Junipeer.Export;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Common;

/// <summary>Remembers what failed in an export with -FailOnError.</summary>
internal sealed class ExportVerdict(string system)
{
    private readonly List<string> _failed = [];
    private bool _hasResults;

    /// <summary>The faults that were held back.</summary>
    public List<JunipeerFault> HeldBack { get; } = [];

    public void Add(ExportResult result)
    {
        _hasResults = true;
        if (result.Status == ExportStatus.Failed) _failed.Add(result.Resource);
    }

    public void Add(JunipeerFault fault) => HeldBack.Add(fault);

    /// <summary>
    /// Ends the script, not only the statement, as <c>throw</c> does: an ordinary terminating error would let
    /// <c>pwsh -File</c> go on with the next line and exit 0. Into the pipeline there are no results, so any fault counts.
    /// </summary>
    public void ThrowIfFailed()
    {
        var names = _hasResults ? _failed : HeldBack.Select(f => f.Target?.ToString() ?? f.Id).Distinct().ToList();
        if (names.Count == 0) return;
        var record = Faults.ToRecord(new JunipeerException(new JunipeerFault(
            "Junipeer.Export.Failed",
            FaultCategory.InvalidOperation,
            $"The export failed for {string.Join(", ", names)}. What was committed stays; the next export goes on from there.",
            "Mend the cause shown by the errors before this one, then run the same command again.")
        { Target = names.ToArray(), System = system, Cause = HeldBack.Count > 0 ? new JunipeerException(HeldBack[0]) : null }));
        throw new RuntimeException(record.Exception.Message, record.Exception, record) { WasThrownFromThrowStatement = true };
    }
}
