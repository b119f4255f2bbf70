using System.Text.Json;
using Junipeer.Sandbox.Norce.Connect;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Orders;

/// <summary>Money that a message moved at the payment provider.</summary>
internal sealed record MoneyMove(DateTime At, string Kind, string OrderNo, string? Reference, decimal Amount);

/// <summary>Invoices, credits and cancellations: the messages that move money.</summary>
internal sealed class InvoiceMethods(NorceSandbox sandbox, OrderMethods orders)
{
    private const string Table = "Orders/Invoices";

    private NorceWorld World => sandbox.World;

    public void Create(JsonElement body, bool credit)
    {
        Row order = orders.Find(body);
        string number = body.Str("InvoiceNo")!;
        if (World[Table].With("InvoiceNo", number).Count > 0)
        {
            throw NorceException.Bad($"There is an invoice {number} already.");
        }

        string? credited = body.Str("CreditedInvoiceNo");
        if (credit && (credited is null || World[Table].With("InvoiceNo", credited).Count == 0))
        {
            throw NorceException.Bad("CreditedInvoiceNo must name an invoice.");
        }

        bool moves = body.Flag("SuppressPspCall") != true;
        JsonElement[] items = [.. body.Items("Items")];
        if (moves && items.Length == 0)
        {
            throw NorceException.Bad("Items are mandatory when a payment is to be captured.");
        }

        foreach (JsonElement item in items.Where(i => !orders.Items(order).Any(l => (decimal)l["LineNumber"]! == i.Whole("LineNo") && l.Text("PartNo") == i.Str("PartNo"))))
        {
            throw NorceException.Bad($"Order {order["OrderNo"]} has no line {item.Whole("LineNo")} with {item.Str("PartNo")}.");
        }

        object currency = body.Str("CurrencyCode") is { } code ? World["Core/Currencies"].With("Code", code) is [var known, ..] ? known["Id"]! : throw NorceException.Bad($"There is no currency {code}.") : order["CurrencyId"]!;
        decimal sum = items.Sum(i => i.Whole("Quantity")!.Value * (i.Number("UnitPrice")!.Value + (i.Number("UnitVat") ?? 0)));
        decimal amount = body.Get("Payment")?.Number("Amount") ?? sum;
        Row invoice = World.Add(Table,
            ("Id", Box.Of(World[Table].LastId + 1)), ("InvoiceNo", number), ("ReferenceOrderId", order["Id"]), ("InvoiceDate", body.Instant("InvoiceDate")), ("InvoiceDueDate", body.Instant("InvoiceDueDate")), ("CurrencyId", currency), ("Amount", amount),
            ("Vat", body.Number("Vat") ?? 0m), ("InvoiceRoundOff", body.Number("InvoiceRoundOff") ?? 0m), ("IsCredit", Box.Of(credit)), ("CreditedInvoiceNo", credited), ("IsCaptured", Box.Of(moves && !credit)));
        foreach (JsonElement item in items)
        {
            World.Add("Orders/InvoiceItems",
                ("Id", Box.Of(World["Orders/InvoiceItems"].LastId + 1)), ("InvoiceId", invoice["Id"]), ("LineNo", Box.Of(item.Whole("LineNo")!.Value)), ("PartNo", item.Str("PartNo")), ("Quantity", Box.Of(item.Whole("Quantity")!.Value)), ("UnitPrice", item.Number("UnitPrice")),
                ("UnitVat", item.Number("UnitVat") ?? 0m), ("VatRate", item.Number("VatRate") ?? 0m));
        }

        if (moves)
        {
            sandbox.Money.Add(new MoneyMove(World.Now, credit ? "credited" : "captured", order.Text("OrderNo")!, body.Get("Payment")?.Str("PaymentRef"), amount));
        }

        if (!credit && body.Flag("IsLastInvoiceForOrder") != false)
        {
            orders.SetStatus(order, 5);
        }
    }

    public void Cancel(JsonElement body)
    {
        Row order = orders.Find(body);
        if (order.Int("StatusId") is 4 or 5 or 8)
        {
            throw NorceException.Bad($"Order {order["OrderNo"]} has been delivered and cannot be cancelled.");
        }

        orders.SetStatus(order, 6);
        foreach (JsonElement payment in body.Items("Payments"))
        {
            sandbox.Money.Add(new MoneyMove(World.Now, "cancelled", order.Text("OrderNo")!, payment.Str("PaymentRef"), payment.Number("Amount") ?? 0));
        }
    }
}

/// <summary>Orders of other channels, movements of stock, and shipments to shops.</summary>
internal sealed class OtherOrderMethods(NorceSandbox sandbox, OrderMethods orders)
{
    private NorceWorld World => sandbox.World;

    public void CreateExternal(JsonElement body)
    {
        string key = body.Get("Header")!.Value.Str("ApplicationKey")!, number = body.Str("ErpOrderNo")!;
        NorceApplication application = Array.Find(NorceSandbox.Applications, a => string.Equals(a.Key, key, StringComparison.OrdinalIgnoreCase)) ?? throw NorceException.Bad($"There is no application with key {key}.");
        if (orders.ByNumber(number) is not null)
        {
            throw NorceException.Bad($"Order number {number} is taken.");
        }

        JsonElement[] items = [.. body.Items("Items")];
        if (items.Length == 0 || Array.Find(items, i => World["Products/ProductSkus"].Find(i.Str("PartNo")) is null) is { ValueKind: JsonValueKind.Object })
        {
            throw NorceException.Bad("An order needs items, each with the number of a SKU that exists.");
        }

        Row order = new OrderMaker(World, 0).Make(World.Now, application.Id, 0, null, parts: [.. items.Select(i => (i.Str("PartNo")!, i.Number("Quantity2") ?? i.Whole("Quantity") ?? 1))]);
        World.Set("Orders/Orders", order, null, ("OrderNo", number), ("OrderTypeId", Box.Of(5)), ("Source", body.Str("Source") ?? "EXTERNAL"));
    }

    public void Transaction(JsonElement body)
    {
        if (World["Products/ProductSkus"].Find(body.Str("PartNo")) is null || World["Application/ClientWarehouses"].With("Code", body.Str("WarehouseCode")).Count == 0)
        {
            throw NorceException.Bad("The SKU or the warehouse does not exist.");
        }

        sandbox.Messages.Add(("WarehouseTransaction", body.GetRawText()));
    }

    public void Shipment(JsonElement body)
    {
        _ = orders.Find(body);
        sandbox.Messages.Add(("PosShipment", body.GetRawText()));
    }
}
