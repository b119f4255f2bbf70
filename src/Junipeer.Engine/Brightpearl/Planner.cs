using System.Globalization;
using System.Text;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>Asks for listings and sweeps, and makes the plan of a walk of them.</summary>
internal sealed class Planner(BrightpearlClient client, RunMemory memory, RequestLedger ledger, IOperationSink sink)
{
    /// <summary>Where orders name the products whose stock they move.</summary>
    public static readonly IReadOnlyList<string> ProductsOnOrders = ["orderRows.*.productId"];

    private readonly SearchPager _pager = new(client, ledger, sink);
    private DateTimeOffset? _askedAt;

    /// <summary>The earliest instant the answers used so far speak of.</summary>
    public DateTimeOffset? AskedAt => _askedAt;

    public async Task<WalkPlan> PlanAsync(CatalogueEntry entry, PassRequest request, CancellationToken stop)
    {
        if (request.Ids is { } ids) return await ByIdAsync(entry, ids, stop).ConfigureAwait(false);
        if (request.Since is { } since) return await ChangesAsync(entry, request, since, stop).ConfigureAwait(false);
        var full = await FullAsync(entry, stop).ConfigureAwait(false);

        // The ids a full walk asks for are all there are: what is not among them is gone, even when a record was refused.
        return full is { Walk: WalkKind.Ids, Listing: null, Groups: [{ Own: true }] } ? full with { Listing = "=", ListedAt = _askedAt } : full;
    }

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

    public static string Period(string column, DateTimeOffset since) => $"{column}={Instants.ToIso(since)}/";

