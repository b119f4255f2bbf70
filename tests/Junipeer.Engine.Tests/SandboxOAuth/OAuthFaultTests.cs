using System.Net;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

/// <summary>What goes wrong on the way strikes these endpoints as it does the API's.</summary>
public sealed class OAuthFaultTests
{
    [Fact]
    public async Task AnAnswerWithheldAfterARefreshLeavesTheOldTokenDead()
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("refresh_token");
        await box.FaultAsync(new { kind = "drop-after", match = new { resource = "oauth-token", verb = "REFRESH" } });

        await Assert.ThrowsAsync<HttpRequestException>(() => box.RefreshAsync(token));

        Assert.Equal((1, 1, 0), (await box.CountAsync("refresh_token", "issued"), await box.CountAsync("refresh_token", "withheld"), await box.CountAsync("refresh_token", "faulted")));
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(token)).Body);
        var look = await box.LookAsync();
        Assert.Equal(1, look.GetProperty("counters").GetProperty("deadRefreshTokens").GetInt32());
        var next = look.GetProperty("families")[0].GetProperty("current").GetProperty("refreshToken").GetString()!;
        (await box.RefreshAsync(next)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("omit")]
    public async Task WithoutRotationAWithheldAnswerCanBeAskedForAgain(string rotation)
    {
        await using var box = await OAuthBox.StartAsync(quirks: ("refreshRotation", rotation));
        var token = (await box.SignInAsync()).Text("refresh_token");
        await box.FaultAsync(new { kind = "drop-after", match = new { pathContains = "/oauth/token" } });

        await Assert.ThrowsAsync<HttpRequestException>(() => box.RefreshAsync(token));

        (await box.RefreshAsync(token)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("drop-before")]
    [InlineData("throttle-storm")]
    [InlineData("outage")]
    [InlineData("status")]
    [InlineData("html")]
    public async Task AFaultBeforeTheServerActedLeavesTheTokenGood(string kind)
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("refresh_token");
        await box.FaultAsync(new { kind, match = new { verb = "REFRESH" }, times = 1 });

        if (kind == "drop-before")
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => box.RefreshAsync(token));
        }
        else
        {
            var refused = (await box.RefreshAsync(token)).Expect(kind switch { "status" => HttpStatusCode.InternalServerError, "html" => HttpStatusCode.BadGateway, _ => HttpStatusCode.ServiceUnavailable });
            Assert.False(refused.Headers.Contains("brightpearl-requests-remaining"));
        }

        Assert.Equal((0, 1), (await box.CountAsync("refresh_token", "issued"), await box.CountAsync("refresh_token", "faulted")));
        (await box.RefreshAsync(token)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("truncate")]
    [InlineData("drop-mid-body")]
    public async Task ABrokenAnswerIsOneThatCounted(string kind)
    {
        await using var box = await OAuthBox.StartAsync();
        var code = await box.CodeAsync();
        await box.FaultAsync(new { kind, match = new { verb = "EXCHANGE" } });

        if (kind == "truncate")
        {
            var half = (await box.ExchangeAsync(code)).Expect(HttpStatusCode.OK);
            Assert.ThrowsAny<JsonException>(() => half.Json);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => box.ExchangeAsync(code));
        }

        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code)).Body);
        Assert.Equal(1, (await box.LookAsync()).GetProperty("families").GetArrayLength());
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task AnAnswerCanBeHeldBeforeOrAfterTheServerActed(string when)
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("refresh_token");
        var hold = await box.FaultAsync(new { kind = "hold", when, match = new { resource = "oauth-token" } });

        var refresh = box.RefreshAsync(token);
        await box.LookAsync($"faults/{hold}?wait=60&hits=1");

        Assert.False(refresh.IsCompleted);
        Assert.Equal(when == "after" ? 1 : 0, await box.CountAsync("refresh_token", "issued"));
        await box.AdminAsync($"faults/{hold}/release", new { });
        (await refresh).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnAnswerCanBeSlow()
    {
        await using var box = await OAuthBox.StartAsync();
        await box.FaultAsync(new { kind = "delay", milliseconds = 300, match = new { verb = "EXCHANGE" } });
        var code = await box.CodeAsync();
        var started = System.Diagnostics.Stopwatch.StartNew();

        (await box.ExchangeAsync(code)).Expect(HttpStatusCode.OK);

        Assert.True(started.ElapsedMilliseconds >= 290, $"{started.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task AFaultStrikesWhatItNames()
    {
        await using var box = await OAuthBox.StartAsync();
        await box.FaultAsync(new { kind = "outage", match = new { resource = "oauth-authorize" }, times = 1 });
        (await box.AuthorizeAsync()).Expect(HttpStatusCode.ServiceUnavailable);
        var code = await box.CodeAsync();

        await box.FaultAsync(new { kind = "outage", match = new { pathContains = "/token/sandbox" } });
        (await box.PostAsync("token/sandbox", box.Exchanging(code, ("account_code", null)))).Expect(HttpStatusCode.ServiceUnavailable);
        var tokens = (await box.ExchangeAsync(code)).Expect(HttpStatusCode.OK);
        (await box.ApiAsync(tokens.Text("access_token"))).Expect(HttpStatusCode.OK);

        var keys = (await box.LookAsync("counters")).GetProperty("byKey");
        Assert.Equal((2, 2, 0), (keys.GetProperty("GET oauth-authorize").GetInt32(), keys.GetProperty("EXCHANGE oauth-token").GetInt32(), keys.TryGetProperty("REFRESH oauth-token", out _) ? 1 : 0));
    }
}
