using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>The equal columns of a condition between two sides, which are found by hash, and the rest of it.</summary>
internal sealed class JoinPlan
{
    private readonly List<(Bound Left, Bound Right, bool NullSafe)> _keys = [];
    private readonly List<Bound> _rest = [];

    /// <summary>A condition that is the same for all rows and not true: nothing can match.</summary>
    public bool Never => _rest.Exists(r => r.Constant && !r.IsTrue(Env.None));

    public bool HasKeys => _keys.Count > 0;

    /// <summary>The sides are told apart by what an expression reads.</summary>
    public static JoinPlan Make(Binder binder, Expr? condition, Scope scope, Func<Bound, bool> isLeft, Func<Bound, bool> isRight, string clause)
    {
        JoinPlan plan = new();
        if (condition is null)
        {
            return plan;
        }

        // Bound whole first, so that messages and types are those of the whole.
        binder.Condition(condition, scope, clause);
        foreach (Expr part in AstWalk.Conjuncts(condition))
        {
            if (!plan.TryKey(binder, part, scope, isLeft, isRight))
            {
                plan._rest.Add(binder.Condition(part, scope, clause));
            }
        }

        return plan;
    }

    /// <summary>The key of a row of one side; null if a NULL in it means that nothing matches.</summary>
    public object? Key(bool left, Env env)
    {
        if (_keys.Count == 1)
        {
            object? single = (left ? _keys[0].Left : _keys[0].Right).Eval(env);
            return single is null ? (_keys[0].NullSafe ? DBNull.Value : null) : IsNan(single) ? null : single;
        }

        object?[] key = new object?[_keys.Count];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = (left ? _keys[i].Left : _keys[i].Right).Eval(env);
            if ((key[i] is null && !_keys[i].NullSafe) || IsNan(key[i]))
            {
                return null;
            }
        }

        return key;
    }

    public bool Rest(Env env)
    {
        foreach (Bound part in _rest)
        {
            if (!part.IsTrue(env))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNan(object? value) => value is double number && double.IsNaN(number);

    private bool TryKey(Binder binder, Expr part, Scope scope, Func<Bound, bool> isLeft, Func<Bound, bool> isRight)
    {
        (Expr? one, Expr? two, bool nullSafe) = part switch
        {
            BinaryExpr { Op: "=" } equal => (equal.Left, equal.Right, false),
            IsExpr { What: "DISTINCT", Not: true } same => (same.Value, same.Other, true),
            _ => ((Expr?)null, (Expr?)null, false),
        };
        if (one is null)
        {
            return false;
        }

        (Bound a, Bound b) = Binder.Operands("=", binder.Bind(one, scope), binder.Bind(two!, scope), part.At);
        if (isLeft(a) && isRight(b))
        {
            _keys.Add((a, b, nullSafe));
            return true;
        }

        if (isLeft(b) && isRight(a))
        {
            _keys.Add((b, a, nullSafe));
            return true;
        }

        return false;
    }
}
