using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>order-service.</summary>
internal static class OrderService
{
    private const string Name = "order-service";

    public static IEnumerable<Resource> All(BrightpearlSandbox sandbox)
    {
        yield return Orders(sandbox);
        yield return SalesOrders(sandbox);
        yield return Credits();
        yield return OrderNotes();
        yield return SmallLists.Of(Name, "order-status", "Order Status", w => w.OrderStatuses, s => s.Id, "statusId", (doc, s) =>
            doc.Int("statusId", s.Id).Str("name", s.Name).Str("orderTypeCode", s.OrderTypeCode).Int("sortOrder", s.SortOrder).Bool("disabled", s.Disabled).Bool("visible", s.Visible).Str("color", s.Color)
                .Int("remindAfterDays", s.RemindAfterDays).OpenArray("alertEmails").CloseArray().Str("emailContent", string.Empty).Bool("batchProcess", false).Str("state", s.State));
        yield return Fixed("order-type", [.. Enumerable.Range(1, 4).Select(i => (i, OrderCodes.Types[i], OrderCodes.TypeNames[i]))], "name");
        yield return Fixed("order-stock-status", [.. OrderCodes.Stock.Select(s => (s.Key, s.Value.Code, s.Value.Text))], "description");
        yield return Fixed("order-shipping-status", [.. Enumerable.Range(1, 4).Select(i => (i, OrderCodes.Shipping[i], OrderCodes.ShippingTexts[i]))], "description");
        yield return OrderCustomFields();
        yield return FieldDefinitions();
        yield return LandedCosts();
    }

    private static Resource Orders(BrightpearlSandbox sandbox)
    {
        GetRules rules = new("Order", 200, WhenNothing.EmptyList);
        SearchDefinition<Order> search = new SearchDefinition<Order>("order-search", w => w.Orders)
            .Id("orderId", IDSET, o => Cell.Of(o.Id))
            .Col("orderTypeId", IDSET, o => Cell.Of(o.Type), reference: "orderTypeNames")
            .Col("contactId", INTEGER, o => Cell.Of(o.Contact.Id))
            .Col("orderStatusId", INTEGER, o => Cell.Of(o.StatusId), reference: "orderStatusNames")
            .Col("orderStockStatusId", INTEGER, o => Cell.Of(o.Stock), reference: "orderStockStatusNames")
            .Col("createdOn", PERIOD, o => Cell.At(o.CreatedOn))
            .Col("createdById", INTEGER, o => Cell.Of(o.CreatedById))
            .Col("customerRef", STRING, o => Cell.Of(o.Reference))
            .Col("orderPaymentStatusId", INTEGER, o => Cell.Of(o.Payment), reference: "orderPaymentStatusNames")
            .Col("updatedOn", PERIOD, o => Cell.At(OrderDocuments.Shown(sandbox, o.UpdatedOn, o.CreatedOn)))
            .Col("parentOrderId", IDSET, o => Cell.Of(o.ParentId))
            .Col("orderShippingStatusId", INTEGER, o => Cell.Of(o.Shipping), reference: "orderShippingStatusNames")
            .Col("externalRef", STRING, o => Cell.Of(o.ExternalRef))
            .Col("installedIntegrationInstanceId", INTEGER, o => Cell.OfOrNull(o.InstanceId))
            .Col("warehouseId", IDSET, o => Cell.Of(o.WarehouseId))
            .Col("staffOwnerContactId", INTEGER, o => Cell.Of(o.StaffOwnerId))
            .Col("taxDate", PERIOD, o => Cell.At(OrderDocuments.TaxDate(sandbox, o)))
            .Col("departmentId", INTEGER, o => Cell.Of(0))
            .Col("deliveryDate", PERIOD, o => Cell.At(OrderDocuments.DeliveryDate(sandbox, o)))
            .Filter("placedOn", PERIOD, o => Cell.At(o.PlacedOn))
            .Filter("shippingMethodId", INTEGER, o => Cell.Of(o.ShippingMethodId))
            .Filter("projectId", INTEGER, o => Cell.Of(o.ProjectId))
            .Filter("leadSourceId", INTEGER, o => Cell.Of(o.LeadSourceId))
            .Refer("orderTypeNames", o => o.Type, (_, id) => OrderCodes.TypeNames[id])
            .Refer("orderStatusNames", o => o.StatusId, (doc, id) => doc.World.OrderStatuses[id]?.Name)
            .Refer("orderStockStatusNames", o => o.Stock, (_, id) => OrderCodes.Stock[id].Text)
            .Refer("orderPaymentStatusNames", o => o.Payment, (_, id) => OrderCodes.Payment[id])
            .Refer("orderShippingStatusNames", o => o.Shipping, (_, id) => OrderCodes.ShippingTexts[id]);
        return new Resource(Name, "order")
            .Get("order", _ => throw Reply.NeedsSet("order"))
            .Get("order/{}", call => Reply.Documents(call, call.Set(0), id => call.World.Orders[id], () => call.World.Orders.Rows(), OrderDocuments.Order, rules))
            .Options("order", call => Reply.Uris(call, call.World.Orders.Rows().Select(o => o.Id), set => "/order/" + set))
            .Options("order/{}", call => UrisOf(call, "order", id => call.World.Orders[id] is not null))
            .Search(search)
            .DumpDocuments(w => w.Orders.Rows(), OrderDocuments.Order, "id").Counted(w => w.Orders.Count);
    }

