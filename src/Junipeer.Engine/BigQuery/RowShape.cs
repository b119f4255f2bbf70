using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Junipeer.BigQuery;

/// <summary>
/// The columns of rows that come as names and values: given, taken from the table, or told by the first value each column
/// has. A column that is null everywhere has no type and is left out until a value comes.
/// </summary>
internal sealed class RowShape
{
    private readonly List<TableField> _fields = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<TableField> Fields => _fields;

    public void Add(TableField field)
    {
        if (_names.Add(field.Name)) _fields.Add(field);
    }

    /// <summary>Columns given as <c>name:TYPE</c>, for example <c>id:INTEGER</c> or <c>tags:STRING[]</c>.</summary>
    public void Add(string declaration)
    {
        var colon = declaration.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? declaration : declaration[..colon];
        var type = colon < 0 ? "STRING" : declaration[(colon + 1)..].Trim().ToUpperInvariant();
        var repeated = type.EndsWith("[]", StringComparison.Ordinal);
        Add(new TableField(Name(name.Trim()), repeated ? type[..^2] : type, repeated ? "REPEATED" : null));
    }

    /// <summary>Learns the columns of a row.</summary>
    public void Learn(IReadOnlyDictionary<string, object?> row)
    {
        foreach (var (name, value) in row)
        {
            if (_names.Contains(Name(name)) || TypeOf(value) is not { } type) continue;
            Add(new TableField(Name(name), type, IsRepeated(value) ? "REPEATED" : null));
        }
    }

    /// <summary>A column name BigQuery takes (https://docs.cloud.google.com/bigquery/docs/schemas): letters, digits and underscores.</summary>
    public static string Name(string name)
    {
        var plain = new string(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_').ToArray());
        if (plain.Length == 0 || char.IsAsciiDigit(plain[0])) plain = "_" + plain;
        string[] reserved = ["_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER", "_CHANGE_"];
        if (reserved.Any(r => plain.StartsWith(r, StringComparison.OrdinalIgnoreCase))) plain = "x" + plain;
        return plain.Length <= 300 ? plain : plain[..300];
    }

    /// <summary>Writes a row as one JSON object.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, object?> row)
    {
        foreach (var (name, value) in row)
        {
            if (value is null) continue;
            json.WritePropertyName(Name(name));
            Write(json, value);
        }
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case float or double when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                json.WriteNumberValue(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset instant:
                json.WriteStringValue(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
                break;
            case DateTime time:
                json.WriteStringValue(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
                break;
            case DateOnly date:
                json.WriteStringValue(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                json.WriteStringValue(Convert.ToBase64String(bytes));
                break;
            case IReadOnlyDictionary<string, object?> nested:
                json.WriteStartObject();
                foreach (var (name, inner) in nested)
                {
                    json.WritePropertyName(name);
                    Write(json, inner);
                }

                json.WriteEndObject();
                break;
            case IEnumerable several:
                json.WriteStartArray();
                foreach (var item in several) Write(json, item);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); // whole numbers and decimals too: exact as text
                break;
        }
    }

    private static bool IsRepeated(object? value) => value is IEnumerable and not string and not byte[] and not IReadOnlyDictionary<string, object?>;

    private static string? TypeOf(object? value) => value switch
    {
        null => null,
        bool => "BOOLEAN",
        sbyte or byte or short or ushort or int or uint or long => "INTEGER",
        decimal or ulong => "NUMERIC",
        float or double => "FLOAT",
        DateTimeOffset or DateTime => "TIMESTAMP",
        DateOnly => "DATE",
        byte[] => "BYTES",
        IReadOnlyDictionary<string, object?> => "JSON",
        string => "STRING",
        IEnumerable several => several.Cast<object?>().Select(TypeOf).FirstOrDefault(t => t is not null),
        _ => "STRING",
    };
}
