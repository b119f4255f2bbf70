namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>
/// Builds an account from a seed and a number of orders, and of products where that is not to follow from the orders. The
/// same ones give the same account, at times that are counted back from the start of the clock.
/// </summary>
internal sealed class WorldBuilder(int orders, int? products, int seed, long start, AccountTime time)
{
    private const long Day = 86_400_000;

    public WorldState World { get; } = new(orders, seed);

    public OrderFlow Flow { get; private set; } = null!;

    public WorldBuilder Build()
    {
        Random random = new(seed);
        long end = start / 1000 * 1000;
        long first = end - (3 * 365 * Day);
        AccountLists.Fill(World, time, first, end);
        StockBook stock = new(World);
        Flow = new OrderFlow(World, stock, time);
        int[] tags = [.. World.Tags.Rows().Select(t => t.Id)];
        ContactMaker contacts = new(World);
        int people = Math.Max(50, orders / 4);
        List<Contact> customers = [], suppliers = [], staff = [];
        for (int i = 0; i < people; i++)
        {
            ContactKind kind = i is > 0 and < 5 || random.Next(300) == 0 ? ContactKind.Staff : i is >= 5 and < 11 || random.Next(40) == 0 ? ContactKind.Supplier : ContactKind.Customer;
            long at = i < people / 4 ? first - (200 * Day) + (i * Day * 199 / Math.Max(1, people / 4) / 1000 * 1000) : first + (long)((end - first) * ((i - (people / 4)) / (people * 0.76))) / 1000 * 1000;
            Contact contact = contacts.Make(random, at, end, kind, 4, tags);
            (kind switch { ContactKind.Staff => staff, ContactKind.Supplier => suppliers, _ => customers }).Add(contact);
        }

        ProductMaker maker = new(World);
        int[] supplierIds = [.. suppliers.Select(s => s.Id)];
        int wanted = products ?? Math.Max(60, orders / 10);
        List<Product> made = [];
        for (int i = 0; i < wanted; i++)
        {
            long at = i < wanted * 8 / 10 ? first - (150 * Day) + (long)(149.0 * Day * i / wanted) / 1000 * 1000 : first + ((end - first) * (i - (wanted * 8 / 10)) / wanted * 4 / 1000 * 1000);
            made.Add(maker.Make(random, Math.Min(at, end - Day), end, supplierIds));
        }

        OpeningStock(random, made, first - Day, staff[0].Id);
        Orders(random, made, [.. customers], [.. suppliers], [.. staff.Select(s => s.Id)], first, end);
        Extras(random, made, staff[0].Id, first, end);
        stock.Publish();
        Groups(made);
        return this;
    }

    private void OpeningStock(Random random, List<Product> products, long at, int staff)
    {
        foreach (Product product in products.Where(p => p.StockTracked))
        {
            foreach ((int warehouse, int chance, int low, int high) in new[] { (2, 96, 25, 70), (3, 30, 4, 20), (5, 55, 8, 35) })
            {
                if (random.Next(100) < chance)
                {
                    Flow.Correct(random, product.Id, warehouse, random.Next(low, high), "Opening stock", at, staff);
                }
            }
        }
    }

    private void Orders(Random random, List<Product> products, Contact[] customers, Contact[] suppliers, int[] staff, long first, long end)
    {
        long[] times = Times(random, first, end);
        OrderMaker maker = new(World, Flow, time, customers, suppliers, staff);
        Product[] sold = [.. products];
        int customersKnown = 1, productsKnown = 1;
        for (int i = 0; i < times.Length; i++)
        {
            long at = times[i];
            while (customersKnown < customers.Length && customers[customersKnown].CreatedOn < at)
            {
                customersKnown++;
            }

            while (productsKnown < sold.Length && sold[productsKnown].CreatedOn < at)
            {
                productsKnown++;
            }

            int roll = random.Next(100);
            byte type = (byte)(roll < 85 ? 1 : roll < 93 ? 2 : roll < 98 ? 3 : 4);
            bool purchase = type is 2 or 4;
            maker.Make(random, type, at, end, customersKnown, () => Pick(purchase), i < times.Length / 6);
            if (i % 400 == 199)
            {
                Product product = sold[random.Next(productsKnown)];
                if (product.StockTracked)
                {
                    int free = Flow.Stock.Free(product.Id, 2);
                    Flow.Correct(random, product.Id, 2, free > 3 && i % 800 == 199 ? -1 : 2, free > 3 ? "Damaged" : "Stock take", at, staff[0]);
                }
            }

            if (i % 350 == 99)
            {
                Transfer(random, sold, at, end, staff[0]);
            }
        }

        Product? Pick(bool purchase)
        {
            for (int tries = 0; tries < 6; tries++)
            {
                Product product = sold[random.Next(productsKnown)];
                if (!purchase || product.Bundle.Length == 0)
                {
                    return product;
                }
            }

            return null;
        }
    }

