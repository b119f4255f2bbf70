using System.Security;

namespace Junipeer.Connections;

/// <summary>Gives the engine a secret by its reference. Secrets become text only while a request is being sent.</summary>
public interface ISecretSource
{
    /// <summary>The secret, or null when the store has none under that reference.</summary>
    ValueTask<SecureString?> ReadAsync(string reference, CancellationToken stop);
}
