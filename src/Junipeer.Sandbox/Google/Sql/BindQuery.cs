using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Binder
{
    public BoundQuery Query(QueryNode node, Scope? outer)
    {
        Dictionary<string, BoundQuery> with = new(StringComparer.OrdinalIgnoreCase);
        _with.Push(with);
        foreach ((string name, QueryNode inner) in node.With)
        {
            BoundQuery query = Query(inner, outer);
            if (!with.TryAdd(name, Kept(query)))
            {
                throw node.At.Error($"Duplicate alias {name} for WITH subquery");
            }
        }

        BoundQuery made = Body(node.Body, outer, node.OrderBy);
        _with.Pop();
        return node.Limit is null ? made : made with { Rows = Cut(made, Count(node.Limit), node.Offset is { } offset ? Count(offset) : 0) };
    }

    // A WITH query is worked out once, however often it is named.
    private static BoundQuery Kept(BoundQuery query)
    {
        List<object?[]>? rows = null;
        return query.Correlated ? query : query with { Rows = env => rows ??= [.. query.Rows(env)] };
    }

    private long Count(Expr expression)
    {
        Bound value = Bind(expression, new Scope(null));
        return value is { Constant: true } && value.Eval(Env.None) is long and >= 0 and var count
            ? count
            : throw expression.At.Error("LIMIT and OFFSET expect a non-negative integer literal or parameter");
    }

    private static Func<Env?, IEnumerable<object?[]>> Cut(BoundQuery query, long limit, long offset) =>
        env => query.Rows(env).Skip((int)Math.Min(offset, int.MaxValue)).Take((int)Math.Min(limit, int.MaxValue));

    private BoundQuery Body(BodyNode body, Scope? outer, IReadOnlyList<OrderItem> order)
    {
        switch (body)
        {
            case SelectNode select:
                return Select(select, outer, order);
            case NestedNode nested:
                return Ordered(Query(nested.Query, outer), order);
            default:
                return Ordered(Union((UnionNode)body, outer), order);
        }
    }

    private BoundQuery Union(UnionNode union, Scope? outer)
    {
        BoundQuery left = Body(union.Left, outer, []), right = Body(union.Right, outer, []);
        if (left.Columns.Count != right.Columns.Count)
        {
            throw union.At.Error($"Queries in UNION {(union.All ? "ALL" : "DISTINCT")} have mismatched column count; query 1 has {left.Columns.Count} columns, query 2 has {right.Columns.Count} columns");
        }

        Column[] columns = new Column[left.Columns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            SqlType? type = Casts.Common(new Bound(left.Columns[i].Type, _ => null), new Bound(right.Columns[i].Type, _ => null));
            columns[i] = new Column(left.Columns[i].Name, type ?? throw union.At.Error($"Column {i + 1} in UNION {(union.All ? "ALL" : "DISTINCT")} has incompatible types: {left.Columns[i].Type}, {right.Columns[i].Type}"));
        }

        IEnumerable<object?[]> Rows(Env? env)
        {
            IEnumerable<object?[]> all = Adapted(left, columns, env).Concat(Adapted(right, columns, env));
            return union.All ? all : all.DistinctBy(r => (object?)r, KeyComparer.Instance);
        }

        return new BoundQuery(columns, Rows, left.Correlated || right.Correlated);
    }

    private static IEnumerable<object?[]> Adapted(BoundQuery query, Column[] columns, Env? env)
    {
        bool[] change = [.. columns.Select((c, i) => !c.Type.Same(query.Columns[i].Type) && c.Type.Kind is not null)];
        return !change.Contains(true) ? query.Rows(env) : query.Rows(env).Select(row => row.Select((v, i) => change[i] ? Casts.Convert(v, columns[i].Type.Kind!.Value) : v).ToArray());
    }

    // ORDER BY over the columns of a result that is there as a whole.
    private BoundQuery Ordered(BoundQuery query, IReadOnlyList<OrderItem> order)
    {
        if (order.Count == 0)
        {
            return query;
        }

        Scope scope = new(null) { Clause = "ORDER BY clause" };
        scope.Sources.Add(new Source(null, 0, query.Columns));
        (Bound Value, OrderItem Item)[] keys = [.. order.Select(o => (Ordinal(o.Value, query.Columns.Count) is { } at ? ColumnOf(scope.Sources[0], at) : Bind(o.Value, scope), o))];
        CheckOrderable(keys);
        return query with
        {
            Rows = outer =>
            {
                Env env = new(outer);
                return Sorted(query.Rows(outer).Select(row =>
                {
                    env.Tuple = [row];
                    return (row, System.Array.ConvertAll(keys, k => k.Value.Eval(env)));
                }), keys);
            },
        };
    }

    private static IEnumerable<object?[]> Sorted(IEnumerable<(object?[] Row, object?[] Keys)> rows, IReadOnlyList<(Bound Value, OrderItem Item)> keys) =>
        rows.Order(Comparer<(object?[] Row, object?[] Keys)>.Create((a, b) => Sorting.Compare(a.Keys, b.Keys, keys))).Select(r => r.Row);

    private static void CheckOrderable((Bound Value, OrderItem Item)[] keys)
    {
        foreach ((Bound value, OrderItem item) in keys)
        {
            if (!value.Type.Orderable)
            {
                throw item.Value.At.Error($"ORDER BY does not support expressions of type {value.Type}");
            }
        }
    }

    private static int? Ordinal(Expr expression, int columns)
    {
        if (expression is not LiteralExpr { Value: long ordinal })
        {
            return null;
        }

        return ordinal >= 1 && ordinal <= columns ? (int)ordinal - 1 : throw expression.At.Error($"ORDER BY is out of SELECT column number range: {ordinal}");
    }

    private Bound Subquery(SubqueryExpr subquery, Scope scope)
    {
        if (subquery.Kind == "EXISTS")
        {
            return Exists(subquery, scope);
        }

        BoundQuery query = Query(subquery.Query, scope);
        if (query.Columns.Count != 1)
        {
            throw subquery.At.Error($"{(subquery.Kind == "ARRAY" ? "ARRAY" : "Scalar")} subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values");
        }

        bool array = subquery.Kind == "ARRAY";
        SqlType type = array ? query.Columns[0].Type with { Array = true } : query.Columns[0].Type;
        bool known = false;
        object? value = null;
        return new Bound(type, env =>
        {
            if (!known || query.Correlated)
            {
                List<object?> rows = [.. query.Rows(env).Take(array ? int.MaxValue : 2).Select(r => r[0])];
                value = array ? rows : rows.Count > 1 ? throw Casts.Failure("Scalar subquery produced more than one element") : rows.Count == 1 ? rows[0] : null;
                known = true;
            }

            return value;
        })
        {
            Slots = query.Correlated ? ulong.MaxValue : 0,
            Outer = query.Correlated,
        };
    }

    private Bound Exists(SubqueryExpr subquery, Scope scope)
    {
        if (subquery.Query is { With.Count: 0, Limit: null, Body: SelectNode { GroupBy: null, Having: null, Qualify: null, From: { } from, Where: { } where } select }
            && !select.Items.Any(i => AstWalk.HasAggregate(i.Value)))
        {
            return ExistsByHash(from, where, select, scope);
        }

        BoundQuery query = Query(subquery.Query, scope);
        object? known = null;
        return new Bound(SqlType.Bool, env => query.Correlated ? Values.Box(query.Rows(env).Any()) : known ??= Values.Box(query.Rows(env).Any()))
        {
            Slots = query.Correlated ? ulong.MaxValue : 0,
            Outer = query.Correlated,
        };
    }

    // EXISTS (SELECT ... WHERE inner.a = outer.b AND ...): the inner rows are hashed once, not read again for every outer row.
    private Bound ExistsByHash(FromNode from, Expr where, SelectNode select, Scope outer)
    {
        Scope scope = new(outer);
        Relation rows = From(from, scope);
        bool fromCorrelated = scope.Correlated;
        JoinPlan plan = JoinPlan.Make(this, where, scope, b => b.Slots == 0 && b.Outer, b => b.Slots != 0 && !b.Outer, "WHERE clause");
        PruneBy(where, scope);
        if (scope.Correlated && !plan.HasKeys && scope.Sources.Exists(s => s.Scan is not null))
        {
            throw Casts.Failure("Correlated subqueries that reference other tables are not supported unless they can be de-correlated, such as by transforming them into an efficient JOIN.");
        }

        foreach (SelectItem item in select.Items)
        {
            if (item.Value is not null)
            {
                Bind(item.Value, scope);
            }
        }

        Dictionary<object, List<object?[]?[]>>? index = null;
        List<object?[]?[]> all = [];
        object? known = null;
        bool Found(Env env)
        {
            Env inner = new(env);
            if (index is null || fromCorrelated)
            {
                index = new(KeyComparer.Instance!);
                all.Clear();
                foreach (object?[]?[] tuple in rows.Rows(env))
                {
                    inner.Tuple = tuple;
                    if (!plan.HasKeys)
                    {
                        all.Add(tuple);
                    }
                    else if (plan.Key(left: false, inner) is { } key)
                    {
                        (index.TryGetValue(key, out List<object?[]?[]>? same) ? same : index[key] = []).Add(tuple);
                    }
                }
            }

            inner.Tuple = [];
            List<object?[]?[]> candidates = !plan.HasKeys ? all : plan.Key(left: true, inner) is { } wanted && index.TryGetValue(wanted, out List<object?[]?[]>? found) ? found : [];
            foreach (object?[]?[] tuple in candidates)
            {
                inner.Tuple = tuple;
                if (plan.Rest(inner))
                {
                    return true;
                }
            }

            return false;
        }

        return new Bound(SqlType.Bool, env => scope.Correlated ? Values.Box(Found(env)) : known ??= Values.Box(Found(env)))
        {
            Slots = scope.Correlated ? ulong.MaxValue : 0,
            Outer = scope.Correlated,
        };
    }
}
