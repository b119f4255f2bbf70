using System.Security.Cryptography;
using System.Text;

namespace Junipeer.Connections;

/// <summary>The kinds of places a secret can be kept in.</summary>
public enum SecretPlace
{
    /// <summary>This process, as long as it lives.</summary>
    Memory,

    /// <summary>A vault of SecretManagement.</summary>
    Vault,

    /// <summary>A store protected by the operating system: DPAPI, Keychain or libsecret.</summary>
    Protected,

    /// <summary>A file that only its owner may read, not encrypted.</summary>
    File,
}

/// <summary>Names a secret: the kind of place, the vault where there are several, and the name in it. Holds nothing secret.</summary>
/// <param name="Place">The kind of place.</param>
/// <param name="Name">The secret's name there: letters, digits and hyphens only, because Azure Key Vault takes no others.</param>
/// <param name="Vault">The vault, for <see cref="SecretPlace.Vault"/>.</param>
public sealed record SecretReference(SecretPlace Place, string Name, string? Vault = null)
{
    /// <summary>True when the secret outlives the process.</summary>
    public bool IsLasting => Place != SecretPlace.Memory;

    /// <summary>A name in this process that nobody can guess.</summary>
    public static SecretReference InMemory() => new(SecretPlace.Memory, Guid.NewGuid().ToString("N"));

    /// <summary>
    /// The name a connection's secret is kept under: <c>Junipeer-&lt;System&gt;-&lt;Name&gt;</c>. Characters that no vault is sure
    /// to take become hyphens, and a short hash keeps two such names apart.
    /// </summary>
    public static string NameFor(string system, string connection)
    {
        var lower = connection.ToLowerInvariant(); // names are compared without case, by vaults and by us
        var plain = new StringBuilder(lower.Length);
        foreach (var c in lower) plain.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        var changed = plain.ToString() != lower || lower.Length > 80 || EndsLikeHash(lower);
        if (plain.Length > 80) plain.Length = 80;
        if (changed) plain.Append('-').Append(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(lower)))[..8].ToLowerInvariant());
        return $"Junipeer-{system}-{plain}";
    }

    /// <summary>Such a name could be the one that another gets.</summary>
    private static bool EndsLikeHash(string name) => name.Length > 9 && name[^9] == '-' && name.AsSpan(name.Length - 8).IndexOfAnyExcept("0123456789abcdef") < 0;

    /// <summary>The place as people read it: <c>vault 'Nightly'</c>, <c>memory</c>.</summary>
    public override string ToString() => Place switch
    {
        SecretPlace.Vault => $"vault '{Vault}'",
        SecretPlace.Protected => "store of the operating system",
        SecretPlace.File => "unprotected file",
        _ => "memory",
    };
}
