using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Junipeer.Records;

/// <summary>Reads the systems' timestamps: ISO 8601 with an offset, as UTC ticks, never through local time.</summary>
internal static class Instants
{
    private const long NearNow = 5 * TimeSpan.TicksPerMinute;

    /// <summary>
    /// Reads <c>2026-03-02T10:39:46.000-06:00</c>, with or without a fraction, <c>Z</c> or an offset with or without a colon.
    /// A timestamp without an offset is refused: nothing says which zone it means.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long utcTicks, out long offsetTicks)
    {
        utcTicks = offsetTicks = 0;
        if (text.Length < 17 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return false;
        if (!Digits(text[..4], out var year) || !Digits(text.Slice(5, 2), out var month) || !Digits(text.Slice(8, 2), out var day) ||
            !Digits(text.Slice(11, 2), out var hour) || !Digits(text.Slice(14, 2), out var minute)) return false;
        var at = 16;
        var second = 0;
        long fraction = 0;
        if (at < text.Length && text[at] == ':')
        {
            if (text.Length < at + 3 || !Digits(text.Slice(at + 1, 2), out second)) return false;
            at += 3;
            if (at < text.Length && (text[at] == '.' || text[at] == ','))
            {
                at++;
                long unit = TimeSpan.TicksPerSecond;
                var begin = at;
                for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
                {
                    unit /= 10;
                    fraction += (text[at] - '0') * unit;
                }

                if (at == begin) return false;
            }
        }

        if (at >= text.Length || !Offset(text[at..], out offsetTicks)) return false;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        utcTicks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + fraction - offsetTicks;
        return utcTicks >= 0 && utcTicks <= DateTime.MaxValue.Ticks;
    }

    /// <summary>
    /// The calendar date behind a date-only field. Brightpearl shows some as midnight UTC in the account's offset (the evening
    /// before) and others as midnight of the account: an instant at midnight UTC gives the UTC date, else one at midnight in
    /// its own offset gives that date; anything else is no date.
    /// </summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out int dayNumber)
    {
        dayNumber = 0;
        if (text.Length == 10)
        {
            if (!Utf8Parser.TryParse(text[..4], out int y, out var used) || used != 4 || text[4] != '-' || text[7] != '-' ||
                !Digits(text.Slice(5, 2), out var m) || !Digits(text.Slice(8, 2), out var d)) return false;
            if (y is < 1 or > 9999 || m is < 1 or > 12 || d < 1 || d > DateTime.DaysInMonth(y, m)) return false;
            dayNumber = new DateOnly(y, m, d).DayNumber;
            return true;
        }

        if (!TryParse(text, out var utc, out var offset)) return false;
        if (utc % TimeSpan.TicksPerDay == 0) dayNumber = (int)(utc / TimeSpan.TicksPerDay);
        else if ((utc + offset) % TimeSpan.TicksPerDay == 0) dayNumber = (int)((utc + offset) / TimeSpan.TicksPerDay);
        else return false;
        return true;
    }

    /// <summary>
    /// A contact that never changed shows the time of the request as its change date: recent, and with a fraction of a second
    /// that stored dates do not have.
    /// </summary>
    public static bool IsTimeOfRequest(long utcTicks, DateTimeOffset receivedAt) =>
        Math.Abs(utcTicks - receivedAt.UtcTicks) < NearNow && utcTicks % TimeSpan.TicksPerSecond != 0;

    /// <summary>True when one of the properties holds an instant within two seconds of the answer, on a whole second.</summary>
    public static bool MayBeTimeOfRequest(ReadOnlySpan<byte> documents, IReadOnlyList<string> properties, DateTimeOffset receivedAt)
    {
        foreach (var property in properties)
        {
            ReadOnlySpan<byte> name = Encoding.UTF8.GetBytes($"\"{property}\"");
            for (var rest = documents; rest.IndexOf(name) is >= 0 and var at;)
            {
                rest = rest[(at + name.Length)..];
                var value = rest.TrimStart(" \t\r\n:"u8);
                if (value.IsEmpty || value[0] != '"' || value[1..].IndexOf((byte)'"') is not (> 0 and var length)) continue;
                if (TryParse(value.Slice(1, length), out var ticks, out _) && ticks % TimeSpan.TicksPerSecond == 0 && Math.Abs(ticks - receivedAt.UtcTicks) < 2 * TimeSpan.TicksPerSecond) return true;
            }
        }

        return false;
    }

    /// <summary>As a PERIOD filter wants it: UTC with <c>Z</c>, milliseconds.</summary>
    public static string ToIso(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Convenience for texts.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (!TryParse(Encoding.UTF8.GetBytes(text), out var ticks, out _)) return false;
        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool Offset(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length == 1 && (text[0] == 'Z' || text[0] == 'z')) return true;
        if (text[0] != '+' && text[0] != '-') return false;
        var minutes = 0;
        if (text.Length == 6 && text[3] == ':')
        {
            if (!Digits(text.Slice(4, 2), out minutes)) return false;
        }
        else if (text.Length == 5)
        {
            if (!Digits(text.Slice(3, 2), out minutes)) return false;
        }
        else if (text.Length != 3)
        {
            return false;
        }

        if (!Digits(text.Slice(1, 2), out var hours) || minutes > 59) return false;
        ticks = ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute;

        // No zone is farther from UTC, and a DateTimeOffset cannot be either.
        if (ticks > 14 * TimeSpan.TicksPerHour) return false;
        if (text[0] == '-') ticks = -ticks;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
