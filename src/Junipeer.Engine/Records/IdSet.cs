using System.Globalization;
using System.Text;

namespace Junipeer.Records;

/// <summary>
/// A set of ids as ascending closed ranges, written the way Brightpearl writes it: <c>1-3,7,12-40</c>
/// (https://help.brightpearl.com/hc/en-us/articles/211125046-IDs-ID-sets). A million ids with holes take some tens of
/// thousands of ranges, so the listing of a whole account fits in memory and in a bookmark. Immutable.
/// </summary>
public sealed class IdSet : IEquatable<IdSet>
{
    private readonly (long First, long Last)[] _ranges;

    private IdSet((long First, long Last)[] ranges)
    {
        _ranges = ranges;
        foreach (var (first, last) in ranges) Count += last - first + 1;
    }

    /// <summary>No ids.</summary>
    public static IdSet Empty { get; } = new([]);

    /// <summary>How many ids.</summary>
    public long Count { get; }

    /// <summary>The ranges, ascending, neither touching nor overlapping.</summary>
    public IReadOnlyList<(long First, long Last)> Ranges => _ranges;

    /// <summary>The highest id; null when empty.</summary>
    public long? Max => _ranges.Length == 0 ? null : _ranges[^1].Last;

    /// <summary>The lowest id; null when empty.</summary>
    public long? Min => _ranges.Length == 0 ? null : _ranges[0].First;

    /// <summary>The set of these ids, in any order, repeats allowed.</summary>
    public static IdSet Of(IEnumerable<long> ids) => OfRanges(ids.Select(id => (id, id)));

    /// <summary>The set of these ids.</summary>
    public static IdSet Of(params long[] ids) => Of((IEnumerable<long>)ids);

    /// <summary>The set of these closed ranges, in any order, overlaps allowed.</summary>
    public static IdSet OfRanges(IEnumerable<(long First, long Last)> ranges)
    {
        var sorted = ranges.ToArray();
        if (sorted.Length == 0) return Empty;
        if (!IsAscending(sorted)) Array.Sort(sorted, static (a, b) => a.First.CompareTo(b.First));
        var merged = new List<(long First, long Last)>(sorted.Length) { sorted[0] };
        foreach (var next in sorted.AsSpan(1))
        {
            var (first, last) = merged[^1];
            if (next.First <= last || next.First == last + 1) merged[^1] = (first, Math.Max(last, next.Last));
            else merged.Add(next);
        }

        return new IdSet(merged.ToArray());
    }

    /// <summary>Reads <c>5</c>, <c>1-10</c>, <c>1,2,5-7</c>; order and repeats do not matter, white space is skipped.</summary>
    /// <exception cref="FormatException">Not an id set; the message says which part.</exception>
    public static IdSet Parse(string text) =>
        TryParse(text, out var set, out var wrong) ? set : throw new FormatException($"'{wrong}' is not an id or an ascending range of ids.");

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    public static bool TryParse(string text, out IdSet set, out string? wrong)
    {
        var ranges = new List<(long, long)>();
        set = Empty;
        foreach (var part in text.Split([',', '.'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            wrong = part;
            var dash = part.IndexOf('-');
            if (!TryId(dash < 0 ? part : part[..dash], out var first)) return false;
            var last = first;
            if (dash >= 0 && !TryId(part[(dash + 1)..], out last)) return false;
            if (last < first) return false;
            ranges.Add((first, last));
        }

        wrong = null;
        set = OfRanges(ranges);
        return true;
    }

    /// <summary>True when the id is in the set.</summary>
    public bool Contains(long id) => IndexOf(id) >= 0;

    /// <summary>All ids of both.</summary>
    public IdSet Union(IdSet other) => other.Count == 0 ? this : Count == 0 ? other : OfRanges(_ranges.Concat(other._ranges));

    /// <summary>The ids of this set that the other lacks.</summary>
    public IdSet Except(IdSet other)
    {
        if (Count == 0 || other.Count == 0) return this;
        var left = new List<(long, long)>();
        var i = 0;
        foreach (var (first, last) in _ranges)
        {
            var from = first;
            var isUsedUp = false;
            while (i < other._ranges.Length && other._ranges[i].Last < from) i++;
            for (var j = i; j < other._ranges.Length && other._ranges[j].First <= last; j++)
            {
                if (other._ranges[j].First > from) left.Add((from, other._ranges[j].First - 1));
                isUsedUp = other._ranges[j].Last >= last;
                if (isUsedUp) break;
                from = other._ranges[j].Last + 1;
            }

            if (!isUsedUp) left.Add((from, last));
        }

        return new IdSet(left.ToArray());
    }

    /// <summary>The ids both have.</summary>
    public IdSet Intersect(IdSet other) => Except(Except(other));

    /// <summary>Every id, ascending.</summary>
    public IEnumerable<long> Enumerate()
    {
        foreach (var (first, last) in _ranges)
        {
            for (var id = first; id < last; id++) yield return id;
            yield return last;
        }
    }

    /// <summary>Parts of at most <paramref name="size"/> ids each, ascending: the slices of a pass.</summary>
    public IReadOnlyList<IdSet> Chunk(long size)
    {
        var chunks = new List<IdSet>();
        var open = new List<(long, long)>();
        var room = size;
        foreach (var (first, last) in _ranges)
        {
            for (var from = first; ;)
            {
                var to = from + Math.Min(room - 1, last - from);
                open.Add((from, to));
                room -= to - from + 1;
                if (room == 0)
                {
                    chunks.Add(new IdSet(open.ToArray()));
                    open.Clear();
                    room = size;
                }

                if (to == last) break;
                from = to + 1;
            }
        }

        if (open.Count > 0) chunks.Add(new IdSet(open.ToArray()));
        return chunks;
    }

    /// <summary>The lower and the upper half, for closing in on a bad id.</summary>
    public (IdSet Lower, IdSet Upper) Halve()
    {
        var halves = Chunk((Count + 1) / 2);
        return (halves[0], halves.Count > 1 ? halves[1] : Empty);
    }

    /// <summary>Brightpearl's notation, ascending; empty text for no ids.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (first, last) in _ranges)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first) text.Append(CultureInfo.InvariantCulture, $"-{last}");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(IdSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IdSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_ranges.Length, Count, Min, Max);

    private static bool IsAscending((long First, long Last)[] ranges)
    {
        for (var i = 1; i < ranges.Length; i++)
        {
            if (ranges[i].First < ranges[i - 1].First) return false;
        }

        return true;
    }

    private static bool TryId(string text, out long id) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private int IndexOf(long id)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (id < _ranges[middle].First) high = middle - 1;
            else if (id > _ranges[middle].Last) low = middle + 1;
            else return middle;
        }

        return -1;
    }
}
