using System.Globalization;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>A span of days, both included, as the statements of a commit name it: constants keep other months from being read.</summary>
internal readonly record struct DateSpan(DateOnly From, DateOnly To)
{
    /// <summary>A condition on a table's date column.</summary>
    public string On(string alias) => string.Create(CultureInfo.InvariantCulture, $"{alias}.{BigQueryTypes.RecordDate} BETWEEN DATE '{From:yyyy-MM-dd}' AND DATE '{To:yyyy-MM-dd}'");
}

/// <summary>The months that the records between two commits belong to.</summary>
internal sealed class RecordDates
{
    /// <summary>Every span is a statement a table, each of which is billed for at least 10 MB.</summary>
    public const int MostSpans = 6;

    /// <summary>Tables can be divided by the days from 1960 to 2159; what is outside stands with what has no date.</summary>
    private static readonly DateOnly None = new(1970, 1, 1);

    private readonly SortedSet<int> _months = [];

    /// <summary>The day of an instant in UTC ticks; null for none.</summary>
    public static DateOnly DayOf(long? ticks) =>
        ticks is { } at && DateOnly.FromDateTime(new DateTime(at, DateTimeKind.Utc)) is { Year: >= 1960 and < 2160 } day ? day : None;

    public void Add(DateOnly day) => _months.Add((day.Year * 12) + day.Month - 1);

    public void Clear() => _months.Clear();

    /// <summary>Few spans that cover all months added; those with the smallest gaps between them are joined.</summary>
    /// <param name="leastGap">Spans nearer to each other than so many months are one.</param>
    public IReadOnlyList<DateSpan> Spans(int leastGap = 1)
    {
        List<(int From, int To)> spans = [];
        foreach (var month in _months)
        {
            if (spans.Count > 0 && month - spans[^1].To <= Math.Max(1, leastGap)) spans[^1] = (spans[^1].From, month);
            else spans.Add((month, month));
        }

        while (spans.Count > MostSpans)
        {
            var at = Enumerable.Range(1, spans.Count - 1).MinBy(i => spans[i].From - spans[i - 1].To);
            spans[at - 1] = (spans[at - 1].From, spans[at].To);
            spans.RemoveAt(at);
        }

        return [.. spans.Select(s => new DateSpan(First(s.From), First(s.To + 1).AddDays(-1)))];
    }

    private static DateOnly First(int month) => new(month / 12, (month % 12) + 1, 1);
}
