namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>
/// Keeps stock per product, warehouse and location, so that availability is the sum of movements less allocations.
/// While a world is built it changes numbers in place; later it publishes a new document for each change.
/// </summary>
internal sealed class StockBook(WorldState world)
{
    private readonly Dictionary<int, StockAt[]> _places = [];
    private bool _published;

    public int LocationFor(int productId, int warehouseId)
    {
        Warehouse warehouse = world.Warehouses[warehouseId]!;
        if (productId % 3 == 0)
        {
            Location[] own = [.. world.Locations.Rows().Where(l => l.WarehouseId == warehouseId && l.A != "QUARANTINE")];
            return own[productId / 3 % own.Length].Id;
        }

        return warehouse.DefaultLocationId;
    }

    public int InStock(int productId, int warehouseId) => Sum(productId, warehouseId, p => p.InStock);

    public int Free(int productId, int warehouseId) => Sum(productId, warehouseId, p => p.InStock - p.AllocatedOrders - p.AllocatedTransfers);

    public void Move(int productId, int warehouseId, int locationId, int quantity) =>
        Change(productId, warehouseId, locationId, p => p with { InStock = p.InStock + quantity });

    public void Allocate(int productId, int warehouseId, int quantity, bool transfer = false) =>
        Change(productId, warehouseId, Location(productId, warehouseId), p => transfer
            ? p with { AllocatedTransfers = Math.Max(0, p.AllocatedTransfers + quantity) }
            : p with { AllocatedOrders = Math.Max(0, p.AllocatedOrders + quantity) });

    public void OnOrder(int productId, int warehouseId, int quantity) =>
        Change(productId, warehouseId, Location(productId, warehouseId), p => p with { OnOrder = Math.Max(0, p.OnOrder + quantity) });

    public void InTransit(int productId, int warehouseId, int quantity) =>
        Change(productId, warehouseId, Location(productId, warehouseId), p => p with { InTransit = Math.Max(0, p.InTransit + quantity) });

    /// <summary>The location whose stock is used first.</summary>
    public int Location(int productId, int warehouseId)
    {
        if (_cache.TryGetValue((productId, warehouseId), out int known))
        {
            return known;
        }

        int location = LocationFor(productId, warehouseId);
        _cache[(productId, warehouseId)] = location;
        return location;
    }

    public void Publish()
    {
        foreach (Product product in world.Products.Rows().Where(p => p.StockTracked))
        {
            world.Stock.Put(product.Id, new ProductStock(product.Id, [.. _places.GetValueOrDefault(product.Id, [])]));
        }

        _published = true;
        _places.Clear();
    }

    private readonly Dictionary<(int ProductId, int WarehouseId), int> _cache = [];

    private StockAt[] Places(int productId) => _published
        ? world.Stock[productId]?.Places ?? []
        : _places.GetValueOrDefault(productId, []);

    private int Sum(int productId, int warehouseId, Func<StockAt, int> what)
    {
        int sum = 0;
        foreach (StockAt place in Places(productId))
        {
            if (place.WarehouseId == warehouseId)
            {
                sum += what(place);
            }
        }

        return sum;
    }

    private void Change(int productId, int warehouseId, int locationId, Func<StockAt, StockAt> change)
    {
        if (world.Products[productId] is not { StockTracked: true })
        {
            return;
        }

        StockAt[] places = Places(productId);
        int at = Array.FindIndex(places, p => p.WarehouseId == warehouseId && p.LocationId == locationId);
        if (at < 0)
        {
            at = places.Length;
            places = [.. places, new StockAt(warehouseId, locationId, 0, 0, 0, 0, 0)];
        }
        else if (_published)
        {
            places = [.. places];
        }

        places[at] = change(places[at]);
        if (_published)
        {
            world.Stock.Put(productId, new ProductStock(productId, places));
        }
        else
        {
            _places[productId] = places;
        }
    }
}
