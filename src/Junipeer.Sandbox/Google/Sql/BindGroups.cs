using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Binder
{
    // Once a SELECT is grouped, its list sees the keys and aggregates of a group, and no single row.
    private Bound? Grouped(Expr expression, Grouping grouping, Scope scope)
    {
        if (expression is LiteralExpr or ParameterExpr)
        {
            return null;
        }

        for (int i = 0; i < grouping.Keys.Count; i++)
        {
            if (grouping.Keys[i].Text == expression.Text || (expression is NameExpr && SameColumn(expression, grouping.Keys[i].Key, scope)))
            {
                int at = i;
                return new Bound(grouping.Keys[i].Key.Type, env => env.Group[at]) { Slots = ulong.MaxValue };
            }
        }

        if (expression is CallExpr { Over: null } call && Aggregates.Known(call.Name))
        {
            return AggregateOf(call, grouping, scope);
        }

        return expression is NameExpr name && Resolve(name, scope, out _) is not null ? throw NotGrouped(name) : null;
    }

    private static SqlException NotGrouped(NameExpr name) =>
        name.At.Error($"SELECT list expression references column {string.Join('.', name.Parts)} which is neither grouped nor aggregated");

    private static bool SameColumn(Expr expression, Bound key, Scope scope) =>
        key.Column is { } column && Resolve((NameExpr)expression, scope, out int used) is { Column: { } other } && used == ((NameExpr)expression).Parts.Count && other == column;

    private Bound AggregateOf(CallExpr call, Grouping grouping, Scope scope)
    {
        scope.Grouping = null;
        string text = call.Text;
        int at = grouping.Aggregates.FindIndex(a => a.Text == text);
        if (at < 0)
        {
            if (call.Args.FirstOrDefault(AstWalk.HasAggregate) is { } nested)
            {
                throw nested.At.Error("Aggregations of aggregations are not allowed");
            }

            Bound[] args = [.. call.Args.Select(a => Bind(a, scope))];
            (Bound, OrderItem)[] order = [.. call.OrderBy.Select(o => (Bind(o.Value, scope), o))];
            long? limit = call.Limit is { } most ? (long?)Bind(most, scope).Eval(Env.None) : null;
            grouping.Aggregates.Add(Aggregates.Make(call, args, order, limit));
            at = grouping.Aggregates.Count - 1;
        }

        scope.Grouping = grouping;
        int place = at + grouping.Keys.Count;
        return new Bound(grouping.Aggregates[at].Type, env => env.Group[place]) { Slots = ulong.MaxValue };
    }
}
