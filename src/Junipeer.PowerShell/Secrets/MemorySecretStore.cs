using System.Collections.Concurrent;
using System.Security;
using Junipeer.Connections;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// Secrets that live no longer than the connection they belong to: in this process, under a name nobody can guess. The
/// session that made a connection removes its secret when it disconnects or when its runspace closes.
/// </summary>
internal sealed class MemorySecretStore : ISecretSource
{
    public const string Scheme = "memory";

    private readonly ConcurrentDictionary<string, SecureString> _secrets = new(StringComparer.Ordinal);

    private MemorySecretStore()
    {
    }

    public static MemorySecretStore Shared { get; } = new();

    /// <summary>Keeps a copy, and names it.</summary>
    public string Add(SecureString secret)
    {
        var copy = secret.Copy();
        copy.MakeReadOnly();
        var reference = $"{Scheme}:{Guid.NewGuid():N}";
        _secrets[reference] = copy;
        return reference;
    }

    /// <summary>Wipes a secret; does nothing when it is not here.</summary>
    public void Remove(string reference)
    {
        if (_secrets.TryRemove(reference, out var secret)) secret.Dispose();
    }

    /// <summary>True when the reference was one of ours and its secret has been removed.</summary>
    public bool HasLost(string reference) =>
        reference.StartsWith(Scheme + ":", StringComparison.Ordinal) && !_secrets.ContainsKey(reference);

    /// <summary>A copy for the caller to dispose, so that a disconnect in the meantime cannot pull it away.</summary>
    public ValueTask<SecureString?> ReadAsync(string reference, CancellationToken stop)
    {
        if (!_secrets.TryGetValue(reference, out var secret)) return default;
        try
        {
            return new(secret.Copy());
        }
        catch (ObjectDisposedException)
        {
            return default;
        }
    }
}
