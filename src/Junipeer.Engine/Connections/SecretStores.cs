using System.Security;
using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>
/// Leads to the place a reference names. Memory and vaults belong to the host, which has the engine of the vaults; the rest
/// needs none and is here.
/// </summary>
internal sealed class SecretStores(ISecretStore host) : ISecretStore
{
    private readonly ISecretStore _protected = new ProtectedStore();
    private readonly ISecretStore _file = new UnprotectedStore();

    public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop) => StoreOf(reference).ReadAsync(reference, stop);

    public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop) =>
        StoreOf(connection.SecretReference).WriteAsync(connection, secret, stop);

    public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => StoreOf(reference).RemoveAsync(reference, stop);

    public ValueTask<AttendedStore?> WhyAttendedAsync(SecretReference reference, CancellationToken stop) => StoreOf(reference).WhyAttendedAsync(reference, stop);

    private ISecretStore StoreOf(SecretReference reference) => reference.Place switch
    {
        SecretPlace.Protected => _protected,
        SecretPlace.File => _file,
        _ => host,
    };
}