    private static Resource SalesOrders(BrightpearlSandbox sandbox)
    {
        GetRules rules = new("Sales Order", 200);
        SearchDefinition<Order> search = new SearchDefinition<Order>("sales-order-search", w => w.Orders)
            .Where(o => o.Type == 1)
            .Id("salesOrderId", IDSET, o => Cell.Of(o.Id))
            .Col("customerId", INTEGER, o => Cell.Of(o.Contact.Id))
            .Col("orderStatusId", INTEGER, o => Cell.Of(o.StatusId), reference: "orderStatusNames")
            .Col("orderStockStatus", STRING, o => Cell.Of(OrderCodes.Stock[o.Stock].Code))
            .Col("createdOn", PERIOD, o => Cell.At(o.CreatedOn))
            .Col("createdById", INTEGER, o => Cell.Of(o.CreatedById))
            .Col("customerRef", STRING, o => Cell.Of(o.Reference))
            .Col("orderPaymentStatus", STRING, o => Cell.Of(OrderCodes.Payment[o.Payment]))
            .Col("updatedOn", PERIOD, o => Cell.At(OrderDocuments.Shown(sandbox, o.UpdatedOn, o.CreatedOn)))
            .Col("orderShippingStatus", STRING, o => Cell.Of(OrderCodes.Shipping[o.Shipping]))
            .Col("externalRef", STRING, o => Cell.Of(o.ExternalRef))
            .Col("installedIntegrationInstanceId", INTEGER, o => Cell.OfOrNull(o.InstanceId))
            .Col("warehouseId", IDSET, o => Cell.Of(o.WarehouseId))
            .Col("staffOwnerId", INTEGER, o => Cell.Of(o.StaffOwnerId))
            .Col("taxDate", PERIOD, o => Cell.At(OrderDocuments.TaxDate(sandbox, o)))
            .Col("channelId", INTEGER, o => Cell.Of(o.ChannelId))
            .Col("deliveryDate", PERIOD, o => Cell.At(OrderDocuments.DeliveryDate(sandbox, o)))
            .Filter("productIds", IDSET, _ => Cell.Null, o => o.Rows.Where(r => r.Product is not null).Select(r => r.Product!.Id))
            .Filter("isHistoricalOrder", BOOLEAN, o => Cell.Of(o.Historical))
            .Filter("customerRefs", STRING_SET, o => Cell.Of(o.Reference))
            .Refer("orderStatusNames", o => o.StatusId, (doc, id) => doc.World.OrderStatuses[id]?.Name);
        return new Resource(Name, "sales-order")
            .Get("sales-order", _ => throw Reply.NeedsSet("sales order"))
            .Get("sales-order/{}", call => Reply.Documents(call, call.Set(0), id => OfType(call, id, 1), () => call.World.Orders.Rows().Where(o => o.Type == 1), OrderDocuments.SalesOrder, rules))
            .Options("sales-order", call => Reply.Uris(call, call.World.Orders.Rows().Where(o => o.Type == 1).Select(o => o.Id), set => "/sales-order/" + set))
            .Options("sales-order/{}", call => UrisOf(call, "sales-order", id => OfType(call, id, 1) is not null))
            .Search(search)
            .DumpDocuments(w => w.Orders.Rows().Where(o => o.Type == 1), OrderDocuments.SalesOrder, "id");
    }

