using System.Text.Json;

namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Changes to products, stock, contacts and the small lists.</summary>
internal sealed partial class WorldChanges
{
    private ActionResult CreateProducts(JsonElement action)
    {
        ProductMaker maker = new(World);
        int[] suppliers = [.. World.Contacts.Rows().Where(c => c.IsSupplier).Take(100).Select(c => c.Id)];
        ActionResult result = new();
        for (int i = Int(action, "count") ?? 1; i > 0; i--)
        {
            Product product = maker.Make(_random, Now, 0, suppliers, plain: true);
            World.Stock.Put(product.Id, new ProductStock(product.Id, []));
            result.Ids.Add(product.Id);
        }

        return result;
    }

    private int DeleteProduct(Product product)
    {
        World.Prices.Remove(product.Id);
        World.Stock.Remove(product.Id);
        return Delete(World.Products, product.Id);
    }

    private int ChangePrice(JsonElement action, ProductPrices prices)
    {
        int list = Int(action, "priceListId") ?? 1;
        int at = Array.FindIndex(prices.Lists, l => l.PriceListId == list);
        if (at < 0)
        {
            throw new WorldChangeException($"Product {prices.ProductId} has no price list {list}.");
        }

        long old = prices.Lists[at].Breaks.Length > 0 ? prices.Lists[at].Breaks[0].Price : 100_000;
        long value = action.TryGetProperty("value", out JsonElement given) && given.TryGetDecimal(out decimal amount) ? (long)(amount * 10_000) : old + 10_000;
        ListPrice[] lists = [.. prices.Lists];
        (int, long)[] breaks = lists[at].Breaks.Length > 0 ? [(1, value), .. lists[at].Breaks[1..]] : [(1, value)];
        lists[at] = lists[at] with { Breaks = breaks };
        World.Prices.Put(prices.ProductId, new ProductPrices(prices.ProductId, lists));
        if (sandbox.Quirks.On("priceMovesUpdatedOn") && World.Products[prices.ProductId] is { } product)
        {
            Save(product with { UpdatedOn = Now });
        }

        return prices.ProductId;
    }

    private int ChangeStock(JsonElement action, Product product)
    {
        flow.Correct(_random, product.Id, Warehouse(action), Int(action, "quantity") ?? 5, "Stock take", Now, Staff());
        if (sandbox.Quirks.On("stockMovesUpdatedOn"))
        {
            Save(product with { UpdatedOn = Now });
        }

        return product.Id;
    }

    private int Allocate(JsonElement action, Product product)
    {
        flow.Stock.Allocate(product.Id, Warehouse(action), Int(action, "quantity") ?? 1);
        return product.Id;
    }

    private int Warehouse(JsonElement action)
    {
        int id = Int(action, "warehouseId") ?? 2;
        return World.Warehouses[id]?.Id ?? throw new WorldChangeException($"There is no warehouse {id}.");
    }

    private ActionResult CreateContacts(JsonElement action)
    {
        ContactKind kind = (Text(action, "kind") ?? "customer") switch
        {
            "customer" => ContactKind.Customer,
            "supplier" => ContactKind.Supplier,
            "staff" => ContactKind.Staff,
            _ => throw new WorldChangeException("\"kind\" is customer, supplier or staff."),
        };
        ContactMaker maker = new(World);
        int[] tags = [.. World.Tags.Rows().Select(t => t.Id)];
        ActionResult result = new();
        for (int i = Int(action, "count") ?? 1; i > 0; i--)
        {
            result.Ids.Add(maker.Make(_random, Now, 0, kind, Staff(), tags).Id);
        }

        return result;
    }

    private ActionResult CreateInList(JsonElement action) => CreateIn(Of(action), action);

    private ActionResult RenameInList(JsonElement action) => RenameIn(Of(action), action);

    private ActionResult DeleteInList(JsonElement action) => DeleteIn(Of(action), action);

    private static string Of(JsonElement action) => Text(action, "of") ?? throw new WorldChangeException("This action needs \"of\": the resource.");

