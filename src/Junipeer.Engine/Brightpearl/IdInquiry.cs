using System.Text;
using System.Text.Json;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>Finds out which records there are, which changed, and which hang on them: asks for ids, and for no id twice.</summary>
internal sealed class IdInquiry(BrightpearlClient client, RunMemory memory, RequestLedger ledger, IOperationSink sink)
{
    /// <summary>Where orders name the products whose stock they move.</summary>
    public static readonly IReadOnlyList<string> ProductsOnOrders = ["orderRows.*.productId"];

    private readonly SearchPager _pager = new(client, ledger, sink);
    private DateTimeOffset? _askedAt;

    /// <summary>The earliest instant the answers used so far speak of.</summary>
    public DateTimeOffset? AskedAt => _askedAt;

    /// <summary>All ids of a resource, by the cheapest way it offers; or the ids a list names in another property.</summary>
    public async Task<IdSet> ListAsync(CatalogueEntry entry, CancellationToken stop, string? property = null)
    {
        if (property is null && entry.Options is { } options) return (await OptionsAsync(options, stop).ConfigureAwait(false)).Ids;
        if (entry.Full == "search" || (entry.Search is not null && entry.Get is null)) return await SearchIdsAsync(entry, entry.Search!.Id, "", stop).ConfigureAwait(false);
        return await client.GetAsync(
            entry.Get!.Path,
            answer =>
            {
                Note(answer.ReceivedAt);
                if (answer.IsEmptyResult) return IdSet.Empty;
                using var page = new AnswerReader(entry).Read(answer.Body.Span, entry.Get.Shape);
                return IdSet.Of(page.Documents
                    .Select(d => property is null && d.First.Column == 0 ? d.First.Number : KeyIn(page[d], property ?? entry.Document.Key[0].Path))
                    .Where(id => id > 0 || property is null));
            },
            ledger, sink, stop).ConfigureAwait(false);
    }

    /// <summary>How many rows a search would give, at the cost of one request.</summary>
    public Task<long> CountAsync(SearchDefinition search, string filter, CancellationToken stop)
    {
        var path = $"{search.Path}?{(filter.Length > 0 ? filter + "&" : "")}countOnly=true";
        return client.GetAsync(path, answer => answer.IsEmptyResult ? 0 : ReadCount(answer.Body), ledger, sink, stop);
    }

    public async Task<(IdSet Ids, DateTimeOffset At)> OptionsAsync(string path, CancellationToken stop)
    {
        if (memory.FindListing(path) is { } known)
        {
            Note(known.At);
            return known;
        }

        var asked = client.Clock.IsKnown ? client.Clock.Now : (DateTimeOffset?)null;
        var (ids, at) = await client.OptionsAsync(path, a => (a.IsEmptyResult ? IdSet.Empty : AnswerReader.ReadIds(a.Body.Span), a.ReceivedAt), ledger, sink, stop).ConfigureAwait(false);
        at = asked ?? at;
        memory.KeepListing(path, ids, at);
        Note(at);
        return (ids, at);
    }

    /// <summary>The ids of what changed, by every date the resource shows.</summary>
    public async Task<IdSet> SweepAsync(CatalogueEntry entry, DateTimeOffset since, CancellationToken stop)
    {
        var ids = IdSet.Empty;
        foreach (var column in entry.Sweeps) ids = ids.Union(await SweepAsync(entry, column, since, stop).ConfigureAwait(false));
        return ids;
    }

    /// <summary>Products whose prices or stock may have changed: changed themselves, moved, or on a changed order.</summary>
    public async Task<IdSet> TouchedAsync(CatalogueEntry entry, IdSet? known, DateTimeOffset since, CancellationToken stop)
    {
        var touched = IdSet.Empty;
        foreach (var kind in entry.Touched)
        {
            switch (kind)
            {
                case "movements":
                    var movements = Catalogue.Require("goods-movement");
                    touched = touched.Union(await SearchIdsAsync(movements, "productId", Period(movements.Sweeps[0], since), stop).ConfigureAwait(false));
                    break;
                case "orders":
                    var order = Catalogue.Require("order");
                    var changed = await SweepAsync(order, since, stop).ConfigureAwait(false);
                    touched = touched.Union(await HarvestAsync(order, ProductsOnOrders, changed, stop).ConfigureAwait(false));
                    break;
            }
        }

        // A row may name a product that is no more, or none at all; the products' own sweep names only what exists.
        if (known is not null) touched = touched.Intersect(known);
        if (!entry.Touched.Contains("products")) return touched;
        return touched.Union(await SweepAsync(Catalogue.Require("product"), since, stop).ConfigureAwait(false));
    }

