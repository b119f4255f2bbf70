using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>ROW_NUMBER() and its like over parts of the rows.</summary>
internal sealed record Window(string Function, Bound[] PartitionBy, (Bound Value, OrderItem Item)[] OrderBy);

internal sealed partial class Binder
{
    private BoundQuery Select(SelectNode node, Scope? outer, IReadOnlyList<OrderItem> order)
    {
        Scope scope = new(outer);
        Relation? from = node.From is null ? null : From(node.From, scope);
        Bound? where = node.Where is null ? null : Condition(node.Where, scope, "WHERE clause");
        if (node.Where is not null)
        {
            PruneBy(node.Where, scope);
        }

        bool grouped = node.GroupBy is not null || AstWalk.HasAggregate(node.Having) || node.Items.Any(i => AstWalk.HasAggregate(i.Value)) || AstWalk.HasAggregate(node.Qualify) || order.Any(o => AstWalk.HasAggregate(o.Value));
        Grouping? grouping = grouped ? Group(node, scope) : null;
        scope.Grouping = grouping;
        scope.Windows = [];
        List<(Column Column, Bound Value)> items = [.. node.Items.SelectMany(i => Items(i, scope))];
        items.Where(i => i.Column.Name is not null).ToList().ForEach(i => scope.Aliases.TryAdd(i.Column.Name!, i.Value));
        Bound? having = node.Having is null ? null : grouping is null ? throw node.Having.At.Error("The HAVING clause requires GROUP BY or aggregation to be present")
            : Condition(node.Having, scope, "HAVING clause");
        Bound? qualify = node.Qualify is null ? null : Condition(node.Qualify, scope, "QUALIFY clause");
        if (qualify is not null && scope.Windows.Count == 0)
        {
            throw node.Qualify!.At.Error("The QUALIFY clause requires analytic function to be present");
        }

        scope.Clause = "ORDER BY clause";
        (Bound Value, OrderItem Item)[] keys = [.. order.Select(o => (OrderKey(o.Value, items, node, scope), o))];
        CheckOrderable(keys);
        if (node.Distinct && items.Find(i => i.Column.Type.Array || i.Column.Type.Kind is FieldType.Json or FieldType.Record) is { Value: not null } loose)
        {
            throw node.At.Error($"Column {loose.Column.Name} of type {loose.Column.Type} cannot be used in SELECT DISTINCT");
        }

        Bound[] values = [.. items.Select(i => i.Value)];
        IReadOnlyList<Column> columns = [.. items.Select(i => i.Column)];
        IEnumerable<object?[]> Rows(Env? around)
        {
            IEnumerable<Env> rows = Filtered(from, where, around);
            rows = grouping is null ? rows : Grouped(rows, grouping, node.GroupBy is { Count: > 0 }, around, having);
            rows = scope.Windows.Count == 0 ? rows : Numbered(rows, scope.Windows, around);
            rows = qualify is null ? rows : rows.Where(qualify.IsTrue);
            IEnumerable<(object?[] Row, object?[] Keys)> made = rows.Select(e => (Project(values, e, node.AsStruct), keys.Length == 0 ? [] : Project(keys, e)));
            made = node.Distinct ? made.DistinctBy(m => (object?)m.Row, KeyComparer.Instance) : made;
            return keys.Length == 0 ? made.Select(m => m.Row) : Sorted(made, keys);
        }

        columns = node.AsStruct ? [new Column(null, new SqlType(FieldType.Record, Members: Named(columns)))] : columns;
        return new BoundQuery(columns, Rows, scope.Correlated);
    }

    private static object?[] Project(Bound[] values, Env env, bool asStruct)
    {
        object?[] row = new object?[values.Length];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = values[i].Eval(env);
        }

