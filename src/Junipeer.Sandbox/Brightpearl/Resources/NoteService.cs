using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>warehouse-service: goods-in, goods-out and drop-ship notes.</summary>
internal static class NoteService
{
    private const string Name = WarehouseService.Name;

    public static IEnumerable<Resource> All(BrightpearlSandbox sandbox)
    {
        yield return GoodsIn(sandbox);
        yield return GoodsOut();
        yield return DropShip();
    }

    /// <summary>A row of the search is one product line of a batch: https://api-docs.brightpearl.com/warehouse/goods-in-note/get.html</summary>
    private static Resource GoodsIn(BrightpearlSandbox sandbox)
    {
        Location? At(GoodsInLine line) => sandbox.World.Locations[line.LocationId];
        SearchDefinition<GoodsInLine> search = new SearchDefinition<GoodsInLine>("goods-in-search", w => new DerivedRows<GoodsInLine>(() => w.GoodsIn.Rows().SelectMany(n => n.Lines)))
            .Col("purchaseOrderId", INTEGER, l => Cell.OfOrNull(l.OrderId))
            .Id("batchId", INTEGER, l => Cell.Of(l.NoteId), isTableKey: false)
            .Col("userBatchRef", STRING, l => Cell.Of(l.BatchReference))
            .Col("productId", INTEGER, l => Cell.Of(l.ProductId))
            .Col("locationId", INTEGER, l => Cell.Of(l.LocationId))
            .Col("groupingA", STRING, l => Cell.Of(At(l)?.A))
            .Col("groupingB", STRING, l => Cell.Of(At(l)?.B))
            .Col("groupingC", STRING, l => Cell.Of(At(l)?.C))
            .Col("groupingD", STRING, l => Cell.Of(At(l)?.D))
            .Col("price", STRING, l => Cell.Money(l.Cost, 4))
            .Col("landedCosts", STRING, l => Cell.Money(l.LandedCost, 4))
            .Col("currCode", STRING, l => Cell.Of(l.CurrencyCode))
            .Col("receivedQuantity", INTEGER, l => Cell.Of(l.Quantity))
            .Col("onHand", INTEGER, l => Cell.Of(l.OnHand))
            .Col("createdDate", PERIOD, l => Cell.At(l.CreatedOn))
            .Col("receivedDate", PERIOD, l => Cell.At(l.ReceivedOn))
            .Col("warehouseId", INTEGER, l => Cell.Of(l.WarehouseId));
        Resource resource = new Resource(Name, "goods-in-note").Search(search)
            .DumpMap(w => w.GoodsIn.Rows(), In, "goodsNoteId", n => n.Id).Counted(w => w.GoodsIn.Count);
        return Routes(resource, "goods-in", new GetRules("Goods In Note", 200), w => w.GoodsIn, n => n.OrderId, n => n.Id, In);
    }

    private static Resource GoodsOut()
    {
        SearchDefinition<GoodsOutNote> search = new SearchDefinition<GoodsOutNote>("goods-note/goods-out-search", w => w.GoodsOut)
            .Id("goodsOutNoteId", INTEGER, n => Cell.Of(n.Id))
            .Col("printed", BOOLEAN, n => Cell.Of(n.PrintedOn != 0))
            .Col("picked", BOOLEAN, n => Cell.Of(n.PickedOn != 0))
            .Col("packed", BOOLEAN, n => Cell.Of(n.PackedOn != 0))
            .Col("shipped", BOOLEAN, n => Cell.Of(n.ShippedOn != 0))
            .Col("shippedOn", PERIOD, n => Cell.At(n.ShippedOn))
            .Col("orderId", INTEGER, n => Cell.Of(n.OrderId))
            .Col("shippingMethodId", INTEGER, n => Cell.Of(n.ShippingMethodId))
            .Col("warehouseId", INTEGER, n => Cell.Of(n.WarehouseId))
            .Col("priority", BOOLEAN, n => Cell.Of(n.Priority))
            .Col("createdOn", PERIOD, n => Cell.At(n.CreatedOn))
            .Col("releaseDate", PERIOD, n => Cell.At(n.ReleaseDate))
            .Col("createdBy", INTEGER, n => Cell.Of(n.CreatedBy))
            .Col("labelUri", STRING, _ => Cell.Null)
            .Col("channelId", INTEGER, n => Cell.Of(n.ChannelId))
            .Col("transfer", BOOLEAN, n => Cell.Of(n.Transfer));
        Resource resource = new Resource(Name, "goods-out-note").Search(search)
            .DumpMap(w => w.GoodsOut.Rows(), Out, "goodsOutNoteId", n => n.Id).Counted(w => w.GoodsOut.Count);
        return Routes(resource, "goods-out", new GetRules("Goods Out Note", 500), w => w.GoodsOut, n => n.OrderId, n => n.Id, Out);
    }

    private static Resource DropShip()
    {
        Resource resource = new Resource(Name, "drop-ship-note") { Assumed = true }
            .DumpMap(w => w.DropShips.Rows(), Drop, "dropShipNoteId", n => n.Id).Counted(w => w.DropShips.Count);
        return Routes(resource, "drop-ship", new GetRules("Drop Ship Note", 200), w => w.DropShips, n => n.OrderId, n => n.Id, Drop);
    }

