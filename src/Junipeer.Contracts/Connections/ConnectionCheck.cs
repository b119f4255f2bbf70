namespace Junipeer.Connections;

/// <summary>How a check ended.</summary>
public enum CheckStatus
{
    /// <summary>All is well.</summary>
    Passed,

    /// <summary>Works, but somebody should look.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Failed,

    /// <summary>Not tried, because an earlier check failed.</summary>
    Skipped,
}

/// <summary>One check of a connection, with cause and fix when it failed.</summary>
public sealed record ConnectionCheck
{
    /// <summary>The connection's name.</summary>
    public required string Connection { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>What was checked: <c>Reachable</c>, <c>Authenticated</c>, <c>BaseCurrency</c>, <c>QuotaLeft</c>, <c>ClockSkew</c>, ...</summary>
    public required string Check { get; init; }

    /// <summary>How it ended.</summary>
    public required CheckStatus Status { get; init; }

    /// <summary>What was found.</summary>
    public required string Detail { get; init; }

    /// <summary>Why it failed; null when it passed.</summary>
    public string? Cause { get; init; }

    /// <summary>What mends it; null when it passed.</summary>
    public string? Fix { get; init; }

    /// <summary>The id of the error a cmdlet would raise for the same cause.</summary>
    public string? ErrorId { get; init; }

    /// <summary>How long the check took.</summary>
    public TimeSpan Duration { get; init; }
}
