using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// Names in the file. Everything is quoted, so only what no tool could handle is refused. A document's column that has the
/// name of one of ours gets an underscore behind it: <c>payload</c> becomes <c>payload_</c>.
/// </summary>
internal static class SqliteNames
{
    public const string IsDeleted = "_is_deleted";
    public const string DeletedAt = "_deleted_at";
    public const string RunId = "_run_id";
    public const string PassId = "_pass_id";
    public const string LoadedAt = "_loaded_at";
    public const string SourceUpdatedAt = "_source_updated_at";
    public const string ContentHash = "_content_hash";
    public const string Payload = "payload";

    // Behind the document's columns, the payload last: what comes before it is read without walking through it.
    private static readonly (string Name, string Declaration)[] RootExtras =
    [
        (RunId, "TEXT"), (PassId, "TEXT"), (LoadedAt, "TEXT"), (SourceUpdatedAt, "TEXT"), (ContentHash, "INTEGER"),
        (IsDeleted, "INTEGER NOT NULL DEFAULT 0"), (DeletedAt, "TEXT"), (Payload, "TEXT"),
    ];

    private static readonly (string Name, string Declaration)[] ChildExtras =
    [
        (RunId, "TEXT"), (PassId, "TEXT"), (LoadedAt, "TEXT"), (IsDeleted, "INTEGER NOT NULL DEFAULT 0"), (DeletedAt, "TEXT"),
    ];

    /// <summary>The columns we add to a table.</summary>
    public static IReadOnlyList<(string Name, string Declaration)> Extras(TableSchema table) => table.Parent is null ? RootExtras : ChildExtras;

    /// <summary>The name a column has in the file.</summary>
    public static string ColumnName(TableSchema table, int column)
    {
        var name = table.Columns[column].Name;
        Check(name, "column");
        while (Extras(table).Any(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase))
            || (name != table.Columns[column].Name && table.IndexOf(name) >= 0))
        {
            name += "_";
        }

        return name;
    }

    /// <summary>The declared type: INTEGER, NUMERIC or TEXT.</summary>
    public static string Declaration(ColumnType type) => type switch
    {
        ColumnType.Integer or ColumnType.Boolean => "INTEGER",
        ColumnType.Decimal => "NUMERIC",
        _ => "TEXT",
    };

    /// <summary>The name a table has in the file.</summary>
    public static string TableName(TableSchema table, string prefix)
    {
        Check(table.Name, "table");
        return prefix + table.Name;
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    /// <summary>Letters, digits and underscores, and none of the beginnings that SQLite and our state keep for themselves.</summary>
    /// <exception cref="JunipeerException"><c>Junipeer.Warehouse.BadPrefix</c>.</exception>
    public static void CheckPrefix(string prefix)
    {
        var good = prefix.Length <= 40
            && prefix.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            && !prefix.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)
            && !prefix.StartsWith("_junipeer", StringComparison.OrdinalIgnoreCase);
        if (good) return;
        throw SqliteFaults.Make("Junipeer.Warehouse.BadPrefix", FaultCategory.InvalidArgument,
            $"'{prefix}' cannot stand before table names: use up to 40 letters, digits and underscores, not beginning with sqlite_ or _junipeer.",
            "Give another prefix, for example -TablePrefix eu_.", prefix);
    }

    private static void Check(string name, string what)
    {
        if (name.Length is > 0 and <= 300 && !name.Any(char.IsControl)) return;
        throw SqliteFaults.Make("Junipeer.Warehouse.BadName", FaultCategory.InvalidData,
            $"'{name}' cannot be the name of a {what}.", "Leave the field out with -ExcludeField, or use -SchemaPolicy Freeze.", name);
    }
}
