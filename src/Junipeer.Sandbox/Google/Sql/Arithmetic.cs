using System.Numerics;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>+ - * / on values of one numeric type, with the errors of the real thing.</summary>
internal static class Arithmetic
{
    public static object Apply(string op, object a, object b) => a switch
    {
        long x => Integers(op, x, (long)b),
        double x => Floats(op, x, (double)b),
        Exact x => Exacts(op, x, (Exact)b),
        _ => throw new InvalidOperationException(),
    };

    public static object Negate(object value) => value switch
    {
        long x => x == long.MinValue ? throw Casts.Failure($"int64 overflow: -({x})") : -x,
        double x => -x,
        Exact x => Exact.FromUnits(-x.Units, x.Big) ?? throw Overflow(x.Big, $"-({x})"),
        _ => throw new InvalidOperationException(),
    };

    public static object Remainder(object a, object b)
    {
        if (b is long y)
        {
            return y == 0 ? throw Casts.Failure($"division by zero: MOD({a}, 0)") : y == -1 ? 0L : (long)a % y;
        }

        Exact x = (Exact)a, by = (Exact)b;
        return by.Sign == 0 ? throw Casts.Failure($"division by zero: MOD({x}, 0)") : Exact.FromUnits(BigInteger.Remainder(x.Units, by.Units), x.Big)!.Value;
    }

    private static object Integers(string op, long x, long y)
    {
        Int128 result = op switch
        {
            "+" => (Int128)x + y,
            "-" => (Int128)x - y,
            "*" => (Int128)x * y,
            _ => throw new InvalidOperationException(op),
        };
        return result >= long.MinValue && result <= long.MaxValue ? (long)result : throw Casts.Failure($"int64 overflow: {x} {op} {y}");
    }

    private static object Floats(string op, double x, double y)
    {
        double result = op switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            _ => y == 0 ? throw Casts.Failure($"division by zero: {Casts.FloatText(x)} / {Casts.FloatText(y)}") : x / y,
        };
        return double.IsFinite(result) || !double.IsFinite(x) || !double.IsFinite(y) ? result : throw Casts.Failure($"double overflow: {Casts.FloatText(x)} {op} {Casts.FloatText(y)}");
    }

    private static object Exacts(string op, Exact x, Exact y)
    {
        BigInteger one = Exact.Power(x.Scale);
        BigInteger units = op switch
        {
            "+" => x.Units + y.Units,
            "-" => x.Units - y.Units,
            "*" => Exact.Divide(x.Units * y.Units, one),
            _ => y.Sign == 0 ? throw Casts.Failure($"division by zero: {x} / {y}") : Exact.Divide(x.Units * one, y.Units),
        };
        return Exact.FromUnits(units, x.Big) ?? throw Overflow(x.Big, $"{x} {op} {y}");
    }

    private static SqlException Overflow(bool big, string what) => Casts.Failure($"{(big ? "BIGNUMERIC" : "numeric")} overflow: {what}");
}
