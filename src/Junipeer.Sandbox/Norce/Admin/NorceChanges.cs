using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Admin;

/// <summary>Changes that somebody else makes: the same from the admin API and from a fault in the middle of a run.</summary>
internal sealed class NorceChanges
{
    private const int By = 7;
    private readonly NorceSandbox _sandbox;
    private readonly Dictionary<string, Func<JsonElement, IEnumerable<object?>>> _actions;
    private readonly Random _random = new(1_000_003);
    private OrderMaker? _orders;

    public NorceChanges(NorceSandbox sandbox)
    {
        _sandbox = sandbox;
        _actions = new(StringComparer.OrdinalIgnoreCase)
        {
            ["touch-sku"] = a => Each(a, "Products/ProductSkus", (_, _) => { }),
            ["set-sku-status"] = a => Each(a, "Products/ProductSkus", (_, set) => set(("StatusId", Box.Of(Int(a, "statusId") ?? 5)), ("StatusLastUpdated", World.Now))),
            ["rename-sku"] = a => Each(a, "Products/ProductSkus", (row, set) => set(("ErpName", Text(a, "name") ?? row["ErpName"] + " v2"))),
            ["remove-sku"] = a => Each(a, "Products/ProductSkus", (row, _) => RemoveSku(row), touch: false),
            ["touch-product"] = a => Each(a, "Products/Products", (_, _) => { }),
            ["name-by-hand"] = a => Each(a, "Products/Products", NameByHand(a)),
            ["change-price"] = a => Each(a, "Products/ProductSkuPriceLists", (row, set) => set(("PriceSale", Number(a, "value") ?? ((decimal?)row["PriceSale"] ?? 0) + 1), ("PriceRuleId", Box.Of(2)), ("IsActive", Box.True), ("PriceSaleLastUpdated", World.Now))),
            ["end-price"] = a => Each(a, "Products/ProductSkuPriceLists", (_, set) => set(("IsActive", Box.False))),
            ["change-stock"] = a => Each(a, "Products/ProductSkuOnHands", (row, set) => set(("OnHandValue", Number(a, "value") ?? (decimal)row["OnHandValue"]! + 5), ("OnHandLastUpdated", World.Now))),
            ["reserve"] = a => Each(a, "Products/ProductSkuOnHands", (_, set) => set(("ReservationValue", Number(a, "value") ?? 1))),
            ["touch-customer"] = a => Each(a, "Customers/Customers", (_, _) => { }),
            ["touch-company"] = a => Each(a, "Customers/Companies", (_, _) => { }),
            ["touch-order"] = a => Each(a, "Orders/Orders", (_, _) => { }),
            ["set-order-status"] = a => Each(a, "Orders/Orders", (_, set) => set(("StatusId", Box.Of(Int(a, "statusId") ?? 2)))),
            ["forget-order"] = a => Each(a, "Orders/Orders", Forget),
            ["add-products"] = AddProducts,
            ["add-customers"] = a => Many(a, i => new PeopleMaker(World).Customer($"KN-{World["Customers/Customers"].LastId + 1}", World.Now, null)["Id"]),
            ["add-companies"] = a => Many(a, i => new PeopleMaker(World).Company($"CN-{World["Customers/Companies"].LastId + 1}", World.Now, null)["Id"]),
            ["place-order"] = PlaceOrder,
            ["clear-catalogue"] = _ => Clear(),
            ["take-over"] = _ => TakeOver(),
        };
    }

    public IEnumerable<string> Names => _actions.Keys;

    private NorceWorld World => _sandbox.World;

    /// <summary>Carries out actions in order; each answers what it changed.</summary>
    public List<object> Apply(JsonElement actions)
    {
        List<object> results = [];
        lock (World.Gate)
        {
            foreach (JsonElement action in actions.EnumerateArray())
            {
                string name = Text(action, "do") ?? throw new ArgumentException("Each action needs \"do\".");
                if (!_actions.TryGetValue(name, out Func<JsonElement, IEnumerable<object?>>? run))
                {
                    throw new ArgumentException($"There is no action '{name}'. Known: {string.Join(", ", Names)}.");
                }

                object?[] ids = [.. run(action)];
                results.Add(new { @do = name, count = ids.Length, ids = ids.Length > 1000 ? ids[..1000] : ids });
            }
        }

        return results;
    }

