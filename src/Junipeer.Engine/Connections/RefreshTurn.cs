using System.Collections.Concurrent;

namespace Junipeer.Connections;

/// <summary>
/// The right to renew one connection's tokens: one at a time in this process, and for saved connections on this machine.
/// </summary>
internal sealed class RefreshTurn : IDisposable
{
    private static readonly ConcurrentDictionary<SecretReference, SemaphoreSlim> Here = new();

    private readonly SemaphoreSlim _here;
    private readonly FileLock? _machine;

    private RefreshTurn(SemaphoreSlim here, FileLock? machine) => (_here, _machine) = (here, machine);

    /// <summary>Waits for the turn; null when it did not come in time.</summary>
    public static async Task<RefreshTurn?> TakeAsync(SecretReference reference, TimeSpan patience, CancellationToken stop)
    {
        var here = Here.GetOrAdd(reference, static _ => new SemaphoreSlim(1, 1));
        if (!await here.WaitAsync(patience, stop).ConfigureAwait(false)) return null;
        try
        {
            if (!reference.IsLasting) return new RefreshTurn(here, null);
            var name = reference.Vault is null ? reference.Name : SecretReference.NameFor(reference.Vault, reference.Name);
            var machine = await FileLock.TakeAsync(DataFolder.File("locks", name + ".lock"), patience, stop).ConfigureAwait(false);
            if (machine is not null) return new RefreshTurn(here, machine);
        }
        catch (Exception error)
        {
            here.Release();
            if (error is IOException or UnauthorizedAccessException) throw StoreFaults.Unwritable(DataFolder.Path, error.Message, error);
            throw;
        }

        here.Release();
        return null;
    }

    public void Dispose()
    {
        _machine?.Dispose();
        _here.Release();
    }
}
