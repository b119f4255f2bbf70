namespace Junipeer.Norce.Importing;

/// <summary>
/// Tells that something is on disk now, or gone from it. Nobody listens but the kill tests, whose processes die at exactly
/// these points: no signal from outside hits them reliably.
/// </summary>
internal static class DiskSteps
{
    public static Action<string>? Reached { get; set; }

    public static void Tell(string step) => Reached?.Invoke(step);
}
