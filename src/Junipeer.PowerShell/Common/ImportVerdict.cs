using System.Management.Automation;
using Junipeer.Norce;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Common;

/// <summary>Remembers what was refused in an import with -FailOnError.</summary>
internal sealed class ImportVerdict
{
    private readonly object _lock = new();
    private readonly List<string> _first = [];
    private int _count;

    /// <summary>Takes a result; called from the engine's threads.</summary>
    public void Add(object result)
    {
        switch (result)
        {
            case NorceRefusedRow row: Add($"{row.Key ?? "a row"} ({row.ErrorId})"); break;
            case NorceJob { IsFinished: true, Status: not NorceJobStatus.Succeeded } job: Add($"job {job.JobId} ({job.Status})"); break;
        }
    }

    /// <summary>Ends the script, not only the statement, as <c>throw</c> does, so that <c>pwsh -File</c> exits 1.</summary>
    public void ThrowIfFailed()
    {
        if (_count == 0) return;
        var record = Faults.ToRecord(new JunipeerException(new JunipeerFault(
            "Junipeer.Norce.ImportFailed",
            FaultCategory.InvalidOperation,
            $"{_count} rows or jobs were refused: {string.Join(", ", _first)}{(_count > _first.Count ? ", ..." : string.Empty)}. Everything else was imported.",
            "Mend the refused rows, which the command wrote as objects, and import those alone.")
        { System = "Norce" }));
        throw new RuntimeException(record.Exception.Message, record.Exception, record) { WasThrownFromThrowStatement = true };
    }

    private void Add(string what)
    {
        lock (_lock)
        {
            _count++;
            if (_first.Count < 5) _first.Add(what);
        }
    }
}
