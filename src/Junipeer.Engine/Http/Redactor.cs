using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Junipeer.Http;

/// <summary>
/// The one place where secrets are taken out of what is shown: messages, faults, debug lines. It knows the secrets of its
/// connection, in every form they travel in, and the shapes secrets have when they belong to somebody else: Brightpearl
/// echoes a refused token in the body of its 401. Bodies are never logged at all; what is shown of them is a message.
/// </summary>
internal sealed partial class Redactor
{
    /// <summary>What stands where a secret stood.</summary>
    public const string Mask = "***";

    /// <summary>A piece of a secret of this length gives too much of it away.</summary>
    private const int Fragment = 12;

    /// <summary>Headers of an answer that a user may see; everything else stays inside.</summary>
    private static readonly HashSet<string> OpenHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "allow", "brightpearl-installed-integration-instance-id", "brightpearl-next-throttle-period",
        "brightpearl-requests-remaining", "cache-control", "cf-ray", "content-language", "content-length", "content-type", "date",
        "etag", "last-modified", "message-type", "retry-after", "ruid", "server",
    };

    private readonly object _lock = new();
    private char[][] _forms = [];

    /// <summary>Learns a secret, in all the forms in which it can turn up.</summary>
    public void Know(ReadOnlySpan<char> secret)
    {
        secret = secret.Trim();
        if (secret.Length < 4) return; // a shorter one is no secret, and would mask half of every message
        var text = secret.ToString();
        var bytes = Encoding.UTF8.GetBytes(text);
        var base64 = Convert.ToBase64String(bytes);
        string[] forms =
        [
            text,
            Uri.EscapeDataString(text),
            Uri.EscapeDataString(text).ToLowerInvariant(),
            text.Replace('+', ' '), // a form field decoded by somebody who was handed an unencoded "+"
            text.Replace('+', '-').Replace('/', '_').TrimEnd('='),
            text.TrimEnd('='),
            JavaScriptEncoder.Default.Encode(text),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text).Replace("/", "\\/"),
            JavaScriptEncoder.Default.Encode(text).ToLowerInvariant(),
            base64,
            base64.TrimEnd('='),
            base64.Replace('+', '-').Replace('/', '_').TrimEnd('='),
            Convert.ToHexString(bytes),
        ];
        lock (_lock)
        {
            _forms = _forms.Concat(forms.Select(form => form.ToCharArray()))
                .DistinctBy(form => new string(form), StringComparer.Ordinal)
                .OrderByDescending(form => form.Length)
                .ToArray();
        }
    }

    /// <summary>Forgets the secrets and clears their copies.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            foreach (var form in _forms) Array.Clear(form);
            _forms = [];
        }
    }

    /// <summary>The text without secrets.</summary>
    public string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text)) return string.Empty;
        return MaskShapes(MaskKnown(text, Volatile.Read(ref _forms)));
    }

    /// <summary>The headers of an answer that may be shown, their values cleaned.</summary>
    public IReadOnlyDictionary<string, string> Clean(HttpResponseMessage response)
    {
        var open = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (OpenHeaders.Contains(name)) open[name] = Clean(string.Join(", ", values));
        }

        return open;
    }

    /// <summary>The text without anything that has the shape of a secret.</summary>
    public static string MaskShapes(string text)
    {
        text = PrivateKey().Replace(text, Mask);
        text = Jwt().Replace(text, Mask);
        text = Bearer().Replace(text, "$1" + Mask);
        text = NamedHeader().Replace(text, "$1" + Mask);
        text = NamedField().Replace(text, "$1" + Mask);
        return UserInfo().Replace(text, "$1" + Mask + "@");
    }

    /// <summary>All forms at once: a piece taken out by one form must not break the match of another.</summary>
    private static string MaskKnown(string text, char[][] forms)
    {
        if (forms.Length == 0) return text;
        StringBuilder? clean = null;
        var kept = 0;
        for (var at = 0; at < text.Length;)
        {
            var length = 0;
            foreach (var form in forms) length = Math.Max(length, LongestPiece(text.AsSpan(at), form));
            if (length == 0)
            {
                at++;
                continue;
            }

            clean ??= new StringBuilder(text.Length);
            clean.Append(text, kept, at - kept).Append(Mask);
            kept = at += length;
        }

        return clean is null ? text : clean.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>How much of the text's start is a piece of the secret; 0 when less than a telling one.</summary>
    private static int LongestPiece(ReadOnlySpan<char> text, ReadOnlySpan<char> form)
    {
        var piece = Math.Min(Fragment, form.Length);
        if (text.Length < piece) return 0;
        var longest = 0;
        for (var from = 0; from + piece <= form.Length; from++)
        {
            var found = form[from..].IndexOf(text[..piece], StringComparison.Ordinal);
            if (found < 0) break;
            from += found;
            longest = Math.Max(longest, form[from..].CommonPrefixLength(text));
        }

        return longest;
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(\.[A-Za-z0-9_-]*)?")]
    private static partial Regex Jwt();

    [GeneratedRegex(@"\b((?:bearer|basic)\s+)[A-Za-z0-9+/=_.~%-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"\b((?:brightpearl-(?:[a-z]+-)?(?:token|auth)|authorization|x-api-key|set-cookie|cookie|api[-_ ]?key)[""']?\s*[:=]\s*[""']?)(?!\*\*\*)(?:bearer\s+|basic\s+)?[^\s""',;]+", RegexOptions.IgnoreCase)]
    private static partial Regex NamedHeader();

    /// <summary>Also <c>Invalid instance token: ...</c>, which is how Brightpearl words a refused OAuth token.</summary>
    [GeneratedRegex(@"((?:\b|_|%22|\\u0022)(?:access_?token|refresh_?token|id_?token|client_?secret|staff_?token|account_?token|instance_?token|private_?key|password|passwd|secret|assertion|(?<![a-z_-])code(?=\s*=)|(?<![a-z_-])token(?=\s*[=""':]))(?:\\?[""']|%22)?\s*(?:=|:|%3a|%3d)\s*(?:\\?[""']|%22)?)(?!\*\*\*)[^\s""'&,;}\\]{4,}", RegexOptions.IgnoreCase)]
    private static partial Regex NamedField();

    [GeneratedRegex(@"(\bhttps?://)[^/\s@:]+:[^/\s@]+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();
}
