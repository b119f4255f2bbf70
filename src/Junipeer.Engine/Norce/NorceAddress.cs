using System.Text;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>Joins paths to the tenant's host. A path goes out as it was written; only what no request line can carry is encoded.</summary>
internal sealed class NorceAddress
{
    private readonly NorceConnection _connection;
    private readonly string _root;

    public NorceAddress(NorceConnection connection)
    {
        _connection = connection;
        var address = connection.BaseUri;
        if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http")) throw BadBase("is not an https address");
        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback) throw BadBase("would carry the token unencrypted");
        _root = address.GetLeftPart(UriPartial.Authority) + "/";
    }

    /// <summary>The address of a path below the host.</summary>
    public Uri Join(string path) => new(_root + Encode(path.TrimStart('/')), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>
    /// The path of a next link, when it leads to this host. Another host would get the token; the path alone is taken from a
    /// link that only spells the host differently.
    /// </summary>
    public string PathOf(string link)
    {
        if (!Uri.TryCreate(new Uri(_root), link, out var next)) throw BadLink(link);
        if (!next.Host.Equals(_connection.BaseUri.Host, StringComparison.OrdinalIgnoreCase) && !next.AbsolutePath.Contains("/commerce/", StringComparison.OrdinalIgnoreCase)) throw BadLink(link);
        return next.PathAndQuery.TrimStart('/');
    }

    /// <summary>Refuses a path, written by a user, that would leave the host.</summary>
    public void Guard(string path)
    {
        var trimmed = path.Trim();
        var end = trimmed.IndexOf('?');
        var place = end < 0 ? trimmed : trimmed[..end];
        if (place.Length == 0) throw BadPath(path, "is empty");
        if (trimmed.Any(char.IsControl)) throw BadPath(path, "holds control characters");
        if (place.Contains("://", StringComparison.Ordinal) || place.StartsWith("//", StringComparison.Ordinal) || place.Contains('\\')) throw BadPath(path, "is an address of its own");
        if (Uri.UnescapeDataString(place).Split('/').Any(static part => part is "." or "..")) throw BadPath(path, "climbs up");
    }

    private static string Encode(string path)
    {
        var encoded = new StringBuilder(path.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c is > ' ' and < '\x7f' and not ('"' or '#' or '<' or '>' or '\\' or '^' or '`' or '{' or '}') && (c != '%' || IsEscape(path, i)))
            {
                encoded.Append(c);
                continue;
            }

            if (!Rune.TryGetRuneAt(path, i, out var rune)) rune = Rune.ReplacementChar;
            else i += rune.Utf16SequenceLength - 1;
            foreach (var part in bytes[..rune.EncodeToUtf8(bytes)]) encoded.Append('%').Append(part.ToString("X2"));
        }

        return encoded.ToString();
    }

    private static bool IsEscape(string path, int at) => at + 2 < path.Length && char.IsAsciiHexDigit(path[at + 1]) && char.IsAsciiHexDigit(path[at + 2]);

    private JunipeerException BadLink(string link) => new(new JunipeerFault("Junipeer.Norce.ForeignLink", FaultCategory.InvalidData,
        $"Norce named a next page that is not on {_connection.BaseUri.Host}; it is not followed, because the token would go along.",
        "Check the base address of the connection: Test-JunipeerConnection.") { Target = link, System = _connection.System });

    private JunipeerException BadPath(string path, string why) => new(new JunipeerFault("Junipeer.Request.BadPath", FaultCategory.InvalidArgument,
        $"The path '{path}' {why}; a path names something below {_connection.BaseUri.Host}.",
        "Give the whole path, for example: Invoke-NorceRequest -Path 'commerce/query/2.0/Core/Currencies?$top=1'") { Target = path, System = _connection.System });

    private JunipeerException BadBase(string why) => new(new JunipeerFault("Junipeer.Connection.BadAddress", FaultCategory.InvalidArgument,
        $"The base address of the connection '{_connection.Name}' {why}.",
        "Connect again with -Tenant and -Environment, or with -BaseUri https://tenant.api-se.norce.tech (plain http only to this machine).") { Target = _connection.Name, System = _connection.System });
}