    private delegate void Setter(params (string Name, object? Value)[] values);

    /// <summary>Changes rows named by partNo, partNos, id or ids, or as many as count says; every one of them gets a new <c>Updated</c>.</summary>
    private List<object?> Each(JsonElement action, string table, Action<Row, Setter> change, bool touch = true)
    {
        List<object?> changed = [];
        foreach (Row row in Chosen(action, World[table]).ToArray())
        {
            change(row, values => World.Set(table, row, By, values));
            if (touch)
            {
                object?[] cells = [.. row.Cells];
                World.Touch(row.Type, cells, By);
                World[table].Change(row, cells);
            }

            changed.Add(row.Cells[row.Type.Key[0].Index]);
        }

        return changed;
    }

    private IEnumerable<Row> Chosen(JsonElement action, RowTable table)
    {
        string[]? parts = List(action, "partNos", "partNo")?.Select(p => p.GetString()!).ToArray();
        if (parts is not null)
        {
            int part = table.Type.Index("PartNo");
            int? list = Int(action, "priceListId"), warehouse = Int(action, "warehouseId");
            IEnumerable<Row> rows = table.Type.Key.Count == 1
                ? parts.Select(p => table.Find(p) ?? throw new ArgumentException($"There is no {table.Type.Name} {p}."))
                : parts.SelectMany(p => table.With("PartNo", p).Where(r => (list is null || r.Int("PriceListId") == list) && (warehouse is null || r.Int("WarehouseId") == warehouse)));
            return part >= 0 ? rows : [];
        }

        if (List(action, "ids", "id") is { } ids)
        {
            return ids.Select(i => table.Find(table.Type.Key[0].Type == EdmType.Int64 ? i.GetInt64() : (object)i.GetInt32()) ?? throw new ArgumentException($"There is no {table.Type.Name} {i}."));
        }

        Row[] all = table.Sorted;
        int count = Math.Min(Int(action, "count") ?? 1, all.Length);
        HashSet<int> places = [];
        while (places.Count < count)
        {
            places.Add(_random.Next(all.Length));
        }

        return places.Select(p => all[p]);
    }

    private void RemoveSku(Row sku)
    {
        foreach (string table in (string[])["Products/ProductSkuPriceLists", "Products/ProductSkuOnHands"])
        {
            foreach (Row row in World[table].With("PartNo", sku["PartNo"]).ToArray())
            {
                World[table].Remove(row);
            }
        }

        World["Products/ProductSkus"].Remove(sku);
    }

    /// <summary>A text that somebody wrote in the admin site: imports with a limited update leave it alone.</summary>
    private static Action<Row, Setter> NameByHand(JsonElement action) => (row, set) =>
    {
        set(("DefaultName", Text(action, "name") ?? row["DefaultName"] + " (edited)"));
        (row.Extras ??= [])["ByHand.DefaultName"] = "true";
    };

    private void Forget(Row order, Setter set)
    {
        set(("IsForgotten", Box.True), ("DeliveryName", null), ("DeliveryLine1", null));
        foreach (string role in (string[])["Orders/Buyers", "Orders/Payers", "Orders/ShipTos"])
        {
            World.Set(role, World[role].Find(order["Id"])!, null, ("Name", null), ("Line1", null), ("EmailAddress", null), ("PhoneNumber", null), ("ShippingPhoneNumber", null));
        }
    }

