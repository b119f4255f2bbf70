namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Makes orders of the four types and carries each as far as its age suggests.</summary>
internal sealed class OrderMaker(WorldState world, OrderFlow flow, AccountTime time, Contact[] customers, Contact[] suppliers, int[] staff)
{
    private const long Hour = 3_600_000;
    private readonly int[] _methods = [.. world.ShippingMethods.Rows().Select(m => m.Id)];
    private readonly List<int> _credited = [];

    public Order Header(Random random, byte type, Contact contact, long at)
    {
        bool purchase = type is 2 or 4;
        int channel = purchase ? 0 : random.Next(10) switch { < 5 => 1, 5 => 2, 6 => 3, 7 or 8 => 5, _ => 6 };
        int currency = contact.CurrencyId;
        long rate = currency == 1 ? 1_000_000 : RateAt(currency, at);
        int id = world.Orders.NextId(random);
        return new Order
        {
            Id = id,
            Type = type,
            Reference = random.Next(20) == 0 ? string.Empty : purchase ? "PO/" + id : (channel == 1 ? "WEB-" : "REF ") + id,
            StatusId = type switch { 1 => channel == 1 ? 2 : 3, 2 => 6, 3 => 9, _ => 11 },
            Stock = 13,
            Allocation = 1,
            PlacedOn = random.Next(8) == 0 ? at - (random.Next(1, 9_000) * 1000L) : at,
            CreatedOn = at,
            CreatedById = staff[random.Next(staff.Length)],
            PriceListId = purchase ? 5 : currency == 2 ? 3 : currency == 3 ? 4 : contact.PriceListId,
            PriceInclusive = !purchase && contact.PriceListId == 1,
            DeliveryDay = random.Next(3) == 0 ? 0 : time.DayOf(at) + random.Next(1, 9),
            ShippingMethodId = random.Next(8) == 0 ? 0 : _methods[random.Next(_methods.Length)],
            CurrencyId = currency,
            Rate = rate,
            FixedRate = currency != 1 && random.Next(2) == 0,
            Contact = contact,
            StaffOwnerId = random.Next(3) == 0 ? staff[random.Next(staff.Length)] : 0,
            ProjectId = random.Next(30) == 0 ? 1 : 0,
            ChannelId = channel,
            LeadSourceId = random.Next(6) == 0 ? 1 + random.Next(2) : 0,
            TeamId = 0,
            WarehouseId = purchase ? random.Next(5) == 0 ? 5 : 2 : channel == 5 ? 5 : channel == 2 ? 3 : 2,
            Acknowledged = purchase && random.Next(2) == 0 ? 1 : 0,
            ExternalRef = channel is 1 or 5 or 6 ? "shop-" + id : null,
            InstanceId = channel is 1 or 5 or 6 ? 13 : 0,
        };
    }

    public Order Make(Random random, byte type, long at, long start, int customersKnown, Func<Product?> pick, bool old)
    {
        Order? parent = type == 3 && _credited.Count > 0 ? world.Orders[_credited[random.Next(_credited.Count)]] : null;
        Contact contact = type is 2 or 4 ? suppliers[random.Next(suppliers.Length)] : parent?.Contact ?? customers[random.Next(customersKnown)];
        Order order = Header(random, type, contact, at) with { Old = old, Historical = old && random.Next(4) == 0 };
        if (parent is not null && parent.Rows.Any(r => r.ParentRowId == 0))
        {
            OrderRow[] from = [.. parent.Rows.Where(r => r.ParentRowId == 0 && !r.BundleParent).Take(random.Next(1, 3))];
            order = order with
            {
                ParentId = parent.Id, CurrencyId = parent.CurrencyId, Rate = parent.Rate, PriceListId = parent.PriceListId, WarehouseId = parent.WarehouseId, ExternalRef = null, InstanceId = 0,
                Rows = [.. from.Select((r, i) => r with { Id = world.NextRowId(random), Sequence = 10 * (i + 1), ClonedFromId = r.Id })],
            };
        }
        else
        {
            order = order with { Rows = flow.MakeRows(random, type, order.PriceListId, order.CurrencyId, pick) };
        }

        bool stocked = order.Rows.Any(r => r.Stocked);
        order = order with { Shipping = (byte)(stocked && type == 1 ? 2 : 1), Allocation = (byte)(stocked && type == 1 ? 2 : 1), Stock = (byte)(stocked ? type == 1 ? 2 : 5 : 13) };
        long ageDays = (start - at) / 86_400_000;
        order = type switch
        {
            1 => Sale(random, order, start, ageDays, stocked),
            2 => Purchase(random, order, start, ageDays),
            3 => Credit(random, order, start, ageDays),
            _ => ageDays > 10 && random.Next(3) != 0 ? Done(random, order, Step(random, at, start, 200)) : order,
        };
        world.Orders.Put(order.Id, order);
        Notes(random, order, start);
        return order;
    }

