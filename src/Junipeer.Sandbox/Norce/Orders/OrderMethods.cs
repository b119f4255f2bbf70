using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Norce.Connect;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Orders;

/// <summary>One service of the order part: what its body looks like and what it does.</summary>
internal sealed record OrderService(string Operation, string Shape, Action<JsonElement> Run);

/// <summary>Messages about orders. They are carried out at once and answered with an empty 200.</summary>
internal sealed class OrderMethods
{
    private const string Table = "Orders/Orders";
    private readonly NorceSandbox _sandbox;

    public OrderMethods(NorceSandbox sandbox)
    {
        _sandbox = sandbox;
        InvoiceMethods invoices = new(sandbox, this);
        OtherOrderMethods others = new(sandbox, this);
        All =
        [
            new("SendOrderStatus", "SendOrderStatus", SendStatus), new("CreateDeliveryNote", "DeliveryNote", CreateNote), new("CreateInvoice", "Invoice", b => invoices.Create(b, credit: false)),
            new("CreditPayment", "Invoice", b => invoices.Create(b, credit: true)), new("CancelOrder", "CancelOrder", invoices.Cancel), new("CreateExternalOrder", "ExternalOrder", others.CreateExternal),
            new("CreateWarehouseTransaction", "WarehouseTransaction", others.Transaction), new("SendPosShipment", "PosShipment", others.Shipment),
        ];
    }

    public IReadOnlyList<OrderService> All { get; }

    private NorceWorld World => _sandbox.World;

    public NorceAnswer Run(OrderService service, JsonElement body)
    {
        List<string> wrong = Shapes.Check(service.Shape, body, _sandbox.Quirks);
        if (wrong.Count > 0)
        {
            throw NorceException.Bad(string.Join("; ", wrong) + ".");
        }

        if (body.Whole("AccountId") is { } account && account != NorceSandbox.AccountId)
        {
            throw NorceException.Bad($"There is no account {account}.");
        }

        lock (World.Gate)
        {
            service.Run(body);
        }

        return new NorceAnswer { ContentType = null };
    }

    /// <summary>The order that a message names: by its basket, which never changes, or by the number it has now.</summary>
    public Row Find(JsonElement body)
    {
        if (body.Whole("ClientOrderRef") is { } basket)
        {
            return World.Baskets.GetValueOrDefault(basket) ?? throw NorceException.Bad($"There is no order of basket {basket}.");
        }

        string number = body.Str("ErpOrderNo") ?? throw NorceException.Bad("ClientOrderRef or ErpOrderNo is required.");
        return ByNumber(number) ?? throw NorceException.Bad($"There is no order {number}.");
    }

    public Row? ByNumber(string number) => World[Table].With("OrderNo", number) is [var order, ..] ? order : null;

    public void SetStatus(Row order, int status)
    {
        if (status == 6 && order.Int("StatusId") != 6)
        {
            Reserve(order, release: true);
        }

        World.Set(Table, order, NorceSandbox.AccountId, ("StatusId", Box.Of(status)));
        foreach (Row item in Items(order))
        {
            World.Set("Orders/OrderItems", item, NorceSandbox.AccountId, ("StatusId", Box.Of(status)));
        }

        Tell(order);
    }

    /// <summary>Webhooks hear of an order by the basket it came from.</summary>
    public void Tell(Row order) => _sandbox.Events.OrderChanged(order, World.Baskets.FirstOrDefault(b => b.Value == order).Key);

    public IReadOnlyList<Row> Items(Row order) => World["Orders/OrderItems"].With("OrderId", order["Id"]);

    /// <summary>Sets stock aside for what an order still needs, or, when it needs it no more, gives it back.</summary>
    public void Reserve(Row order, bool release = false)
    {
        foreach (Row line in Items(order).Where(_ => _sandbox.Quirks.On("reservations")))
        {
            OrderMaker.Reserve(World, line.Text("PartNo")!, ((decimal)line["QtyOrdered"]! - Delivered(line)) * (release ? -1 : 1));
        }
    }

    /// <summary>The ERP's number takes the place of the basket's.</summary>
    public void Renumber(Row order, string number)
    {
        if (ByNumber(number) is { } other && other != order)
        {
            throw NorceException.Bad($"Order number {number} is taken.");
        }

        World.Set(Table, order, NorceSandbox.AccountId, ("OrderNo", number));
    }

    private void SendStatus(JsonElement body)
    {
        Row order = Find(body);
        int status = Shapes.Enum("OrderStatus", body.Get("OrderStatus")!.Value, names: true)!.Value;
        JsonElement[] lines = [.. body.Items("ItemStatuses")];
        Row[] items = [.. lines.Select(l => Items(order).FirstOrDefault(i => (decimal)i["LineNumber"]! == l.Whole("LineNo")) ?? throw NorceException.Bad($"Order {order["OrderNo"]} has no line {l.Whole("LineNo")}."))];
        if (status == 2 && body.Str("ErpOrderNo") is { } number)
        {
            Renumber(order, number);
        }

        SetStatus(order, status);
        for (int i = 0; i < lines.Length; i++)
        {
            World.Set("Orders/OrderItems", items[i], NorceSandbox.AccountId, ("StatusId", Box.Of(Shapes.Enum("OrderStatus", lines[i].Get("ItemStatus")!.Value, names: true)!.Value)));
        }

        foreach (JsonElement info in body.Items("Infos"))
        {
            Row? old = World["Orders/OrderInfos"].With("OrderId", order["Id"]).FirstOrDefault(i => i.Text("Code") == info.Str("Code"));
            if (old is null)
            {
                World.Add("Orders/OrderInfos", ("Id", Box.Of(World["Orders/OrderInfos"].LastId + 1)), ("OrderId", order["Id"]), ("Code", info.Str("Code")), ("Value", info.Str("Value")));
            }
            else
            {
                World.Set("Orders/OrderInfos", old, NorceSandbox.AccountId, ("Value", info.Str("Value")));
            }
        }
    }

