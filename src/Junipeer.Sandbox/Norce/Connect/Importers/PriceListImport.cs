using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect.Importers;

/// <summary>Heads of price lists, and the warehouses and locations that sell through them: the only place where Connect makes those.</summary>
internal sealed class PriceListImport(ImportRun run) : IImporter
{
    private const string List = "PriceListFieldsThatAreSet";
    private const string Table = "Application/ClientPriceLists";

    public void Apply(JsonElement row)
    {
        NorceWorld world = run.World;
        string code = row.Str("Code")!;
        Row? old = world[Table].With("Agreement", code) is [var known, ..] ? known : null;
        List<(string, object?)> sets = [];
        foreach ((string field, string column) in new[] { ("Name", "Name"), ("StartDate", "StartDate"), ("EndDate", "EndDate"), ("IsPublic", "IsPublic"), ("IsPrimary", "IsPrimary"), ("Description", "Description"), ("DefaultPriceRule", "DefaultPriceRuleId") })
        {
            run.Take(sets, Model.Types[Table], old is null, List, field, row, field, column);
        }

        if (run.Announces(List, "CurrencyCode") && row.Str("CurrencyCode") is { } currency)
        {
            sets.Add(("CurrencyId", world["Core/Currencies"].With("Code", currency) is [var one, ..] ? one["Id"] : throw new RowException($"Currency {currency} does not exist.")));
        }
        else if (old is null)
        {
            throw new RowException($"Price list {code} cannot be created without a currency.");
        }

        if (run.Announces(List, "ParentPriceListCode") && row.Str("ParentPriceListCode") is { } parent)
        {
            sets.Add(("ParentPriceListId", world[Table].With("Agreement", parent) is [var one, ..] ? one["PriceListId"] : throw new RowException($"Price list {parent} does not exist.")));
        }

        if (old is null)
        {
            object id = Box.Of(world[Table].LastId + 1);
            world.Add("Application/PriceLists", ("Id", id), ("TypeId", Box.Of(1)), ("DefaultName", row.Str("Name") ?? code));
            old = run.Insert(Table, [("PriceListId", id), ("Agreement", code), ("IsErpUpdateable", Box.True), ("IsErpIntegrated", Box.True), ("IsActive", Box.True), .. sets.Exists(s => s.Item1 == "Name") ? Array.Empty<(string, object?)>() : [("Name", code)], .. sets]);
            if (!run.Announces(List, "DoNotCreateApplicationPriceList"))
            {
                run.Insert("Application/ApplicationPriceLists", ("ApplicationId", Box.Of(run.ApplicationId)), ("PriceListId", id), ("IsActive", Box.True), ("IsFavorite", Box.Of(row.Flag("IsFavorite") ?? false)));
            }
        }
        else
        {
            run.Update(Table, old, [.. sets]);
        }

        if (run.Announces(List, "Warehouses"))
        {
            foreach (JsonElement warehouse in row.Items("Warehouses"))
            {
                Warehouse(warehouse);
            }

            ImportRun.Keep(old, "Warehouses", row.Get("Warehouses"));
        }
    }

    public void Finish()
    {
    }

    private void Warehouse(JsonElement json)
    {
        const string Warehouses = "Application/ClientWarehouses", Locations = "Application/ClientWarehouseLocations";
        NorceWorld world = run.World;
        string code = json.Str("Code")!;
        Row? old = world[Warehouses].With("Code", code) is [var known, ..] ? known : null;
        List<(string, object?)> sets = [];
        run.Take(sets, Model.Types[Warehouses], old is null, "WarehouseFieldsThatAreSet", "Type", json, "Type", "TypeId");
        run.Take(sets, Model.Types[Warehouses], old is null, "WarehouseFieldsThatAreSet", "Name", json, "Name", "Name");
        run.Take(sets, Model.Types[Warehouses], old is null, "WarehouseFieldsThatAreSet", "LeadTimeDayCount", json, "LeadTimeDayCount", "LeadTimeDayCount");
        if (old is null)
        {
            old = run.Insert(Warehouses, [("WarehouseId", Box.Of(world[Warehouses].LastId + 1)), ("Code", code), ("IsActive", Box.True), .. sets]);
        }
        else
        {
            run.Update(Warehouses, old, [.. sets]);
        }

        foreach (JsonElement item in json.Items("Locations"))
        {
            string place = item.Str("Code")!;
            Row? location = world[Locations].With(["WarehouseId", "Code"], [old["WarehouseId"], place]) is [var there, ..] ? there : null;
            List<(string, object?)> values = [];
            run.Take(values, Model.Types[Locations], location is null, "WarehouseLocationFieldsThatAreSet", "Name", item, "Name", "Name");
            run.Take(values, Model.Types[Locations], location is null, "WarehouseLocationFieldsThatAreSet", "LeadTimeDayCount", item, "LeadTimeDayCount", "StandardLeadTimeDayCount");
            run.Take(values, Model.Types[Locations], location is null, "WarehouseLocationFieldsThatAreSet", "IsIncludedInStockCalculation", item, "IsIncludedInStockCalculation", "IsIncludedInStockCalculation");
            if (location is null)
            {
                object first = Box.Of(world[Locations].With("WarehouseId", old["WarehouseId"]).Count == 0);
                run.Insert(Locations, [("WarehouseId", old["WarehouseId"]), ("LocationId", Box.Of(1 + world[Locations].Sorted.Select(l => l.Int("LocationId")).DefaultIfEmpty(0).Max())), ("Code", place), ("IsStandard", first), ("IsActive", Box.True), .. values]);
            }
            else
            {
                run.Update(Locations, location, [.. values]);
            }
        }
    }
}
