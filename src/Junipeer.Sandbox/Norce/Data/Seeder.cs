using Junipeer.Sandbox.Brightpearl.World;
using Junipeer.Sandbox.Hosting;

namespace Junipeer.Sandbox.Norce.Data;

/// <summary>Fills a new database: lists, the catalogue that Brightpearl has, customers and orders of the shop.</summary>
internal sealed class Seeder(NorceWorld world, CatalogueSource source, SandboxClock clock)
{
    private const int By = 7;
    private readonly DateTime _longAgo = clock.Now.UtcDateTime.Date.AddDays(-400).AddHours(6);
    private readonly Dictionary<int, object> _manufacturers = [];
    private readonly Dictionary<int, object> _categories = [];

    public void Run()
    {
        Lists();
        Places();
        foreach (Product product in source.Products)
        {
            Add(product);
        }

        world.Add(world["Products/Products"], _longAgo, By, ("Id", Next("Products/Products")), ("ManufacturerId", _manufacturers.Values.First()), ("ManufacturerPartNo", "FREIGHT-1"), ("DefaultName", "Freight"), ("IsActive", Box.True));
        Sku("FREIGHT-1", world["Products/Products"].LastId, 3, 1, "Freight", null, _longAgo, null);
        Customers();
    }

    /// <summary>Into a database that is in use: the products it does not have.</summary>
    public void AddMissing()
    {
        foreach (Brand brand in source.Brands)
        {
            if (world["Application/ClientManufacturers"].With("ManufacturerCode", CatalogueSource.Code(brand.Name)) is [var known, ..])
            {
                _manufacturers[brand.Id] = known["ManufacturerId"]!;
            }
        }

        _manufacturers.TryAdd(0, world["Application/ClientManufacturers"].Sorted[0]["ManufacturerId"]!);
        foreach (Category category in source.Categories)
        {
            if (world["Application/Categories"].With("Code", CatalogueSource.Code(category.Name)) is [var known, ..])
            {
                _categories[category.Id] = known["Id"]!;
            }
        }

        foreach (Product product in source.Products)
        {
            Add(product);
        }
    }

    /// <summary>Adds one product with its SKU, prices and stock, as Brightpearl has them.</summary>
    private void Add(Product product)
    {
        string part = product.Sku.Trim();
        if (world["Products/ProductSkus"].Find(part) is not null)
        {
            return;
        }

        DateTime created = DateTime.UnixEpoch.AddMilliseconds(product.CreatedOn);
        DateTime? updated = product.UpdatedOn > product.CreatedOn ? DateTime.UnixEpoch.AddMilliseconds(product.UpdatedOn) : null;
        RowTable variants = world["Products/Variants"], products = world["Products/Products"];
        string style = $"STYLE-{product.GroupId}";
        Row group = variants.With("Code", style) is [var known, ..] ? known : world.Add(variants, created, By, ("Id", Next("Products/Variants")), ("Code", style), ("DefaultName", product.Name), ("IsActive", Box.True));
        string manufacturerPart = product.Mpn.Length > 0 ? product.Mpn : part;
        object maker = _manufacturers.GetValueOrDefault(product.BrandId) ?? _manufacturers.Values.First();
        if (products.With(["ManufacturerId", "ManufacturerPartNo"], [maker, manufacturerPart]).Count > 0)
        {
            manufacturerPart = part;
        }

        object id = Next("Products/Products");
        world.Add(products, created, By,
            ("Id", id), ("ManufacturerId", maker), ("ManufacturerPartNo", manufacturerPart), ("DefaultName", product.Name), ("DefaultDescription", product.Description.Length > 0 ? product.Description : null), ("IsVariant", Box.Of(product.Variations.Length > 0)),
            ("VariantId", group["Id"]), ("IsActive", Box.Of(product.Status != "ARCHIVED")), ("Updated", updated), ("UpdatedBy", updated is null ? null : Box.Of(By)));
        int order = 0;
        foreach (object category in product.Categories.Select(c => _categories.GetValueOrDefault(c)).OfType<object>())
        {
            world.Add(world["Products/ProductCategories"], created, By, ("ProductId", id), ("CategoryId", category), ("IsPrimary", Box.Of(order == 0)), ("SortOrder", Box.Of(order++)));
        }

        int status = product.Status switch { "LIVE" => 1, "DISCONTINUED" => 3, _ => 5 };
        Row sku = Sku(part, (int)id, product.Bundle.Length > 0 ? 8 : product.StockTracked ? 1 : 11, status, product.Name, product, created, updated);
        Prices(product, sku, created);
        Stock(product, part, created);
    }

