using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Brightpearl;

/// <summary>
/// Reads a search page by page, so that no row is missed while others come and go. Where closed id ranges can be filtered by,
/// each page begins behind the last id of the one before (keyset). Elsewhere pages overlap by one row: when the overlapped
/// row is not there, rows before it were deleted and the walk steps back until it meets known ground.
/// </summary>
internal sealed class SearchPager(BrightpearlClient client, RequestLedger ledger, IOperationSink sink)
{
    /// <summary>Rows per page, the most the server gives.</summary>
    public const int PageSize = 500;

    /// <summary>Reads on from a position, or from the start.</summary>
    /// <param name="search">What to search.</param>
    /// <param name="filter">Filters as they stand in the query, or null.</param>
    /// <param name="identifying">Columns that identify a row, the search's id first or last.</param>
    /// <param name="columns">Which columns; null for all.</param>
    /// <param name="descending">Newest first; never keyset.</param>
    /// <param name="position">Where to go on, as an earlier page's <see cref="SearchAnswer"/> said.</param>
    /// <param name="stop">Ends the wait.</param>
    public async IAsyncEnumerable<(SearchAnswer Answer, string Position)> ReadAsync(
        SearchDefinition search,
        string? filter,
        IReadOnlyList<string> identifying,
        string? columns,
        bool descending,
        string? position,
        [EnumeratorCancellation] CancellationToken stop)
    {
        // A filter by the same id leaves no room for the range of a page: a parameter may be sent once only.
        var keyset = search.Keyset && !descending && search.DumpSort is null && identifying is [var only] && only == search.Id &&
            filter?.Split('&').Any(f => f.StartsWith(search.Id + "=", StringComparison.Ordinal)) != true;
        if (keyset)
        {
            await foreach (var page in KeysetAsync(search, filter, columns, position, stop).ConfigureAwait(false)) yield return page;
        }
        else
        {
            await foreach (var page in OverlapAsync(search, filter, identifying, columns, descending, position, stop).ConfigureAwait(false)) yield return page;
        }
    }

    /// <summary>One page.</summary>
    public Task<SearchAnswer> PageAsync(
        SearchDefinition search, string? filter, IReadOnlyList<string> identifying, string? columns, string sort, int pageSize, long firstResult, CancellationToken stop)
    {
        var path = new StringBuilder(search.Path).Append('?');
        if (!string.IsNullOrEmpty(filter)) path.Append(filter).Append('&');
        if (columns is not null) path.Append("columns=").Append(columns).Append('&');
        path.Append(CultureInfo.InvariantCulture, $"sort={sort}&pageSize={pageSize}");
        if (firstResult > 1) path.Append(CultureInfo.InvariantCulture, $"&firstResult={firstResult}");
        return client.GetAsync(
            path.ToString(),
            answer =>
            {
                if (answer.IsEmptyResult) return SearchAnswer.Read("""{"response":{}}"""u8, identifying);
                var read = SearchAnswer.Read(answer.Body.Span, identifying);
                read.Page.ReceivedAt = answer.ReceivedAt;
                return read;
            },
            ledger, sink, stop);
    }

    private async IAsyncEnumerable<(SearchAnswer, string)> KeysetAsync(
        SearchDefinition search, string? filter, string? columns, string? position, [EnumeratorCancellation] CancellationToken stop)
    {
        long? after = null, upper = null;
        if (position is not null)
        {
            var parts = position.Split(':');
            after = long.Parse(parts[0], CultureInfo.InvariantCulture);
            if (parts.Length > 1) upper = long.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        while (true)
        {
            if (after is not null && upper is null)
            {
                using var last = await PageAsync(search, filter, [search.Id], search.Id, $"{search.Id}.DESC", 1, 1, stop).ConfigureAwait(false);
                upper = last.Rows == 0 ? after : last.Ids[0];
            }

            if (after is not null && upper <= after) yield break;
            var range = after is null ? filter : string.Create(CultureInfo.InvariantCulture, $"{(string.IsNullOrEmpty(filter) ? "" : filter + "&")}{search.Id}={after + 1}-{upper}");
            var answer = await PageAsync(search, range, [search.Id], columns, $"{search.Id}.ASC", PageSize, 1, stop).ConfigureAwait(false);
            if (answer.Rows == 0)
            {
                answer.Dispose();
                yield break;
            }

            var highest = answer.Ids.Max();
            var ended = (answer.Rows < PageSize && answer.More != true) || highest is null || highest <= after;
            after = highest ?? after;
            yield return (answer, string.Create(CultureInfo.InvariantCulture, $"{after}{(upper is null ? "" : $":{upper}")}"));
            if (ended) yield break;
        }
    }

    private async IAsyncEnumerable<(SearchAnswer, string)> OverlapAsync(
        SearchDefinition search, string? filter, IReadOnlyList<string> identifying, string? columns, bool descending, string? position, [EnumeratorCancellation] CancellationToken stop)
    {
        var direction = descending ? "DESC" : "ASC";
        var sort = search.DumpSort is { } dump && !descending ? dump : string.Join(',', identifying.Select(c => $"{c}.{direction}"));
        long first = 1;
        string? lastKey = null;
        if (position is not null)
        {
            var split = position.IndexOf(':');
            first = long.Parse(position[..split], CultureInfo.InvariantCulture);
            lastKey = position[(split + 1)..];
        }

        var step = 50L;
        while (true)
        {
            var answer = await PageAsync(search, filter, identifying, columns, sort, PageSize, first, stop).ConfigureAwait(false);
            var known = lastKey is null ? -1 : answer.Keys.IndexOf(lastKey);
            if (lastKey is not null && known < 0 && first > 1 && !Precedes(answer, lastKey, descending, identifying.Count))
            {
                // Rows before the overlapped one are gone: what stood behind it has moved to earlier places.
                answer.Dispose();
                first = Math.Max(1, first - step);
                step *= 2;
                sink.Debug($"{search.Path}: the overlapped row is gone; stepping back to row {first}.");
                continue;
            }

            step = 50;
            if (answer.Rows == 0)
            {
                answer.Dispose();
                yield break;
            }

            var rows = answer.Rows;
            var more = answer.More;
            var newest = answer.Keys[^1];
            var stuck = newest == lastKey && rows <= 1;
            Drop(answer, known + 1, lastKey, descending, identifying.Count);
            lastKey = newest;
            first += rows - 1;
            var ended = (rows < PageSize && more != true) || stuck;
            yield return (answer, string.Create(CultureInfo.InvariantCulture, $"{first}:{lastKey}"));
            if (ended) yield break;
        }
    }

    /// <summary>True when the page begins at or before the last row known, so that nothing between them can be missing.</summary>
    private static bool Precedes(SearchAnswer answer, string lastKey, bool descending, int identifying)
    {
        if (identifying != 1 || answer.Rows == 0 || answer.Ids[0] is not { } head) return false;
        if (!long.TryParse(lastKey, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return false;
        return descending ? head >= last : head <= last;
    }

    /// <summary>Drops the rows an earlier page already gave.</summary>
    private static void Drop(SearchAnswer answer, int known, string? lastKey, bool descending, int identifying)
    {
        if (known == 0 && identifying == 1 && lastKey is not null && long.TryParse(lastKey, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            while (known < answer.Rows && answer.Ids[known] is { } id && (descending ? id >= last : id <= last)) known++;
        }

        if (known <= 0) return;
        answer.Page.Documents.RemoveRange(0, known);
        answer.Keys.RemoveRange(0, known);
        answer.Ids.RemoveRange(0, known);
    }
}
