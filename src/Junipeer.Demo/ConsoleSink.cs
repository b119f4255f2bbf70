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
internal sealed class MemorySecrets : ISecretStore
{
    private readonly Dictionary<SecretReference, SecureString> _secrets = [];

    public SecretReference Put(string name, string secret)
    {
        var kept = new SecureString();
        foreach (var c in secret) kept.AppendChar(c);
        kept.MakeReadOnly();
        var reference = new SecretReference(SecretPlace.Memory, name);
        lock (_secrets) _secrets[reference] = kept;
        return reference;
    }

    public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
    {
        lock (_secrets) return ValueTask.FromResult(_secrets.TryGetValue(reference, out var secret) ? secret.Copy() : null);
    }

    public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop)
    {
        lock (_secrets) _secrets[connection.SecretReference] = secret.Copy();
        return default;
    }

    public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop)
    {
        lock (_secrets) _secrets.Remove(reference);
        return default;
    }
}
