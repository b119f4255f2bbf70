using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Binder
{
    private Bound Case(CaseExpr branch, Scope scope)
    {
        Bound? subject = branch.Subject is { } s ? Bind(s, scope) : null;
        Bound[] whens = [.. branch.Branches.Select(b => subject is null ? Condition(b.When, scope, "CASE WHEN condition") : Compare("=", subject, Bind(b.When, scope), b.When.At))];
        List<Bound> results = [.. branch.Branches.Select(b => Bind(b.Then, scope))];
        results.Add(branch.Otherwise is { } otherwise ? Bind(otherwise, scope) : Bound.Of(SqlType.Untyped, null));
        Bound[] values = Unify(results, branch.At, "operator CASE");
        return Bound.From(values[0].Type, env =>
        {
            for (int i = 0; i < whens.Length; i++)
            {
                if (whens[i].IsTrue(env))
                {
                    return values[i].Eval(env);
                }
            }

            return values[^1].Eval(env);
        }, [.. whens, .. values]);
    }

    private Bound Cast(CastExpr cast, Scope scope)
    {
        Bound value = Bind(cast.Value, scope);
        SqlType to = SqlType.Of(cast.Type);
        Field target = cast.Type;
        if (value.Type.Same(to) && target.Precision is null && target.MaxLength is null)
        {
            return Bound.From(to, value.Eval, value);
        }

        if (value.Type.Kind is null)
        {
            return Bound.Of(to, null);
        }

        Func<Env, object?> eval = value.Eval;
        if (to.Array && value.Type.Array && Casts.Implicit(value.Type.Element, to.Element, bends: true))
        {
            return Bound.From(to, env => eval(env) is IReadOnlyList<object?> list ? list.Select(v => Casts.Convert(v, target.Type)).ToList() : null, value);
        }

        if (to.Array || value.Type.Array || !Casts.Explicit(value.Type.Kind.Value, target.Type))
        {
            throw cast.At.Error($"Invalid cast from {value.Type} to {to}");
        }

        bool safe = cast.Safe;
        return Bound.From(to, env =>
        {
            try
            {
                object? made = Casts.Convert(eval(env), target.Type);
                return ParameterizedTypes.TryFit(target, ref made, out string reason) ? made is bool flag ? Values.Box(flag) : made : throw Casts.Failure(reason);
            }
            catch (SqlException) when (safe)
            {
                return null;
            }
        }, value);
    }

    private Bound Array(ArrayExpr array, Scope scope)
    {
        Bound[] items = Unify([.. array.Items.Select(i => Bind(i, scope))], array.At, "array element");
        SqlType element = items.Length > 0 ? items[0].Type : SqlType.Untyped;
        if (element.Array)
        {
            throw array.At.Error("Cannot construct array with element type ARRAY because nested arrays are not supported");
        }

        Bound made = Bound.From(element with { Array = true }, env => items.Select(i => i.Eval(env)).ToList(), items);
        return new Bound(made.Type, made.Eval) { Constant = made.Constant, Slots = made.Slots, Outer = made.Outer, Bends = items.All(i => i.Bends) };
    }

    private Bound Struct(StructExpr record, Scope scope)
    {
        Bound[] members = [.. record.Members.Select(m => Bind(m.Value, scope))];
        Field[] fields = [.. record.Members.Select((m, i) => members[i].Type.ToField(m.Name ?? (m.Value is NameExpr name ? name.Parts[^1] : $"_field_{i + 1}")))];
        return Bound.From(new SqlType(FieldType.Record, Members: fields), env => System.Array.ConvertAll(members, m => m.Eval(env)), members);
    }

    private Bound Index(IndexExpr index, Scope scope)
    {
        Bound array = Bind(index.Array, scope), position = Bind(index.Position, scope);
        if (!array.Type.Array || position.Type.Kind is not (FieldType.Integer or null))
        {
            throw index.At.Error($"Element access using [{index.Kind}] is not supported on values of type {array.Type}");
        }

        Func<Env, object?> a = array.Eval, p = position.Eval;
        int start = index.Kind.EndsWith("ORDINAL", StringComparison.Ordinal) ? 1 : 0;
        bool safe = index.Kind.StartsWith("SAFE", StringComparison.Ordinal);
        return Bound.From(array.Type.Element, env =>
        {
            if (a(env) is not IReadOnlyList<object?> list || p(env) is not long at)
            {
                return null;
            }

            at -= start;
            return at >= 0 && at < list.Count ? list[(int)at] : safe ? null : throw Casts.Failure($"Array index {at + start} is out of bounds");
        }, array, position);
    }
}
