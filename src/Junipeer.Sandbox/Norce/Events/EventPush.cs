using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Events;

/// <summary>One event on its way to its webhook.</summary>
internal sealed class EventDelivery(string name, JsonObject body)
{
    public string Name => name;

    public JsonObject Body => body;

    /// <summary>sending, waiting, delivered or dead.</summary>
    public string State { get; set; } = "sending";

    public ConcurrentQueue<string> Attempts { get; } = [];
}

/// <summary>
/// Posts events to webhooks: an address for each kind of event, a timeout of 5 seconds and 16 tries over some 22 hours
/// by the sandbox's clock. The body does not say which event it is. What nobody listens to is not kept.
/// </summary>
internal sealed class EventPush(NorceSandbox sandbox) : IDisposable
{
    public static readonly string[] Names =
    [
        "SkuChangedNotification", "SkuPriceChangedNotification", "OrderReceivedEvent", "OrderConfirmedEvent", "OrderCancelledEvent", "OrderDeliveredEvent", "OrderPartlyDeliveredEvent", "OrderReadyForPickupEvent",
        "CustomerChangedNotification", "CompanyChangedNotification", "JobCompletedEvent",
    ];

    private static readonly double[] Waits = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 18_000, 21_600];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, (Uri Address, Dictionary<string, string> Headers)> _hooks = new();
    private readonly ConcurrentQueue<EventDelivery> _deliveries = [];

    /// <exception cref="ArgumentException">There is no such event, or the address is elsewhere.</exception>
    public void Configure(JsonElement body)
    {
        string name = body.GetProperty("event").GetString()!;
        if (!Names.Contains(name))
        {
            throw new ArgumentException($"There is no event '{name}'. Known: {string.Join(", ", Names)}.");
        }

        if (body.GetProperty("url") is not { ValueKind: JsonValueKind.String } url)
        {
            _hooks.TryRemove(name, out _);
            return;
        }

        Uri address = new(url.GetString()!);
        _hooks[name] = address.IsLoopback
            ? (address, body.TryGetProperty("headers", out JsonElement headers) ? headers.EnumerateObject().ToDictionary(h => h.Name, h => h.Value.ToString()) : [])
            : throw new ArgumentException("The sandbox sends events to this machine only.");
    }

    public object Describe() => new
    {
        hooks = _hooks.ToDictionary(h => h.Key, h => h.Value.Address), events = _deliveries.Select(d => new { d.Name, d.State, attempts = d.Attempts.ToArray(), body = d.Body.DeepClone() }),
    };

    public void Raise(string name, JsonObject body)
    {
        if (!_hooks.ContainsKey(name))
        {
            return;
        }

        EventDelivery delivery = new(name, body);
        _deliveries.Enqueue(delivery);
        _ = Task.Run(() => RunAsync(delivery));
    }

    /// <summary>A row was added or changed: tells those who listen.</summary>
    public void RowChanged(EntityType type, Row row)
    {
        switch (type.Set)
        {
            case "ProductSkus" or "ProductSkuOnHands" when _hooks.ContainsKey("SkuChangedNotification"):
                Raise("SkuChangedNotification", Body(("PartNo", row.Text("PartNo")), ("EntityChanged", type.Set == "ProductSkus" ? "tClientProductSku" : "tClientProductSkuOnHand")));
                break;
            case "ProductSkuPriceLists":
                Raise("SkuChangedNotification", Body(("PartNo", row.Text("PartNo")), ("EntityChanged", "tClientProductSkuPriceList")));
                Raise("SkuPriceChangedNotification", Body(("PartNo", row.Text("PartNo")), ("PricelistId", row.Int("PriceListId")), ("PricelistCode", sandbox.World["Application/ClientPriceLists"].Find(row["PriceListId"])?.Text("Agreement")), ("PriceSaleValue", (decimal?)row["PriceSale"]), ("QuantityBreak", (decimal)row["QtyBreak"]!)));
                break;
            case "Customers":
                Raise("CustomerChangedNotification", Body(("CustomerId", row.Int("Id")), ("EntityChanged", "tCustomer")));
                break;
            case "Companies":
                Raise("CompanyChangedNotification", Body(("CompanyId", row.Int("Id")), ("EntityChanged", "tCompany")));
                break;
        }
    }

    /// <summary>An order came to a status; only some of them are told.</summary>
    public void OrderChanged(Row order, int basket)
    {
        string? name = order.Int("StatusId") switch { 0 => "OrderReceivedEvent", 2 => "OrderConfirmedEvent", 4 => "OrderDeliveredEvent", 6 => "OrderCancelledEvent", 8 => "OrderPartlyDeliveredEvent", 11 => "OrderReadyForPickupEvent", _ => null };
        if (name is null || !_hooks.ContainsKey(name))
        {
            return;
        }

        Row? buyer = sandbox.World["Orders/Buyers"].Find(order["Id"]);
        string[] full = (buyer?.Text("Name") ?? string.Empty).Split(' ', 2);
        JsonObject body = Body(
            ("OrderId", (long)order["Id"]!), ("OrderNo", order.Text("OrderNo")), ("ClientOrderRef", basket.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("CellPhone", buyer?.Text("PhoneNumber")), ("FirstName", full[0]), ("LastName", full.Length > 1 ? full[1] : string.Empty),
            ("Source", order.Text("Source")));
        body["ApplicationId"] = order.Int("ApplicationId");
        Raise(name, body);
    }

    public static JsonObject Body(params ReadOnlySpan<(string Name, JsonNode? Value)> values)
    {
        JsonObject body = new() { ["ClientId"] = NorceSandbox.ClientId, ["ApplicationId"] = NorceSandbox.FirstApplication };
        foreach ((string name, JsonNode? value) in values)
        {
            body[name] = value;
        }

        return body;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _http.Dispose();
    }

    private async Task RunAsync(EventDelivery delivery)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(delivery.Body, NorceAnswer.Relaxed);
        try
        {
            for (int attempt = 0; _hooks.TryGetValue(delivery.Name, out (Uri Address, Dictionary<string, string> Headers) hook); attempt++)
            {
                string outcome = await TryAsync(body, hook.Address, hook.Headers);
                delivery.Attempts.Enqueue(outcome);
                delivery.State = outcome == "OK" ? "delivered" : attempt >= Waits.Length ? "dead" : "waiting";
                if (delivery.State != "waiting")
                {
                    return;
                }

                long due = sandbox.Clock.ElapsedMs + (long)(Waits[attempt] * 1000);
                while (due > sandbox.Clock.ElapsedMs)
                {
                    await Task.Delay((int)Math.Clamp(due - sandbox.Clock.ElapsedMs, 1, 20), _stop.Token);
                }
            }

            delivery.State = "dead";
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException)
        {
            // The sandbox stops.
        }
    }

    private async Task<string> TryAsync(byte[] body, Uri address, Dictionary<string, string> headers)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
            foreach ((string name, string value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using HttpResponseMessage answer = await _http.SendAsync(request, _stop.Token);
            return (int)answer.StatusCode is >= 200 and < 210 ? "OK" : $"HTTP {(int)answer.StatusCode}";
        }
        catch (TaskCanceledException) when (!_stop.IsCancellationRequested)
        {
            return "no answer in 5 s";
        }
        catch (HttpRequestException wrong)
        {
            return wrong.Message;
        }
    }
}
