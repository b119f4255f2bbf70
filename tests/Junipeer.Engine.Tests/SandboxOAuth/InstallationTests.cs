using System.Net;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.Tests.SandboxOAuth;

/// <summary>What the tokens open, and what is left after they end.</summary>
public sealed class InstallationTests
{
    private const string NotAuthenticated = "Not authenticated. You must provide a valid authentication token.";

    [Fact]
    public async Task ATokenOpensItsAccountForItsAppOnly()
    {
        await using var box = await OAuthBox.StartAsync();
        var token = (await box.SignInAsync()).Text("access_token");

        var good = (await box.ApiAsync(token)).Expect(HttpStatusCode.OK);
        Assert.Equal("21", good.Headers.GetValues("brightpearl-installed-integration-instance-id").Single());
        Assert.Equal(NotAuthenticated, (await box.ApiAsync(token, app: "sandbox_public")).Expect(HttpStatusCode.Unauthorized).Text("response"));
        Assert.Equal(NotAuthenticated, (await box.ApiAsync(token, developer: "someone")).Expect(HttpStatusCode.Unauthorized).Text("response"));
        Assert.Equal("Invalid instance token: " + token, (await box.ApiAsync(token, account: "sandboxother")).Expect(HttpStatusCode.Unauthorized).Text("response"));
    }

    [Fact]
    public async Task TheOtherAccountIsSignedInToLikewise()
    {
        await using var box = await OAuthBox.StartAsync();
        var code = (await box.AuthorizeAsync(box.Asking(), "sandboxother")).Sent("code")!;
        Assert.Equal(OAuthBox.Gone, (await box.ExchangeAsync(code)).Body);

        var tokens = (await box.ExchangeAsync(code, ("account_code", "sandboxother"))).Expect(HttpStatusCode.OK);

        (await box.ApiAsync(tokens.Text("access_token"), account: "sandboxother")).Expect(HttpStatusCode.OK);
        (await box.ApiAsync(tokens.Text("access_token"))).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(tokens.Text("refresh_token"))).Body);
        Assert.NotEqual(tokens.Text("installation_instance_id"), (await box.SignInAsync()).Text("installation_instance_id"));
    }

    [Fact]
    public async Task TheDeveloperSeesWhereTheAppIsInstalled()
    {
        await using var box = await OAuthBox.StartAsync();
        Assert.Equal("""{"response":[]}""", await Accounts(box, "sandbox_oauth"));
        await box.SignInAsync();
        await box.SignInAsync();
        await box.ExchangeAsync((await box.AuthorizeAsync(box.Asking(), "sandboxother")).Sent("code")!, ("account_code", "sandboxother"));

        Assert.Equal("""{"response":["sandbox","sandboxother"]}""", await Accounts(box, "sandbox_oauth"));
        Assert.Equal("""{"response":[]}""", await Accounts(box, "sandbox_public"));
        Assert.Equal("""{"response":[]}""", await Accounts(box, "sandbox_oauth", "someone"));
        await box.AdminAsync("oauth/revoke", new { account = "sandbox" });
        Assert.Equal("""{"response":["sandboxother"]}""", await Accounts(box, "sandbox_oauth"));
    }

    [Fact]
    public async Task ARefusedCallShowsAndCostsQuotaOfTheDeveloper()
    {
        await using var box = await OAuthBox.StartAsync(options: new SandboxOptions { Port = 0, Orders = 5, Quota = 10, AutoApprove = true });
        await box.AdminAsync("oauth/apps", new { clientId = "theirs", developerReference = "theirdev", redirectUris = new[] { box.Server.OAuthRedirectUri } });
        var theirs = (await box.ExchangeAsync(await box.CodeAsync(("client_id", "theirs")), ("client_id", "theirs"), ("client_secret", null))).Text("access_token");
        var token = (await box.SignInAsync()).Text("access_token");

        Assert.Equal("9", Remaining(await box.ApiAsync(token)));
        var unknown = (await box.ApiAsync("made-up+token/=")).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal("8", Remaining(unknown));
        Assert.Equal("Invalid instance token: made-up+token/=", unknown.Text("response"));
        Assert.False(unknown.Headers.Contains("WWW-Authenticate"));
        Assert.Equal("9", Remaining(await box.ApiAsync(theirs, app: "theirs", developer: "theirdev")));
        Assert.Equal("7", Remaining(await box.ApiAsync(token)));
    }

    [Fact]
    public async Task ATokenCanBeMadeToExpire()
    {
        await using var box = await OAuthBox.StartAsync();
        var (one, two) = (await box.SignInAsync(), await box.SignInAsync());

        Assert.Equal(1, (await box.AdminAsync("tokens/expire", new { token = one.Text("access_token") })).GetProperty("expired").GetInt32());
        Assert.Equal("Authorization token expired", (await box.ApiAsync(one.Text("access_token"))).Expect(HttpStatusCode.Unauthorized).Text("response"));
        (await box.ApiAsync(two.Text("access_token"))).Expect(HttpStatusCode.OK);
        await box.AdminAsync("oauth/expire", new { accessTokens = true });
        (await box.ApiAsync(two.Text("access_token"))).Expect(HttpStatusCode.Unauthorized);

        // The refresh tokens still work, until they are made to expire too.
        Assert.Equal(604_800, (await box.RefreshAsync(one.Text("refresh_token"))).Expect(HttpStatusCode.OK).Json.GetProperty("expires_in").GetInt64());
        await box.AdminAsync("oauth/expire", new { refreshTokens = true });
        Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(two.Text("refresh_token"))).Body);
    }

    [Fact]
    public async Task ARevokedInstallationIsGoneAndTheNextOneIsNew()
    {
        await using var box = await OAuthBox.StartAsync();
        var first = await box.SignInAsync();
        var again = await box.SignInAsync();
        Assert.Equal(first.Text("installation_instance_id"), again.Text("installation_instance_id"));
        var other = await box.ExchangeAsync(await box.CodeAsync(("client_id", "sandbox_public")), ("client_id", "sandbox_public"), ("client_secret", null));

        Assert.Equal(2, (await box.AdminAsync("oauth/revoke", new { account = "sandbox", clientId = "sandbox_oauth", installationInstanceId = 21 })).GetProperty("revoked").GetInt32());

        foreach (var tokens in new[] { first, again })
        {
            Assert.Equal("Invalid instance token: " + tokens.Text("access_token"), (await box.ApiAsync(tokens.Text("access_token"))).Expect(HttpStatusCode.Unauthorized).Text("response"));
            Assert.Equal(OAuthBox.Gone, (await box.RefreshAsync(tokens.Text("refresh_token"))).Expect(HttpStatusCode.BadRequest).Body);
        }

        (await box.ApiAsync(other.Text("access_token"), app: "sandbox_public")).Expect(HttpStatusCode.OK);
        Assert.NotEqual(first.Text("installation_instance_id"), (await box.SignInAsync()).Text("installation_instance_id"));
        Assert.Equal(2, (await box.AdminAsync("oauth/revoke", new { })).GetProperty("revoked").GetInt32());
        (await box.ApiAsync(other.Text("access_token"), app: "sandbox_public")).Expect(HttpStatusCode.Unauthorized);
    }

    private static async Task<string> Accounts(OAuthBox box, string app, string developer = "sandboxdev") =>
        (await box.SendAsync(HttpMethod.Get, $"developer-tools/{developer}/installed-accounts/{app}")).Expect(HttpStatusCode.OK).Body;

    private static string Remaining(Reply reply) => reply.Headers.GetValues("brightpearl-requests-remaining").Single();
}
