using System.Globalization;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>Makes the plan of a walk of what the inquiry finds.</summary>
internal sealed class Planner(IdInquiry inquiry)
{
    public async Task<WalkPlan> PlanAsync(CatalogueEntry entry, PassRequest request, CancellationToken stop)
    {
        if (request.Ids is { } ids) return await ByIdAsync(entry, ids, stop).ConfigureAwait(false);
        if (request.Since is { } since) return await ChangesAsync(entry, request, since, stop).ConfigureAwait(false);
        var full = await FullAsync(entry, stop).ConfigureAwait(false);

        // The ids a full walk asks for are all there are: what is not among them is gone, even when a record was refused.
        return full is { Walk: WalkKind.Ids, Listing: null, Groups: [{ Own: true }] } ? full with { Listing = "=", ListedAt = inquiry.AskedAt } : full;
    }

    private async Task<WalkPlan> FullAsync(CatalogueEntry entry, CancellationToken stop)
    {
        switch (entry.Full)
        {
            case "options":
                var (ids, at) = await inquiry.OptionsAsync(entry.Options!, stop).ConfigureAwait(false);
                return WalkPlan.ByIds([WalkGroup.For(entry, ids)]) with { Listing = "=", ListedAt = at };
            case "search":
                return new WalkPlan { Walk = WalkKind.Search, Filters = [""] };
            case "search-ids":
                return WalkPlan.ByIds([WalkGroup.For(entry, await inquiry.SearchIdsAsync(entry, entry.Search!.Id, "", stop).ConfigureAwait(false))]);
            case "search-each":
                var each = await inquiry.ListAsync(Catalogue.Require(entry.Parent!), stop).ConfigureAwait(false);
                return new WalkPlan { Walk = WalkKind.SearchEach, Groups = [new WalkGroup { Ids = each.ToString(), Path = "", Max = 1 }] };
            case "fan-out":
                return await FanOutAsync(entry, await inquiry.ListAsync(Catalogue.Require(entry.Parent!), stop).ConfigureAwait(false), stop).ConfigureAwait(false);
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
                return new WalkPlan { Walk = WalkKind.Search, Filters = entry.Sweeps.Select(column => IdInquiry.Period(column, since)).ToArray() };
            case "tail" when request.Kind == PassKind.Recheck:
                return new WalkPlan { Walk = WalkKind.Search, Filters = [IdInquiry.Period(entry.Sweeps[0], since)] };
            case "tail":
                return new WalkPlan { Walk = WalkKind.Tail, Filters = [""], Until = since };
            case "touched":
                return await FanOutAsync(entry, await inquiry.TouchedAsync(entry, request.Known, since, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            case "collect":
                return await CollectAsync(entry, since, stop).ConfigureAwait(false);
            case "none":
                throw Refuse("Junipeer.Export.NoChangeDate", $"Brightpearl shows no change date for '{entry.Name}', so what changed cannot be told.", "Leave -UpdatedAfter out and export it whole.", entry.Name);
        }

        var ids = await inquiry.SweepAsync(entry, since, stop).ConfigureAwait(false);
        IdSet? listing = null;
        DateTimeOffset? listedAt = null;
        if (entry.Options is { } options && request is { Known: { } known, Kind: PassKind.Incremental })
        {
            (listing, var at) = await inquiry.OptionsAsync(options, stop).ConfigureAwait(false);
            listedAt = at;

            // What exists and was never loaded is read whatever its dates say; what no longer exists need not be asked for.
            ids = ids.Intersect(listing).Union(listing.Except(known));
        }

        var groups = new List<WalkGroup> { WalkGroup.For(entry, ids) };
        if (entry.Changes == "by-parent")
        {
            var changed = await inquiry.SweepAsync(Catalogue.Require(entry.Parent!), since, stop).ConfigureAwait(false);
            groups.Add(new WalkGroup { Ids = changed.ToString(), Path = entry.ParentPath!, Max = entry.ParentMax });
        }

        return WalkPlan.ByIds(groups) with { Listing = listing?.ToString(), ListedAt = listedAt };
    }

    private async Task<WalkPlan> ByIdAsync(CatalogueEntry entry, IdSet ids, CancellationToken stop)
    {
        if (entry.Get is { Max: > 0 } && entry.Full is not ("search" or "reference"))
        {
            var single = entry.Full is "fan-out" or "collect" ? await FanOutAsync(entry, ids, stop).ConfigureAwait(false) : WalkPlan.ByIds([WalkGroup.For(entry, ids) with { Exist = false }]);
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
        if (entry.Parents is null && entry.CollectBy is null) return WalkPlan.ByIds([group]);
        var parents = await inquiry.ListAsync(Catalogue.Require(entry.Parents ?? "warehouse"), stop).ConfigureAwait(false);
        return WalkPlan.ByIds(parents.Enumerate().Select(parent => group with { Parent = parent, Own = false }).ToArray());
    }

    private async Task<WalkPlan> CollectAsync(CatalogueEntry entry, DateTimeOffset? since, CancellationToken stop)
    {
        var parent = Catalogue.Require(entry.Parent!);
        if (entry.CollectBy is { } by) return await CollectFromSearchAsync(entry, parent, by, since, stop).ConfigureAwait(false);
        var parents = since is { } from
            ? await inquiry.SweepAsync(parent, from, stop).ConfigureAwait(false)
            : await inquiry.ListAsync(parent, stop).ConfigureAwait(false);
        var found = await inquiry.HarvestAsync(parent, entry.Collect, parents, stop).ConfigureAwait(false);
        foreach (var (resource, path) in entry.CollectAlso)
            found = found.Union(await inquiry.ListAsync(Catalogue.Require(resource), stop, path).ConfigureAwait(false));
        return WalkPlan.ByIds([WalkGroup.For(entry, found) with { Exist = false }]);
    }

    private async Task<WalkPlan> CollectFromSearchAsync(CatalogueEntry entry, CatalogueEntry parent, string by, DateTimeOffset? since, CancellationToken stop)
    {
        var filter = entry.CollectFilter ?? "";
        if (since is { } from) filter += $"{(filter.Length > 0 ? "&" : "")}{IdInquiry.Period(parent.Sweeps[0], from)}";
        var found = await inquiry.SearchPairsAsync(parent, entry.Collect[0], by, filter, stop).ConfigureAwait(false);
        return WalkPlan.ByIds(found.Select(f => WalkGroup.For(entry, f.Ids) with { Parent = f.By, Own = false }).ToArray());
    }

    private static JunipeerException Refuse(string id, string message, string advice, string target) =>
        new(new JunipeerFault(id, FaultCategory.InvalidArgument, message, advice) { Target = target, System = Catalogue.System });
}
