using System.Globalization;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Search;

/// <summary>
/// An ISO 8601 interval: <c>from/to</c>, <c>from/</c>, <c>/to</c>; a bare date is that day in account time.
/// A lone instant with a time of day is no interval and is not accepted.
/// </summary>
internal readonly record struct Period(long From, long To)
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm",
    ];

    /// <summary>From is inclusive and To exclusive, in UTC milliseconds; null when the text is no interval.</summary>
    public static Period? Parse(string text, AccountTime time, bool utcWithoutOffset, bool inclusiveEnd)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 1)
        {
            return Date(parts[0]) is { } day ? new Period(Midnight(day), Midnight(day + 1)) : null;
        }

        if (parts.Length != 2 || (parts[0].Length == 0 && parts[1].Length == 0))
        {
            return null;
        }

        long? from = parts[0].Length == 0 ? long.MinValue : Instant(parts[0]);
        long? to = parts[1].Length == 0 ? long.MaxValue : Instant(parts[1]);
        return from is null || to is null ? null : new Period(from.Value, inclusiveEnd && to < long.MaxValue ? to.Value + 1 : to.Value);

        long Midnight(int day) => utcWithoutOffset ? AccountTime.MidnightUtc(day) : time.MidnightLocal(day);

        long? Instant(string bound)
        {
            if (Date(bound) is { } day)
            {
                return Midnight(day);
            }

            return ParseInstant(bound, time, utcWithoutOffset);
        }
    }

    public static long? ParseInstant(string text, AccountTime time, bool utcWithoutOffset)
    {
        int t = text.IndexOf('T', StringComparison.Ordinal);
        if (t != 10)
        {
            return null;
        }

        string clock = text;
        int offset = 0;
        bool zoned = true;
        int sign = text.IndexOfAny(['+', '-'], t);
        if (text.EndsWith('Z'))
        {
            clock = text[..^1];
        }
        else if (sign > 0)
        {
            clock = text[..sign];
            string zone = text[(sign + 1)..].Replace(":", string.Empty, StringComparison.Ordinal);
            if (zone.Length == 2)
            {
                zone += "00";
            }

            if (zone.Length != 4 || !int.TryParse(zone, NumberStyles.None, CultureInfo.InvariantCulture, out int hhmm) || hhmm % 100 > 59 || hhmm > 1800)
            {
                return null;
            }

            offset = ((hhmm / 100 * 60) + (hhmm % 100)) * (text[sign] == '-' ? -1 : 1);
        }
        else
        {
            zoned = false;
        }

        if (!DateTime.TryParseExact(clock, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime wall))
        {
            return null;
        }

        long ms = new DateTimeOffset(wall).ToUnixTimeMilliseconds();
        return zoned || utcWithoutOffset ? ms - (offset * 60_000L) : time.FromLocal(ms);
    }

    private static int? Date(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber
            : null;
}
