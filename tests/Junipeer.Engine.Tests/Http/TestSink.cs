using System.Collections.Concurrent;
using Junipeer.Operations;

namespace Junipeer.Tests.Http;

/// <summary>Keeps everything an operation says.</summary>
internal sealed class TestSink : IOperationSink
{
    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<string> Verboses { get; } = new();

    public ConcurrentQueue<string> Debugs { get; } = new();

    public ConcurrentQueue<JunipeerFault> Faults { get; } = new();

    /// <summary>Every word, to look for secrets in.</summary>
    public string Everything => string.Join('\n', Warnings.Concat(Verboses).Concat(Debugs).Concat(Faults.Select(f => f.ToString())));

    public ValueTask WriteAsync(object result, CancellationToken stop) => ValueTask.CompletedTask;

    public void Fault(JunipeerFault fault) => Faults.Enqueue(fault);

    public void Warning(string message) => Warnings.Enqueue(message);

    public void Verbose(string message) => Verboses.Enqueue(message);

    public void Debug(string message) => Debugs.Enqueue(message);

    public void Progress(OperationProgress progress)
    {
    }
}
