using Junipeer.Norce;
using Junipeer.Records;

namespace Junipeer.Tests.Norce;

/// <summary>What tests need to know of a sandbox's world, read through the engine.</summary>
internal static class NorceWorld
{
    /// <summary>A place for stock, with its ids.</summary>
    internal sealed record Place(string Warehouse, string Location, long WarehouseId, long LocationId)
    {
        public IReadOnlyDictionary<string, object?> Stock(string part, decimal value) =>
            NorceBox.Row(("PartNo", part), ("WarehouseCode", Warehouse), ("LocationCode", Location), ("OnhandValue", value));
    }

    public static object? Value(JunipeerRecord record, params string[] names) =>
        names.Select(n => record.Properties.FirstOrDefault(p => p.Key.Equals(n, StringComparison.OrdinalIgnoreCase)).Value).FirstOrDefault(v => v is not null);

    public static async Task<Place> PlaceAsync(NorceBox box)
    {
        var warehouse = (await box.FindAsync(box.Connection.Setting.WarehouseSet))[0];
        var id = (long)Value(warehouse, "WarehouseId")!;
        var location = (await box.FindAsync(box.Connection.Setting.LocationSet, $"WarehouseId eq {id}"))[0];
        return new Place((string)Value(warehouse, "Code", "WarehouseCode")!, (string)Value(location, "Code", "LocationCode")!, id, (long)Value(location, "LocationId")!);
    }

    public static async Task<(string Code, long Id)> PriceListAsync(NorceBox box)
    {
        var list = (await box.FindAsync(box.Connection.Setting.PriceListSet))[0];
        return ((string)Value(list, "Agreement", "Code")!, (long)Value(list, "PriceListId")!);
    }

    public static async Task<IReadOnlyList<string>> PartsAsync(NorceBox box, int count) =>
        (await box.FindAsync("ProductSkus", null, q => q with { First = count, Select = ["PartNo"] })).Select(r => (string)Value(r, "PartNo")!).ToArray();

    /// <summary>Stock of a place: value, whether active, and when it was changed.</summary>
    public static async Task<IReadOnlyDictionary<string, (decimal? Value, bool Active, object? Updated)>> StockAsync(NorceBox box, Place place) =>
        (await box.FindAsync(box.Connection.Setting.OnHandSet, $"WarehouseId eq {place.WarehouseId} and LocationId eq {place.LocationId}"))
            .ToDictionary(r => (string)Value(r, "PartNo")!, r => ((decimal?)Value(r, "OnHandValue"), Value(r, "IsActive") is true, Value(r, "Updated")), StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyDictionary<string, object?> Product(string code, string manufacturer, string manufacturerPart, string part) => NorceBox.Row(
        ("Code", code),
        ("ManufacturerCode", manufacturer),
        ("ManufacturerName", "Nordtest"),
        ("Cultures", new object?[] { NorceBox.Row(("CultureCode", "sv-SE"), ("Name", "Regnjacka")) }),
        ("Variants", new object?[]
        {
            NorceBox.Row(("ManufacturerPartNo", manufacturerPart), ("Skus", new object?[] { NorceBox.Row(("PartNo", part), ("Status", "Coming"), ("Type", "ErpStandard"), ("EanCode", "7300000000017")) })),
        }));
}
