namespace Junipeer.Operations;

/// <summary>
/// Where a running operation speaks: results, faults, messages, progress. The cmdlet side hands every call to its
/// pipeline thread; awaiting a write gives back-pressure, so a slow consumer slows the reading and memory stays bounded.
/// </summary>
public interface IOperationSink
{
    /// <summary>Hands one result to the pipeline and waits until it was taken.</summary>
    ValueTask WriteAsync(object result, CancellationToken stop);

    /// <summary>Reports a fault that does not end the operation.</summary>
    void Fault(JunipeerFault fault);

    /// <summary>Something the user should know although the operation goes on.</summary>
    void Warning(string message);

    /// <summary>Something the user must see now to go on, for example an address to open.</summary>
    void Tell(string message) => Warning(message);

    /// <summary>Asks the person at the prompt for a line; null where there is nobody to ask.</summary>
    ValueTask<string?> AskAsync(string prompt, CancellationToken stop) => default;

    /// <summary>
    /// Begins a part that must not be abandoned once begun, such as changing a refresh token: a stopped command waits
    /// longer for it. Dispose at its end.
    /// </summary>
    IDisposable? BeginCritical() => null;

    /// <summary>What the operation does, for <c>-Verbose</c>.</summary>
    void Verbose(string message);

    /// <summary>Every request and decision, for <c>-Debug</c>.</summary>
    void Debug(string message);

    /// <summary>How far the operation is.</summary>
    void Progress(OperationProgress progress);
}
