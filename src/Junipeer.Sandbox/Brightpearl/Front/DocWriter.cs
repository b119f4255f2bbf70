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
            json.WriteString(name, Text(tenThousandths, 4, decimals));
            return this;
        }

        return Num(name, tenThousandths, 4, decimals);
    }

    /// <summary>An exchange rate as text, from millionths.</summary>
    public DocWriter Rate(string name, long millionths)
    {
        if (_moneyIsText)
        {
            json.WriteString(name, Text(millionths, 6, 6));
            return this;
        }

        return Num(name, millionths, 6, 6);
    }

    /// <summary>A number that keeps its decimals (<c>20.0000</c>).</summary>
    public DocWriter Num(string name, long scaled, int scale, int decimals)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(Text(scaled, scale, decimals));
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
        while (scale > decimals)
        {
            scaled = scale - decimals == 1
                ? (scaled + (scaled < 0 ? -5 : 5)) / 10
                : scaled / 10;
            scale--;
        }

        long power = 1;
        for (int i = 0; i < scale; i++)
        {
            power *= 10;
        }

        long whole = Math.Abs(scaled) / power, part = Math.Abs(scaled) % power;
        string text = whole.ToString(CultureInfo.InvariantCulture);
        if (scale > 0)
        {
            text += "." + part.ToString(CultureInfo.InvariantCulture).PadLeft(scale, '0');
        }

        if (scale < decimals)
        {
            text += (scale == 0 ? "." : string.Empty) + new string('0', decimals - scale);
        }

        return scaled < 0 ? "-" + text : text;
    }
}
