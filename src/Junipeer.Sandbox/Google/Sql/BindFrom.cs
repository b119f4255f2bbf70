using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Part of a FROM clause: it fills its slots of each row it yields.</summary>
internal sealed record Relation(Func<Env?, IEnumerable<object?[]?[]>> Rows, ulong Slots)
{
    /// <summary>An array of an earlier source, unnested for each of its rows.</summary>
    public Func<Env, IEnumerable<object?[]>>? Lateral { get; init; }

    public int Slot { get; init; }
}

internal sealed partial class Binder
{
    public Relation From(FromNode node, Scope scope) => node switch
    {
        TableNode table => TableOrWith(table, scope),
        SubqueryNode subquery => Derived(subquery, scope),
        UnnestNode unnest => Unnest(unnest, scope),
        JoinNode join => Join(join, scope),
        _ => throw node.At.Error("Unsupported FROM clause"),
    };

    /// <summary>A stored table as a source of the scope.</summary>
    public Scan AddScan(Table table, string? alias, Scope scope, Token at)
    {
        Scan scan = new(table);
        Scans.Add(scan);
        AddSource(new Source(alias, scope.Sources.Count, [.. table.Fields.Select(f => new Column(f.Name, SqlType.Of(f)))]) { Scan = scan }, scope, at);
        return scan;
    }

    private static void AddSource(Source source, Scope scope, Token at)
    {
        if (source.Alias is not null && scope.Sources.Exists(s => string.Equals(s.Alias, source.Alias, StringComparison.OrdinalIgnoreCase)))
        {
            throw at.Error($"Duplicate table alias {source.Alias} in the same FROM clause");
        }

        if (scope.Sources.Count >= 60)
        {
            throw at.Error("Too many sources in one FROM clause");
        }

        scope.Sources.Add(source);
    }

    private Relation TableOrWith(TableNode node, Scope scope)
    {
        if (node.Path.Parts.Count == 1)
        {
            foreach (Dictionary<string, BoundQuery> with in _with)
            {
                if (with.TryGetValue(node.Path.Parts[0], out BoundQuery? query))
                {
                    return Wrap(query, node.Alias ?? node.Path.Parts[0], scope, node.At);
                }
            }
        }

        // FROM t, t.lines: an array of a source named before.
        if (node.Path.Parts.Count >= 2 && scope.Sources.Exists(s => string.Equals(s.Alias, node.Path.Parts[0], StringComparison.OrdinalIgnoreCase)))
        {
            NameExpr array = new NameExpr(node.Path.Parts).Spans<NameExpr>([node.At], 0, 1);
            return Unnest(new UnnestNode(node.At, array, node.Alias ?? node.Path.Parts[^1], null), scope);
        }

        if (Context.SchemaView(node.Path, out IReadOnlyList<Field> fields) is { } rows)
        {
            BoundQuery view = new([.. fields.Select(f => new Column(f.Name, SqlType.Of(f)))], _ => rows, false);
            return Wrap(view, node.Alias ?? node.Path.Parts[^1], scope, node.At);
        }

        Table table = Context.Table(node.Path);
        int slot = scope.Sources.Count;
        AddScan(table, node.Alias ?? node.Path.Parts[^1], scope, node.At);
        return new Relation(_ => Tuples(table.Rows.All(), scope, slot), 1UL << slot) { Slot = slot };
    }

    private Relation Derived(SubqueryNode node, Scope scope)
    {
        BoundQuery query = Query(node.Query, scope.Outer);
        scope.Correlated |= query.Correlated;
        return Wrap(query, node.Alias, scope, node.At);
    }

    private static Relation Wrap(BoundQuery query, string? alias, Scope scope, Token at)
    {
        int slot = scope.Sources.Count;
        AddSource(new Source(alias, slot, query.Columns), scope, at);
        return new Relation(outer => Tuples(query.Rows(outer), scope, slot), 1UL << slot) { Slot = slot };
    }

    private static IEnumerable<object?[]?[]> Tuples(IEnumerable<object?[]> rows, Scope scope, int slot)
    {
        int width = scope.Sources.Count;
        foreach (object?[] row in rows)
        {
            object?[]?[] tuple = new object?[width][];
            tuple[slot] = row;
            yield return tuple;
        }
    }

    private Relation Unnest(UnnestNode node, Scope scope)
    {
        Bound array = Bind(node.Array, scope);
        if (!array.Type.Array && array.Type.Kind is not null)
        {
            throw node.At.Error($"Values referenced in UNNEST must be arrays. UNNEST contains expression of type {array.Type}");
        }

        int slot = scope.Sources.Count;
        bool record = array.Type.Kind == FieldType.Record;
        List<Column> columns = record ? [.. array.Type.Fields.Select(f => new Column(f.Name, SqlType.Of(f)))] : [new Column(node.Alias, array.Type.Element)];
        int width = columns.Count;
        if (node.Offset is { } offset)
        {
            columns.Add(new Column(offset, SqlType.Integer));
        }

        AddSource(new Source(node.Alias, slot, columns) { IsValue = !record }, scope, node.At);
        bool withOffset = node.Offset is not null;
        IEnumerable<object?[]> Items(Env env)
        {
            long place = 0;
            foreach (object? item in array.Eval(env) as IReadOnlyList<object?> ?? [])
            {
                object?[] row = new object?[columns.Count];
                if (!record)
                {
                    row[0] = item;
                }
                else if (item is object?[] members)
                {
                    System.Array.Copy(members, row, Math.Min(members.Length, width));
                }

                if (withOffset)
                {
                    row[^1] = place++;
                }

                yield return row;
            }
        }

        return new Relation(outer => Tuples(Items(new Env(outer)), scope, slot), 1UL << slot) { Slot = slot, Lateral = array.Slots != 0 ? Items : null };
    }

