using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>The views TABLES, COLUMNS and PARTITIONS of a dataset.</summary>
internal static class InformationSchema
{
    private static readonly Field[] Tables =
    [
        Text("table_catalog"), Text("table_schema"), Text("table_name"), Text("table_type"), Text("is_insertable_into"), Text("is_typed"), new("creation_time", FieldType.Timestamp),
    ];

    private static readonly Field[] Columns =
    [
        Text("table_catalog"), Text("table_schema"), Text("table_name"), Text("column_name"), new("ordinal_position", FieldType.Integer), Text("is_nullable"), Text("data_type"),
        Text("is_hidden"), Text("is_system_defined"), Text("is_partitioning_column"), new("clustering_ordinal_position", FieldType.Integer),
    ];

    private static readonly Field[] Parts =
    [
        Text("table_catalog"), Text("table_schema"), Text("table_name"), Text("partition_id"), new("total_rows", FieldType.Integer), new("total_logical_bytes", FieldType.Integer),
        new("last_modified_time", FieldType.Timestamp),
    ];

    public static IReadOnlyList<object?[]> Read(Session session, Catalog catalog, TablePath path, out IReadOnlyList<Field> fields)
    {
        (string project, string? dataset) = path.Parts.Count switch
        {
            4 => (path.Parts[0], path.Parts[1]),
            3 => (session.Request.Project, path.Parts[0]),
            _ => (session.Request.Project, session.Request.DefaultDataset),
        };
        if (dataset is null)
        {
            throw path.At.Error($"Table \"{path.Written}\" must be qualified with a dataset (e.g. dataset.table).");
        }

        session.FindDataset(project, dataset);
        IEnumerable<Table> tables = catalog.TablesOf(project, dataset, session.Now);
        (fields, IEnumerable<object?[]> rows) = path.Parts[^1].ToUpperInvariant() switch
        {
            "TABLES" => (Tables, tables.Select(t => Row(t, "BASE TABLE", "YES", "NO", Instant.From(t.Created)))),
            "COLUMNS" => (Columns, tables.SelectMany(t => t.Fields.Select((f, i) => ColumnRow(t, f, i)))),
            "PARTITIONS" => (Parts, tables.SelectMany(PartitionRows)),
            _ => throw new SqlException("notFound", $"Not found: Table {project}:{dataset}.INFORMATION_SCHEMA.{path.Parts[^1]} was not found", null),
        };
        return [.. rows];
    }

    private static Field Text(string name) => new(name, FieldType.String);

    private static object?[] Row(Table table, params ReadOnlySpan<object?> rest) => [table.Ref.Project, table.Ref.Dataset, table.Ref.Name, .. rest];

    private static object?[] ColumnRow(Table table, Field field, int at)
    {
        int cluster = table.Clustering.ToList().FindIndex(c => string.Equals(c, field.Name, StringComparison.OrdinalIgnoreCase));
        bool partition = string.Equals(table.PartitionField, field.Name, StringComparison.OrdinalIgnoreCase);
        string type = field.Precision is { } precision ? $"{field.SqlType}({precision}{(field.Scale is { } scale ? ", " + scale : string.Empty)})" : field.SqlType;
        return Row(table, field.Name, at + 1L, field.Required ? "NO" : "YES", type, "NO", "NO", partition ? "YES" : "NO", cluster < 0 ? null : cluster + 1L);
    }

    private static IEnumerable<object?[]> PartitionRows(Table table) => table.Rows.All()
        .GroupBy(r => Partitions.IdOf(table, r))
        .OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => Row(table, g.Key, g.LongCount(), g.Sum(r => ValueSize.Of((object?)r)), Instant.From(table.Modified)));
}
