using System.Text;
using System.Text.RegularExpressions;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Binder
{
    private Bound Unary(UnaryExpr unary, Scope scope)
    {
        Bound operand = Bind(unary.Operand, scope);
        Func<Env, object?> eval = operand.Eval;
        if (unary.Op == "NOT" && operand.Type.Kind is FieldType.Boolean or null)
        {
            return Bound.From(SqlType.Bool, env => eval(env) is bool value ? Values.Box(!value) : null, operand);
        }

        if (unary.Op == "-" && operand.Type.Numeric)
        {
            return Bound.From(operand.Type, env => eval(env) is { } value ? Arithmetic.Negate(value) : null, operand);
        }

        throw unary.At.Error($"No matching signature for operator {unary.Op} for argument types: {operand.Type}");
    }

    private Bound Binary(BinaryExpr binary, Scope scope)
    {
        Bound left = Bind(binary.Left, scope), right = Bind(binary.Right, scope);
        Func<Env, object?> a = left.Eval, b = right.Eval;
        switch (binary.Op)
        {
            case "AND" or "OR" when left.Type.Kind is FieldType.Boolean or null && right.Type.Kind is FieldType.Boolean or null:
                return binary.Op == "AND"
                    ? Bound.From(SqlType.Bool, env => And(a(env), b, env), left, right)
                    : Bound.From(SqlType.Bool, env => Or(a(env), b, env), left, right);
            case "=" or "!=" or "<" or ">" or "<=" or ">=":
                return Compare(binary.Op, left, right, binary.At);
            case "LIKE" when left.Type.Kind is FieldType.String or null && right.Type.Kind is FieldType.String or null:
                return Like(left, right);
            case "||" when left.Type.Array && right.Type.Same(left.Type):
                return Bound.From(left.Type, env => a(env) is IReadOnlyList<object?> x && b(env) is IReadOnlyList<object?> y ? new List<object?>([.. x, .. y]) : null, left, right);
            case "||" when Coerce(left, SqlType.Text) is not null && Coerce(right, SqlType.Text) is not null:
                return Bound.From(SqlType.Text, env => a(env) is string x && b(env) is string y ? x + y : null, left, right);
            case "+" or "-" or "*" or "/":
                return Calculate(binary, left, right);
            default:
                throw binary.At.Error($"No matching signature for operator {binary.Op} for argument types: {left.Type}, {right.Type}");
        }
    }

    private static object? And(object? left, Func<Env, object?> right, Env env)
    {
        if (left is false)
        {
            return Values.False;
        }

        object? second = right(env);
        return second is false ? Values.False : left is null || second is null ? null : Values.True;
    }

    private static object? Or(object? left, Func<Env, object?> right, Env env)
    {
        if (left is true)
        {
            return Values.True;
        }

        object? second = right(env);
        return second is true ? Values.True : left is null || second is null ? null : Values.False;
    }

    private static Bound Calculate(BinaryExpr binary, Bound left, Bound right)
    {
        string op = binary.Op;
        SqlType? type = Casts.Common(left, right);
        if (type is { Kind: null })
        {
            type = SqlType.Integer;
        }

        // Whole numbers divide to FLOAT64.
        type = op == "/" && type?.Kind == FieldType.Integer ? SqlType.Float : type;
        if (type is not { Numeric: true })
        {
            throw binary.At.Error($"No matching signature for operator {op} for argument types: {left.Type}, {right.Type}");
        }

        Func<Env, object?> a = Coerce(left, type)!.Eval, b = Coerce(right, type)!.Eval;
        return Bound.From(type, env => a(env) is { } x && b(env) is { } y ? Arithmetic.Apply(op, x, y) : null, left, right);
    }

    /// <summary>Both sides of a comparison, as one type.</summary>
    public static (Bound Left, Bound Right) Operands(string op, Bound left, Bound right, Token at)
    {
        SqlType? type = Casts.Common(left, right);
        bool fits = type is { Array: false } && type.Kind is not FieldType.Json && (type.Kind != FieldType.Record || op is "=" or "!=");
        return fits
            ? (Coerce(left, type!)!, Coerce(right, type!)!)
            : throw at.Error($"No matching signature for operator {op} for argument types: {left.Type}, {right.Type}");
    }

    private static Bound Compare(string op, Bound left, Bound right, Token at)
    {
        (left, right) = Operands(op, left, right, at);
        Func<Env, object?> a = left.Eval, b = right.Eval;
        Func<object, object, bool> test = op switch
        {
            "=" => Values.AreEqual,
            "!=" => (x, y) => !Values.AreEqual(x, y),
            "<" => (x, y) => !Nan(x, y) && Values.Compare(x, y) < 0,
            "<=" => (x, y) => !Nan(x, y) && Values.Compare(x, y) <= 0,
            ">" => (x, y) => !Nan(x, y) && Values.Compare(x, y) > 0,
            _ => (x, y) => !Nan(x, y) && Values.Compare(x, y) >= 0,
        };
        return Bound.From(SqlType.Bool, env => a(env) is { } x && b(env) is { } y ? Values.Box(test(x, y)) : null, left, right);
    }

    private static bool Nan(object a, object b) => (a is double x && double.IsNaN(x)) || (b is double y && double.IsNaN(y));

    private Bound Between(BetweenExpr between, Scope scope)
    {
        Bound value = Bind(between.Value, scope);
        Bound low = Compare(">=", value, Bind(between.Low, scope), between.At), high = Compare("<=", value, Bind(between.High, scope), between.At);
        Func<Env, object?> a = low.Eval, b = high.Eval;
        bool not = between.Not;
        return Bound.From(SqlType.Bool, env => And(a(env), b, env) is bool inside ? Values.Box(inside != not) : null, low, high);
    }

    private Bound Is(IsExpr @is, Scope scope)
    {
        Bound value = Bind(@is.Value, scope);
        Func<Env, object?> a = value.Eval;
        bool not = @is.Not;
        if (@is.Other is { } second)
        {
            (Bound left, Bound right) = Operands("=", value, Bind(second, scope), @is.At);
            Func<Env, object?> x = left.Eval, y = right.Eval;
            return Bound.From(SqlType.Bool, env => Values.Box(KeyComparer.Same(x(env), y(env)) == not), left, right);
        }

        object? wanted = @is.What switch { "TRUE" => Values.True, "FALSE" => Values.False, _ => null };
        return wanted is not null && value.Type.Kind is not (FieldType.Boolean or null)
            ? throw @is.At.Error($"No matching signature for operator IS {@is.What} for argument types: {value.Type}")
            : Bound.From(SqlType.Bool, env => Values.Box(Equals(a(env), wanted) != not), value);
    }

    private static Bound Like(Bound left, Bound right)
    {
        Func<Env, object?> a = left.Eval, b = right.Eval;
        (string? Pattern, Regex? Regex) last = default;
        return Bound.From(SqlType.Bool, env =>
        {
            if (a(env) is not string text || b(env) is not string pattern)
            {
                return null;
            }

            if (last.Pattern != pattern)
            {
                last = (pattern, Pattern(pattern));
            }

            return Values.Box(last.Regex!.IsMatch(text));
        }, left, right);
    }

    private static Regex Pattern(string like)
    {
        StringBuilder regex = new("\\A");
        for (int i = 0; i < like.Length; i++)
        {
            char c = like[i];
            if (c == '\\')
            {
                c = i + 1 < like.Length ? like[++i] : throw Casts.Failure("LIKE pattern ends with a backslash");
                regex.Append(Regex.Escape(c.ToString()));
            }
            else
            {
                regex.Append(c switch { '%' => ".*", '_' => ".", _ => Regex.Escape(c.ToString()) });
            }
        }

        return new Regex(regex.Append("\\z").ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }

    private Bound In(InExpr within, Scope scope)
    {
        Bound value = Bind(within.Value, scope);
        if (within.List is { } list)
        {
            Bound[] all = Unify([value, .. list.Select(e => Bind(e, scope))], within.At, "operator IN");
            Bound[] items = all[1..];
            return items.All(i => i.Constant)
                ? Membership(within, all[0], _ => items.Select(i => i.Eval(Env.None)), constant: true, all)
                : Membership(within, all[0], env => items.Select(i => i.Eval(env)), constant: false, all);
        }

        if (within.Array is { } array)
        {
            Bound items = Bind(array, scope);
            Bound operand = items.Type.Array ? Coerce(value, items.Type.Element) ?? throw Mismatch(within, value, items)
                : items.Type.Kind is null ? value
                : throw within.At.Error($"Values referenced in UNNEST must be arrays. UNNEST contains expression of type {items.Type}");
            return Membership(within, operand, env => items.Eval(env) as IReadOnlyList<object?> ?? [], items.Constant, operand, items);
        }

        BoundQuery query = Query(within.Query!, scope);
        if (query.Columns.Count != 1)
        {
            throw within.At.Error($"Subquery of type IN must have only one output column");
        }

        Bound sample = new(query.Columns[0].Type, _ => null);
        (Bound left, Bound right) = Operands("=", value, sample, within.At);
        FieldType? kind = right.Type.Kind;
        bool convert = !sample.Type.Same(right.Type) && kind is not null;
        IEnumerable<object?> Column(Env env) => query.Rows(env).Select(r => convert ? Casts.Convert(r[0], kind!.Value) : r[0]);
        return query.Correlated
            ? Membership(within, left, Column, constant: false, left, new Bound(right.Type, Column) { Slots = ulong.MaxValue, Outer = true })
            : Membership(within, left, Column, constant: true, left, new Bound(right.Type, Column));
    }

    private static SqlException Mismatch(InExpr within, Bound value, Bound items) =>
        within.At.Error($"No matching signature for operator IN UNNEST for argument types: {value.Type}, {items.Type}");

    // A constant set is read once and looked up by hash.
    private static Bound Membership(InExpr within, Bound value, Func<Env, IEnumerable<object?>> items, bool constant, params ReadOnlySpan<Bound> parts)
    {
        Func<Env, object?> eval = value.Eval;
        bool not = within.Not;
        HashSet<object?>? known = null;
        return Bound.From(SqlType.Bool, env =>
        {
            HashSet<object?> set = constant ? known ??= new HashSet<object?>(items(env), KeyComparer.Instance) : new HashSet<object?>(items(env), KeyComparer.Instance);
            if (set.Count == 0)
            {
                return Values.Box(not);
            }

            object? one = eval(env);
            return one is null ? null : set.Contains(one) ? Values.Box(!not) : set.Contains(null) ? null : Values.Box(not);
        }, parts);
    }
}
