using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>One shape of a function. A null type takes any number type and the result is of that type.</summary>
internal sealed record Signature(FieldType?[] Types, FieldType? Returns, Func<object[], object?> Body)
{
    public int Optional { get; init; }

    /// <summary>The last type may be repeated.</summary>
    public bool Many { get; init; }

    public bool TakesArray { get; init; }

    /// <summary>The types of the first argument this shape is for, where coercion would take more.</summary>
    public FieldType[]? OnlyFor { get; init; }

    public Bound[]? Fit(Bound[] args)
    {
        if (OnlyFor is not null && (args.Length == 0 || !OnlyFor.Contains(args[0].Type.Kind ?? FieldType.Float)))
        {
            return null;
        }

        if (args.Length < Types.Length - Optional || (args.Length > Types.Length && !Many))
        {
            return null;
        }

        if (TakesArray)
        {
            return args.Length == 1 && args[0].Type.Array ? args : null;
        }

        SqlType number = SqlType.Untyped;
        foreach (Bound arg in args.Where((_, i) => At(i) is null))
        {
            if (arg.Type is { Numeric: false, Kind: not null })
            {
                return null;
            }

            number = number.Kind is null || Casts.Implicit(number, arg.Type, bends: true) ? arg.Type : number;
        }

        number = number.Kind is null ? SqlType.Integer : number;
        Bound[] fitted = new Bound[args.Length];
        for (int i = 0; i < args.Length; i++)
        {
            if (Binder.Coerce(args[i], At(i) is { } kind ? SqlType.Of(kind) : number) is not { } fits)
            {
                return null;
            }

            fitted[i] = fits;
        }

        return fitted;
    }

    public SqlType Result(Bound[] fitted) => Returns is { } kind ? SqlType.Of(kind) : fitted[0].Type;

    private FieldType? At(int index) => Types[Math.Min(index, Types.Length - 1)];
}

internal static class Functions
{
    private const FieldType S = FieldType.String, I = FieldType.Integer, F = FieldType.Float, D = FieldType.Date, T = FieldType.Timestamp, M = FieldType.DateTime, B = FieldType.Boolean, J = FieldType.Json;

