using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

public sealed class OAuthAdminTests
{
    [Fact]
    public async Task WhatWasIssuedIsShown()
    {
        await using var box = await OAuthBox.StartAsync();
        var first = await box.SignInAsync();
        var second = await box.RefreshAsync(first.Text("refresh_token"));
        await box.ExchangeAsync("wrong");
        var left = await box.CodeAsync();
        await box.AdvanceAsync(61);
        var open = await box.CodeAsync();

        var look = await box.LookAsync();

        Assert.Equal(["sandbox_oauth", "sandbox_public"], look.GetProperty("apps").EnumerateArray().Select(a => a.GetProperty("clientId").GetString()));
        var states = look.GetProperty("codes").EnumerateArray().ToDictionary(c => c.GetProperty("code").GetString()!, c => c.GetProperty("state").GetString());
        Assert.Equal(3, states.Count);
        Assert.Equal(("expired", "issued"), (states[left], states[open]));
        Assert.Contains("used", states.Values);
        var family = Assert.Single(look.GetProperty("families").EnumerateArray());
        Assert.Equal(1, family.GetProperty("refreshes").GetInt32());
        Assert.Equal(second.Text("access_token"), family.GetProperty("current").GetProperty("accessToken").GetString());
        Assert.Equal(second.Text("refresh_token"), family.GetProperty("current").GetProperty("refreshToken").GetString());
        Assert.Equal(
            ["authorization_code dead dead", "refresh_token good good"],
            family.GetProperty("issued").EnumerateArray().Select(i => $"{i.GetProperty("grant").GetString()} {i.GetProperty("accessTokenState").GetString()} {i.GetProperty("refreshTokenState").GetString()}"));
        Assert.Equal((1, 1, 1), (await box.CountAsync("authorization_code", "issued"), await box.CountAsync("authorization_code", "invalid_grant"), await box.CountAsync("refresh_token", "issued")));

        await box.AdminAsync("counters/reset", new { });
        Assert.Equal(0, await box.CountAsync("refresh_token", "issued"));
    }

    [Theory]
    [InlineData("oauth", """{"autoApprove":"maybe"}""")]
    [InlineData("oauth", """{"accessTokenSeconds":0}""")]
    [InlineData("oauth", """{"accessTokenSeconds":null}""")]
    [InlineData("oauth", """{"codeSeconds":-1}""")]
    [InlineData("oauth", """{"autoApprove":"deny","strange":1}""")]
    [InlineData("oauth/apps", """{"redirectUris":["http://127.0.0.1:1/"]}""")]
    [InlineData("oauth/apps", """{"clientId":"x","redirectUris":["/relative"]}""")]
    [InlineData("oauth/apps", """{"clientId":"x","redirectUris":["http://127.0.0.1:1/#part"]}""")]
    [InlineData("oauth/apps", """{"clientId":"x","redirectUris":["http://127.0.0.1:1/a b"]}""")]
    [InlineData("oauth/revoke", """{"client":"x"}""")]
    [InlineData("oauth/expire", """{"tokens":true}""")]
    public async Task ABadSettingIsSaidAndChangesNothing(string path, string body)
    {
        await using var box = await OAuthBox.StartAsync();
        var before = await Settings(box);

        var refused = (await box.SendAsync(HttpMethod.Post, "_sandbox/" + path, new StringContent(body))).Expect(HttpStatusCode.BadRequest);

        Assert.NotEqual("", refused.Text("error"));
        Assert.Equal(before, await Settings(box));
    }

