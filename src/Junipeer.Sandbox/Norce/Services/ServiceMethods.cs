using System.Globalization;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Services;

/// <summary>The few operations of the shop runtime that an integration asks: the application, one product, a page of products.</summary>
internal sealed class ServiceMethods(NorceSandbox sandbox)
{
    /// <summary>The operations there are, as documentation writes them.</summary>
    public static readonly string[] Operations = ["GetApplication", "GetProduct", "GetProductByPartNo", "ListProducts2", "GetOrderByNo", "ListOrders3"];

    private static readonly string[] Common =
    [
        "format", "cultureCode", "currencyId", "pricelistSeed", "statusSeed", "assortmentSeed", "storeSeed", "customerId", "companyId", "salesAreaId", "pageNo", "pageSize", "sort", "filter", "asVariants", "id", "partNo", "orderno", "source", "fromDate", "toDate", "divisionCode",
    ];

    public NorceAnswer Run(NorceCall call)
    {
        if (call.Method != "GET")
        {
            throw new NorceException(405, "MethodNotAllowed", "Method not allowed.");
        }

        if (call.Target.Query.FirstOrDefault(q => !Common.Contains(q.Name, StringComparer.OrdinalIgnoreCase)).Name is { } strange)
        {
            throw NorceException.Bad($"There is no parameter {strange}.");
        }

        lock (sandbox.World.Gate)
        {
            return (call.Version, call.Rest[0].ToLowerInvariant()) switch
            {
                ("metadata", "getapplication") => Application(call.ApplicationId!.Value),
                ("product", "getproduct") => One(sandbox.World["Products/ProductSkus"].With("ProductId", Required(call, "id")).FirstOrDefault(), Seed(call, "statusSeed", true)),
                ("product", "getproductbypartno") => One(sandbox.World["Products/ProductSkus"].Find(call.Query("partNo") ?? throw NorceException.Bad("partNo is missing.")), Seed(call, "statusSeed", false)),
                ("product", "listproducts2") => List(call),
                ("order", "getorderbyno") => sandbox.Orders.ByNumber(call.Query("orderno") ?? throw NorceException.Bad("orderno is missing.")) is { } order ? NorceAnswer.Json(Order(order)) : Nothing(),
                ("order", "listorders3") => Orders(call),
                _ => throw NorceException.NotFound($"There is no operation {call.Rest[0]}."),
            };
        }
    }

    private NorceAnswer Application(int id)
    {
        NorceApplication application = Array.Find(NorceSandbox.Applications, a => a.Id == id)!;
        NorceWorld world = sandbox.World;
        return NorceAnswer.Json(new JsonObject
        {
            ["Id"] = id, ["Key"] = application.Key, ["Name"] = application.Name, ["Url"] = "https://shop.example.com",
            ["Client"] = new JsonObject { ["Id"] = NorceSandbox.ClientId, ["Key"] = "0f6d5a5e-2c52-4c0e-9a35-1f1f0d7c3b21", ["Name"] = "Sandbox" },
            ["Cultures"] = Each("Application/ClientCultures", c => new JsonObject { ["Code"] = c.Text("Code"), ["Name"] = c.Text("Name") }),
            ["Currencies"] = Each("Core/Currencies", c => new JsonObject { ["Id"] = c.Int("Id"), ["Code"] = c.Text("Code") }),
            ["Pricelists"] = new JsonArray([.. world["Application/ApplicationPriceLists"].Sorted.Where(l => l.Int("ApplicationId") == id).Select(l => (JsonNode)l.Int("PriceListId"))]),
            ["SalesAreas"] = Each("Application/SalesAreas", s => new JsonObject { ["Id"] = s.Int("Id"), ["Name"] = s.Text("Name"), ["CurrencyId"] = s.Int("CurrencyId"), ["VatCodeId"] = s.Int("VatCodeId") }),
            ["Countries"] = Each("Core/Countries", c => new JsonObject { ["Id"] = c.Int("Id"), ["Code"] = c.Text("Code"), ["Name"] = c.Text("DefaultName") }),
        });

        JsonArray Each(string table, Func<Row, JsonNode> shape) => [.. world[table].Sorted.Select(shape)];
    }

    private NorceAnswer One(Row? sku, HashSet<int>? statuses) => sku is null || (statuses is not null && !statuses.Contains(sku.Int("StatusId")))
        ? Nothing()
        : NorceAnswer.Json(Product(sku));

