using System.Numerics;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>The groups of a SELECT: what they are grouped by and what is worked out over each.</summary>
internal sealed class Grouping
{
    public List<(string Text, Bound Key)> Keys { get; } = [];

    public List<Aggregate> Aggregates { get; } = [];
}

/// <summary>One call of an aggregate function; Start makes what one group collects in.</summary>
internal sealed record Aggregate(string Text, SqlType Type, Func<IAccumulator> Start);

internal interface IAccumulator
{
    void Add(Env env);

    object? Result();
}

internal static class Aggregates
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "COUNT", "COUNTIF", "SUM", "MIN", "MAX", "AVG", "ANY_VALUE", "ARRAY_AGG", "STRING_AGG", "LOGICAL_AND", "LOGICAL_OR", "APPROX_COUNT_DISTINCT",
    };

    public static bool Known(string name) => Names.Contains(name);

    public static Aggregate Make(CallExpr call, IReadOnlyList<Bound> args, IReadOnlyList<(Bound Value, OrderItem Item)> order, long? limit)
    {
        int wanted = call.Star ? 0 : 1;
        if (args.Count < wanted || args.Count > (call.Name == "STRING_AGG" ? 2 : wanted) || (call.Star && call.Name != "COUNT"))
        {
            throw NoSignature(call, args);
        }

        Bound? arg = args.Count > 0 ? args[0] : null;
        (SqlType type, Func<IAccumulator> start) = call.Name switch
        {
            "COUNT" => (SqlType.Integer, () => new Counter(arg, null)),
            "COUNTIF" when arg!.Type.Kind is FieldType.Boolean or null => (SqlType.Integer, () => new Counter(arg, true)),
            "APPROX_COUNT_DISTINCT" => (SqlType.Integer, () => new DistinctOnly(arg!, new Counter(arg, null))),
            "SUM" when arg!.Type.Numeric => (arg.Type, () => new Sum(arg)),
            "AVG" when arg!.Type.Numeric => (arg.Type.Kind == FieldType.Integer ? SqlType.Float : arg.Type, () => new Average(arg)),
            "MIN" or "MAX" when arg!.Type.Orderable => (arg.Type, () => new Extreme(arg, call.Name == "MAX" ? 1 : -1)),
            "ANY_VALUE" => (arg!.Type, () => new AnyValue(arg)),
            "LOGICAL_AND" or "LOGICAL_OR" when arg!.Type.Kind == FieldType.Boolean => (SqlType.Bool, () => new Extreme(arg, call.Name == "LOGICAL_OR" ? 1 : -1)),
            "ARRAY_AGG" when !arg!.Type.Array => (arg.Type with { Array = true }, () => new Collector(arg, order, limit, call.IgnoreNulls, false, ",")),
            "STRING_AGG" when arg!.Type.Kind == FieldType.String => (SqlType.Text, () => new Collector(arg, order, limit, true, true, args.Count > 1 ? (string?)args[1].Eval(Env.None) ?? "," : ",")),
            _ => ((SqlType, Func<IAccumulator>))(null!, null!),
        };
        if (start is null)
        {
            throw NoSignature(call, args);
        }

        return new Aggregate(call.Text, type, call.Distinct ? () => new DistinctOnly(arg!, start()) : start);
    }

    private static SqlException NoSignature(CallExpr call, IReadOnlyList<Bound> args) =>
        call.At.Error($"No matching signature for aggregate function {call.Name} for argument types: {string.Join(", ", args.Select(a => a.Type))}");

    private sealed class Counter(Bound? value, bool? only) : IAccumulator
    {
        private long _count;

        public void Add(Env env) => _count += value is null || (only is null ? value.Eval(env) is not null : value.IsTrue(env)) ? 1 : 0;

        public object? Result() => _count;
    }

    private sealed class DistinctOnly(Bound value, IAccumulator inner) : IAccumulator
    {
        private readonly HashSet<object?> _seen = new(KeyComparer.Instance);

        public void Add(Env env)
        {
            if (_seen.Add(value.Eval(env)))
            {
                inner.Add(env);
            }
        }

        public object? Result() => inner.Result();
    }

    private sealed class Sum(Bound value) : IAccumulator
    {
        private BigInteger _units;
        private double _float;
        private long _count;
        private object? _sample;

        public void Add(Env env)
        {
            object? one = value.Eval(env);
            switch (one)
            {
                case null:
                    return;
                case long whole:
                    _units += whole;
                    break;
                case Exact exact:
                    _units += exact.Units;
                    break;
                case double number:
                    _float += number;
                    break;
                default:
                    break;
            }

            _sample = one;
            _count++;
        }

        public long Count => _count;

        public BigInteger Units => _units;

        public double Float => _float;

        public object? Sample => _sample;

        public object? Result() => _sample switch
        {
            null => null,
            long => _units >= long.MinValue && _units <= long.MaxValue ? (long)_units : throw Casts.Failure("int64 overflow in SUM"),
            Exact exact => Exact.FromUnits(_units, exact.Big) ?? throw Casts.Failure("numeric overflow: SUM"),
            _ => _float,
        };
    }

    private sealed class Average(Bound value) : IAccumulator
    {
        private readonly Sum _sum = new(value);

        public void Add(Env env) => _sum.Add(env);

        public object? Result() => _sum.Sample switch
        {
            null => null,
            long => (double)_sum.Units / _sum.Count,
            Exact exact => Exact.FromUnits(Exact.Divide(_sum.Units, _sum.Count), exact.Big),
            _ => _sum.Float / _sum.Count,
        };
    }

    private sealed class Extreme(Bound value, int sign) : IAccumulator
    {
        private object? _best;

        public void Add(Env env)
        {
            if (value.Eval(env) is { } one && (_best is null || Values.Compare(one, _best) * sign > 0))
            {
                _best = one;
            }
        }

        public object? Result() => _best;
    }

    private sealed class AnyValue(Bound value) : IAccumulator
    {
        private object? _value;
        private bool _known;

        public void Add(Env env)
        {
            if (!_known)
            {
                _value = value.Eval(env);
                _known = true;
            }
        }

        public object? Result() => _value;
    }

    private sealed class Collector(Bound value, IReadOnlyList<(Bound Value, OrderItem Item)> order, long? limit, bool ignoreNulls, bool join, string separator) : IAccumulator
    {
        private readonly List<(object? Value, object?[] Keys)> _values = [];

        public void Add(Env env)
        {
            object? one = value.Eval(env);
            if (one is not null || !ignoreNulls)
            {
                _values.Add((one, [.. order.Select(o => o.Value.Eval(env))]));
            }
        }

        public object? Result()
        {
            if (_values.Count == 0)
            {
                return null;
            }

            IEnumerable<(object? Value, object?[] Keys)> sorted = order.Count == 0 ? _values : _values.Order(Comparer<(object? Value, object?[] Keys)>.Create((a, b) => Sorting.Compare(a.Keys, b.Keys, order)));
            List<object?> taken = [.. (limit is { } most ? sorted.Take((int)most) : sorted).Select(v => v.Value)];
            return join ? string.Join(separator, taken) : taken.Contains(null) ? throw Casts.Failure("Array cannot have a null element; error in writing field") : taken;
        }
    }
}

internal static class Sorting
{
    public static int Compare(object?[] a, object?[] b, IReadOnlyList<(Bound Value, OrderItem Item)> order)
    {
        for (int i = 0; i < order.Count; i++)
        {
            int result = Values.CompareForOrder(a[i], b[i], order[i].Item.Descending, order[i].Item.NullsFirst);
            if (result != 0)
            {
                return result;
            }
        }

        return 0;
    }
}
