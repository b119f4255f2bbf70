using System.Text;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// One table of a resource: its definition in the file and the prepared statements that fill it. Follows the schema as it
/// grows; columns of the file that the schema does not know are left alone, and are null in every row that is written anew.
/// </summary>
internal sealed class SqliteTable(SqliteDb db, TableSchema schema, TableSchema root, string prefix) : IDisposable
{
    private int _known;
    private SqliteStatement? _insert;
    private SqliteStatement? _replace;
    private SqliteStatement? _drop;
    private SqliteStatement? _touch;
    private SqliteStatement? _find;

    public TableSchema Schema => schema;

    /// <summary>Name in the file.</summary>
    public string Name { get; } = SqliteNames.TableName(schema, prefix);

    public string Quoted { get; } = SqliteNames.Quote(SqliteNames.TableName(schema, prefix));

    /// <summary>Columns of the schema that are written.</summary>
    public int Width => _known;

    /// <summary>Parameters behind the columns: <c>_run_id, _pass_id, _loaded_at</c>, then in a root table <c>_source_updated_at, _content_hash, payload</c>.</summary>
    public SqliteStatement Insert => _insert ??= db.Prepare(InsertText("INSERT"));

    /// <summary>
    /// The same, for a row that may be there. Replaces the whole row: what a record no longer has must become null in every
    /// column, also in those the schema does not know. A tenth slower than <see cref="Insert"/>.
    /// </summary>
    public SqliteStatement Replace => _replace ??= db.Prepare(InsertText("INSERT OR REPLACE"));

    /// <summary>Drops the rows of one record; its key is the parameters.</summary>
    public SqliteStatement Drop => _drop ??= db.Prepare($"DELETE FROM {Quoted} WHERE {KeyIs(1)}");

    /// <summary>Marks a row as read again: <c>_run_id, _pass_id, _loaded_at</c>, then the key.</summary>
    public SqliteStatement Touch => _touch ??= db.Prepare(
        $"UPDATE {Quoted} SET {SqliteNames.RunId}=?1, {SqliteNames.PassId}=?2, {SqliteNames.LoadedAt}=?3 WHERE {KeyIs(4)}");

    /// <summary>Content hash and deletion flag of a row; its key is the parameters.</summary>
    public SqliteStatement Find => _find ??= db.Prepare(
        $"SELECT {SqliteNames.ContentHash}, {SqliteNames.IsDeleted} FROM {Quoted} WHERE {KeyIs(1)}");

    /// <summary>The columns of the record's key, quoted and joined; the same in every table of a resource.</summary>
    public string RecordKey => string.Join(", ", Enumerable.Range(0, root.KeyLength).Select(Column));

    /// <summary>Makes the table, or adds what it lacks. Inside a transaction; cheap when there is nothing to do.</summary>
    public void Ensure()
    {
        var count = schema.Columns.Count;
        if (_known == count) return;
        var wanted = Enumerable.Range(0, count)
            .Select(i => (Name: SqliteNames.ColumnName(schema, i), Declaration: SqliteNames.Declaration(schema.Columns[i].Type)))
            .Concat(SqliteNames.Extras(schema))
            .ToList();
        var stored = Stored();
        if (stored.Count == 0)
        {
            Create(wanted);
        }
        else
        {
            CheckKey(stored);
            foreach (var (name, declaration) in wanted)
            {
                if (!stored.ContainsKey(name)) db.Run($"ALTER TABLE {Quoted} ADD COLUMN {SqliteNames.Quote(name)} {declaration}");
            }
        }

        _known = count;
        _insert?.Dispose();
        _replace?.Dispose();
        _insert = _replace = null;
    }

    public void Dispose()
    {
        _insert?.Dispose();
        _replace?.Dispose();
        _drop?.Dispose();
        _touch?.Dispose();
        _find?.Dispose();
    }

    private void Create(List<(string Name, string Declaration)> columns)
    {
        // A single whole-number key is the row's own number: no second tree, and the fastest look-up there is. Child rows are
        // small and always reached through the key they begin with, so their table is the tree of that key.
        var single = schema.KeyLength == 1 && schema.Columns[0].Type == ColumnType.Integer;
        var text = new StringBuilder($"CREATE TABLE {Quoted} (");
        for (var i = 0; i < columns.Count; i++)
        {
            if (i > 0) text.Append(", ");
            text.Append(SqliteNames.Quote(columns[i].Name)).Append(' ').Append(columns[i].Declaration);
            if (i == 0 && single) text.Append(" PRIMARY KEY");
            else if (i < schema.KeyLength) text.Append(" NOT NULL");
        }

        if (!single) text.Append($", PRIMARY KEY ({string.Join(", ", Enumerable.Range(0, schema.KeyLength).Select(Column))})");
        text.Append(')');
        if (schema.Parent is not null && !single) text.Append(" WITHOUT ROWID");
        db.Run(text.ToString());

        // The ids of living records, in order, in a tree a hundredth of the table's size: listings and deletes read only this.
        if (schema.Parent is null && single)
        {
            db.Run($"CREATE INDEX {SqliteNames.Quote("ix_" + Name + SqliteNames.IsDeleted)} ON {Quoted} ({SqliteNames.IsDeleted})");
        }
    }

    private void CheckKey(Dictionary<string, long> stored)
    {
        var key = stored.Where(c => c.Value > 0).OrderBy(c => c.Value).Select(c => c.Key);
        var wanted = Enumerable.Range(0, schema.KeyLength).Select(i => SqliteNames.ColumnName(schema, i));
        if (key.SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase)) return;
        throw SqliteFaults.Make("Junipeer.Warehouse.ForeignTable", FaultCategory.InvalidOperation,
            $"'{db.Path}' holds a table '{Name}' that this export did not make: its primary key is not ({string.Join(", ", wanted)}).",
            "Export with -TablePrefix, for example -TablePrefix bp_, or into another file.", Name);
    }

    private Dictionary<string, long> Stored()
    {
        var columns = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        using var list = db.Prepare("SELECT name, pk FROM pragma_table_info(?1)");
        list.Bind(1, Name);
        while (list.Step()) columns.Add(list.Text(0), list.Integer(1));
        return columns;
    }

    private string InsertText(string verb)
    {
        var names = Enumerable.Range(0, _known).Select(Column)
            .Concat([SqliteNames.RunId, SqliteNames.PassId, SqliteNames.LoadedAt])
            .Concat(schema.Parent is null ? [SqliteNames.SourceUpdatedAt, SqliteNames.ContentHash, SqliteNames.Payload] : [])
            .ToList();

        return $"{verb} INTO {Quoted} ({string.Join(", ", names)}) VALUES ({string.Join(", ", Enumerable.Range(1, names.Count).Select(i => $"?{i}"))})";
    }

    private string Column(int index) => SqliteNames.Quote(SqliteNames.ColumnName(schema, index));

    private string KeyIs(int parameter) =>
        string.Join(" AND ", Enumerable.Range(0, root.KeyLength).Select(i => $"{Column(i)}=?{parameter + i}"));
}
