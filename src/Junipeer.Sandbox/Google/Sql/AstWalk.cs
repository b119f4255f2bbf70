namespace Junipeer.Sandbox.Google.Sql;

internal static class AstWalk
{
    /// <summary>The conditions that AND holds together.</summary>
    public static IEnumerable<Expr> Conjuncts(Expr expression) =>
        expression is BinaryExpr { Op: "AND" } and ? Conjuncts(and.Left).Concat(Conjuncts(and.Right)) : [expression];

    /// <summary>Whether an expression holds an aggregate of its own query.</summary>
    public static bool HasAggregate(Expr? expression) => expression is not null
        && ((expression is CallExpr { Over: null } call && Aggregates.Known(call.Name)) || Children(expression).Any(HasAggregate));

    private static IEnumerable<Expr> Children(Expr expression) => expression switch
    {
        UnaryExpr unary => [unary.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        BetweenExpr between => [between.Value, between.Low, between.High],
        InExpr within => [within.Value, .. within.List ?? [], .. within.Array is { } array ? [array] : Array.Empty<Expr>()],
        IsExpr @is => @is.Other is { } other ? [@is.Value, other] : [@is.Value],
        CaseExpr branch => Parts(branch),
        CastExpr cast => [cast.Value],
        CallExpr { Over: { } over } call => [.. call.Args, .. over.PartitionBy, .. over.OrderBy.Select(o => o.Value)],
        CallExpr call => call.Args,
        ArrayExpr list => list.Items,
        StructExpr record => record.Members.Select(m => m.Value),
        FieldExpr field => [field.Value],
        IndexExpr index => [index.Array, index.Position],
        IntervalExpr interval => [interval.Amount],
        _ => [],
    };

    private static IEnumerable<Expr> Parts(CaseExpr branch)
    {
        if (branch.Subject is { } subject)
        {
            yield return subject;
        }

        foreach ((Expr when, Expr then) in branch.Branches)
        {
            yield return when;
            yield return then;
        }

        if (branch.Otherwise is { } otherwise)
        {
            yield return otherwise;
        }
    }
}
