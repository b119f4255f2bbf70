using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Junipeer.Records;

namespace Junipeer.Norce;

/// <summary>Makes records of rows: the server's names, exact numbers, instants as UTC.</summary>
internal static class NorceRow
{
    /// <param name="row">The row.</param>
    /// <param name="set">Where it comes from; knows the types.</param>
    /// <param name="only">Properties wanted, in that order; empty for all.</param>
    public static JunipeerRecord Record(JsonElement row, NorceSet set, IReadOnlyList<string> only)
    {
        var properties = Properties(row, set);
        if (only.Count > 0)
        {
            // What is expanded comes along without being selected.
            properties = only.Select(name => properties.Find(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase))).Where(p => p.Key is not null)
                .Concat(properties.Where(p => p.Value is JunipeerRecord or object?[] && !only.Contains(p.Key, StringComparer.OrdinalIgnoreCase))).ToList();
        }

        return new JunipeerRecord($"Junipeer.Norce.{set.Name}", properties);
    }

    /// <summary>The row as a document of its own, without OData's annotations.</summary>
    public static ReadOnlySpan<byte> Document(JsonElement row)
    {
        if (!HasNotes(row)) return Encoding.UTF8.GetBytes(row.GetRawText());
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true })) Copy(row, json);
        return buffer.WrittenSpan;
    }

    private static bool HasNotes(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(p => p.Name.Contains('@', StringComparison.Ordinal) || HasNotes(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(HasNotes),
        _ => false,
    };

    private static void Copy(JsonElement element, Utf8JsonWriter json)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in element.EnumerateObject().Where(p => !p.Name.Contains('@', StringComparison.Ordinal)))
                {
                    json.WritePropertyName(property.Name);
                    Copy(property.Value, json);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Copy(item, json);
                json.WriteEndArray();
                break;
            default:
                json.WriteRawValue(element.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private static List<KeyValuePair<string, object?>> Properties(JsonElement row, NorceSet? set) =>
        row.EnumerateObject().Where(p => !p.Name.Contains('@', StringComparison.Ordinal)).Select(p => KeyValuePair.Create(p.Name, Value(p.Value, set?.Find(p.Name)?.Type))).ToList();

    private static object? Value(JsonElement value, string? type) => value.ValueKind switch
    {
        JsonValueKind.Object => new JunipeerRecord(null, Properties(value, null)),
        JsonValueKind.Array => value.EnumerateArray().Select(v => Value(v, null)).ToArray(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when type is "Decimal" or "Double" or "Single" => value.TryGetDecimal(out var exact) ? exact : value.GetRawText(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.TryGetDecimal(out var number) ? number : value.GetRawText(),
        JsonValueKind.String => Text(value.GetString()!, type),
        _ => null,
    };

    /// <summary>Text that is a time becomes one: by its type, or by its shape where no type is known.</summary>
    private static object Text(string text, string? type)
    {
        var isTime = type is "DateTimeOffset" or "DateTime" || (type is null && text.Length is >= 19 and <= 35 && text[4] == '-' && text[10] == 'T');
        if (isTime && Time(text) is { } instant) return instant;
        if (type == "Date" && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        return text;
    }

    /// <summary>An instant as Norce writes it: with an offset, or without one and then taken as UTC.</summary>
    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;
}
