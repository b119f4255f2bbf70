using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Binder
{
    /// <summary>Conditions of constants on a partitioning column keep partitions from being read.</summary>
    public void PruneBy(Expr condition, Scope scope)
    {
        foreach (Expr part in AstWalk.Conjuncts(condition))
        {
            switch (part)
            {
                case BinaryExpr { Op: "=" or "<" or "<=" or ">" or ">=" } test:
                    Bound left = Bind(test.Left, scope), right = Bind(test.Right, scope);
                    Restrict(test.Op, left, right);
                    Restrict(test.Op switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", _ => "=" }, right, left);
                    break;
                case BetweenExpr { Not: false } between:
                    Bound value = Bind(between.Value, scope), low = Bind(between.Low, scope), high = Bind(between.High, scope);
                    Restrict(">=", value, low);
                    Restrict("<=", value, high);
                    break;
                case InExpr { Not: false, List: { } list } within:
                    Bound column = Bind(within.Value, scope);
                    Bound[] items = [.. list.Select(i => Bind(i, scope))];
                    if (IsPartition(column) && items.All(i => i.Constant))
                    {
                        object?[] found = [.. items.Select(i => Coerce(i, column.Type)?.Eval(Env.None)).Where(v => v is not null).Order(Comparer<object?>.Create((a, b) => Values.Compare(a!, b!)))];
                        column.Column!.Value.Scan.RestrictToSpan(found.FirstOrDefault(), found.LastOrDefault());
                    }

                    break;
                case IsExpr { What: "NULL", Not: false } absent when Bind(absent.Value, scope) is var nothing && IsPartition(nothing):
                    nothing.Column!.Value.Scan.Restrict("NULL", null);
                    break;
                default:
                    break;
            }
        }
    }

    private static bool IsPartition(Bound value) => value.Column is { } column && column.Column == column.Scan.PartitionColumn;

    private static void Restrict(string op, Bound column, Bound constant)
    {
        if (IsPartition(column) && constant.Constant && Coerce(constant, column.Type) is { } fits)
        {
            column.Column!.Value.Scan.Restrict(op, fits.Eval(Env.None));
        }
    }
}