    private Order Sale(Random random, Order order, long start, long ageDays, bool stocked)
    {
        int roll = random.Next(100);
        int by = order.CreatedById;
        if (roll < 3 || (ageDays < 2 && roll < 35) || order.Rows.Length == 0)
        {
            return roll < 2 ? order with { StatusId = 1 } : order;
        }

        long at = Step(random, order.CreatedOn, start, 30);
        if (roll < 7)
        {
            return order with { StatusId = 5, UpdatedOn = at, Version = 2, Payment = 5 };
        }

        int warehouse = order.WarehouseId;
        if (stocked && !flow.CanShip(order, warehouse))
        {
            if (!flow.CanShip(order, 2))
            {
                return order with { StatusId = 17, UpdatedOn = at, Version = 2 };
            }

            warehouse = 2;
            order = order with { WarehouseId = 2 };
        }

        if (ageDays < 4 && roll < 60)
        {
            return flow.Allocate(order) with { UpdatedOn = at, Version = 2 };
        }

        OrderRow[] rows = [.. order.Rows.Where(r => r.Stocked)];
        if (roll < 10 && rows.Length > 1)
        {
            GoodsOutNote first = flow.MakeNote(random, order, rows[..1], warehouse, at, by)!;
            flow.Ship(random, first, Step(random, at, start, 20), by);
            foreach (OrderRow rest in rows[1..])
            {
                flow.Stock.Allocate(rest.Product!.Id, warehouse, rest.Quantity);
            }

            GoodsOutNote second = flow.MakeNote(random, order, rows[1..], warehouse, at, by, 2)!;
            if (random.Next(2) == 0)
            {
                world.GoodsOut.Put(second.Id, second with { PrintedOn = at, PickedOn = at, HandledBy = by });
            }

            return order with { Stock = 1, Allocation = 4, Shipping = 3, UpdatedOn = at, Version = 3 };
        }

        if (stocked)
        {
            // Some orders leave from two warehouses.
            bool split = rows.Length > 1 && warehouse == 2 && roll < 16 && flow.Stock.Free(rows[^1].Product!.Id, 5) >= rows[^1].Quantity;
            GoodsOutNote note = flow.MakeNote(random, order, split ? rows[..^1] : rows, warehouse, at, by)!;
            at = Step(random, at, start, 40);
            flow.Ship(random, note, at, by);
            if (split)
            {
                flow.Ship(random, flow.MakeNote(random, order, rows[^1..], 5, note.CreatedOn, by, 2)!, at, by);
            }

            order = order with { Stock = 1, Allocation = 4, Shipping = 4 };
        }
        else if (rows.Length == 0 && random.Next(3) == 0 && suppliers.Length > 0)
        {
            order = order with { IsDropship = true };
        }

        at = Step(random, at, start, 4);
        order = flow.Invoice(random, order, at, by);
        long total = order.Net + order.Tax;
        if (roll < 94 && total > 0)
        {
            bool part = roll is >= 20 and < 24;
            if (random.Next(12) == 0)
            {
                flow.Authorise(random, order, total, at, random.Next(6) == 0 ? "VOID" : "AUTH");
            }

            flow.Pay(random, order, part ? OrderFlow.Cents(total / 3) : total, Step(random, at, start, 24), by);
            order = order with { Payment = (byte)(part ? 2 : 3) };
        }

        if (_credited.Count < 5000 || random.Next(50) == 0)
        {
            _credited.Add(order.Id);
        }

        return order with { UpdatedOn = at, Version = 5 };
    }

    private Order Purchase(Random random, Order order, long start, long ageDays)
    {
        int roll = random.Next(100);
        if (roll < 8 || order.Rows.Length == 0)
        {
            return order;
        }

        long at = Step(random, order.CreatedOn, start, 30);
        if (ageDays < 14 || roll < 14)
        {
            foreach (OrderRow row in order.Rows.Where(r => r.Stocked))
            {
                flow.Stock.OnOrder(row.Product!.Id, order.WarehouseId, row.Quantity);
            }

            return order with { StatusId = 7, Stock = 5, UpdatedOn = at, Version = 2 };
        }

        at = Step(random, at, start, 150);
        flow.Receive(random, order, order.Rows, at, order.CreatedById);
        order = Done(random, order with { Stock = 4 }, Step(random, at, start, 48));
        if (random.Next(6) != 0)
        {
            flow.Pay(random, order, order.Net + order.Tax, Step(random, order.ClosedOn, start, 300), order.CreatedById);
            order = order with { Payment = 3 };
        }

        return order;
    }

    private Order Credit(Random random, Order order, long start, long ageDays)
    {
        if (ageDays < 2 || random.Next(10) == 0 || order.Rows.Length == 0)
        {
            return order;
        }

        long at = Step(random, order.CreatedOn, start, 60);
        if (random.Next(3) != 0)
        {
            flow.Receive(random, order, order.Rows, at, order.CreatedById);
            order = order with { Stock = 4 };
        }

        order = Done(random, order, Step(random, at, start, 20));
        if (random.Next(4) != 0 && order.Net > 0)
        {
            flow.Pay(random, order, order.Net + order.Tax, Step(random, order.ClosedOn, start, 20), order.CreatedById);
            order = order with { Payment = 3 };
        }

        return order;
    }

    private Order Done(Random random, Order order, long at) =>
        order.Rows.Length == 0 ? order : flow.Invoice(random, order, at, order.CreatedById) with { UpdatedOn = at, Version = 3 };

    private void Notes(Random random, Order order, long start)
    {
        for (int n = random.Next(4) == 0 ? random.Next(1, 3) : 0; n > 0; n--)
        {
            int id = world.OrderNotes.NextId(random);
            world.OrderNotes.Put(id, new OrderNote(id, order.Id, order.Contact.Id, n == 1 ? "Customer asked for delivery < 5 days & a receipt" : "Überprüft – ok", random.Next(3) == 0, Step(random, order.CreatedOn, start, 48), order.CreatedById, order.StatusId));
        }
    }

    private long RateAt(int currency, long at)
    {
        long rate = world.Currencies[currency]!.Rate;
        foreach (ExchangeRate entry in world.ExchangeRates.Rows())
        {
            if (entry.CurrencyId == currency && entry.ActiveFrom <= at)
            {
                rate = entry.Rate;
            }
        }

        return rate;
    }

    /// <summary>Some time later, on a whole second, never after the start of the clock.</summary>
    private static long Step(Random random, long at, long start, int hours) =>
        Math.Min(at + ((1 + (long)(random.NextDouble() * hours * Hour)) / 1000 * 1000), start - 1000);
}
