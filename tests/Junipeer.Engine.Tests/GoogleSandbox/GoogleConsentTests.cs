using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleConsentTests
{
    private const string Redirect = "http://127.0.0.1:61234/authorize/";
    private static readonly string Verifier = new('v', 64);

    [Fact]
    public async Task ASignInBringsTokens()
    {
        await using var box = await GoogleBox.StartAsync();
        var sent = await AskAsync(box);
        Assert.Equal("s 1", sent["state"]);
        Assert.Contains(GoogleBox.Scope, sent["scope"]);

        var tokens = (await ExchangeAsync(box, sent["code"])).Ok();

        Assert.Equal("3599", tokens.Text("expires_in"));
        Assert.Equal("Bearer", tokens.Text("token_type"));
        Assert.Equal(GoogleBox.Scope + " openid https://www.googleapis.com/auth/userinfo.email", tokens.Text("scope"));
        var claims = Encoding.UTF8.GetString(Convert.FromBase64String(Pad(tokens.Text("id_token").Split('.')[1])));
        Assert.Contains("\"email\":\"owner@example.com\"", claims);
        (await box.GetAsync("datasets", tokens.Text("access_token"))).Ok();
        Assert.Equal("invalid_grant", (await ExchangeAsync(box, sent["code"])).Expect(HttpStatusCode.BadRequest).Text("error"));
    }

    [Theory]
    [InlineData("access_type", "online")]
    [InlineData("access_type", null)]
    [InlineData("prompt", null)]
    public async Task ARefreshTokenNeedsBothParameters(string name, string? value)
    {
        await using var box = await GoogleBox.StartAsync();
        var tokens = (await ExchangeAsync(box, (await AskAsync(box, (name, value)))["code"])).Ok();
        Assert.False(tokens.Json.TryGetProperty("refresh_token", out _));
    }

    [Fact]
    public async Task TheFirstConsentCanBeEnough()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("quirks", """{"refreshTokenOnFirstConsent":"on"}""");
        Assert.NotEmpty((await ExchangeAsync(box, (await AskAsync(box, ("prompt", null)))["code"])).Ok().Text("refresh_token"));
        Assert.False((await ExchangeAsync(box, (await AskAsync(box, ("prompt", null)))["code"])).Ok().Json.TryGetProperty("refresh_token", out _));
        Assert.Equal("interaction_required", (await AskAsync(box, ("prompt", "none")))["error"]);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/x", true)]
    [InlineData("http://[::1]:5000", true)]
    [InlineData("http://localhost:8/cb", true)]
    [InlineData("https://127.0.0.1:1/x", false)]
    [InlineData("http://127.0.0.2:1/x", false)]
    [InlineData("http://example.com/cb", false)]
    [InlineData("urn:ietf:wg:oauth:2.0:oob", false)]
    public async Task OnlyLoopbackRedirectsWork(string redirect, bool works)
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = await box.SendAsync("GET", Address(box, ("redirect_uri", redirect)), null, string.Empty);
        Assert.Equal(works ? HttpStatusCode.Redirect : HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(works, reply.Message.Headers.Location is not null);
        if (redirect.StartsWith("http://e", StringComparison.Ordinal)) Assert.Contains("redirect_uri_mismatch", reply.Body);
    }

    [Theory]
    [InlineData("client_id", "other", 401, "invalid_client")]
    [InlineData("client_id", null, 400, "invalid_request")]
    [InlineData("scope", null, 400, "invalid_request")]
    [InlineData("scope", "https://example.com/x", 400, "invalid_scope")]
    [InlineData("response_type", "token", 400, "invalid_request")]
    [InlineData("code_challenge_method", "S512", 400, "invalid_request")]
    [InlineData("code_challenge", "short", 400, "invalid_request")]
    public async Task ABadRequestIsSaidOnThePage(string name, string? value, int status, string error)
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = (await box.SendAsync("GET", Address(box, (name, value)), null, string.Empty)).Expect((HttpStatusCode)status);
        Assert.Contains(error, reply.Body);
        Assert.Null(reply.Message.Headers.Location);
    }

    [Theory]
    [InlineData("deleted_client")]
    [InlineData("org_internal")]
    [InlineData("admin_policy_enforced")]
    public async Task AClientCanBeBlocked(string state)
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("oauth", $$"""{"clientState":"{{state}}"}""");
        Assert.Contains(state, (await box.SendAsync("GET", Address(box), null, string.Empty)).Body);
    }

    [Fact]
    public async Task AnEmbeddedBrowserIsRefused()
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = await box.SendAsync("GET", Address(box), null, string.Empty, ("User-Agent", "Mozilla/5.0 (Linux; Android 13; wv) Chrome/1"));
        Assert.Contains("disallowed_useragent", reply.Expect(HttpStatusCode.Forbidden).Body);
    }

    [Fact]
    public async Task APersonCanUntickScopesAndPickAnAccount()
    {
        await using var box = await GoogleBox.StartAsync(autoApprove: false);
        var page = (await box.SendAsync("GET", Address(box), null, string.Empty)).Ok();
        var id = Regex.Match(page.Body, "name=\"request\" value=\"([0-9a-f]+)\"").Groups[1].Value;
        Assert.Contains("id=\"allow\"", page.Body);

        var answer = (await box.FormAsync("o/oauth2/v2/auth", ("request", id), ("decision", "allow"), ("user", "nobody@example.com"), ("scope", "openid"))).Expect(HttpStatusCode.Redirect);
        var tokens = (await ExchangeAsync(box, Sent(answer)["code"])).Ok();

        Assert.Equal("openid", tokens.Text("scope"));
        (await box.GetAsync("datasets", tokens.Text("access_token"))).Refused(403, "insufficientPermissions");
        Assert.Contains("answered already", (await box.FormAsync("o/oauth2/v2/auth", ("request", id), ("decision", "allow"), ("user", GoogleBox.Owner), ("scope", "openid"))).Body);
    }

    [Fact]
    public async Task APersonCanRefuse()
    {
        await using var box = await GoogleBox.StartAsync(autoApprove: false);
        var page = await box.SendAsync("GET", Address(box), null, string.Empty);
        var id = Regex.Match(page.Body, "name=\"request\" value=\"([0-9a-f]+)\"").Groups[1].Value;
        var sent = Sent((await box.FormAsync("o/oauth2/v2/auth", ("request", id), ("decision", "deny"))).Expect(HttpStatusCode.Redirect));
        Assert.Equal("access_denied", sent["error"]);
        Assert.Equal("s 1", sent["state"]);
    }

    [Fact]
    public async Task AutomaticConsentCanUntickAndRefuse()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("oauth", """{"grantedScopes":["openid"]}""");
        Assert.Equal("openid", (await AskAsync(box))["scope"]);
        await box.AdminAsync("oauth", """{"autoApprove":"deny"}""");
        Assert.Equal("access_denied", (await AskAsync(box))["error"]);
    }

    [Theory]
    [InlineData("wrong-verifier-wrong-verifier-wrong-verifier", "Invalid code verifier.")]
    [InlineData(null, "Missing code verifier.")]
    public async Task TheVerifierIsChecked(string? verifier, string says)
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = (await ExchangeAsync(box, (await AskAsync(box))["code"], ("code_verifier", verifier))).Expect(HttpStatusCode.BadRequest);
        Assert.Equal("invalid_grant", reply.Text("error"));
        Assert.Equal(says, reply.Text("error_description"));
    }

    [Fact]
    public async Task APlainChallengeWorksToo()
    {
        await using var box = await GoogleBox.StartAsync();
        var sent = await AskAsync(box, ("code_challenge", Verifier), ("code_challenge_method", null));
        (await ExchangeAsync(box, sent["code"])).Ok();
    }

    [Theory]
    [InlineData("client_secret", "wrong", 401, "invalid_client")]
    [InlineData("client_secret", null, 400, "invalid_request")]
    [InlineData("client_id", "other", 401, "invalid_client")]
    [InlineData("redirect_uri", "http://127.0.0.1:1/other", 400, "redirect_uri_mismatch")]
    [InlineData("grant_type", "password", 400, "unsupported_grant_type")]
    [InlineData("code", "nonsense", 400, "invalid_grant")]
    public async Task AnExchangeMustBeRight(string name, string? value, int status, string error)
    {
        await using var box = await GoogleBox.StartAsync();
        var reply = await ExchangeAsync(box, (await AskAsync(box))["code"], (name, value));
        Assert.Equal(error, reply.Expect((HttpStatusCode)status).Text("error"));
    }

    [Fact]
    public async Task ACodeGrowsOld()
    {
        await using var box = await GoogleBox.StartAsync();
        var code = (await AskAsync(box))["code"];
        await box.AdminAsync("clock", """{"advanceSeconds":601}""");
        Assert.Equal("invalid_grant", (await ExchangeAsync(box, code)).Text("error"));
    }

    internal static async Task<GoogleReply> SignInAsync(GoogleBox box) => (await ExchangeAsync(box, (await AskAsync(box))["code"])).Ok();

    private static string Address(GoogleBox box, params (string Name, string? Value)[] changes)
    {
        Dictionary<string, string> asking = new()
        {
            ["client_id"] = box.Server.GoogleClientId, ["redirect_uri"] = Redirect, ["response_type"] = "code", ["scope"] = GoogleBox.Scope + " openid email", ["state"] = "s 1", ["access_type"] = "offline", ["prompt"] = "consent",
            ["code_challenge"] = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_'), ["code_challenge_method"] = "S256",
        };
        Change(asking, changes);
        return "o/oauth2/v2/auth?" + string.Join('&', asking.Select(a => $"{a.Key}={Uri.EscapeDataString(a.Value)}"));
    }

    private static async Task<Dictionary<string, string>> AskAsync(GoogleBox box, params (string Name, string? Value)[] changes) =>
        Sent((await box.SendAsync("GET", Address(box, changes), null, string.Empty)).Expect(HttpStatusCode.Redirect));

    private static Task<GoogleReply> ExchangeAsync(GoogleBox box, string code, params (string Name, string? Value)[] changes)
    {
        Dictionary<string, string> form = new()
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["client_id"] = box.Server.GoogleClientId, ["client_secret"] = box.Server.GoogleClientSecret, ["redirect_uri"] = Redirect, ["code_verifier"] = Verifier,
        };
        Change(form, changes);
        return box.FormAsync("token", [.. form.Select(f => (f.Key, f.Value))]);
    }

    private static void Change(Dictionary<string, string> values, (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            if (value is null) values.Remove(name);
            else values[name] = value;
        }
    }

    private static Dictionary<string, string> Sent(GoogleReply reply) => reply.Message.Headers.Location!.OriginalString.Split('?', 2)[1].Split('&').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));

    private static string Pad(string text) => text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
}
