using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>warehouse-service: availability, movements, corrections, transfers, reservations.</summary>
internal static class StockService
{
    private const string Name = WarehouseService.Name;

    public static IEnumerable<Resource> All()
    {
        yield return Availability();
        yield return Bundles();
        yield return Corrections();
        yield return Movements();
        yield return SmallLists.Of(Name, "stock-transfer", "Stock Transfer", w => w.Transfers, t => t.Id, "stockTransferId", (doc, t) => doc.Int("stockTransferId", t.Id).Int("sourceWarehouseId", t.SourceWarehouseId)
            .Int("targetWarehouseId", t.TargetWarehouseId).Int("goodsOutNoteId", t.GoodsOutNoteId).Str("reference", t.Reference).Int("createdBy", t.CreatedBy).At("createdOn", t.CreatedOn));
        yield return OfOrder("reservation", "order/{}/reservation", "Reservation", o => o.Type == 1 && o.Allocation == 4 && o.Shipping is 2 or 3, (doc, o) =>
        {
            doc.Int("orderId", o.Id).Int("warehouseId", o.WarehouseId).Open("orderRows");
            foreach (OrderRow row in o.Rows.Where(r => r.Stocked))
            {
                doc.Open(row.Id.ToString(CultureInfo.InvariantCulture)).Int("productId", row.Product!.Id).Int("quantity", row.Quantity).Close();
            }

            doc.Close();
        });
        yield return OfOrder("order-fulfilment-status", "order/{}/fulfilment-status", "Fulfilment Status", o => o.Type == 1, (doc, o) =>
            doc.Int("orderId", o.Id).Str("shippingStatusCode", OrderCodes.Shipping[o.Shipping]).Str("allocationStatusCode", OrderCodes.Allocation[o.Allocation]), sets: true);
        yield return OfOrder("fulfilment-source", "order/{}/fulfilment-source", "Fulfilment Source", o => o.Type == 1, (doc, o) => doc.Int("orderId", o.Id).Int("warehouseId", o.WarehouseId).Bool("dropShip", o.IsDropship));
    }

    /// <summary>https://api-docs.brightpearl.com/warehouse/product-availability/get.html</summary>
    private static Resource Availability()
    {
        return new Resource(Name, "product-availability")
            .Get("product-availability", _ => throw Reply.NeedsSet("product availability"))
            .Get("product-availability/{}", call => Read(call, call.Set(0), null))
            .Get("warehouse/{}/product-availability/{}", call => Read(call, call.Set(1), call.Id(0)))
            .DumpMap(w => w.Stock.Rows().Where(s => w.Products[s.ProductId] is not null), (doc, s) => Write(doc, s, null), "productId", s => s.ProductId).Counted(w => w.Stock.Count);
    }

    private static Answer Read(Call call, IdSet set, int? warehouse)
    {
        List<ProductStock> found = [];
        int untracked = 0;
        foreach (long id in set.Size > 100_000 ? throw new ApiException(400, "CMNC-011", "Too many IDs in one request") : set.Ids())
        {
            Product? product = call.World.Products[id];
            if (product is null)
            {
                switch (call.Sandbox.Quirks["availabilityUnknown"])
                {
                    case "404":
                        throw Reply.NotFound("Product");
                    case "400":
                        throw new ApiException(400, "WHSC-006", $"Product {id} does not exist");
                }

                continue;
            }

            if (!product.StockTracked)
            {
                untracked++;
                continue;
            }

            found.Add(call.World.Stock[id] ?? new ProductStock((int)id, []));
        }

        if (found.Count == 0 && untracked > 0)
        {
            throw new ApiException(400, "WHSC-097", untracked == 1 ? "This is a non stock tracked product." : "These are non stock tracked products.");
        }

        return found.Count == 0 ? throw Reply.NotFound("Product") : Reply.WriteMap(call, found, s => s.ProductId, (doc, s) => Write(doc, s, warehouse));
    }

    /// <summary>A warehouse without the product is absent.</summary>
    private static void Write(DocWriter doc, ProductStock stock, int? only)
    {
        StockAt[] places = only is null ? stock.Places : [.. stock.Places.Where(p => p.WarehouseId == only)];
        doc.Open("total");
        Numbers(doc, places);
        doc.Close().Open("warehouses");
        foreach (IGrouping<int, StockAt> warehouse in places.GroupBy(p => p.WarehouseId).OrderBy(g => g.Key))
        {
            doc.Open(warehouse.Key.ToString(CultureInfo.InvariantCulture));
            StockAt[] here = [.. warehouse];
            Numbers(doc, here);
            if (doc.Wants("breakDownByLocation"))
            {
                doc.Open("byLocation");
                foreach (StockAt place in here.OrderBy(p => p.LocationId))
                {
                    doc.Open(place.LocationId.ToString(CultureInfo.InvariantCulture));
                    Numbers(doc, [place], optional: false);
                    doc.Close();
                }

                doc.Close();
            }

            doc.Close();
        }

        doc.Close();
    }

    private static void Numbers(DocWriter doc, StockAt[] places, bool optional = true)
    {
        int stock = places.Sum(p => p.InStock), orders = places.Sum(p => p.AllocatedOrders), transfers = places.Sum(p => p.AllocatedTransfers);
        doc.Int("inStock", stock).Int("onHand", stock - orders - transfers).Int("allocated", orders + transfers).Int("inTransit", places.Sum(p => p.InTransit));
        if (optional && doc.Wants("allocatedOrders"))
        {
            doc.Int("allocatedOrders", orders);
        }

        if (optional && doc.Wants("allocatedTransfers"))
        {
            doc.Int("allocatedTransfers", transfers);
        }

        if (optional && doc.Wants("onOrder"))
        {
            doc.Int("onOrder", places.Sum(p => p.OnOrder));
        }
    }

