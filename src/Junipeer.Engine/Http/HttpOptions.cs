namespace Junipeer.Http;

/// <summary>How long, how often and how much; the defaults are what users get, tests shorten them.</summary>
internal sealed record HttpOptions
{
    public static HttpOptions Default { get; } = new();

    /// <summary>One try: headers and body.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Name look-up aside, until the connection stands.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Tries after the first when the system or the way to it is out of order.</summary>
    public int OutageRetries { get; init; } = 5;

    /// <summary>No further try after an outage of this length.</summary>
    public TimeSpan OutageTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Tries after answers that said the quota is used up; counted apart from outages.</summary>
    public int ThrottleRetries { get; init; } = 10;

    /// <summary>The first pause after an outage; doubles, with jitter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause after an outage.</summary>
    public TimeSpan MostDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest body taken into memory.</summary>
    public int MostBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>A wait shorter than this is not worth a line to the user.</summary>
    public TimeSpan QuietWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock behind pauses and budgets.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
