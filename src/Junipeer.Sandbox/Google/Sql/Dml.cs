using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>INSERT, UPDATE, DELETE, TRUNCATE and MERGE.</summary>
internal sealed class Dml(Session session)
{
    public SqlResult Insert(InsertStatement statement)
    {
        Binder binder = new(session);
        Table table = session.Table(statement.Table, SqlAccess.Change);
        RowMaker maker = new(table, binder);
        int[] columns = maker.Columns(statement.Columns);
        if (statement.Query is { } node)
        {
            BoundQuery query = binder.Query(node, null);
            if (query.Columns.Count != columns.Length)
            {
                throw node.At.Error($"Inserted row has wrong column count; Has {query.Columns.Count}, expected {columns.Length}");
            }

            Func<Env, object?[]> make = maker.Insert(columns, [.. query.Columns.Select((c, i) => ((Bound?)new Bound(c.Type, env => env.Tuple[0]![i]), node.At))], "Query");
            return Finish(binder, statement, table, () =>
            {
                Env env = new(null);
                return Appended(query.Rows(null).Select(row =>
                {
                    env.Tuple = [row];
                    return make(env);
                }));
            });
        }

        List<Func<Env, object?[]>> rows = [];
        foreach ((Token at, IReadOnlyList<Expr> values) in statement.Rows!)
        {
            if (values.Count != columns.Length)
            {
                throw at.Error($"Inserted row has wrong column count; Has {values.Count}, expected {columns.Length}");
            }

            rows.Add(maker.Insert(columns, [.. values.Select(v => (v is DefaultExpr ? null : binder.Bind(v, new Scope(null)), v.At))], "Value"));
        }

        return Finish(binder, statement, table, () => Appended(rows.Select(r => r(Env.None))));
    }

    public SqlResult Update(UpdateStatement statement)
    {
        if (statement.Where is not { } where)
        {
            throw statement.At.Error("UPDATE must have a WHERE clause");
        }

        session.TakeForMutation(statement.Table);
        (Binder binder, Scope scope, Table table, Scan scan) = Target(statement.Table, statement.Alias, statement.At);
        RowMaker maker = new(table, binder);
        if (statement.From is { } from)
        {
            Relation source = binder.From(from, scope);
            JoinPlan plan = Plan(binder, where, scope, "WHERE clause");
            MergeAction[] actions = [new(MergeMatch.Matched, null) { Update = maker.Update(statement.Set, scope) }];
            return Finish(binder, statement, table, () => Merged(table, source, plan, actions, scope), scan);
        }

        Bound condition = binder.Condition(where, scope, "WHERE clause");
        binder.PruneBy(where, scope);
        Func<Env, object?[], object?[]> update = maker.Update(statement.Set, scope);
        return Finish(binder, statement, table, () => Changed(table, condition, update), scan);
    }

    public SqlResult Delete(DeleteStatement statement)
    {
        if (statement.Where is not { } where)
        {
            throw statement.At.Error("DELETE must have a WHERE clause");
        }

        session.TakeForMutation(statement.Table);
        (Binder binder, Scope scope, Table table, Scan scan) = Target(statement.Table, statement.Alias, statement.At);
        Bound condition = binder.Condition(where, scope, "WHERE clause");
        binder.PruneBy(where, scope);
        return Finish(binder, statement, table, () => Changed(table, condition, null), scan);
    }

    public SqlResult Truncate(TruncateStatement statement)
    {
        session.TakeForMutation(statement.Table);
        Table table = session.Table(statement.Table, SqlAccess.Change);
        return Finish(new Binder(session), statement, table, () => (new DmlStats(0, 0, table.Rows.Count), change => change.Replace(RowSet.Empty)));
    }

    public SqlResult Merge(MergeStatement statement)
    {
        bool mutates = statement.Branches.Any(b => b.Match != MergeMatch.NotMatchedByTarget);
        if (mutates)
        {
            session.TakeForMutation(statement.Table);
        }

        (Binder binder, Scope scope, Table table, Scan scan) = Target(statement.Table, statement.Alias, statement.At);
        Relation source = binder.From(statement.Source, scope);
        JoinPlan plan = Plan(binder, statement.On, scope, "MERGE ON clause");
        Scope sourceOnly = new(null), targetOnly = new(null);
        targetOnly.Sources.Add(scope.Sources[0]);
        sourceOnly.Sources.AddRange(scope.Sources.Skip(1));
        RowMaker maker = new(table, binder);
        List<MergeAction> actions = [];
        foreach (MergeBranch branch in statement.Branches)
        {
            Scope seen = branch.Match switch { MergeMatch.Matched => scope, MergeMatch.NotMatchedByTarget => sourceOnly, _ => targetOnly };
            Bound? condition = branch.Condition is { } test ? binder.Condition(test, seen, "WHEN clause") : null;
            actions.Add(new MergeAction(branch.Match, condition)
            {
                Update = branch.Action == "UPDATE" ? maker.Update(branch.Set, seen) : null,
                Insert = branch.Action == "INSERT" ? InsertBranch(branch, maker, binder, seen) : null,
            });
        }

        return Finish(binder, statement, table, () => Merged(table, source, plan, actions, scope), mutates ? scan : null);
    }

