namespace Junipeer.Sandbox.Norce.Data;

/// <summary>One row. Its cells are replaced as a whole, so who holds them sees one state.</summary>
internal sealed class Row(EntityType type, object?[] cells)
{
    public EntityType Type => type;

    public object?[] Cells { get; set; } = cells;

    /// <summary>What was imported and has no column: JSON texts by name.</summary>
    public Dictionary<string, string>? Extras { get; set; }

    public object? this[string column] => Cells[type.Index(column)];

    public int Int(string column) => (int)this[column]!;

    public string? Text(string column) => (string?)this[column];
}

/// <summary>Boxes that many rows share.</summary>
internal static class Box
{
    private static readonly object[] Small = [.. Enumerable.Range(0, 4096).Select(i => (object)i)];

    public static readonly object True = true;

    public static readonly object False = false;

    public static readonly object Zero = 0m;

    public static readonly object One = 1m;

    public static object Of(int value) => value >= 0 && value < Small.Length ? Small[value] : value;

    public static object Of(bool value) => value ? True : False;
}

/// <summary>
/// The rows of one entity type by key, with indexes for the ways that lead here. Not safe by itself: everything
/// happens under the world's lock.
/// </summary>
internal sealed class RowTable(EntityType type)
{
    private static readonly List<Row> None = [];
    private readonly int[] _key = [.. type.Key.Select(k => k.Index)];
    private readonly Dictionary<object, Row> _rows = [];
    private readonly List<(int[] Columns, Dictionary<object, List<Row>> Rows)> _indexes = [];
    private Row[]? _sorted;

    public EntityType Type => type;

    public int Count => _rows.Count;

    public int LastId { get; private set; }

    /// <summary>All rows in the order of their key.</summary>
    public Row[] Sorted
    {
        get
        {
            if (_sorted is null)
            {
                Row[] rows = [.. _rows.Values];
                Array.Sort(rows, (a, b) => Compare(a.Cells, b.Cells, _key));
                _sorted = rows;
            }

            return _sorted;
        }
    }

    public void AddIndex(string[] columns)
    {
        int[] at = [.. columns.Select(type.Index)];
        if (!_indexes.Any(i => i.Columns.SequenceEqual(at)) && !at.SequenceEqual(_key))
        {
            _indexes.Add((at, []));
        }
    }

    public Row? Find(params object?[] key) => _rows.GetValueOrDefault(KeyOf(key));

    /// <summary>Rows whose columns have these values.</summary>
    public IReadOnlyList<Row> With(string[] columns, object?[] values)
    {
        if (values.Contains(null))
        {
            return None;
        }

        int[] at = [.. columns.Select(type.Index)];
        if (at.SequenceEqual(_key))
        {
            return Find(values) is { } one ? [one] : None;
        }

        (int[] Columns, Dictionary<object, List<Row>> Rows) index = _indexes.Find(i => i.Columns.SequenceEqual(at));
        return index.Rows?.GetValueOrDefault(KeyOf(values)) ?? (index.Rows is null ? throw new InvalidOperationException($"{type.Set} has no index of {string.Join('+', columns)}.") : None);
    }

    public IReadOnlyList<Row> With(string column, object? value) => With([column], [value]);

    public Row Add(object?[] cells)
    {
        Row row = new(type, cells);
        _rows.Add(KeyOf(Pick(cells, _key)), row);
        foreach ((int[] columns, Dictionary<object, List<Row>> rows) in _indexes)
        {
            Enter(rows, Pick(cells, columns), row);
        }

        _sorted = null;
        if (cells[type.Key[0].Index] is int id && id > LastId)
        {
            LastId = id;
        }
        else if (cells[type.Key[0].Index] is long big && big > LastId)
        {
            LastId = (int)Math.Min(int.MaxValue, big);
        }

        return row;
    }

    public void Remove(Row row)
    {
        _rows.Remove(KeyOf(Pick(row.Cells, _key)));
        foreach ((int[] columns, Dictionary<object, List<Row>> rows) in _indexes)
        {
            Leave(rows, Pick(row.Cells, columns), row);
        }

        _sorted = null;
    }

    /// <summary>Gives a row other cells; its key stays.</summary>
    public void Change(Row row, object?[] cells)
    {
        foreach ((int[] columns, Dictionary<object, List<Row>> rows) in _indexes)
        {
            object?[] before = Pick(row.Cells, columns), after = Pick(cells, columns);
            if (!before.SequenceEqual(after))
            {
                Leave(rows, before, row);
                Enter(rows, after, row);
            }
        }

        row.Cells = cells;
    }

    /// <summary>Null is less than everything, as in the database behind.</summary>
    public static int CompareValues(object? a, object? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string x, string y) => string.CompareOrdinal(x, y),
        (int x, int y) => x.CompareTo(y),
        (bool x, bool y) => x.CompareTo(y),
        (DateTime x, DateTime y) => x.CompareTo(y),
        (Guid x, Guid y) => x.CompareTo(y),
        _ => Convert.ToDecimal(a, null).CompareTo(Convert.ToDecimal(b, null)),
    };

    private static int Compare(object?[] a, object?[] b, int[] columns)
    {
        foreach (int column in columns)
        {
            int order = CompareValues(a[column], b[column]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static object?[] Pick(object?[] cells, int[] columns) => Array.ConvertAll(columns, c => cells[c]);

    private static object KeyOf(object?[] values) => values.Length switch
    {
        1 => values[0]!,
        2 => (values[0], values[1]),
        3 => (values[0], values[1], values[2]),
        _ => throw new InvalidOperationException("Keys have up to three parts."),
    };

    private static void Enter(Dictionary<object, List<Row>> rows, object?[] values, Row row)
    {
        if (values.Contains(null))
        {
            return;
        }

        object key = KeyOf(values);
        if (!rows.TryGetValue(key, out List<Row>? list))
        {
            rows[key] = list = new List<Row>(2);
        }

        list.Add(row);
    }

    private static void Leave(Dictionary<object, List<Row>> rows, object?[] values, Row row)
    {
        if (!values.Contains(null) && rows.TryGetValue(KeyOf(values), out List<Row>? list))
        {
            list.Remove(row);
        }
    }
}
