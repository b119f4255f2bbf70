using System.Security;

namespace Junipeer.Connections;

/// <summary>
/// Keeps secrets by reference (<see cref="SecretReference"/>). Secrets become text only while a request is being sent.
/// A secret is the token alone, or JSON with a version number when there is more to keep (both tokens, their end).
/// </summary>
public interface ISecretStore
{
    /// <summary>The secret, or null when the store has none under that reference; the caller disposes of it.</summary>
    /// <exception cref="Operations.JunipeerException">The store cannot be opened: locked, missing, of another user.</exception>
    ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop);

    /// <summary>
    /// Keeps a copy where the connection's <see cref="JunipeerConnection.SecretReference"/> says, in place of what was there;
    /// when it returns, the secret is safe. A store that can describe its secrets takes account and end from the connection.
    /// </summary>
    /// <exception cref="Operations.JunipeerException">The store cannot be written.</exception>
    ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop);

    /// <summary>Deletes a secret; does nothing when there is none.</summary>
    ValueTask RemoveAsync(SecretReference reference, CancellationToken stop);

    /// <summary>Why a run that nobody sits at may not be able to open the place; null when it can.</summary>
    ValueTask<AttendedStore?> WhyAttendedAsync(SecretReference reference, CancellationToken stop) => default;
}

/// <summary>A place that wants a person, or a person's own logon.</summary>
/// <param name="Problem">What it wants, in words that go on a sentence.</param>
/// <param name="Fix">What makes it open without.</param>
public sealed record AttendedStore(string Problem, string Fix);
