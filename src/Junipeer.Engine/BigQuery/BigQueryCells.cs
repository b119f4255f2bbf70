using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Junipeer.BigQuery;

/// <summary>
/// Makes typed values of the cells of an answer, never through a double: whole numbers are <see cref="long"/>, NUMERIC is
/// <see cref="decimal"/> where it fits and text where it does not, instants are UTC.
/// </summary>
internal static class BigQueryCells
{
    /// <summary>
    /// The rows of an answer, typed one at a time: nothing but the answer and the row at hand is in memory.
    /// </summary>
    /// <param name="fields">The columns.</param>
    /// <param name="rows">The JSON array of rows.</param>
    public static IEnumerable<object?[]> Rows(IReadOnlyList<TableField> fields, ReadOnlyMemory<byte> rows)
    {
        var at = 0;
        while (Next(fields, rows.Span, ref at) is { } row) yield return row;
    }

    /// <summary>The row after a position; null at the end.</summary>
    private static object?[]? Next(IReadOnlyList<TableField> fields, ReadOnlySpan<byte> rows, ref int at)
    {
        var start = rows[at..].IndexOf((byte)'{');
        if (start < 0) return null;
        at += start;
        var reader = new Utf8JsonReader(rows[at..]);
        reader.Read();
        var row = Row(fields, ref reader);
        at += (int)reader.BytesConsumed;
        return row;
    }

    /// <summary>Reads <c>{"f":[{"v":...},...]}</c>.</summary>
    private static object?[] Row(IReadOnlyList<TableField> fields, ref Utf8JsonReader reader)
    {
        var values = new object?[fields.Count];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCells = reader.ValueTextEquals("f"u8);
            reader.Read();
            if (!isCells)
            {
                reader.Skip();
                continue;
            }

            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                if (i < values.Length) values[i] = Cell(fields[i], ref reader, isRepeated: string.Equals(fields[i].Mode, "REPEATED", StringComparison.OrdinalIgnoreCase));
                else reader.Skip();
            }
        }

        return values;
    }

    /// <summary>Reads <c>{"v":...}</c>.</summary>
    private static object? Cell(TableField field, ref Utf8JsonReader reader, bool isRepeated)
    {
        object? value = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = reader.ValueTextEquals("v"u8);
            reader.Read();
            if (!isValue) reader.Skip();
            else if (!isRepeated || reader.TokenType == JsonTokenType.Null) value = Single(field, ref reader);
            else value = Several(field, ref reader);
        }

        return value;
    }

    private static object?[] Several(TableField field, ref Utf8JsonReader reader)
    {
        var values = new List<object?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) values.Add(Cell(field, ref reader, isRepeated: false));
        return [.. values];
    }

    private static object? Single(TableField field, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        var type = field.StandardType;
        if (type == "RECORD") return Record(field, ref reader);
        if (type is "INTEGER" or "TIMESTAMP" && Utf8Parser.TryParse(reader.ValueSpan, out long number, out var used) && used == reader.ValueSpan.Length)
            return type == "INTEGER" ? number : Instant(number);
        var text = reader.GetString()!;
        return type switch
        {
            "INTEGER" => long.Parse(text, CultureInfo.InvariantCulture),
            "FLOAT" => double.Parse(text, CultureInfo.InvariantCulture),
            "NUMERIC" or "BIGNUMERIC" => Exact(text),
            "BOOLEAN" => text.Equals("true", StringComparison.OrdinalIgnoreCase),
            "DATE" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date.ToDateTime(TimeOnly.MinValue) : text,
            "DATETIME" => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? local : text,
            "TIME" => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : text,
            "BYTES" => Convert.FromBase64String(text),
            _ => text,
        };
    }

    private static Dictionary<string, object?> Record(TableField field, ref Utf8JsonReader reader)
    {
        var fields = field.Fields ?? [];
        var values = Row(fields, ref reader);
        var record = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < fields.Count; i++) record[fields[i].Name] = values[i];
        return record;
    }

    /// <summary>A decimal holds 28 digits for sure; more stay text rather than lose some.</summary>
    private static object Exact(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Digits(text) <= 28 ? number : text;

    private static int Digits(string text)
    {
        var digits = 0;
        foreach (var c in text.AsSpan().TrimStart("-0.")) digits += char.IsAsciiDigit(c) ? 1 : 0;
        return digits;
    }

    /// <summary>Microseconds since the epoch, as asked for with <c>useInt64Timestamp</c>.</summary>
    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
