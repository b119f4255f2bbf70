using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceAdminTests
{
    [Fact]
    public async Task TheHelpNamesEverything()
    {
        await using var box = await NorceBox.StartAsync();
        var help = (await box.SendAsync("GET", "_sandbox/", null, string.Empty)).Ok().Body;
        foreach (var word in (string[])["job-partial", "missingApplicationId", "connect.Product.ImportOnhands", "place-order", "order-receiver", "connect.Order.SendOrderStatus", box.Server.NorceClientId]) Assert.Contains(word, help);
        (await box.QueryAsync("Core/Currencies(1)")).Ok();
        (await box.QueryAsync("Core/Currencies(99)")).Refused(404);
        (await box.QueryAsync("core/currencies")).Ok();
        var requests = (await box.LookAsync("counters")).GetProperty("requests").GetProperty("query.Core.Currencies");
        Assert.Equal(2, requests.GetProperty("200").GetInt32());
        Assert.Equal(1, requests.GetProperty("404 NotFound").GetInt32());
        Assert.Equal(2, (await box.LookAsync("requests?last=2")).GetArrayLength());
        await box.AdminAsync("counters/reset", "{}");
        Assert.Equal(0, (await box.LookAsync("counters")).GetProperty("total").GetInt32());
        Assert.Equal(40, (await box.LookAsync("status")).GetProperty("tables").GetProperty("Orders/Orders").GetInt32());
        (await box.SendAsync("GET", "_sandbox/nonsense", null, string.Empty)).Expect(404);
        (await box.SendAsync("GET", "nonsense", null, string.Empty)).Expect(404);
    }

    [Fact]
    public async Task TheWorldChanges()
    {
        await using var box = await NorceBox.StartAsync();
        var parts = await box.PartsAsync(2);
        await box.WorldAsync($$"""{"do":"touch-sku","partNos":["{{parts[0]}}","{{parts[1]}}"]},{"do":"change-price","partNo":"{{parts[0]}}","priceListId":12,"value":3.5},{"do":"end-price","partNo":"{{parts[1]}}"},{"do":"rename-sku","partNo":"{{parts[1]}}","name":"New name"}""");
        Assert.Equal(2, (await box.RowsAsync("Products/ProductSkus?$filter=UpdatedBy eq 7 and Updated ge " + DateTime.UtcNow.AddMinutes(-2).ToString("yyyy-MM-ddTHH:mm:ssZ"))).Length);
        Assert.Equal(3.5m, (await box.RowsAsync($"Products/ProductSkuPriceLists?$filter=PartNo eq '{parts[0]}' and PriceListId eq 12"))[0].GetProperty("PriceSale").GetDecimal());
        Assert.Empty(await box.RowsAsync($"Products/ProductSkuPriceLists?$filter=PartNo eq '{parts[1]}' and IsActive eq true"));
        Assert.Equal("New name", (await box.SkuAsync(parts[1])).GetProperty("ErpName").GetString());
        await box.WorldAsync("""{"do":"change-stock","count":3},{"do":"reserve","value":2},{"do":"touch-order","count":2},{"do":"set-order-status","id":7001001,"statusId":7},{"do":"forget-order","id":7001002},{"do":"add-customers","count":2},{"do":"add-companies"},{"do":"touch-customer"},{"do":"touch-company"},{"do":"touch-product"},{"do":"place-order","count":2,"customerCode":"K-100","lines":4}""");
        Assert.Equal(42, (await box.RowsAsync("Orders/Orders")).Length);
        Assert.Equal(7, (await box.QueryAsync("Orders/Orders(7001001)")).Ok().Json.GetProperty("StatusId").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await box.QueryAsync("Orders/Orders(7001002)?$expand=Buyer")).Ok().Json.GetProperty("Buyer").GetProperty("EmailAddress").ValueKind);
        Assert.Equal(2, (await box.RowsAsync("Orders/Orders?$filter=BuyerCustomerCode eq 'K-100'&$expand=Items")).Length);
        Assert.Equal(32, (await box.RowsAsync("Customers/Customers")).Length);
        await box.WorldAsync("""{"do":"clear-catalogue"}""");
        Assert.Empty(await box.RowsAsync("Products/ProductSkus"));
    }

    [Fact]
    public async Task ServicesKnowTheApplication()
    {
        await using var box = await NorceBox.StartAsync();
        Task<NorceReply> Get(string path) => box.SendAsync("GET", "commerce/" + path, null, null, ("application-id", "1042"));
        Assert.Equal(box.Server.NorceApplicationKey, (await Get("metadata/1.1/GetApplication?format=json&cultureCode=")).Ok().Text("Key"));
        Assert.StartsWith("/Date(", (await Get("product/1.1/GetProductByPartNo?format=json&partNo=FREIGHT-1")).Ok().Text("Created"));
        Assert.Empty((await Get("product/1.1/GetProductByPartNo?partNo=X-404")).Ok().Body);
        var page = (await Get("product/1.1/ListProducts2?statusSeed=1,3&assortmentSeed=1&pageSize=5&pageNo=2")).Ok().Json;
        Assert.Equal(5, page.GetProperty("Items").GetArrayLength());
        (await Get("product/1.1/ListProducts2?assortmentSeed=1")).Refused(400, "statusSeed");
        (await Get("product/1.1/Nonsense")).Refused(404);
        Assert.Equal("880001", (await Get("order/1.1/GetOrderByNo?orderno=880001")).Ok().Text("OrderNo"));
        var orders = (await Get("order/1.1/ListOrders3?fromDate=2000-01-01&statusSeed=0,2&pageSize=3")).Ok().Json;
        Assert.Equal(3, orders.GetProperty("Items").GetArrayLength());
        await box.QuirkAsync("emptyProduct", "204");
        (await Get("product/1.1/GetProductByPartNo?partNo=X-404")).Expect(204);
        (await box.SendAsync("GET", "commerce/metadata/1.1/GetApplication")).Refused(500);
    }

    [Fact]
    public async Task TheReadyFileTellsHowToConnect()
    {
        var file = Path.Combine(Path.GetTempPath(), $"norce-ready-{Guid.NewGuid():N}.json");
        using var serve = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Junipeer.Sandbox.dll"), "serve", "--port", "0", "--orders", "5", "--ready-file", file]) { RedirectStandardOutput = true })!;
        try
        {
            await NorceImportTests.UntilAsync(() => Task.FromResult(File.Exists(file)));
            var norce = JsonDocument.Parse(await File.ReadAllTextAsync(file, NorceBox.Stop)).RootElement.GetProperty("norce");
            using HttpClient http = new();
            var token = await http.PostAsync(norce.GetProperty("tokenUri").GetString(), new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials", ["client_id"] = norce.GetProperty("clientId").GetString()!, ["client_secret"] = norce.GetProperty("clientSecret").GetString()!, ["scope"] = norce.GetProperty("environment").GetString()!,
            }), NorceBox.Stop);
            token.EnsureSuccessStatusCode();
            Assert.Equal(1042, norce.GetProperty("applicationId").GetInt32());
            Assert.Equal(42, norce.GetProperty("accountId").GetInt32());
            Assert.Contains("Actions of world", await http.GetStringAsync(norce.GetProperty("adminUri").GetString() + "/", NorceBox.Stop));
            for (var line = await serve.StandardOutput.ReadLineAsync(NorceBox.Stop); line is not null && !line.StartsWith("Norce sandbox", StringComparison.Ordinal);) line = await serve.StandardOutput.ReadLineAsync(NorceBox.Stop);
        }
        finally
        {
            serve.Kill();
            File.Delete(file);
        }
    }
}