        return asStruct ? [row] : row;
    }

    private static object?[] Project((Bound Value, OrderItem Item)[] keys, Env env) => System.Array.ConvertAll(keys, k => k.Value.Eval(env));

    // The same Env is used for all rows as long as nothing keeps it.
    private static IEnumerable<Env> Filtered(Relation? from, Bound? where, Env? around)
    {
        Env env = new(around);
        if (from is null)
        {
            if (where is null || where.IsTrue(env))
            {
                yield return env;
            }

            yield break;
        }

        foreach (object?[]?[] tuple in from.Rows(around))
        {
            env.Tuple = tuple;
            if (where is null || where.IsTrue(env))
            {
                yield return env;
            }
        }
    }

    private static IEnumerable<Env> Grouped(IEnumerable<Env> rows, Grouping grouping, bool byKeys, Env? around, Bound? having)
    {
        Dictionary<object, IAccumulator[]> groups = new(KeyComparer.Instance!);
        IAccumulator[] Start() => [.. grouping.Aggregates.Select(a => a.Start())];
        if (!byKeys)
        {
            groups.Add(System.Array.Empty<object?>(), Start());
        }

        foreach (Env row in rows)
        {
            object?[] key = new object?[grouping.Keys.Count];
            for (int i = 0; i < key.Length; i++)
            {
                key[i] = grouping.Keys[i].Key.Eval(row);
            }

            if (!groups.TryGetValue(key, out IAccumulator[]? sums))
            {
                groups.Add(key, sums = Start());
            }

            foreach (IAccumulator sum in sums)
            {
                sum.Add(row);
            }
        }

        foreach ((object key, IAccumulator[] sums) in groups)
        {
            Env env = new(around) { Group = [.. (object?[])key, .. sums.Select(s => s.Result())] };
            if (having is null || having.IsTrue(env))
            {
                yield return env;
            }
        }
    }

    private static IEnumerable<Env> Numbered(IEnumerable<Env> rows, List<Window> windows, Env? around)
    {
        List<Env> kept = [.. rows.Select(r => new Env(around) { Tuple = r.Tuple, Group = r.Group, Windows = new object?[windows.Count] })];
        for (int w = 0; w < windows.Count; w++)
        {
            Window window = windows[w];
            Dictionary<object, List<(Env Row, object?[] Keys)>> parts = new(KeyComparer.Instance!);
            foreach (Env row in kept)
            {
                object? key = window.PartitionBy.Length == 1 ? window.PartitionBy[0].Eval(row) ?? DBNull.Value : System.Array.ConvertAll(window.PartitionBy, p => p.Eval(row));
                (parts.TryGetValue(key, out List<(Env, object?[])>? part) ? part : parts[key] = new(1)).Add((row, Project(window.OrderBy, row)));
            }

            foreach (List<(Env Row, object?[] Keys)> part in parts.Values)
            {
                Number(part, window, w);
            }
        }

        return kept;
    }

    private static void Number(List<(Env Row, object?[] Keys)> part, Window window, int place)
    {
        List<(Env Row, object?[] Keys)> sorted = part.Count == 1 ? part : [.. part.Order(Comparer<(Env Row, object?[] Keys)>.Create((a, b) => Sorting.Compare(a.Keys, b.Keys, window.OrderBy)))];
        long rank = 0, dense = 0;
        for (int i = 0; i < sorted.Count; i++)
        {
            if (i == 0 || Sorting.Compare(sorted[i - 1].Keys, sorted[i].Keys, window.OrderBy) != 0)
            {
                rank = i + 1;
                dense++;
            }

            sorted[i].Row.Windows[place] = window.Function switch { "RANK" => rank, "DENSE_RANK" => dense, _ => i + 1L };
        }
    }

    private Bound WindowCall(CallExpr call, Scope scope)
    {
        if (scope.Windows is not { } windows || scope.Clause is "HAVING clause")
        {
            throw call.At.Error($"Analytic function not allowed in {scope.Clause}");
        }

        if (call.Name is not ("ROW_NUMBER" or "RANK" or "DENSE_RANK") || call.Args.Count > 0)
        {
            throw call.At.Error($"Analytic function {call.Name} is not supported by the simulator");
        }

        Bound[] parts = [.. call.Over!.PartitionBy.Select(p => Bind(p, scope))];
        if (parts.FirstOrDefault(p => !p.Type.Orderable || p.Type.Kind == FieldType.Float) is { } part)
        {
            throw call.At.Error($"Partitioning by expressions of type {part.Type} is not allowed");
        }

        (Bound Value, OrderItem Item)[] order = [.. call.Over.OrderBy.Select(o => (Bind(o.Value, scope), o))];
        CheckOrderable(order);
        windows.Add(new Window(call.Name, parts, order));
        int at = windows.Count - 1;
        return new Bound(SqlType.Integer, env => env.Windows[at]) { Slots = ulong.MaxValue };
    }

    private Grouping Group(SelectNode node, Scope scope)
    {
        Grouping grouping = new();
        scope.Clause = "GROUP BY clause";
        foreach (Expr expression in node.GroupBy ?? [])
        {
            Expr key = expression;
            if (Ordinal(expression, node.Items.Count) is { } at)
            {
                key = node.Items[at].Value ?? throw expression.At.Error("Cannot GROUP BY a star");
            }
            else if (expression is NameExpr { Parts.Count: 1 } name && Resolve(name, scope, out _) is null)
            {
                key = node.Items.FirstOrDefault(i => string.Equals(i.Alias, name.Parts[0], StringComparison.OrdinalIgnoreCase))?.Value ?? expression;
            }

            Bound bound = Bind(key, scope);
            if (bound.Type.Array || bound.Type.Kind is FieldType.Json or FieldType.Record)
            {
                throw expression.At.Error($"Grouping by expressions of type {bound.Type} is not allowed");
            }

            grouping.Keys.Add((key.Text, bound));
        }

        scope.Clause = "SELECT list";
        return grouping;
    }

    private IEnumerable<(Column Column, Bound Value)> Items(SelectItem item, Scope scope)
    {
        scope.Clause = "SELECT list";
        if (item.Value is { } expression)
        {
            Bound value = Bind(expression, scope);
            string? name = item.Alias ?? (expression is NameExpr named ? named.Parts[^1] : expression is FieldExpr field ? field.Name : null);
            return [(new Column(name, value.Type), value)];
        }

        if (scope.Sources.Count == 0)
        {
            throw item.At.Error("SELECT * must have a FROM clause");
        }

        if (scope.Grouping is not null)
        {
            throw item.At.Error("Star expansion expression references columns which are neither grouped nor aggregated");
        }

        IEnumerable<(Column Column, Bound Value)> all = item.StarOf is null
            ? scope.Sources.SelectMany(s => s.Columns.Select((c, i) => (Column: c, Source: s, Index: i)).Where(c => c.Column.Name is null || !s.Hidden.Contains(c.Column.Name)))
                .Where(c => !Excepted(item, c.Column)).Select(c => (c.Column, ColumnOf(c.Source, c.Index))).ToList()
            : Members(item, scope);
        foreach (string name in item.Except)
        {
            if (!scope.Sources.Exists(s => s.IndexOf(name) >= 0))
            {
                throw item.At.Error($"Column {name} in SELECT * EXCEPT list does not exist");
            }
        }

        return all;
    }

    private static bool Excepted(SelectItem item, Column column) => item.Except.Any(e => string.Equals(e, column.Name, StringComparison.OrdinalIgnoreCase));

    private List<(Column Column, Bound Value)> Members(SelectItem item, Scope scope)
    {
        if (item.StarOf is NameExpr { Parts.Count: 1 } name && scope.Sources.Find(s => string.Equals(s.Alias, name.Parts[0], StringComparison.OrdinalIgnoreCase)) is { } source)
        {
            return [.. source.Columns.Select((c, i) => (c, i)).Where(c => !Excepted(item, c.c)).Select(c => (c.c, ColumnOf(source, c.i)))];
        }

        Bound record = Bind(item.StarOf!, scope);
        return record.Type is { Kind: FieldType.Record, Array: false }
            ? [.. record.Type.Fields.Select(f => (Column: new Column(f.Name, SqlType.Of(f)), Value: Field(record, f.Name, item.At))).Where(c => !Excepted(item, c.Column))]
            : throw item.At.Error($"Dot-star is not supported for type {record.Type}");
    }

    // ORDER BY means the SELECT list first, then the sources.
    private Bound OrderKey(Expr expression, List<(Column Column, Bound Value)> items, SelectNode node, Scope scope)
    {
        if (Ordinal(expression, items.Count) is { } ordinal)
        {
            return items[ordinal].Value;
        }

        if (expression is NameExpr { Parts.Count: 1 } name)
        {
            int at = items.FindIndex(i => string.Equals(i.Column.Name, name.Parts[0], StringComparison.OrdinalIgnoreCase));
            if (at >= 0)
            {
                return items[at].Value;
            }
        }

        return node.Distinct
            ? throw expression.At.Error("ORDER BY clause expression references a column which is not visible after SELECT DISTINCT")
            : Bind(expression, scope);
    }
}
