using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Conversions between types: which happen by themselves, which need CAST, and how values change.</summary>
internal static class Casts
{
    /// <summary>Whether a value of one type is taken where another is wanted.</summary>
    public static bool Implicit(SqlType from, SqlType to, bool bends)
    {
        if (from.Same(to) || (from.Kind is null && (!from.Array || to.Array)))
        {
            return true;
        }

        // The items of an array literal bend as they would alone.
        if (from.Array && to.Array && bends)
        {
            return Implicit(from.Element, to.Element, bends);
        }

        if (from.Array || to.Array || to.Kind is null)
        {
            return false;
        }

        return (from.Kind, to.Kind) switch
        {
            (FieldType.Integer, FieldType.Numeric or FieldType.BigNumeric or FieldType.Float) => true,
            (FieldType.Numeric, FieldType.BigNumeric or FieldType.Float) => true,
            (FieldType.BigNumeric, FieldType.Float) => true,
            (FieldType.Date, FieldType.DateTime) => true,
            (FieldType.String, FieldType.Date or FieldType.Timestamp or FieldType.DateTime or FieldType.Time) => bends,
            (FieldType.Float, FieldType.Numeric or FieldType.BigNumeric) => bends,
            _ => false,
        };
    }

    /// <summary>The type both can become without a CAST.</summary>
    public static SqlType? Common(Bound a, Bound b)
    {
        // A literal bends to a column before the column is widened to the literal.
        if (b.Bends && !a.Bends)
        {
            (a, b) = (b, a);
        }

        return Implicit(a.Type, b.Type, a.Bends) ? b.Type : Implicit(b.Type, a.Type, b.Bends) ? a.Type : null;
    }

    /// <summary>A number of type FLOAT64 as CAST to STRING and messages write it.</summary>
    public static string FloatText(double number) => double.IsNaN(number) ? "nan"
        : double.IsInfinity(number) ? (number > 0 ? "inf" : "-inf")
        : number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    public static bool Explicit(FieldType from, FieldType to) => from == to || (from, to) switch
    {
        (FieldType.Record, _) or (_, FieldType.Record) => false,
        (FieldType.Json, _) or (_, FieldType.Json) => false,
        (_, FieldType.String) or (FieldType.String, _) => true,
        (FieldType.Integer or FieldType.Float or FieldType.Numeric or FieldType.BigNumeric, FieldType.Integer or FieldType.Float or FieldType.Numeric or FieldType.BigNumeric) => true,
        (FieldType.Boolean, FieldType.Integer) or (FieldType.Integer, FieldType.Boolean) => true,
        (FieldType.Date or FieldType.DateTime or FieldType.Timestamp, FieldType.Date or FieldType.DateTime or FieldType.Timestamp) => true,
        (FieldType.DateTime or FieldType.Timestamp, FieldType.Time) => true,
        _ => false,
    };

    /// <summary>Changes a value; a value that cannot be one of the new type is an error.</summary>
    public static object? Convert(object? value, FieldType to) => value switch
    {
        null => null,
        string text => FromText(text, to),
        _ => to switch
        {
            FieldType.String => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value is double number ? FloatText(number) : ValueText.Of(value),
            FieldType.Integer => ToInteger(value),
            FieldType.Float => value is Exact exact ? exact.ToDouble() : value is long whole ? (double)whole : value,
            FieldType.Numeric or FieldType.BigNumeric => ToExact(value, to == FieldType.BigNumeric),
            FieldType.Boolean => value is long integer ? integer != 0 : value,
            FieldType.Date => value is DateOnly ? value : DateOnly.FromDateTime(Moment(value)),
            FieldType.DateTime => Moment(value),
            FieldType.Timestamp => value is Instant ? value : Instant.From(Moment(value)),
            FieldType.Time => value is TimeOnly ? value : TimeOnly.FromDateTime(Moment(value)),
            _ => value,
        },
    };

    public static Exact ToExact(object value, bool big)
    {
        Exact? made = value switch
        {
            Exact exact => exact.To(big),
            long whole => Exact.FromInteger(whole, big),
            double number => double.IsFinite(number) && Exact.TryParse(number.ToString("R", CultureInfo.InvariantCulture), big, out Exact parsed) ? parsed : null,
            _ => null,
        };
        return made ?? throw Failure($"{(big ? "BIGNUMERIC" : "NUMERIC")} out of range: {ValueText.Of(value)}");
    }

    public static SqlException Failure(string message) => new("invalidQuery", message);

    /// <summary>The text of TO_JSON_STRING.</summary>
    public static string ToJson(object? value, SqlType type)
    {
        if (value is null)
        {
            return type.Array ? "[]" : "null";
        }

        if (type.Array)
        {
            return "[" + string.Join(',', ((IReadOnlyList<object?>)value).Select(v => ToJson(v, type.Element))) + "]";
        }

        return value switch
        {
            object?[] record => "{" + string.Join(',', type.Fields.Select((f, i) => Quoted(f.Name) + ":" + ToJson(RowSet.Get(record, i), SqlType.Of(f)))) + "}",
            bool or JsonText => ValueText.Of(value),
            long whole => Math.Abs((decimal)whole) <= 1L << 53 ? ValueText.Of(whole) : Quoted(ValueText.Of(whole)),
            double number => double.IsFinite(number) ? FloatText(number) : Quoted(ValueText.Of(number)),
            Exact exact => exact.ToString(),
            byte[] bytes => Quoted(System.Convert.ToBase64String(bytes)),
            Instant instant => Quoted(TemporalText.DateTime(instant.Utc) + "Z"),
            DateTime time => Quoted(TemporalText.DateTime(time)),
            _ => Quoted(ValueText.Of(value)),
        };
    }

    private static string Quoted(string text) => JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) is var encoded ? "\"" + encoded + "\"" : string.Empty;

    private static object FromText(string text, FieldType to) => to == FieldType.Bytes ? Encoding.UTF8.GetBytes(text)
        : to == FieldType.Boolean ? text.ToLowerInvariant() switch { "true" => true, "false" => false, _ => throw Failure($"Bad bool value: {text}") }
        : ValueParser.Parse(to, text.Trim()) ?? throw Failure(to switch
        {
            FieldType.Integer => $"Bad int64 value: {text}",
            FieldType.Float => $"Bad double value: {text}",
            FieldType.Numeric => $"Invalid NUMERIC value: {text}",
            FieldType.BigNumeric => $"Invalid BIGNUMERIC value: {text}",
            _ => $"Invalid {TypeNames.Sql(to).ToLowerInvariant()}: '{text}'",
        });

    private static object ToInteger(object value)
    {
        switch (value)
        {
            case bool flag:
                return flag ? 1L : 0L;
            case Exact exact:
                BigInteger units = Exact.Divide(exact.Units, Exact.Power(exact.Scale));
                return units >= long.MinValue && units <= long.MaxValue ? (long)units : throw Failure($"int64 out of range: {exact}");
            case double number:
                double rounded = Math.Round(number, MidpointRounding.AwayFromZero);
                return rounded is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)rounded : throw Failure($"Illegal conversion of non-finite or out of range floating point value to int64: {ValueText.Of(number)}");
            default:
                return value;
        }
    }

    private static DateTime Moment(object value) => value switch
    {
        Instant instant => instant.Utc,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        _ => (DateTime)value,
    };
}
