using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect.Importers;

/// <summary>The SKUs of one variant, with the one price that may come with each.</summary>
internal sealed class SkuImport(ImportRun run)
{
    private const string List = "SkuFieldsThatAreSet";
    private const string Table = "Products/ProductSkus";
    private static readonly (string Field, string Member, string Column)[] Fields =
    [
        ("IntegrationPartNo", "IntegrationPartNo", "IntegrationPartNo"), ("CommodityCode", "CommodityCode", "CommodityCode"), ("EanCode", "EanCode", "EanCode"), ("TrackingCode", "TrackingCode", "TrackingCode"),
        ("UnitOfMeasurementType", "UnitOfMeasurementType", "UnitOfMeasurementId"), ("UnitOfMeasurementCount", "UnitOfMeasurementCount", "UnitOfMeasurementCount"), ("IsDropShipOnly", "IsDropShipOnly", "IsDropShipOnly"), ("IsBuyable", "IsBuyable", "IsBuyable"),
        ("DiscountClass", "DiscountClass", "DiscountClass"), ("RecommendedSalesQty", "RecommendedSalesQty", "RecommendedSalesQty"), ("IsRecommendedSalesQtyFixed", "IsRecommendedSalesQtyFixed", "IsRecommendedSalesQtyFixed"),
        ("ActualWeight", "ActualWeight", "GrossWeight"), ("VolumeWeight", "VolumeWeight", "VolumeWeight"), ("LogisticWidth", "LogisticWidth", "LogisticWidth"), ("LogisticHeight", "LogisticHeight", "LogisticHeight"), ("LogisticDepth", "LogisticDepth", "LogisticDepth"),
        ("StartDate", "StartDate", "StartDate"), ("StopDate", "StopDate", "EndDate"),
    ];

    private readonly PriceImport _prices = new(run);

    public void Apply(JsonElement sku, Row product)
    {
        string part = sku.Str("PartNo")!;
        Row? old = run.World[Table].Find(part);
        if (old is not null && !Equals(old["ProductId"], product["Id"]))
        {
            throw new RowException($"Sku {part} belongs to another product.");
        }

        bool created = old is null;
        List<(string Name, object? Value)> sets = [];
        foreach ((string field, string member, string column) in Fields)
        {
            run.Take(sets, Model.Types[Table], created, List, field, sku, member, column);
        }

        Enum(sets, sku, "Status", "StatusId", "SkuStatus", run.Announces(List, "Status") || (created && run.Announces(List, "StatusCreateOnly")));
        Enum(sets, sku, "Type", "TypeId", "SkuType", run.Announces(List, "Type"));
        Culture(sets, sku, created, "ErpName", "ErpName");
        Culture(sets, sku, created, "Comment", "DefaultComment");
        if (old is null)
        {
            (string, object?)[] defaults =
            [
                ("StatusId", Box.Of(2)), ("TypeId", Box.Of(1)), ("StatusLastUpdated", run.World.Now), ("UnitOfMeasurementId", Box.Of(1)), ("UnitOfMeasurementCount", Box.One), ("RecommendedSalesQty", Box.One), ("IsBuyable", Box.True),
            ];
            old = run.Insert(Table, [("PartNo", part), ("ProductId", product["Id"]), .. defaults.Where(d => !sets.Exists(s => s.Name == d.Item1)), .. sets]);
        }
        else
        {
            if (sets.Find(s => s.Name == "StatusId") is { Value: { } status } && !Equals(old["StatusId"], status))
            {
                sets.Add(("StatusLastUpdated", run.World.Now));
            }

            run.Update(Table, old, [.. sets]);
        }

        run.Stamp(Table, old, "LastChecked");
        if (run.Announces(List, "VatRate"))
        {
            ImportRun.Keep(old, "VatRates", sku.Get("VatRates"));
        }

        if (run.Announces(List, "StructureItems"))
        {
            ImportRun.Keep(old, "StructureItems", sku.Get("StructureItems"));
        }

        if (run.Announces(List, "StandardPrice") && sku.Get("StandardPrice") is { } price)
        {
            try
            {
                _prices.Apply(price, part);
            }
            catch (RowException wrong)
            {
                run.Warn(wrong.Message);
            }
        }
    }

    private static void Enum(List<(string Name, object? Value)> sets, JsonElement sku, string member, string column, string of, bool set)
    {
        if (set && sku.Get(member) is { } value)
        {
            sets.Add((column, Box.Of(Shapes.Enum(of, value, names: true)!.Value)));
        }
    }

    private void Culture(List<(string Name, object? Value)> sets, JsonElement sku, bool created, string field, string column)
    {
        const string Cultures = "SkuCultureFieldsThatAreSet";
        if (!run.Announces(Cultures, field) && !(created && run.Announces(Cultures, field + "CreateOnly")))
        {
            return;
        }

        JsonElement[] all = [.. sku.Items("Cultures")];
        JsonElement culture = Array.Find(all, c => c.Str("CultureCode") == NorceSandbox.Applications[0].Culture) is { ValueKind: JsonValueKind.Object } found ? found : all.FirstOrDefault();
        if (culture.ValueKind == JsonValueKind.Object && culture.Str(field) is { } text)
        {
            sets.Add((column, text));
        }
        else if (!created && run.Clears)
        {
            sets.Add((column, null));
        }
    }
}
