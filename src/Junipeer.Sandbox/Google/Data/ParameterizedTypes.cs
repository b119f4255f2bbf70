using System.Text;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>The limits a column adds to its type: NUMERIC(20, 4), STRING(10).</summary>
internal static class ParameterizedTypes
{
    /// <summary>Rounds or checks a value for its column; the message says why it does not fit.</summary>
    public static bool TryFit(Field field, ref object? value, out string message)
    {
        message = string.Empty;
        switch (value)
        {
            case Exact exact when field.Precision is { } precision:
                int scale = field.Scale ?? 0;
                Exact? rounded = exact.Round(scale, field.RoundingMode == "ROUND_HALF_EVEN");
                if (rounded is not { } fits || System.Numerics.BigInteger.Abs(fits.Units) >= Exact.Power(precision - scale + fits.Scale))
                {
                    message = $"{TypeNames.Sql(field.Type)}({precision}{(scale > 0 ? ", " + scale : string.Empty)}) has precision {precision} and scale {scale} but got a value that is not in range: {exact}";
                    return false;
                }

                value = fits;
                return true;
            case string text when field.MaxLength is { } max && text.EnumerateRunes().Count() > max:
                message = $"STRING({max}) has maximum length {max} but got a value with length {text.EnumerateRunes().Count()}";
                return false;
            case byte[] bytes when field.MaxLength is { } max && bytes.Length > max:
                message = $"BYTES({max}) has maximum length {max} but got a value with length {bytes.Length}";
                return false;
            default:
                return true;
        }
    }
}
