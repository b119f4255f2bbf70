using System.Globalization;
using System.Text.Json;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>One JSON object as a row of a schema.</summary>
internal sealed class JsonRows(IReadOnlyList<Field> fields, bool ignoreUnknown)
{
    private const string TimestampShape = "Required format is YYYY-MM-DD HH:MM[:SS[.SSSSSS]] or YYYY/MM/DD HH:MM[:SS[.SSSSSS]]";

    public object?[] Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new BadValueException(string.Empty, "Start of array encountered without start of object.", "Row must be a JSON object");
        }

        return Record(fields, element, string.Empty);
    }

    private object?[] Record(IReadOnlyList<Field> schema, JsonElement element, string path)
    {
        object?[] row = new object?[schema.Count];
        foreach (JsonProperty member in element.EnumerateObject())
        {
            int at = Field.IndexOf(schema, member.Name);
            if (at >= 0)
            {
                row[at] = Value(schema[at], member.Value, path + schema[at].Name);
            }
            else if (!ignoreUnknown)
            {
                throw new BadValueException(path + member.Name, $"No such field: {path}{member.Name}.", $"no such field: {path}{member.Name}.");
            }
        }

        for (int i = 0; i < row.Length; i++)
        {
            if (row[i] is null && schema[i].Required)
            {
                string name = path + schema[i].Name;
                throw new BadValueException(name, $"Missing required field: {name}.", $"Missing required field: {name}.");
            }
        }

        return row;
    }

    private object? Value(Field field, JsonElement element, string path)
    {
        if (!field.Repeated)
        {
            if (element.ValueKind == JsonValueKind.Array && field.Type != FieldType.Json)
            {
                throw new BadValueException(path, $"Array specified for non-repeated field: {path}.", $"Array specified for non-repeated field: {path}.");
            }

            return One(field, element, path);
        }

        if (element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // A single value stands for an array of one only in streaming; the strict reading refuses it in both.
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw new BadValueException(path, $"Repeated field must be imported as a JSON array. Field: {path}.", $"Repeated field must be imported as a JSON array. Field: {path}.");
        }

        List<object?> values = new(element.GetArrayLength());
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Null && field.Type != FieldType.Json)
            {
                throw new BadValueException(path, $"Only optional fields can be set to NULL. Field: {path}; Value: NULL", $"Field value of {path} cannot be empty.");
            }

            values.Add(One(field, item, path));
        }

        return values;
    }

    private object? One(Field field, JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Null && field.Type != FieldType.Json)
        {
            return field.Required
                ? throw new BadValueException(path, $"Only optional fields can be set to NULL. Field: {path}; Value: NULL", $"Missing required field: {path}.")
                : null;
        }

        if (field.Type == FieldType.Record)
        {
            return element.ValueKind == JsonValueKind.Object
                ? Record(field.Fields, element, path + ".")
                : throw new BadValueException(path, $"This field: {path} is not a record.", $"This field: {path} is not a record.");
        }

        if (field.Type == FieldType.Json)
        {
            try
            {
                return JsonText.From(element);
            }
            catch (FormatException error)
            {
                throw new BadValueException(path, $"Invalid JSON value: {error.Message} Field: {path}; Value: {Shown(element)}", error.Message);
            }
        }

        if (element.ValueKind is JsonValueKind.Object)
        {
            throw new BadValueException(path, $"JSON object specified for non-record field: {path}", $"This field: {path} is not a record.");
        }

        object value = Scalar(field.Type, element) ?? throw Bad(field, element, path);
        object? fitted = value;
        return ParameterizedTypes.TryFit(field, ref fitted, out string reason)
            ? fitted
            : throw new BadValueException(path, $"{reason}; Field: {path}; Value: {Shown(element)}", reason);
    }

    private static object? Scalar(FieldType type, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return ValueParser.Parse(type, element.GetString()!);
            case JsonValueKind.True or JsonValueKind.False:
                bool flag = element.GetBoolean();
                return type switch
                {
                    FieldType.Boolean => flag,
                    FieldType.String => flag ? "true" : "false",
                    _ => null,
                };
            default:
                return Number(type, element);
        }
    }

    private static object? Number(FieldType type, JsonElement element)
    {
        string raw = element.GetRawText();
        switch (type)
        {
            case FieldType.String:
                return raw;
            case FieldType.Integer:
                return element.TryGetInt64(out long number) ? number
                    : Exact.TryParse(raw, big: false, out Exact whole) && whole.Round(0)!.Value.Equals(whole) && long.TryParse(whole.ToString(), out number) ? number
                    : null;
            case FieldType.Float or FieldType.Numeric or FieldType.BigNumeric:
                return ValueParser.Parse(type, raw);
            case FieldType.Timestamp:
                // A bare number is seconds since 1970.
                return Exact.TryParse(raw, big: false, out Exact seconds)
                    && long.TryParse(Exact.Divide(seconds.Units, 1000).ToString(CultureInfo.InvariantCulture), out long micros)
                    && new Instant(micros) is { InRange: true } instant
                    ? instant
                    : null;
            default:
                return null;
        }
    }

    private static BadValueException Bad(Field field, JsonElement element, string path)
    {
        string shown = Shown(element);
        string kind = field.Type switch
        {
            FieldType.Integer => "integer",
            FieldType.Float => "double",
            FieldType.Boolean => "boolean",
            FieldType.Timestamp => "timestamp",
            FieldType.Date => "date",
            FieldType.Time => "time",
            FieldType.DateTime => "datetime",
            FieldType.Bytes => "bytes",
            _ => field.RestType,
        };
        return field.Type switch
        {
            FieldType.Numeric or FieldType.BigNumeric =>
                new(path, $"Invalid {field.RestType} value: {shown} Field: {path}; Value: {shown}", $"Invalid {field.RestType} value: {shown}"),
            FieldType.Timestamp =>
                new(path, $"Couldn't convert value to timestamp: Could not parse '{shown}' as a timestamp. {TimestampShape} Field: {path}; Value: {shown}", $"Could not parse '{shown}' as a timestamp. {TimestampShape}"),
            FieldType.Date or FieldType.Time or FieldType.DateTime =>
                new(path, $"Could not parse '{shown}' as {field.RestType} for field {path}; Value: {shown}", $"Invalid {kind}: '{shown}' Field: {path}; Value: {shown}"),
            _ => new(path, $"Could not convert value to {kind}. Field: {path}; Value: {shown}", $"Cannot convert value to {kind} (bad value): {shown}"),
        };
    }

    private static string Shown(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
