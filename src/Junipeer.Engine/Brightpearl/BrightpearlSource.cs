using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>One Brightpearl account as the export sees it: slices become pages of raw documents.</summary>
internal sealed class BrightpearlSource : IRecordSource
{
    private readonly BrightpearlClient _client;
    private readonly RunMemory _memory = new();

    /// <param name="client">Speaks to the account; disposed with this.</param>
    /// <param name="wanted">Resources of the run: documents some of them hang on are remembered while they pass.</param>
    public BrightpearlSource(BrightpearlClient client, IReadOnlyCollection<string> wanted)
    {
        _client = client;
        foreach (var entry in Catalogue.Entries.Where(e => wanted.Contains(e.Name)))
        {
            if (entry.Touched.Contains("orders")) _memory.Gather("order", IdInquiry.ProductsOnOrders);
            if (entry.Collect.Count > 0 && entry.CollectBy is null) _memory.Gather(entry.Parent!, entry.Collect);
        }
    }

    public string System => Catalogue.System;

    public string Account => _client.Connection.AccountCode;

    public double? RequestsPerMinute => _client.RequestsPerMinute;

    public IReadOnlyList<SourceResource> Resources { get; } = Catalogue.Entries.Select(e => e.Resource).ToArray();

    public DateTimeOffset Now => _client.Clock.Now;

    public async Task<DateTimeOffset> AskNowAsync(RequestLedger ledger, IOperationSink sink, CancellationToken stop)
    {
        if (!_client.Clock.IsKnown) await _client.GetAsync(BrightpearlClient.ConstantPath, static _ => true, ledger, sink, stop).ConfigureAwait(false);
        return _client.Clock.Now;
    }

    public async Task<PassPlan> PlanAsync(SourceResource resource, PassRequest request, RequestLedger ledger, IOperationSink sink, CancellationToken stop)
    {
        var inquiry = new IdInquiry(_client, _memory, ledger, sink);
        var plan = await new Planner(inquiry).PlanAsync(Catalogue.Require(resource.Name), request, stop).ConfigureAwait(false);
        return plan.ToPassPlan(inquiry.AskedAt ?? (_client.Clock.IsKnown ? _client.Clock.Now : null));
    }

    public PassPlan Recall(string text) => WalkPlan.Parse(text).ToPassPlan();

    public async IAsyncEnumerable<RawPage> ReadAsync(
        SourceResource resource, string plan, IdSet finished, string? position, RequestLedger ledger, IOperationSink sink, [EnumeratorCancellation] CancellationToken stop)
    {
        var entry = Catalogue.Require(resource.Name);
        var walk = WalkPlan.Parse(plan);
        var pages = walk.Walk switch
        {
            WalkKind.Ids => ReadIdsAsync(entry, walk, finished, ledger, sink, stop),
            WalkKind.Search => ReadSearchAsync(entry, walk, position, ledger, sink, stop),
            WalkKind.Tail => ReadTailAsync(entry, walk, position, ledger, sink, stop),
            WalkKind.SearchEach => ReadEachAsync(entry, walk, finished, ledger, sink, stop),
            _ => ReadListsAsync(entry, ledger, sink, stop),
        };
        await foreach (var page in pages.ConfigureAwait(false)) yield return page;
    }

