using System.Text.Encodings.Web;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>
/// Escapes JSON text as the recorded answers do: <c>= &lt; &gt; &amp; '</c> as lower-case <c>\u003d</c> and so on,
/// every other printable character as it is.
/// </summary>
internal sealed unsafe class JsonEscapes : JavaScriptEncoder
{
    public static readonly JsonEscapes Instance = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        for (int i = 0; i < textLength; i++)
        {
            if (WillEncode(text[i]))
            {
                return i;
            }
        }

        return -1;
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
