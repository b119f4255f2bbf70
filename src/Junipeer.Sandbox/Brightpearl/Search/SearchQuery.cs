using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;

namespace Junipeer.Sandbox.Brightpearl.Search;

/// <summary>A search request, read against its definition (https://help.brightpearl.com/hc/en-us/articles/212644983-Resource-search).</summary>
internal sealed class SearchQuery<T>
    where T : class
{
    // lastResult means nothing, but a client in use sends it (https://github.com/Zookal/tap-brightpearl), so the service lets it pass.
    private static readonly string[] Options = ["columns", "sort", "pageSize", "firstResult", "countOnly", "lastResult"];

    public required List<Column<T>> Columns { get; init; }

    public required List<(Column<T> Column, bool Descending)> Sort { get; init; }

    public List<Func<T, bool>> Predicates { get; } = [];

    /// <summary>Ids of the key column that were asked for, when the table can be read by them.</summary>
    public IdSet? Keys { get; private set; }

    public int PageSize { get; private set; } = 500;

    public int FirstResult { get; private set; } = 1;

    public bool CountOnly { get; private set; }

    public static SearchQuery<T> Read(SearchDefinition<T> definition, Call call)
    {
        Dictionary<string, string> given = [];
        foreach ((string name, string value) in call.Target.Query)
        {
            if (!given.TryAdd(name, value))
            {
                throw new ApiException(400, "CMNC-016", $"The parameter {name} was given more than once");
            }
        }

        SearchQuery<T> query = new()
        {
            Columns = given.TryGetValue("columns", out string? columns) && columns.Length > 0
                ? [.. columns.Split(',').Select(c => definition.Columns.Find(d => d.Name == c.Trim()) ?? throw new ApiException(400, "CMNC-019", $"The column {c} is not recognised"))]
                : definition.Columns,
            Sort = ReadSort(definition, given.GetValueOrDefault("sort")),
            PageSize = ReadNumber(given, "pageSize", 1, 500, 500),
            FirstResult = ReadNumber(given, "firstResult", 1, int.MaxValue, 1),
            CountOnly = given.GetValueOrDefault("countOnly") is { } count && (count switch
            {
                "true" => true,
                "false" => false,
                _ => throw new ApiException(400, "CMNC-022", "countOnly must be true or false"),
            }),
        };
        if (definition.NeedsFilter is { } needed && !given.ContainsKey(needed) && call.Sandbox.Quirks.On("statementNeedsContact"))
        {
            throw new ApiException(400, "CMNC-023", $"The filter {needed} is required");
        }

        foreach ((string name, string value) in given.Where(g => !Options.Contains(g.Key)))
        {
            query.Restrict(definition, call.Sandbox, name, value);
        }

        return query;
    }

    private void Restrict(SearchDefinition<T> definition, BrightpearlSandbox sandbox, string name, string value)
    {
        Column<T>? column = definition.Columns.Find(c => c.Name == name) ?? definition.Filters.Find(c => c.Name == name);
        if (column is null)
        {
            if (sandbox.Quirks["unknownFilter"] == "ignore")
            {
                return;
            }

            throw new ApiException(400, "CMNC-017", $"The filter {name} is not recognised");
        }

        if (!column.Filterable)
        {
            throw new ApiException(400, "CMNC-017", $"The column {name} cannot be filtered");
        }

        if (definition.WrongTotals && name == definition.Key && sandbox.Quirks.On("supplierPaymentTotals"))
        {
            _ = Parse(column, sandbox, value);
            return;
        }

        object parsed = Parse(column, sandbox, value);
        if (name == definition.Key && parsed is IdSet set)
        {
            Keys = set;
            return;
        }

        if (name == definition.Key && parsed is long number)
        {
            Keys = IdSet.Parse(number < 0 ? "0" : number.ToString(CultureInfo.InvariantCulture));
            return;
        }

        Predicates.Add(Predicate(column, parsed, sandbox.Quirks["stringMatch"] == "ignoreCase"));
    }

    private static object Parse(Column<T> column, BrightpearlSandbox sandbox, string value)
    {
        bool utc = sandbox.Quirks["periodWithoutOffset"] == "utc";
        object? parsed = column.Type switch
        {
            ColumnType.INTEGER => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null,
            ColumnType.IDSET => ReadSet(value, sandbox),
            ColumnType.BOOLEAN => value is "true" or "false" ? value == "true" : null,
            ColumnType.PERIOD => Period.Parse(value, sandbox.Time, utc, sandbox.Quirks["periodEnd"] == "inclusive"),
            ColumnType.DATETIME => Period.ParseInstant(value, sandbox.Time, utc),
            ColumnType.STRING_SET => value.Split(','),
            _ => value,
        };
        return parsed ?? throw new ApiException(
            sandbox.Quirks["parseFailureStatus"] == "400" ? 400 : 500,
            "CMNC-018",
            $"The filter {column.Name}={value} cannot be parsed as: {column.Type}");
    }

    private static IdSet? ReadSet(string value, BrightpearlSandbox sandbox)
    {
        IdSet? set = IdSet.Parse(value);
        if (set is null || set.IsAll || set.Ranges.Any(r => r.To < r.From))
        {
            return null;
        }

        if (sandbox.Quirks["notAscending"] == "refuse")
        {
            set.RequireAscending();
        }

        return set;
    }

    private static Func<T, bool> Predicate(Column<T> column, object parsed, bool ignoreCase)
    {
        Func<T, Cell> cell = column.Value;
        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return parsed switch
        {
            IdSet set when column.Members is { } members => row => members(row).Any(m => set.Contains(m)),
            IdSet set => row => cell(row) is { IsNull: false } c && set.Contains(c.Number),
            long number => row => cell(row) is { IsNull: false } c && c.Number == number,
            bool flag => row => cell(row) is { IsNull: false } c && (c.Number != 0) == flag,
            Period period => row => cell(row) is { IsNull: false } c && c.Number >= period.From && c.Number < period.To,
            string[] set => row => cell(row) is { IsNull: false } c && set.Contains(c.AsText()),
            string text when column.Type == ColumnType.STRING => row => cell(row) is { IsNull: false } c && string.Equals(c.AsText(), text, comparison),
            string text => row => cell(row) is { IsNull: false } c && c.AsText().Contains(text, StringComparison.OrdinalIgnoreCase),
            _ => throw new InvalidOperationException("No way to compare " + column.Name),
        };
    }

    private static List<(Column<T>, bool)> ReadSort(SearchDefinition<T> definition, string? text)
    {
        IEnumerable<(string Name, bool Descending)> wanted = definition.DefaultSort;
        if (!string.IsNullOrEmpty(text))
        {
            wanted = text.Split(',').Select(part =>
            {
                string[] pieces = part.Trim().Split('.', '|');
                return pieces switch
                {
                    [var name] => (name, false),
                    [var name, "ASC"] => (name, false),
                    [var name, "DESC"] => (name, true),
                    _ => throw new ApiException(400, "CMNC-020", $"The sort {part} is not recognised: use column.ASC or column.DESC"),
                };
            });
        }

        return [.. wanted.Select(w =>
        {
            Column<T> column = definition.Columns.Find(c => c.Name == w.Name) ?? throw new ApiException(400, "CMNC-020", $"The column {w.Name} to sort by is not recognised");
            return column.Sortable ? (column, w.Descending) : throw new ApiException(400, "CMNC-020", $"The column {w.Name} cannot be sorted");
        })];
    }

    private static int ReadNumber(Dictionary<string, string> given, string name, int low, int high, int otherwise)
    {
        if (!given.TryGetValue(name, out string? text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= low && value <= high
            ? value
            : throw new ApiException(400, "CMNC-021", $"{name} must be a number from {low} to {high}");
    }
}
