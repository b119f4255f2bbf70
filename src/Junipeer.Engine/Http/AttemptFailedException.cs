using Junipeer.Operations;

namespace Junipeer.Http;

/// <summary>Whether another attempt makes sense.</summary>
internal enum RetryKind
{
    /// <summary>It would fail again, or could do harm.</summary>
    Never,

    /// <summary>Once: the way to the system has never worked, so a typing error is likelier than an outage.</summary>
    Once,

    /// <summary>As long as the budget for outages lasts.</summary>
    Outage,

    /// <summary>When the quota gate lets it through.</summary>
    Throttle,
}

/// <summary>Ends one attempt inside the pipeline; never leaves it.</summary>
internal sealed class AttemptFailedException(JunipeerFault fault, RetryKind retry) : Exception(fault.Message)
{
    public JunipeerFault Fault { get; } = fault;

    public RetryKind Retry { get; } = retry;
}