    private Row Sku(string part, int product, int type, int status, string name, Product? from, DateTime created, DateTime? updated) => world.Add(
        world["Products/ProductSkus"], created, By,
        ("PartNo", part), ("ProductId", Box.Of(product)), ("StatusId", Box.Of(status)), ("StatusLastUpdated", created), ("TypeId", Box.Of(type)), ("ErpName", name), ("EanCode", from is { Ean.Length: > 0 } ? from.Ean : null),
        ("GrossWeight", from is { Weight: > 0 } ? from.Weight / 10_000m : null), ("LogisticWidth", Size(from?.Size.Width)), ("LogisticHeight", Size(from?.Size.Height)), ("LogisticDepth", Size(from?.Size.Length)),
        ("UnitOfMeasurementId", Box.Of(1)), ("UnitOfMeasurementCount", Box.One), ("IsPublished", Box.Of(status == 1)), ("IsBuyable", Box.Of(status is 1 or 3)), ("RecommendedSalesQty", Box.One), ("Updated", updated), ("UpdatedBy", updated is null ? null : Box.Of(By)));

    private void Prices(Product product, Row sku, DateTime created)
    {
        decimal cost = source.NetPrices(product, 0).FirstOrDefault().Net;
        foreach ((int from, int list, _, _, string currency) in CatalogueSource.PriceLists.SkipLast(1))
        {
            foreach ((int at, decimal net) in source.NetPrices(product, from))
            {
                world.Add(world["Products/ProductSkuPriceLists"], created, By,
                    ("PartNo", sku["PartNo"]), ("PriceListId", Box.Of(list)), ("QtyBreak", at == 1 ? Box.One : (decimal)at), ("CurrencyId", world["Core/Currencies"].With("Code", currency)[0]["Id"]), ("PriceSale", net),
                    ("CostPurchase", cost > 0 && at == 1 && from == 1 ? cost : null), ("PriceRuleId", Box.Of(2)), ("IsPriceDiscountable", Box.True), ("IsActive", Box.True), ("PriceSaleLastUpdated", created));
            }
        }
    }

    private void Stock(Product product, string part, DateTime created)
    {
        if (!source.Stock.TryGetValue(product.Id, out ProductStock? stock))
        {
            return;
        }

        foreach ((int from, int warehouse, _, _, int location, _) in CatalogueSource.Warehouses)
        {
            StockAt[] places = [.. stock.Places.Where(p => p.WarehouseId == from)];
            if (places.Length == 0)
            {
                continue;
            }

            int free = places.Sum(p => p.InStock - p.AllocatedOrders - p.AllocatedTransfers), coming = places.Sum(p => p.OnOrder);
            world.Add(world["Products/ProductSkuOnHands"], created, By,
                ("PartNo", part), ("WarehouseId", Box.Of(warehouse)), ("LocationId", Box.Of(location)), ("OnHandValue", (decimal)free), ("OnHandLastChecked", created), ("OnHandLastUpdated", created), ("IncomingValue", coming > 0 ? (decimal)coming : null), ("IsActive", Box.True));
        }
    }

