using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>
/// A NUMERIC (29 digits, 9 decimals) or BIGNUMERIC (38 decimals) value: whole units of the last decimal.
/// </summary>
internal readonly struct Exact : IEquatable<Exact>, IComparable<Exact>
{
    public const int NumericScale = 9;
    public const int BigScale = 38;
    private static readonly BigInteger NumericLimit = BigInteger.Pow(10, 38) - 1;
    private static readonly BigInteger BigMax = BigInteger.Pow(2, 255) - 1;
    private static readonly BigInteger BigMin = -BigInteger.Pow(2, 255);
    private static readonly BigInteger Lift = BigInteger.Pow(10, BigScale - NumericScale);

    private Exact(BigInteger units, bool big)
    {
        Units = units;
        Big = big;
    }

    public BigInteger Units { get; }

    public bool Big { get; }

    public int Scale => Big ? BigScale : NumericScale;

    public int Sign => Units.Sign;

    /// <summary>Null when the value is outside the range of the type.</summary>
    public static Exact? FromUnits(BigInteger units, bool big) =>
        (big ? units <= BigMax && units >= BigMin : BigInteger.Abs(units) <= NumericLimit) ? new Exact(units, big) : null;

    public static Exact FromInteger(long value, bool big = false) => new(value * Power(big ? BigScale : NumericScale), big);

    public static BigInteger Power(int digits) => digits switch
    {
        0 => BigInteger.One,
        NumericScale => 1_000_000_000,
        _ => BigInteger.Pow(10, digits),
    };

    /// <summary>Division that rounds half away from zero (or half to even), the rule of all exact arithmetic.</summary>
    public static BigInteger Divide(BigInteger value, BigInteger by, bool halfEven = false)
    {
        BigInteger whole = BigInteger.DivRem(value, by, out BigInteger rest);
        if (rest.IsZero)
        {
            return whole;
        }

        int half = (BigInteger.Abs(rest) * 2).CompareTo(BigInteger.Abs(by));
        bool up = half > 0 || (half == 0 && (!halfEven || !whole.IsEven));
        return up ? whole + (value.Sign * by.Sign) : whole;
    }

    /// <summary>Reads digits with an optional sign, point and exponent. Decimals beyond the scale are rounded.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, bool big, out Exact value)
    {
        value = default;
        text = text.Trim();
        int at = 0;
        bool negative = false;
        if (at < text.Length && text[at] is '+' or '-')
        {
            negative = text[at++] == '-';
        }

        Span<char> digits = text.Length <= 256 ? stackalloc char[256] : new char[text.Length];
        int count = 0, decimals = 0;
        bool point = false;
        for (; at < text.Length; at++)
        {
            char c = text[at];
            if (c == '.' && !point)
            {
                point = true;
            }
            else if (char.IsAsciiDigit(c))
            {
                digits[count++] = c;
                decimals += point ? 1 : 0;
            }
            else
            {
                break;
            }
        }

        if (count == 0 || !TryExponent(text[at..], out int exponent))
        {
            return false;
        }

        BigInteger units = count <= 18
            ? long.Parse(digits[..count], NumberStyles.None, CultureInfo.InvariantCulture)
            : BigInteger.Parse(digits[..count], NumberStyles.None, CultureInfo.InvariantCulture);
        units = negative ? -units : units;
        int shift = (big ? BigScale : NumericScale) - decimals + exponent;
        if (units.IsZero || shift < -1000)
        {
            value = new Exact(BigInteger.Zero, big);
            return true;
        }

        if (shift > 100)
        {
            return false;
        }

        units = shift >= 0 ? units * Power(shift) : Divide(units, Power(-shift));
        if (FromUnits(units, big) is not { } inRange)
        {
            return false;
        }

        value = inRange;
        return true;
    }

    /// <summary>The same number with the other scale; null if it does not fit.</summary>
    public Exact? To(bool big) => big == Big ? this : FromUnits(big ? Units * Lift : Divide(Units, Lift), big);

    /// <summary>Rounds to fewer decimals; null if the result is out of range.</summary>
    public Exact? Round(int decimals, bool halfEven = false)
    {
        if (decimals >= Scale)
        {
            return this;
        }

        BigInteger step = Power(Math.Min(Scale - decimals, 200));
        return FromUnits(Divide(Units, step, halfEven) * step, Big);
    }

    public double ToDouble() => double.Parse(ToString(), CultureInfo.InvariantCulture);

    public int CompareTo(Exact other) => Big == other.Big ? Units.CompareTo(other.Units) : Lifted.CompareTo(other.Lifted);

    public bool Equals(Exact other) => CompareTo(other) == 0;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Exact other && Equals(other);

    public override int GetHashCode() => Lifted.GetHashCode();

    public override string ToString()
    {
        if (Units.IsZero)
        {
            return "0";
        }

        string digits = BigInteger.Abs(Units).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        string fraction = digits[^Scale..].TrimEnd('0');
        return (Sign < 0 ? "-" : string.Empty) + digits[..^Scale] + (fraction.Length > 0 ? "." + fraction : string.Empty);
    }

    private BigInteger Lifted => Big ? Units : Units * Lift;

    private static bool TryExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        return text.Length == 0 || (text[0] is 'e' or 'E'
            && int.TryParse(text[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && Math.Abs(exponent) < 1000);
    }
}
