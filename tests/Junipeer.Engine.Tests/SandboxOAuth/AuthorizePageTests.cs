using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

public sealed class AuthorizePageTests
{
    [Fact]
    public async Task ThePageNamesTheAppAndTheTargetAndHasTwoLabelledButtons()
    {
        await using var box = await OAuthBox.StartAsync(autoApprove: false);

        var page = (await box.AuthorizeAsync(("scope", "anything"))).Expect(HttpStatusCode.OK);

        Assert.StartsWith("text/html", page.ContentType, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", page.Body, StringComparison.Ordinal);
        Assert.Matches("<title>[^<]+</title>", page.Body);
        Assert.Single(Regex.Matches(page.Body, "<h1"));
        Assert.Contains("Sandbox confidential app", page.Body, StringComparison.Ordinal);
        Assert.Contains("sandbox_oauth", page.Body, StringComparison.Ordinal);
        Assert.Contains(box.Server.OAuthRedirectUri, page.Body, StringComparison.Ordinal);
        Assert.Contains("<form method=\"post\" action=\"/authorize/sandbox\"", page.Body, StringComparison.Ordinal);
        Assert.Matches("""<button [^>]*type="submit"[^>]*name="decision" value="allow">Allow</button>""", page.Body);
        Assert.Matches("""<button [^>]*type="submit"[^>]*name="decision" value="deny">Deny</button>""", page.Body);
        Assert.DoesNotMatch("""<script|<link|<img|src=|href=|@import|url\(""", page.Body);
        Assert.DoesNotContain("brightpearl-requests-remaining", page.Headers.Select(h => h.Key));
    }

    [Theory]
    [InlineData("allow")]
    [InlineData("deny")]
    public async Task TheFormSendsThePersonBackOnce(string decision)
    {
        await using var box = await OAuthBox.StartAsync(autoApprove: false);
        var page = await box.AuthorizeAsync(("state", "a b&c=d"));
        Dictionary<string, string> form = new() { ["request"] = OAuthBox.Hidden(page.Body), ["decision"] = decision };

        var back = (await box.PostAsync("authorize/sandbox", form)).Expect(HttpStatusCode.Redirect);

        Assert.StartsWith(box.Server.OAuthRedirectUri + "?", back.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("a b&c=d", back.Sent("state"));
        Assert.Equal(decision == "allow" ? null : "access_denied", back.Sent("error"));
        Assert.Equal(decision == "allow", back.Sent("code") is not null);
        Assert.Equal(decision == "allow" ? 1 : 0, (await box.LookAsync()).GetProperty("codes").GetArrayLength());
        AssertPage(await box.PostAsync("authorize/sandbox", form));
    }

    [Fact]
    public async Task AFormThatBelongsToNoPageIsRefused()
    {
        await using var box = await OAuthBox.StartAsync(autoApprove: false);
        var request = OAuthBox.Hidden((await box.AuthorizeAsync()).Body);

        AssertPage(await box.PostAsync("authorize/sandbox", new() { ["request"] = "0123", ["decision"] = "allow" }));
        AssertPage(await box.PostAsync("authorize/sandbox", new() { ["decision"] = "allow" }));
        AssertPage(await box.PostAsync("authorize/sandbox", new() { ["request"] = request, ["decision"] = "maybe" }));
        AssertPage(await box.PostAsync("authorize/sandboxother", new() { ["request"] = request, ["decision"] = "allow" }));
        await box.AdminAsync("oauth/apps", new { clientId = box.Server.OAuthClientId, removeRedirectUris = new[] { box.Server.OAuthRedirectUri } });
        AssertPage(await box.PostAsync("authorize/sandbox", new() { ["request"] = request, ["decision"] = "allow" }));
        Assert.Equal(0, (await box.LookAsync()).GetProperty("codes").GetArrayLength());
    }

    [Theory]
    [InlineData("client_id", "nobody")]
    [InlineData("client_id", "SANDBOX_OAUTH")]
    [InlineData("client_id", null)]
    [InlineData("response_type", null)]
    [InlineData("response_type", "token")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "http://127.0.0.1:53682/callback/")]
    [InlineData("redirect_uri", "http://127.0.0.1:53682/callback?a=b")]
    [InlineData("redirect_uri", "http://127.0.0.1:53683/callback")]
    [InlineData("redirect_uri", "http://localhost:53682/callback")]
    [InlineData("redirect_uri", "https://elsewhere.example/")]
    public async Task WhatIsWrongIsSaidOnAPageAndNobodyIsSentAway(string name, string? value)
    {
        await using var box = await OAuthBox.StartAsync();

        AssertPage(await box.AuthorizeAsync((name, value)));
    }

    [Fact]
    public async Task AnUnknownAccountARepeatedParameterAndAnotherMethodAreRefused()
    {
        await using var box = await OAuthBox.StartAsync();

        AssertPage(await box.AuthorizeAsync(box.Asking(), "nosuchaccount"));
        AssertPage(await box.SendAsync(HttpMethod.Get, $"authorize/sandbox?response_type=code&client_id=sandbox_oauth&client_id=sandbox_public&redirect_uri={Uri.EscapeDataString(box.Server.OAuthRedirectUri)}"));
        AssertPage(await box.SendAsync(HttpMethod.Put, "authorize/sandbox"), HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task NamesAreText()
    {
        await using var box = await OAuthBox.StartAsync(autoApprove: false);
        await box.AdminAsync("oauth/apps", new { clientId = "x<b>\"'&", name = "<script>alert(1)</script>", redirectUris = new[] { "http://127.0.0.1:1/?a=1&b='" } });

        var page = (await box.AuthorizeAsync(("client_id", "x<b>\"'&"), ("redirect_uri", "http://127.0.0.1:1/?a=1&b='"))).Expect(HttpStatusCode.OK).Body;

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("x<b>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        AssertNoMarkup((await box.AuthorizeAsync(("client_id", "<script>"))).Body);
    }

    [Fact]
    public async Task AQueryOfTheRedirectIsKeptAndAStateNotGivenIsNotMadeUp()
    {
        await using var box = await OAuthBox.StartAsync();
        await box.AdminAsync("oauth/apps", new { clientId = "sandbox_oauth", redirectUris = new[] { "http://127.0.0.1:1/cb?a=1" } });

        var back = (await box.AuthorizeAsync(("redirect_uri", "http://127.0.0.1:1/cb?a=1"), ("state", null))).Headers.Location!.OriginalString;

        Assert.Matches(@"^http://127\.0\.0\.1:1/cb\?a=1&code=[^&]+$", back);
    }

    [Fact]
    public async Task AnybodyOrNobodyApproves()
    {
        await using var box = await OAuthBox.StartAsync(autoApprove: true);
        (await box.AuthorizeAsync()).Expect(HttpStatusCode.Redirect);

        await box.AdminAsync("oauth", new { autoApprove = "deny" });
        Assert.Equal("access_denied", (await box.AuthorizeAsync()).Expect(HttpStatusCode.Redirect).Sent("error"));

        await box.AdminAsync("oauth", new { autoApprove = "off" });
        (await box.AuthorizeAsync()).Expect(HttpStatusCode.OK);

        await box.AdminAsync("oauth", new { autoApprove = "allow" });
        (await box.AuthorizeAsync()).Expect(HttpStatusCode.Redirect);
        var pages = (await box.LookAsync()).GetProperty("counters").GetProperty("pages");
        Assert.Equal((2, 1, 1), (pages.GetProperty("allowed").GetInt32(), pages.GetProperty("denied").GetInt32(), pages.GetProperty("shown").GetInt32()));
    }

    [Fact]
    public async Task AChallengeMeansNothingUnlessItIsEnforced()
    {
        await using var box = await OAuthBox.StartAsync();
        var verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        (await box.ExchangeAsync(await box.CodeAsync(("code_challenge", challenge), ("code_challenge_method", "S256")))).Expect(HttpStatusCode.OK);

        await box.QuirkAsync("pkce", "enforced");

        Assert.Equal("invalid_request", (await box.AuthorizeAsync()).Expect(HttpStatusCode.Redirect).Sent("error"));
        Assert.Equal("invalid_request", (await box.AuthorizeAsync(("code_challenge", challenge), ("code_challenge_method", "S512"))).Sent("error"));
        var code = await box.CodeAsync(("code_challenge", challenge), ("code_challenge_method", "S256"));
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code)).Body);
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code, ("code_verifier", challenge))).Body);
        (await box.ExchangeAsync(code, ("code_verifier", verifier))).Expect(HttpStatusCode.OK);
        (await box.ExchangeAsync(await box.CodeAsync(("code_challenge", verifier)), ("code_verifier", verifier))).Expect(HttpStatusCode.OK);
    }

    private static void AssertPage(Reply reply, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        reply.Expect(status);
        Assert.StartsWith("text/html", reply.ContentType, StringComparison.Ordinal);
        Assert.Null(reply.Headers.Location);
        Assert.Matches("""<html lang="en">[\s\S]*<title>[\s\S]*<h1[\s\S]*id="error" role="alert">[^<]+""", reply.Body);
    }

    private static void AssertNoMarkup(string page) => Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
}