    private ActionResult CreateIn(string of, JsonElement action)
    {
        string name = Text(action, "name") ?? "New " + of + " " + _random.Next(10_000);
        ActionResult result = new();
        result.Ids.Add(of switch
        {
            "brand" => Add(World.Brands, id => new Brand(id, name, null, Now, Now)),
            "brightpearl-category" => Add(World.Categories, id => new Category(id, name, 0, true, Now, Staff(), Now, Staff())),
            "collection" => Add(World.Collections, id => new Collection(id, name, World.Brands.Rows().First().Id, Now, Now)),
            "season" => Add(World.Seasons, id => new Season(id, name, null, Now, Now, Now, Now)),
            "product-type" => Add(World.ProductTypes, id => new ProductType(id, name, [], Now, Now)),
            "option" => Add(World.Options, id => new Option(id, name, 0, Now, Now)),
            "tag" => Add(World.Tags, id => new Tag(id, name, 0, "#123456")),
            "company" => Add(World.Companies, id => new Company(id, name, Now, Now)),
            _ => throw new WorldChangeException($"Nothing can be created in '{of}'. Known: brand, brightpearl-category, collection, season, product-type, option, tag, company."),
        });
        return result;

        int Add<T>(Table<T> table, Func<int, T> make)
            where T : class
        {
            int id = table.NextId(_random);
            table.Put(id, make(id));
            return id;
        }
    }

    private ActionResult RenameIn(string of, JsonElement action)
    {
        string name = Text(action, "name") ?? "Renamed " + of + " " + _random.Next(10_000);
        return of switch
        {
            "brand" => Each(action, World.Brands, b => Put(World.Brands, b.Id, b with { Name = name, UpdatedOn = Now })),
            "brightpearl-category" => Each(action, World.Categories, c => Put(World.Categories, c.Id, c with { Name = name, UpdatedOn = Now })),
            "collection" => Each(action, World.Collections, c => Put(World.Collections, c.Id, c with { Name = name, UpdatedOn = Now })),
            "season" => Each(action, World.Seasons, s => Put(World.Seasons, s.Id, s with { Name = name, UpdatedOn = Now })),
            "product-type" => Each(action, World.ProductTypes, t => Put(World.ProductTypes, t.Id, t with { Name = name, UpdatedOn = Now })),
            "option" => Each(action, World.Options, o => Put(World.Options, o.Id, o with { Name = name, UpdatedOn = Now })),
            "tag" => Each(action, World.Tags, t => Put(World.Tags, t.Id, t with { Name = name })),
            "company" => Each(action, World.Companies, c => Put(World.Companies, c.Id, c with { Name = name, UpdatedOn = Now })),
            "channel" => Each(action, World.Channels, c => Put(World.Channels, c.Id, c with { Name = name })),
            "warehouse" => Each(action, World.Warehouses, w => Put(World.Warehouses, w.Id, w with { Name = name })),
            "tax-code" => Each(action, World.TaxCodes, t => Put(World.TaxCodes, t.Id, t with { Description = name })),
            "price-list" => Each(action, World.PriceLists, l => Put(World.PriceLists, l.Id, l with { Name = name })),
            _ => throw new WorldChangeException($"Nothing can be renamed in '{of}'."),
        };

        static int Put<T>(Table<T> table, int id, T document)
            where T : class
        {
            table.Put(id, document);
            return id;
        }
    }

    private ActionResult DeleteIn(string of, JsonElement action) => of switch
    {
        "brand" => Each(action, World.Brands, b => Delete(World.Brands, b.Id)),
        "brightpearl-category" => Each(action, World.Categories, c => Delete(World.Categories, c.Id)),
        "collection" => Each(action, World.Collections, c => Delete(World.Collections, c.Id)),
        "season" => Each(action, World.Seasons, s => Delete(World.Seasons, s.Id)),
        "product-type" => Each(action, World.ProductTypes, t => Delete(World.ProductTypes, t.Id)),
        "option" => Each(action, World.Options, o => Delete(World.Options, o.Id)),
        "option-value" => Each(action, World.OptionValues, o => Delete(World.OptionValues, o.Id)),
        "tag" => Each(action, World.Tags, t => Delete(World.Tags, t.Id)),
        "company" => Each(action, World.Companies, c => Delete(World.Companies, c.Id)),
        "contact-group-member" => Each(action, World.GroupMembers, m => Delete(World.GroupMembers, m.Key)),
        "order-note" => Each(action, World.OrderNotes, n => Delete(World.OrderNotes, n.Id)),
        "supplier-payment" => Each(action, World.SupplierPayments, p => Delete(World.SupplierPayments, p.Id)),
        "goods-in-note" => Each(action, World.GoodsIn, n => Delete(World.GoodsIn, n.Id)),
        "goods-movement" => Each(action, World.Movements, m => Delete(World.Movements, m.Id)),
        _ => throw new WorldChangeException($"Nothing can be deleted in '{of}'."),
    };
}
