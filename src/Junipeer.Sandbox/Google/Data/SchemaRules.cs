namespace Junipeer.Sandbox.Google.Data;

/// <summary>What a schema may look like, and how an existing one may change.</summary>
internal static class SchemaRules
{
    private const int MaxColumns = 10_000;
    private const int MaxDepth = 15;
    private static readonly string[] ReservedPrefixes =
    [
        "_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER", "_CHANGE_SEQUENCE_NUMBER", "_CHANGE_TYPE", "_CHANGE_TIMESTAMP",
    ];

    public static void Check(Table table)
    {
        int columns = 0;
        CheckFields(table.Fields, 0, ref columns);
        if (columns > MaxColumns)
        {
            throw new DataException("invalid", $"Too many total leaf fields: {columns}");
        }

        if (table.PartitionField is { } partition)
        {
            CheckPartition(table, partition);
        }

        if (table.TimePartitioning is { Type: not ("HOUR" or "DAY" or "MONTH" or "YEAR") } time)
        {
            throw new DataException("invalid", $"Invalid value for type: {time.Type} is not a valid value");
        }

        if (table.Clustering.Count > 4)
        {
            throw new DataException("invalid", "Too many fields specified for clustering, up to 4 fields are supported");
        }

        foreach (string name in table.Clustering)
        {
            int at = Field.IndexOf(table.Fields, name);
            if (at < 0)
            {
                throw new DataException("invalid", $"The field specified for clustering cannot be found in the schema. Field: {name}");
            }

            if (table.Fields[at].Repeated || table.Fields[at].Type is FieldType.Record or FieldType.Json or FieldType.Float or FieldType.Bytes or FieldType.Time)
            {
                throw new DataException("invalid", $"Entity {name} has type {table.Fields[at].SqlType} that is not supported for clustering");
            }
        }
    }

    /// <summary>An existing schema may get new columns at the end that are not REQUIRED, and may relax REQUIRED. Nothing else.</summary>
    public static void CheckChange(TableRef table, IReadOnlyList<Field> from, IReadOnlyList<Field> to, string path = "")
    {
        for (int i = 0; i < from.Count; i++)
        {
            string name = path + from[i].Name;
            int at = Field.IndexOf(to, from[i].Name);
            if (at < 0)
            {
                throw new DataException("invalid", $"Provided Schema does not match Table {table}. Field {name} is missing in new schema");
            }

            Field now = to[at];
            if (now.Type != from[i].Type)
            {
                throw new DataException("invalid", $"Provided Schema does not match Table {table}. Field {name} has changed type from {from[i].RestType} to {now.RestType}");
            }

            if (now.Mode != from[i].Mode && !(from[i].Mode == FieldMode.Required && now.Mode == FieldMode.Nullable))
            {
                throw new DataException("invalid", $"Provided Schema does not match Table {table}. Field {name} has changed mode from {from[i].Mode.ToString().ToUpperInvariant()} to {now.Mode.ToString().ToUpperInvariant()}");
            }

            CheckChange(table, from[i].Fields, now.Fields, name + ".");
        }

        foreach (Field added in to)
        {
            if (added.Required && Field.IndexOf(from, added.Name) < 0)
            {
                throw new DataException("invalid", $"Provided Schema does not match Table {table}. Cannot add required fields to an existing schema. (field: {path}{added.Name})");
            }
        }
    }

    /// <summary>Old columns keep their places and new ones go to the end, whatever the order in the request.</summary>
    public static IReadOnlyList<Field> Merge(IReadOnlyList<Field> from, IReadOnlyList<Field> to)
    {
        List<Field> merged = [];
        foreach (Field old in from)
        {
            Field now = to[Field.IndexOf(to, old.Name)];
            merged.Add(now with { Name = old.Name, Fields = Merge(old.Fields, now.Fields) });
        }

        merged.AddRange(to.Where(f => Field.IndexOf(from, f.Name) < 0));
        return merged;
    }

    private static void CheckFields(IReadOnlyList<Field> fields, int depth, ref int columns)
    {
        if (depth >= MaxDepth)
        {
            throw new DataException("invalid", $"Schema is nested too deeply: the limit is {MaxDepth} levels");
        }

        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (Field field in fields)
        {
            columns++;
            CheckName(field.Name);
            if (!names.Add(field.Name))
            {
                throw new DataException("invalid", $"Field {field.Name} already exists in schema");
            }

            if (field.Type == FieldType.Record && field.Fields.Count == 0)
            {
                throw new DataException("invalid", $"Field {field.Name} is type RECORD but has no schema");
            }

            if (field.Precision is { } precision)
            {
                CheckPrecision(field, precision, field.Scale ?? 0);
            }

            CheckFields(field.Fields, depth + 1, ref columns);
        }
    }

    private static void CheckName(string name)
    {
        bool shape = name.Length is > 0 and <= 300 && (char.IsLetter(name[0]) || name[0] == '_')
            && name.AsSpan().IndexOfAny("!\"$()*,./;?@[\\]^`{}~\r\n\t") < 0;
        if (!shape)
        {
            throw new DataException("invalid", $"Invalid field name \"{name}\". Fields must contain the allowed characters, and be at most 300 characters long. For allowed characters, please refer to https://cloud.google.com/bigquery/docs/schemas#column_names");
        }

        if (ReservedPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DataException("invalid", $"Invalid field name \"{name}\". Field names are not allowed to start with the (case-insensitive) prefixes {string.Join(", ", ReservedPrefixes)}");
        }
    }

    private static void CheckPrecision(Field field, int precision, int scale)
    {
        (int whole, int most) = field.Type == FieldType.BigNumeric ? (38, Exact.BigScale) : (29, Exact.NumericScale);
        if (field.Type is not (FieldType.Numeric or FieldType.BigNumeric) || scale < 0 || scale > most || precision < Math.Max(1, scale) || precision - scale > whole)
        {
            throw new DataException("invalid", $"Field {field.Name} has invalid precision {precision} and scale {scale} for type {field.RestType}");
        }
    }

    private static void CheckPartition(Table table, string name)
    {
        int at = Field.IndexOf(table.Fields, name);
        if (at < 0)
        {
            throw new DataException("invalid", $"The field specified for partitioning cannot be found in the schema. Field: {name}");
        }

        Field field = table.Fields[at];
        bool fits = table.RangePartitioning is not null
            ? field.Type == FieldType.Integer
            : field.Type is FieldType.Timestamp or FieldType.DateTime || (field.Type == FieldType.Date && table.TimePartitioning!.Type != "HOUR");
        if (!fits || field.Repeated)
        {
            throw new DataException("invalid", $"The field specified for partitioning has an unsupported type or mode. Field: {name} ({field.SqlType})");
        }
    }
}