    private void CreateNote(JsonElement body)
    {
        string number = body.Str("OrderNo")!, note = body.Str("NoteNo")!;
        Row order = ByNumber(number)
            ?? (_sandbox.Quirks["deliveryNoteOrderNo"] == "either" && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int basket) ? World.Baskets.GetValueOrDefault(basket) : null)
            ?? throw NorceException.Bad($"There is no order {number}.");
        if (World["Orders/DeliveryNotes"].With("NoteNo", note).Count > 0)
        {
            throw NorceException.Bad($"There is a delivery note {note} already.");
        }

        if (body.TryGetProperty("DeliveryNoteItems", out _) && body.TryGetProperty("DeliverynoteItems", out _))
        {
            throw NorceException.Bad("DeliveryNoteItems and DeliverynoteItems are the same member.");
        }

        JsonElement[] items = [.. body.Items("DeliveryNoteItems")];
        if (items.Length == 0)
        {
            throw NorceException.Bad("A delivery note needs items.");
        }

        foreach (JsonElement package in body.Items("DeliveryNotePackages").Where(p => p.Whole("StatusId") is not (null or 4 or 6 or 11 or 12 or 20)))
        {
            throw NorceException.Bad($"{package.Whole("StatusId")} is no status of a package.");
        }

        Dictionary<Row, decimal> delivered = Items(order).ToDictionary(i => i, Delivered);
        foreach (JsonElement item in items)
        {
            Row line = Items(order).FirstOrDefault(i => (decimal)i["LineNumber"]! == item.Whole("RowNumber") && i.Text("PartNo") == item.Str("ItemNo")) ?? throw NorceException.Bad($"Order {number} has no line {item.Whole("RowNumber")} with {item.Str("ItemNo")}.");
            delivered[line] += item.Number("Qty")!.Value;
            if (item.Number("Qty") <= 0 || delivered[line] > (decimal)line["QtyOrdered"]!)
            {
                throw NorceException.Bad($"Line {item.Whole("RowNumber")} of order {number}: {delivered[line]} of {line["QtyOrdered"]} cannot be delivered.");
            }
        }

        Row made = World.Add("Orders/DeliveryNotes",
            ("Id", Box.Of(World["Orders/DeliveryNotes"].LastId + 1)), ("OrderId", order["Id"]), ("OrderNo", order["OrderNo"]), ("NoteNo", note), ("DeliveryDate", body.Instant("DeliveryDate")), ("DeliveryName", body.Str("DeliveryName")), ("DeliveryMode", body.Str("DeliveryMode")),
            ("NoteText", body.Str("NoteText")), ("StatusId", body.Whole("StatusId") is { } status ? Box.Of(status) : null));
        ImportRun.Keep(made, "DeliveryAddress", body.Get("DeliveryAddress"));
        foreach (JsonElement item in items)
        {
            OrderMaker.Reserve(World, item.Str("ItemNo")!, _sandbox.Quirks.On("reservations") ? -item.Number("Qty")!.Value : 0);
            World.Add("Orders/DeliveryNoteItems",
                ("Id", Box.Of(World["Orders/DeliveryNoteItems"].LastId + 1)), ("DeliveryNoteId", made["Id"]), ("RowNumber", Box.Of(item.Whole("RowNumber")!.Value)), ("ItemNo", item.Str("ItemNo")), ("Qty", item.Number("Qty")), ("Description", item.Str("Description")), ("Comment", item.Str("Comment")));
        }

        foreach (JsonElement package in body.Items("DeliveryNotePackages"))
        {
            World.Add("Orders/DeliveryNotePackages",
                ("Id", Box.Of(World["Orders/DeliveryNotePackages"].LastId + 1)), ("DeliveryNoteId", made["Id"]), ("ParcelNumber", package.Str("ParcelNumber")), ("StatusId", package.Whole("StatusId") is { } state ? Box.Of(state) : null));
        }

        // Freight and other fees are lines too, but nobody packs them.
        bool whole = delivered.All(d => d.Value >= (decimal)d.Key["QtyOrdered"]! || World["Products/ProductSkus"].Find(d.Key["PartNo"])?.Int("TypeId") is 3 or 9 or 11);
        World.Set(Table, order, NorceSandbox.AccountId, ("StatusId", Box.Of(whole ? 4 : 8)));
        Tell(order);
    }

    private decimal Delivered(Row line) => World["Orders/DeliveryNotes"].With("OrderId", line["OrderId"])
        .SelectMany(n => World["Orders/DeliveryNoteItems"].With("DeliveryNoteId", n["Id"]))
        .Where(i => i.Int("RowNumber") == (decimal)line["LineNumber"]!)
        .Sum(i => (decimal)i["Qty"]!);
}