    [Fact]
    public async Task TheHelpNamesTheEndpointsAndAnUnknownOneIsNotThere()
    {
        await using var box = await OAuthBox.StartAsync();

        var help = (await box.SendAsync(HttpMethod.Get, "_sandbox/")).Expect(HttpStatusCode.OK).Body;

        foreach (var name in new[] { "oauth/apps", "oauth/revoke", "oauth/expire", "autoApprove", "refreshRotation", "oauth-token", "/authorize/{account}" })
            Assert.Contains(name, help, StringComparison.Ordinal);
        (await box.SendAsync(HttpMethod.Post, "_sandbox/oauth/nothing", JsonContent.Create(new { }))).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task MoreRedirectsCanBeGivenAtTheStart()
    {
        await using var box = await OAuthBox.StartAsync(options: new SandboxOptions { Port = 0, Orders = 5, AutoApprove = true, RedirectUris = ["http://127.0.0.1:2/x"] });

        foreach (var client in new[] { box.Server.OAuthClientId, box.Server.OAuthPublicClientId })
        foreach (var uri in new[] { box.Server.OAuthRedirectUri, "http://127.0.0.1:2/x" })
            (await box.AuthorizeAsync(("client_id", client), ("redirect_uri", uri))).Expect(HttpStatusCode.Redirect);
        await Assert.ThrowsAsync<ArgumentException>(() => SandboxServer.StartAsync(new SandboxOptions { Port = 0, Orders = 5, RedirectUris = ["not a uri"] }, OAuthBox.Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => SandboxServer.StartAsync(new SandboxOptions { Port = 0, Orders = 5, TokenLifetime = TimeSpan.Zero }, OAuthBox.Stop));
    }

    [Fact]
    public async Task TheCommandLinePrintsAndWritesHowToConnect()
    {
        var folder = Directory.CreateTempSubdirectory("junipeer-");
        var ready = Path.Combine(folder.FullName, "ready.json");
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "Junipeer.Sandbox.dll"), "serve", "--port", "0", "--orders", "5", "--auto-approve", "--token-lifetime-seconds", "77", "--refresh-token-lifetime-seconds", "99",
            "--redirect-uri", "http://127.0.0.1:3/y", "--ready-file", ready,
        })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            for (var i = 0; i < 600 && !File.Exists(ready); i++) await Task.Delay(50, OAuthBox.Stop);
            var data = JsonDocument.Parse(await File.ReadAllTextAsync(ready, OAuthBox.Stop)).RootElement.GetProperty("oauth");
            Assert.Equal(["http://127.0.0.1:53682/callback", "http://127.0.0.1:3/y"], data.GetProperty("redirectUris").EnumerateArray().Select(u => u.GetString()));

            using HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
            using var sent = await http.GetAsync(new Uri($"{data.GetProperty("authorizeUri").GetString()}?response_type=code&client_id={data.GetProperty("publicClientId").GetString()}&redirect_uri={Uri.EscapeDataString("http://127.0.0.1:3/y")}"), OAuthBox.Stop);
            var code = Uri.UnescapeDataString(sent.Headers.Location!.OriginalString.Split("code=")[1]);
            using FormUrlEncodedContent form = new(new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = code, ["client_id"] = "sandbox_public", ["redirect_uri"] = "http://127.0.0.1:3/y" });
            using var answer = await http.PostAsync(new Uri(data.GetProperty("accountTokenUri").GetString()!), form, OAuthBox.Stop);
            Assert.Equal(77, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(OAuthBox.Stop)).RootElement.GetProperty("expires_in").GetInt32());
            var settings = JsonDocument.Parse(await http.GetStringAsync(new Uri(new Uri(data.GetProperty("tokenUri").GetString()!), "/_sandbox/oauth"), OAuthBox.Stop)).RootElement.GetProperty("settings");
            Assert.Equal(99, settings.GetProperty("refreshTokenSeconds").GetInt32());

            process.Kill();
            var printed = await process.StandardOutput.ReadToEndAsync(OAuthBox.Stop);
            foreach (var name in new[] { "clientId", "clientSecret", "publicClientId", "authorizeUri", "tokenUri" })
                Assert.Contains(data.GetProperty(name).GetString()!, printed, StringComparison.Ordinal);
            Assert.Contains("http://127.0.0.1:3/y", printed, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> Settings(OAuthBox box)
    {
        var look = await box.LookAsync();
        return look.GetProperty("settings").GetRawText() + look.GetProperty("apps").GetRawText();
    }
}
