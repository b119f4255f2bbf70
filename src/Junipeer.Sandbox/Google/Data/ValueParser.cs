using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>Reads the text of a value; null means that it is not one of the type.</summary>
internal static partial class ValueParser
{
    public static object? Parse(FieldType type, string text) => type switch
    {
        FieldType.String => text,
        FieldType.Bytes => Base64(text),
        FieldType.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null,
        FieldType.Float => Float(text),
        FieldType.Numeric or FieldType.BigNumeric => Exact.TryParse(text, type == FieldType.BigNumeric, out Exact exact) ? exact : null,
        FieldType.Boolean => Boolean(text),
        FieldType.Timestamp => Timestamp(text),
        FieldType.Date => Date(text),
        FieldType.Time => Time(text),
        FieldType.DateTime => DateTimeOf(text),
        FieldType.Json => Json(text),
        _ => null,
    };

    public static object? Float(string text)
    {
        switch (text.Trim().ToLowerInvariant())
        {
            case "nan":
                return double.NaN;
            case "inf" or "+inf" or "infinity" or "+infinity":
                return double.PositiveInfinity;
            case "-inf" or "-infinity":
                return double.NegativeInfinity;
            default:
                return double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;
        }
    }

    public static object? Date(string text) =>
        DateShape().Match(text) is { Success: true } match && TryDate(match, out DateTime date) ? DateOnly.FromDateTime(date) : null;

    public static object? Time(string text) =>
        TimeShape().Match(text) is { Success: true } match && TryTime(match, out TimeSpan time) ? TimeOnly.FromTimeSpan(time) : null;

    public static object? DateTimeOf(string text)
    {
        Match match = MomentShape().Match(text);
        return match.Success && !match.Groups["zone"].Success && TryDate(match, out DateTime date) && TryTime(match, out TimeSpan time) ? date + time : null;
    }

    /// <summary>A time without a zone is UTC.</summary>
    public static object? Timestamp(string text)
    {
        Match match = MomentShape().Match(text);
        if (!match.Success || !TryDate(match, out DateTime date) || !TryTime(match, out TimeSpan time))
        {
            return null;
        }

        long ticks = date.Ticks + time.Ticks;
        if (match.Groups["hours"].Success)
        {
            int hours = int.Parse(match.Groups["hours"].Value, CultureInfo.InvariantCulture);
            int minutes = match.Groups["minutes"].Success ? int.Parse(match.Groups["minutes"].Value, CultureInfo.InvariantCulture) : 0;
            if (hours > 14 || minutes > 59)
            {
                return null;
            }

            long offset = new TimeSpan(hours, minutes, 0).Ticks;
            ticks += match.Groups["sign"].Value == "-" ? offset : -offset;
        }

        Instant instant = new((ticks - DateTime.UnixEpoch.Ticks) / 10);
        return instant.InRange ? instant : null;
    }

    private static bool TryDate(Match match, out DateTime date)
    {
        int year = int.Parse(match.Groups["y"].Value, CultureInfo.InvariantCulture);
        int month = int.Parse(match.Groups["m"].Value, CultureInfo.InvariantCulture);
        int day = int.Parse(match.Groups["d"].Value, CultureInfo.InvariantCulture);
        bool valid = year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        date = valid ? new DateTime(year, month, day) : default;
        return valid;
    }

    private static bool TryTime(Match match, out TimeSpan time)
    {
        time = default;
        if (!match.Groups["h"].Success)
        {
            return true;
        }

        int hour = int.Parse(match.Groups["h"].Value, CultureInfo.InvariantCulture);
        int minute = int.Parse(match.Groups["min"].Value, CultureInfo.InvariantCulture);
        int second = match.Groups["s"].Success ? int.Parse(match.Groups["s"].Value, CultureInfo.InvariantCulture) : 0;
        if (hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        long micros = match.Groups["f"].Success ? long.Parse(match.Groups["f"].Value.PadRight(6, '0'), CultureInfo.InvariantCulture) : 0;
        time = new TimeSpan(hour, minute, second) + TimeSpan.FromTicks(micros * 10);
        return true;
    }

    private static object? Boolean(string text) => text.ToLowerInvariant() switch
    {
        "true" or "t" or "yes" or "y" or "1" => true,
        "false" or "f" or "no" or "n" or "0" => false,
        _ => null,
    };

    private static byte[]? Base64(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        return Convert.TryFromBase64String(text, bytes, out int written) ? bytes[..written] : null;
    }

    private static JsonText? Json(string text)
    {
        try
        {
            return JsonText.Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^\s*(?<y>\d{4})[-/](?<m>\d{1,2})[-/](?<d>\d{1,2})(?:(?:[Tt]|\s+)(?<h>\d{1,2}):(?<min>\d{1,2})(?::(?<s>\d{1,2})(?:\.(?<f>\d{1,6}))?)?)?(?<zone>\s*(?:[Zz]|UTC|(?<sign>[+-])(?<hours>\d{1,2})(?::?(?<minutes>\d{2}))?))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex MomentShape();

    [GeneratedRegex(@"^\s*(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex DateShape();

    [GeneratedRegex(@"^\s*(?<h>\d{1,2}):(?<min>\d{1,2}):(?<s>\d{1,2})(?:\.(?<f>\d{1,6}))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex TimeShape();
}