    private static readonly Dictionary<string, Signature[]> All = new()
    {
        ["LOWER"] = [new([S], S, a => ((string)a[0]).ToLowerInvariant())],
        ["UPPER"] = [new([S], S, a => ((string)a[0]).ToUpperInvariant())],
        ["CONCAT"] = [new([S], S, a => string.Concat(a)) { Many = true }],
        ["LENGTH"] = [new([S], I, a => Runes((string)a[0])), new([FieldType.Bytes], I, a => (long)((byte[])a[0]).Length)],
        ["CHAR_LENGTH"] = [new([S], I, a => Runes((string)a[0]))],
        ["BYTE_LENGTH"] = [new([S], I, a => (long)Encoding.UTF8.GetByteCount((string)a[0])), new([FieldType.Bytes], I, a => (long)((byte[])a[0]).Length)],
        ["SUBSTR"] = [new([S, I, I], S, Substring) { Optional = 1 }],
        ["SUBSTRING"] = [new([S, I, I], S, Substring) { Optional = 1 }],
        ["LEFT"] = [new([S, I], S, a => Substring([a[0], 1L, a[1]]))],
        ["RIGHT"] = [new([S, I], S, a => (long)a[1] == 0 ? string.Empty : Substring([a[0], -Math.Min((long)a[1], Runes((string)a[0])), a[1]]))],
        ["TRIM"] = [new([S, S], S, a => ((string)a[0]).Trim(Letters(a))) { Optional = 1 }],
        ["LTRIM"] = [new([S, S], S, a => ((string)a[0]).TrimStart(Letters(a))) { Optional = 1 }],
        ["RTRIM"] = [new([S, S], S, a => ((string)a[0]).TrimEnd(Letters(a))) { Optional = 1 }],
        ["REPLACE"] = [new([S, S, S], S, a => ((string)a[1]).Length == 0 ? a[0] : ((string)a[0]).Replace((string)a[1], (string)a[2], StringComparison.Ordinal))],
        ["STARTS_WITH"] = [new([S, S], B, a => ((string)a[0]).StartsWith((string)a[1], StringComparison.Ordinal))],
        ["ENDS_WITH"] = [new([S, S], B, a => ((string)a[0]).EndsWith((string)a[1], StringComparison.Ordinal))],
        ["STRPOS"] = [new([S, S], I, a => ((string)a[0]).IndexOf((string)a[1], StringComparison.Ordinal) + 1L)],
        ["ABS"] = [new([null], null, a => a[0] is long and < 0 or double and < 0 || (a[0] is Exact { Sign: < 0 }) ? Arithmetic.Negate(a[0]) : a[0])],
        ["SIGN"] = [new([null], null, a => a[0] switch { long x => (long)Math.Sign(x), double x => (double)Math.Sign(x), Exact x => Exact.FromInteger(x.Sign, x.Big), _ => null })],
        ["MOD"] = [new([I, I], I, a => Arithmetic.Remainder(a[0], a[1])), new([FieldType.Numeric, FieldType.Numeric], FieldType.Numeric, a => Arithmetic.Remainder(a[0], a[1])), new([FieldType.BigNumeric, FieldType.BigNumeric], FieldType.BigNumeric, a => Arithmetic.Remainder(a[0], a[1]))],
        ["DIV"] = [new([I, I], I, a => (long)a[1] == 0 ? throw Casts.Failure($"division by zero: DIV({a[0]}, 0)") : (long)a[0] / (long)a[1])],
        ["ROUND"] = Rounding((value, step) => Exact.Divide(value, step), (value, _) => Math.Round(value, MidpointRounding.AwayFromZero)),
        ["TRUNC"] = Rounding(BigInteger.Divide, (value, _) => Math.Truncate(value)),
        ["FLOOR"] = Rounding((v, s) => BigInteger.Divide(v - (v.Sign < 0 ? s - 1 : 0), s), (value, _) => Math.Floor(value)),
        ["CEIL"] = Rounding((v, s) => BigInteger.Divide(v + (v.Sign > 0 ? s - 1 : 0), s), (value, _) => Math.Ceiling(value)),
        ["SAFE_DIVIDE"] = [new([FieldType.Numeric, FieldType.Numeric], FieldType.Numeric, a => ((Exact)a[1]).Sign == 0 ? null : Arithmetic.Apply("/", a[0], a[1])), new([F, F], F, a => (double)a[1] == 0 ? null : Arithmetic.Apply("/", a[0], a[1]))],
        ["IS_NAN"] = [new([F], B, a => double.IsNaN((double)a[0]))],
        ["TIMESTAMP"] = [new([T], T, a => a[0]), new([M], T, a => Casts.Convert(a[0], T)), new([D], T, a => Casts.Convert(a[0], T)), new([S], T, a => Casts.Convert(a[0], T))],
        ["DATE"] = [new([D], D, a => a[0]), new([T], D, a => Casts.Convert(a[0], D)), new([M], D, a => Casts.Convert(a[0], D)), new([I, I, I], D, MakeDate)],
        ["DATETIME"] = [new([M], M, a => a[0]), new([T], M, a => Casts.Convert(a[0], M))],
        ["TIME"] = [new([T], FieldType.Time, a => Casts.Convert(a[0], FieldType.Time)), new([M], FieldType.Time, a => Casts.Convert(a[0], FieldType.Time))],
        ["STRING"] = [new([T], S, a => a[0].ToString()), new([J], S, a => JsonPath.Scalar((JsonText)a[0], "$"))],
        ["UNIX_SECONDS"] = [new([T], I, a => (long)Math.Floor(((Instant)a[0]).Micros / 1e6))],
        ["UNIX_MILLIS"] = [new([T], I, a => Math.DivRem(((Instant)a[0]).Micros, 1000).Quotient)],
        ["UNIX_MICROS"] = [new([T], I, a => ((Instant)a[0]).Micros)],
        ["TIMESTAMP_SECONDS"] = [new([I], T, a => Made(checked((long)a[0] * 1_000_000)))],
        ["TIMESTAMP_MILLIS"] = [new([I], T, a => Made(checked((long)a[0] * 1000)))],
        ["TIMESTAMP_MICROS"] = [new([I], T, a => Made((long)a[0]))],
        ["FORMAT_TIMESTAMP"] = [new([S, T], S, a => DateMath.Format((string)a[0], a[1]))],
        ["FORMAT_DATE"] = [new([S, D], S, a => DateMath.Format((string)a[0], a[1]))],
        ["FORMAT_DATETIME"] = [new([S, M], S, a => DateMath.Format((string)a[0], a[1]))],
        ["JSON_VALUE"] = [new([J, S], S, a => JsonPath.Scalar((JsonText)a[0], a.Length > 1 ? (string)a[1] : "$")) { Optional = 1 }, new([S, S], S, a => JsonPath.Parse((string)a[0]) is { } json ? JsonPath.Scalar(json, a.Length > 1 ? (string)a[1] : "$") : null) { Optional = 1 }],
        ["JSON_QUERY"] = [new([J, S], J, a => JsonPath.Inner((JsonText)a[0], a.Length > 1 ? (string)a[1] : "$")) { Optional = 1 }],
        ["PARSE_JSON"] = [new([S], J, a => JsonPath.Parse((string)a[0]) ?? throw Casts.Failure($"Invalid input to PARSE_JSON: syntax error while parsing value"))],
        ["ARRAY_LENGTH"] = [new([null], I, a => (long)((IReadOnlyList<object?>)a[0]).Count) { TakesArray = true }],
    };

