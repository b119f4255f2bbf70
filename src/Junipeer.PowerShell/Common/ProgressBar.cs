using System.Management.Automation;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Common;

/// <summary>Shows progress at most four times a second, and always takes it away in the end.</summary>
internal sealed class ProgressBar(Cmdlet cmdlet)
{
    private const int ActivityId = 1;
    private const long PauseMilliseconds = 250;

    private long _next;
    private string? _shown;

    /// <summary>Whether it is time to show this; asked by the work's threads.</summary>
    public bool IsDue(OperationProgress progress)
    {
        if (progress.IsCompleted) return true;
        var next = Interlocked.Read(ref _next);
        var now = Environment.TickCount64;
        return now >= next && Interlocked.CompareExchange(ref _next, now + PauseMilliseconds, next) == next;
    }

    /// <summary>Shows it; on the pipeline thread.</summary>
    public void Show(OperationProgress progress)
    {
        if (progress.IsCompleted)
        {
            Close();
            return;
        }

        _shown = progress.Activity;
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, progress.Activity, progress.Status.Length == 0 ? " " : progress.Status)
        {
            PercentComplete = Math.Clamp(progress.PercentComplete, -1, 100),
            SecondsRemaining = progress.Remaining is { } left ? (int)Math.Min(left.TotalSeconds, int.MaxValue) : -1,
        });
    }

    /// <summary>Takes it away, where it was shown; on the pipeline thread.</summary>
    public void Close()
    {
        if (_shown is not { } activity) return;
        _shown = null;
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, " ") { RecordType = ProgressRecordType.Completed });
    }
}
