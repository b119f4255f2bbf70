using System.Globalization;

namespace Junipeer.Warehouses;

/// <summary>
/// Instants and dates as every destination stores them: <c>yyyy-MM-ddTHH:mm:ss.fffZ</c>, always UTC and always of one
/// length, so that text order is time order; <c>yyyy-MM-dd</c>. Written by hand because an export formats millions.
/// </summary>
public static class InstantText
{
    /// <summary>Bytes of an instant.</summary>
    public const int Length = 24;

    /// <summary>Bytes of a date.</summary>
    public const int DateLength = 10;

    /// <summary>Writes an instant, cut to milliseconds.</summary>
    /// <param name="utcTicks">100 ns since 0001-01-01, UTC.</param>
    /// <param name="to">At least <see cref="Length"/> bytes.</param>
    public static void Write(long utcTicks, Span<byte> to)
    {
        var instant = new DateTime(utcTicks, DateTimeKind.Utc);
        WriteDay(instant, to);
        to[10] = (byte)'T';
        Two(instant.Hour, to[11..]);
        to[13] = (byte)':';
        Two(instant.Minute, to[14..]);
        to[16] = (byte)':';
        Two(instant.Second, to[17..]);
        to[19] = (byte)'.';
        to[20] = (byte)('0' + (instant.Millisecond / 100));
        Two(instant.Millisecond % 100, to[21..]);
        to[23] = (byte)'Z';
    }

    /// <summary>Writes a date.</summary>
    /// <param name="dayNumber">Days since 0001-01-01.</param>
    /// <param name="to">At least <see cref="DateLength"/> bytes.</param>
    public static void WriteDate(long dayNumber, Span<byte> to) => WriteDay(new DateTime(dayNumber * TimeSpan.TicksPerDay), to);

    /// <summary>The stored form of an instant, cut to milliseconds.</summary>
    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>The stored form with every tick there is: state must read back as it was written.</summary>
    public static string Exact(DateTimeOffset instant) => instant.Ticks % TimeSpan.TicksPerMillisecond == 0
        ? Of(instant)
        : instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    /// <summary>Reads either form.</summary>
    /// <exception cref="FormatException">Neither.</exception>
    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static void WriteDay(DateTime day, Span<byte> to)
    {
        var (year, month, date) = day;
        Two(year / 100, to);
        Two(year % 100, to[2..]);
        to[4] = (byte)'-';
        Two(month, to[5..]);
        to[7] = (byte)'-';
        Two(date, to[8..]);
    }

    private static void Two(int number, Span<byte> to)
    {
        to[0] = (byte)('0' + (number / 10));
        to[1] = (byte)('0' + (number % 10));
    }
}
