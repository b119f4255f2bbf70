namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Everything in the simulated account. Reads take no lock; writers hold <see cref="Gate"/>.</summary>
internal sealed class WorldState
{
    public WorldState(int orders, int seed)
    {
        Seed = seed;
        Orders = new(100_101, orders + (orders / 12) + 64);
        OrderNotes = new(3_001, orders / 2);
        GoodsOut = new(5_501, orders + 64);
        GoodsIn = new(811, orders / 6);
        Movements = new(90_001, orders * 3);
        Journals = new(61, orders * 2);
        JournalRows = new(1_001, orders * 5);
        CustomerPayments = new(701, orders + 64);
        SupplierPayments = new(301, orders / 12);
        Corrections = new(412);
    }

    public int Seed { get; }

    public Lock Gate { get; } = new();

    public Table<Brand> Brands { get; } = new(74);
    public Table<Category> Categories { get; } = new(276);
    public Table<Collection> Collections { get; } = new(3);
    public Table<Season> Seasons { get; } = new();
    public Table<ProductType> ProductTypes { get; } = new();
    public Table<Option> Options { get; } = new();
    public Table<OptionValue> OptionValues { get; } = new();
    public Table<ProductGroup> ProductGroups { get; } = new(200);
    public Table<Channel> Channels { get; } = new();
    public Table<ChannelBrand> ChannelBrands { get; } = new();
    public Table<PriceList> PriceLists { get; } = new(0);
    public Table<OrderStatus> OrderStatuses { get; } = new();
    public Table<CustomField> SaleFields { get; } = new();
    public Table<CustomField> PurchaseFields { get; } = new(21);
    public Table<CustomField> CustomerFields { get; } = new(41);
    public Table<CustomField> SupplierFields { get; } = new(61);
    public Table<CustomField> ProductFields { get; } = new(81);
    public Table<Company> Companies { get; } = new(31);
    public Table<ContactGroup> ContactGroups { get; } = new();
    public Table<GroupMember> GroupMembers { get; } = new();
    public Table<Tag> Tags { get; } = new(9);
    public Table<LeadSource> LeadSources { get; } = new();
    public Table<Project> Projects { get; } = new();
    public Table<ContactStatus> ContactStatuses { get; } = new();
    public Table<Warehouse> Warehouses { get; } = new(2);
    public Table<Zone> Zones { get; } = new();
    public Table<Location> Locations { get; } = new(2);
    public Table<ShippingMethod> ShippingMethods { get; } = new();
    public Table<ReturnReason> ReturnReasons { get; } = new();
    public Table<Currency> Currencies { get; } = new();
    public Table<ExchangeRate> ExchangeRates { get; } = new();
    public Table<NominalCode> NominalCodes { get; } = new(12);
    public Table<PaymentMethod> PaymentMethods { get; } = new();
    public Table<TaxCode> TaxCodes { get; } = new();
    public Table<AccountingPeriod> AccountingPeriods { get; } = new();
    public Table<Webhook> Webhooks { get; } = new(118);

    public Table<Product> Products { get; } = new(1_001);
    public Table<ProductPrices> Prices { get; } = new(1_001);
    public Table<ProductStock> Stock { get; } = new(1_001);
    public Table<Address> Addresses { get; } = new(90);
    public Table<Contact> Contacts { get; } = new(200);
    public Table<ContactNote> ContactNotes { get; } = new(51);
    public Table<Order> Orders { get; }
    public Table<OrderNote> OrderNotes { get; }
    public Table<GoodsOutNote> GoodsOut { get; }
    public Table<GoodsInNote> GoodsIn { get; }
    public Table<DropShipNote> DropShips { get; } = new(41);
    public Table<GoodsMovement> Movements { get; }
    public Table<StockCorrection> Corrections { get; }
    public Table<StockTransfer> Transfers { get; } = new(31);
    public Table<Journal> Journals { get; }
    public Table<JournalLine> JournalRows { get; }
    public Table<Payment> CustomerPayments { get; }
    public Table<Payment> SupplierPayments { get; }

    /// <summary>The last order row id given out.</summary>
    public int LastOrderRowId { get; set; } = 900_000;

    public int LastInvoice { get; set; } = 1000;

    public string BaseCurrency => "GBP";

    public string CurrencyCode(int id) => Currencies[id]?.Code ?? BaseCurrency;

    public int NextRowId(Random random) => LastOrderRowId += random.NextDouble() < 0.04 ? random.Next(2, 5) : 1;

    /// <summary>Writes a journal and the search rows of its lines.</summary>
    public void Put(Journal journal)
    {
        if (Journals[journal.Id] is { } old)
        {
            foreach (JournalLine line in old.Lines.Where(o => journal.Lines.All(l => l.RowId != o.RowId)))
            {
                JournalRows.Remove(line.RowId);
            }
        }

        foreach (JournalLine line in journal.Lines)
        {
            line.Journal = journal;
        }

        Journals.Put(journal.Id, journal);
        foreach (JournalLine line in journal.Lines)
        {
            JournalRows.Put(line.RowId, line);
        }
    }

    /// <summary>From here on tables keep old versions, so that a search index can lag behind.</summary>
    public void StartRecording(Func<long> now)
    {
        Brands.Now = Categories.Now = Collections.Now = Seasons.Now = ProductTypes.Now = Options.Now = OptionValues.Now = now;
        Companies.Now = ContactGroups.Now = GroupMembers.Now = now;
        Products.Now = Contacts.Now = Orders.Now = OrderNotes.Now = GoodsOut.Now = GoodsIn.Now = Movements.Now = now;
        Journals.Now = JournalRows.Now = CustomerPayments.Now = SupplierPayments.Now = now;
    }
}