    public async Task<PassPlan> EstimateAsync(SourceResource resource, PassRequest request, RequestLedger ledger, IOperationSink sink, CancellationToken stop)
    {
        var entry = Catalogue.Require(resource.Name);
        var inquiry = new IdInquiry(_client, _memory, ledger, sink);
        if (request.Ids is { } ids)
        {
            var max = Math.Max(1, entry.Get?.Max ?? 200);
            var sets = (ids.Count + max - 1) / max;
            return new PassPlan("", sets, ids.Count) { Requests = sets };
        }

        if (request.Since is { } since)
        {
            var sweeps = Math.Max(1, entry.Sweeps.Count + entry.Touched.Count);
            var from = entry.Search is not null && entry.Sweeps.Count > 0 ? entry : entry.Touched.Count > 0 ? Catalogue.Require("product") : null;
            var changed = from is null ? 0 : await inquiry.CountAsync(from.Search!, IdInquiry.Period(from.Sweeps[0], since), stop).ConfigureAwait(false);
            if (entry.Changes is "search" or "tail") return Pages(entry, changed, sweeps - 1);
            var size = Math.Max(1, entry.Get?.Max ?? 200);
            var slices = (changed + size - 1) / size;
            return new PassPlan("", slices, changed) { Requests = slices + sweeps + (resource.ListsIds && request.Known is not null ? 1 : 0) };
        }

        switch (entry.Full)
        {
            case "options" or "fan-out" or "collect":
                var listed = entry.Options ?? (entry.Parent is { } parent ? Catalogue.Require(parent).Options : null);
                var count = listed is not null
                    ? (await inquiry.OptionsAsync(listed, stop).ConfigureAwait(false)).Ids.Count
                    : entry.Parent is { } name && Catalogue.Require(name).Search is { } search ? await inquiry.CountAsync(search, "", stop).ConfigureAwait(false) : 1;
                var max = Math.Max(1, entry.Get?.Max ?? 200);
                return new PassPlan("", (count + max - 1) / max, count) { Requests = ((count + max - 1) / max) + 1 };
            case "search":
                return Pages(entry, await inquiry.CountAsync(entry.Search!, "", stop).ConfigureAwait(false), 0);
            case "search-ids":
                var notes = await inquiry.CountAsync(entry.Search!, "", stop).ConfigureAwait(false);
                var sets = (notes + entry.Get!.Max - 1) / entry.Get.Max;
                return new PassPlan("", sets, notes) { Requests = sets + Pages(entry, notes, 0).Requests };
            default:
                var lists = Math.Max(1, entry.Get?.Scopes.Count ?? 1);
                return new PassPlan("", lists, null) { Requests = lists };
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static PassPlan Pages(CatalogueEntry entry, long rows, long more)
    {
        var pages = entry.Search!.Keyset ? ((rows + 499) / 500) + (rows >= 500 ? 1 : 0) : (rows + 498) / 499;
        return new PassPlan("", Math.Max(1, pages), rows) { Requests = Math.Max(1, pages) + more };
    }

    private async IAsyncEnumerable<RawPage> ReadIdsAsync(
        CatalogueEntry entry, WalkPlan walk, IdSet finished, RequestLedger ledger, IOperationSink sink, [EnumeratorCancellation] CancellationToken stop)
    {
        var harvests = _memory.GatheredFrom(entry.Name);
        await foreach (var page in new IdSetReader(_client, entry, ledger, sink).ReadAsync(walk, finished, stop).ConfigureAwait(false))
        {
            foreach (var harvest in harvests)
            {
                foreach (var document in page.Documents) harvest.Look(page[document]);
                if (page.Asked is { } asked) harvest.MarkSeen(asked);
            }

            yield return page;
        }
    }

    private async IAsyncEnumerable<RawPage> ReadSearchAsync(
        CatalogueEntry entry, WalkPlan walk, string? position, RequestLedger ledger, IOperationSink sink, [EnumeratorCancellation] CancellationToken stop)
    {
        var pager = new SearchPager(_client, ledger, sink);
        var identifying = entry.Document.Key.Select(k => k.Path).ToArray();
        var from = 0;
        string? at = null;
        if (position is not null)
        {
            var bar = position.IndexOf('|', StringComparison.Ordinal);
            from = int.Parse(position[..bar], CultureInfo.InvariantCulture);
            at = bar + 1 < position.Length ? position[(bar + 1)..] : null;
        }

        for (var filter = from; filter < walk.Filters.Count; filter++)
        {
            await foreach (var (answer, next) in pager.ReadAsync(entry.Search!, walk.Filters[filter], identifying, null, false, at, stop).ConfigureAwait(false))
            {
                answer.Page.Position = string.Create(CultureInfo.InvariantCulture, $"{filter}|{next}");
                yield return answer.Page;
            }

            at = null;
        }
    }

    private async IAsyncEnumerable<RawPage> ReadTailAsync(
        CatalogueEntry entry, WalkPlan walk, string? position, RequestLedger ledger, IOperationSink sink, [EnumeratorCancellation] CancellationToken stop)
    {
        var pager = new SearchPager(_client, ledger, sink);
        var identifying = entry.Document.Key.Select(k => k.Path).ToArray();
        await foreach (var (answer, next) in pager.ReadAsync(entry.Search!, walk.Filters[0], identifying, null, true, position, stop).ConfigureAwait(false))
        {
            var page = answer.Page;
            page.Position = next;
            var rows = page.Documents.Count;
            var known = rows > 0 && IsKnown(page, page.Documents[^1]);
            page.Documents.RemoveAll(row => IsKnown(page, row));
            yield return page;
            if (known) yield break;
        }

        bool IsKnown(RawPage page, RawDocument row)
        {
            var reader = new Utf8JsonReader(page[row]);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.TryGetProperty(entry.Sweeps[0], out var entered) && entered.ValueKind == JsonValueKind.String &&
                Instants.TryParse(entered.GetString()!, out var instant) && instant < walk.Until;
        }
    }

    private async IAsyncEnumerable<RawPage> ReadEachAsync(
        CatalogueEntry entry, WalkPlan walk, IdSet finished, RequestLedger ledger, IOperationSink sink, [EnumeratorCancellation] CancellationToken stop)
    {
        var pager = new SearchPager(_client, ledger, sink);
        var slices = walk.Slices();
        for (var slice = 0; slice < slices.Count; slice++)
        {
            if (finished.Contains(slice)) continue;
            var id = slices[slice].Ids.Min!.Value;
            var whole = new RawPage(1024) { Slice = slice, ReceivedAt = _client.Clock.Now };
            var filter = string.Create(CultureInfo.InvariantCulture, $"{entry.Search!.Requires}={id}");
            await foreach (var (answer, _) in pager.ReadAsync(entry.Search, filter, [entry.Search.Id], null, false, null, stop).ConfigureAwait(false))
            {
                using (answer) whole.Absorb(answer.Page);
            }

            for (var i = 0; i < whole.Documents.Count; i++) whole.Documents[i] = whole.Documents[i] with { First = new RawKey(0, id, null) };
            yield return whole;
        }
    }

    private async IAsyncEnumerable<RawPage> ReadListsAsync(CatalogueEntry entry, RequestLedger ledger, IOperationSink sink, [EnumeratorCancellation] CancellationToken stop)
    {
        var get = entry.Get!;
        var answers = new AnswerReader(entry);
        IReadOnlyList<string> scopes = get.Scopes.Count > 0 ? get.Scopes : [""];
        foreach (var scope in scopes)
        {
            RawKey? beside = scope.Length > 0 ? new RawKey(0, 0, scope)
                : get.Shape == AnswerShape.Configuration ? new RawKey(0, 0, Account) : null;
            yield return await _client.GetAsync(
                get.Path.Replace("{scope}", scope, StringComparison.Ordinal),
                answer =>
                {
                    var page = answer.IsEmptyResult ? new RawPage(0) : answers.Read(answer.Body.Span, get.Shape, null, beside);
                    page.ReceivedAt = answer.ReceivedAt;
                    return page;
                },
                ledger, sink, stop).ConfigureAwait(false);
        }
    }
}
