using Junipeer.BigQuery;
using Junipeer.Records;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>
/// How a resource's tables look in BigQuery. The same names as in SQLite; types as the catalogue says: money exact, instants
/// UTC, and documents as text, because BigQuery's JSON type would round long numbers and the payload is to stay untouched.
/// </summary>
internal static class BigQueryTypes
{
    public const string IsDeleted = "_is_deleted";
    public const string DeletedAt = "_deleted_at";
    public const string RunId = "_run_id";
    public const string PassId = "_pass_id";
    public const string LoadedAt = "_loaded_at";
    public const string SourceUpdatedAt = "_source_updated_at";
    public const string ContentHash = "_content_hash";
    public const string Payload = "payload";

    /// <summary>
    /// The day of the record's business date, UTC: tables are divided by its month, so that a change reads few of them. Never
    /// null; the children carry their record's.
    /// </summary>
    public const string RecordDate = "_record_date";

    /// <summary>Orders the rows of a stage; not in the table itself.</summary>
    public const string Sequence = "_seq";

    private static readonly TableField[] RootExtras =
    [
        new(RunId, "STRING"), new(PassId, "STRING"), new(LoadedAt, "TIMESTAMP"), new(SourceUpdatedAt, "TIMESTAMP"), new(ContentHash, "INTEGER"),
        new(IsDeleted, "BOOLEAN"), new(DeletedAt, "TIMESTAMP"), new(Payload, "STRING"),
    ];

    private static readonly TableField[] ChildExtras = [new(RunId, "STRING"), new(PassId, "STRING"), new(LoadedAt, "TIMESTAMP"), new(IsDeleted, "BOOLEAN"), new(DeletedAt, "TIMESTAMP")];

    private static readonly TableField[] DateExtra = [new(RecordDate, "DATE") { Description = "day of the record's business date, UTC; 1970-01-01 when it shows none" }];

    /// <summary>The columns we add to a table.</summary>
    public static IReadOnlyList<TableField> Extras(TableSchema table, bool isDated) => [.. isDated ? DateExtra : [], .. table.Parent is null ? RootExtras : ChildExtras];

    /// <summary>All columns of a table, in its order.</summary>
    public static IReadOnlyList<TableField> Fields(TableSchema table, bool isDated) =>
        [.. table.Columns.Select((column, i) => new TableField(ColumnName(table, i), TypeOf(column.Type)) { Description = Describe(column) }), .. Extras(table, isDated)];

    /// <summary>A document's column that has the name of one of ours gets an underscore behind it.</summary>
    public static string ColumnName(TableSchema table, int column)
    {
        var name = table.Columns[column].Name;
        while (Extras(table, isDated: true).Any(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase))
            || (name != table.Columns[column].Name && table.IndexOf(name) >= 0))
        {
            name += "_";
        }

        return name;
    }

    /// <summary>The columns of the record's key in its own table.</summary>
    public static IReadOnlyList<string> KeyOf(TableSchema root) => KeyIn(root, root);

    /// <summary>The columns of the record's key in any of its tables: each begins with them, under names of its own.</summary>
    public static IReadOnlyList<string> KeyIn(TableSchema table, TableSchema root) => Enumerable.Range(0, root.KeyLength).Select(i => ColumnName(table, i)).ToArray();

    private static string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Integer => "INTEGER",
        ColumnType.Decimal => "NUMERIC",
        ColumnType.Boolean => "BOOLEAN",
        ColumnType.Instant => "TIMESTAMP",
        ColumnType.Date => "DATE",
        _ => "STRING",
    };

    /// <summary>A description may have 1,024 characters.</summary>
    private static string Describe(Column column)
    {
        var text = column.IsEvolved ? $"{column.Path} (found in the data)" : column.Path;
        return text.Length <= 1024 ? text : text[..1024];
    }
}
