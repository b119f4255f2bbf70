using System.Net;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

public sealed class RefreshTests
{
    [Fact]
    public async Task RotatingKillsWhatItReplaces()
    {
        await using var box = await OAuthBox.StartAsync();
        var first = await box.SignInAsync();

        var second = (await box.RefreshAsync(first.Text("refresh_token"))).Expect(HttpStatusCode.OK);

        Assert.NotEqual(first.Text("refresh_token"), second.Text("refresh_token"));
        Assert.NotEqual(first.Text("access_token"), second.Text("access_token"));
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(first.Text("refresh_token"))).Expect(HttpStatusCode.BadRequest).Body);
        (await box.ApiAsync(second.Text("access_token"))).Expect(HttpStatusCode.OK);
        var old = (await box.ApiAsync(first.Text("access_token"))).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal("Invalid instance token: " + first.Text("access_token"), old.Text("response"));
        (await box.RefreshAsync(second.Text("refresh_token"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TheTokenCanBeKept()
    {
        await using var box = await OAuthBox.StartAsync(quirks: ("refreshRotation", "keep"));
        var token = (await box.SignInAsync()).Text("refresh_token");

        for (var i = 0; i < 3; i++) Assert.Equal(token, (await box.RefreshAsync(token)).Expect(HttpStatusCode.OK).Text("refresh_token"));
    }

    [Fact]
    public async Task TheTokenCanBeLeftOutAndStaysGood()
    {
        await using var box = await OAuthBox.StartAsync(quirks: ("refreshRotation", "omit"));
        var token = (await box.SignInAsync()).Text("refresh_token");

        for (var i = 0; i < 3; i++)
        {
            var next = (await box.RefreshAsync(token)).Expect(HttpStatusCode.OK);
            Assert.Equal(["access_token", "api_domain", "token_type", "expires_in"], next.Json.EnumerateObject().Select(p => p.Name));
            (await box.ApiAsync(next.Text("access_token"))).Expect(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task TheReplacedAccessTokenCanLive()
    {
        await using var box = await OAuthBox.StartAsync(quirks: ("oldAccessToken", "lives"));
        var first = await box.SignInAsync();
        await box.RefreshAsync(first.Text("refresh_token"));

        (await box.ApiAsync(first.Text("access_token"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TheClockOfALivingTokenRunsOn()
    {
        await using var box = await OAuthBox.StartAsync();
        var first = await box.SignInAsync();
        await box.AdvanceAsync(67_573);

        var second = await box.RefreshAsync(first.Text("refresh_token"));
        Assert.InRange(second.Json.GetProperty("expires_in").GetInt64(), 537_200, 537_227);

        // It ends when the first one would have ended, and from then on a life is full again.
        await box.AdvanceAsync(537_227);
        Assert.Equal("Authorization token expired", (await box.ApiAsync(second.Text("access_token"))).Expect(HttpStatusCode.Unauthorized).Text("response"));
        var third = await box.RefreshAsync(second.Text("refresh_token"));
        Assert.Equal(604_800, third.Json.GetProperty("expires_in").GetInt64());
        (await box.ApiAsync(third.Text("access_token"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ALifeCanBeFullEveryTime()
    {
        await using var box = await OAuthBox.StartAsync(quirks: ("refreshExpiresIn", "full"));
        var first = await box.SignInAsync();
        await box.AdvanceAsync(67_573);

        var second = await box.RefreshAsync(first.Text("refresh_token"));

        Assert.Equal(604_800, second.Json.GetProperty("expires_in").GetInt64());
        await box.AdvanceAsync(604_700);
        (await box.ApiAsync(second.Text("access_token"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task LivesAreSetAtTheStart()
    {
        await using var box = await OAuthBox.StartAsync(options: new SandboxOptions
        {
            Port = 0, Orders = 5, AutoApprove = true, TokenLifetime = TimeSpan.FromSeconds(100), RefreshTokenLifetime = TimeSpan.FromSeconds(300),
        });
        var first = await box.SignInAsync();
        Assert.Equal(100, first.Json.GetProperty("expires_in").GetInt64());

        await box.AdvanceAsync(90);
        (await box.ApiAsync(first.Text("access_token"))).Expect(HttpStatusCode.OK);
        await box.AdvanceAsync(10);
        (await box.ApiAsync(first.Text("access_token"))).Expect(HttpStatusCode.Unauthorized);
        var second = (await box.RefreshAsync(first.Text("refresh_token"))).Expect(HttpStatusCode.OK);

        // A rotated refresh token has a life of its own.
        await box.AdvanceAsync(290);
        var third = (await box.RefreshAsync(second.Text("refresh_token"))).Expect(HttpStatusCode.OK);
        await box.AdvanceAsync(300);
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(third.Text("refresh_token"))).Body);
    }

    [Fact]
    public async Task LivesAreSetLater()
    {
        await using var box = await OAuthBox.StartAsync();
        var settings = await box.AdminAsync("oauth", new { accessTokenSeconds = 5, refreshTokenSeconds = 20 });
        Assert.Equal((5, 20, 60), (settings.GetProperty("accessTokenSeconds").GetInt32(), settings.GetProperty("refreshTokenSeconds").GetInt32(), settings.GetProperty("codeSeconds").GetInt32()));
        var brief = await box.SignInAsync();
        Assert.Equal(5, brief.Json.GetProperty("expires_in").GetInt64());
        await box.AdvanceAsync(20);
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(brief.Text("refresh_token"))).Body);

        await box.AdminAsync("oauth", new { refreshTokenSeconds = (int?)null });
        var long_ = await box.SignInAsync();
        await box.AdvanceAsync(40_000_000);
        (await box.RefreshAsync(long_.Text("refresh_token"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnotherAppAnotherAccountAndAnotherSecretAreRefused()
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("refresh_token");

        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(token, ("client_id", "sandbox_public"), ("client_secret", null))).Body);
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(token, ("account_code", "sandboxother"))).Body);
        Assert.Equal(OAuthBox.WrongClient, (await box.RefreshAsync(token, ("client_secret", "wrong"))).Body);
        Assert.Equal(OAuthBox.WrongClient, (await box.RefreshAsync(token, ("client_secret", null))).Body);
        Assert.Equal("invalid_request", (await box.RefreshAsync(token, ("refresh_token", null))).Text("error"));
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync("never-issued")).Body);
        await box.QuirkAsync("refreshSecret", "optional");
        Assert.Equal(OAuthBox.WrongClient, (await box.RefreshAsync(token, ("client_secret", "wrong"))).Body);
        Assert.Equal(OAuthBox.WrongClient, (await box.ExchangeAsync(await box.CodeAsync(), ("client_secret", null))).Body);
        (await box.RefreshAsync(token, ("client_secret", null))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ThePublicAppRefreshesWithoutASecret()
    {
        await using var box = await OAuthBox.StartAsync();
        var first = await box.ExchangeAsync(await box.CodeAsync(("client_id", "sandbox_public")), ("client_id", "sandbox_public"), ("client_secret", null));

        var second = (await box.RefreshAsync(first.Text("refresh_token"), ("client_id", "sandbox_public"), ("client_secret", null))).Expect(HttpStatusCode.OK);

        (await box.ApiAsync(second.Text("access_token"), app: "sandbox_public")).Expect(HttpStatusCode.OK);
        (await box.ApiAsync(second.Text("access_token"))).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task OfManyRefreshesAtOnceOneWinsAndTheOthersAreCounted()
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("refresh_token");
        var hold = await box.FaultAsync(new { kind = "hold", match = new { verb = "REFRESH" }, times = (int?)null });

        var refreshes = Enumerable.Range(0, 6).Select(_ => box.RefreshAsync(token)).ToArray();
        await box.LookAsync($"faults/{hold}?wait=60&hits=6");
        await box.AdminAsync($"faults/{hold}/release", new { });
        var replies = await Task.WhenAll(refreshes);

        Assert.Single(replies, r => r.Status == HttpStatusCode.OK);
        Assert.Equal(5, replies.Count(r => r.Body == OAuthBox.Gone));
        var counters = (await box.LookAsync()).GetProperty("counters");
        Assert.Equal((5, 6), (counters.GetProperty("refreshesOverlapped").GetInt32(), counters.GetProperty("mostRefreshesAtOnce").GetInt32()));
        Assert.Equal((1, 5), (await box.CountAsync("refresh_token", "issued"), await box.CountAsync("refresh_token", "invalid_grant")));
    }

    [Fact]
    public async Task RefreshesOneAfterTheOtherDoNotOverlap()
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("refresh_token");
        for (var i = 0; i < 50; i++) token = (await box.RefreshAsync(token)).Expect(HttpStatusCode.OK).Text("refresh_token");

        var counters = (await box.LookAsync()).GetProperty("counters");
        Assert.Equal((0, 1, 0), (counters.GetProperty("refreshesOverlapped").GetInt32(), counters.GetProperty("mostRefreshesAtOnce").GetInt32(), counters.GetProperty("deadRefreshTokens").GetInt32()));
    }

    [Fact]
    public async Task RefreshesOfTwoSignInsAtOnceDoNotOverlap()
    {
        await using var box = await OAuthBox.StartAsync();
        var (one, two) = ((await box.SignInAsync()).Text("refresh_token"), (await box.SignInAsync()).Text("refresh_token"));
        var hold = await box.FaultAsync(new { kind = "hold", match = new { verb = "REFRESH" }, times = 2 });

        Task<Reply>[] refreshes = [box.RefreshAsync(one), box.RefreshAsync(two)];
        await box.LookAsync($"faults/{hold}?wait=60&hits=2");
        await box.AdminAsync($"faults/{hold}/release", new { });

        Assert.All(await Task.WhenAll(refreshes), r => r.Expect(HttpStatusCode.OK));
        Assert.Equal(0, (await box.LookAsync()).GetProperty("counters").GetProperty("refreshesOverlapped").GetInt32());
    }
}
