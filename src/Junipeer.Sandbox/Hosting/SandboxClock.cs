using System.Diagnostics;

namespace Junipeer.Sandbox.Hosting;

/// <summary>
/// The time of the simulated servers. It runs with real time from a chosen start; an admin can push it on
/// (everything ages: tokens, quota windows) or skew it (only what the server says the time is).
/// </summary>
internal sealed class SandboxClock
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _start;
    private long _advancedMs;
    private long _skewMs;

    public SandboxClock(DateTimeOffset start) => _start = start.ToUniversalTime();

    /// <summary>Server time in milliseconds since 1970, skew included.</summary>
    public long NowMs => _start.ToUnixTimeMilliseconds() + ElapsedMs + Volatile.Read(ref _skewMs);

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    /// <summary>Milliseconds that have passed, advances included and skew not: what quota windows and token lives count.</summary>
    public long ElapsedMs => (long)Stopwatch.GetElapsedTime(_startedAt).TotalMilliseconds + Volatile.Read(ref _advancedMs);

    public long AdvancedMs => Volatile.Read(ref _advancedMs);

    public long SkewMs => Volatile.Read(ref _skewMs);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _advancedMs, (long)by.TotalMilliseconds);

    public void Skew(TimeSpan by) => Volatile.Write(ref _skewMs, (long)by.TotalMilliseconds);

    public void Set(DateTimeOffset to) => Interlocked.Add(ref _advancedMs, to.ToUnixTimeMilliseconds() - NowMs);
}
