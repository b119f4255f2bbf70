namespace Junipeer.Sandbox.Google.Data;

/// <summary>
/// What one statement or transaction did to one table, on top of the snapshot it read. Rows that were there are untouched
/// when Mutated is false: then only Appended counts, and it goes in beside whatever others did.
/// </summary>
internal sealed class TableChange(Table basis)
{
    private readonly List<object?[]> _appended = [];
    private RowSet _rows = basis.Rows;
    private RowSet? _view;

    public Table Basis { get; } = basis;

    public bool Mutated { get; private set; }

    public IReadOnlyList<object?[]> Appended => _appended;

    /// <summary>The rows as the owner of the change sees them.</summary>
    public RowSet View => _view ??= _rows.Append(_appended);

    public void Append(IEnumerable<object?[]> rows)
    {
        _appended.AddRange(rows);
        _view = null;
    }

    /// <summary>Puts other rows in the place of all rows, the owner's own included.</summary>
    public void Replace(RowSet rows)
    {
        Mutated = true;
        _rows = rows;
        _appended.Clear();
        _view = null;
    }

    /// <summary>The rows this leaves behind, given what the table has become since.</summary>
    internal RowSet ApplyTo(Table current)
    {
        if (!Mutated)
        {
            return current.Rows.Append(_appended);
        }

        // Only appends can have happened since, and they went to the end.
        object?[][] since = [.. current.Rows.From(Basis.Rows.Count)];
        return View.Append(since);
    }
}

/// <summary>A conflict that only a new run of the whole transaction can get over.</summary>
internal sealed class ConflictException(TableRef table) : DataException("invalidQuery", $"Transaction is aborted due to concurrent update against table {table}.")
{
    public TableRef Table { get; } = table;
}
