using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Search;

/// <summary>Runs searches and writes their answers: rows as arrays, columns in metaData, maps under reference.</summary>
internal static class SearchEngine
{
    public static Answer Run<T>(SearchDefinition<T> definition, Call call)
        where T : class
    {
        SearchQuery<T> query = SearchQuery<T>.Read(definition, call);
        Tampering tampering = call.Tampering;
        int first = query.FirstResult - 1;
        int readFrom = tampering.RepeatPage ? Math.Max(0, first - query.PageSize) : first;
        (List<T> page, int total) = Page(definition, query, call.Sandbox, readFrom, query.CountOnly ? 0 : query.PageSize);
        if (tampering.DropRows > 0 && page.Count > 0)
        {
            page.RemoveRange(Math.Max(0, page.Count - tampering.DropRows), Math.Min(tampering.DropRows, page.Count));
        }

        bool wrong = definition.WrongTotals && call.Sandbox.Quirks.On("supplierPaymentTotals");
        int reported = tampering.ResultsAvailable ?? (wrong ? Math.Min(total, 500) : total);
        bool more = tampering.MorePages ?? first + page.Count + tampering.DropRows < reported;
        call.LastPage = page.Count == 0 ? null : page[0];
        Answer answer = Answer.Of(200, json =>
        {
            DocWriter doc = call.Writer(json);
            doc.Open().Open("response").OpenArray("results");
            foreach (T row in page)
            {
                json.WriteStartArray();
                foreach (Column<T> column in query.Columns)
                {
                    column.Value(row).Write(doc);
                }

                json.WriteEndArray();
            }

            doc.CloseArray().Open("metaData");
            bool old = call.Sandbox.Quirks.On("oldMetaData");
            if (!old)
            {
                doc.Bool("morePagesAvailable", !query.CountOnly && more);
            }

            doc.Int("resultsAvailable", reported).Int("resultsReturned", page.Count);
            if (page.Count > 0)
            {
                doc.Int("firstResult", first + 1).Int("lastResult", first + page.Count);
            }

            WriteColumns(doc, query.Columns, query.Sort, old);
            doc.Close().Close().Open("reference");
            foreach (string name in query.Columns.Select(c => c.Reference).OfType<string>().Distinct())
            {
                if (page.Count > 0 && definition.References.TryGetValue(name, out var write))
                {
                    write(doc, page);
                }
            }

            doc.Close().Close();
        });
        return answer;
    }

    public static Answer MetaData<T>(SearchDefinition<T> definition, Call call)
        where T : class => Answer.Of(200, json =>
    {
        DocWriter doc = call.Writer(json);
        List<(Column<T>, bool)> sort = [.. definition.DefaultSort.Select(s => (definition.Columns.Find(c => c.Name == s.Column)!, s.Descending))];
        doc.Open().Open("response");
        WriteColumns(doc, definition.Columns, sort, call.Sandbox.Quirks.On("oldMetaData"));
        doc.OpenArray("filters");
        foreach (Column<T> filter in definition.Filters)
        {
            WriteColumn(doc, filter, false, sortable: false);
        }

        doc.CloseArray().Close().Open("reference").Close().Close();
    });

    /// <summary>Rows as the sandbox knows them, keyed by column name.</summary>
    public static IEnumerable<Action<DocWriter>> Dump<T>(SearchDefinition<T> definition, WorldState world)
        where T : class
    {
        IEnumerable<T> rows = definition.Source(world).Rows();
        foreach (T row in definition.Only is { } only ? rows.Where(only) : rows)
        {
            yield return doc =>
            {
                doc.Open();
                foreach (Column<T> column in definition.Columns)
                {
                    doc.Json.WritePropertyName(column.Name);
                    column.Value(row).Write(doc);
                }

                doc.Close();
            };
        }
    }

