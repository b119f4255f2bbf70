namespace Junipeer.Sandbox.Google.Data;

/// <summary>The types of a column, by the names the REST API uses.</summary>
internal enum FieldType
{
    String,
    Bytes,
    Integer,
    Float,
    Numeric,
    BigNumeric,
    Boolean,
    Timestamp,
    Date,
    Time,
    DateTime,
    Json,
    Record,
}

internal enum FieldMode
{
    Nullable,
    Required,
    Repeated,
}

/// <summary>A column, or a field inside a RECORD.</summary>
internal sealed record Field(string Name, FieldType Type, FieldMode Mode = FieldMode.Nullable)
{
    public IReadOnlyList<Field> Fields { get; init; } = [];

    public string? Description { get; init; }

    public int? Precision { get; init; }

    public int? Scale { get; init; }

    public int? MaxLength { get; init; }

    /// <summary>ROUND_HALF_EVEN, or null for half away from zero.</summary>
    public string? RoundingMode { get; init; }

    public string? DefaultValueExpression { get; init; }

    public bool Repeated => Mode == FieldMode.Repeated;

    public bool Required => Mode == FieldMode.Required;

    /// <summary>The name of the type in a schema of the REST API.</summary>
    public string RestType => TypeNames.Rest(Type);

    /// <summary>The name of the type in SQL, as in messages: ARRAY&lt;STRUCT&lt;sku STRING&gt;&gt;.</summary>
    public string SqlType
    {
        get
        {
            string one = Type == FieldType.Record
                ? $"STRUCT<{string.Join(", ", Fields.Select(f => f.Name + " " + f.SqlType))}>"
                : TypeNames.Sql(Type);
            return Repeated ? $"ARRAY<{one}>" : one;
        }
    }

    /// <summary>Position of a column by its name, which is never case-sensitive; -1 if it does not exist.</summary>
    public static int IndexOf(IReadOnlyList<Field> fields, string name)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (string.Equals(fields[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}

internal static class TypeNames
{
    public static string Rest(FieldType type) => type switch
    {
        FieldType.DateTime => "DATETIME",
        FieldType.BigNumeric => "BIGNUMERIC",
        _ => type.ToString().ToUpperInvariant(),
    };

    public static string Sql(FieldType type) => type switch
    {
        FieldType.Integer => "INT64",
        FieldType.Float => "FLOAT64",
        FieldType.Boolean => "BOOL",
        FieldType.Record => "STRUCT",
        _ => Rest(type),
    };

    /// <summary>Reads a type name of either language; null for one the simulator does not have.</summary>
    public static FieldType? Parse(string name) => name.ToUpperInvariant() switch
    {
        "STRING" => FieldType.String,
        "BYTES" => FieldType.Bytes,
        "INTEGER" or "INT64" or "INT" or "SMALLINT" or "BIGINT" or "TINYINT" or "BYTEINT" => FieldType.Integer,
        "FLOAT" or "FLOAT64" => FieldType.Float,
        "NUMERIC" or "DECIMAL" => FieldType.Numeric,
        "BIGNUMERIC" or "BIGDECIMAL" => FieldType.BigNumeric,
        "BOOLEAN" or "BOOL" => FieldType.Boolean,
        "TIMESTAMP" => FieldType.Timestamp,
        "DATE" => FieldType.Date,
        "TIME" => FieldType.Time,
        "DATETIME" => FieldType.DateTime,
        "JSON" => FieldType.Json,
        "RECORD" or "STRUCT" => FieldType.Record,
        _ => null,
    };
}
