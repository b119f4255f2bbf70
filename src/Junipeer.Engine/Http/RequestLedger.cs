namespace Junipeer.Http;

/// <summary>Counts what a piece of work cost. Safe for concurrent requests.</summary>
public sealed class RequestLedger
{
    private long _requests;
    private long _throttled;
    private long _retries;
    private long _bytes;

    /// <summary>Requests sent, retries included.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Answers that said the quota was used up.</summary>
    public long Throttled => Interlocked.Read(ref _throttled);

    /// <summary>Requests sent again.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Bytes of answers, after decompression.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    internal void CountRequest() => Interlocked.Increment(ref _requests);

    internal void CountThrottled() => Interlocked.Increment(ref _throttled);

    internal void CountRetry() => Interlocked.Increment(ref _retries);

    internal void CountBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
