namespace Junipeer.Operations;

/// <summary>How far an operation is.</summary>
/// <param name="Activity">What is going on, for example <c>Exporting order</c>.</param>
/// <param name="Status">Where it stands, for example <c>3,200 of 5,000 records, 17 requests</c>.</param>
/// <param name="PercentComplete">0 to 100, or -1 when unknown.</param>
/// <param name="IsCompleted">True for the record that closes the bar.</param>
public sealed record OperationProgress(string Activity, string Status, int PercentComplete = -1, bool IsCompleted = false)
{
    /// <summary>Time left, when it can be told.</summary>
    public TimeSpan? Remaining { get; init; }
}
