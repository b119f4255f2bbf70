using System.Globalization;
using System.Management.Automation;

namespace Junipeer.PowerShell.Arguments;

/// <summary>
/// Lets a TimeSpan parameter take <c>24h</c>, <c>7d</c>, <c>15m</c>, <c>30s</c> besides TimeSpan and its text. A bare number
/// is refused: PowerShell would read it as ticks or, in quotes, as days.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var duration = input switch
        {
            TimeSpan given => given,
            // Unquoted, 7d and 30s are numbers to PowerShell: a decimal and a short. Nobody writes either otherwise.
            decimal days => Times(days, TimeSpan.FromDays(1)),
            short seconds => Times(seconds, TimeSpan.FromSeconds(1)),
            string text => Parse(text.Trim()),
            _ => null,
        };
        return duration is { } d && d >= TimeSpan.Zero
            ? d
            : throw new ArgumentTransformationMetadataException($"'{input}' is not a length of time. Write for example 15m, 24h, 7d or 1.12:00:00.");
    }

    private static TimeSpan? Parse(string text)
    {
        if (text.Length > 1 && UnitOf(char.ToLowerInvariant(text[^1])) is { } unit)
        {
            return decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) ? Times(count, unit) : null;
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
    }

    private static TimeSpan? Times(decimal count, TimeSpan unit) =>
        Math.Abs(count) < (decimal)TimeSpan.MaxValue.TotalDays / (decimal)unit.TotalDays ? (double)count * unit : null;

    private static TimeSpan? UnitOf(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
