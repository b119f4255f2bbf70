namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>
/// What happens to an order, with everything that follows from it: shipping makes notes and movements, invoicing and
/// paying make journals. Used to build the first world and by every later change. None of it moves an order's
/// updatedOn by itself: the caller knows when an order has changed.
/// </summary>
internal sealed class OrderFlow(WorldState world, StockBook stock, AccountTime time)
{
    private int _lastJournalRow = 1_000;

    public StockBook Stock => stock;

    public OrderRow[] MakeRows(Random random, byte type, int priceListId, int currencyId, Func<Product?> pick)
    {
        List<OrderRow> rows = [];
        int wanted = random.Next(6) switch { 0 => 1, 1 or 2 => 2, 3 => 3, 4 => random.Next(3, 5), _ => random.Next(4, 7) };
        for (int i = 0; i < wanted; i++)
        {
            if (random.Next(24) == 0)
            {
                long fee = random.Next(100, 900) * 100L;
                rows.Add(new OrderRow { Id = world.NextRowId(random), Sequence = 10 * (rows.Count + 1), FreeText = random.Next(2) == 0 ? "Shipping" : "Gift wrap <small> & card", Quantity = 1, Price = fee, Net = fee, Tax = fee / 500 * 100, TaxCodeId = 2 });
                continue;
            }

            if (pick() is not { } product)
            {
                continue;
            }

            OrderRow row = MakeRow(random, type, priceListId, product, rows.Count);
            rows.Add(row);
            foreach ((Product part, int quantity) in product.Bundle)
            {
                rows.Add(new OrderRow { Id = world.NextRowId(random), Sequence = 10 * (rows.Count + 1), Product = part, Quantity = row.Quantity * quantity, TaxCodeId = row.TaxCodeId, ParentRowId = row.Id, Cost = ProductMaker.ListPrice(part.Id) * 45 / 100 });
            }
        }

        return [.. rows];
    }

    public OrderRow MakeRow(Random random, byte type, int priceListId, Product product, int before)
    {
        bool purchase = type is 2 or 4;
        int quantity = purchase ? random.Next(4, 40) : random.Next(20) == 0 ? random.Next(4, 13) : random.Next(1, 4);
        long price = PriceOf(product.Id, purchase ? 0 : priceListId);
        int discount = random.Next(12) == 0 ? 1000 : 0;
        long net = Cents(price * quantity * (10_000 - discount) / 10_000);
        return new OrderRow
        {
            Id = world.NextRowId(random),
            Sequence = 10 * (before + 1),
            Product = product,
            Quantity = quantity,
            Cost = purchase ? 0 : PriceOf(product.Id, 0),
            Price = price,
            DiscountHundredths = discount,
            TaxCodeId = product.TaxCodeId,
            Net = net,
            Tax = TaxOn(net, product.TaxCodeId),
            BundleParent = product.Bundle.Length > 0,
            ExternalRef = random.Next(6) == 0 ? "line-" + (before + 1) : null,
        };
    }

    public long TaxOn(long net, int taxCodeId) => Cents(net * (world.TaxCodes[taxCodeId]?.Rate ?? 0) / 1_000_000);

    public static long Cents(long amount) => (amount + (amount < 0 ? -50 : 50)) / 100 * 100;

    public long PriceOf(int productId, int priceListId)
    {
        foreach (ListPrice list in world.Prices[productId]?.Lists ?? [])
        {
            if (list.PriceListId == priceListId && list.Breaks.Length > 0)
            {
                // Row prices are net: a gross list holds a fifth of tax.
                return priceListId is 1 or 4 ? Cents(list.Breaks[0].Price * 10 / 12) : list.Breaks[0].Price;
            }
        }

        return ProductMaker.ListPrice(productId);
    }

    public Order Allocate(Order order)
    {
        foreach (OrderRow row in order.Rows.Where(r => r.Stocked))
        {
            stock.Allocate(row.Product!.Id, order.WarehouseId, row.Quantity);
        }

        return order with { Stock = 1, Allocation = 4 };
    }

