namespace Junipeer.Http;

/// <summary>What one answer says about the quota.</summary>
/// <param name="Remaining">Calls left, this one already counted.</param>
/// <param name="Period">Time until the period ends; null when the answer does not say.</param>
internal readonly record struct QuotaReading(int Remaining, TimeSpan? Period);