    /// <summary>Adds active SKUs, each with a product, a retail price and stock: a big catalogue in a moment.</summary>
    private IEnumerable<object?> AddProducts(JsonElement action)
    {
        int count = Int(action, "count") ?? 1;
        string prefix = Text(action, "prefix") ?? "SIM-";
        DateTime now = World.Now;
        object maker = World["Application/ClientManufacturers"].Sorted[0]["ManufacturerId"]!;
        object currency = World["Core/Currencies"].With("Code", "GBP")[0]["Id"]!;
        (_, int warehouse, _, _, int location, _) = CatalogueSource.Warehouses[0];
        int serial = World["Products/ProductSkus"].Count;
        for (int i = 0; i < count; i++)
        {
            string part;
            do
            {
                part = prefix + (++serial).ToString("000000", CultureInfo.InvariantCulture);
            }
            while (World["Products/ProductSkus"].Find(part) is not null);
            object product = Math.Max(World["Products/Products"].LastId, 20_000) + 1;
            World.Add(World["Products/Products"], now, By, ("Id", product), ("ManufacturerId", maker), ("ManufacturerPartNo", part), ("DefaultName", "Product " + part), ("IsActive", Box.True));
            World.Add(World["Products/ProductSkus"], now, By,
                ("PartNo", part), ("ProductId", product), ("StatusId", Box.Of(1)), ("TypeId", Box.Of(1)), ("ErpName", "Product " + part), ("UnitOfMeasurementId", Box.Of(1)), ("UnitOfMeasurementCount", Box.One), ("RecommendedSalesQty", Box.One), ("IsPublished", Box.True), ("IsBuyable", Box.True));
            World.Add(World["Products/ProductSkuPriceLists"], now, By,
                ("PartNo", part), ("PriceListId", Box.Of(CatalogueSource.PriceLists[0].Id)), ("QtyBreak", Box.One), ("CurrencyId", currency), ("PriceSale", 5m + (serial % 900)), ("PriceRuleId", Box.Of(2)), ("IsPriceDiscountable", Box.True), ("IsActive", Box.True));
            World.Add(World["Products/ProductSkuOnHands"], now, By,
                ("PartNo", part), ("WarehouseId", Box.Of(warehouse)), ("LocationId", Box.Of(location)), ("OnHandValue", (decimal)(serial % 70)), ("OnHandLastChecked", now), ("OnHandLastUpdated", now), ("IsActive", Box.True));
            yield return part;
        }
    }

    private IEnumerable<object?> PlaceOrder(JsonElement action)
    {
        _orders ??= new OrderMaker(World, 4_711);
        (string, decimal)[]? parts = action.TryGetProperty("items", out JsonElement items) ? [.. items.EnumerateArray().Select(i => (Text(i, "partNo")!, Number(i, "quantity") ?? 1m))] : null;
        bool push = action.TryGetProperty("push", out JsonElement wanted) ? wanted.GetBoolean() : _sandbox.Push.Auto;
        for (int i = Int(action, "count") ?? 1; i > 0; i--)
        {
            Row order = _orders.Make(World.Now, Int(action, "applicationId") ?? NorceSandbox.FirstApplication, Int(action, "statusId") ?? 0, null, Text(action, "customerCode"), lines: Int(action, "lines") ?? 0, parts: parts);
            _sandbox.Orders.Reserve(order);
            _sandbox.Orders.Tell(order);
            int basket = int.Parse(order.Text("OrderNo")!, CultureInfo.InvariantCulture);
            if (push)
            {
                _sandbox.Push.Send(basket, order);
            }

            yield return new { id = order["Id"], clientOrderRef = basket };
        }
    }

    /// <summary>Everything that is sold goes; lists, customers and orders stay.</summary>
    private IEnumerable<object?> Clear()
    {
        foreach (string name in (string[])["Products/ProductSkuPriceLists", "Products/ProductSkuOnHands", "Products/ProductCategories", "Products/ProductSkus", "Products/Products", "Products/Variants"])
        {
            foreach (Row row in World[name].Sorted)
            {
                World[name].Remove(row);
            }

            yield return name;
        }
    }

    /// <summary>Products that Brightpearl has and this side has not, with their prices and stock.</summary>
    private IEnumerable<object?> TakeOver()
    {
        int before = World["Products/ProductSkus"].Count;
        _sandbox.TakeOver();
        return [World["Products/ProductSkus"].Count - before];
    }

    private static IEnumerable<object?> Many(JsonElement action, Func<int, object?> make)
    {
        for (int i = 0; i < (Int(action, "count") ?? 1); i++)
        {
            yield return make(i);
        }
    }

    private static JsonElement[]? List(JsonElement action, string many, string one) =>
        action.TryGetProperty(many, out JsonElement list) ? [.. list.EnumerateArray()] : action.TryGetProperty(one, out JsonElement single) ? [single] : null;

    private static int? Int(JsonElement action, string name) => action.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw new ArgumentException($"\"{name}\" must be a whole number.")
        : null;

    private static decimal? Number(JsonElement action, string name) => action.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : throw new ArgumentException($"\"{name}\" must be a number.")
        : null;

    private static string? Text(JsonElement action, string name) => action.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw new ArgumentException($"\"{name}\" must be text.")
        : null;
}