    private static Resource Credits()
    {
        // 200, or 207 when only some of the ids exist: https://api-docs.brightpearl.com/order/sales-credit/get.html
        GetRules rules = new("Sales Credit", 200, WhenNothing.EmptyList, PartialStatus: 207);
        return new Resource(Name, "sales-credit")
            .Get("sales-credit", _ => throw Reply.NeedsSet("sales credit"))
            .Get("sales-credit/{}", call => Reply.Documents(call, call.Set(0), id => OfType(call, id, 3), () => call.World.Orders.Rows().Where(o => o.Type == 3), OrderDocuments.SalesOrder, rules))
            .Options("sales-credit", call => Reply.Uris(call, call.World.Orders.Rows().Where(o => o.Type == 3).Select(o => o.Id), set => "/sales-credit/" + set))
            .Options("sales-credit/{}", call => UrisOf(call, "sales-credit", id => OfType(call, id, 3) is not null))
            .DumpDocuments(w => w.Orders.Rows().Where(o => o.Type == 3), OrderDocuments.SalesOrder, "id");
    }

    private static Resource OrderNotes()
    {
        SearchDefinition<OrderNote> search = new SearchDefinition<OrderNote>("order-note-search", w => w.OrderNotes)
            .Col("orderId", IDSET, n => Cell.Of(n.OrderId))
            .Id("noteId", IDSET, n => Cell.Of(n.Id))
            .Col("contactId", IDSET, n => Cell.Of(n.ContactId))
            .Col("noteText", SEARCH_STRING, n => Cell.Of(n.Text))
            .Col("isPublic", BOOLEAN, n => Cell.Of(n.IsPublic))
            .Col("dateAdded", PERIOD, n => Cell.At(n.AddedOn))
            .Col("addedBy", IDSET, n => Cell.Of(n.AddedBy))
            .Col("orderStatusId", IDSET, n => Cell.Of(n.OrderStatusId));
        return new Resource(Name, "order-note")
            .Get("order/{}/note", call =>
            {
                int order = call.Id(0);
                OrderNote[] notes = [.. call.World.OrderNotes.Rows().Where(n => n.OrderId == order)];
                return notes.Length == 0 ? throw Reply.NotFound("Order Note") : Reply.Write(call, 200, notes, Note);
            })
            .Search(search)
            .DumpDocuments(w => w.OrderNotes.Rows(), Note, "noteId").Counted(w => w.OrderNotes.Count);

        static void Note(DocWriter doc, OrderNote n) => doc.Int("noteId", n.Id).Int("orderId", n.OrderId).Int("contactId", n.ContactId).Str("text", n.Text).Bool("isPublic", n.IsPublic)
            .At("addedOn", n.AddedOn).Int("addedBy", n.AddedBy).Int("orderStatusId", n.OrderStatusId);
    }

