namespace Junipeer.Http;

/// <summary>An answer being read. Valid only inside the callback it is handed to: its buffer goes back to a pool.</summary>
public sealed class ApiAnswer
{
    internal ApiAnswer(HttpResponseMessage response, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt, bool isEmptyResult, string? requestId)
    {
        Response = response;
        Status = (int)response.StatusCode;
        Body = isEmptyResult ? default : body;
        ErrorBody = isEmptyResult ? body : default;
        ReceivedAt = receivedAt;
        Date = response.Headers.Date?.ToUniversalTime();
        RequestId = requestId;
        IsEmptyResult = isEmptyResult;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>The body, decompressed; empty when <see cref="IsEmptyResult"/>.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>When the answer came, UTC, by the system's clock.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>The answer's own <c>Date</c>, UTC.</summary>
    public DateTimeOffset? Date { get; }

    /// <summary>The system's id of the request.</summary>
    public string? RequestId { get; }

    /// <summary>True when the system says with an error status that nothing was found.</summary>
    public bool IsEmptyResult { get; }

    internal HttpResponseMessage Response { get; }

    /// <summary>What the system said when it found nothing.</summary>
    internal ReadOnlyMemory<byte> ErrorBody { get; }
}
