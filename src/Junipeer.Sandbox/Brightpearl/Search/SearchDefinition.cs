using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Search;

/// <summary>A column of a search, or (with no place in rows) a filter that is not a column.</summary>
internal sealed class Column<T>(string name, ColumnType type, Func<T, Cell> value)
{
    public string Name => name;

    public ColumnType Type => type;

    public Func<T, Cell> Value => value;

    public bool Filterable { get; set; } = true;

    public bool Sortable { get; set; } = true;

    public bool Required { get; set; }

    public string? Reference { get; set; }

    /// <summary>For a column that stands for several ids: a row matches when one of them does.</summary>
    public Func<T, IEnumerable<int>>? Members { get; set; }
}

/// <summary>One search: where its rows are, what they show, what they can be filtered by.</summary>
internal sealed class SearchDefinition<T>(string path, Func<WorldState, IRowSource<T>> source)
    where T : class
{
    public string Path => path;

    public Func<WorldState, IRowSource<T>> Source => source;

    public List<Column<T>> Columns { get; } = [];

    public List<Column<T>> Filters { get; } = [];

    /// <summary>A fixed restriction of the rows (sales orders among orders).</summary>
    public Func<T, bool>? Only { get; private set; }

    /// <summary>The column that is the key of the table the rows come from; null when rows are derived.</summary>
    public string? Key { get; private set; }

    public List<(string Column, bool Descending)> DefaultSort { get; } = [];

    public Dictionary<string, Action<DocWriter, IReadOnlyList<T>>> References { get; } = [];

    /// <summary>A filter without which the search is refused.</summary>
    public string? NeedsFilter { get; private set; }

    /// <summary>Supplier payments: totals stop at 500 and ranges of the key are ignored.</summary>
    public bool WrongTotals { get; private set; }

    public SearchDefinition<T> Col(string name, ColumnType type, Func<T, Cell> value, bool filter = true, bool sort = true, string? reference = null)
    {
        Columns.Add(new Column<T>(name, type, value) { Filterable = filter, Sortable = sort, Reference = reference });
        return this;
    }

    public SearchDefinition<T> Id(string name, ColumnType type, Func<T, Cell> value, bool isTableKey = true)
    {
        Key = isTableKey ? name : null;
        DefaultSort.Add((name, false));
        return Col(name, type, value);
    }

    public SearchDefinition<T> Members(Func<T, IEnumerable<int>> members)
    {
        Columns[^1].Members = members;
        return this;
    }

    public SearchDefinition<T> Filter(string name, ColumnType type, Func<T, Cell> value, Func<T, IEnumerable<int>>? members = null)
    {
        Filters.Add(new Column<T>(name, type, value) { Members = members });
        return this;
    }

    public SearchDefinition<T> Sort(string column)
    {
        DefaultSort.Clear();
        DefaultSort.Add((column, false));
        return this;
    }

    public SearchDefinition<T> Where(Func<T, bool> only)
    {
        Only = only;
        return this;
    }

    public SearchDefinition<T> Refer(string name, Func<T, int> id, Func<DocWriter, int, string?> text)
    {
        References[name] = (doc, page) =>
        {
            doc.Open(name);
            foreach (int one in page.Select(id).Distinct().Order())
            {
                if (text(doc, one) is { } found)
                {
                    doc.Str(one.ToString(System.Globalization.CultureInfo.InvariantCulture), found);
                }
            }

            doc.Close();
        };
        return this;
    }

    public SearchDefinition<T> Needs(string filter)
    {
        NeedsFilter = filter;
        Filters.Find(f => f.Name == filter)!.Required = true;
        return this;
    }

    public SearchDefinition<T> WithWrongTotals()
    {
        WrongTotals = true;
        return this;
    }
}
