using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>The rows a request sees, and how many more there are.</summary>
internal readonly record struct QueryPage(List<Row> Rows, bool More, int? Total);

/// <summary>Filters, orders and cuts.</summary>
internal static class QueryRun
{
    public static QueryPage Page(QuerySpec spec, IReadOnlyList<Row> rows, int most, int shift = 0)
    {
        List<Row> page = [];
        int left = Math.Max(0, spec.Skip + shift), total = 0;
        bool more = false;
        foreach (Row row in Ordered(spec, rows))
        {
            if (spec.KeyOrder && spec.Filter is { } filter && !filter.Holds(row))
            {
                continue;
            }

            total++;
            if (left > 0)
            {
                left--;
            }
            else if (page.Count < most)
            {
                page.Add(row);
            }
            else
            {
                more = true;
                if (!spec.Count)
                {
                    break;
                }
            }
        }

        return new QueryPage(page, more, spec.Count ? total : null);
    }

    /// <summary>Rows that only have to be filtered come as they are kept; others are filtered first and then ordered.</summary>
    private static IEnumerable<Row> Ordered(QuerySpec spec, IReadOnlyList<Row> rows)
    {
        if (spec.KeyOrder)
        {
            return rows;
        }

        IEnumerable<Row> some = spec.Filter is { } filter ? rows.Where(filter.Holds) : rows;
        IOrderedEnumerable<Row>? ordered = null;
        Comparer<object?> comparer = Comparer<object?>.Create(RowTable.CompareValues);
        foreach ((Func<Row, object?> value, bool descending) in spec.Order)
        {
            ordered = (ordered, descending) switch
            {
                (null, false) => some.OrderBy(value, comparer),
                (null, true) => some.OrderByDescending(value, comparer),
                (_, false) => ordered.ThenBy(value, comparer),
                _ => ordered.ThenByDescending(value, comparer),
            };
        }

        return ordered ?? some;
    }
}
