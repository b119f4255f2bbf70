using Junipeer.Operations;

namespace Junipeer.Http;

/// <summary>How an answer is to be taken.</summary>
internal enum VerdictKind
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>An error status that only means: nothing found.</summary>
    Empty,

    /// <summary>The quota is used up.</summary>
    Throttled,

    /// <summary>The system or its edge is out of order; later the same call may succeed.</summary>
    Outage,

    /// <summary>The call is wrong; it would fail again.</summary>
    Refused,
}

/// <summary>What an answer means.</summary>
/// <param name="Kind">How to take it.</param>
/// <param name="Fault">What is wrong; null for success and for empty.</param>
/// <param name="NotExecuted">True when the system says for sure that it did nothing, so that even a write may be repeated.</param>
internal readonly record struct Verdict(VerdictKind Kind, JunipeerFault? Fault = null, bool NotExecuted = false);

/// <summary>What one system does its own way over HTTP. The pipeline does the rest.</summary>
internal abstract class SystemDialect
{
    /// <summary>The system's name.</summary>
    public abstract string System { get; }

    /// <summary>The connection's name.</summary>
    public abstract string Connection { get; }

    /// <summary>The documented hosts, for the advice when one cannot be found.</summary>
    public abstract JunipeerFault? ExplainUnknownHost(Uri address);

    /// <summary>Makes sure the secret is at hand and good for a call.</summary>
    public abstract ValueTask PrepareAsync(IOperationSink sink, CancellationToken stop);

    /// <summary>Counts the secrets used so far, so that a refusal can be matched to the one it was for.</summary>
    public abstract int SecretVersion { get; }

    /// <summary>The secret of that version was refused as one that has ended. True when there is a new one to try.</summary>
    public abstract Task<bool> RenewAsync(int refused, IOperationSink sink, CancellationToken stop);

    /// <summary>Puts the proof of identity on a request.</summary>
    public abstract void Authenticate(HttpRequestMessage request);

    /// <summary>What an answer says of the quota.</summary>
    public abstract QuotaReading? ReadQuota(HttpResponseMessage response);

    /// <summary>The system's id of the request.</summary>
    public abstract string? ReadRequestId(HttpResponseMessage response);

    /// <summary>What an answer means. <paramref name="knownGood"/>: this connection had a good answer before.</summary>
    public abstract Verdict Judge(ApiCall call, HttpResponseMessage response, ReadOnlyMemory<byte> body, bool knownGood);
}
