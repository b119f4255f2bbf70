using System.Security;
using Junipeer.Connections;
using Junipeer.Export;
using Junipeer.Operations;

namespace Junipeer.Demo;

/// <summary>Collects results and says what goes wrong.</summary>
internal sealed class ConsoleSink : IOperationSink
{
    public List<ExportResult> Results { get; } = [];

    public int Faults { get; private set; }

    public ValueTask WriteAsync(object result, CancellationToken stop)
    {
        if (result is ExportResult export) Results.Add(export);
        return ValueTask.CompletedTask;
    }

    public void Fault(JunipeerFault fault)
    {
        Faults++;
        Console.Error.WriteLine($"{fault.Id}: {fault.Message} {fault.RecommendedAction}");
    }

    public void Warning(string message) => Console.Error.WriteLine($"warning: {message}");

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Progress(OperationProgress progress)
    {
    }
}

/// <summary>Secrets for the length of the demo.</summary>
internal sealed class MemorySecrets : ISecretSource
{
    private readonly Dictionary<string, SecureString> _secrets = [];

    public void Put(string reference, string secret)
    {
        var kept = new SecureString();
        foreach (var c in secret) kept.AppendChar(c);
        kept.MakeReadOnly();
        _secrets[reference] = kept;
    }

    public ValueTask<SecureString?> ReadAsync(string reference, CancellationToken stop) =>
        ValueTask.FromResult(_secrets.TryGetValue(reference, out var secret) ? secret.Copy() : null);
}
