namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Fills the lists that every account has: money, warehouses, channels, statuses, custom fields.</summary>
internal static class AccountLists
{
    public static readonly Country[] Countries =
    [
        new(222, "GB", "GBR", "United Kingdom"), new(223, "US", "USA", "United States"), new(81, "DE", "DEU", "Germany"),
        new(203, "SE", "SWE", "Sweden"), new(73, "FR", "FRA", "France"), new(103, "IE", "IRL", "Ireland"), new(107, "JP", "JPN", "Japan"),
    ];

    public static void Fill(WorldState w, AccountTime time, long first, long start)
    {
        long long_ago = first - (400L * 86_400_000);
        Money(w, time, first, start);
        Places(w);
        Sales(w);
        Fields(w);
        Trees(w, long_ago, start);
        w.Webhooks.Put(118, new(118, "product.modified.on-hand-modified", "POST", "https://hooks.example.com/stock?key=a1b2", "{\"account\":\"${account-code}\",\"id\":\"${resource-id}\"}", "application/json", true, 1));
        w.Webhooks.Put(122, new(122, "goods-in-note.created", "POST", "https://hooks.example.com/goods-in", "{\"accountCode\":\"${account-code}\",\"id\":\"${resource-id}\"}", "application/json", true, 1));
        w.Webhooks.Put(125, new(125, "order.modified.order-status", "GET", "https://hooks.example.com/order/${resource-id}", null, null, false, 0));
    }

    private static void Money(WorldState w, AccountTime time, long first, long start)
    {
        w.Currencies.Put(1, new(1, "British Pounds", "GBP", "£", 1_000_000, true, "7700"));
        w.Currencies.Put(2, new(2, "US Dollars", "USD", "$", 1_270_000, false, "7700"));
        w.Currencies.Put(3, new(3, "Euro", "EUR", "€", 1_160_000, false, "7700"));
        int key = 1;
        int firstDay = time.DayOf(first), lastDay = time.DayOf(start);
        for (int day = firstDay; day <= lastDay; day += 91)
        {
            w.ExchangeRates.Put(key, new(key++, 2, time.MidnightLocal(day), 1_270_000 + ((day % 37) * 900)));
            w.ExchangeRates.Put(key, new(key++, 3, time.MidnightLocal(day), 1_160_000 + ((day % 29) * 700)));
        }

        (string Code, string Name, int Type, bool Bank)[] nominals =
        [
            ("0010", "Freehold property", 5, false), ("0055", "Plant and machinery", 5, false), ("1001", "Stock", 4, false),
            ("1100", "Accounts receivable", 4, false), ("1200", "Current account", 4, true), ("1210", "US dollar account", 4, true),
            ("1220", "Euro account", 4, true), ("1230", "Petty cash", 4, true), ("2050", "Goods received not invoiced", 6, false),
            ("2100", "Accounts payable", 6, false), ("2200", "Sales tax", 6, false), ("2201", "Purchase tax", 6, false),
            ("4000", "Sales: type A", 1, false), ("4001", "Sales: type B", 1, false), ("4009", "Discounts allowed", 1, false),
            ("4040", "Shipping income", 1, false), ("5000", "Purchases", 2, false), ("5009", "Discounts taken", 2, false),
            ("7700", "Exchange differences", 3, false), ("0999", "Old suspense", 3, false),
        ];
        int id = 12;
        foreach ((string code, string name, int type, bool bank) in nominals)
        {
            w.NominalCodes.Put(id, new(id, code, name, type, bank, type is 2 or 3, code is "4009" or "5009", code[0] != '1', code != "0999", bank, code == "1210" ? 2 : code == "1220" ? 3 : 1));
            id += id == 17 ? 3 : 1;
        }

        w.PaymentMethods.Put(1, new(1, "CARD", "Card", true, "1200", 0));
        w.PaymentMethods.Put(2, new(2, "CASH", "Cash", true, "1230", 0));
        w.PaymentMethods.Put(3, new(3, "PAYPAL", "PayPal", true, "1200", 13));
        w.PaymentMethods.Put(5, new(5, "BACS", "Bank transfer", true, "1200", 0));
        w.PaymentMethods.Put(6, new(6, "CHEQUE", "Cheque", false, "1200", 0));
        w.TaxCodes.Put(1, new(1, "T0", "Zero rated", 0));
        w.TaxCodes.Put(2, new(2, "T20", "Standard", 200_000));
        w.TaxCodes.Put(3, new(3, "T5", "Reduced", 50_000));
        w.TaxCodes.Put(5, new(5, "T9", "Outside scope", 0));
        w.TaxCodes.Put(7, new(7, "SE25", "Swedish standard", 250_000));
        int period = 1;
        DateTime month = DateTime.UnixEpoch.AddDays(firstDay);
        for (month = new(month.Year, month.Month, 1); month < DateTime.UnixEpoch.AddDays(lastDay); month = month.AddMonths(1))
        {
            int from = (int)(month - DateTime.UnixEpoch).TotalDays, to = (int)(month.AddMonths(1) - DateTime.UnixEpoch).TotalDays - 1;
            bool closed = to < lastDay - 60;
            w.AccountingPeriods.Put(period, new(period++, time.MidnightLocal(from), time.MidnightLocal(to), closed ? 203 : 0, closed ? time.MidnightLocal(to + 20) + 32_400_000 : 0));
        }
    }

