using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

/// <summary>What the Norce side answered.</summary>
internal sealed record NorceReply(HttpStatusCode Status, string Body, HttpResponseMessage Message)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public JsonElement[] Rows => [.. Json.GetProperty("value").EnumerateArray()];

    public string? NextLink => Json.TryGetProperty("@odata.nextLink", out var link) ? link.GetString() : null;

    public string? Header(string name) => Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(",", values) : null;

    public string Text(string path) => path.Split('.').Aggregate(Json, (json, name) => int.TryParse(name, out var index) ? json[index] : json.GetProperty(name)).ToString();

    public NorceReply Ok() => Expect(200);

    public NorceReply Expect(int status)
    {
        Assert.True((int)Status == status, $"{(int)Status} {Body}");
        return this;
    }

    /// <summary>A refusal; Query, Connect and the token endpoint each say it their own way.</summary>
    public NorceReply Refused(int status, string says = "")
    {
        Expect(status);
        var message = Json.TryGetProperty("Message", out var connect) ? connect.GetString()! : Json.GetProperty("error") is { ValueKind: JsonValueKind.Object } query ? query.GetProperty("message").GetString()! : Json.GetProperty("error").GetString()!;
        Assert.Contains(says, message, StringComparison.Ordinal);
        return this;
    }
}

/// <summary>A sandbox and a plain HTTP client of its Norce side: nothing of the engine.</summary>
internal sealed class NorceBox : IAsyncDisposable
{
    public const string Freight = "FREIGHT-1";
    private string? _token;

    private NorceBox(SandboxServer server)
    {
        Server = server;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.NorceUri };
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public SandboxServer Server { get; }

    public HttpClient Http { get; }

    public static async Task<NorceBox> StartAsync(int orders = 5)
    {
        NorceBox box = new(await SandboxServer.StartAsync(new SandboxOptions { Port = 0, Orders = orders }, Stop));
        await box.AdminAsync("jobs", """{"queuedMs":0,"validatingMs":0,"runningMs":0}""");
        return box;
    }

    public async Task<string> TokenAsync(string body = "{}") => (await AdminAsync("tokens", body)).GetProperty("accessToken").GetString()!;

    public async Task<NorceReply> SendAsync(string method, string path, HttpContent? content = null, string? token = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (token != string.Empty) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? (_token ??= await TokenAsync()));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var answer = await Http.SendAsync(request, Stop);
        return new NorceReply(answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop), answer);
    }

    /// <summary>A request to Query 2.0 with the application's header; blanks and plus signs are escaped here.</summary>
    public Task<NorceReply> QueryAsync(string path, string version = "2.0") =>
        SendAsync("GET", $"commerce/query/{version}/{path.Replace(" ", "%20", StringComparison.Ordinal)}", null, null, ("application-id", "1042"));

    public async Task<JsonElement[]> RowsAsync(string path) => (await QueryAsync(path)).Ok().Rows;

    public async Task<JsonElement> SkuAsync(string part) => (await QueryAsync($"Products/ProductSkus('{part}')")).Ok().Json;

    /// <summary>The first SKUs that have a retail price.</summary>
    public async Task<string[]> PartsAsync(int count) =>
        [.. (await RowsAsync("Products/ProductSkuPriceLists?$filter=PriceListId eq 12 and QtyBreak eq 1&$select=PartNo")).Select(r => r.GetProperty("PartNo").GetString()!).Take(count)];

    public Task<NorceReply> ConnectAsync(string path, string body, string? header = null, string type = "application/json") =>
        SendAsync("POST", "commerce/connect/4.0/" + path, new StringContent(body, Encoding.UTF8, type), null, header is null ? [] : [("X-StormConnect-Header", header)]);

    public Task<NorceReply> JobAsync(string id, string operation = "Job/Get") => SendAsync("GET", $"commerce/connect/4.0/{operation}?id={id}");

    /// <summary>Imports rows and waits for the end of the job.</summary>
    public async Task<NorceReply> ImportAsync(string operation, string fields, string rows)
    {
        var taken = (await ConnectAsync(operation, rows, $$"""{"AccountId":42,{{fields}}}""")).Ok();
        return await DoneAsync(taken.Text("JobId"));
    }

    public async Task<NorceReply> DoneAsync(string id)
    {
        for (var i = 0; i < 500; i++)
        {
            var job = (await JobAsync(id)).Ok();
            if (job.Json.GetProperty("IsFinished").GetBoolean()) return job;
            await Task.Delay(10, Stop);
        }

        throw new TimeoutException($"The job {id} does not end.");
    }

    public Task<NorceReply> StockAsync(string rows, string fields = "\"OnhandValue\"", bool full = false) =>
        ImportAsync("Product/ImportOnhands", $"\"FullFile\":{(full ? "true" : "false")},\"SkuOnhandFieldsThatAreSet\":[{fields}]", rows);

    public Task<NorceReply> PricesAsync(string rows, string fields = "\"PriceSale\"", bool full = false) =>
        ImportAsync("Product/ImportSkuPriceLists", $"\"FullFile\":{(full ? "true" : "false")},\"SkuPriceListFieldsThatAreSet\":[{fields}]", rows);

    public async Task<JsonElement[]> LogAsync(NorceReply job) => [.. (await JobAsync(job.Text("JobId"), "Job/GetLog")).Ok().Json.EnumerateArray()];

    public async Task<JsonElement> AdminAsync(string path, string body) => (await SendAsync("POST", "_sandbox/" + path, new StringContent(body), string.Empty)).Ok().Json;

    public async Task<JsonElement> LookAsync(string path) => (await SendAsync("GET", "_sandbox/" + path, null, string.Empty)).Ok().Json;

    public Task<JsonElement> QuirkAsync(string name, string value) => AdminAsync("quirks", $$"""{"{{name}}":"{{value}}"}""");

    public async Task<int> FaultAsync(string fault) => (await AdminAsync("faults", fault)).GetProperty("id").GetInt32();

    public async Task<JsonElement> WorldAsync(string actions) => (await AdminAsync("world", $$"""{"actions":[{{actions}}]}""")).GetProperty("results");

    public async Task<JsonElement[]> DumpAsync(string table) =>
        [.. (await SendAsync("GET", "_sandbox/dump/" + table, null, string.Empty)).Ok().Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return Server.DisposeAsync();
    }
}
