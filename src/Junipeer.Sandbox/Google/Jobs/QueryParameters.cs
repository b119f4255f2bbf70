using System.Text.Json;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Sql;

namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>Named query parameters from their JSON.</summary>
internal static class QueryParameters
{
    public static Dictionary<string, SqlParameter> Read(JsonElement query)
    {
        JsonElement[] given = [.. query.List("queryParameters")];
        string? mode = query.Text("parameterMode");
        if (given.Length > 0 && mode is not null && !string.Equals(mode, "NAMED", StringComparison.OrdinalIgnoreCase))
        {
            throw string.Equals(mode, "POSITIONAL", StringComparison.OrdinalIgnoreCase) ? GoogleException.NotSimulated("positional parameters") : GoogleException.Invalid($"Invalid value for parameterMode: {mode} is not a valid value");
        }

        if (given.Length > 10_000)
        {
            throw GoogleException.Invalid("Too many query parameters: 10000 at most.");
        }

        Dictionary<string, SqlParameter> parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach (JsonElement parameter in given)
        {
            string name = parameter.Text("name") is { Length: > 0 } text ? text : throw GoogleException.NotSimulated("positional parameters");
            Field type = TypeOf(name, parameter.Member("parameterType") ?? throw GoogleException.Invalid($"Missing type for query parameter {name}"));
            if (!parameters.TryAdd(name, new SqlParameter(type, Value(type, parameter.Member("parameterValue") ?? default, name))))
            {
                throw GoogleException.Invalid($"Duplicate parameter name: {name}");
            }
        }

        return parameters;
    }

    private static Field TypeOf(string name, JsonElement type)
    {
        switch (type.NeededText("type").ToUpperInvariant())
        {
            case "ARRAY":
                Field element = TypeOf(name, type.Member("arrayType") ?? throw GoogleException.Invalid($"Missing arrayType for query parameter {name}"));
                return element.Repeated ? throw GoogleException.Invalid($"Array of array for query parameter {name}") : element with { Mode = FieldMode.Repeated };
            case "STRUCT":
                return new Field(name, FieldType.Record) { Fields = [.. type.List("structTypes").Select(s => TypeOf(s.Text("name") ?? string.Empty, s.Member("type") ?? default))] };
            case var other:
                return new Field(name, TypeNames.Parse(other) ?? throw GoogleException.Invalid($"Invalid value for type: {other} is not a valid value"));
        }
    }

    private static object? Value(Field type, JsonElement value, string name)
    {
        if (type.Repeated)
        {
            return value.Member("arrayValues") is null ? (List<object?>)[] : value.List("arrayValues").Select(v => Value(type with { Mode = FieldMode.Nullable }, v, name)).ToList();
        }

        if (type.Type == FieldType.Record)
        {
            return value.Member("structValues") is not { } members ? null : type.Fields.Select(f => Value(f, members.Member(f.Name) ?? default, f.Name)).ToArray();
        }

        if (value.Member("value") is not { } scalar)
        {
            return null;
        }

        string text = scalar.ValueKind switch { JsonValueKind.String => scalar.GetString()!, JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => scalar.GetRawText(), _ => throw GoogleException.Bad($"Invalid value for query parameter {name}") };
        return ValueParser.Parse(type.Type, text) ?? throw GoogleException.Invalid($"Invalid value for type: {text} is not a valid value of {TypeNames.Sql(type.Type)} for query parameter {name}");
    }
}