    /// <summary>Ids inside the documents of a parent, asking only for documents this run has not seen.</summary>
    public async Task<IdSet> HarvestAsync(CatalogueEntry parent, IReadOnlyList<string> paths, IdSet parents, CancellationToken stop)
    {
        var harvest = memory.Gather(parent.Name, paths);
        var missing = parents.Except(harvest.Seen);
        if (missing.Count > 0)
        {
            var plan = WalkPlan.ByIds([WalkGroup.For(parent, missing)]);
            await foreach (var page in new IdSetReader(client, parent, ledger, sink).ReadAsync(plan, IdSet.Empty, stop).ConfigureAwait(false))
            {
                using (page)
                {
                    foreach (var document in page.Documents) harvest.Look(page[document]);
                }
            }

            harvest.MarkSeen(missing);
        }

        return harvest.Found;
    }

    /// <summary>The ids in one column of all matching rows.</summary>
    public async Task<IdSet> SearchIdsAsync(CatalogueEntry entry, string column, string filter, CancellationToken stop)
    {
        var search = entry.Search!;
        if (client.Clock.IsKnown) Note(client.Clock.Now);
        var found = new List<long>();
        var columns = column == search.Id ? search.Id : $"{search.Id},{column}";
        if (search.DumpSort is { } sort) columns = string.Join(',', sort.Split(',').Select(s => s.Split('.')[0]).Append(column).Distinct());
        IReadOnlyList<string> identifying = search.DumpSort is { } dump ? dump.Split(',').Select(s => s.Split('.')[0]).ToArray() : [search.Id];
        await foreach (var (answer, _) in _pager.ReadAsync(search, filter, identifying, columns, false, null, stop).ConfigureAwait(false))
        {
            using (answer)
            {
                Note(answer.Page.ReceivedAt);
                if (column == search.Id) found.AddRange(answer.Ids.OfType<long>());
                else found.AddRange(answer.Page.Documents.Select(d => KeyIn(answer.Page[d], column)).Where(id => id > 0));
            }
        }

        return IdSet.Of(found);
    }

    /// <summary>The ids in one column of all matching rows, by the id in another.</summary>
    public async Task<IReadOnlyList<(long By, IdSet Ids)>> SearchPairsAsync(CatalogueEntry entry, string column, string by, string filter, CancellationToken stop)
    {
        var found = new Dictionary<long, HashSet<long>>();
        var search = entry.Search!;
        await foreach (var (answer, _) in _pager.ReadAsync(search, filter, [search.Id], $"{search.Id},{column},{by}", false, null, stop).ConfigureAwait(false))
        {
            using (answer)
            {
                Note(answer.Page.ReceivedAt);
                foreach (var row in answer.Page.Documents)
                {
                    var group = KeyIn(answer.Page[row], by);
                    if (!found.TryGetValue(group, out var ids)) found[group] = ids = [];
                    ids.Add(KeyIn(answer.Page[row], column));
                }
            }
        }

        return found.OrderBy(f => f.Key).Select(f => (f.Key, IdSet.Of(f.Value))).ToArray();
    }

    public static string Period(string column, DateTimeOffset since) => $"{column}={Instants.ToIso(since)}/";

    private async Task<IdSet> SweepAsync(CatalogueEntry entry, string column, DateTimeOffset since, CancellationToken stop)
    {
        var search = entry.Search!;
        if (memory.FindSweep(search.Path, column, since) is { } known)
        {
            Note(known.AskedAt);
            return known.Ids;
        }

        var asked = client.Clock.IsKnown ? client.Clock.Now : (DateTimeOffset?)null;

        // The bookmarks of one run lie moments apart, in any order, for the system tells time in whole seconds: a sweep that
        // begins a little earlier serves them all.
        var from = since - TimeSpan.FromSeconds(5);
        var ids = await SearchIdsAsync(entry, search.Id, Period(column, from), stop).ConfigureAwait(false);
        memory.KeepSweep(search.Path, column, from, ids, asked ?? _askedAt ?? client.Clock.Now);
        return ids;
    }

    private void Note(DateTimeOffset at)
    {
        if (_askedAt is null || at < _askedAt) _askedAt = at;
    }

    private static long KeyIn(ReadOnlySpan<byte> document, string path)
    {
        var reader = new Utf8JsonReader(document);
        using var json = JsonDocument.ParseValue(ref reader);
        if (!json.RootElement.TryGetProperty(path, out var value)) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var id)) return id;
        return value.ValueKind == JsonValueKind.String && CellReader.TryInteger(Encoding.UTF8.GetBytes(value.GetString()!), out var parsed) ? parsed : 0;
    }

    /// <summary>The number in <c>{"response":5}</c>, or among the usual totals when it is an object.</summary>
    private static long ReadCount(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var response = json.RootElement.GetProperty("response");
        if (response.ValueKind == JsonValueKind.Number) return response.GetInt64();
        if (response.ValueKind == JsonValueKind.Object)
        {
            if (response.TryGetProperty("metaData", out var meta) && meta.TryGetProperty("resultsAvailable", out var available)) return available.GetInt64();
            foreach (var name in (string[])["resultsAvailable", "count", "total"])
            {
                if (response.TryGetProperty(name, out var count) && count.TryGetInt64(out var number)) return number;
            }
        }

        throw new JsonException("The answer to countOnly holds no count.");
    }
}