    private static JoinPlan Plan(Binder binder, Expr condition, Scope scope, string clause)
    {
        JoinPlan plan = JoinPlan.Make(binder, condition, scope, b => b.Slots == 1 && !b.Outer, b => b.Slots != 0 && (b.Slots & 1) == 0 && !b.Outer, clause);
        binder.PruneBy(condition, scope);
        return plan;
    }

    private static Func<Env, object?[]> InsertBranch(MergeBranch branch, RowMaker maker, Binder binder, Scope scope)
    {
        int[] columns = maker.Columns(branch.Columns);
        if (branch.Values is { } values)
        {
            return values.Count == columns.Length
                ? maker.Insert(columns, [.. values.Select(v => (v is DefaultExpr ? null : binder.Bind(v, scope), v.At))], "Value")
                : throw branch.At.Error($"Inserted row has wrong column count; Has {values.Count}, expected {columns.Length}");
        }

        // INSERT ROW takes the columns of the source by their place.
        (Bound?, Token)[] row = [.. scope.Sources.SelectMany(s => s.Columns.Select((_, i) => ((Bound?)new Bound(s.Columns[i].Type, env => env.Tuple[s.Slot] is { } r ? RowSet.Get(r, i) : null), branch.At)))];
        scope.Sources.ForEach(s => s.Scan?.Columns.UnionWith(Enumerable.Range(0, s.Columns.Count)));
        return row.Length == columns.Length
            ? maker.Insert(columns, row, "Value")
            : throw branch.At.Error($"Inserted row has wrong column count; Has {row.Length}, expected {columns.Length}");
    }

    private (Binder Binder, Scope Scope, Table Table, Scan Scan) Target(TablePath path, string? alias, Token at)
    {
        Binder binder = new(session);
        Scope scope = new(null);
        Table table = session.Table(path, SqlAccess.Change);
        return (binder, scope, table, binder.AddScan(table, alias ?? path.Parts[^1], scope, at));
    }

    private static (DmlStats Stats, Action<TableChange> Change) Appended(IEnumerable<object?[]> rows)
    {
        List<object?[]> added = [.. rows];
        return (new DmlStats(added.Count, 0, 0), change => change.Append(added));
    }

    private (DmlStats Stats, Action<TableChange> Change) Changed(Table table, Bound condition, Func<Env, object?[], object?[]>? update)
    {
        List<object?[]> kept = new((int)table.Rows.Count);
        Env env = new(null) { Tuple = new object?[1][] };
        long touched = 0;
        foreach (object?[] row in table.Rows.All())
        {
            session.Stop.ThrowIfCancellationRequested();
            env.Tuple[0] = row;
            if (!condition.IsTrue(env))
            {
                kept.Add(row);
                continue;
            }

            touched++;
            if (update is not null)
            {
                kept.Add(update(env, row));
            }
        }

        DmlStats stats = update is null ? new(0, 0, touched) : new(0, touched, 0);
        return (stats, change =>
        {
            if (touched > 0)
            {
                change.Replace(RowSet.Of(kept));
            }
        });
    }

    private (DmlStats Stats, Action<TableChange> Change) Merged(Table table, Relation source, JoinPlan plan, IReadOnlyList<MergeAction> actions, Scope scope)
    {
        MergeRun run = new(table.Rows, source, plan, actions, scope.Sources.Count);
        run.Run(session.Stop);
        return (new DmlStats(run.Inserted, run.Updated, run.Deleted), change =>
        {
            if (run.Kept is { } kept)
            {
                change.Replace(RowSet.Of(kept));
            }

            change.Append(run.Added);
        });
    }

    // What is billed: the columns read, and all columns of a table whose rows are changed.
    private SqlResult Finish(Binder binder, Statement statement, Table table, Func<(DmlStats Stats, Action<TableChange> Change)> run, Scan? changed = null)
    {
        SqlResult result = Billing.Add(new SqlResult(statement.Type, [], []) { Target = table.Ref }, session, binder.Scans, changed);
        if (session.Request.DryRun)
        {
            return result;
        }

        (DmlStats stats, Action<TableChange> change) = run();
        session.Apply(PathOf(statement), change);
        session.RowCount = stats.Affected;
        return result with { Dml = stats };
    }

    private static TablePath PathOf(Statement statement) => statement switch
    {
        InsertStatement insert => insert.Table,
        UpdateStatement update => update.Table,
        DeleteStatement delete => delete.Table,
        TruncateStatement truncate => truncate.Table,
        _ => ((MergeStatement)statement).Table,
    };
}
