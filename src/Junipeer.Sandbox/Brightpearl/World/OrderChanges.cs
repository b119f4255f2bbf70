using System.Text.Json;
using System.Text.Json.Nodes;

namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Changes to orders, notes, payments and journals.</summary>
internal sealed partial class WorldChanges
{
    private OrderMaker? _maker;

    private Order Touched(Order order) => order with { UpdatedOn = Now, Version = order.Version + 1 };

    private ActionResult CreateOrders(JsonElement action)
    {
        Contact[] customers = [.. World.Contacts.Rows().Where(c => !c.IsStaff && !c.IsSupplier).Take(5000)];
        Contact[] suppliers = [.. World.Contacts.Rows().Where(c => c.IsSupplier).Take(500)];
        _maker ??= new OrderMaker(World, flow, sandbox.Time, customers, suppliers, [.. World.Contacts.Rows().Where(c => c.IsStaff).Select(c => c.Id)]);
        byte type = (Text(action, "type") ?? "SO") switch
        {
            "SO" => 1, "PO" => 2, "SC" => 3, "PC" => 4,
            { } other => throw new WorldChangeException($"An order type is SO, PO, SC or PC, not '{other}'."),
        };
        ActionResult result = new();
        for (int i = Int(action, "count") ?? 1; i > 0; i--)
        {
            Contact contact = Int(action, "contactId") is { } id
                ? World.Contacts[id] ?? throw new WorldChangeException($"There is no contact {id}.")
                : type is 2 or 4 ? suppliers[_random.Next(suppliers.Length)] : customers[_random.Next(customers.Length)];
            Order order = _maker.Header(_random, type, contact, Now);
            order = order with { PlacedOn = Now, Rows = flow.MakeRows(_random, type, order.PriceListId, order.CurrencyId, () => World.Products.Pick(_random)) };
            bool stocked = order.Rows.Any(r => r.Stocked);
            order = order with { Shipping = (byte)(stocked && type == 1 ? 2 : 1), Allocation = (byte)(stocked && type == 1 ? 2 : 1), Stock = (byte)(stocked ? type == 1 ? 2 : 5 : 13) };
            World.Orders.Put(order.Id, order);
            if (Flag(action, "ship") == true && type == 1)
            {
                order = ShipAll(Touched(order));
            }

            if ((Flag(action, "invoice") ?? Flag(action, "pay")) == true && order.Rows.Length > 0)
            {
                order = flow.Invoice(_random, Touched(order), Now, Staff());
            }

            if (Flag(action, "pay") == true && order.Net > 0)
            {
                flow.Pay(_random, order, order.Net + order.Tax, Now, Staff());
                order = Touched(order) with { Payment = 3 };
            }

            result.Ids.Add(Save(order));
        }

        return result;
    }

    private Order ShipAll(Order order)
    {
        if (flow.MakeNote(_random, order, order.Rows, order.WarehouseId, Now, Staff()) is { } note)
        {
            flow.Ship(_random, note, Now, Staff());
            return order with { Stock = 1, Allocation = 4, Shipping = 4 };
        }

        return order;
    }

    private int EditRows(Order order)
    {
        OrderRow[] rows = [.. order.Rows];
        int at = _random.Next(rows.Length);
        int quantity = rows[at].Quantity + 1;
        long net = OrderFlow.Cents(rows[at].Price * quantity * (10_000 - rows[at].DiscountHundredths) / 10_000);
        rows[at] = rows[at] with { Quantity = quantity, Net = net, Tax = flow.TaxOn(net, rows[at].TaxCodeId) };
        return Save(Touched(order) with { Rows = rows });
    }

    private int AddRow(Order order)
    {
        Product product = World.Products.Pick(_random) ?? throw new WorldChangeException("There is no product.");
        return Save(Touched(order) with { Rows = [.. order.Rows, flow.MakeRow(_random, order.Type, order.PriceListId, product, order.Rows.Length)] });
    }

    /// <summary>An order goes with its notes; movements, journals and payments stay, as history.</summary>
    private int DeleteOrder(Order order)
    {
        foreach (OrderNote note in World.OrderNotes.Rows().Where(n => n.OrderId == order.Id).ToArray())
        {
            World.OrderNotes.Remove(note.Id);
        }

        foreach (GoodsOutNote note in World.GoodsOut.Rows().Where(n => n.OrderId == order.Id).ToArray())
        {
            World.GoodsOut.Remove(note.Id);
        }

        return Delete(World.Orders, order.Id);
    }

