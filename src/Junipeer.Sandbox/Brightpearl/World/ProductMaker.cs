using System.Globalization;

namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Makes products with their prices, in every shape the field shows.</summary>
internal sealed class ProductMaker(WorldState world)
{
    private static readonly string[] Adjectives = ["Summer", "Harbour", "Classic", "Little", "Nordic", "Étoile", "Heavy", "Light", "Garden", "Midnight", "Küche", "Everyday", "Royal", "Pocket", "Wool & Linen"];
    private static readonly string[] Nouns = ["shirt", "trousers", "jacket", "boots", "lamp", "kettle", "mug", "blanket", "notebook", "puzzle", "chair", "spade", "backpack", "scarf", "clock 10\""];
    private readonly int[] _brands = [.. world.Brands.Rows().Select(b => b.Id)];
    private readonly int[] _types = [.. world.ProductTypes.Rows().Select(t => t.Id)];
    private readonly int[] _collections = [.. world.Collections.Rows().Select(c => c.Id)];
    private readonly int[] _categories = [.. world.Categories.Rows().Select(c => c.Id)];
    private readonly int[] _seasons = [.. world.Seasons.Rows().Select(s => s.Id)];
    private readonly OptionValue[][] _values = [.. world.OptionValues.Rows().GroupBy(v => v.OptionId).Select(g => g.ToArray())];
    private readonly Warehouse[] _warehouses = [.. world.Warehouses.Rows()];
    private int _group = 200;

    /// <summary>Net retail price in base currency, in ten-thousandths, before anybody changed it.</summary>
    public static long ListPrice(int productId) => (499 + (long)(CustomFieldValues.Mix((ulong)productId) % 14_500)) * 100;

    public Product Make(Random random, long at, long updatedBefore, int[] suppliers, bool plain = false)
    {
        int id = world.Products.NextId(random);
        int roll = plain ? 50 : random.Next(100);
        bool service = roll < 4, bundle = roll is >= 4 and < 8 && world.Products.Count > 10;
        bool variation = roll is >= 8 and < 45;
        if (!variation || random.Next(4) == 0)
        {
            _group++;
        }

        string name = $"{Adjectives[random.Next(Adjectives.Length)]} {Nouns[random.Next(Nouns.Length)]} {id % 89}";
        bool full = random.Next(4) != 0;
        string ean = full && random.Next(3) != 0 ? "50" + (1_000_000_0000L + ((long)id * 7)).ToString(CultureInfo.InvariantCulture)[..11] : string.Empty;
        (int SupplierId, string Sku)[] from = service || bundle || suppliers.Length == 0
            ? []
            : [.. Enumerable.Range(0, 1 + random.Next(2)).Select(i => suppliers[(id + i) % suppliers.Length]).Distinct().Select(s => (s, "S-" + id))];
        bool tracked = !service && !bundle;
        (Product, int)[] components = !bundle ? [] :
            [.. Enumerable.Range(0, 2 + random.Next(2)).Select(_ => world.Products.Pick(random)!).Where(p => p.StockTracked).DistinctBy(p => p.Id).Select(p => (p, 1 + random.Next(2)))];
        if (components.Length == 0)
        {
            bundle = false;
        }

        Product product = new()
        {
            Id = id,
            Name = variation ? name + " " + (char)('A' + (id % 26)) : name,
            Sku = random.Next(60) == 0 ? string.Empty : $"NL-{id:00000}{(random.Next(50) == 0 ? "/å" : string.Empty)}",
            Barcode = random.Next(3) == 0 ? "B" + id : string.Empty,
            Ean = ean,
            Upc = full && id % 5 == 0 ? "7" + (100_000_00000L + id) : string.Empty,
            Isbn = full && id % 17 == 0 ? "978" + (1_000_000_000L + id) : string.Empty,
            Mpn = full && id % 3 == 0 ? "M" + id : string.Empty,
            ShortIdentity = !full,
            BrandId = _brands[random.Next(_brands.Length)],
            CollectionId = random.Next(3) == 0 ? 0 : _collections[random.Next(_collections.Length)],
            TypeId = service ? _types[^1] : _types[random.Next(_types.Length - 1)],
            GroupId = _group,
            StockTracked = tracked,
            Featured = random.Next(12) == 0,
            Weight = service ? 0 : random.Next(50, 90_000),
            Size = service ? (0, 0, 0) : (random.Next(1, 9_000), random.Next(1, 9_000), random.Next(1, 9_000)),
            Taxable = id % 7 != 0,
            TaxCodeId = id % 7 == 0 ? 1 : id % 11 == 0 ? 3 : 2,
            Categories = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => _categories[random.Next(_categories.Length)]).Distinct().Order()],
            ExtraChannels = random.Next(20) == 0 ? ["Trade catalogue"] : [],
            Description = random.Next(3) == 0 ? string.Empty : $"<p>{name}: 100% \"good\" & durable.</p>",
            SeasonIds = random.Next(2) == 0 ? [] : [_seasons[random.Next(_seasons.Length)]],
            Bundle = bundle ? components : [],
            Variations = variation ? [.. _values.Take(1 + (id % 2)).Select(v => v[random.Next(v.Length)])] : [],
            Status = plain || random.Next(15) != 0 ? "LIVE" : random.Next(4) == 0 ? "DISCONTINUED" : "ARCHIVED",
            PrimarySupplierId = from.Length > 0 ? from[0].SupplierId : 0,
            Suppliers = from,
            Defaults = [.. _warehouses.Where((_, i) => i == 0 || random.Next(4) == 0).Select(x => (x.Id, random.Next(3) == 0 ? x.DefaultLocationId : 0, random.Next(3) == 0 ? random.Next(1, 20) : 0, random.Next(3) == 0 ? 25 : 0))],
            CreatedOn = at,
            // From creation on a product has an updatedOn; that of an untouched one is its creation.
            UpdatedOn = random.Next(3) == 0 || updatedBefore <= at ? at : at + (long)(random.NextDouble() * (updatedBefore - at)) / 1000 * 1000,
        };
        world.Products.Put(id, product);
        world.Prices.Put(id, new ProductPrices(id, Prices(random, id)));
        return product;
    }

    private ListPrice[] Prices(Random random, int id)
    {
        long net = ListPrice(id);
        List<ListPrice> lists = [];
        foreach (PriceList list in world.PriceLists.Rows())
        {
            long price = list.Id switch
            {
                0 => Cent(net * 45 / 100),
                1 => Cent(net * 120 / 100),
                2 => Cent(net * 70 / 100),
                3 => Cent(net * 127 / 100),
                4 => Cent(net * 139 / 100),
                5 => net * 43 / 100,
                _ => Cent(net / 2),
            };

            // An empty map means: no price in this list.
            (int, long)[] breaks = list.Id switch
            {
                6 when random.Next(3) != 0 => [],
                2 when random.Next(4) == 0 => [(1, price), (10, Cent(price * 92 / 100)), (100, Cent(price * 80 / 100))],
                1 when random.Next(25) == 0 => [],
                _ => [(1, price)],
            };
            if (list.Id != 5 || id % 3 != 0)
            {
                lists.Add(new ListPrice(list.Id, random.Next(12) == 0 ? $"ALT-{id}" : null, breaks));
            }
        }

        return [.. lists];

        static long Cent(long price) => price / 100 * 100;
    }
}