    private void Lists()
    {
        Coded("Core/Currencies", (1, "SEK", "Swedish krona"), (2, "GBP", "Pound sterling"), (3, "EUR", "Euro"), (4, "USD", "US dollar"));
        Coded("Core/Countries", (1, "SE", "Sweden"), (2, "GB", "United Kingdom"), (3, "DE", "Germany"), (4, "US", "United States"), (5, "NO", "Norway"));
        Coded("Core/PaymentMethods", (9, "CARD", "Card"), (10, "INVOICE", "Invoice"));
        Coded("Core/DeliveryMethods", (1, "PARCEL", "Parcel"), (2, "PICKUP", "Pick up in store"));
        Coded("Core/Applications", [.. NorceSandbox.Applications.Select(a => (a.Id, "APP" + a.Id, a.Name))]);
        foreach ((int id, string code, string name, decimal rate) in new[] { (1, "SE25", "Sweden 25 %", 25m), (2, "GB20", "United Kingdom 20 %", 20m), (3, "ZERO", "Zero rated", 0m) })
        {
            world.Add("Core/VatCodes", ("Id", Box.Of(id)), ("Code", code), ("DefaultName", name), ("Rate", rate));
        }

        foreach ((int id, string name) in new[] { (1, "Active"), (2, "Coming"), (3, "Expiring"), (4, "Hidden"), (5, "Inactive"), (6, "NotActivated") })
        {
            world.Add("Core/SkuStatuses", ("Id", Box.Of(id)), ("DefaultName", name));
        }

        foreach ((int id, string name) in new[] { (1, "jpg"), (2, "png"), (3, "pdf") })
        {
            world.Add("Core/FileTypes", ("Id", Box.Of(id)), ("DefaultName", name));
        }

        Named("Application/ClientCultures", (1, "en-GB", "English"), (2, "sv-SE", "Swedish"));
        world.Set("Application/ClientCultures", world["Application/ClientCultures"].Sorted[0], By, ("IsDefault", Box.True));
        Named("Application/ClientSuppliers", (31, "SUP-1", "First supplier"), (32, "SUP-2", "Second supplier"));
        Coded("Application/ProductFlags", (1, "NEWS", "News"), (2, "ORGANIC", "Organic"));
        Coded("Application/VariantGroups", (1, "SIZE-COLOUR", "Size and colour"));
        Coded("Application/OrderInfoTypes", (1, "ERPREF", "Reference of the ERP"));
        Coded("Application/CustomerInfoTypes", (1, "CRMREF", "Reference of the CRM"));
        Coded("Application/ProductInfoTypes", (1, "NOTE", "Note"));
        foreach ((int id, string code, string name, string[] values) in new[] { (1, "SIZE", "Size", new[] { "S", "M", "L", "XL" }), (2, "COLOUR", "Colour", ["RED", "GREEN", "BLUE", "BLACK"]) })
        {
            world.Add("Application/Parametrics", ("Id", Box.Of(id)), ("Code", code), ("DefaultName", name), ("TypeId", Box.Of(1)), ("Created", _longAgo));
            for (int i = 0; i < values.Length; i++)
            {
                world.Add("Application/ParametricListValues", ("Id", Box.Of((id * 10) + i)), ("ParametricId", Box.Of(id)), ("Code", values[i]), ("DefaultName", values[i]), ("SortOrder", Box.Of(i)), ("Created", _longAgo));
            }
        }

        foreach (Row currency in world["Core/Currencies"].Sorted)
        {
            world.Add("Application/ClientCurrencies", ("Id", currency["Id"]), ("CurrencyId", currency["Id"]), ("Code", currency["Code"]), ("Name", currency["DefaultName"]), ("IsActive", Box.True), ("Created", _longAgo));
        }

        world.Add("Application/SalesAreas", ("Id", Box.Of(1)), ("Name", "Sweden"), ("CurrencyId", Box.Of(1)), ("VatCodeId", Box.Of(1)), ("Created", _longAgo));
        world.Add("Application/SalesAreas", ("Id", Box.Of(5)), ("Name", "United Kingdom"), ("CurrencyId", Box.Of(2)), ("VatCodeId", Box.Of(2)), ("Created", _longAgo));
        int next = 101;
        foreach (Brand brand in source.Brands.DefaultIfEmpty(new Brand(0, "Unbranded", null, 0, 0)))
        {
            object id = _manufacturers[brand.Id] = Box.Of(next++);
            world.Add("Application/Manufacturers", ("Id", id), ("Name", brand.Name));
            world.Add(world["Application/ClientManufacturers"], _longAgo, By, ("ManufacturerId", id), ("ManufacturerCode", CatalogueSource.Code(brand.Name)), ("Name", brand.Name), ("UniqueUrlName", CatalogueSource.Code(brand.Name).ToLowerInvariant()), ("IsActive", Box.True));
        }

        world.Add("Application/CategoryStructures", ("Id", Box.Of(1)), ("Name", "Main"), ("IsActive", Box.True), ("Created", _longAgo));
        next = 501;
        foreach (Category category in source.Categories)
        {
            object id = _categories[category.Id] = Box.Of(next++);
            world.Add(world["Application/Categories"], _longAgo, By, ("Id", id), ("Code", CatalogueSource.Code(category.Name)), ("DefaultName", category.Name), ("DefaultFullName", category.Name), ("IsActive", Box.Of(category.Active)));
            world.Add("Application/CategoryStructureItems", ("Id", id), ("StructureId", Box.Of(1)), ("CategoryId", id), ("SortOrder", id), ("Created", _longAgo));
            if (_categories.TryGetValue(category.ParentId, out object? parent))
            {
                world.Add("Application/CategoryHierarchy", ("CategoryId", id), ("ParentCategoryId", parent), ("Hierarchy", $"/{parent}/{id}/"));
            }
        }
    }

