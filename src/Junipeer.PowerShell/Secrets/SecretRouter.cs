using System.Security;
using Junipeer.Connections;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// Finds the store a reference belongs to by the word before its colon (<c>memory:...</c>). One for the process, because a
/// connection may be handed from one runspace to another (<c>$using:connection</c>) and must find its secret there.
/// </summary>
internal sealed class SecretRouter : ISecretSource
{
    private readonly Dictionary<string, ISecretSource> _stores = new(StringComparer.Ordinal)
    {
        [MemorySecretStore.Scheme] = MemorySecretStore.Shared,
    };

    private SecretRouter()
    {
    }

    public static SecretRouter Shared { get; } = new();

    public ValueTask<SecureString?> ReadAsync(string reference, CancellationToken stop)
    {
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && _stores.TryGetValue(reference[..colon], out var store)
            ? store.ReadAsync(reference, stop)
            : default;
    }
}
