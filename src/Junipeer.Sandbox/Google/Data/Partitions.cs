using System.Globalization;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>Which partition a row belongs to.</summary>
internal static class Partitions
{
    public const string Null = "__NULL__";
    public const string Unpartitioned = "__UNPARTITIONED__";

    /// <summary>The partition's id (20260131, 202601, 2026, 2026013107 or the start of a range); null for a table without partitions.</summary>
    public static string? IdOf(Table table, object?[] row)
    {
        if (table.PartitionField is not { } name)
        {
            return null;
        }

        int column = Field.IndexOf(table.Fields, name);
        return IdOf(table, column < 0 ? null : RowSet.Get(row, column));
    }

    /// <summary>The partition of a value of the partitioning column.</summary>
    public static string IdOf(Table table, object? value)
    {
        if (value is null)
        {
            return Null;
        }

        if (table.RangePartitioning is { } range)
        {
            long number = (long)value;
            return number < range.Start || number >= range.End
                ? Unpartitioned
                : (range.Start + ((number - range.Start) / range.Interval * range.Interval)).ToString(CultureInfo.InvariantCulture);
        }

        DateTime time = value switch
        {
            Instant instant => instant.Utc,
            DateOnly date => date.ToDateTime(TimeOnly.MinValue),
            DateTime dateTime => dateTime,
            _ => throw new DataException("invalid", $"The column {table.PartitionField} cannot partition a table"),
        };
        string format = table.TimePartitioning!.Type switch
        {
            "HOUR" => "yyyyMMddHH",
            "MONTH" => "yyyyMM",
            "YEAR" => "yyyy",
            _ => "yyyyMMdd",
        };
        return time.ToString(format, CultureInfo.InvariantCulture);
    }
}