    private static void Places(WorldState w)
    {
        int location = 2, zone = 1;
        foreach ((int id, string name, string type, int count) in new[] { (2, "Main warehouse", "Warehouse", 12), (3, "High street store", "Shop", 3), (5, "US warehouse", "Third party", 8), (6, "Pop-up", "Shop", 0) })
        {
            int defaultLocation = location;
            w.Zones.Put(zone, new(zone, name + " ground floor", id));
            w.Zones.Put(zone + 1, new(zone + 1, name + " mezzanine", id));
            w.Locations.Put(location, new(location, id, 0, "DEFAULT", null, null, null, "L" + location));
            int quarantine = ++location;
            w.Locations.Put(location, new(location, id, 0, "QUARANTINE", null, null, null, "L" + location));
            location++;
            for (int i = 0; i < count; i++, location += i % 5 == 4 ? 2 : 1)
            {
                w.Locations.Put(location, new(location, id, zone + (i % 2), ((char)('A' + (i / 4))).ToString(), (i % 4).ToString("00"), i % 3 == 0 ? null : (i % 3).ToString(), i % 6 == 5 ? "Z" : null, "L" + location));
            }

            w.Warehouses.Put(id, new(id, name, type, 95 + zone, defaultLocation, quarantine));
            w.Addresses.Put(95 + zone, new(95 + zone, 0, zone + " Depot Road", null, "Bristol", null, "BS1 " + zone + "AA", Countries[0]));
            zone += 3;
        }

        (string Code, string Name)[] methods = [("RM24", "Royal Mail 24"), ("RM48", "Royal Mail 48"), ("DPD", "DPD next day"), ("UPS", "UPS Ground"), ("COL", "Collection")];
        int[] ids = [1, 2, 4, 7, 49];
        for (int i = 0; i < ids.Length; i++)
        {
            w.ShippingMethods.Put(ids[i], new(ids[i], methods[i].Code, methods[i].Name, 1, 2));
        }

        long then = 1_700_000_000_000;
        w.ReturnReasons.Put(1, new(1, "DAMAGED", "Arrived damaged", "QUARANTINE", true, "Ada Marsh", then));
        w.ReturnReasons.Put(2, new(2, "FIT", "Does not fit", "STOCK", true, "Ada Marsh", then + 86_400_000));
        w.ReturnReasons.Put(3, new(3, "LATE", "Arrived too late", "STOCK", false, "Jörg Åkesson", then + 172_800_000));
        w.ReturnReasons.Put(4, new(4, "WRONG", "Wrong item sent", "STOCK", true, "Ada Marsh", then));
    }

    private static void Sales(WorldState w)
    {
        string[] names = ["Cost", "Retail", "Trade", "US retail", "EU retail", "Supplier cost", "Clearance"];
        string[] codes = ["COST", "RETAIL", "TRADE", "USRETAIL", "EURETAIL", "SUPPCOST", "CLEAR"];
        int[] currencies = [1, 1, 1, 2, 3, 1, 1];
        for (int i = 0; i < names.Length; i++)
        {
            w.PriceLists.Put(i, new(i, names[i], codes[i], currencies[i], i is 0 or 5 ? "BUY" : "SELL", i is 1 or 4));
        }

        w.ChannelBrands.Put(1, new(1, "Northlight", "hello@northlight.example"));
        w.ChannelBrands.Put(2, new(2, "Northlight Trade", "trade@northlight.example"));
        w.Channels.Put(1, new(1, "Web shop", 1, 2, [2], 0, 1, 1, true));
        w.Channels.Put(2, new(2, "High street", 3, 3, [3], 0, 1, 1, true));
        w.Channels.Put(3, new(3, "Trade", 2, 2, [2, 5], 2, 2, 2, true));
        w.Channels.Put(5, new(5, "US web shop", 1, 5, [5], 0, 3, 1, true));
        w.Channels.Put(6, new(6, "Marketplace", 4, 2, [2], 0, 1, 1, false));
        (int Id, string Name, string Type, string State)[] statuses =
        [
            (1, "Draft / Quote", "SO", "draft"), (2, "New web order", "SO", "placed"), (3, "New phone order", "SO", "placed"), (4, "Invoiced", "SO", "invoiced"), (5, "Cancelled", "SO", "cancelled"),
            (6, "Pending PO", "PO", "draft"), (7, "Placed with supplier", "PO", "placed"), (8, "Invoice received", "PO", "invoiced"), (9, "New credit", "SC", "draft"), (10, "Credit issued", "SC", "invoiced"),
            (11, "New purchase credit", "PC", "draft"), (12, "Purchase credit received", "PC", "invoiced"), (17, "Back order", "SO", "placed"), (19, "Quote sent", "SO", "draft"), (20, "Old status", "SO", "placed"),
        ];
        int order = 0;
        foreach ((int id, string name, string type, string state) in statuses)
        {
            w.OrderStatuses.Put(id, new(id, name, type, order++ * 10, id == 20, id != 20, id % 2 == 0 ? "#E7E6E4" : "#7AB800", id == 1 ? 10 : 0, state));
        }
    }

