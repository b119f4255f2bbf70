using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>A member of a body. Kind: s text, i, l, m, b, d instant, g, e enum, x anything, o object, a list of objects, t list of texts.</summary>
internal sealed record Member(string Name, char Kind, int MaxLength, string Of, bool Required);

/// <summary>
/// Checks bodies. What no program could read (a text where a number belongs, a member that nobody knows) is refused as
/// a whole; what only one row does wrong (a missing key, a code that is too long) is that row's failure.
/// </summary>
internal static class Shapes
{
    private static readonly Dictionary<string, Dictionary<string, Member>> Known = ShapeTexts.All.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(w => w[0], w => w[1..].Select(Read).ToDictionary(m => m.Name));

    /// <summary>Checks one object; answers what is wrong with it as a row.</summary>
    /// <exception cref="NorceException">The body cannot be read at all.</exception>
    public static List<string> Check(string shape, JsonElement value, NorceQuirks quirks, string path = "")
    {
        List<string> failures = [];
        Object(shape, value, quirks, path, failures);
        return failures;
    }

    private static void Object(string shape, JsonElement value, NorceQuirks quirks, string path, List<string> failures)
    {
        Dictionary<string, Member> members = Known[shape];
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw NorceException.Bad($"{path.TrimEnd('.')}: an object was expected.");
        }

        HashSet<string> seen = [];
        foreach (JsonProperty property in value.EnumerateObject())
        {
            Member? member = members.GetValueOrDefault(property.Name);
            if (member is null && quirks["fieldCase"] == "ignore")
            {
                member = members.Values.FirstOrDefault(m => string.Equals(m.Name, property.Name, StringComparison.OrdinalIgnoreCase));
            }

            if (member is null)
            {
                if (quirks["unknownFields"] == "refuse")
                {
                    throw NorceException.Bad($"{path}{property.Name}: {shape} has no such member.");
                }

                continue;
            }

            if (!seen.Add(member.Name))
            {
                throw NorceException.Bad($"{path}{property.Name}: the member stands there twice.");
            }

            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                seen.Remove(member.Name);
                continue;
            }

            Value(member, property.Value, quirks, path + property.Name, failures);
            if (member is { Required: true, Kind: 's' } && string.IsNullOrWhiteSpace(property.Value.GetString()))
            {
                seen.Remove(member.Name);
            }
        }

        failures.AddRange(members.Values.Where(m => m.Required && !seen.Contains(m.Name)).Select(m => $"{path}{m.Name} is missing"));
    }

    private static void Value(Member member, JsonElement value, NorceQuirks quirks, string path, List<string> failures)
    {
        bool fits = member.Kind switch
        {
            's' => value.ValueKind == JsonValueKind.String,
            'i' => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            'l' => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            'm' => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out _),
            'b' => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            'd' => value.ValueKind == JsonValueKind.String && Instant(value.GetString()!) is not null,
            'g' => value.ValueKind == JsonValueKind.String && Guid.TryParse(value.GetString(), out _),
            'e' => Enum(member.Of, value, quirks["enumNamesInBody"] == "accept") is not null,
            'n' => Enum(member.Of, value, true) is not null,
            'a' or 't' => value.ValueKind == JsonValueKind.Array,
            'o' => value.ValueKind == JsonValueKind.Object,
            _ => true,
        };
        if (!fits)
        {
            throw NorceException.Bad($"Error converting value {Shown(value)} at {path}: {Wanted(member)} was expected.");
        }

        switch (member.Kind)
        {
            case 's' when member.MaxLength > 0 && value.GetString()!.Length > member.MaxLength:
                failures.Add($"{path} is longer than {member.MaxLength} characters");
                break;
            case 'o':
                Object(member.Of, value, quirks, path + ".", failures);
                break;
            case 'a':
                int i = 0;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Object(member.Of, item, quirks, $"{path}[{i++}].", failures);
                }

                break;
        }
    }

    /// <summary>ISO 8601; without an offset it is UTC.</summary>
    public static DateTime? Instant(string text) =>
        text.Length >= 10 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at.UtcDateTime : null;

    /// <summary>An enum as its number.</summary>
    public static int? Enum(string name, JsonElement value, bool names) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out int number) && Enums.Has(name, number) => number,
        JsonValueKind.String when names => Enums.Number(name, value.GetString()!),
        _ => null,
    };

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "..." : value.GetRawText();

    private static string Wanted(Member member) => member.Kind switch
    {
        's' => "a text", 'i' or 'l' => "a whole number", 'm' => "a number", 'b' => "true or false", 'd' => "an instant in ISO 8601", 'g' => "a GUID", 'e' or 'n' => $"a {member.Of}", 'o' => "an object", _ => "a list",
    };

    private static Member Read(string word)
    {
        bool required = word[^1] == '!';
        string[] parts = word.TrimEnd('!').Split(':', 2);
        string type = parts[1];
        return type[0] switch
        {
            '[' => new Member(parts[0], type == "[]" ? 't' : 'a', 0, type.Trim('[', ']'), required),
            >= 'A' and <= 'Z' => new Member(parts[0], 'o', 0, type, required),
            'e' or 'n' => new Member(parts[0], type[0], 0, type[1..], required),
            's' when type.Length > 1 => new Member(parts[0], 's', int.Parse(type[1..], CultureInfo.InvariantCulture), string.Empty, required),
            _ => new Member(parts[0], type[0], 0, string.Empty, required),
        };
    }
}

/// <summary>Members of objects that have been checked; an absent one and a null are the same.</summary>
internal static class Members
{
    public static JsonElement? Get(this JsonElement value, string name)
    {
        if (value.TryGetProperty(name, out JsonElement found))
        {
            return found.ValueKind == JsonValueKind.Null ? null : found;
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
            }
        }

        return null;
    }

    public static string? Str(this JsonElement value, string name) => value.Get(name)?.GetString() is { } text && text.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    public static int? Whole(this JsonElement value, string name) => value.Get(name)?.GetInt32();

    public static decimal? Number(this JsonElement value, string name) => value.Get(name)?.GetDecimal();

    public static bool? Flag(this JsonElement value, string name) => value.Get(name)?.GetBoolean();

    public static DateTime? Instant(this JsonElement value, string name) => value.Get(name) is { } text ? Shapes.Instant(text.GetString()!) : null;

    public static IEnumerable<JsonElement> Items(this JsonElement value, string name) => value.Get(name) is { } list ? list.EnumerateArray() : [];
}
