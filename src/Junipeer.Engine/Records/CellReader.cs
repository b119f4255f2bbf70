using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Junipeer.Records;

/// <summary>
/// Turns one JSON value into one cell. Texts without escapes are not copied: the cell points into the document, which the
/// batch holds anyway.
/// </summary>
internal static class CellReader
{
    /// <summary>
    /// Reads the scalar the reader stands on. False when the value does not fit the type: the caller leaves null and
    /// reports drift. Empty text is "no value" for every type but text.
    /// </summary>
    /// <param name="reader">Stands on a string, number, true, false or null.</param>
    /// <param name="type">What the column holds.</param>
    /// <param name="batch">Takes texts that had to be unescaped.</param>
    /// <param name="origin">Where the document begins in the batch's buffer.</param>
    /// <param name="cell">The value.</param>
    public static bool TryRead(ref JsonWalker reader, ColumnType type, RecordBatch batch, int origin, out Cell cell)
    {
        cell = Cell.Null;
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (type == ColumnType.Text)
        {
            cell = TextCell(ref reader, CellKind.Text, batch, origin);
            return true;
        }

        if (type == ColumnType.Json)
        {
            var text = reader.TokenType == JsonTokenType.String;
            var start = origin + reader.TokenStartIndex;
            cell = new Cell(CellKind.Json, 0, start, text ? reader.ValueSpan.Length + 2 : reader.ValueSpan.Length);
            return true;
        }

        if (type == ColumnType.Boolean) return TryBoolean(ref reader, out cell);
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return false;

        // Numbers and timestamps never need escapes; one that has them is unescaped first.
        var value = reader.ValueSpan;
        var from = origin + reader.TokenStartIndex + (reader.TokenType == JsonTokenType.String ? 1 : 0);
        if (reader.ValueIsEscaped)
        {
            var copy = TextCell(ref reader, CellKind.Text, batch, origin);
            value = batch.Text(copy);
            from = copy.Start;
        }

        if (value.Length == 0) return true;
        switch (type)
        {
            case ColumnType.Integer:
                if (!TryInteger(value, out var number)) return false;
                cell = new Cell(CellKind.Integer, number, 0, 0);
                return true;
            case ColumnType.Decimal:
                return TryDecimal(value, from, batch, out cell);
            case ColumnType.Instant:
                if (reader.TokenType != JsonTokenType.String || !Instants.TryParse(value, out var ticks, out _)) return false;
                cell = new Cell(CellKind.Instant, ticks, 0, 0);
                return true;
            default:
                if (reader.TokenType != JsonTokenType.String || !Instants.TryParseDate(value, out var day)) return false;
                cell = new Cell(CellKind.Date, day, 0, 0);
                return true;
        }
    }

    /// <summary>The text of a scalar: unescaped for a string, as written for a number or boolean.</summary>
    public static Cell TextCell(ref JsonWalker reader, CellKind kind, RecordBatch batch, int origin)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped)
        {
            var room = batch.Reserve(reader.ValueSpan.Length);
            var length = reader.CopyString(room);
            return new Cell(kind, 0, batch.Advance(length), length);
        }

        var quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
        return new Cell(kind, 0, origin + reader.TokenStartIndex + quote, reader.ValueSpan.Length);
    }

    /// <summary>The bytes of a string as they are meant: a plus sign may come as an escape.</summary>
    public static ReadOnlySpan<byte> Unescaped(ref JsonWalker reader) =>
        reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;

    /// <summary>A whole number; <c>5.000</c> is one, <c>5.5</c> is not.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> text, out long number)
    {
        if (Utf8Parser.TryParse(text, out number, out var used) && used == text.Length) return true;
        if (!Utf8Parser.TryParse(text, out decimal exact, out used) || used != text.Length) return false;
        if (exact != decimal.Truncate(exact) || exact is < long.MinValue or > long.MaxValue) return false;
        number = (long)exact;
        return true;
    }

    /// <summary>An exact decimal, also in scientific notation; never through a double.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out decimal number)
    {
        if (Utf8Parser.TryParse(text, out number, out var used) && used == text.Length) return true;
        return decimal.TryParse(Encoding.UTF8.GetString(text), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryDecimal(ReadOnlySpan<byte> text, int start, RecordBatch batch, out Cell cell)
    {
        if (IsPlainDecimal(text))
        {
            cell = new Cell(CellKind.Decimal, 0, start, text.Length);
            return true;
        }

        cell = default;
        if (!TryDecimal(text, out var number)) return false;
        if (text.IndexOfAny((byte)'e', (byte)'E', (byte)'+') < 0)
        {
            cell = new Cell(CellKind.Decimal, 0, start, text.Length);
            return true;
        }

        var plain = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        cell = new Cell(CellKind.Decimal, 0, batch.Append(plain), plain.Length);
        return true;
    }

    /// <summary>Digits, perhaps with a point between them, few enough for any decimal: what nearly all amounts are.</summary>
    private static bool IsPlainDecimal(ReadOnlySpan<byte> text)
    {
        if (text.Length > 28 || !char.IsAsciiDigit((char)text[0]) || !char.IsAsciiDigit((char)text[^1])) return false;
        var points = 0;
        foreach (var c in text)
        {
            if (c == (byte)'.') points++;
            else if (!char.IsAsciiDigit((char)c)) return false;
        }

        return points <= 1;
    }

    private static bool TryBoolean(ref JsonWalker reader, out Cell cell)
    {
        cell = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                cell = new Cell(CellKind.Boolean, 1, 0, 0);
                return true;
            case JsonTokenType.False:
                cell = new Cell(CellKind.Boolean, 0, 0, 0);
                return true;
            case JsonTokenType.String when reader.ValueTextEquals("true"u8) || reader.ValueTextEquals("1"u8):
            case JsonTokenType.Number when reader.ValueSpan.SequenceEqual("1"u8):
                cell = new Cell(CellKind.Boolean, 1, 0, 0);
                return true;
            case JsonTokenType.String when reader.ValueTextEquals("false"u8) || reader.ValueTextEquals("0"u8):
            case JsonTokenType.Number when reader.ValueSpan.SequenceEqual("0"u8):
                cell = new Cell(CellKind.Boolean, 0, 0, 0);
                return true;
            case JsonTokenType.String when reader.ValueSpan.Length == 0:
                return true;
            default:
                return false;
        }
    }
}
