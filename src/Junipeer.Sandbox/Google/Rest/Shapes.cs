using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Rest;

/// <summary>
/// Checks request bodies against the messages of the API: a name that a message does not have and a value of the wrong
/// kind are refused, as the service does. Kinds: s text, b boolean, i 64-bit number (text or number), n 32-bit number,
/// d double, m map of text, * anything; [x] a list; anything else another message.
/// </summary>
internal static class Shapes
{
    private static readonly Dictionary<string, Dictionary<string, string>> Messages = ShapeTexts.All
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(" = ", 2))
        .ToDictionary(pair => pair[0].Trim(), pair => Fields(pair[1]));

    public static void Check(string message, JsonElement value) => CheckMessage(message, value, string.Empty);

    private static Dictionary<string, string> Fields(string text)
    {
        Dictionary<string, string> fields = [];
        foreach (string part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split(':');
            foreach (string name in pair[0].Split(','))
            {
                fields[name] = pair[1];
            }
        }

        return fields;
    }

    private static void CheckMessage(string message, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, "type.googleapis.com/" + message, value);
        }

        Dictionary<string, string> fields = Messages[message];
        HashSet<string> seen = [];
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!fields.TryGetValue(member.Name, out string? kind))
            {
                throw GoogleException.Bad($"Invalid JSON payload received. Unknown name \"{member.Name}\"{(path.Length > 0 ? $" at '{path}'" : string.Empty)}: Cannot find field.");
            }

            if (!seen.Add(member.Name))
            {
                throw GoogleException.Bad($"Invalid JSON payload received. Duplicate name \"{member.Name}\".");
            }

            CheckValue(kind, member.Value, path.Length > 0 ? path + "." + member.Name : member.Name);
        }
    }

    private static void CheckValue(string kind, JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Null || kind == "*")
        {
            return;
        }

        if (kind[0] == '[')
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                throw GoogleException.Bad($"Invalid value at '{path}', Proto field is repeated, cannot start with a single value.");
            }

            int index = 0;
            foreach (JsonElement item in value.EnumerateArray())
            {
                CheckValue(kind[1..^1], item, $"{path}[{index++}]");
            }

            return;
        }

        bool fits = kind switch
        {
            "s" => value.ValueKind == JsonValueKind.String,
            "b" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "i" => IsLong(value),
            "n" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            "d" => value.ValueKind == JsonValueKind.Number,
            "m" => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null),
            _ => true,
        };
        if (!fits)
        {
            throw Wrong(path, kind switch { "s" => "TYPE_STRING", "b" => "TYPE_BOOL", "i" => "TYPE_INT64", "n" => "TYPE_INT32", "d" => "TYPE_DOUBLE", _ => "Map" }, value);
        }

        if (kind.Length > 1)
        {
            CheckMessage(kind, value, path);
        }
    }

    private static bool IsLong(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _);

    private static GoogleException Wrong(string path, string type, JsonElement value) => GoogleException.Bad($"Invalid value at '{path}' ({type}), {value.GetRawText()}");
}

/// <summary>Reads members of a body that has been checked.</summary>
internal static class BodyReading
{
    public static JsonElement? Member(this JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static bool Has(this JsonElement body, string name) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out _);

    public static string? Text(this JsonElement body, string name) => body.Member(name)?.GetString();

    public static string NeededText(this JsonElement body, string name) =>
        body.Text(name) is { Length: > 0 } text ? text : throw new GoogleException(400, "required", $"Required parameter is missing: {name}");

    public static bool? Flag(this JsonElement body, string name) => body.Member(name)?.GetBoolean();

    public static long? Long(this JsonElement body, string name) => body.Member(name) is { } value
        ? value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt64()
        : null;

    public static IEnumerable<JsonElement> List(this JsonElement body, string name) => body.Member(name)?.EnumerateArray().ToArray() ?? [];

    public static IReadOnlyList<string> Texts(this JsonElement body, string name) => [.. body.List(name).Select(t => t.GetString()!)];
}
