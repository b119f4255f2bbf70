using System.Globalization;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Date parts: adding, cutting, counting and reading them.</summary>
internal static class DateMath
{
    private static readonly string[] Clock = ["MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"];
    private static readonly string[] Calendar = ["DAY", "WEEK", "ISOWEEK", "MONTH", "QUARTER", "YEAR"];

    public static void CheckPart(string part, FieldType kind, bool adding, Token at)
    {
        bool known = kind switch
        {
            FieldType.Date => Calendar.Contains(part),
            FieldType.Timestamp when adding => Clock.Contains(part) || part == "DAY",
            _ => Clock.Contains(part) || Calendar.Contains(part),
        };
        if (!known)
        {
            throw at.Error($"A valid date part name is required but found {part}");
        }
    }

    public static object Add(object value, long amount, string part)
    {
        try
        {
            DateTime moved = Move(Moment(value), amount, part);
            return Like(value, moved);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or OverflowException)
        {
            throw Casts.Failure($"Adding {amount} {part} to {ValueText.Of(value)} causes overflow");
        }
    }

    public static object Truncate(object value, string part)
    {
        DateTime at = Moment(value);
        DateTime cut = part switch
        {
            "MICROSECOND" => at,
            "MILLISECOND" => new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerMillisecond)),
            "SECOND" => new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerSecond)),
            "MINUTE" => new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerMinute)),
            "HOUR" => new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerHour)),
            "WEEK" => at.Date.AddDays(-(int)at.DayOfWeek),
            "ISOWEEK" => at.Date.AddDays(-(((int)at.DayOfWeek + 6) % 7)),
            "MONTH" => new DateTime(at.Year, at.Month, 1),
            "QUARTER" => new DateTime(at.Year, ((at.Month - 1) / 3 * 3) + 1, 1),
            "YEAR" => new DateTime(at.Year, 1, 1),
            _ => at.Date,
        };
        return Like(value, cut);
    }

    /// <summary>Timestamps count whole units between them; dates count the borders crossed.</summary>
    public static object Difference(object a, object b, string part)
    {
        DateTime x = Moment(a), y = Moment(b);
        long unit = part switch
        {
            "MICROSECOND" => 10,
            "MILLISECOND" => TimeSpan.TicksPerMillisecond,
            "SECOND" => TimeSpan.TicksPerSecond,
            "MINUTE" => TimeSpan.TicksPerMinute,
            "HOUR" => TimeSpan.TicksPerHour,
            "DAY" => TimeSpan.TicksPerDay,
            _ => 0,
        };
        if (unit > 0)
        {
            return a is Instant ? (x.Ticks - y.Ticks) / unit : (x.Ticks / unit) - (y.Ticks / unit);
        }

        DateTime c = Moment(Truncate(x, part)), d = Moment(Truncate(y, part));
        long months = ((c.Year - d.Year) * 12L) + c.Month - d.Month;
        return part switch
        {
            "MONTH" => months,
            "QUARTER" => months / 3,
            "YEAR" => (long)(c.Year - d.Year),
            _ => (c - d).Days / 7L,
        };
    }

    public static object Extract(object value, string part)
    {
        DateTime at = value is TimeOnly time ? DateTime.MinValue + time.ToTimeSpan() : Moment(value);
        return part switch
        {
            "DATE" => DateOnly.FromDateTime(at),
            "TIME" => TimeOnly.FromDateTime(at),
            "YEAR" => (long)at.Year,
            "QUARTER" => ((at.Month - 1) / 3) + 1L,
            "MONTH" => (long)at.Month,
            "DAY" => (long)at.Day,
            "DAYOFYEAR" => (long)at.DayOfYear,
            "DAYOFWEEK" => (long)at.DayOfWeek + 1,
            "ISOWEEK" => (long)ISOWeek.GetWeekOfYear(at),
            "ISOYEAR" => (long)ISOWeek.GetYear(at),
            "HOUR" => (long)at.Hour,
            "MINUTE" => (long)at.Minute,
            "SECOND" => (long)at.Second,
            "MILLISECOND" => (long)at.Millisecond,
            "MICROSECOND" => at.Ticks % TimeSpan.TicksPerSecond / 10,
            _ => throw Casts.Failure($"A valid date part name is required but found {part}"),
        };
    }

    /// <summary>FORMAT_TIMESTAMP with the plain elements.</summary>
    public static string Format(string format, object value)
    {
        DateTime at = Moment(value);
        System.Text.StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            char code = format[++i];
            if (code == 'E' && string.CompareOrdinal(format, i, "E*S", 0, 3) == 0)
            {
                text.Append(TemporalText.Time(at)[6..]);
                i += 2;
                continue;
            }

            text.Append(code switch
            {
                'Y' => at.ToString("yyyy", CultureInfo.InvariantCulture),
                'y' => at.ToString("yy", CultureInfo.InvariantCulture),
                'm' => at.ToString("MM", CultureInfo.InvariantCulture),
                'd' => at.ToString("dd", CultureInfo.InvariantCulture),
                'H' => at.ToString("HH", CultureInfo.InvariantCulture),
                'M' => at.ToString("mm", CultureInfo.InvariantCulture),
                'S' => at.ToString("ss", CultureInfo.InvariantCulture),
                'F' => TemporalText.Date(at),
                'T' => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                'j' => at.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'a' => at.ToString("ddd", CultureInfo.InvariantCulture),
                'A' => at.ToString("dddd", CultureInfo.InvariantCulture),
                'b' => at.ToString("MMM", CultureInfo.InvariantCulture),
                'B' => at.ToString("MMMM", CultureInfo.InvariantCulture),
                'Z' => "UTC",
                'z' => "+0000",
                '%' => "%",
                _ => throw Casts.Failure($"Format element %{code} is not supported by the simulator"),
            });
        }

        return text.ToString();
    }

    private static DateTime Move(DateTime at, long amount, string part) => part switch
    {
        "MICROSECOND" => at.AddTicks(checked(amount * 10)),
        "MILLISECOND" => at.AddTicks(checked(amount * TimeSpan.TicksPerMillisecond)),
        "SECOND" => at.AddTicks(checked(amount * TimeSpan.TicksPerSecond)),
        "MINUTE" => at.AddTicks(checked(amount * TimeSpan.TicksPerMinute)),
        "HOUR" => at.AddTicks(checked(amount * TimeSpan.TicksPerHour)),
        "WEEK" or "ISOWEEK" => at.AddTicks(checked(amount * 7 * TimeSpan.TicksPerDay)),
        "MONTH" => at.AddMonths(checked((int)amount)),
        "QUARTER" => at.AddMonths(checked((int)amount * 3)),
        "YEAR" => at.AddYears(checked((int)amount)),
        _ => at.AddTicks(checked(amount * TimeSpan.TicksPerDay)),
    };

    private static DateTime Moment(object value) => value switch
    {
        Instant instant => instant.Utc,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        _ => (DateTime)value,
    };

    private static object Like(object sample, DateTime value) => sample switch
    {
        Instant => Instant.From(value),
        DateOnly => DateOnly.FromDateTime(value),
        _ => value,
    };
}
