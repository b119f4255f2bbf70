using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using SQLitePCL;

namespace Junipeer.Benchmarks.Cases;

/// <summary>A table of an export: how it was made, and the columns its rows were inserted with.</summary>
internal sealed record TableShape(string Name, IReadOnlyList<string> Statements, IReadOnlyList<string> Columns);

/// <summary>
/// Copies the rows of an export into a plain file, so that the floor can insert them without knowing where they come from:
/// blocks of 5,000 orders, in each the rows of every table. A row is its values: a byte for the kind, then the value.
/// </summary>
internal static class SqliteRows
{
    public const string FileName = "rows.bin";
    public const string ShapeName = "rows.json";
    public const int PerTransaction = 5000;

    private static readonly string[] NotInserted = ["_is_deleted", "_deleted_at"];

    public static void Extract(string database, string folder)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open_v2(database, out var db, raw.SQLITE_OPEN_READWRITE, null));
        using (db)
        {
            var tables = Shapes(db);
            File.WriteAllText(Path.Combine(folder, ShapeName), JsonSerializer.Serialize(tables, JsonSerializerOptions.Web));
            using var file = new BinaryWriter(new BufferedStream(File.Create(Path.Combine(folder, FileName)), 1 << 20));
            var readers = tables.Select((t, i) => Prepare(db,
                $"SELECT {string.Join(',', t.Columns.Select(Quote))} FROM {Quote(t.Name)} WHERE {Quote(t.Columns[0])} BETWEEN ?1 AND ?2 ORDER BY rowid".Replace("rowid", i == 0 ? "1" : "1, 2", StringComparison.Ordinal))).ToArray();
            foreach (var (first, last) in Blocks(db, tables[0]))
            {
                for (var t = 0; t < tables.Count; t++)
                {
                    raw.sqlite3_bind_int64(readers[t], 1, first);
                    raw.sqlite3_bind_int64(readers[t], 2, last);
                    while (raw.sqlite3_step(readers[t]) == raw.SQLITE_ROW)
                    {
                        file.Write((byte)1);
                        for (var c = 0; c < tables[t].Columns.Count; c++) Write(file, readers[t], c);
                    }

                    file.Write((byte)0);
                    raw.sqlite3_reset(readers[t]);
                }
            }

            foreach (var reader in readers) reader.Dispose();
        }
    }

    public static string Quote(string name) => $"\"{name}\"";

    public static sqlite3_stmt Prepare(sqlite3 db, string sql)
    {
        if (raw.sqlite3_prepare_v2(db, sql, out var statement) != raw.SQLITE_OK) throw new InvalidOperationException($"{raw.sqlite3_errmsg(db).utf8_to_string()}: {sql}");
        return statement;
    }

    public static void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new InvalidOperationException($"SQLite answers {code}.");
    }

    private static List<TableShape> Shapes(sqlite3 db)
    {
        var shapes = new List<TableShape>();
        using var tables = Prepare(db, "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY rowid");
        while (raw.sqlite3_step(tables) == raw.SQLITE_ROW)
        {
            var name = raw.sqlite3_column_text(tables, 0).utf8_to_string();
            using var made = Prepare(db, $"SELECT sql FROM sqlite_schema WHERE tbl_name='{name}' AND sql IS NOT NULL ORDER BY rowid");
            var statements = new List<string>();
            while (raw.sqlite3_step(made) == raw.SQLITE_ROW) statements.Add(raw.sqlite3_column_text(made, 0).utf8_to_string());
            using var info = Prepare(db, $"SELECT name FROM pragma_table_info('{name}')");
            var columns = new List<string>();
            while (raw.sqlite3_step(info) == raw.SQLITE_ROW) columns.Add(raw.sqlite3_column_text(info, 0).utf8_to_string());
            shapes.Add(new TableShape(name, statements, columns.Except(NotInserted).ToArray()));
        }

        return shapes;
    }

    private static List<(long First, long Last)> Blocks(sqlite3 db, TableShape root)
    {
        var blocks = new List<(long, long)>();
        using var ids = Prepare(db, $"SELECT {Quote(root.Columns[0])} FROM {Quote(root.Name)} ORDER BY 1");
        long count = 0, first = 0, last = 0;
        while (raw.sqlite3_step(ids) == raw.SQLITE_ROW)
        {
            last = raw.sqlite3_column_int64(ids, 0);
            if (count++ % PerTransaction == 0) first = last;
            if (count % PerTransaction == 0) blocks.Add((first, last));
        }

        if (count % PerTransaction != 0) blocks.Add((first, last));
        return blocks;
    }

    private static void Write(BinaryWriter file, sqlite3_stmt row, int column)
    {
        switch (raw.sqlite3_column_type(row, column))
        {
            case raw.SQLITE_NULL:
                file.Write((byte)raw.SQLITE_NULL);
                break;
            case raw.SQLITE_INTEGER:
                file.Write((byte)raw.SQLITE_INTEGER);
                file.Write(raw.sqlite3_column_int64(row, column));
                break;
            case raw.SQLITE_FLOAT:
                file.Write((byte)raw.SQLITE_FLOAT);
                file.Write(raw.sqlite3_column_double(row, column));
                break;
            default:
                var text = Encoding.UTF8.GetBytes(raw.sqlite3_column_text(row, column).utf8_to_string());
                file.Write((byte)raw.SQLITE_TEXT);
                file.Write(text.Length);
                file.Write(text);
                break;
        }
    }
}
