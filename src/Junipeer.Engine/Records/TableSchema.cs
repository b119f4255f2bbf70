namespace Junipeer.Records;

/// <summary>What a column holds. Money and quantities are <see cref="Decimal"/>: exact, never through a double.</summary>
public enum ColumnType
{
    /// <summary>64-bit whole number.</summary>
    Integer,

    /// <summary>Exact decimal number.</summary>
    Decimal,

    /// <summary>Text; codes too, even when they look like numbers.</summary>
    Text,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An instant, stored as UTC.</summary>
    Instant,

    /// <summary>A calendar date without a time.</summary>
    Date,

    /// <summary>JSON text: small arrays of values that deserve no table of their own.</summary>
    Json,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Name in the warehouse, snake_case.</param>
/// <param name="Path">Where the value stands in the document, camelCase segments joined by dots.</param>
/// <param name="Type">What it holds.</param>
public sealed record Column(string Name, string Path, ColumnType Type)
{
    /// <summary>True for a column that evolution added and the catalogue does not know.</summary>
    public bool IsEvolved { get; init; }
}

/// <summary>
/// A table: the record's own, or one of its child collections. The columns of a child begin with its parent's key, so every
/// table of a resource begins with the record's key. Columns only ever grow, at the end; one resource is normalised by one
/// thread at a time, so growth needs no lock.
/// </summary>
public sealed class TableSchema
{
    private readonly List<Column> _columns;
    private readonly Dictionary<string, int> _byName;

    /// <summary>Makes a table.</summary>
    /// <param name="name">Name in the warehouse, without prefix.</param>
    /// <param name="columns">Columns, key columns first.</param>
    /// <param name="keyLength">How many of the first columns are the primary key.</param>
    /// <param name="parent">The table whose records own these rows; null for the record's own table.</param>
    public TableSchema(string name, IEnumerable<Column> columns, int keyLength, TableSchema? parent)
    {
        Name = name;
        _columns = columns.ToList();
        _byName = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < _columns.Count; i++) _byName.Add(_columns[i].Name, i);
        KeyLength = keyLength;
        Parent = parent;
    }

    /// <summary>Name in the warehouse, without prefix.</summary>
    public string Name { get; }

    /// <summary>Columns, key columns first; never shrinks.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>How many of the first columns are the primary key.</summary>
    public int KeyLength { get; }

    /// <summary>The table whose records own these rows; null for the record's own table.</summary>
    public TableSchema? Parent { get; }

    /// <summary>The column's index, or -1; names compare without case, as warehouses do.</summary>
    public int IndexOf(string name) => _byName.TryGetValue(name, out var index) ? index : -1;

    /// <summary>Adds a column at the end and returns its index.</summary>
    public int Add(Column column)
    {
        _byName.Add(column.Name, _columns.Count);
        _columns.Add(column);
        return _columns.Count - 1;
    }
}

/// <summary>The tables of one resource.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Tables">The record's own table first, then its children; a parent always before its children.</param>
public sealed record ResourceSchema(string Resource, IReadOnlyList<TableSchema> Tables)
{
    /// <summary>The shape of the documents behind the tables, for destinations that take them whole.</summary>
    internal DocumentMap? Map { get; init; }

    /// <summary>
    /// The column of the record's own table with its business date, an instant that does not change: warehouses that bill by
    /// what they read divide their tables by it. Null when the resource has none.
    /// </summary>
    public int? BusinessDate { get; init; }

    /// <summary>The record's own table.</summary>
    public TableSchema Root => Tables[0];

    /// <summary>True when records are identified by one whole number, so that listings and id sets apply.</summary>
    public bool HasIntegerKey => Root.KeyLength == 1 && Root.Columns[0].Type == ColumnType.Integer;
}
