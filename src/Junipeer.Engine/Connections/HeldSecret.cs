using System.Runtime.InteropServices;
using System.Security;
using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>
/// The secret of one connection, read from its source once and kept as a <see cref="SecureString"/>; it is text only while
/// a header is being written.
/// </summary>
internal sealed class HeldSecret(JunipeerConnection connection, ISecretSource source, string fix) : IDisposable
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private SecureString? _secret;

    /// <summary>Reads the secret, once; <paramref name="onRead"/> sees it then, to teach the redactor.</summary>
    public async ValueTask LoadAsync(Action<string> onRead, CancellationToken stop)
    {
        if (Volatile.Read(ref _secret) is not null) return;
        await _reading.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (_secret is not null) return;
            var read = await source.ReadAsync(connection.SecretReference, stop).ConfigureAwait(false);
            if (read is null || read.Length == 0) throw Missing("has no secret in the store it refers to");
            var copy = read.Copy(); // the store keeps its own, and may dispose of it
            copy.MakeReadOnly();
            var text = ToText(copy);
            if (text.Length == 0) throw Missing("has an empty secret");
            if (text.Any(static c => c is < ' ' or > '~')) throw Missing("has a secret with characters that no token holds, perhaps from a copied line break");
            onRead(text);
            Volatile.Write(ref _secret, copy);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The secret as text, without white space around it. Drop it at once.</summary>
    public string Reveal() => ToText(_secret ?? throw new InvalidOperationException("The secret has not been read."));

    public void Dispose()
    {
        _secret?.Dispose();
        _reading.Dispose();
    }

    private static string ToText(SecureString secret)
    {
        var memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(memory, secret.Length).Trim();
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
        }
    }

    private JunipeerException Missing(string what) => new(new JunipeerFault(
        "Junipeer.Authentication.SecretMissing",
        FaultCategory.AuthenticationError,
        $"The connection '{connection.Name}' {what}.",
        fix)
    {
        Target = connection.Name,
        System = connection.System,
    });
}
