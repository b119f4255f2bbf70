using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.Rest;

/// <summary>Schemas, partitioning and clustering between JSON and the store.</summary>
internal static class SchemaJson
{
    public static IReadOnlyList<Field> Read(JsonElement schema) => [.. schema.List("fields").Select(ReadField)];

    public static JsonObject Write(IReadOnlyList<Field> fields) => new() { ["fields"] = new JsonArray([.. fields.Select(f => (JsonNode)WriteField(f))]) };

    private static Field ReadField(JsonElement field)
    {
        string name = field.NeededText("name");
        string typeName = field.NeededText("type");
        FieldType type = TypeNames.Parse(typeName) ?? throw GoogleException.Invalid($"Invalid value for type: {typeName} is not a valid value");
        FieldMode mode = (field.Text("mode") ?? "NULLABLE").ToUpperInvariant() switch
        {
            "NULLABLE" or "" => FieldMode.Nullable,
            "REQUIRED" => FieldMode.Required,
            "REPEATED" => FieldMode.Repeated,
            _ => throw GoogleException.Invalid($"Invalid value for mode: {field.Text("mode")} is not a valid value"),
        };
        if (field.Text("description") is { Length: > 1024 })
        {
            throw GoogleException.Invalid($"The description for field {name} is too long. The maximum length is 1024 characters.");
        }

        if (type != FieldType.Record && field.Member("fields") is { } inner && inner.GetArrayLength() > 0)
        {
            throw GoogleException.Invalid($"Field {name} is not a RECORD and cannot have fields");
        }

        if (field.Text("roundingMode") is { Length: > 0 } rounding && rounding is not ("ROUND_HALF_EVEN" or "ROUND_HALF_AWAY_FROM_ZERO" or "ROUNDING_MODE_UNSPECIFIED"))
        {
            throw GoogleException.Invalid($"Invalid value for roundingMode: {rounding} is not a valid value");
        }

        foreach (string other in (string[])["policyTags", "categories", "dataPolicies", "rangeElementType", "foreignTypeDefinition", "collation", "timestampPrecision", "nameAlternative", "identityMode"])
        {
            if (field.Member(other) is not null)
            {
                throw GoogleException.NotSimulated($"{other} of a column");
            }
        }

        return new Field(name, type, mode)
        {
            Fields = [.. field.List("fields").Select(ReadField)],
            Description = field.Text("description"),
            Precision = (int?)field.Long("precision"),
            Scale = (int?)field.Long("scale"),
            MaxLength = (int?)field.Long("maxLength"),
            RoundingMode = field.Text("roundingMode") == "ROUND_HALF_EVEN" ? "ROUND_HALF_EVEN" : null,
            DefaultValueExpression = field.Text("defaultValueExpression"),
        };
    }

    private static JsonObject WriteField(Field field)
    {
        JsonObject json = new() { ["name"] = field.Name, ["type"] = field.RestType, ["mode"] = field.Mode.ToString().ToUpperInvariant() };
        Add(json, "description", field.Description);
        Add(json, "precision", field.Precision?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add(json, "scale", field.Scale?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add(json, "maxLength", field.MaxLength?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add(json, "roundingMode", field.RoundingMode);
        Add(json, "defaultValueExpression", field.DefaultValueExpression);
        if (field.Type == FieldType.Record)
        {
            json["fields"] = Write(field.Fields)["fields"]!.DeepClone();
        }

        return json;
    }

    public static void Add(JsonObject json, string name, string? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }

    public static TimePartitioning? TimeOf(JsonElement body) => body.Member("timePartitioning") is not { } time ? null : new TimePartitioning(
        time.Text("type") is "HOUR" or "DAY" or "MONTH" or "YEAR" ? time.Text("type")! : throw GoogleException.Invalid($"Invalid value for type: {time.Text("type")} is not a valid value"),
        time.Text("field"),
        time.Long("expirationMs"));

    public static RangePartitioning? RangeOf(JsonElement body)
    {
        if (body.Member("rangePartitioning") is not { } range)
        {
            return null;
        }

        JsonElement inner = range.Member("range") ?? throw new GoogleException(400, "required", "Required parameter is missing: rangePartitioning.range");
        RangePartitioning read = new(range.NeededText("field"), inner.Long("start") ?? 0, inner.Long("end") ?? 0, inner.Long("interval") ?? 0);
        return read.Interval > 0 && read.End > read.Start && (read.End - read.Start) / read.Interval <= 10_000
            ? read
            : throw GoogleException.Invalid("The range of an integer range partitioned table must have start < end, interval > 0, and at most 10000 partitions.");
    }

    public static IReadOnlyList<string> ClusteringOf(JsonElement body) => body.Member("clustering") is { } clustering ? clustering.Texts("fields") : [];

    public static IReadOnlyList<string> PrimaryKeyOf(JsonElement body)
    {
        if (body.Member("tableConstraints") is not { } constraints)
        {
            return [];
        }

        if (constraints.Member("foreignKeys") is { } foreign && foreign.GetArrayLength() > 0)
        {
            throw GoogleException.NotSimulated("foreign keys");
        }

        return constraints.Member("primaryKey") is { } key ? key.Texts("columns") : [];
    }

    public static void CheckPrimaryKey(IReadOnlyList<string> key, IReadOnlyList<Field> fields)
    {
        if (key.FirstOrDefault(k => Field.IndexOf(fields, k) < 0) is { } missing)
        {
            throw GoogleException.Invalid($"Primary key column {missing} does not exist in the table schema");
        }
    }

    public static JsonObject Write(TimePartitioning time)
    {
        JsonObject json = new() { ["type"] = time.Type };
        Add(json, "field", time.Field);
        Add(json, "expirationMs", time.ExpirationMs is { } life ? Names.Text(life) : null);
        return json;
    }

    public static JsonObject Write(RangePartitioning range) => new()
    {
        ["field"] = range.Field,
        ["range"] = new JsonObject { ["start"] = Names.Text(range.Start), ["end"] = Names.Text(range.End), ["interval"] = Names.Text(range.Interval) },
    };
}