    private NorceAnswer List(NorceCall call)
    {
        HashSet<int> statuses = Seed(call, "statusSeed", true)!;
        _ = Seed(call, "assortmentSeed", true);
        int page = call.Query("pageNo") is null ? 1 : Required(call, "pageNo"), size = Math.Min(call.Query("pageSize") is null ? 20 : Required(call, "pageSize"), 500);
        Row[] skus = [.. sandbox.World["Products/ProductSkus"].Sorted.Where(s => statuses.Contains(s.Int("StatusId")))];
        return NorceAnswer.Json(new JsonObject { ["ItemCount"] = skus.Length, ["Items"] = new JsonArray([.. skus.Skip(Math.Max(0, page - 1) * size).Take(size).Select(s => (JsonNode)Product(s))]) });
    }

    private NorceAnswer Nothing() => sandbox.Quirks["emptyProduct"] == "204" ? NorceAnswer.Empty(204) : new NorceAnswer();

    private NorceAnswer Orders(NorceCall call)
    {
        DateTime Day(string name, DateTime otherwise) => call.Query(name) is { } text ? Connect.Shapes.Instant(text) ?? throw NorceException.Bad($"{name} must be an instant.") : otherwise;
        DateTime from = Day("fromDate", DateTime.MinValue), to = Day("toDate", DateTime.MaxValue);
        HashSet<int>? statuses = Seed(call, "statusSeed", false);
        int page = call.Query("pageNo") is null ? 1 : Required(call, "pageNo"), size = Math.Min(call.Query("pageSize") is null ? 20 : Required(call, "pageSize"), 500);
        Row[] orders = [.. sandbox.World["Orders/Orders"].Sorted.Where(o => o["OrderDate"] is DateTime at && at >= from && at < to && statuses?.Contains(o.Int("StatusId")) != false && o.Int("ApplicationId") == call.ApplicationId)];
        return NorceAnswer.Json(new JsonObject { ["ItemCount"] = orders.Length, ["Items"] = new JsonArray([.. orders.Skip(Math.Max(0, page - 1) * size).Take(size).Select(o => (JsonNode)Order(o))]) });
    }

    private JsonObject Order(Row order) => new()
    {
        ["OrderNo"] = order.Text("OrderNo"), ["OrderDate"] = Date((DateTime)order["OrderDate"]!), ["StatusId"] = order.Int("StatusId"),
        ["Items"] = new JsonArray([.. sandbox.Orders.Items(order).Select(i => (JsonNode)new JsonObject { ["PartNo"] = i.Text("PartNo"), ["Quantity"] = (decimal)i["QtyOrdered"]!, ["Price"] = (decimal)i["PriceSale"]! })]),
    };

    private JsonObject Product(Row sku)
    {
        Row product = sandbox.World["Products/Products"].Find(sku["ProductId"])!;
        Row? price = sandbox.World["Products/ProductSkuPriceLists"].Find(sku["PartNo"], CatalogueSource.PriceLists[0].Id, 1m);
        return new JsonObject
        {
            ["Id"] = product.Int("Id"), ["PartNo"] = sku.Text("PartNo"), ["Name"] = product.Text("DefaultName"), ["ManufacturerPartNo"] = product.Text("ManufacturerPartNo"), ["StatusId"] = sku.Int("StatusId"), ["TypeId"] = sku.Int("TypeId"),
            ["Price"] = (decimal?)price?["PriceSale"], ["PriceListId"] = price?.Int("PriceListId"), ["Created"] = Date((DateTime)sku["Created"]!), ["Updated"] = sku["Updated"] is DateTime updated ? Date(updated) : null,
        };
    }

    private static string Date(DateTime at) => $"/Date({new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeMilliseconds()}+0000)/";

    /// <summary>A seed: internal ids, separated by commas.</summary>
    private static HashSet<int>? Seed(NorceCall call, string name, bool required)
    {
        if (call.Query(name) is not { Length: > 0 } text)
        {
            return required ? throw NorceException.Bad($"{name} is missing.") : null;
        }

        return [.. text.Split(',').Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw NorceException.Bad($"{name} takes ids separated by commas."))];
    }

    private static int Required(NorceCall call, string name) => int.TryParse(call.Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw NorceException.Bad($"{name} must be a whole number.");
}
