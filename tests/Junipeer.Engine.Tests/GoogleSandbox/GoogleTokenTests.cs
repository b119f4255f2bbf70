using System.Net;
using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleTokenTests
{
    [Fact]
    public async Task ARefreshTokenStaysAndBringsAccess()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = (await GoogleConsentTests.SignInAsync(box)).Text("refresh_token");
        for (var i = 0; i < 2; i++)
        {
            var next = (await RefreshAsync(box, token)).Ok();
            Assert.False(next.Json.TryGetProperty("refresh_token", out _));
            Assert.Equal("3599", next.Text("expires_in"));
            (await box.GetAsync("datasets", next.Text("access_token"))).Ok();
        }
    }

    [Fact]
    public async Task AnAccessTokenLivesAnHour()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = await box.TokenAsync();
        await box.AdminAsync("clock", """{"advanceSeconds":3590}""");
        (await box.GetAsync("datasets", token)).Ok();
        await box.AdminAsync("clock", """{"advanceSeconds":11}""");
        var reply = (await box.GetAsync("datasets", token)).Refused(401, "authError");
        Assert.Contains("invalid_token", reply.Header("WWW-Authenticate"));
        (await box.GetAsync("datasets", string.Empty)).Refused(401, "required");
        (await box.GetAsync("datasets", "ya29.made-up")).Refused(401, "authError");
    }

    [Fact]
    public async Task TestingEndsRefreshTokensAfterAWeek()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("oauth", """{"testing":true}""");
        var tokens = await GoogleConsentTests.SignInAsync(box);
        Assert.InRange(int.Parse(tokens.Text("refresh_token_expires_in"), System.Globalization.CultureInfo.InvariantCulture), 604_700, 604_800);
        await box.AdminAsync("clock", """{"advanceSeconds":604000}""");
        (await RefreshAsync(box, tokens.Text("refresh_token"))).Ok();
        await box.AdminAsync("clock", """{"advanceSeconds":801}""");
        Assert.Equal("Token has been expired or revoked.", (await RefreshAsync(box, tokens.Text("refresh_token"))).Expect(HttpStatusCode.BadRequest).Text("error_description"));
    }

    [Fact]
    public async Task AnUnusedRefreshTokenEndsAfterSixMonths()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = (await GoogleConsentTests.SignInAsync(box)).Text("refresh_token");
        await box.AdminAsync("clock", """{"advanceSeconds":15000000}""");
        (await RefreshAsync(box, token)).Ok();
        await box.AdminAsync("clock", """{"advanceSeconds":16000000}""");
        Assert.Equal("invalid_grant", (await RefreshAsync(box, token)).Text("error"));
    }

    [Fact]
    public async Task TheOldestOfTooManyTokensDies()
    {
        await using var box = await GoogleBox.StartAsync();
        var first = (await GoogleConsentTests.SignInAsync(box)).Text("refresh_token");
        await box.AdminAsync("clock", """{"advanceSeconds":1}""");
        for (var i = 0; i < 99; i++) await box.AdminAsync("oauth/tokens", """{"refresh":true}""");
        await box.AdminAsync("clock", """{"advanceSeconds":1}""");
        (await RefreshAsync(box, first)).Ok();
        await box.AdminAsync("clock", """{"advanceSeconds":1}""");
        await box.AdminAsync("oauth/tokens", """{"refresh":true}""");
        (await RefreshAsync(box, first)).Ok();
        Assert.Equal(100, (await box.LookAsync("oauth")).GetProperty("refreshTokens").EnumerateArray().Count(t => t.GetProperty("works").GetBoolean()));
        Assert.Equal(101, (await box.LookAsync("oauth")).GetProperty("refreshTokens").GetArrayLength());
    }

    [Fact]
    public async Task TheSessionPolicyHasASubtype()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = (await GoogleConsentTests.SignInAsync(box)).Text("refresh_token");
        await box.AdminAsync("oauth/invalid-rapt", "{}");
        var reply = (await RefreshAsync(box, token)).Expect(HttpStatusCode.BadRequest);
        Assert.Equal("invalid_grant", reply.Text("error"));
        Assert.Equal("invalid_rapt", reply.Text("error_subtype"));
        var plain = await RefreshAsync(box, "1//unknown");
        Assert.Equal("invalid_grant", plain.Text("error"));
        Assert.False(plain.Json.TryGetProperty("error_subtype", out _));
    }

    [Fact]
    public async Task ADeletedClientIsToldSo()
    {
        await using var box = await GoogleBox.StartAsync();
        var token = (await GoogleConsentTests.SignInAsync(box)).Text("refresh_token");
        await box.AdminAsync("oauth", """{"clientState":"deleted_client"}""");
        Assert.Equal("deleted_client", (await RefreshAsync(box, token)).Expect(HttpStatusCode.Unauthorized).Text("error"));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task RevokingTakesTheWholeFamily(bool byAccess, bool inQuery)
    {
        await using var box = await GoogleBox.StartAsync();
        var tokens = await GoogleConsentTests.SignInAsync(box);
        var token = tokens.Text(byAccess ? "access_token" : "refresh_token");
        Task<GoogleReply> Revoke() => inQuery ? box.SendAsync("POST", "revoke?token=" + Uri.EscapeDataString(token), null, string.Empty) : box.FormAsync("revoke", ("token", token));

        (await Revoke()).Ok();

        Assert.Equal("invalid_grant", (await RefreshAsync(box, tokens.Text("refresh_token"))).Text("error"));
        (await box.GetAsync("datasets", tokens.Text("access_token"))).Refused(401, "authError");
        Assert.Equal("invalid_token", (await Revoke()).Expect(HttpStatusCode.BadRequest).Text("error"));
    }

    [Fact]
    public async Task AnExpiredAccessTokenCannotRevoke()
    {
        await using var box = await GoogleBox.StartAsync();
        var tokens = await GoogleConsentTests.SignInAsync(box);
        await box.AdminAsync("oauth/expire", """{"refreshTokens":false}""");
        Assert.Equal("invalid_token", (await box.FormAsync("revoke", ("token", tokens.Text("access_token")))).Text("error"));
        (await RefreshAsync(box, tokens.Text("refresh_token"))).Ok();
    }

    [Theory]
    [InlineData("bigquery", true, true, true)]
    [InlineData("cloud-platform", true, true, true)]
    [InlineData("cloud-platform.read-only", true, false, false)]
    [InlineData("bigquery.insertdata", false, false, true)]
    [InlineData("devstorage.read_write", false, false, false)]
    public async Task ScopesDecideTheMethods(string scope, bool read, bool write, bool insert)
    {
        await using var box = await GoogleBox.StartAsync();
        var token = await box.TokenAsync(GoogleBox.Owner, "https://www.googleapis.com/auth/" + scope);
        Check(read, await box.GetAsync("datasets", token));
        Check(write, await box.PostAsync("datasets", """{"datasetReference":{"datasetId":"made"}}""", token));
        Check(insert, await box.PostAsync("datasets/existing/tables/fruit/insertAll", """{"rows":[{"json":{"id":9}}]}""", token));
        Check(write || scope.StartsWith("devstorage", StringComparison.Ordinal), await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit"), "{\"id\":8}\n"u8.ToArray(), token));

        static void Check(bool may, GoogleReply reply)
        {
            if (may) reply.Ok();
            else reply.Refused(403, "insufficientPermissions");
        }
    }

    internal static Task<GoogleReply> RefreshAsync(GoogleBox box, string token) => box.FormAsync(
        "token", ("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", box.Server.GoogleClientId), ("client_secret", box.Server.GoogleClientSecret));
}
