using System.Globalization;

namespace Junipeer.Sandbox.Norce.Data;

/// <summary>Makes orders of the shop from the SKUs that can be bought there: mostly guests, freight as a line and as a cost.</summary>
internal sealed class OrderMaker(NorceWorld world, int seed)
{
    private readonly Random _random = new(seed + 77);
    private Row[] _skus = [];
    private int _skusOf = -1;

    public Row Make(DateTime at, int application, int status, DateTime? updated, string? customerCode = null, bool forgotten = false, int lines = 0, IReadOnlyList<(string PartNo, decimal Quantity)>? parts = null)
    {
        RowTable orders = world["Orders/Orders"];
        int serial = orders.Count;
        object id = Math.Max(orders.LastId, 7_001_000L) + 1;
        bool eu = application != NorceSandbox.FirstApplication;
        object currency = world["Core/Currencies"].With("Code", eu ? "EUR" : "GBP")[0]["Id"]!;
        Row? customer = customerCode is null ? null : world["Customers/Customers"].With("CustomerCode", customerCode) is [var known, ..] ? known : throw new ArgumentException($"There is no customer {customerCode}.");
        decimal freight = serial % 4 == 0 ? 0 : 3.95m;
        string name = forgotten ? string.Empty : customer is null ? $"Guest {serial} Buyer" : $"{customer["FirstName"]} {customer["LastName"]}";
        Row order = world.Add(orders, at, 7,
            ("Id", id), ("ApplicationId", Box.Of(application)), ("OrderNo", (880_000 + serial + 1).ToString(CultureInfo.InvariantCulture)), ("OrderDate", at.AddSeconds(-2)), ("BuyerCustomerCode", customerCode), ("BuyerCustomerId", customer?["Id"]),
            ("StatusId", Box.Of(status)), ("OrderTypeId", Box.Of(1)), ("Source", "WEB"), ("DeliveryMode", serial % 5 == 4 ? "PICKUP" : "PARCEL"), ("CurrencyId", currency), ("FreightCost", freight), ("PaymentMethodId", Box.Of(serial % 3 == 0 ? 10 : 9)),
            ("DeliveryMark", serial % 6 == 0 ? $"PO-{serial}" : null), ("DeliveryName", name), ("DeliveryLine1", forgotten ? null : "Testgatan 1"), ("DeliveryZipCode", "11122"), ("DeliveryCity", "Stockholm"), ("DeliveryCountryId", Box.Of(eu ? 1 : 2)),
            ("IsForgotten", Box.Of(forgotten)), ("Updated", updated), ("UpdatedBy", updated is null ? null : Box.Of(7)));
        world.Baskets[880_000 + serial + 1] = order;
        foreach (string role in (string[])["Buyers", "Payers", "ShipTos"])
        {
            world.Add("Orders/" + role,
                ("OrderId", id), ("Name", forgotten ? null : name), ("Line1", forgotten ? null : "Testgatan 1"), ("ZipCode", "11122"), ("City", "Stockholm"), ("CountryId", Box.Of(eu ? 1 : 2)),
                ("EmailAddress", forgotten || role == "ShipTos" ? null : customer?["EmailAddress"] ?? $"guest{serial}@example.com"), ("PhoneNumber", forgotten ? null : "+46700000000"), ("ShippingPhoneNumber", role == "ShipTos" && !forgotten ? "+46700000000" : null));
        }

        int line = 0;
        foreach ((string part, decimal quantity) in parts ?? [.. Pick(lines > 0 ? lines : 1 + (serial % 3))])
        {
            Line(order, ++line, part, quantity, status, currency, null);
        }

        if (freight > 0)
        {
            Line(order, ++line, "FREIGHT-1", 1, status, currency, freight);
        }

        return order;
    }

    private void Line(Row order, int number, string part, decimal quantity, int status, object currency, decimal? price)
    {
        Row sku = world["Products/ProductSkus"].Find(part) ?? throw new ArgumentException($"There is no SKU {part}.");
        price ??= (decimal?)world["Products/ProductSkuPriceLists"].Find(part, Box.Of(CatalogueSource.PriceLists[0].Id), Box.One)?["PriceSale"] ?? 10m;

        // The unit price has discounts in it; their amount only says what they were.
        decimal unit = number % 3 == 0 ? Math.Round(price.Value * 0.9m, 4) : price.Value;
        world.Add(world["Orders/OrderItems"], (DateTime)order["Created"]!, 7,
            ("Id", (object)(world["Orders/OrderItems"].LastId + 1L)), ("OrderId", order["Id"]), ("LineNumber", (decimal)number), ("StatusId", Box.Of(status)), ("PartNo", part), ("ProductName", sku["ErpName"] ?? part), ("QtyOrdered", quantity), ("CurrencyId", currency),
            ("VatRate", 20m), ("PriceSale", unit), ("DiscountAmount", (price.Value - unit) * quantity), ("LineAmount", unit * quantity));
    }

    /// <summary>Sets stock of the main warehouse aside for an order, or gives it back.</summary>
    public static void Reserve(NorceWorld world, string part, decimal quantity)
    {
        (_, int warehouse, _, _, int location, _) = CatalogueSource.Warehouses[0];
        if (world["Products/ProductSkuOnHands"].Find(part, warehouse, location) is { } stock)
        {
            world.Set("Products/ProductSkuOnHands", stock, 7, ("ReservationValue", Math.Max(0, (decimal)stock["ReservationValue"]! + quantity)));
        }
    }

    private IEnumerable<(string, decimal)> Pick(int lines)
    {
        RowTable skus = world["Products/ProductSkus"];
        if (_skusOf != skus.Count)
        {
            _skus = [.. skus.Sorted.Where(s => s.Int("TypeId") == 1 && s.Int("StatusId") == 1)];
            _skusOf = skus.Count;
        }

        for (int i = 0; i < lines && _skus.Length > 0; i++)
        {
            yield return (_skus[_random.Next(_skus.Length)].Text("PartNo")!, 1 + _random.Next(3));
        }
    }
}
