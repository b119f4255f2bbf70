using Junipeer.Export;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Requests;

namespace Junipeer.Brightpearl;

/// <summary>Reads records by id for the pipeline, and says of each single id that is not there.</summary>
internal sealed class BrightpearlGetter(BrightpearlClient client, RequestLedger ledger, IOperationSink sink)
{
    /// <summary>So many missing ids are named one by one; of more only the set.</summary>
    private const int NamedOneByOne = 20;

    public async Task GetAsync(RecordRequest request, CancellationToken stop)
    {
        var entry = Catalogue.Require(request.Resource);
        var ids = IdSet.Empty;
        var singles = IdSet.Empty;
        foreach (var text in request.Ids)
        {
            if (!IdSet.TryParse(text, out var set, out var wrong)) throw IdFaults.NotAnIdSet(text, wrong!);
            ids = ids.Union(set);

            // A range asks for what there is; an id by itself is expected to be there.
            if (!text.Contains('-', StringComparison.Ordinal)) singles = singles.Union(set);
        }

        await using var source = new BrightpearlSource(client, [entry.Name]);
        var wanted = new PassRequest(PassKind.Full, null) { Ids = request.Ids.Count > 0 ? ids : null };
        if (wanted.Ids is null && entry.Full != "reference")
        {
            throw new JunipeerException(new JunipeerFault(
                "Junipeer.Record.NoId", FaultCategory.InvalidArgument,
                $"'{entry.Name}' is read by id.", $"Give -Id, or read all with Invoke-BrightpearlExport -Resource {entry.Name}.") { Target = entry.Name, System = Catalogue.System });
        }

        var plan = wanted.Ids is not null && entry.Full == "reference"
            ? await source.PlanAsync(entry.Resource, wanted with { Ids = null }, ledger, sink, stop).ConfigureAwait(false)
            : await source.PlanAsync(entry.Resource, wanted, ledger, sink, stop).ConfigureAwait(false);
        var map = new DocumentMap(entry.Document);
        await using var destination = new PipelineDestination(sink, withPayload: true);
        await using var writer = await destination.OpenAsync(map.Schema, NoRun(), stop).ConfigureAwait(false);
        var found = await WriteAsync(entry, source, plan, map, writer, request, wanted.Ids, stop).ConfigureAwait(false);
        if (request.First is null || found.Count < request.First) ReportMissing(entry, singles.Except(found));
    }

    private async Task<IdSet> WriteAsync(
        CatalogueEntry entry, BrightpearlSource source, PassPlan plan, DocumentMap map, IResourceWriter writer, RecordRequest request, IdSet? only, CancellationToken stop)
    {
        var normaliser = new Normaliser(map, RecordForm.Documents, false, true, new DriftLog(sink.Verbose));
        using var batch = new RecordBatch(map.Schema);
        var found = new List<long>();
        long written = 0;
        await foreach (var page in source.ReadAsync(entry.Resource, plan.Text, IdSet.Empty, null, ledger, sink, stop).ConfigureAwait(false))
        {
            using (page)
            {
                foreach (var reject in page.Rejects)
                    sink.Fault(new JunipeerFault(reject.ErrorId, FaultCategory.InvalidData, $"{entry.Name} {reject.Id} was refused: {reject.Reason}", "Look at the record in Brightpearl itself.") { Target = reject.Id, System = Catalogue.System });
                foreach (var document in page.Documents)
                {
                    if (written >= request.First) return IdSet.Of(found);
                    batch.Clear();
                    batch.LoadedAt = page.ReceivedAt;
                    if (!normaliser.TryAdd(batch, page, document, out _)) continue;
                    var key = batch.Tables[0][0, 0];
                    if (key.Kind == CellKind.Integer)
                    {
                        if (only is not null && !only.Contains(key.Bits)) continue;
                        found.Add(key.Bits);
                    }

                    await writer.WriteAsync(batch, "", stop).ConfigureAwait(false);
                    written++;
                }
            }
        }

        return IdSet.Of(found);
    }

    private void ReportMissing(CatalogueEntry entry, IdSet missing)
    {
        if (entry.Document.Key is not [{ Type: ColumnType.Integer }]) return;
        var parts = missing.Count <= NamedOneByOne ? missing.Enumerate().Select(id => IdSet.Of(id)) : [missing];
        foreach (var part in parts)
        {
            sink.Fault(new JunipeerFault(
                "Junipeer.Record.NotFound",
                FaultCategory.ObjectNotFound,
                $"Brightpearl has no {entry.Name} {part}.",
                $"Check the id; Find-BrightpearlRecord -Resource {entry.Name} searches.")
            { Target = part.ToString(), System = Catalogue.System });
        }
    }

    private RunContext NoRun() => new()
    {
        RunId = "",
        StartedAt = DateTimeOffset.UtcNow,
        System = Catalogue.System,
        Account = client.Connection.AccountCode,
        KeepsBookmark = false,
        Sink = sink,
    };
}
