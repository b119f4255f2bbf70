using System.Buffers;
using System.Text.Encodings.Web;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>
/// Escapes JSON text as the recorded answers do: <c>= &lt; &gt; &amp; '</c> as lower-case <c>\u003d</c> and so on,
/// every other printable character as it is.
/// </summary>
internal sealed unsafe class JsonEscapes : JavaScriptEncoder
{
    public static readonly JsonEscapes Instance = new();
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', '<', '>', '&', '=', '\'', '\u2028', '\u2029']);

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        ReadOnlySpan<char> all = new(text, textLength);
        int escape = all.IndexOfAny(Escaped);
        int surrogate = (escape < 0 ? all : all[..escape]).IndexOfAnyInRange('\ud800', '\udfff');
        return surrogate >= 0 ? surrogate : escape;
    }

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        string escaped = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\t' => "\\t",
            '\n' => "\\n",
            '\r' => "\\r",
            '\b' => "\\b",
            '\f' => "\\f",
            _ => "\\u" + unicodeScalar.ToString("x4", System.Globalization.CultureInfo.InvariantCulture),
        };
        numberOfCharactersWritten = escaped.Length;
        if (escaped.Length > bufferLength)
        {
            numberOfCharactersWritten = 0;
            return false;
        }

        escaped.CopyTo(new Span<char>(buffer, bufferLength));
        return true;
    }

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is < 0x20 or '"' or '\\' or '<' or '>' or '&' or '=' or '\'' or 0x2028 or 0x2029 or (>= 0xD800 and <= 0xDFFF);
}
