using System.Security;
using Junipeer.Connections;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// The places that need PowerShell: this process's memory and SecretManagement's vaults. One for the process, because a
/// connection may be handed from one runspace to another (<c>$using:connection</c>) and must find its secret there.
/// </summary>
internal sealed class HostSecrets : ISecretStore
{
    private readonly VaultStore _vaults = new();

    private HostSecrets()
    {
    }

    public static HostSecrets Shared { get; } = new();

    public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop) => StoreOf(reference).ReadAsync(reference, stop);

    public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop) =>
        StoreOf(connection.SecretReference).WriteAsync(connection, secret, stop);

    public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => StoreOf(reference).RemoveAsync(reference, stop);

    public ValueTask<AttendedStore?> WhyAttendedAsync(SecretReference reference, CancellationToken stop) => StoreOf(reference).WhyAttendedAsync(reference, stop);

    private ISecretStore StoreOf(SecretReference reference) => reference.Place == SecretPlace.Vault ? _vaults : MemorySecretStore.Shared;
}
