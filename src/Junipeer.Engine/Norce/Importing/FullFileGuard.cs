using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>
/// Stands before a full file, which deactivates what it does not hold: counts first what that would be, in the warehouse
/// locations or price lists it names (https://docs.norce.io/api-reference/connect/productservice/openapi/product/importonhands).
/// </summary>
internal sealed class FullFileGuard(NorceClient client, NorceImportRequest request, CodeCheck codes, IOperationSink sink)
{
    /// <summary>The active rows that are not in the file; null for products, where nothing documented tells.</summary>
    /// <exception cref="JunipeerException">They are more than allowed, or cannot be counted.</exception>
    public async Task<long?> CheckAsync(JobBatch batch, CancellationToken stop)
    {
        if (request.Kind == NorceImportKind.Product)
        {
            if (request.MaximumDeactivation >= 1) return null;
            throw Fault("Junipeer.Norce.FullFileUnknown", "How many variants a full file of products would take out of their groups cannot be counted beforehand.",
                "Leave -FullFile out, or say with -MaximumDeactivation 1 that any number is right.");
        }

        long active = 0, gone = 0;
        try
        {
            var isStock = request.Kind == NorceImportKind.OnHand;
            var set = await new NorceModel(client, sink).RequireAsync(isStock ? client.Connection.Setting.OnHandSet : client.Connection.Setting.PriceSet, stop).ConfigureAwait(false);
            foreach (var part in batch.Rows.GroupBy(r => isStock ? $"{RowRules.Text(r.Row, "WarehouseCode")} / {RowRules.Text(r.Row, "LocationCode")}" : RowRules.Text(r.Row, "PriceListCode") ?? string.Empty, StringComparer.OrdinalIgnoreCase))
            {
                if (!codes.Ids.TryGetValue(part.Key, out var ids)) throw Uncounted($"nothing is known of {part.Key}");
                var sent = part.Select(r => RowRules.Text(r.Row, "PartNo")!).ToHashSet(StringComparer.OrdinalIgnoreCase);
                var filter = isStock ? $"WarehouseId eq {ids.Id} and LocationId eq {ids.Location} and IsActive eq true" : $"PriceListId eq {ids.Id} and IsActive eq true";
                await foreach (var page in new NorceReader(client, sink).ReadAsync(new NorceReading(set) { Filter = filter, Select = [NorceFilter.Require(set, "PartNo").Name] }, stop).ConfigureAwait(false))
                {
                    using (page)
                    {
                        active += page.Rows.Count;
                        gone += page.Rows.Count(r => !sent.Contains(NorceReader.Member(r, "PartNo").GetString() ?? string.Empty));
                    }
                }
            }
        }
        catch (JunipeerException failed) when (failed.Fault.Id is "Junipeer.Resource.NotFound" or "Junipeer.Request.Refused" or "Junipeer.Resource.Unknown" or "Junipeer.Norce.UnknownProperty")
        {
            if (request.MaximumDeactivation >= 1) return null;
            throw Uncounted(failed.Fault.Message);
        }

        sink.Verbose($"The full file would deactivate {gone:N0} of {active:N0} active rows.");
        if (gone <= request.MaximumDeactivation * active) return gone;
        throw Fault("Junipeer.Norce.FullFileTooMany", $"The full file would deactivate {gone:N0} of {active:N0} active rows, {(double)gone / active:P0}; {request.MaximumDeactivation:P0} are allowed. Nothing was sent.",
            "Check that the rows are all there is, and not only what changed. If it is right, say so with -MaximumDeactivation.");
    }

    /// <summary>The fault for a full file that does not fit into one job.</summary>
    public static JunipeerException Split(string why) => Fault("Junipeer.Norce.FullFileSplit",
        $"A full file must be one job, and {why}: each job would deactivate the rows of the others. Nothing was sent.",
        "Raise -JobRows (and JobBytes with Connect-Norce -Setting), give all rows the same fields, or leave -FullFile out.");

    /// <summary>The fault for a full file of which rows were refused.</summary>
    public static JunipeerException Incomplete(long refused) => Fault("Junipeer.Norce.FullFileIncomplete",
        $"{refused} rows of the full file were refused, so what is left is not all there is: sending it would deactivate them. Nothing was sent.",
        "Mend the rows that were refused, or leave -FullFile out.");

    private static JunipeerException Uncounted(string why) => Fault("Junipeer.Norce.FullFileUnknown",
        $"How many rows the full file would deactivate cannot be counted: {why.TrimEnd('.')}. Nothing was sent.",
        "Connect with -Setting to name the sets of this tenant (Get-NorceResource lists them), or say with -MaximumDeactivation 1 that any number is right.");

    private static JunipeerException Fault(string id, string message, string action) =>
        new(new JunipeerFault(id, FaultCategory.InvalidOperation, message, action) { System = NorceCatalogue.System });
}
