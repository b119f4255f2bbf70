using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.Search;

/// <summary>The reportDataType names of search columns.</summary>
internal enum ColumnType
{
    INTEGER,
    IDSET,
    STRING,
    SEARCH_STRING,
    STRING_SET,
    BOOLEAN,
    DATETIME,
    PERIOD,
    FREE_TEXT_QUERY,
}

/// <summary>One value of a search row. Null is explicit in rows, unlike in documents.</summary>
internal readonly struct Cell
{
    private enum Kind : byte
    {
        Null,
        Number,
        Text,
        Flag,
        Instant,
        Fixed,
    }

    private readonly Kind _kind;
    private readonly byte _decimals;
    private readonly byte _scale;
    private readonly long _number;
    private readonly string? _text;

    private Cell(Kind kind, long number, string? text = null, byte scale = 0, byte decimals = 0)
    {
        _kind = kind;
        _number = number;
        _text = text;
        _scale = scale;
        _decimals = decimals;
    }

    public bool IsNull => _kind == Kind.Null;

    public long Number => _number;

    public static Cell Null => default;

    public static Cell Of(long number) => new(Kind.Number, number);

    /// <summary>Null when there is none.</summary>
    public static Cell OfOrNull(long number) => number == 0 ? default : new(Kind.Number, number);

    public static Cell Of(string? text) => text is null ? default : new(Kind.Text, 0, text);

    public static Cell Of(bool flag) => new(Kind.Flag, flag ? 1 : 0);

    public static Cell At(long utcMs) => utcMs == 0 ? default : new(Kind.Instant, utcMs);

    /// <summary>Money as text from ten-thousandths.</summary>
    public static Cell Money(long tenThousandths, byte decimals) => new(Kind.Fixed, tenThousandths, null, 4, decimals);

    public static Cell Rate(long millionths) => new(Kind.Fixed, millionths, null, 6, 6);

    public string AsText() => _kind switch
    {
        Kind.Null => string.Empty,
        Kind.Text => _text!,
        Kind.Flag => _number != 0 ? "true" : "false",
        Kind.Fixed => DocWriter.Text(_number, _scale, _decimals),
        _ => _number.ToString(CultureInfo.InvariantCulture),
    };

    public void Write(DocWriter doc)
    {
        switch (_kind)
        {
            case Kind.Null:
                doc.Json.WriteNullValue();
                break;
            case Kind.Number:
                doc.Json.WriteNumberValue(_number);
                break;
            case Kind.Text:
                doc.Json.WriteStringValue(_text);
                break;
            case Kind.Flag:
                doc.Json.WriteBooleanValue(_number != 0);
                break;
            case Kind.Instant:
                doc.AtValue(_number);
                break;
            default:
                if (doc.Sandbox.Quirks.MoneyAsText)
                {
                    doc.Json.WriteStringValue(AsText());
                }
                else
                {
                    doc.Json.WriteRawValue(AsText());
                }

                break;
        }
    }

    /// <summary>Nulls come first.</summary>
    public int CompareTo(in Cell other)
    {
        if (_kind == Kind.Null || other._kind == Kind.Null)
        {
            return (_kind == Kind.Null ? 0 : 1) - (other._kind == Kind.Null ? 0 : 1);
        }

        return _kind == Kind.Text ? string.Compare(_text, other._text, StringComparison.OrdinalIgnoreCase) : _number.CompareTo(other._number);
    }
}
