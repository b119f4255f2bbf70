using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorcePushTests
{
    [Fact]
    public async Task AnOrderIsSentUntilTheReceiverSaysOk()
    {
        await using var box = await NorceBox.StartAsync();
        using Receiver receiver = new(["503 nothing", "200 {\"StatusCode\":\"Failed\",\"Description\":\"busy\"}", "200 nonsense", "200 {\"StatusCode\":\"OK\",\"HasErpOrderNo\":true,\"ErpOrderNo\":\"SO-9\"}"]);
        await box.AdminAsync("order-receiver", $$"""{"url":"{{receiver.Address}}","user":"norce","password":"secret","retrySeconds":[0.05,0.05,30],"auto":true}""");
        var placed = (await box.WorldAsync("""{"do":"place-order"}"""))[0].GetProperty("ids")[0];
        await NorceImportTests.UntilAsync(async () => (await PushAsync(box)).GetProperty("attempts").GetArrayLength() == 3);
        await box.AdminAsync("clock", """{"advanceSeconds":31}""");
        await NorceImportTests.UntilAsync(async () => (await PushAsync(box)).GetProperty("state").GetString() == "delivered");
        Assert.Equal(4, receiver.Requests.Count);
        var (authorization, body) = receiver.Requests[0];
        Assert.Equal("Basic " + Convert.ToBase64String("norce:secret"u8), authorization);
        var order = JsonDocument.Parse(body).RootElement;
        Assert.Equal(placed.GetProperty("clientOrderRef").ToString(), order.GetProperty("ClientOrderRef").GetString());
        Assert.NotEmpty(order.GetProperty("Items").EnumerateArray());
        Assert.Equal("SO-9", (await box.QueryAsync($"Orders/Orders({placed.GetProperty("id")})")).Ok().Text("OrderNo"));
    }

    [Fact]
    public async Task AfterTheLastTryItIsOver()
    {
        await using var box = await NorceBox.StartAsync();
        using Receiver receiver = new([]);
        await box.AdminAsync("order-receiver", $$"""{"url":"{{receiver.Address}}","retrySeconds":[0.02,0.02]}""");
        await box.AdminAsync("orders/push", """{"clientOrderRef":880001}""");
        await NorceImportTests.UntilAsync(async () => (await PushAsync(box)).GetProperty("state").GetString() == "dead");
        Assert.Equal(3, receiver.Requests.Count);
        (await box.SendAsync("POST", "_sandbox/order-receiver", new StringContent("""{"url":"http://example.com/"}"""), string.Empty)).Expect(400);
    }

    [Fact]
    public async Task EventsGoToTheirWebhooksUntilTheyAreTaken()
    {
        await using var box = await NorceBox.StartAsync();
        using Receiver receiver = new(["500 no", "200 ", "200 ", "200 "]);
        await box.WorldAsync("""{"do":"place-order"}""");
        foreach (var name in (string[])["OrderReceivedEvent", "JobCompletedEvent", "SkuPriceChangedNotification"])
        {
            await box.AdminAsync("events", $$"""{"event":"{{name}}","url":"{{receiver.Address}}","headers":{"Authorization":"{{name}}"} }""");
        }

        await box.WorldAsync("""{"do":"place-order"}""");
        await NorceImportTests.UntilAsync(async () => (await box.LookAsync("events")).GetProperty("events")[0].GetProperty("state").GetString() == "waiting");
        await box.AdminAsync("clock", """{"advanceSeconds":6}""");
        await NorceImportTests.UntilAsync(async () => (await box.LookAsync("events")).GetProperty("events")[0].GetProperty("state").GetString() == "delivered");
        var job = await box.PricesAsync("""[{"PartNo":"FREIGHT-1","PriceListCode":"RETAIL-GB","PriceSale":5}]""");
        await NorceImportTests.UntilAsync(() => Task.FromResult(receiver.Requests.Count == 4));
        Assert.Equal("WEB", JsonDocument.Parse(receiver.Requests[1].Body).RootElement.GetProperty("Source").GetString());
        Assert.Equal("RETAIL-GB", JsonDocument.Parse(receiver.Requests.Single(r => r.Authorization == "SkuPriceChangedNotification").Body).RootElement.GetProperty("PricelistCode").GetString());
        Assert.Equal(job.Text("JobId"), JsonDocument.Parse(receiver.Requests.Single(r => r.Authorization == "JobCompletedEvent").Body).RootElement.GetProperty("JobId").ToString());
    }

    private static async Task<JsonElement> PushAsync(NorceBox box) => (await box.LookAsync("order-receiver")).GetProperty("pushes")[0];

    /// <summary>Somebody's order receiver: answers what it was told to, then 500.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Queue<string> _answers;

        public Receiver(string[] answers)
        {
            _answers = new Queue<string>(answers);
            using TcpListener free = new(IPAddress.Loopback, 0);
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            free.Stop();
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public List<(string? Authorization, string Body)> Requests { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using StreamReader reader = new(context.Request.InputStream, Encoding.UTF8);
                    Requests.Add((context.Request.Headers["Authorization"], await reader.ReadToEndAsync()));
                    var answer = (_answers.TryDequeue(out var next) ? next : "500 no").Split(' ', 2);
                    context.Response.StatusCode = int.Parse(answer[0]);
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer[1]));
                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
