using System.Text;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.Brightpearl;

/// <summary>
/// Joins paths to the account's address. Brightpearl's paths hold <c>,</c> <c>*</c> <c>|</c> and <c>/</c> with a meaning
/// (https://help.brightpearl.com/hc/en-us/articles/212645003-URI-syntax), so a path goes out as it was written; only what
/// no request line can carry is encoded.
/// </summary>
internal sealed class BrightpearlClientAddress
{
    private readonly BrightpearlConnection _connection;
    private readonly string _root;

    public BrightpearlClientAddress(BrightpearlConnection connection)
    {
        _connection = connection;
        var address = connection.BaseUri;
        if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http")) throw BadBase("is not an https address");
        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback) throw BadBase("would carry the token unencrypted");
        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0) throw BadBase("holds more than a scheme, a host and a path");

        // A path in the base address is the URI prefix up to the account: "/public-api", or "/2.0.0" on old hosts.
        var account = Uri.EscapeDataString(connection.AccountCode);
        var prefix = address.AbsolutePath.Trim('/');
        if (prefix.Length == 0) prefix = "public-api";
        if (!prefix.Equals(account, StringComparison.OrdinalIgnoreCase) && !prefix.EndsWith('/' + account, StringComparison.OrdinalIgnoreCase)) prefix += '/' + account;
        _root = $"{address.GetLeftPart(UriPartial.Authority)}/{prefix}/";
    }

    /// <summary>The address of a path below the account.</summary>
    public Uri Join(string path) =>
        new(_root + Encode(path.TrimStart('/')), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>Refuses a path, written by a user, that would leave the account.</summary>
    public void Guard(string path)
    {
        var trimmed = path.Trim();
        var end = trimmed.IndexOf('?');
        var place = end < 0 ? trimmed : trimmed[..end];
        if (place.Length == 0) throw BadPath(path, "is empty");
        if (trimmed.Any(char.IsControl)) throw BadPath(path, "holds control characters");
        for (var round = 0; round < 3; round++)
        {
            if (place.Contains("://", StringComparison.Ordinal) || place.StartsWith("//", StringComparison.Ordinal) || place.Contains('\\')) throw BadPath(path, "is an address of its own");
            if (place.Split('/').Any(static part => part is "." or "..")) throw BadPath(path, "leaves the account");
            place = Uri.UnescapeDataString(place); // an encoded ".." is one all the same
        }

        if (place.TrimStart('/').StartsWith("public-api/", StringComparison.OrdinalIgnoreCase)) throw BadPath(path, "repeats the part up to the account");
    }

    private static string Encode(string path)
    {
        var plain = true;
        for (var i = 0; i < path.Length && plain; i++) plain = IsPlain(path, i);
        if (plain) return path;
        var encoded = new StringBuilder(path.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < path.Length; i++)
        {
            if (IsPlain(path, i))
            {
                encoded.Append(path[i]);
                continue;
            }

            if (!Rune.TryGetRuneAt(path, i, out var rune)) rune = Rune.ReplacementChar;
            else i += rune.Utf16SequenceLength - 1;
            foreach (var part in bytes[..rune.EncodeToUtf8(bytes)]) encoded.Append('%').Append(part.ToString("X2"));
        }

        return encoded.ToString();
    }

    /// <summary>What a request line carries as it is; a "%" only where it begins an escape.</summary>
    private static bool IsPlain(string path, int at) => path[at] switch
    {
        '%' => at + 2 < path.Length && char.IsAsciiHexDigit(path[at + 1]) && char.IsAsciiHexDigit(path[at + 2]),
        '"' or '#' or '<' or '>' or '\\' or '^' or '`' or '{' or '}' => false,
        var c => c is > ' ' and < '\x7f',
    };

    private JunipeerException BadPath(string path, string why) => new(new JunipeerFault(
        "Junipeer.Request.BadPath",
        FaultCategory.InvalidArgument,
        $"The path '{path}' {why}; a path names something below the account '{_connection.AccountCode}'.",
        "Give the service and the path below it, for example: Invoke-BrightpearlRequest -Path 'order-service/order/1-10'")
    {
        Target = path,
        System = _connection.System,
    });

    private JunipeerException BadBase(string why) => new(new JunipeerFault(
        "Junipeer.Connection.BadAddress",
        FaultCategory.InvalidArgument,
        $"The base address of the connection '{_connection.Name}' {why}.",
        "Connect again with an address such as: Connect-Brightpearl -BaseUri https://euw1.brightpearlconnect.com (plain http only to this machine)")
    {
        Target = _connection.Name,
        System = _connection.System,
    });
}
