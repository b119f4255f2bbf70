using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect.Importers;

/// <summary>Stock by part number, warehouse and location: absolute values. Neither products nor places are created here.</summary>
internal sealed class OnhandImport(ImportRun run) : IImporter
{
    private const string List = "SkuOnhandFieldsThatAreSet";
    private const string Table = "Products/ProductSkuOnHands";
    private static readonly (string Field, string Column, string? Stamp)[] Fields =
    [
        ("OnhandValue", "OnHandValue", "OnHandLastUpdated"), ("IncomingValue", "IncomingValue", "IncomingLastUpdated"), ("NextDeliveryDate", "NextDeliveryDate", "NextDeliveryLastUpdated"), ("LeadTimeDayCount", "LeadTimeDayCount", null),
        ("OnOrderValue", "OnOrderValue", null), ("MinimumValue", "MinimumValue", null), ("MaximumValue", "MaximumValue", null), ("IsActive", "IsActive", null),
    ];

    private readonly HashSet<(int Warehouse, int Location)> _places = [];
    private readonly HashSet<Row> _sent = [];

    public void Apply(JsonElement row)
    {
        NorceWorld world = run.World;
        string part = row.Str("PartNo")!, warehouseCode = row.Str("WarehouseCode")!, locationCode = row.Str("LocationCode")!;
        if (world["Products/ProductSkus"].Find(part) is null)
        {
            throw new RowException($"Sku {part} does not exist.", unknown: true);
        }

        Row warehouse = world["Application/ClientWarehouses"].With("Code", warehouseCode) is [var known, ..] ? known : throw new RowException($"Warehouse {warehouseCode} does not exist.", unknown: true);
        Row location = world["Application/ClientWarehouseLocations"].With(["WarehouseId", "Code"], [warehouse["WarehouseId"], locationCode]) is [var place, ..] ? place : throw new RowException($"Location {locationCode} does not exist in warehouse {warehouseCode}.", unknown: true);
        _places.Add((warehouse.Int("WarehouseId"), location.Int("LocationId")));
        Row? old = world[Table].Find(part, warehouse["WarehouseId"], location["LocationId"]);
        if (!run.Header.AnnouncesAny(List))
        {
            Sent(old);
            return;
        }

        List<(string Name, object? Value)> sets = [];
        foreach ((string field, string column, _) in Fields)
        {
            run.Take(sets, Model.Types[Table], old is null, List, field, row, field, column);
        }

        if (run.Header.FullFile && !run.Announces(List, "IsActive"))
        {
            sets.Add(("IsActive", Box.True));
        }

        if (old is null)
        {
            if (!sets.Exists(s => s.Name == "IsActive"))
            {
                sets.Add(("IsActive", Box.True));
            }

            old = run.Insert(Table, [("PartNo", part), ("WarehouseId", warehouse["WarehouseId"]), ("LocationId", location["LocationId"]), .. sets, .. sets.Select(s => (Array.Find(Fields, f => f.Column == s.Name).Stamp!, (object?)world.Now)).Where(s => s.Item1 is not null)]);
        }
        else
        {
            int active = sets.FindIndex(s => s.Name == "IsActive");
            if (active >= 0)
            {
                sets.Add(("StoppedDate", sets[active].Value is true ? null : old["StoppedDate"] ?? world.Now));
            }

            Row before = old;
            run.Update(Table, old, [.. sets, .. sets.Where(s => !Equals(before[s.Name], s.Value)).Select(s => (Array.Find(Fields, f => f.Column == s.Name).Stamp!, (object?)world.Now)).Where(s => s.Item1 is not null).ToArray()]);
        }

        if (run.Announces(List, "OnhandValue"))
        {
            run.Stamp(Table, old, "OnHandLastChecked");
        }

        if (run.Announces(List, "Infos"))
        {
            ImportRun.Keep(old, "Infos", row.Get("Infos"));
        }

        Sent(old);
    }

    /// <summary>A full file ends every row of its places that it does not hold.</summary>
    public void Finish()
    {
        if (!run.Header.FullFile)
        {
            return;
        }

        foreach ((int warehouse, int location) in _places)
        {
            foreach (Row row in run.World[Table].With(["WarehouseId", "LocationId"], [warehouse, location]).Where(r => !_sent.Contains(r) && r["IsActive"] is true).ToArray())
            {
                run.Update(Table, row, ("IsActive", Box.False), ("StoppedDate", run.World.Now));
            }
        }
    }

    private void Sent(Row? row)
    {
        if (row is not null)
        {
            _sent.Add(row);
        }
    }
}
