using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Norce;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// Twelve rows of one kind, as they are at one time: every third sets one field more, so that they make three jobs of four
/// rows. Another day has other values, and rows that begin eight articles later, so that each job has some of which nothing
/// newer comes.
/// </summary>
internal sealed class NorceInput(NorceImportKind kind, IReadOnlyList<string> parts, int time, int shift)
{
    public const int Count = 12;

    /// <summary>Which rows go together, in the order in which the jobs fill.</summary>
    private static readonly int[][] Jobs = [[0, 1, 3, 4], [6, 7, 9, 10], [2, 5, 8, 11]];

    /// <summary>The set that shows what is imported, and its columns that rows set.</summary>
    public static (string Set, string[] Key, string[] Fields) SetOf(NorceImportKind kind) => kind switch
    {
        NorceImportKind.OnHand => ("Products/ProductSkuOnHands", ["PartNo", "WarehouseId", "LocationId"], ["OnHandValue", "IncomingValue"]),
        NorceImportKind.SkuPriceList => ("Products/ProductSkuPriceLists", ["PartNo", "PriceListId", "QtyBreak"], ["PriceSale", "PriceRecommended"]),
        _ => ("Products/ProductSkus", ["PartNo"], ["EanCode", "CommodityCode"]),
    };

    /// <summary>What Norce holds by key once it is told of this and of nothing else; of the first jobs only, or of all.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, string?>> Expect(int jobs = 3) =>
        Jobs.Take(jobs).SelectMany(j => j).ToDictionary(KeyOf, i => ValuesOf(i).ToDictionary(v => v.Column, v => (string?)v.Value.ToString("0.####", CultureInfo.InvariantCulture)));

    public void WriteTo(string file) => File.WriteAllLines(file, Enumerable.Range(0, Count).Select(i => RowOf(i).ToJsonString()));

    private string PartOf(int row) => kind == NorceImportKind.Product ? $"KILL-{(row + shift) % 16:00}" : parts[(row + shift) % 16];

    private bool IsOther(int row) => (row + shift) % 2 == 1;

    private string KeyOf(int row) => kind switch
    {
        NorceImportKind.OnHand => $"{PartOf(row)}/3/{(IsOther(row) ? 8 : 7)}", // as the sandbox numbers WH-MAIN, OUTLET and STD
        NorceImportKind.SkuPriceList => $"{PartOf(row)}/{(IsOther(row) ? 14 : 12)}/1", // RETAIL-EU and RETAIL-GB
        _ => PartOf(row),
    };

    private IEnumerable<(string Field, string Column, decimal Value)> ValuesOf(int row)
    {
        var (fields, scale) = kind switch
        {
            NorceImportKind.OnHand => ((string[])["OnhandValue", "IncomingValue"], 1m),
            NorceImportKind.SkuPriceList => (["PriceSale", "PriceRecommended"], 0.0001m),
            _ => (["EanCode", "CommodityCode"], 1m),
        };
        var columns = SetOf(kind).Fields;
        yield return (fields[0], columns[0], ((time * 100) + row + 1) * scale);
        if (row % 3 == 2) yield return (fields[1], columns[1], ((time * 100) + row + 51) * scale);
    }

    private JsonObject RowOf(int row)
    {
        var fields = ValuesOf(row).Select(v => KeyValuePair.Create(v.Field, kind == NorceImportKind.Product ? JsonValue.Create(v.Value.ToString(CultureInfo.InvariantCulture)) : (JsonNode)JsonValue.Create(v.Value))).ToArray();
        if (kind == NorceImportKind.OnHand) return new JsonObject([new("PartNo", PartOf(row)), new("WarehouseCode", "WH-MAIN"), new("LocationCode", IsOther(row) ? "OUTLET" : "STD"), .. fields!]);
        if (kind == NorceImportKind.SkuPriceList) return new JsonObject([new("PartNo", PartOf(row)), new("PriceListCode", IsOther(row) ? "RETAIL-EU" : "RETAIL-GB"), .. fields!]);
        var sku = new JsonObject([new("PartNo", PartOf(row)), new("Status", "Coming"), new("Type", "ErpStandard"), .. fields!]);
        return new JsonObject
        {
            ["Code"] = "STYLE-" + PartOf(row), ["ManufacturerCode"] = "NORDTEST", ["ManufacturerName"] = "Nordtest", ["Cultures"] = new JsonArray(new JsonObject { ["CultureCode"] = "sv-SE", ["Name"] = "Regnjacka" }),
            ["Variants"] = new JsonArray(new JsonObject { ["ManufacturerPartNo"] = "M-" + PartOf(row), ["Skus"] = new JsonArray(sku) }),
        };
    }

    /// <summary>A column as text, the same for 5 and 5.0.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDecimal().ToString("0.####", CultureInfo.InvariantCulture),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => value.ToString(),
    };
}