    public static bool Known(string name) => name == "TO_JSON_STRING" || All.ContainsKey(name);

    public static Signature[] Named(string name) => All.GetValueOrDefault(name) ?? [];

    private static long Runes(string text) => text.EnumerateRunes().Count();

    private static char[] Letters(object[] args) => args.Length > 1 ? ((string)args[1]).ToCharArray() : [.. " \t\n\v\f\r\u0085\u00a0"];

    private static Instant Made(long micros) => new Instant(micros) is { InRange: true } made ? made : throw Casts.Failure($"Timestamp out of range: {micros}");

    private static object MakeDate(object[] args)
    {
        (long year, long month, long day) = ((long)args[0], (long)args[1], (long)args[2]);
        return year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth((int)year, (int)month)
            ? new DateOnly((int)year, (int)month, (int)day)
            : throw Casts.Failure($"Input calculates to invalid date: {year}-{month:00}-{day:00}");
    }

    // Positions count from 1, negative ones from the end.
    private static object Substring(object[] args)
    {
        Rune[] runes = [.. ((string)args[0]).EnumerateRunes()];
        long start = (long)args[1], length = args.Length > 2 ? (long)args[2] : int.MaxValue;
        if (length < 0)
        {
            throw Casts.Failure("Third argument in SUBSTR() cannot be negative");
        }

        start = start < 0 ? Math.Max(0, runes.Length + start) : Math.Max(0, start - 1);
        long end = Math.Min(runes.Length, start + length);
        StringBuilder text = new();
        for (long i = start; i < end; i++)
        {
            text.Append(runes[i].ToString());
        }

        return text.ToString();
    }

    private static Signature[] Rounding(Func<BigInteger, BigInteger, BigInteger> exact, Func<double, int, double> number)
    {
        object? Body(object[] args)
        {
            int decimals = args.Length > 1 ? (int)Math.Clamp((long)args[1], -100, 100) : 0;
            switch (args[0])
            {
                case Exact value:
                    if (decimals >= value.Scale)
                    {
                        return value;
                    }

                    BigInteger step = Exact.Power(value.Scale - decimals);
                    return Exact.FromUnits(exact(value.Units, step) * step, value.Big) ?? throw Casts.Failure($"numeric overflow: ROUND({value}, {decimals})");
                default:
                    double scale = Math.Pow(10, decimals);
                    double scaled = (double)args[0] * scale;
                    return double.IsFinite(scaled) ? number(scaled, decimals) / scale : args[0];
            }
        }

        return
        [
            new([FieldType.Float, I], F, a => Body([Convert.ToDouble(a[0], CultureInfo.InvariantCulture), .. a[1..]])) { Optional = 1, OnlyFor = [FieldType.Integer, FieldType.Float] },
            new([FieldType.Numeric, I], FieldType.Numeric, Body) { Optional = 1 },
            new([FieldType.BigNumeric, I], FieldType.BigNumeric, Body) { Optional = 1 },
        ];
    }
}