    /// <summary>Below one order, a set of orders, or any order (<c>*</c>); never all notes of all orders.</summary>
    private static Resource Routes<T>(Resource resource, string kind, GetRules rules, Func<WorldState, Table<T>> table, Func<T, int> order, Func<T, int> id, Action<DocWriter, T> write)
        where T : class
    {
        return resource
            .Get("order/{}/goods-note/" + kind, call =>
            {
                IdSet orders = call.Set(0, starAllowed: true);
                return orders.IsAll ? throw new ApiException(400, "CMNC-009", "Notes of all orders need an ID set of notes") : OfOrders(call, orders);
            })
            .Get("order/{}/goods-note/" + kind + "/{}", call =>
            {
                IdSet orders = call.Set(0, starAllowed: true), notes = call.Set(1, starAllowed: true);
                if (notes.IsAll)
                {
                    return orders.IsAll ? throw new ApiException(400, "CMNC-009", "Notes of all orders need an ID set of notes") : OfOrders(call, orders);
                }

                return Reply.Map(call, notes, i => table(call.World)[i] is { } n && orders.Contains(order(n)) ? n : null, () => [], n => id(n), write, rules);
            });

        Answer OfOrders(Call call, IdSet orders)
        {
            _ = Reply.Cut(call, orders, rules.MaxIds);
            return Reply.Map(call, IdSet.All, _ => null, () => table(call.World).Rows().Where(n => orders.Contains(order(n))), n => id(n), write, rules);
        }
    }

    private static void Out(DocWriter doc, GoodsOutNote n)
    {
        doc.Int("orderId", n.OrderId).Int("warehouseId", n.WarehouseId);
        if (n.Transfer)
        {
            doc.Int("targetWarehouseId", n.TargetWarehouseId).IntOrAbsent("stockTransferId", n.StockTransferId);
        }

        doc.Bool("transfer", n.Transfer).Bool("priority", n.Priority);
        doc.Open("status").Bool("shipped", n.ShippedOn != 0).Bool("packed", n.PackedOn != 0).Bool("picked", n.PickedOn != 0).Bool("printed", n.PrintedOn != 0)
            .At("pickedOn", n.PickedOn).At("packedOn", n.PackedOn).At("shippedOn", n.ShippedOn).At("printedOn", n.PrintedOn)
            .IntOrAbsent("pickedById", n.PickedOn == 0 ? 0 : n.HandledBy).IntOrAbsent("packedById", n.PackedOn == 0 ? 0 : n.HandledBy)
            .IntOrAbsent("shippedById", n.ShippedOn == 0 ? 0 : n.HandledBy).IntOrAbsent("printedById", n.PrintedOn == 0 ? 0 : n.HandledBy).Close();
        doc.Open("shipping").Str("reference", n.Reference).Int("shippingMethodId", n.ShippingMethodId);
        if (n.Boxes > 0)
        {
            doc.Int("boxes", n.Boxes).Num("weight", 12_500L * n.Boxes, 4, 4);
        }

        doc.Close().At("releaseDate", n.ReleaseDate).At("createdOn", n.CreatedOn).Int("createdBy", n.CreatedBy);
        if (n.Transfer)
        {
            doc.OpenArray("transferRows");
            foreach (GoodsOutLine line in n.Lines)
            {
                doc.Open().Int("productId", line.ProductId).Int("quantity", line.Quantity).Int("locationId", line.LocationId).Close();
            }

            doc.CloseArray();
        }
        else
        {
            doc.Open("orderRows");
            foreach (IGrouping<int, GoodsOutLine> row in n.Lines.GroupBy(l => l.OrderRowId))
            {
                doc.OpenArray(row.Key.ToString(CultureInfo.InvariantCulture));
                foreach (GoodsOutLine line in row)
                {
                    doc.Open().Int("productId", line.ProductId).Int("quantity", line.Quantity).Int("locationId", line.LocationId).Close();
                }

                doc.CloseArray();
            }

            doc.Close();
        }

        // "occured" is the real name of the field.
        doc.Int("sequence", n.Sequence).OpenArray("events");
        foreach ((string code, long at) in new[] { ("PLA", n.CreatedOn), ("PRI", n.PrintedOn), ("PIC", n.PickedOn), ("PAC", n.PackedOn), ("SHW", n.ShippedOn) })
        {
            if (at != 0)
            {
                doc.Open().At("occured", at).Int("eventOwnerId", code == "PLA" ? n.CreatedBy : n.HandledBy).Str("eventCode", code).Close();
            }
        }

        doc.CloseArray().Int("lastEventVersion", 64_000L + (n.Id * 5L) + (n.ShippedOn != 0 ? 4 : 0));
    }

    private static void In(DocWriter doc, GoodsInNote n)
    {
        if (!doc.IsDump)
        {
            doc.Int("goodsNoteId", n.Id);
        }

        doc.Int("orderId", n.OrderId).Bool("transfer", n.Transfer).Str("goodsNoteStatus", n.Status).Str("userBatchReference", n.BatchReference).At("receivedOn", n.ReceivedOn).Int("createdBy", n.CreatedBy).OpenArray("goodsMoved");
        foreach (GoodsInLine line in n.Lines)
        {
            doc.Open().Int("productId", line.ProductId).IntOrAbsent("purchaseOrderRowId", line.OrderRowId).Int("quantity", line.Quantity).Int("warehouseId", line.WarehouseId).Int("destinationLocationId", line.LocationId)
                .Int("goodsNoteId", n.Id).Int("batchGoodsNoteId", n.Id).Open("productValue").Str("currency", line.CurrencyCode).Money("value", line.Cost, 4).Close().Bool("cleared", true).Bool("valueConfirmed", true).Close();
        }

        doc.CloseArray();
    }

    private static void Drop(DocWriter doc, DropShipNote n)
    {
        doc.Int("salesOrderId", n.OrderId).Open("status").Bool("shipped", n.Shipped).Close().At("createdOn", n.CreatedOn).Int("createdBy", n.CreatedBy).Open("orderRows");
        foreach ((int row, int product, int quantity) in n.Lines)
        {
            doc.Open(row.ToString(CultureInfo.InvariantCulture)).Int("productId", product).Int("quantity", quantity).Close();
        }

        doc.Close();
    }
}
