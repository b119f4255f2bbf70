namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>
/// The account's time zone. Instants are stored as UTC milliseconds and shown as ISO 8601 with milliseconds and the
/// account's offset, daylight saving included (https://help.brightpearl.com/hc/en-us/articles/212645043).
/// </summary>
internal sealed class AccountTime
{
    private const long DayMs = 86_400_000;
    private readonly long[] _from;
    private readonly int[] _offsetMinutes;

    public AccountTime(TimeZoneInfo zone)
    {
        Zone = zone;
        List<long> from = [long.MinValue];
        List<int> offsets = [];
        DateTime day = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        int current = Minutes(day);
        offsets.Add(current);
        for (; day.Year < 2060; day = day.AddDays(1))
        {
            if (Minutes(day.AddDays(1)) == current)
            {
                continue;
            }

            DateTime low = day, high = day.AddDays(1);
            while (high - low > TimeSpan.FromSeconds(1))
            {
                DateTime middle = low + ((high - low) / 2);
                _ = Minutes(middle) == current ? low = middle : high = middle;
            }

            high = new DateTime((high.Ticks + (TimeSpan.TicksPerMinute / 2)) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc);
            current = Minutes(day.AddDays(1));
            from.Add(new DateTimeOffset(high).ToUnixTimeMilliseconds());
            offsets.Add(current);
        }

        _from = [.. from];
        _offsetMinutes = [.. offsets];

        int Minutes(DateTime utc) => (int)zone.GetUtcOffset(utc).TotalMinutes;
    }

    public TimeZoneInfo Zone { get; }

    /// <summary>The instants at which the clocks change, between two instants.</summary>
    public IEnumerable<long> Transitions(long from, long to) => _from.Where(t => t > from && t < to);

    public int OffsetMinutes(long utcMs)
    {
        int at = Array.BinarySearch(_from, utcMs);
        return _offsetMinutes[at >= 0 ? at : ~at - 1];
    }

    /// <summary>The instant of a wall-clock time of the account (an ambiguous time is the earlier instant).</summary>
    public long FromLocal(long localMs)
    {
        long early = localMs - (OffsetMinutes(localMs - DayMs) * 60_000L);
        if (early + (OffsetMinutes(early) * 60_000L) == localMs)
        {
            return early;
        }

        return localMs - (OffsetMinutes(localMs + DayMs) * 60_000L);
    }

    /// <summary>Day number (since 1970) of an instant in account time.</summary>
    public int DayOf(long utcMs) => (int)Math.Floor((utcMs + (OffsetMinutes(utcMs) * 60_000L)) / (double)DayMs);

    public long MidnightLocal(int day) => FromLocal(day * DayMs);

    public static long MidnightUtc(int day) => day * DayMs;

    public string Format(long utcMs)
    {
        Span<char> text = stackalloc char[29];
        Format(utcMs, text);
        return new string(text);
    }

    /// <summary>Writes <c>2026-03-02T10:39:46.000-06:00</c>, always 29 characters.</summary>
    public void Format(long utcMs, Span<char> text)
    {
        int offset = OffsetMinutes(utcMs);
        DateTime local = DateTime.UnixEpoch.AddMilliseconds(utcMs + (offset * 60_000L));
        local.TryFormat(text, out _, "yyyy-MM-ddTHH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);
        text[23] = offset < 0 ? '-' : '+';
        offset = Math.Abs(offset);
        text[24] = (char)('0' + (offset / 600));
        text[25] = (char)('0' + (offset / 60 % 10));
        text[26] = ':';
        text[27] = (char)('0' + (offset % 60 / 10));
        text[28] = (char)('0' + (offset % 10));
    }
}