    private void Places()
    {
        foreach ((_, int id, string code, string name, int standard, int outlet) in CatalogueSource.Warehouses)
        {
            world.Add(world["Application/ClientWarehouses"], _longAgo, By, ("WarehouseId", Box.Of(id)), ("Code", code), ("Name", name), ("TypeId", Box.Of(1)), ("IsActive", Box.True));
            foreach ((int location, string short_, bool first) in new[] { (standard, "STD", true), (outlet, "OUTLET", false) })
            {
                world.Add(world["Application/ClientWarehouseLocations"], _longAgo, By,
                    ("WarehouseId", Box.Of(id)), ("LocationId", Box.Of(location)), ("Code", short_), ("Name", $"{name}, {short_.ToLowerInvariant()}"), ("IsStandard", Box.Of(first)), ("IsIncludedInStockCalculation", Box.True), ("IsActive", Box.True));
            }
        }

        foreach ((int from, int id, string code, string name, string currency) in CatalogueSource.PriceLists)
        {
            bool primary = from == 1;
            world.Add("Application/PriceLists", ("Id", Box.Of(id)), ("TypeId", Box.Of(1)), ("DefaultName", name));
            world.Add(world["Application/ClientPriceLists"], _longAgo, By,
                ("PriceListId", Box.Of(id)), ("Name", name), ("Agreement", code), ("CurrencyId", world["Core/Currencies"].With("Code", currency)[0]["Id"]), ("DefaultPriceRuleId", Box.Of(2)), ("IsErpUpdateable", Box.True), ("IsErpIntegrated", Box.True),
                ("IsPrimary", Box.Of(primary)), ("IsPublic", Box.Of(from != 2)), ("IsActive", Box.True));
            world.Add(world["Application/ApplicationPriceLists"], _longAgo, By, ("ApplicationId", Box.Of(from == 4 ? 1043 : NorceSandbox.FirstApplication)), ("PriceListId", Box.Of(id)), ("IsPrimary", Box.Of(from is 1 or 4)), ("IsActive", Box.True));
        }
    }

    private void Customers()
    {
        PeopleMaker people = new(world);
        for (int i = 0; i < 30; i++)
        {
            people.Customer($"K-{100 + i}", _longAgo.AddDays(i), i % 2 == 0 ? null : _longAgo.AddDays(i + 40));
        }

        for (int i = 0; i < 12; i++)
        {
            people.Company($"C-{100 + i}", _longAgo.AddDays(i), i % 2 == 0 ? null : _longAgo.AddDays(i + 40));
        }

        OrderMaker orders = new(world, source.Seed);
        DateTime now = clock.Now.UtcDateTime;
        for (int i = 0; i < 40; i++)
        {
            DateTime at = now.AddHours(-(40 - i) * 17).AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
            orders.Make(at, i % 3 == 2 ? 1043 : NorceSandbox.FirstApplication, i % 2 == 0 ? 0 : i < 20 ? 4 : 2, i % 2 == 0 ? null : at.AddHours(5), forgotten: i == 3);
        }
    }

    private void Coded(string table, params (int Id, string Code, string Name)[] rows)
    {
        foreach ((int id, string code, string name) in rows)
        {
            world.Add(world[table], _longAgo, By, ("Id", Box.Of(id)), ("Code", code), ("DefaultName", name));
        }
    }

    private void Named(string table, params (int Id, string Code, string Name)[] rows)
    {
        foreach ((int id, string code, string name) in rows)
        {
            world.Add(world[table], _longAgo, By, ("Id", Box.Of(id)), ("Code", code), ("Name", name));
        }
    }

    private object Next(string table) => Box.Of(Math.Max(world[table].LastId, table == "Products/Variants" ? 9_000 : 20_000) + 1);

    private static object? Size(int? hundredths) => hundredths is > 0 ? hundredths / 100m : null;
}
