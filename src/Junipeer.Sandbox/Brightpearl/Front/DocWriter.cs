using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>
/// Writes documents in the wire's own ways: unset values are left out, money is text with a fixed number of decimals
/// (or a number that keeps its decimals), instants carry the account's offset.
/// </summary>
internal sealed class DocWriter(Utf8JsonWriter json, BrightpearlSandbox sandbox, ISet<string> sections, bool isDump)
{
    private readonly AccountTime _time = sandbox.Time;
    private readonly bool _moneyIsText = sandbox.Quirks.MoneyAsText;
    private readonly bool _nulls = sandbox.Quirks.NullsInDocuments;

    public Utf8JsonWriter Json => json;

    public BrightpearlSandbox Sandbox => sandbox;

    public WorldState World => sandbox.World;

    /// <summary>True when the sandbox tells its own truth instead of answering a request.</summary>
    public bool IsDump => isDump;

    public long NowMs => sandbox.Clock.NowMs;

    public bool Wants(string section) => isDump || sections.Contains(section);

    public DocWriter Open()
    {
        json.WriteStartObject();
        return this;
    }

    public DocWriter Open(string name)
    {
        json.WriteStartObject(name);
        return this;
    }

    public DocWriter OpenArray(string name)
    {
        json.WriteStartArray(name);
        return this;
    }

    public DocWriter Close()
    {
        json.WriteEndObject();
        return this;
    }

    public DocWriter CloseArray()
    {
        json.WriteEndArray();
        return this;
    }

    public DocWriter Str(string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
        else if (_nulls)
        {
            json.WriteNull(name);
        }

        return this;
    }

    public DocWriter Int(string name, long value)
    {
        json.WriteNumber(name, value);
        return this;
    }

    /// <summary>An id that is absent (not 0) when there is none.</summary>
    public DocWriter IntOrAbsent(string name, long value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
        else if (_nulls)
        {
            json.WriteNull(name);
        }

        return this;
    }

    public DocWriter Bool(string name, bool value)
    {
        json.WriteBoolean(name, value);
        return this;
    }

    public DocWriter At(string name, long utcMs)
    {
        if (utcMs != 0)
        {
            json.WritePropertyName(name);
            AtValue(utcMs);
        }
        else if (_nulls)
        {
            json.WriteNull(name);
        }

        return this;
    }

    public void AtValue(long utcMs)
    {
        Span<char> text = stackalloc char[29];
        _time.Format(utcMs, text);
        json.WriteStringValue(text);
    }

    /// <summary>Money as text, from ten-thousandths.</summary>
    public DocWriter Money(string name, long tenThousandths, int decimals)
    {
        if (_moneyIsText)
        {
            Span<char> text = stackalloc char[32];
            json.WriteString(name, text[..Format(tenThousandths, 4, decimals, text)]);
            return this;
        }

        return Num(name, tenThousandths, 4, decimals);
    }

    /// <summary>An exchange rate as text, from millionths.</summary>
    public DocWriter Rate(string name, long millionths)
    {
        if (_moneyIsText)
        {
            Span<char> text = stackalloc char[32];
            json.WriteString(name, text[..Format(millionths, 6, 6, text)]);
            return this;
        }

        return Num(name, millionths, 6, 6);
    }

    /// <summary>A number that keeps its decimals (<c>20.0000</c>).</summary>
    public DocWriter Num(string name, long scaled, int scale, int decimals)
    {
        json.WritePropertyName(name);
        Span<char> text = stackalloc char[32];
        json.WriteRawValue(text[..Format(scaled, scale, decimals, text)], skipInputValidation: true);
        return this;
    }

    public DocWriter Amount(string name, string currency, long tenThousandths, int decimals)
    {
        json.WriteStartObject(name);
        json.WriteString("currencyCode", currency);
        Money("value", tenThousandths, decimals);
        json.WriteEndObject();
        return this;
    }

    public DocWriter LongText(string name, string text, string format)
    {
        json.WriteStartObject(name);
        json.WriteString("languageCode", "en");
        json.WriteString("text", text);
        json.WriteString("format", format);
        json.WriteEndObject();
        return this;
    }

    /// <summary>Fixed-point text, rounded half away from zero.</summary>
    public static string Text(long scaled, int scale, int decimals)
    {
        Span<char> text = stackalloc char[32];
        return new string(text[..Format(scaled, scale, decimals, text)]);
    }

    private static int Format(long scaled, int scale, int decimals, Span<char> text)
    {
        for (; scale > decimals; scale--)
        {
            scaled = scale - decimals == 1 ? (scaled + (scaled < 0 ? -5 : 5)) / 10 : scaled / 10;
        }

        ulong left = (ulong)Math.Abs(scaled);
        Span<char> reversed = stackalloc char[32];
        int length = 0;
        for (int digit = 0; digit < decimals; digit++)
        {
            // Decimals beyond the scale are zeros.
            reversed[length++] = decimals - digit > scale ? '0' : (char)('0' + (left % 10));
            left = decimals - digit > scale ? left : left / 10;
        }

        if (decimals > 0)
        {
            reversed[length++] = '.';
        }

        do
        {
            reversed[length++] = (char)('0' + (left % 10));
            left /= 10;
        }
        while (left != 0);
        if (scaled < 0)
        {
            reversed[length++] = '-';
        }

        for (int i = 0; i < length; i++)
        {
            text[i] = reversed[length - 1 - i];
        }

        return length;
    }
}
