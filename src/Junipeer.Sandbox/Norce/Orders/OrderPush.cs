using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Orders;

/// <summary>One order on its way to the receiver.</summary>
internal sealed class Push(int basket, long orderId)
{
    public int Basket => basket;

    public long OrderId => orderId;

    /// <summary>waiting, sending, delivered or dead.</summary>
    public string State { get; set; } = "waiting";

    public List<string> Attempts { get; } = [];

    public DateTime? NextAt { get; set; }
}

/// <summary>
/// Sends new orders to the receiver's address with Basic authentication, and again after growing waits until it says
/// OK. How often Norce tries is not documented; the waits are a setting and go by the sandbox's clock.
/// </summary>
internal sealed class OrderPush(NorceSandbox sandbox) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = true, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Push> _pushes = [];
    private readonly Lock _gate = new();

    public Uri? Address { get; private set; }

    public string User { get; private set; } = string.Empty;

    public string Password { get; private set; } = string.Empty;

    public double[] RetrySeconds { get; private set; } = [5, 15, 60, 300, 900, 3600];

    public double TimeoutSeconds { get; private set; } = 30;

    /// <summary>Whether every new order is sent by itself.</summary>
    public bool Auto { get; private set; }

    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Configure(JsonElement body)
    {
        if (body.TryGetProperty("url", out JsonElement url))
        {
            Uri? address = url.ValueKind == JsonValueKind.Null ? null : new Uri(url.GetString()!);
            Address = address is null or { IsLoopback: true } ? address : throw new ArgumentException("The sandbox sends orders to this machine only.");
        }

        User = body.TryGetProperty("user", out JsonElement user) ? user.GetString()! : User;
        Password = body.TryGetProperty("password", out JsonElement password) ? password.GetString()! : Password;
        RetrySeconds = body.TryGetProperty("retrySeconds", out JsonElement retries) ? [.. retries.EnumerateArray().Select(r => r.GetDouble())] : RetrySeconds;
        TimeoutSeconds = body.TryGetProperty("timeoutSeconds", out JsonElement timeout) ? timeout.GetDouble() : TimeoutSeconds;
        Auto = body.TryGetProperty("auto", out JsonElement auto) ? auto.GetBoolean() : Auto;
    }

    public object Describe()
    {
        lock (_gate)
        {
            return new { url = Address, user = User, retrySeconds = RetrySeconds, timeoutSeconds = TimeoutSeconds, auto = Auto, pushes = _pushes.Select(p => new { clientOrderRef = p.Basket, p.OrderId, p.State, attempts = p.Attempts.ToArray(), p.NextAt }).ToArray() };
        }
    }

    /// <summary>Sends an order, and goes on trying.</summary>
    public void Send(int basket, Row order)
    {
        if (Address is null)
        {
            throw new ArgumentException("There is no receiver: POST order-receiver {\"url\":...} first.");
        }

        Push push = new(basket, (long)order["Id"]!);
        lock (_gate)
        {
            _pushes.Add(push);
        }

        _ = Task.Run(() => RunAsync(push, order));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _http.Dispose();
    }

    private async Task RunAsync(Push push, Row order)
    {
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                push.State = "sending";
                string outcome = await TryAsync(push, order);
                lock (_gate)
                {
                    push.Attempts.Add(outcome);
                    push.State = outcome == "OK" ? "delivered" : attempt >= RetrySeconds.Length ? "dead" : "waiting";
                    push.NextAt = push.State == "waiting" ? sandbox.Clock.Now.UtcDateTime.AddSeconds(RetrySeconds[attempt]) : null;
                }

                sandbox.Counters.Add($"orderPushes {(outcome == "OK" ? "ok" : "failed")}");
                if (push.State != "waiting")
                {
                    return;
                }

                long due = sandbox.Clock.ElapsedMs + (long)(RetrySeconds[attempt] * 1000);
                while (due > sandbox.Clock.ElapsedMs)
                {
                    await Task.Delay((int)Math.Clamp(due - sandbox.Clock.ElapsedMs, 1, 20), _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops.
        }
        catch (ObjectDisposedException)
        {
            // The sandbox stops.
        }
    }

    /// <summary>One attempt: OK, or what went wrong.</summary>
    private async Task<string> TryAsync(Push push, Row order)
    {
        byte[] body;
        lock (sandbox.World.Gate)
        {
            body = JsonSerializer.SerializeToUtf8Bytes(new OrderDocument(sandbox.World).Write(order, push.Basket), NorceAnswer.Relaxed);
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(TimeoutSeconds));
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, Address) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
            using HttpResponseMessage answer = await _http.SendAsync(request, patience.Token);
            if (!answer.IsSuccessStatusCode)
            {
                return $"HTTP {(int)answer.StatusCode}";
            }

            JsonNode? response = JsonNode.Parse(await answer.Content.ReadAsStringAsync(patience.Token));
            string? status = (string?)response?["StatusCode"];
            if (status != "OK")
            {
                return status == "Failed" ? $"Failed: {(string?)response?["Description"]}" : $"StatusCode is '{status}', neither OK nor Failed";
            }

            if ((bool?)response?["HasErpOrderNo"] == true && (string?)response["ErpOrderNo"] is { Length: > 0 } number)
            {
                lock (sandbox.World.Gate)
                {
                    sandbox.Orders.Renumber(order, number);
                    sandbox.Orders.SetStatus(order, 2);
                }
            }

            return "OK";
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return $"no answer in {TimeoutSeconds} s";
        }
        catch (Exception wrong) when (wrong is HttpRequestException or JsonException or InvalidOperationException or NorceException or FormatException)
        {
            return wrong.GetType().Name + ": " + wrong.Message;
        }
    }
}
