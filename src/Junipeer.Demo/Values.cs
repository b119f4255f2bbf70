using System.Globalization;
using System.Text.Json;

namespace Junipeer.Demo;

/// <summary>Whether a value of a document and a value of a SQLite column say the same.</summary>
internal static class Values
{
    /// <summary>A key as text, as the warehouse would show it.</summary>
    public static string Key(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Instant(value.GetString()!) is { } instant
            ? instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : value.ToString();

    public static bool Equal(JsonElement leaf, object? stored)
    {
        var text = leaf.ValueKind == JsonValueKind.String ? leaf.GetString()! : leaf.GetRawText();
        switch (stored)
        {
            case null:
                return text.Length == 0;
            case long whole when leaf.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return (whole == 1) == leaf.GetBoolean();
            case long whole:
                return Number(text) == whole;
            case double real:
                return Number(text) is { } exact && exact == (decimal)real;
        }

        var found = Convert.ToString(stored, CultureInfo.InvariantCulture)!;
        if (found == text) return true;
        if (leaf.ValueKind == JsonValueKind.Array) return Compact(leaf) == found || leaf.GetRawText() == found;
        if (Instant(text) is not { } instant) return false;
        return found.Length == 10
            ? Date(instant) is { } date && found == date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : found == instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>The row a custom field should become: its type, its value, and the id of a choice.</summary>
    public static JsonElement CustomField(JsonElement value)
    {
        object row = value.ValueKind switch
        {
            JsonValueKind.Object => new { type = "SELECT", value = value.GetProperty("value"), valueId = value.GetProperty("id") },
            JsonValueKind.Number => new { type = "INTEGER", value = value.GetRawText() },
            JsonValueKind.True or JsonValueKind.False => new { type = "YES_NO", value = value.GetRawText() },
            _ when Instant(value.GetString()!) is { } instant && Date(instant) is { } date =>
                new { type = "DATE", value = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
            _ => new { type = "TEXT", value = value.GetString() },
        };
        return JsonSerializer.SerializeToElement(row);
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Instant(string text) =>
        text.Length >= 20 && text[10] == 'T' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var instant) ? instant : null;

    /// <summary>The date of a date-only field: midnight UTC, else midnight where it was written.</summary>
    private static DateOnly? Date(DateTimeOffset instant) =>
        instant.UtcDateTime.TimeOfDay == TimeSpan.Zero ? DateOnly.FromDateTime(instant.UtcDateTime)
        : instant.TimeOfDay == TimeSpan.Zero ? DateOnly.FromDateTime(instant.DateTime)
        : null;

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);
}
