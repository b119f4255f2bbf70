using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

/// <summary>What an endpoint answered.</summary>
internal sealed record Reply(HttpStatusCode Status, string Body, HttpResponseHeaders Headers, string? ContentType)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Text(string name) => Json.GetProperty(name).GetString()!;

    /// <summary>A value of the query of the address a person is sent to.</summary>
    public string? Sent(string name) => Headers.Location is not { } to ? null : to.OriginalString.Split('?', 2)[1].Split('&')
        .Select(p => p.Split('=', 2)).Where(p => p[0] == name).Select(p => Uri.UnescapeDataString(p[1])).SingleOrDefault();

    public Reply Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} {Body}");
        return this;
    }
}

/// <summary>A sandbox and a plain HTTP client that signs in to it: nothing of the engine.</summary>
internal sealed class OAuthBox : IAsyncDisposable
{
    public const string Gone = """{"error_description":"The auth token has either expired or does not exist","error":"invalid_grant"}""";
    public const string OtherRedirect = """{"error_description":"Redirect uri does not match that used to request auth token","error":"invalid_grant"}""";
    public const string WrongClient = """{"error":"invalid_client"}""";

    private readonly HttpClient _http;

    private OAuthBox(SandboxServer server)
    {
        Server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.BrightpearlUri };
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public SandboxServer Server { get; }

    public HttpClient Http => _http;

    public static async Task<OAuthBox> StartAsync(bool autoApprove = true, SandboxOptions? options = null, params (string Name, string Value)[] quirks) =>
        new(await SandboxServer.StartAsync(options ?? new SandboxOptions { Port = 0, Orders = 5, AutoApprove = autoApprove, Quirks = quirks.ToDictionary(q => q.Name, q => q.Value) }, Stop));

    /// <summary>The parameters of the authorise page; changes with a null value leave one out.</summary>
    public Dictionary<string, string> Asking(params (string Name, string? Value)[] changes) => Changed(
        new() { ["response_type"] = "code", ["client_id"] = Server.OAuthClientId, ["redirect_uri"] = Server.OAuthRedirectUri, ["state"] = "s-1" }, changes);

    public Task<Reply> AuthorizeAsync(params (string Name, string? Value)[] changes) => AuthorizeAsync(Asking(changes), Server.Account);

    public Task<Reply> AuthorizeAsync(Dictionary<string, string> asking, string account) =>
        SendAsync(HttpMethod.Get, $"authorize/{account}?" + string.Join('&', asking.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}")));

    public async Task<string> CodeAsync(params (string Name, string? Value)[] changes) => (await AuthorizeAsync(changes)).Expect(HttpStatusCode.Redirect).Sent("code")!;

    public Dictionary<string, string> Exchanging(string code, params (string Name, string? Value)[] changes) => Changed(
        new()
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["client_id"] = Server.OAuthClientId, ["client_secret"] = Server.OAuthClientSecret, ["redirect_uri"] = Server.OAuthRedirectUri,
            ["account_code"] = Server.Account,
        },
        changes);

    public Task<Reply> ExchangeAsync(string code, params (string Name, string? Value)[] changes) => PostAsync("oauth/token", Exchanging(code, changes));

    public Task<Reply> RefreshAsync(string token, params (string Name, string? Value)[] changes) => PostAsync("oauth/token", Changed(
        new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token, ["client_id"] = Server.OAuthClientId, ["client_secret"] = Server.OAuthClientSecret, ["account_code"] = Server.Account },
        changes));

    /// <summary>A whole sign-in.</summary>
    public async Task<Reply> SignInAsync() => (await ExchangeAsync(await CodeAsync())).Expect(HttpStatusCode.OK);

    public Task<Reply> PostAsync(string path, Dictionary<string, string> form) => SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form));

    /// <summary>A cheap call of the API.</summary>
    public Task<Reply> ApiAsync(string token, string? app = null, string? developer = null, string? account = null) =>
        SendAsync(HttpMethod.Get, $"public-api/{account ?? Server.Account}/order-service/order-type", null, ("Authorization", "Bearer " + token), ("brightpearl-app-ref", app ?? Server.OAuthClientId), ("brightpearl-dev-ref", developer ?? Server.DeveloperReference));

    public async Task<Reply> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request, Stop);
        return new Reply(answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop), answer.Headers, answer.Content.Headers.ContentType?.ToString());
    }

    public async Task<JsonElement> AdminAsync(string path, object body) => (await SendAsync(HttpMethod.Post, "_sandbox/" + path, JsonContent.Create(body))).Expect(HttpStatusCode.OK).Json;

    public async Task<JsonElement> LookAsync(string path = "oauth") => (await SendAsync(HttpMethod.Get, "_sandbox/" + path)).Expect(HttpStatusCode.OK).Json;

    public Task QuirkAsync(string name, string value) => AdminAsync("quirks", new Dictionary<string, string> { [name] = value });

    public Task AdvanceAsync(double seconds) => AdminAsync("clock", new { advanceSeconds = seconds });

    public async Task<int> FaultAsync(object fault) => (await AdminAsync("faults", fault)).GetProperty("id").GetInt32();

    /// <summary>How many token requests of a grant ended in a way.</summary>
    public async Task<int> CountAsync(string grant, string outcome) =>
        (await LookAsync()).GetProperty("counters").GetProperty("tokens").TryGetProperty(grant, out var outcomes) && outcomes.TryGetProperty(outcome, out var count) ? count.GetInt32() : 0;

    /// <summary>The hidden value of the page's form.</summary>
    public static string Hidden(string page) => Regex.Match(page, """name="request" value="([0-9a-f]+)">""").Groups[1].Value;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return Server.DisposeAsync();
    }

    private static Dictionary<string, string> Changed(Dictionary<string, string> values, (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            if (value is null) values.Remove(name);
            else values[name] = value;
        }

        return values;
    }
}