    private static Resource Fixed(string name, (int Id, string Code, string Text)[] values, string textName) => new Resource(Name, name)
        .Get(name, call => Reply.Write(call, 200, values, (doc, v) => doc.Int("id", v.Id).Str("code", v.Code).Str(textName, v.Text)))
        .DumpDocuments(_ => values.Select(v => new CodeText(v.Id, v.Code, v.Text)), (doc, v) => doc.Int("id", v.Id).Str("code", v.Code).Str(textName, v.Description), "id");

    private static Resource OrderCustomFields() => new Resource(Name, "order-custom-field")
        .Get("order/{}/custom-field", call => call.World.Orders[call.Id(0)] is { } order
            ? Reply.One(call, doc => CustomFieldDocuments.Members(doc, CustomFieldValues.Of(doc.World, order)))
            : throw Reply.NotFound("Order"))
        .DumpMap(w => w.Orders.Rows(), (doc, o) => CustomFieldDocuments.Members(doc, CustomFieldValues.Of(doc.World, o)), "orderId", o => o.Id);

    private static Resource FieldDefinitions()
    {
        Resource resource = new(Name, "order-custom-field-meta-data");
        SmallLists.FieldDefinitions(resource, "sale", w => w.SaleFields);
        SmallLists.FieldDefinitions(resource, "purchase", w => w.PurchaseFields);
        return resource.DumpDocuments(w => w.SaleFields.Rows().Concat(w.PurchaseFields.Rows()), (doc, f) => CustomFieldDocuments.Definition(doc.Str("scope", doc.World.SaleFields[f.Id] == f ? "sale" : "purchase"), f), "scope", "id");
    }

    private static Resource LandedCosts()
    {
        SearchDefinition<PurchaseRow> search = new SearchDefinition<PurchaseRow>("purchase-order-lc-search", w => new DerivedRows<PurchaseRow>(
                () => w.Orders.Rows().Where(o => o.Type == 2).SelectMany(o => o.Rows.Where(r => r.Stocked).Select(r => new PurchaseRow(o, r)))))
            .Id("orderRowId", INTEGER, r => Cell.Of(r.Row.Id), isTableKey: false)
            .Col("supplierName", STRING, r => Cell.Of(r.Order.Contact.CompanyName ?? r.Order.Contact.FullName))
            .Col("weight", STRING, r => Cell.Money(r.Row.Product!.Weight, 4))
            .Col("sku", STRING, r => Cell.Of(r.Row.Product!.Sku))
            .Col("productName", STRING, r => Cell.Of(r.Row.Product!.Name))
            .Col("quantity", STRING, r => Cell.Money(r.Row.Quantity * 10_000L, 4))
            .Col("volume", STRING, r => Cell.Money(r.Row.Product!.Size.Length * 10L, 4))
            .Col("productPrice", STRING, r => Cell.Money(r.Row.Price, 4))
            .Col("orderId", INTEGER, r => Cell.Of(r.Order.Id))
            .Col("productId", INTEGER, r => Cell.Of(r.Row.Product!.Id))
            .Col("currentLandedCosts", STRING, _ => Cell.Money(0, 4));
        return new Resource(Name, "landed-cost-estimate").Search(search).DumpRows(search, "orderRowId");
    }

    public static Answer UrisOf(Call call, string name, Func<long, bool> exists)
    {
        IdSet set = call.Set(0, starAllowed: true);
        IEnumerable<int> ids = set.IsAll
            ? Enumerable.Range(1, Math.Max(call.World.Orders.LastId, Math.Max(call.World.Products.LastId, call.World.Contacts.LastId)))
            : set.Sorted.SelectMany(r => Enumerable.Range((int)r.From, (int)(Math.Min(r.To, 50_000_000) - r.From + 1)));
        return Reply.Uris(call, ids.Where(id => exists(id)), text => $"/{name}/{text}");
    }

    private static Order? OfType(Call call, long id, byte type) => call.World.Orders[id] is { } order && order.Type == type ? order : null;

    private sealed record PurchaseRow(Order Order, OrderRow Row);
}
