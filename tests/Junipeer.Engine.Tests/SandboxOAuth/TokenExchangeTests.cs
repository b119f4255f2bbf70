using System.Net;
using System.Net.Http.Json;
using System.Text;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

public sealed class TokenExchangeTests
{
    [Theory]
    [InlineData("oauth/token", "sandbox")]
    [InlineData("sandbox/oauth/token", null)]
    [InlineData("sandbox/oauth/token", "sandbox")]
    [InlineData("token/sandbox", null)]
    public async Task EveryEndpointAnswersTheDocumentedNames(string path, string? accountCode)
    {
        await using var box = await OAuthBox.StartAsync();

        var first = (await box.PostAsync(path, box.Exchanging(await box.CodeAsync(), ("account_code", accountCode)))).Expect(HttpStatusCode.OK);

        Assert.Equal(["access_token", "refresh_token", "installation_instance_id", "api_domain", "token_type", "expires_in"], first.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("21", first.Text("installation_instance_id"));
        Assert.Equal(box.Server.BrightpearlUri.Authority, first.Text("api_domain"));
        Assert.Equal("Bearer", first.Text("token_type"));
        Assert.Equal(604_800, first.Json.GetProperty("expires_in").GetInt64());
        Assert.Contains(first.Text("access_token"), first.Body, StringComparison.Ordinal);
        Assert.StartsWith("application/json", first.ContentType, StringComparison.Ordinal);
        Assert.Equal("no-store", first.Headers.CacheControl!.ToString());
        (await box.ApiAsync(first.Text("access_token"))).Expect(HttpStatusCode.OK);

        Dictionary<string, string> form = new() { ["grant_type"] = "refresh_token", ["refresh_token"] = first.Text("refresh_token"), ["client_id"] = "sandbox_oauth", ["client_secret"] = box.Server.OAuthClientSecret };
        if (accountCode is not null) form["account_code"] = accountCode;
        var second = (await box.PostAsync(path, form)).Expect(HttpStatusCode.OK);
        Assert.Equal(["access_token", "refresh_token", "api_domain", "token_type", "expires_in"], second.Json.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task TheAccountIsNeededOnceAndMustBeTheOneThatAllowed()
    {
        await using var box = await OAuthBox.StartAsync();
        var code = await box.CodeAsync();

        AssertRefused((await box.ExchangeAsync(code, ("account_code", null))), "invalid_request");
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code, ("account_code", "sandboxother"))).Body);
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code, ("account_code", "nosuchaccount"))).Body);
        AssertRefused(await box.PostAsync("sandbox/oauth/token", box.Exchanging(code, ("account_code", "sandboxother"))), "invalid_request");
        Assert.Equal(OAuthBox.Gone, (await box.PostAsync("token/sandboxother", box.Exchanging(code, ("account_code", null)))).Body);
        (await box.ExchangeAsync(code)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ACodeWorksOnceAndNotForAnotherApp()
    {
        await using var box = await OAuthBox.StartAsync();
        var code = await box.CodeAsync();

        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code, ("client_id", "sandbox_public"), ("client_secret", null))).Expect(HttpStatusCode.BadRequest).Body);
        var tokens = (await box.ExchangeAsync(code)).Expect(HttpStatusCode.OK);
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code)).Expect(HttpStatusCode.BadRequest).Body);
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync("never-issued")).Expect(HttpStatusCode.BadRequest).Body);
        (await box.ApiAsync(tokens.Text("access_token"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task OfManyExchangesAtOnceOneWins()
    {
        await using var box = await OAuthBox.StartAsync();
        var code = await box.CodeAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => box.ExchangeAsync(code)));

        Assert.Single(replies, r => r.Status == HttpStatusCode.OK);
        Assert.Equal(11, replies.Count(r => r.Body == OAuthBox.Gone));
    }

    [Fact]
    public async Task ACodeLivesAMinuteOrAsLongAsSet()
    {
        await using var box = await OAuthBox.StartAsync();
        var (early, late) = (await box.CodeAsync(), await box.CodeAsync());
        await box.AdvanceAsync(50);
        (await box.ExchangeAsync(early)).Expect(HttpStatusCode.OK);
        await box.AdvanceAsync(10);
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(late)).Body);

        await box.AdminAsync("oauth", new { codeSeconds = 300 });
        var (longer, expired) = (await box.CodeAsync(), await box.CodeAsync());
        await box.AdvanceAsync(200);
        (await box.ExchangeAsync(longer)).Expect(HttpStatusCode.OK);
        Assert.Equal(1, (await box.AdminAsync("oauth/expire", new { codes = true })).GetProperty("codes").GetInt32());
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(expired)).Body);
    }

    [Fact]
    public async Task TheRedirectMustBeTheOneUsedAndStillRegistered()
    {
        await using var box = await OAuthBox.StartAsync();
        await box.AdminAsync("oauth/apps", new { clientId = "sandbox_oauth", redirectUris = new[] { "http://127.0.0.1:1/b" } });
        var code = await box.CodeAsync();

        Assert.Equal(OAuthBox.OtherRedirect, (await box.ExchangeAsync(code, ("redirect_uri", "http://127.0.0.1:1/b"))).Expect(HttpStatusCode.BadRequest).Body);
        Assert.Equal(OAuthBox.OtherRedirect, (await box.ExchangeAsync(code, ("redirect_uri", box.Server.OAuthRedirectUri + "/"))).Body);
        await box.AdminAsync("oauth/apps", new { clientId = "sandbox_oauth", removeRedirectUris = new[] { box.Server.OAuthRedirectUri } });
        Assert.Equal(OAuthBox.OtherRedirect, (await box.ExchangeAsync(code)).Body);

        // The new one is as good as the old one was.
        (await box.ExchangeAsync(await box.CodeAsync(("redirect_uri", "http://127.0.0.1:1/b")), ("redirect_uri", "http://127.0.0.1:1/b"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TheSecretIsForTheConfidentialAppOnly()
    {
        await using var box = await OAuthBox.StartAsync();
        var code = await box.CodeAsync();
        foreach (var (client, secret) in new[] { ("sandbox_oauth", null), ("sandbox_oauth", "wrong"), ("sandbox_oauth", box.Server.OAuthClientSecret[..^1]), ("nobody", box.Server.OAuthClientSecret), ("nobody", null) })
            Assert.Equal(OAuthBox.WrongClient, (await box.ExchangeAsync(code, ("client_id", client), ("client_secret", secret))).Expect(HttpStatusCode.BadRequest).Body);
        (await box.ExchangeAsync(code)).Expect(HttpStatusCode.OK);

        (await box.ExchangeAsync(await box.CodeAsync(("client_id", "sandbox_public")), ("client_id", "sandbox_public"), ("client_secret", null))).Expect(HttpStatusCode.OK);
        var open = await box.CodeAsync(("client_id", "sandbox_public"));
        Assert.Equal(OAuthBox.WrongClient, (await box.ExchangeAsync(open, ("client_id", "sandbox_public"))).Body);
        await box.QuirkAsync("publicAppSecret", "ignore");
        (await box.ExchangeAsync(open, ("client_id", "sandbox_public"))).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("grant_type", null, "invalid_request")]
    [InlineData("grant_type", "", "invalid_request")]
    [InlineData("grant_type", "client_credentials", "unsupported_grant_type")]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("code", null, "invalid_request")]
    [InlineData("client_id", null, "invalid_request")]
    [InlineData("redirect_uri", null, "invalid_request")]
    public async Task WhatIsMissingOrUnknownIsSaid(string name, string? value, string error)
    {
        await using var box = await OAuthBox.StartAsync();

        AssertRefused(await box.ExchangeAsync(await box.CodeAsync(), (name, value)), error);

        Assert.Equal(1, await box.CountAsync(name == "grant_type" ? "other" : "authorization_code", error));
    }

    [Fact]
    public async Task OnlyAFormInTheBodyCounts()
    {
        await using var box = await OAuthBox.StartAsync();
        var form = box.Exchanging(await box.CodeAsync());
        var encoded = await new FormUrlEncodedContent(form).ReadAsStringAsync(OAuthBox.Stop);

        AssertRefused(await box.SendAsync(HttpMethod.Post, "oauth/token", JsonContent.Create(form)), "invalid_request");
        AssertRefused(await box.SendAsync(HttpMethod.Post, "oauth/token", new StringContent(encoded)), "invalid_request");
        AssertRefused(await box.SendAsync(HttpMethod.Post, "oauth/token?" + encoded), "invalid_request");
        AssertRefused(await box.SendAsync(HttpMethod.Post, "oauth/token?" + encoded, new FormUrlEncodedContent([])), "invalid_request");
        AssertRefused(await box.SendAsync(HttpMethod.Post, "oauth/token", new StringContent(encoded + "&code=x", Encoding.UTF8, "application/x-www-form-urlencoded")), "invalid_request");
        AssertRefused(await box.SendAsync(HttpMethod.Get, "oauth/token?" + encoded), "invalid_request", HttpStatusCode.MethodNotAllowed);
        (await box.SendAsync(HttpMethod.Post, "oauth/token", new StringContent(encoded, Encoding.UTF8, "application/x-www-form-urlencoded"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task NothingElseIsServed()
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("access_token");

        foreach (var path in new[] { "oauth/token/introspect", "oauth/introspect", "oauth/revoke", "oauth/token/revoke", "sandbox/oauth/token/introspect", "sandbox/oauth/revoke", "token", "authorize", "public-api/oauth/token" })
            Assert.Equal((path, HttpStatusCode.NotFound), (path, (await box.PostAsync(path, new() { ["token"] = token })).Status));
        (await box.ApiAsync(token)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task QuotaIsNeitherNeededNorShown()
    {
        await using var box = await OAuthBox.StartAsync(options: new SandboxOptions { Port = 0, Orders = 5, Quota = 1, AutoApprove = true });

        for (var i = 0; i < 3; i++)
        {
            var tokens = await box.SignInAsync();
            var refused = await box.ExchangeAsync("wrong");
            foreach (var reply in new[] { tokens, refused, await box.AuthorizeAsync() })
                Assert.Empty(reply.Headers.Select(h => h.Key).Intersect(["brightpearl-requests-remaining", "brightpearl-next-throttle-period", "WWW-Authenticate"], StringComparer.OrdinalIgnoreCase));
        }

        Assert.All((await box.LookAsync("status")).GetProperty("quota").EnumerateObject(), pool => Assert.Equal(1, pool.Value.GetProperty("remaining").GetInt32()));
    }

    [Fact]
    public async Task TheAddressOfTheApiCanBeAnother()
    {
        await using var box = await OAuthBox.StartAsync();
        await box.AdminAsync("oauth", new { apiDomain = "127.0.0.1:9" });
        Assert.Equal("127.0.0.1:9", (await box.SignInAsync()).Text("api_domain"));
        await box.AdminAsync("oauth", new { apiDomain = (string?)null });
        Assert.Equal(box.Server.BrightpearlUri.Authority, (await box.SignInAsync()).Text("api_domain"));
    }

    private static void AssertRefused(Reply reply, string error, HttpStatusCode status = HttpStatusCode.BadRequest) => Assert.Equal(error, reply.Expect(status).Text("error"));
}
