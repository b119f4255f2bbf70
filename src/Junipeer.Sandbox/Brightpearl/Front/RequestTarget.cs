using System.Text;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>
/// A request target, decoded the way the service does: percent-escapes first, then the path split at slashes, where
/// empty parts (doubled or trailing slashes) do not count. In the query <c>+</c> is a space.
/// </summary>
internal sealed class RequestTarget
{
    public required string RawPath { get; init; }

    public required string RawQuery { get; init; }

    public required string[] Segments { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Query { get; init; }

    public static RequestTarget Parse(string raw)
    {
        if (raw.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || raw.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            int slash = raw.IndexOf('/', raw.IndexOf("//", StringComparison.Ordinal) + 2);
            raw = slash < 0 ? "/" : raw[slash..];
        }

        int mark = raw.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? raw : raw[..mark];
        string query = mark < 0 ? string.Empty : raw[(mark + 1)..];
        return new RequestTarget
        {
            RawPath = path,
            RawQuery = query,
            Segments = Decode(path, false).Split('/', StringSplitOptions.RemoveEmptyEntries),
            Query = Pairs(query),
        };
    }

    /// <summary>Names and values of a query or a form.</summary>
    public static IReadOnlyList<(string Name, string Value)> Pairs(string query)
    {
        List<(string, string)> pairs = [];
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            pairs.Add(equals < 0 ? (Decode(part, true), string.Empty) : (Decode(part[..equals], true), Decode(part[(equals + 1)..], true)));
        }

        return pairs;
    }

    private static string Decode(string text, bool plusIsSpace)
    {
        if (!text.Contains('%', StringComparison.Ordinal) && !(plusIsSpace && text.Contains('+', StringComparison.Ordinal)))
        {
            return text;
        }

        byte[] source = Encoding.UTF8.GetBytes(text);
        byte[] target = new byte[source.Length];
        int length = 0;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '%' && i + 2 < source.Length && Uri.IsHexDigit((char)source[i + 1]) && Uri.IsHexDigit((char)source[i + 2]))
            {
                target[length++] = Convert.ToByte(text: [(char)source[i + 1], (char)source[i + 2]]);
                i += 2;
            }
            else
            {
                target[length++] = source[i] == '+' && plusIsSpace ? (byte)' ' : source[i];
            }
        }

        return Encoding.UTF8.GetString(target, 0, length);
    }

    private static class Convert
    {
        public static byte ToByte(ReadOnlySpan<char> text) => byte.Parse(text, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
    }
}
