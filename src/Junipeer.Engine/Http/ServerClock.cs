namespace Junipeer.Http;

/// <summary>
/// The time as the system sees it: its last <c>Date</c> header plus what has passed since on a clock nobody can set.
/// Bookmarks are compared with times the system wrote, so they must come from the system's clock, not this machine's.
/// <c>Date</c> has whole seconds, cut off: the clock is right or up to a second late, never early.
/// </summary>
internal sealed class ServerClock(TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private Reading? _last;

    /// <summary>Now, UTC, by the system's clock; by the local clock before the first answer.</summary>
    public DateTimeOffset Now =>
        Volatile.Read(ref _last) is { } last ? last.Date + _time.GetElapsedTime(last.Timestamp) : _time.GetUtcNow();

    /// <summary>The system's clock less this machine's, when the last answer came; zero before the first answer.</summary>
    public TimeSpan Skew => Volatile.Read(ref _last)?.Skew ?? TimeSpan.Zero;

    /// <summary>True once an answer carried a date.</summary>
    public bool IsKnown => Volatile.Read(ref _last) is not null;

    /// <summary>The last <c>Date</c> header, UTC.</summary>
    public DateTimeOffset? LastDate => Volatile.Read(ref _last)?.Date;

    /// <summary>Takes the date of an answer that has just come.</summary>
    internal void Observe(DateTimeOffset? date)
    {
        if (date is not { } known) return;
        known = known.ToUniversalTime();
        Volatile.Write(ref _last, new Reading(known, _time.GetTimestamp(), known - _time.GetUtcNow()));
    }

    private sealed record Reading(DateTimeOffset Date, long Timestamp, TimeSpan Skew);
}
