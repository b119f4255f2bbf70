using System.Collections.Concurrent;
using System.Security;
using Junipeer.Connections;

namespace Junipeer.Tests.Connections;

/// <summary>Keeps secrets in this process, for as many clients as share it, and fails to when told.</summary>
internal sealed class Shelf : ISecretStore
{
    private readonly ConcurrentDictionary<SecretReference, string> _kept = new();
    private int _writes;

    /// <summary>Whether the write of a number, counted from 1, fails.</summary>
    public Func<int, bool> Fails { get; set; } = static _ => false;

    public int Writes => Volatile.Read(ref _writes);

    public SecretDocument this[SecretReference reference]
    {
        get => SecretDocument.Parse(SecretText.Hide(_kept[reference]))!;
        set => _kept[reference] = SecretText.Reveal(value.Hide());
    }

    public async ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
    {
        await Task.Delay(5, stop); // as a vault does, so that callers meet
        return _kept.TryGetValue(reference, out var text) ? SecretText.Hide(text) : null;
    }

    public async ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop)
    {
        await Task.Delay(5, stop);
        if (Fails(Interlocked.Increment(ref _writes))) throw StoreFaults.Unwritable("the shelf", "it is full.");
        _kept[connection.SecretReference] = SecretText.Reveal(secret);
    }

    public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop)
    {
        _kept.TryRemove(reference, out _);
        return default;
    }
}