    /// <summary>Order times over three years, some of them around the nights on which the clocks change.</summary>
    private long[] Times(Random random, long first, long end)
    {
        long[] nights = [.. time.Transitions(first, end)];
        long[] times = new long[orders];
        for (int i = 0; i < orders; i++)
        {
            times[i] = nights.Length > 0 && random.Next(60) == 0
                ? nights[random.Next(nights.Length)] + (random.Next(-7200, 7200) * 1000L)
                : first + (long)((end - first - Day / 24) * ((i + random.NextDouble()) / orders)) / 1000 * 1000;
        }

        Array.Sort(times);
        return times;
    }

    private void Transfer(Random random, Product[] products, long at, long end, int staff)
    {
        Product product = products[random.Next(products.Length)];
        int quantity = Math.Min(3, Flow.Stock.Free(product.Id, 2));
        if (!product.StockTracked || quantity < 1)
        {
            return;
        }

        int id = World.Transfers.NextId(random);
        StockTransfer transfer = new(id, 2, 5, 0, id % 3 == 0 ? string.Empty : "TR-" + id, staff, at);
        int stage = random.Next(4);
        if (stage > 0)
        {
            GoodsOutNote note = new()
            {
                Id = World.GoodsOut.NextId(random), WarehouseId = 2, TargetWarehouseId = 5, StockTransferId = id, ReleaseDate = at, CreatedOn = at, CreatedBy = staff,
                Lines = [new GoodsOutLine(0, product.Id, quantity, Flow.Stock.Location(product.Id, 2))],
            };
            World.GoodsOut.Put(note.Id, note);
            transfer = transfer with { GoodsOutNoteId = note.Id };
            long shipped = Math.Min(at + (Day / 4), end - 1000);
            if (stage > 1)
            {
                Flow.Ship(random, note, shipped, staff);
            }
            else
            {
                Flow.Stock.Allocate(product.Id, 2, quantity, transfer: true);
            }

            if (stage > 2)
            {
                Arrive(random, product, quantity, Math.Min(shipped + Day, end - 1000), staff);
            }
        }

        World.Transfers.Put(id, transfer);
    }

    private void Arrive(Random random, Product product, int quantity, long at, int staff)
    {
        int id = World.GoodsIn.NextId(random);
        int location = Flow.Stock.Location(product.Id, 5);
        GoodsInLine line = new(id, 0, 0, product.Id, quantity, quantity, 5, location, Flow.PriceOf(product.Id, 0), 0, World.BaseCurrency, null, at, at);
        World.GoodsIn.Put(id, new GoodsInNote { Id = id, Transfer = true, CreatedOn = at, ReceivedOn = at, CreatedBy = staff, Lines = [line] });
        Flow.Stock.Move(product.Id, 5, location, quantity);
        Flow.Stock.InTransit(product.Id, 5, -quantity);
        Flow.Movement(random, product.Id, quantity, 5, location, id, "GI", at, value: line.Cost, batch: id);
    }

    private void Extras(Random random, List<Product> products, int staff, long first, long end)
    {
        // General journals, one of them with a reference that is text.
        for (int i = 0; i < 12; i++)
        {
            long at = first + ((end - first) * (i + 1) / 13 / 1000 * 1000);
            World.Put(new Journal
            {
                Id = World.Journals.NextId(random), TypeCode = "GJ", TaxDay = time.DayOf(at), CreatedOn = at, CreatedBy = staff, Note = i % 3 == 0 ? "DEPR " + i : null,
                Lines = [Flow.Line(random, true, "0055", 1_250_000 + (i * 100), 0), Flow.Line(random, false, "0010", 1_250_000 + (i * 100), 0)],
            });
        }

        Dictionary<int, long> lastOrdered = [];
        foreach (Order order in World.Orders.Rows().Where(o => o.Type == 1))
        {
            lastOrdered[order.Contact.Id] = order.PlacedOn;
        }

        foreach ((int contact, long at) in lastOrdered)
        {
            World.Contacts.Put(contact, World.Contacts[contact]! with { LastOrderedOn = at });
        }

        foreach (Order order in World.Orders.Rows().Where(o => o.IsDropship).Take(40))
        {
            int id = World.DropShips.NextId(random);
            World.DropShips.Put(id, new DropShipNote(id, order.Id, 0, 0, order.CreatedOn, staff, id % 2 == 0, [.. order.Rows.Where(r => r.Product is not null).Select(r => (r.Id, r.Product!.Id, r.Quantity))]));
        }
    }

    private void Groups(List<Product> products)
    {
        foreach (IGrouping<int, Product> group in products.GroupBy(p => p.GroupId))
        {
            World.ProductGroups.Put(group.Key, new ProductGroup(group.Key, group.First().Name, [.. group.Select(p => p.Id)]));
        }
    }
}
