namespace Junipeer.Http;

/// <summary>
/// Leave for one call. Exactly one of <see cref="Answered"/>, <see cref="Throttled"/> and <see cref="NotSent"/> tells the
/// gate how it went; a ticket disposed without any counts as a call the system may have seen.
/// </summary>
internal sealed class QuotaTicket(QuotaGate gate) : IDisposable
{
    private bool _settled;
    private bool _disposed;

    /// <summary>When it was given out, on the gate's clock.</summary>
    internal TimeSpan SentAt { get; init; }

    /// <summary>How many answers the gate had seen by then.</summary>
    internal long AnswersBefore { get; init; }

    /// <summary>The share of the one who calls.</summary>
    internal double Share { get; init; }

    /// <summary>The headers came, with or without word of the quota.</summary>
    public void Answered(QuotaReading? reading)
    {
        if (Settle()) gate.OnAnswered(this, reading);
    }

    /// <summary>The answer said that the quota is used up.</summary>
    public void Throttled(QuotaReading? reading)
    {
        if (Settle()) gate.OnThrottled(this, reading);
    }

    /// <summary>The call never left this machine.</summary>
    public void NotSent()
    {
        if (Settle()) gate.OnLost(this, counted: false);
    }

    /// <summary>Ends the call; the next one may take its place.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (Settle()) gate.OnLost(this, counted: true);
        gate.OnEnded();
    }

    private bool Settle()
    {
        if (_settled) return false;
        return _settled = true;
    }
}
