using System.Globalization;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>Reads what begins with a digit or a sign in a filter: numbers, GUIDs, instants.</summary>
internal static class Literals
{
    public static Expression Read(string token)
    {
        if (int.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole))
        {
            return Expression.Constant(EdmType.Int32, Box.Of(whole));
        }

        if (long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long big))
        {
            return Expression.Constant(EdmType.Int64, big);
        }

        if (decimal.TryParse(token, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return Expression.Constant(EdmType.Decimal, number);
        }

        if (Guid.TryParse(token, out Guid guid))
        {
            return Expression.Constant(EdmType.Guid, guid);
        }

        bool instant = token.Length > 16 && token[10] == 'T' && (token[^1] == 'Z' || token[^6] is '+' or '-');
        return instant && DateTimeOffset.TryParse(token, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset at)
            ? Expression.Constant(EdmType.DateTimeOffset, at.UtcDateTime)
            : throw NorceException.Bad($"The query specified in the URI is not valid. Unrecognized '{token}' in $filter; an instant is written 2026-03-01T08:00:00Z, without quotes.");
    }
}