    private int CreateNote(Order order)
    {
        int id = World.OrderNotes.NextId(_random);
        World.OrderNotes.Put(id, new OrderNote(id, order.Id, order.Contact.Id, "Note " + id, false, Now, Staff(), order.StatusId));
        return id;
    }

    private int PickNote(GoodsOutNote note)
    {
        World.GoodsOut.Put(note.Id, note with { PrintedOn = note.PrintedOn == 0 ? Now : note.PrintedOn, PickedOn = Now, HandledBy = Staff() });
        return note.Id;
    }

    private int ReceiveOrder(Order order)
    {
        Save(Touched(order) with { Stock = 4 });
        return flow.Receive(_random, order, order.Rows, Now, Staff())!.Id;
    }

    private int CreatePayment(Order order)
    {
        Payment payment = flow.Pay(_random, order, order.Net + order.Tax, Now, Staff());
        Save(Touched(order) with { Payment = 3 });
        return payment.Id;
    }

    private ActionResult CreateJournals(JsonElement action)
    {
        ActionResult result = new();
        for (int i = Int(action, "count") ?? 1; i > 0; i--)
        {
            long amount = _random.Next(1, 9_000) * 10_000L;
            Journal journal = new()
            {
                Id = World.Journals.NextId(_random), TypeCode = "GJ", TaxDay = sandbox.Time.DayOf(Now), CreatedOn = Now, CreatedBy = Staff(),
                Lines = [flow.Line(_random, true, "0055", amount, 0), flow.Line(_random, false, "0010", amount, 0)],
            };
            World.Put(journal);
            result.Ids.Add(journal.Id);
        }

        return result;
    }

    private int Reconcile(Journal journal)
    {
        World.Put(journal with { Lines = [.. journal.Lines.Select(l => l with { })], TaxReconciledDay = sandbox.Time.DayOf(Now), TaxPeriodId = 9 });
        return journal.Id;
    }

    private ActionResult SetCustomField(JsonElement action)
    {
        string of = Text(action, "of") ?? "order";
        bool move = Flag(action, "moveUpdatedOn") ?? sandbox.Quirks.On("customFieldsMoveUpdatedOn");
        object? raw = !action.TryGetProperty("value", out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null : value;
        ActionResult result = of switch
        {
            "order" => Each(action, World.Orders, o =>
            {
                Order next = o with { Custom = CustomFieldValues.With(CustomFieldValues.Of(World, o), Field(CustomFieldValues.FieldsOf(World, o), action, out object? v, raw), v) };
                return Save(move ? Touched(next) : next);
            }),
            "product" => Each(action, World.Products, p => Save(p with
            {
                Custom = CustomFieldValues.With(CustomFieldValues.Of(World, p), Field(World.ProductFields, action, out object? v, raw), v),
                UpdatedOn = move ? Now : p.UpdatedOn,
            })),
            "contact" => Each(action, World.Contacts, c => Save(c with
            {
                Custom = CustomFieldValues.With(CustomFieldValues.Of(World, c), Field(CustomFieldValues.FieldsOf(World, c), action, out object? v, raw), v),
                UpdatedOn = move ? Now : c.UpdatedOn,
            })),
            _ => throw new WorldChangeException("\"of\" is order, product or contact."),
        };
        result.More["movedUpdatedOn"] = JsonValue.Create(move);
        return result;
    }

    private static CustomField Field(Table<CustomField> fields, JsonElement action, out object? value, object? raw)
    {
        string? code = Text(action, "code");
        CustomField field = (code is null ? fields.Rows().First() : fields.Rows().FirstOrDefault(f => f.Code == code))
            ?? throw new WorldChangeException($"There is no custom field {code}. Known: {string.Join(", ", fields.Rows().Select(f => f.Code))}.");
        if (raw is not JsonElement given)
        {
            value = code is null || action.TryGetProperty("value", out _) ? code is null ? field.Options[0].Id : null : throw new WorldChangeException("set-custom-field needs \"value\" (null removes it).");
            return field;
        }

        try
        {
            value = field.Type switch
            {
                "INTEGER" => given.GetInt64(),
                "YES_NO" => given.GetBoolean(),
                "DATE" => DateOnly.Parse(given.GetString()!, System.Globalization.CultureInfo.InvariantCulture).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
                "SELECT" when field.Options.Any(o => o.Id == given.GetInt32()) => given.GetInt32(),
                "SELECT" => throw new WorldChangeException($"{field.Code} takes the option ids {string.Join(", ", field.Options.Select(o => o.Id))}."),
                _ => given.GetString(),
            };
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or FormatException)
        {
            throw new WorldChangeException($"{field.Code} is of type {field.Type}: the value does not fit.");
        }

        return field;
    }
}
