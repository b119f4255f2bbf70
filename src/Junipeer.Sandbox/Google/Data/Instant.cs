using System.Globalization;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>A TIMESTAMP: microseconds since 1970, UTC.</summary>
internal readonly record struct Instant(long Micros) : IComparable<Instant>
{
    public static readonly Instant Min = From(DateTime.MinValue);
    public static readonly Instant Max = new((DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / 10);

    public DateTime Utc => new(DateTime.UnixEpoch.Ticks + (Micros * 10), DateTimeKind.Unspecified);

    public static Instant From(DateTimeOffset time) => new((time.UtcTicks - DateTime.UnixEpoch.Ticks) / 10);

    public static Instant From(DateTime utc) => new((utc.Ticks - DateTime.UnixEpoch.Ticks) / 10);

    public bool InRange => Micros >= Min.Micros && Micros <= Max.Micros;

    public int CompareTo(Instant other) => Micros.CompareTo(other.Micros);

    /// <summary>As CAST to STRING writes it: 2026-01-31 12:00:00.5+00, with three or six decimals or none.</summary>
    public override string ToString() => TemporalText.Date(Utc) + " " + TemporalText.Time(Utc) + "+00";
}

/// <summary>How dates and times are written.</summary>
internal static class TemporalText
{
    public static string Date(DateTime value) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Date(DateOnly value) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(DateTime value) => value.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(value.Ticks);

    public static string Time(TimeOnly value) => value.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(value.Ticks);

    public static string DateTime(DateTime value) => Date(value) + "T" + Time(value);

    private static string Fraction(long ticks)
    {
        long micros = ticks % TimeSpan.TicksPerSecond / 10;
        return micros == 0 ? string.Empty
            : micros % 1000 == 0 ? "." + (micros / 1000).ToString("000", CultureInfo.InvariantCulture)
            : "." + micros.ToString("000000", CultureInfo.InvariantCulture);
    }
}
