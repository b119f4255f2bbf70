using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.PowerShell.Secrets;

/// <summary>Decides where the secret of a new connection is kept.</summary>
internal static class SavePlaces
{
    /// <summary>The places to try, the best first: a vault, else the operating system's store, and a plain file only when allowed.</summary>
    public static IReadOnlyList<SecretReference> For(string system, string connection, string? vault, bool noSave, bool allowUnprotected)
    {
        if (noSave && (vault is not null || allowUnprotected))
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Store.Contradiction", FaultCategory.InvalidArgument,
                "-NoSave keeps the secret in this session only; it does not go together with -Vault or -AllowUnprotectedStore.", "Leave one of them out.") { Target = connection });
        }

        if (noSave) return [SecretReference.InMemory()];
        var name = SecretReference.NameFor(system, connection);
        if (vault is not null) VaultStore.Require(vault);
        if ((vault ?? VaultStore.DefaultVault()) is { } chosen) return [new SecretReference(SecretPlace.Vault, name, chosen)];
        var safe = new SecretReference(SecretPlace.Protected, name);
        return allowUnprotected ? [safe, new SecretReference(SecretPlace.File, name)] : [safe];
    }
}
