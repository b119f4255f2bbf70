using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Norce.Data;

/// <summary>
/// The Brightpearl catalogue as it was at one moment. Its documents never change, so holding them costs one
/// reference each until somebody asks the Norce side for something.
/// </summary>
internal sealed class CatalogueSource
{
    /// <summary>Brightpearl's warehouses and what they are called here.</summary>
    public static readonly (int BrightpearlId, int Id, string Code, string Name, int Standard, int Outlet)[] Warehouses = [(2, 3, "WH-MAIN", "Main warehouse", 7, 8), (5, 4, "WH-US", "US warehouse", 9, 10)];

    /// <summary>Brightpearl's price lists and what they are called here; the last one is empty at first.</summary>
    public static readonly (int BrightpearlId, int Id, string Code, string Name, string Currency)[] PriceLists = [(1, 12, "RETAIL-GB", "Retail UK", "GBP"), (2, 13, "TRADE-GB", "Trade UK", "GBP"), (4, 14, "RETAIL-EU", "Retail EU", "EUR")];

    private readonly WorldState _world;

    public CatalogueSource(WorldState world)
    {
        _world = world;
        lock (world.Gate)
        {
            Products = [.. world.Products.Rows().Where(p => p.Sku.Trim().Length is > 0 and <= 50)];
            Prices = world.Prices.Rows().ToDictionary(p => p.ProductId);
            Stock = world.Stock.Rows().ToDictionary(s => s.ProductId);
        }
    }

    public Product[] Products { get; }

    public Dictionary<int, ProductPrices> Prices { get; }

    public Dictionary<int, ProductStock> Stock { get; }

    /// <summary>The catalogue as it is by now.</summary>
    public CatalogueSource Now() => new(_world);

    public IEnumerable<Brand> Brands => _world.Brands.Rows();

    public IEnumerable<Category> Categories => _world.Categories.Rows();

    public int Seed => _world.Seed;

    /// <summary>Prices of a list without tax, by quantity; Brightpearl keeps ten-thousandths, gross in some lists.</summary>
    public IEnumerable<(int Break, decimal Net)> NetPrices(Product product, int list)
    {
        if (!Prices.TryGetValue(product.Id, out ProductPrices? prices))
        {
            yield break;
        }

        decimal factor = _world.PriceLists[list] is { Gross: true } ? 1 + ((_world.TaxCodes[product.TaxCodeId]?.Rate ?? 0) / 1_000_000m) : 1;
        foreach ((int at, long price) in prices.Lists.Where(l => l.PriceListId == list).SelectMany(l => l.Breaks))
        {
            yield return (at, Math.Round(price / 10_000m / factor, 4));
        }
    }

    public static string Code(string name)
    {
        string code = new([.. name.ToUpperInvariant().Normalize(System.Text.NormalizationForm.FormD).Where(c => char.IsAsciiLetterOrDigit(c) || c == ' ')]);
        return string.Join('-', code.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
