using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>warehouse-service: places, methods and defaults. Stock is in <see cref="StockService"/>, notes in <see cref="NoteService"/>.</summary>
internal static class WarehouseService
{
    public const string Name = "warehouse-service";

    public static IEnumerable<Resource> All()
    {
        yield return SmallLists.Of(Name, "warehouse", "Warehouse", w => w.Warehouses, w => w.Id, "id", (doc, w) =>
            {
                doc.Int("id", w.Id).Str("name", w.Name).Str("typeDescription", w.TypeDescription).Int("typeCode", w.TypeDescription == "Shop" ? 2 : 1).Int("addressId", w.AddressId);
                if (doc.World.Addresses[w.AddressId] is { } address)
                {
                    doc.Open("address");
                    ContactReading.Address(doc, address);
                    doc.Close();
                }
            })
            .Search(new SearchDefinition<Warehouse>("warehouse-search", w => w.Warehouses).Id("id", INTEGER, w => Cell.Of(w.Id)).Col("name", STRING, w => Cell.Of(w.Name))
                .Col("typeDescription", STRING, w => Cell.Of(w.TypeDescription)).Col("addressId", INTEGER, w => Cell.Of(w.AddressId)));
        yield return InWarehouse("location", "Location", w => w.Locations, l => l.WarehouseId, l => l.Id, Location)
            .Search(new SearchDefinition<Location>("location-search", w => w.Locations).Id("id", INTEGER, l => Cell.Of(l.Id)).Col("warehouseId", INTEGER, l => Cell.Of(l.WarehouseId)).Col("zoneId", INTEGER, l => Cell.OfOrNull(l.ZoneId))
                .Col("groupingA", STRING, l => Cell.Of(l.A)).Col("groupingB", STRING, l => Cell.Of(l.B)).Col("groupingC", STRING, l => Cell.Of(l.C)).Col("groupingD", STRING, l => Cell.Of(l.D)).Col("barcode", STRING, l => Cell.Of(l.Barcode)));
        yield return SpecialLocation("default-location", "default", w => w.DefaultLocationId);
        yield return SpecialLocation("quarantine-location", "quarantine", w => w.QuarantineLocationId);
        yield return InWarehouse("zone", "Zone", w => w.Zones, z => z.WarehouseId, z => z.Id, (doc, z) => doc.Int("id", z.Id).Str("name", z.Name).Int("warehouseId", z.WarehouseId))
            .Search(new SearchDefinition<Zone>("zone-search", w => w.Zones).Id("id", INTEGER, z => Cell.Of(z.Id)).Col("name", STRING, z => Cell.Of(z.Name)).Col("warehouseId", INTEGER, z => Cell.Of(z.WarehouseId)));
        yield return SmallLists.Of(Name, "shipping-method", "Shipping Method", w => w.ShippingMethods, m => m.Id, "id", (doc, m) => doc.Int("id", m.Id).Str("name", m.Name).Str("code", m.Code).Int("breaks", m.Breaks).Int("methodType", m.Type)
                .Int("additionalInformationRequired", 0))
            .Search(new SearchDefinition<ShippingMethod>("shipping-method-search", w => w.ShippingMethods).Id("id", INTEGER, m => Cell.Of(m.Id)).Col("code", STRING, m => Cell.Of(m.Code)).Col("name", STRING, m => Cell.Of(m.Name)));
        yield return Defaults();
        SearchDefinition<ReturnReason> reasons = new SearchDefinition<ReturnReason>("return-reason-search", w => w.ReturnReasons)
            .Id("code", STRING, r => Cell.Of(r.Code), isTableKey: false).Col("name", SEARCH_STRING, r => Cell.Of(r.Name)).Col("action", STRING, r => Cell.Of(r.Action)).Col("active", BOOLEAN, r => Cell.Of(r.Active))
            .Col("updatedBy", SEARCH_STRING, r => Cell.Of(r.UpdatedBy)).Col("lastUpdated", DATETIME, r => Cell.At(r.LastUpdated));
        yield return new Resource(Name, "return-reason").Search(reasons).DumpRows(reasons, "code");
    }

    /// <summary>Lists that live below one warehouse.</summary>
    private static Resource InWarehouse<T>(string name, string noun, Func<WorldState, Table<T>> table, Func<T, int> warehouse, Func<T, int> id, Action<DocWriter, T> write)
        where T : class
    {
        GetRules rules = new(noun);
        return new Resource(Name, name)
            .Get("warehouse/{}/" + name, call => Read(call, IdSet.All))
            .Get("warehouse/{}/" + name + "/{}", call => Read(call, call.Set(1, starAllowed: true)))
            .DumpDocuments(w => table(w).Rows(), write, "id").Counted(w => table(w).Count);

        Answer Read(Call call, IdSet ids)
        {
            int one = call.Id(0);
            return Reply.Documents(call, IdSet.All, _ => null, () => table(call.World).Rows().Where(r => warehouse(r) == one && ids.Contains(id(r))), write, rules);
        }
    }

    private static Resource SpecialLocation(string name, string path, Func<Warehouse, int> location) => new Resource(Name, name)
        .Get("warehouse/{}/location/" + path, call => call.World.Warehouses[call.Id(0)] is { } w ? Reply.Value(location(w)) : throw Reply.NotFound("Warehouse"))
        .DumpDocuments(w => w.Warehouses.Rows(), (doc, w) => doc.Int("warehouseId", w.Id).Int("locationId", location(w)), "warehouseId");

    /// <summary>https://api-docs.brightpearl.com/warehouse/warehouse-defaults/get.html</summary>
    private static Resource Defaults()
    {
        return new Resource(Name, "warehouse-defaults")
            .Get("warehouse/{}/product", _ => throw Reply.NeedsSet("warehouse default"))
            .Get("warehouse/{}/product/{}", call =>
            {
                int warehouse = call.Id(0);
                return Reply.Documents(call, call.Set(1), id => Of(call.World.Products[id], warehouse).FirstOrDefault(), () => [], Write, new GetRules("Warehouse Default", 200));
            })
            .DumpDocuments(w => w.Products.Rows().SelectMany(p => p.Defaults.SelectMany(d => Of(p, d.WarehouseId))), Write, "productId", "warehouseId");

        static IEnumerable<Default> Of(Product? p, int warehouse) => p is null ? [] : p.Defaults.Where(d => d.WarehouseId == warehouse).Select(d => new Default(p.Id, d.WarehouseId, d.LocationId, d.ReorderLevel, d.ReorderQuantity));

        static void Write(DocWriter doc, Default d) => doc.Int("warehouseId", d.WarehouseId).Int("productId", d.ProductId).Int("defaultLocationId", d.LocationId).Int("overflowLocationId", 0).Int("reorderLevel", d.Level).Int("reorderQuantity", d.Quantity);
    }

    private static void Location(DocWriter doc, Location l)
    {
        doc.Int("id", l.Id).Int("warehouseId", l.WarehouseId).IntOrAbsent("zoneId", l.ZoneId).Open("grouping").Str("groupingA", l.A).Str("groupingB", l.B).Str("groupingC", l.C).Str("groupingD", l.D).Close().Str("barcode", l.Barcode);
    }

    private sealed record Default(int ProductId, int WarehouseId, int LocationId, int Level, int Quantity);
}