    private Relation Join(JoinNode node, Scope scope)
    {
        Relation left = From(node.Left, scope);
        int before = scope.Sources.Count;
        Relation right = From(node.Right, scope);
        bool keepsLeft = node.Kind == "LEFT";
        ulong slots = left.Slots | right.Slots;
        if (right.Lateral is { } lateral)
        {
            if (node.On is not null)
            {
                throw node.At.Error("A condition on an unnested array is not supported by the simulator: use WHERE");
            }

            return new Relation(outer => Unnested(left, lateral, right.Slot, keepsLeft, outer), slots);
        }

        Expr? on = node.On;
        foreach (string name in node.Using)
        {
            on = UsingCondition(name, node.At, scope, before, on);
        }

        if (on is null && node.Kind != "CROSS")
        {
            throw node.At.Error($"{node.Kind} JOIN must have an immediately following ON or USING clause");
        }

        JoinPlan plan = JoinPlan.Make(this, on, scope, b => Reads(b, left.Slots), b => Reads(b, right.Slots), "JOIN ON clause");
        foreach (string name in node.Using)
        {
            scope.Sources.Skip(before).First(s => s.IndexOf(name) >= 0).Hidden.Add(name);
        }

        if (keepsLeft && !plan.HasKeys && !plan.Never)
        {
            throw Casts.Failure("LEFT OUTER JOIN cannot be used without a condition that is an equality of fields from both sides of the join.");
        }

        return new Relation(outer => Joined(left, right, plan, keepsLeft, scope, outer), slots);
    }

    private static bool Reads(Bound value, ulong slots) => value.Slots != 0 && !value.Outer && (value.Slots & ~slots) == 0;

    private static Expr UsingCondition(string name, Token at, Scope scope, int before, Expr? so)
    {
        Source left = scope.Sources.Take(before).FirstOrDefault(s => s.IndexOf(name) >= 0) ?? throw at.Error($"Column {name} in USING clause not found on left side of join");
        Source right = scope.Sources.Skip(before).FirstOrDefault(s => s.IndexOf(name) >= 0) ?? throw at.Error($"Column {name} in USING clause not found on right side of join");
        if (left.Alias is null || right.Alias is null)
        {
            throw at.Error("USING needs an alias on both sides in the simulator");
        }

        Token[] one = [at];
        Expr equal = new BinaryExpr("=", new NameExpr([left.Alias, name]).Spans<Expr>(one, 0, 0), new NameExpr([right.Alias, name]).Spans<Expr>(one, 0, 0)).Spans<Expr>(one, 0, 0);
        return so is null ? equal : new BinaryExpr("AND", so, equal).Spans<Expr>(one, 0, 0);
    }

    private static IEnumerable<object?[]?[]> Unnested(Relation left, Func<Env, IEnumerable<object?[]>> items, int slot, bool keepsLeft, Env? outer)
    {
        Env env = new(outer);
        foreach (object?[]?[] tuple in left.Rows(outer))
        {
            env.Tuple = tuple;
            bool any = false;
            foreach (object?[] item in items(env))
            {
                object?[]?[] joined = (object?[]?[])tuple.Clone();
                joined[slot] = item;
                any = true;
                yield return joined;
            }

            if (!any && keepsLeft)
            {
                yield return tuple;
            }
        }
    }

    private static IEnumerable<object?[]?[]> Joined(Relation left, Relation right, JoinPlan plan, bool keepsLeft, Scope scope, Env? outer)
    {
        Env env = new(outer);
        Dictionary<object, List<object?[]?[]>> index = new(KeyComparer.Instance!);
        List<object?[]?[]> all = [];
        if (!plan.Never)
        {
            foreach (object?[]?[] tuple in right.Rows(outer))
            {
                env.Tuple = tuple;
                if (!plan.HasKeys)
                {
                    all.Add(tuple);
                }
                else if (plan.Key(left: false, env) is { } key)
                {
                    (index.TryGetValue(key, out List<object?[]?[]>? same) ? same : index[key] = []).Add(tuple);
                }
            }
        }

        int[] rightSlots = [.. Enumerable.Range(0, scope.Sources.Count).Where(i => (right.Slots >> i & 1) == 1)];
        foreach (object?[]?[] tuple in left.Rows(outer))
        {
            env.Tuple = tuple;
            List<object?[]?[]> candidates = !plan.HasKeys ? all
                : plan.Key(left: true, env) is { } key && index.TryGetValue(key, out List<object?[]?[]>? same) ? same
                : [];
            bool any = false;
            foreach (object?[]?[] other in candidates)
            {
                object?[]?[] joined = (object?[]?[])tuple.Clone();
                foreach (int slot in rightSlots)
                {
                    joined[slot] = other[slot];
                }

                env.Tuple = joined;
                if (plan.Rest(env))
                {
                    any = true;
                    yield return joined;
                }
            }

            if (!any && keepsLeft)
            {
                yield return tuple;
            }
        }
    }
}
