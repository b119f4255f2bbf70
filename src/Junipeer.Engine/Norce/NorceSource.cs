using System.Runtime.CompilerServices;
using System.Text.Json;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Norce;

/// <summary>
/// One Norce tenant as the export sees it: sets of Query, read in the order of their keys. A walk is resumed after the last
/// key that was committed. Sets with change dates are read by them, and whole by the clock of lists to notice deletes.
/// </summary>
internal sealed class NorceSource : IRecordSource
{
    private readonly NorceClient _client;
    private readonly Dictionary<string, NorceSet> _sets;

    private NorceSource(NorceClient client, IReadOnlyList<NorceSet> sets)
    {
        _client = client;
        _sets = sets.ToDictionary(s => s.Name, StringComparer.OrdinalIgnoreCase);
        Resources = sets.Select(ToResource).ToArray();
    }

    public string System => NorceCatalogue.System;

    public string Account => $"{_client.Connection.Tenant}/{_client.Connection.Environment}";

    public double? RequestsPerMinute => null;

    /// <summary>The resources of the run, and no others: what a set looks like is asked of the tenant.</summary>
    public IReadOnlyList<SourceResource> Resources { get; }

    public DateTimeOffset Now => _client.Clock.Now;

    /// <summary>Finds the sets of the names given; <c>Standard</c> means all that are known and that the tenant's metadata names.</summary>
    public static async Task<NorceSource> OpenAsync(NorceClient client, IReadOnlyList<string> names, IOperationSink sink, CancellationToken stop)
    {
        try
        {
            var model = new NorceModel(client, sink);
            var sets = new List<NorceSet>();
            foreach (var name in names)
            {
                if (name.Equals("Standard", StringComparison.OrdinalIgnoreCase)) sets.AddRange((await model.AllAsync(stop).ConfigureAwait(false)).Where(s => s is { IsProven: true, Status: not null } && s.Key.Count > 0));
                else sets.Add(await model.RequireAsync(name, stop).ConfigureAwait(false));
            }

            var keyless = sets.Find(s => s.Key.Count == 0);
            if (keyless is not null)
            {
                throw new JunipeerException(new JunipeerFault("Junipeer.Norce.NoKey", FaultCategory.InvalidArgument, $"The key of '{keyless.Name}' is not known, so its records cannot be told apart.",
                    $"Read it with Find-NorceRecord {keyless.Name}.") { Target = keyless.Name, System = NorceCatalogue.System });
            }

            return new NorceSource(client, sets.DistinctBy(s => s.Name, StringComparer.OrdinalIgnoreCase).ToArray());
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<DateTimeOffset> AskNowAsync(RequestLedger ledger, IOperationSink sink, CancellationToken stop)
    {
        try
        {
            if (!_client.Clock.IsKnown) await _client.GetAsync(_client.QueryPath("Core/Currencies?$top=1"), static _ => true, sink, stop, ledger).ConfigureAwait(false);
        }
        catch (JunipeerException failed) when (_client.Clock.IsKnown && failed.Fault.Id == "Junipeer.Resource.NotFound")
        {
            // A refusal tells the time as well.
        }

        return _client.Clock.Now;
    }

    public async Task<PassPlan> PlanAsync(SourceResource resource, PassRequest request, RequestLedger ledger, IOperationSink sink, CancellationToken stop)
    {
        if (request.Ids is not null)
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Norce.NoIds", FaultCategory.NotSupported, "Norce's sets are not exported by id.",
                "Read single records with Get-NorceRecord.") { Target = resource.Name, System = System });
        }

        var set = _sets[resource.Name];
        var filter = request.Since is { } since ? NorceFilter.Since(set, since) : string.Empty;
        return new PassPlan(filter, 0, null) { AskedAt = await AskNowAsync(ledger, sink, stop).ConfigureAwait(false), Requests = 1 };
    }

    public PassPlan Recall(string text) => new(text, 0, null) { Requests = 1 };

    public async IAsyncEnumerable<RawPage> ReadAsync(
        SourceResource resource, string plan, IdSet finished, string? position, RequestLedger ledger, IOperationSink sink, [EnumeratorCancellation] CancellationToken stop)
    {
        var set = _sets[resource.Name];
        var reading = new NorceReading(set) { Filter = plan.Length == 0 ? null : plan, Expand = ExpandOf(set), After = position is null ? null : KeyOf(position) };
        await foreach (var answer in new NorceReader(_client, sink, ledger).ReadAsync(reading, stop).ConfigureAwait(false))
        {
            using (answer)
            {
                var page = new RawPage(answer.Rows.Count * 512) { ReceivedAt = answer.ReceivedAt, Position = answer.LastKey is { } key ? JsonSerializer.Serialize(key) : null };
                foreach (var row in answer.Rows)
                {
                    var bytes = NorceRow.Document(row);
                    page.Documents.Add(new RawDocument(page.Append(bytes), bytes.Length));
                }

                yield return page;
            }
        }
    }

    public async Task<PassPlan> EstimateAsync(SourceResource resource, PassRequest request, RequestLedger ledger, IOperationSink sink, CancellationToken stop)
    {
        var set = _sets[resource.Name];
        var filter = request.Since is { } since ? $"&$filter={Uri.EscapeDataString(NorceFilter.Since(set, since))}" : string.Empty;
        var count = await _client.GetAsync<long?>(_client.QueryPath($"{set.Path}?$top=1&$count=true{filter}"), answer =>
        {
            using var document = JsonDocument.Parse(answer.Body.ToArray());
            return NorceReader.Member(document.RootElement, "@odata.count") is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
        }, sink, stop, ledger).ConfigureAwait(false);
        var size = ExpandOf(set).Count > 0 ? _client.Connection.Setting.ExpandPageSize : _client.Connection.Setting.PageSize;
        return new PassPlan(string.Empty, 0, count) { Requests = 1 + ((count ?? 0) / size) };
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>Children that metadata names; a tenant that has other names is read without them.</summary>
    private static IReadOnlyList<string> ExpandOf(NorceSet set) => set.ExportExpand.Where(e => set.Collections.ContainsKey(e)).ToArray();

    private static IReadOnlyList<object> KeyOf(string position)
    {
        using var document = JsonDocument.Parse(position);
        return document.RootElement.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? (object)v.GetString()! : v.TryGetInt64(out var whole) ? whole : v.GetDecimal()).ToArray();
    }

    private static SourceResource ToResource(NorceSet set)
    {
        var table = Names.ToSnake(set.Name);
        var children = ExpandOf(set).Select(name => (name, child: set.Collections[name])).Where(c => c.child.Key.Count == 1)
            .Select(c => new CollectionDefinition(c.name, CollectionKind.Array, $"{Singular(table)}_{Names.ToSnake(c.name)}", Fields(c.child.Key), Fields(c.child.Properties.Except(c.child.Key)), [])).ToArray();
        var document = new DocumentDefinition(set.Name, $"Junipeer.Norce.{set.Name}", table, Fields(set.Key), Fields(set.Properties.Except(set.Key)), children)
        {
            Updated = set.ShowsChanges ? set.Find("Updated")!.Name : null,
        };
        return new SourceResource(set.ToInfo(), document, set.ShowsChanges ? ReadClock.List : ReadClock.Snapshot) { ReadsChanges = set.ShowsChanges, ListsIds = false };
    }

    private static FieldDefinition[] Fields(IEnumerable<NorceProperty> properties) => properties.Select(p => new FieldDefinition(p.Name, p.Column)).ToArray();

    private static string Singular(string table) => table.EndsWith('s') ? table[..^1] : table;
}