    private static (List<T> Page, int Total) Page<T>(SearchDefinition<T> definition, SearchQuery<T> query, BrightpearlSandbox sandbox, int skip, int take)
        where T : class
    {
        IRowSource<T> source = definition.Source(sandbox.World);
        Table<T>? table = source as Table<T>;
        bool byKey = query.Sort is [(var only, _)] && definition.Key == only.Name;
        bool descending = byKey && query.Sort[0].Descending;
        int lag = sandbox.Quirks.SearchLagSeconds;
        if (table is not null && byKey && !descending && lag == 0 && query.Predicates.Count == 0 && query.Keys is null && definition.Only is null)
        {
            return ([.. table.Skip(skip).Take(take)], table.Count);
        }

        if (table is not null && descending && lag == 0 && query.Predicates.Count == 0 && query.Keys is null && definition.Only is null)
        {
            return ([.. table.Descending().Skip(skip).Take(take)], table.Count);
        }

        IEnumerable<T> rows = Rows(definition, query, table, source, sandbox, lag);
        if (byKey && !descending)
        {
            List<T> page = [];
            int total = 0;
            foreach (T row in rows)
            {
                if (Matches(row, definition, query))
                {
                    if (total >= skip && page.Count < take)
                    {
                        page.Add(row);
                    }

                    total++;
                }
            }

            return (page, total);
        }

        List<T> all = [.. rows.Where(r => Matches(r, definition, query))];
        if (byKey)
        {
            all.Reverse();
            return ([.. all.Skip(skip).Take(take)], all.Count);
        }

        IOrderedEnumerable<T> sorted = all.Order(Comparer<T>.Create((a, b) =>
        {
            foreach ((Column<T> column, bool down) in query.Sort)
            {
                Cell left = column.Value(a), right = column.Value(b);
                int difference = left.CompareTo(right);
                if (difference != 0)
                {
                    return down ? -difference : difference;
                }
            }

            return 0;
        }));
        return ([.. sorted.Skip(skip).Take(take)], all.Count);
    }

    private static IEnumerable<T> Rows<T>(SearchDefinition<T> definition, SearchQuery<T> query, Table<T>? table, IRowSource<T> source, BrightpearlSandbox sandbox, int lag)
        where T : class
    {
        if (table is null)
        {
            return source.Rows();
        }

        IdSet? keys = query.Keys;
        if (lag > 0)
        {
            Dictionary<int, T?> before = table.Before(sandbox.Clock.NowMs - (lag * 1000L));
            return Enumerable.Range(0, table.LastId + 1)
                .Select(id => before.TryGetValue(id, out T? old) ? (id, old) : (id, table[id]))
                .Where(r => r.Item2 is not null && (keys is null || keys.Contains(r.id)))
                .Select(r => r.Item2!);
        }

        return keys is null ? table.Rows() : keys.Sorted.SelectMany(r => table.Range(r.From, r.To));
    }

    private static bool Matches<T>(T row, SearchDefinition<T> definition, SearchQuery<T> query)
        where T : class
    {
        if (definition.Only is { } only && !only(row))
        {
            return false;
        }

        foreach (Func<T, bool> predicate in query.Predicates)
        {
            if (!predicate(row))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteColumns<T>(DocWriter doc, List<Column<T>> columns, List<(Column<T> Column, bool Descending)> sort, bool old)
        where T : class
    {
        doc.OpenArray("columns");
        foreach (Column<T> column in columns)
        {
            WriteColumn(doc, column, old, column.Sortable);
        }

        doc.CloseArray().OpenArray("sorting");
        foreach ((Column<T> column, bool descending) in sort)
        {
            doc.Open();
            doc.Json.WritePropertyName("filterable");
            WriteColumn(doc, column, old, column.Sortable);
            doc.Str("direction", descending ? "DESC" : "ASC").Close();
        }

        doc.CloseArray();
    }

    private static void WriteColumn<T>(DocWriter doc, Column<T> column, bool old, bool sortable)
        where T : class
    {
        doc.Open().Str("name", column.Name).Bool("sortable", sortable).Bool("filterable", column.Filterable).Str("reportDataType", column.Type.ToString()).OpenArray("referenceData");
        if (column.Reference is { } reference)
        {
            doc.Json.WriteStringValue(reference);
        }

        doc.CloseArray();
        if (!old)
        {
            doc.Bool("isFreeTextSearchable", column.Type == ColumnType.FREE_TEXT_QUERY);
        }

        doc.Bool("required", column.Required).Close();
    }
}
