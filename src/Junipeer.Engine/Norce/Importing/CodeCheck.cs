using System.Text.Json;
using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>
/// Knows the codes that rows must name: Norce drops rows with an unknown warehouse, price list or part number and says
/// little or nothing of it. What cannot be read is not checked, and that is told.
/// </summary>
internal sealed class CodeCheck(NorceClient client, ImportBook book, NorceImportRequest request, IOperationSink sink)
{
    /// <summary>Part numbers asked for at once; more would make the address too long.</summary>
    private const int AtOnce = 40;

    private readonly NorceReader _reader = new(client, sink);
    private readonly NorceModel _model = new(client, sink);
    private HashSet<string>? _codes;
    private bool _isRead;

    /// <summary>Ids of places (<c>WH1 / STD</c> to warehouse and location) or of price lists, by code; for reading what is there.</summary>
    public Dictionary<string, (long Id, long Location)> Ids { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The application's key, which companies and customers must name; null when it could not be read.</summary>
    public string? ApplicationKey { get; private set; }

    /// <summary>Reads what rows of this kind are checked against, once.</summary>
    public async Task PrepareAsync(CancellationToken stop)
    {
        if (_isRead) return;
        _isRead = true;
        if (book.Kind is NorceImportKind.Company or NorceImportKind.Customer) ApplicationKey = await ReadKeyAsync(stop).ConfigureAwait(false);
        if (request.SkipCodeCheck && !request.FullFile) return;
        try
        {
            if (book.Kind == NorceImportKind.OnHand) await ReadPlacesAsync(stop).ConfigureAwait(false);
            else if (book.Kind == NorceImportKind.SkuPriceList) await ReadPriceListsAsync(stop).ConfigureAwait(false);
        }
        catch (JunipeerException failed) when (failed.Fault.Id is "Junipeer.Resource.NotFound" or "Junipeer.Request.Refused" or "Junipeer.Authentication.Forbidden" or "Junipeer.Resource.Unknown")
        {
            sink.Warning($"Codes are not checked before sending, because they cannot be read: {failed.Fault.Message}");
        }
    }

    /// <summary>What is wrong with a row's codes; null when nothing is, or nothing can be told.</summary>
    public RowProblem? Check(IReadOnlyDictionary<string, object?> row)
    {
        if (_codes is null || request.SkipCodeCheck) return null;
        if (book.Kind == NorceImportKind.SkuPriceList)
        {
            var list = RowRules.Text(row, "PriceListCode");
            return list is null || _codes.Contains(list) ? null : new("Junipeer.Norce.UnknownPriceList", $"There is no price list with the code '{list}'; Norce would drop the row.");
        }

        var (warehouse, location) = (RowRules.Text(row, "WarehouseCode"), RowRules.Text(row, "LocationCode"));
        if (warehouse is null || location is null || _codes.Contains($"{warehouse} / {location}")) return null;
        return _codes.Contains(warehouse)
            ? new("Junipeer.Norce.UnknownWarehouse", $"The warehouse '{warehouse}' has no location '{location}'; it has {string.Join(", ", _codes.Where(c => c.StartsWith(warehouse + " / ", StringComparison.OrdinalIgnoreCase)).Select(c => c[(warehouse.Length + 3)..]).Take(10))}.")
            : new("Junipeer.Norce.UnknownWarehouse", $"There is no warehouse with the code '{warehouse}'; there is {string.Join(", ", _codes.Where(c => !c.Contains(" / ", StringComparison.Ordinal)).Take(10))}.");
    }

    /// <summary>Those of some part numbers that Norce does not know.</summary>
    public async Task<HashSet<string>> UnknownPartsAsync(IReadOnlyCollection<string> parts, CancellationToken stop)
    {
        var set = await _model.RequireAsync(client.Connection.Setting.SkuSet, stop).ConfigureAwait(false);
        var key = NorceFilter.Require(set, "PartNo");
        var unknown = new HashSet<string>(parts, StringComparer.OrdinalIgnoreCase);
        foreach (var some in parts.Distinct(StringComparer.OrdinalIgnoreCase).Chunk(AtOnce))
        {
            var filter = string.Join(" or ", some.Select(p => $"{key.Name} eq {NorceFilter.Literal(key, p)}"));
            foreach (var row in await _reader.AllAsync(new NorceReading(set) { Filter = filter, Select = [key.Name] }, stop).ConfigureAwait(false))
                unknown.Remove(NorceReader.Member(row, key.Name).GetString() ?? string.Empty);
        }

        return unknown;
    }

    private async Task ReadPlacesAsync(CancellationToken stop)
    {
        var setting = client.Connection.Setting;
        var warehouses = await _reader.AllAsync(new NorceReading(await _model.RequireAsync(setting.WarehouseSet, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
        var locations = await _reader.AllAsync(new NorceReading(await _model.RequireAsync(setting.LocationSet, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
        var codes = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var warehouse in warehouses)
        {
            if (Text(warehouse, "Code", "WarehouseCode") is not { } code || Number(warehouse, "WarehouseId", "Id") is not { } id) continue;
            codes.Add(code);
            foreach (var location in locations.Where(l => Number(l, "WarehouseId") == id))
            {
                if (Text(location, "Code", "LocationCode") is not { } place || Number(location, "LocationId", "Id") is not { } placeId) continue;
                codes.Add($"{code} / {place}");
                Ids[$"{code} / {place}"] = (id, placeId);
            }
        }

        if (Ids.Count > 0) _codes = codes;
        else sink.Warning($"Codes of warehouses are not checked before sending: {setting.WarehouseSet} and {setting.LocationSet} show none.");
    }

    private async Task ReadPriceListsAsync(CancellationToken stop)
    {
        var lists = await _reader.AllAsync(new NorceReading(await _model.RequireAsync(client.Connection.Setting.PriceListSet, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
        foreach (var list in lists)
        {
            // What Connect calls the code, Query calls the agreement.
            if (Text(list, "Agreement", "Code") is { } code && Number(list, "PriceListId", "Id") is { } id) Ids[code] = (id, 0);
        }

        if (Ids.Count > 0) _codes = new HashSet<string>(Ids.Keys, StringComparer.OrdinalIgnoreCase);
        else sink.Warning($"Codes of price lists are not checked before sending: {client.Connection.Setting.PriceListSet} shows none.");
    }

    private async Task<string?> ReadKeyAsync(CancellationToken stop)
    {
        try
        {
            return await client.GetAsync("commerce/metadata/1.1/GetApplication?format=json&cultureCode=", answer =>
            {
                using var document = JsonDocument.Parse(answer.Body.ToArray());
                return NorceReader.Member(document.RootElement, "Key") is { ValueKind: JsonValueKind.String } key && Guid.TryParse(key.GetString(), out _) ? key.GetString() : null;
            }, sink, stop).ConfigureAwait(false);
        }
        catch (JunipeerException failed) when (failed.Fault.Category is not FaultCategory.AuthenticationError)
        {
            sink.Verbose($"The key of the application could not be read; rows must bring it as ApplicationKey: {failed.Fault.Message}");
            return null;
        }
    }

    private static string? Text(JsonElement row, params string[] names) =>
        names.Select(n => NorceReader.Member(row, n)).FirstOrDefault(m => m.ValueKind == JsonValueKind.String) is { ValueKind: JsonValueKind.String } text ? text.GetString()?.Trim() : null;

    private static long? Number(JsonElement row, params string[] names) =>
        names.Select(n => NorceReader.Member(row, n)).FirstOrDefault(m => m.ValueKind == JsonValueKind.Number) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;
}