    private async Task<WalkPlan> FullAsync(CatalogueEntry entry, CancellationToken stop)
    {
        switch (entry.Full)
        {
            case "options":
                var (ids, at) = await OptionsAsync(entry.Options!, stop).ConfigureAwait(false);
                return Walk([Own(entry, ids)]) with { Listing = "=", ListedAt = at };
            case "search":
                return new WalkPlan { Walk = WalkKind.Search, Filters = [""] };
            case "search-ids":
                return Walk([Own(entry, await SearchIdsAsync(entry, entry.Search!.Id, "", stop).ConfigureAwait(false))]);
            case "search-each":
                var each = await ListAsync(Catalogue.Require(entry.Parent!), stop).ConfigureAwait(false);
                return new WalkPlan { Walk = WalkKind.SearchEach, Groups = [new WalkGroup { Ids = each.ToString(), Path = "", Max = 1 }] };
            case "fan-out":
                return await FanOutAsync(entry, await ListAsync(Catalogue.Require(entry.Parent!), stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            case "collect":
                return await CollectAsync(entry, null, stop).ConfigureAwait(false);
            default:
                return new WalkPlan { Walk = WalkKind.Reference };
        }
    }

    private async Task<WalkPlan> ChangesAsync(CatalogueEntry entry, PassRequest request, DateTimeOffset since, CancellationToken stop)
    {
        switch (entry.Changes)
        {
            case "search":
                return new WalkPlan { Walk = WalkKind.Search, Filters = entry.Sweeps.Select(column => Period(column, since)).ToArray() };
            case "tail" when request.Kind == PassKind.Recheck:
                return new WalkPlan { Walk = WalkKind.Search, Filters = [Period(entry.Sweeps[0], since)] };
            case "tail":
                return new WalkPlan { Walk = WalkKind.Tail, Filters = [""], Until = since };
            case "touched":
                return await FanOutAsync(entry, await TouchedAsync(entry, request.Known, since, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            case "collect":
                return await CollectAsync(entry, since, stop).ConfigureAwait(false);
            case "none":
                throw Refuse("Junipeer.Export.NoChangeDate", $"Brightpearl shows no change date for '{entry.Name}', so what changed cannot be told.", "Leave -UpdatedAfter out and export it whole.", entry.Name);
        }

        var ids = IdSet.Empty;
        foreach (var column in entry.Sweeps) ids = ids.Union(await SweepAsync(entry, column, since, stop).ConfigureAwait(false));
        IdSet? listing = null;
        DateTimeOffset? listedAt = null;
        if (entry.Options is { } options && request is { Known: { } known, Kind: PassKind.Incremental })
        {
            (listing, var at) = await OptionsAsync(options, stop).ConfigureAwait(false);
            listedAt = at;

            // What exists and was never loaded is read whatever its dates say; what no longer exists need not be asked for.
            ids = ids.Intersect(listing).Union(listing.Except(known));
        }

        var groups = new List<WalkGroup> { Own(entry, ids) };
        if (entry.Changes == "by-parent")
        {
            var parent = Catalogue.Require(entry.Parent!);
            var changed = IdSet.Empty;
            foreach (var column in parent.Sweeps) changed = changed.Union(await SweepAsync(parent, column, since, stop).ConfigureAwait(false));
            groups.Add(new WalkGroup { Ids = changed.ToString(), Path = entry.ParentPath!, Max = entry.ParentMax });
        }

        return Walk(groups) with { Listing = listing?.ToString(), ListedAt = listedAt };
    }

    private async Task<WalkPlan> ByIdAsync(CatalogueEntry entry, IdSet ids, CancellationToken stop)
    {
        if (entry.Get is { Max: > 0 } && entry.Full is not ("search" or "reference"))
        {
            var single = entry.Full is "fan-out" or "collect" ? await FanOutAsync(entry, ids, stop).ConfigureAwait(false) : Walk([Own(entry, ids) with { Exist = false }]);
            return single;
        }

        if (entry.Full == "search-each")
            return new WalkPlan { Walk = WalkKind.SearchEach, Groups = [new WalkGroup { Ids = ids.ToString(), Path = "", Max = 1 }] };
        if (entry.Search is { Keyset: true } search && entry.Full == "search")
            return new WalkPlan { Walk = WalkKind.Search, Filters = ids.Chunk(200).Select(part => $"{search.Id}={part}").ToArray() };
        if (entry.Search is { } single1 && entry.Full == "search")
            return new WalkPlan { Walk = WalkKind.Search, Filters = ids.Enumerate().Take(1000).Select(id => string.Create(CultureInfo.InvariantCulture, $"{single1.Id}={id}")).ToArray() };
        throw Refuse("Junipeer.Export.NoIds", $"'{entry.Name}' is a list that is read whole; ids cannot be asked for.", "Leave -Id out.", entry.Name);
    }

    private async Task<WalkPlan> FanOutAsync(CatalogueEntry entry, IdSet ids, CancellationToken stop)
    {
        // Where records carry their parent's key there is one for each parent at the most, so an id without an answer means:
        // no record. Records with a key of their own (a drop-ship note of an order) say nothing of that kind.
        var own = entry.Document.Key is [{ Type: ColumnType.Integer } key] && key.Path == $"{entry.Parent}Id" && entry.Parents is null;
        var group = new WalkGroup { Ids = ids.ToString(), Path = entry.Get!.Path, Max = entry.Get.Max, Own = own };
        if (entry.Parents is null && entry.CollectBy is null) return Walk([group]);
        var parents = await ListAsync(Catalogue.Require(entry.Parents ?? "warehouse"), stop).ConfigureAwait(false);
        return Walk(parents.Enumerate().Select(parent => group with { Parent = parent, Own = false }).ToArray());
    }

    private async Task<WalkPlan> CollectAsync(CatalogueEntry entry, DateTimeOffset? since, CancellationToken stop)
    {
        var parent = Catalogue.Require(entry.Parent!);
        if (entry.CollectBy is { } by) return await CollectFromSearchAsync(entry, parent, by, since, stop).ConfigureAwait(false);
        var parents = IdSet.Empty;
        if (since is { } from)
        {
            foreach (var column in parent.Sweeps) parents = parents.Union(await SweepAsync(parent, column, from, stop).ConfigureAwait(false));
        }
        else
        {
            parents = await ListAsync(parent, stop).ConfigureAwait(false);
        }

        var found = await HarvestAsync(parent, entry.Collect, parents, stop).ConfigureAwait(false);
        foreach (var (resource, path) in entry.CollectAlso)
            found = found.Union(await ListAsync(Catalogue.Require(resource), stop, path).ConfigureAwait(false));
        return Walk([Own(entry, found) with { Exist = false }]);
    }

    private async Task<WalkPlan> CollectFromSearchAsync(CatalogueEntry entry, CatalogueEntry parent, string by, DateTimeOffset? since, CancellationToken stop)
    {
        var filter = entry.CollectFilter ?? "";
        if (since is { } from) filter += $"{(filter.Length > 0 ? "&" : "")}{Period(parent.Sweeps[0], from)}";
        var found = new Dictionary<long, HashSet<long>>();
        var columns = $"{parent.Search!.Id},{entry.Collect[0]},{by}";
        await foreach (var (answer, _) in _pager.ReadAsync(parent.Search, filter, [parent.Search.Id], columns, false, null, stop).ConfigureAwait(false))
        {
            using (answer)
            {
                Note(answer.Page.ReceivedAt);
                foreach (var row in answer.Page.Documents)
                {
                    var group = KeyIn(answer.Page[row], by);
                    if (!found.TryGetValue(group, out var ids)) found[group] = ids = [];
                    ids.Add(KeyIn(answer.Page[row], entry.Collect[0]));
                }
            }
        }

        return Walk(found.OrderBy(f => f.Key).Select(f => Own(entry, IdSet.Of(f.Value)) with { Parent = f.Key, Own = false }).ToArray());
    }

    /// <summary>Products whose prices or stock may have changed: changed themselves, moved, or on a changed order.</summary>
    private async Task<IdSet> TouchedAsync(CatalogueEntry entry, IdSet? known, DateTimeOffset since, CancellationToken stop)
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
                    var changed = IdSet.Empty;
                    foreach (var column in order.Sweeps) changed = changed.Union(await SweepAsync(order, column, since, stop).ConfigureAwait(false));
                    touched = touched.Union(await HarvestAsync(order, ProductsOnOrders, changed, stop).ConfigureAwait(false));
                    break;
            }
        }

        // A row may name a product that is no more, or none at all; the products' own sweep names only what exists.
        if (known is not null) touched = touched.Intersect(known);
        if (!entry.Touched.Contains("products")) return touched;
        var products = Catalogue.Require("product");
        foreach (var column in products.Sweeps) touched = touched.Union(await SweepAsync(products, column, since, stop).ConfigureAwait(false));
        return touched;
    }

    /// <summary>Ids inside the documents of a parent, asking only for documents this run has not seen.</summary>
    private async Task<IdSet> HarvestAsync(CatalogueEntry parent, IReadOnlyList<string> paths, IdSet parents, CancellationToken stop)
    {
        var harvest = memory.Gather(parent.Name, paths);
        var missing = parents.Except(harvest.Seen);
        if (missing.Count > 0)
        {
            var plan = Walk([Own(parent, missing)]);
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

    /// <summary>The ids in one column of all matching rows.</summary>
    private async Task<IdSet> SearchIdsAsync(CatalogueEntry entry, string column, string filter, CancellationToken stop)
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

    private void Note(DateTimeOffset at)
    {
        if (_askedAt is null || at < _askedAt) _askedAt = at;
    }

    private static WalkGroup Own(CatalogueEntry entry, IdSet ids) =>
        new() { Ids = ids.ToString(), Path = entry.Get!.Path, Max = entry.Get.Max, Own = entry.Document.Key is [{ Type: ColumnType.Integer }], Exist = true };

    private static WalkPlan Walk(IReadOnlyList<WalkGroup> groups) => new() { Walk = WalkKind.Ids, Groups = groups };

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

    private static JunipeerException Refuse(string id, string message, string advice, string target) =>
        new(new JunipeerFault(id, FaultCategory.InvalidArgument, message, advice) { Target = target, System = Catalogue.System });
}