    /// <summary>As many as the scarcest component allows: https://api-docs.brightpearl.com/warehouse/bundle-availability/get.html</summary>
    private static Resource Bundles()
    {
        return new Resource(Name, "bundle-availability")
            .Get("bundle-availability/{}", call => call.World.Products[call.Id(0)] is { Bundle.Length: > 0 } bundle
                ? Reply.WriteMap(call, [bundle], p => p.Id, Write)
                : throw Reply.NotFound("Bundle"))
            .DumpMap(w => w.Products.Rows().Where(p => p.Bundle.Length > 0), Write, "productId", p => p.Id);

        static void Write(DocWriter doc, Product bundle)
        {
            int[] warehouses = [.. doc.World.Warehouses.Rows().Select(w => w.Id)];
            int[] possible = [.. warehouses.Select(w => bundle.Bundle.Min(part => Math.Max(0, Free(doc.World, part.Product.Id, w) / part.Quantity)))];
            doc.Open("total").Int("onHand", possible.Sum()).Close().Open("warehouses");
            for (int i = 0; i < warehouses.Length; i++)
            {
                if (possible[i] > 0)
                {
                    doc.Open(warehouses[i].ToString(CultureInfo.InvariantCulture)).Int("onHand", possible[i]).Close();
                }
            }

            doc.Close();
        }

        static int Free(WorldState world, int product, int warehouse) =>
            (world.Stock[product]?.Places ?? []).Where(p => p.WarehouseId == warehouse).Sum(p => p.InStock - p.AllocatedOrders - p.AllocatedTransfers);
    }

    private static Resource Corrections()
    {
        GetRules rules = new("Stock Correction", 200);
        return new Resource(Name, "stock-correction")
            .Get("warehouse/{}/stock-correction", call => Read(call, IdSet.All))
            .Get("warehouse/{}/stock-correction/{}", call => Read(call, call.Set(1)))
            .DumpDocuments(w => w.Corrections.Rows(), Write, "goodsNoteId").Counted(w => w.Corrections.Count);

        Answer Read(Call call, IdSet set)
        {
            int warehouse = call.Id(0);
            return Reply.Documents(call, set, id => call.World.Corrections[id] is { } c && c.WarehouseId == warehouse ? c : null, () => call.World.Corrections.Rows().Where(c => c.WarehouseId == warehouse), Write, rules);
        }

        static void Write(DocWriter doc, StockCorrection c)
        {
            doc.Int("goodsNoteId", c.Id).Int("warehouseId", c.WarehouseId).Int("productId", c.ProductId).Int("quantity", c.Quantity).Str("reason", c.Reason).Int("locationId", c.LocationId);
            if (c.Quantity > 0)
            {
                doc.Open("cost").Str("currency", doc.World.BaseCurrency).Money("value", c.Cost, 4).Close();
            }

            doc.At("createdOn", c.CreatedOn).Int("createdBy", c.CreatedBy);
        }
    }

    private static Resource Movements()
    {
        SearchDefinition<GoodsMovement> search = new SearchDefinition<GoodsMovement>("goods-movement-search", w => w.Movements)
            .Id("goodsMovementId", INTEGER, m => Cell.Of(m.Id))
            .Col("productId", INTEGER, m => Cell.Of(m.ProductId))
            .Col("salesOrderRowId", INTEGER, m => Cell.OfOrNull(m.SalesOrderRowId))
            .Col("purchaseOrderRowId", INTEGER, m => Cell.OfOrNull(m.PurchaseOrderRowId))
            .Col("quantity", INTEGER, m => Cell.Of(m.Quantity))
            .Col("destinationLocationId", INTEGER, m => Cell.Of(m.LocationId))
            .Col("warehouseId", INTEGER, m => Cell.Of(m.WarehouseId))
            .Col("goodsNoteId", INTEGER, m => Cell.Of(m.NoteId))
            .Col("productValue", STRING, m => Cell.Money(m.Value, 4))
            .Col("currencyCode", STRING, m => Cell.Of(m.CurrencyCode))
            .Col("orderId", INTEGER, m => Cell.OfOrNull(m.OrderId))
            .Col("isCleared", BOOLEAN, m => Cell.Of(m.Cleared))
            .Col("isQuarantine", BOOLEAN, m => Cell.Of(m.Quarantine))
            .Col("batchId", INTEGER, m => Cell.OfOrNull(m.BatchId))
            .Col("goodsNoteTypeCode", STRING, m => Cell.Of(m.TypeCode))
            .Col("updatedOn", PERIOD, m => Cell.At(m.UpdatedOn));
        return new Resource(Name, "goods-movement").Search(search).DumpRows(search, "goodsMovementId").Counted(w => w.Movements.Count);
    }

    /// <summary>Assumed resources that say something about one order.</summary>
    private static Resource OfOrder(string name, string path, string noun, Func<Order, bool> has, Action<DocWriter, Order> write, bool sets = false) => new Resource(Name, name) { Assumed = true }
        .Get(path, call => Reply.Documents(call, sets ? call.Set(0) : IdSet.Parse(call.Id(0).ToString(CultureInfo.InvariantCulture))!, id => call.World.Orders[id] is { } o && has(o) ? o : null, () => [], write, new GetRules(noun, 200)))
        .DumpDocuments(w => w.Orders.Rows().Where(has), write, "orderId");
}
