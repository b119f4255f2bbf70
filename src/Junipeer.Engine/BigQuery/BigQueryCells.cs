using System.Globalization;
using System.Text.Json;

namespace Junipeer.BigQuery;

/// <summary>
/// Makes typed values of the cells of an answer, never through a double: whole numbers are <see cref="long"/>, NUMERIC is
/// <see cref="decimal"/> where it fits and text where it does not, instants are UTC.
/// </summary>
internal static class BigQueryCells
{
    public static object?[] Row(IReadOnlyList<TableField> fields, JsonElement row)
    {
        var cells = row.GetProperty("f");
        var values = new object?[fields.Count];
        for (var i = 0; i < values.Length; i++) values[i] = Value(fields[i], cells[i].GetProperty("v"));
        return values;
    }

    private static object? Value(TableField field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (string.Equals(field.Mode, "REPEATED", StringComparison.OrdinalIgnoreCase)) return value.EnumerateArray().Select(v => Single(field, v.GetProperty("v"))).ToArray();
        return Single(field, value);
    }

    private static object? Single(TableField field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (field.StandardType == "RECORD") return Record(field, value);
        var text = value.GetString()!;
        return field.StandardType switch
        {
            "INTEGER" => long.Parse(text, CultureInfo.InvariantCulture),
            "FLOAT" => double.Parse(text, CultureInfo.InvariantCulture),
            "NUMERIC" or "BIGNUMERIC" => Exact(text),
            "BOOLEAN" => text.Equals("true", StringComparison.OrdinalIgnoreCase),
            "TIMESTAMP" => Instant(text),
            "DATE" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date.ToDateTime(TimeOnly.MinValue) : text,
            "DATETIME" => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? local : text,
            "TIME" => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : text,
            "BYTES" => Convert.FromBase64String(text),
            _ => text,
        };
    }

    private static Dictionary<string, object?> Record(TableField field, JsonElement value)
    {
        var fields = field.Fields ?? [];
        var values = Row(fields, value);
        var record = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < fields.Count; i++) record[fields[i].Name] = values[i];
        return record;
    }

    /// <summary>A decimal holds 28 digits for sure; more stay text rather than lose some.</summary>
    private static object Exact(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Digits(text) <= 28 ? number : text;

    private static int Digits(string text) => text.AsSpan().TrimStart("-0.").ToString().Count(char.IsAsciiDigit);

    /// <summary>Microseconds since the epoch, as asked for with <c>useInt64Timestamp</c>.</summary>
    private static object Instant(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros)
        ? DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond)
        : text;
}
