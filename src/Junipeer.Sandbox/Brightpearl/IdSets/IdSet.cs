using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.IdSets;

/// <summary>
/// A set of ids as written in paths and IDSET filters: <c>8</c>, <c>10-20</c>, <c>1-10,12,15-17</c>; joined with
/// <c>.</c> in any order; <c>*</c> for all (https://help.brightpearl.com/hc/en-us/articles/211125046-IDs-ID-sets).
/// </summary>
internal sealed class IdSet
{
    public static readonly IdSet All = new([], true);
    private readonly (long From, long To)[] _sorted;

    private IdSet((long From, long To)[] ranges, bool isAll)
    {
        Ranges = ranges;
        IsAll = isAll;
        _sorted = [.. ranges.OrderBy(r => r.From)];
        foreach ((long from, long to) in ranges)
        {
            Size += to - from + 1;
        }
    }

    public bool IsAll { get; }

    public (long From, long To)[] Ranges { get; }

    /// <summary>Ranges in ascending order.</summary>
    public (long From, long To)[] Sorted => _sorted;

    public long Size { get; }

    /// <summary>Reads a set; null when it is no set at all. Order is checked by <see cref="RequireAscending"/>.</summary>
    public static IdSet? Parse(string text)
    {
        if (text == "*")
        {
            return All;
        }

        List<(long, long)> ranges = [];
        foreach (string part in text.Split(',', '.'))
        {
            int dash = part.IndexOf('-', StringComparison.Ordinal);
            if (dash < 0 ? !Number(part, out long from) : !Number(part[..dash], out from))
            {
                return null;
            }

            long to = from;
            if (dash >= 0 && !Number(part[(dash + 1)..], out to))
            {
                return null;
            }

            ranges.Add((from, to));
        }

        return new IdSet([.. ranges], false) { IsUnordered = text.Contains('.', StringComparison.Ordinal) };
    }

    /// <summary>True for a list joined with dots.</summary>
    public bool IsUnordered { get; private init; }

    public bool Contains(long id)
    {
        if (IsAll)
        {
            return true;
        }

        int low = 0, high = _sorted.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (id < _sorted[middle].From)
            {
                high = middle - 1;
            }
            else if (id > _sorted[middle].To)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public IEnumerable<long> Ids() => _sorted.SelectMany(r => Span(r.From, r.To)).Distinct();

    /// <summary>Ranges must ascend; so must an ordered list.</summary>
    public void RequireAscending()
    {
        foreach ((long from, long to) in Ranges)
        {
            if (to < from)
            {
                throw new ApiException(400, "CMNC-008", $"The ID range {from}-{to} is not in ascending order");
            }
        }

        if (IsUnordered)
        {
            return;
        }

        for (int i = 1; i < Ranges.Length; i++)
        {
            if (Ranges[i].From <= Ranges[i - 1].To)
            {
                throw new ApiException(400, "CMNC-006", $"The IDs of an ordered ID set must ascend: {Ranges[i].From} follows {Ranges[i - 1].To}");
            }
        }
    }

    /// <summary>Ascending ids as a compressed list: <c>1-3,7,12-40</c>.</summary>
    public static string Compress(IReadOnlyList<int> ids)
    {
        System.Text.StringBuilder text = new();
        for (int i = 0; i < ids.Count;)
        {
            int end = i;
            while (end + 1 < ids.Count && ids[end + 1] == ids[end] + 1)
            {
                end++;
            }

            text.Append(text.Length > 0 ? "," : string.Empty).Append(ids[i]);
            if (end > i)
            {
                text.Append('-').Append(ids[end]);
            }

            i = end + 1;
        }

        return text.ToString();
    }

    private static IEnumerable<long> Span(long from, long to)
    {
        for (long id = from; id <= to; id++)
        {
            yield return id;
        }
    }

    private static bool Number(string text, out long value) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value) && value <= int.MaxValue;
}