    public bool CanShip(Order order, int warehouseId)
    {
        foreach (OrderRow row in order.Rows)
        {
            if (row.Stocked && stock.Free(row.Product!.Id, warehouseId) < row.Quantity)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A goods-out note for rows of an order; unshipped until <see cref="Ship"/>.</summary>
    public GoodsOutNote? MakeNote(Random random, Order order, IReadOnlyList<OrderRow> rows, int warehouseId, long at, int staff, int sequence = 1)
    {
        GoodsOutLine[] lines = [.. rows.Where(r => r.Stocked).Select(r => new GoodsOutLine(r.Id, r.Product!.Id, r.Quantity, stock.Location(r.Product.Id, warehouseId)))];
        if (lines.Length == 0)
        {
            return null;
        }

        GoodsOutNote note = new()
        {
            Id = world.GoodsOut.NextId(random),
            OrderId = order.Id,
            WarehouseId = warehouseId,
            Priority = random.Next(25) == 0,
            ShippingMethodId = order.ShippingMethodId,
            ChannelId = order.ChannelId,
            Sequence = sequence,
            ReleaseDate = at,
            CreatedOn = at,
            CreatedBy = staff,
            Lines = lines,
        };
        world.GoodsOut.Put(note.Id, note);
        return note;
    }

    public GoodsOutNote Ship(Random random, GoodsOutNote note, long at, int staff)
    {
        note = note with
        {
            PrintedOn = note.PrintedOn != 0 ? note.PrintedOn : at,
            PickedOn = note.PickedOn != 0 ? note.PickedOn : at,
            PackedOn = note.PackedOn != 0 ? note.PackedOn : at,
            ShippedOn = at,
            HandledBy = staff,
            Boxes = 1,
            Reference = random.Next(3) == 0 ? string.Empty : $"TRK{note.Id:000000}GB",
        };
        world.GoodsOut.Put(note.Id, note);
        foreach (GoodsOutLine line in note.Lines)
        {
            stock.Move(line.ProductId, note.WarehouseId, line.LocationId, -line.Quantity);
            Movement(random, line.ProductId, -line.Quantity, note.WarehouseId, line.LocationId, note.Id, "GO", at, order: note.OrderId, saleRow: line.OrderRowId);
            if (note.Transfer)
            {
                stock.InTransit(line.ProductId, note.TargetWarehouseId, line.Quantity);
            }
        }

        return note;
    }

    public GoodsInNote? Receive(Random random, Order order, IReadOnlyList<OrderRow> rows, long at, int staff)
    {
        OrderRow[] stocked = [.. rows.Where(r => r.Stocked)];
        if (stocked.Length == 0)
        {
            return null;
        }

        int id = world.GoodsIn.NextId(random);
        string? batch = random.Next(3) == 0 ? null : "BATCH-" + id;
        GoodsInLine[] lines = [.. stocked.Select(r => new GoodsInLine(
            id, order.Id, r.Id, r.Product!.Id, r.Quantity, (r.Quantity + 1) / 2, order.WarehouseId, stock.Location(r.Product.Id, order.WarehouseId),
            r.Quantity == 0 ? 0 : r.Net / r.Quantity, 0, world.CurrencyCode(order.CurrencyId), batch, at, at - 3_600_000))];
        GoodsInNote note = new() { Id = id, OrderId = order.Id, BatchReference = batch, CreatedOn = at, ReceivedOn = at - 3_600_000, CreatedBy = staff, Lines = lines };
        world.GoodsIn.Put(id, note);
        foreach (GoodsInLine line in lines)
        {
            stock.Move(line.ProductId, line.WarehouseId, line.LocationId, line.Quantity);
            Movement(random, line.ProductId, line.Quantity, line.WarehouseId, line.LocationId, id, "GI", at, order: order.Id, purchaseRow: line.OrderRowId, value: line.Cost, batch: id, currency: line.CurrencyCode);
        }

        return note;
    }

    public StockCorrection Correct(Random random, int productId, int warehouseId, int quantity, string reason, long at, int staff)
    {
        int location = stock.Location(productId, warehouseId);
        StockCorrection correction = new(world.Corrections.NextId(random), warehouseId, location, productId, quantity, reason, PriceOf(productId, 0), at, staff);
        world.Corrections.Put(correction.Id, correction);
        stock.Move(productId, warehouseId, location, quantity);
        Movement(random, productId, quantity, warehouseId, location, correction.Id, "SC", at, value: correction.Cost);
        return correction;
    }

    public void Movement(Random random, int productId, int quantity, int warehouseId, int locationId, int noteId, string type, long at, int order = 0, int saleRow = 0, int purchaseRow = 0, long value = 0, int batch = 0, string? currency = null)
    {
        int id = world.Movements.NextId(random);
        world.Movements.Put(id, new GoodsMovement(
            id, productId, saleRow, purchaseRow, quantity, locationId, warehouseId, noteId, value == 0 ? PriceOf(productId, 0) : value,
            currency ?? world.BaseCurrency, order, true, world.Locations[locationId]?.A == "QUARANTINE", batch == 0 && type == "SC" ? noteId : batch, type, at));
    }

    /// <summary>Invoices an order: reference, tax date, and the journal SI, PI, SC or PC.</summary>
    public Order Invoice(Random random, Order order, long at, int staff)
    {
        string[] prefix = ["", "SI", "PI", "SC", "PC"];
        string reference = $"{prefix[order.Type]}-{++world.LastInvoice}";
        int day = time.DayOf(at);
        int status = order.Type switch { 1 => 4, 2 => 8, 3 => 10, _ => 12 };
        order = order with { StatusId = status, InvoiceReference = reference, TaxDay = day, DueDay = day + Math.Max(order.Contact.CreditTermDays, 0), ClosedOn = at };
        long net = order.Net, tax = order.Tax;
        // Sales: receivable against sales and tax. Purchases the other way round. Credits reverse their side.
        bool purchase = order.IsPurchase;
        bool ownerDebit = order.Type is 1 or 4;
        List<JournalLine> lines = [Line(random, ownerDebit, purchase ? "2100" : "1100", net + tax, 0)];
        foreach (int taxCode in TaxCodesOf(order))
        {
            lines.Add(Line(random, !ownerDebit, purchase ? "5000" : "4000", SumOf(order, taxCode), taxCode));
        }

        if (tax != 0)
        {
            lines.Add(Line(random, !ownerDebit, purchase ? "2201" : "2200", tax, 2));
        }

        bool reconciled = random.Next(2) == 0 && time.DayOf(at) < (time.DayOf(at) / 91 * 91) + 40;
        Journal journal = new()
        {
            Id = world.Journals.NextId(random),
            TypeCode = prefix[order.Type],
            ContactId = order.Contact.Id,
            OrderId = order.Id,
            InvoiceReference = reference,
            ChannelId = order.ChannelId,
            ProjectId = order.ProjectId,
            LeadSourceId = order.LeadSourceId,
            TaxDay = day,
            DueDay = order.DueDay,
            CreatedOn = at,
            CreatedBy = staff,
            TaxReconciledDay = reconciled ? day + 10 : 0,
            TaxPeriodId = reconciled ? 1 + (day / 91 % 8) : 0,
            CurrencyId = order.CurrencyId,
            Rate = order.Rate,
            Lines = [.. lines],
        };
        world.Put(journal);
        return order;
    }

    private static List<int> TaxCodesOf(Order order)
    {
        List<int> codes = [];
        foreach (OrderRow row in order.Rows)
        {
            if (row.Net != 0 && !codes.Contains(row.TaxCodeId))
            {
                codes.Add(row.TaxCodeId);
            }
        }

        return codes;
    }

    private static long SumOf(Order order, int taxCode)
    {
        long sum = 0;
        foreach (OrderRow row in order.Rows)
        {
            sum += row.TaxCodeId == taxCode ? row.Net : 0;
        }

        return sum;
    }

    /// <summary>A payment (customers: RECEIPT, or PAYMENT when money goes back) with its journal.</summary>
    public Payment Pay(Random random, Order order, long amount, long at, int staff)
    {
        bool supplier = order.IsPurchase;
        Table<Payment> table = supplier ? world.SupplierPayments : world.CustomerPayments;
        PaymentMethod[] methods = [.. world.PaymentMethods.Rows()];
        PaymentMethod method = supplier ? methods[Math.Min(3, methods.Length - 1)] : methods[random.Next(Math.Min(4, methods.Length))];
        bool incoming = order.Type is 1 or 4;
        Journal journal = new()
        {
            Id = world.Journals.NextId(random),
            TypeCode = supplier ? "PP" : "SR",
            ContactId = order.Contact.Id,
            OrderId = order.Id,
            ChannelId = order.ChannelId,
            TaxDay = time.DayOf(at),
            CreatedOn = at,
            CreatedBy = staff,
            CurrencyId = order.CurrencyId,
            Rate = order.Rate,
            Lines = [Line(random, incoming, method.BankCode, amount, 0), Line(random, !incoming, supplier ? "2100" : "1100", amount, 0)],
        };
        world.Put(journal);
        int id = table.NextId(random);
        Payment payment = new()
        {
            Id = id,
            TransactionRef = random.Next(10) == 0 ? null : "TX-" + id,
            TransactionCode = random.Next(2) == 0 ? null : "CODE-" + id,
            MethodCode = method.Code,
            Type = incoming ? "RECEIPT" : "PAYMENT",
            OrderId = order.Id,
            ContactId = order.Contact.Id,
            CurrencyId = order.CurrencyId,
            Paid = amount,
            PaymentDate = time.MidnightLocal(time.DayOf(at)),
            CreatedOn = at,
            JournalId = journal.Id,
        };
        table.Put(id, payment);
        return payment;
    }

    /// <summary>Card money held and not taken: no journal, no effect on the order's balance.</summary>
    public Payment Authorise(Random random, Order order, long amount, long at, string type)
    {
        int id = world.CustomerPayments.NextId(random);
        Payment payment = new()
        {
            Id = id, TransactionRef = "AU-" + id, TransactionCode = "A" + id, MethodCode = "CARD", Type = type, OrderId = order.Id, ContactId = order.Contact.Id, CurrencyId = order.CurrencyId,
            Authorized = amount, Expires = at + (7L * 86_400_000), PaymentDate = at, CreatedOn = at,
        };
        world.CustomerPayments.Put(id, payment);
        return payment;
    }

    public JournalLine Line(Random random, bool debit, string nominal, long amount, int tax)
    {
        _lastJournalRow += random.NextDouble() < 0.03 ? 2 : 1;
        return new JournalLine(_lastJournalRow, debit, nominal, amount, tax);
    }
}
