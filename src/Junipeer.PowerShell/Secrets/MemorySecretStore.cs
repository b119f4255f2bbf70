using System.Collections.Concurrent;
using System.Management.Automation;
using System.Security;
using Junipeer.Connections;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// Secrets that live no longer than the connection they belong to: in this process, under a name nobody can guess. The
/// session that made a connection removes its secret when it disconnects or when its runspace closes.
/// </summary>
internal sealed class MemorySecretStore : ISecretStore
{
    private readonly ConcurrentDictionary<SecretReference, SecureString> _secrets = new();
    private readonly ConcurrentDictionary<SecretReference, TokenListener> _listeners = new();

    private MemorySecretStore()
    {
    }

    public static MemorySecretStore Shared { get; } = new();

    /// <summary>Has a script block called with renewed tokens; a write counts as done only when it has come through.</summary>
    public void OnChange(SecretReference reference, ScriptBlock listener) => _listeners[reference] = new TokenListener(listener);

    /// <summary>True when the reference was one of ours and its secret has been removed.</summary>
    public bool HasLost(SecretReference reference) => reference.Place == SecretPlace.Memory && !_secrets.ContainsKey(reference);

    /// <summary>A copy for the caller to dispose, so that a disconnect in the meantime cannot pull it away.</summary>
    public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
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

    public async ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop)
    {
        // The first write is the one that made the connection: the caller has those tokens already.
        var isRenewal = _secrets.ContainsKey(connection.SecretReference);
        if (isRenewal && _listeners.TryGetValue(connection.SecretReference, out var listener) && ChangedToken.Of(connection, secret) is { } changed)
        {
            await PipelineThread.RunAsync(() => changed.Tell(listener), stop).ConfigureAwait(false);
        }

        var copy = secret.Copy();
        copy.MakeReadOnly();
        _secrets[connection.SecretReference] = copy;
    }

    public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop)
    {
        Remove(reference);
        return default;
    }

    /// <summary>Wipes a secret; does nothing when it is not here.</summary>
    public void Remove(SecretReference reference)
    {
        _listeners.TryRemove(reference, out _);
        if (_secrets.TryRemove(reference, out var secret)) secret.Dispose();
    }
}