    private static void Fields(WorldState w)
    {
        Fill(w.SaleFields, "ORDER", 64);
        Fill(w.PurchaseFields, "PO", 164);
        Fill(w.CustomerFields, "CUST", 264);
        Fill(w.SupplierFields, "SUPP", 364);
        Fill(w.ProductFields, "PROD", 464);

        static void Fill(Table<CustomField> fields, string prefix, int option)
        {
            int id = fields.LastId + 1;
            (int Id, string Value)[] options = [(option, "North"), (option + 1, "South & East"), (option + 3, "Övrigt")];
            foreach ((string code, string name, string type) in new[] { ("ZONE", "Zone", "SELECT"), ("NOTE", "Note", "TEXT"), ("MEMO", "Long memo", "TEXTAREA"), ("DUE", "Due by", "DATE"), ("VIP", "Handle first", "YES_NO"), ("COUNT", "Box count", "INTEGER"), ("RARE", "Seldom used", "TEXT") })
            {
                fields.Put(id, new CustomField(id, $"PCF_{prefix}{code}", name, type, false, type == "SELECT" ? options : []));
                id += type == "DATE" ? 2 : 1;
            }
        }
    }

    private static void Trees(WorldState w, long since, long start)
    {
        Random random = new(w.Seed * 31);
        long At() => since + (long)(random.NextDouble() * 300 * 86_400_000) / 1000 * 1000;
        long Later(long at) => at + (long)(random.NextDouble() * (start - at)) / 1000 * 1000;
        void Each<T>(Table<T> table, string[] names, Func<int, string, int, long, long, T> make)
            where T : class
        {
            for (int i = 0; i < names.Length; i++)
            {
                int id = table.NextId(random);
                long at = At();
                table.Put(id, make(id, names[i], i, at, i % 3 == 0 ? at : Later(at)));
            }
        }

        Each(w.Brands, ["Northlight", "Fjäll & Co", "Marsh Bros.", "Acme", "Pélican", "Kobo <Kids>", "Harbour", "Other"], (id, n, i, c, u) => new Brand(id, n, i % 2 == 0 ? n + " goods" : null, c, u));
        int root = w.Categories.LastId + 1;
        Each(w.Categories, ["Clothing", "Shirts", "Trousers", "Shoes", "Home", "Kitchen", "Garden", "Toys", "Outlet", "Books"], (id, n, i, c, u) => new Category(id, n, i is > 0 and < 4 ? root : 0, i != 8, c, 4, u, i % 2 == 0 ? 4 : 203));
        Brand[] brands = [.. w.Brands.Rows()];
        Each(w.Collections, ["Summer", "Winter", "Core", "Festival", "Étoile"], (id, n, i, c, u) => new Collection(id, n, brands[i % brands.Length].Id, c, u));
        Each(w.Seasons, ["SS24", "AW24", "SS25", "AW25", "SS26"], (id, n, i, c, u) => new Season(id, n, null, c, c + (180L * 86_400_000), c, u));
        Each(w.Options, ["Colour", "Size", "Material"], (id, n, i, c, u) => new Option(id, n, i * 10, c, u));
        Option[] options = [.. w.Options.Rows()];
        string[][] values = [["Red", "Green", "Blue", "Black", "Écru"], ["S", "M", "L", "XL"], ["Cotton", "Wool", "Linen"]];
        for (int o = 0; o < options.Length; o++)
        {
            Option option = options[o];
            Each(w.OptionValues, values[o], (id, n, i, c, u) => new OptionValue(id, option.Id, option.Name, n, i, c, u));
        }

        Each(w.ProductTypes, ["Clothing", "Hard goods", "Service"], (id, n, i, c, u) => new ProductType(id, n, i == 0 ? [options[0].Id, options[1].Id] : i == 1 ? [options[2].Id] : [], c, u));
        Each(w.ContactGroups, ["Newsletter", "Trade accounts", "Press", "Empty group"], (id, n, i, c, u) => new ContactGroup(id, n, i == 3 ? string.Empty : n + " contacts"));
        Each(w.Tags, ["VIP", "Late payer", "Wholesale", "Do not call", "Förening"], (id, n, i, c, u) => new Tag(id, n, i == 4 ? w.Tags.LastId : 0, i % 2 == 0 ? "#ff0000" : "#00aa33"));
        Each(w.LeadSources, ["Search engine", "Trade fair", "Word of mouth", "Catalogue"], (id, n, i, c, u) => new LeadSource(id, 4, i == 3 ? 1 : 0, n, i != 2));
        Each(w.Projects, ["Shop refit", "Spring fair"], (id, n, i, c, u) => new Project(id, n, true));
        Each(w.ContactStatuses, ["Lead", "Prospect", "Current customer", "Lost"], (id, n, i, c, u) => new ContactStatus(id, n, i != 3));
    }
}
