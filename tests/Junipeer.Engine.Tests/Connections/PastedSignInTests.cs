using System.Net;
using Junipeer.Connections;
using Junipeer.Tests.Http;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>Signing in without a browser of this machine: a person pastes what the browser ended at, or gave it with the command.</summary>
public sealed class PastedSignInTests
{
    private static readonly SignIn Pasting = new() { NoBrowser = true };

    [Theory]
    [InlineData("address")]
    [InlineData("quoted address")]
    [InlineData("code")]
    [InlineData("encoded code")]
    public async Task What_a_person_pastes_signs_in(string what)
    {
        await using var desk = await SignInDesk.OpenAsync();
        var sink = new AskingSink(async page =>
        {
            var end = await desk.EndOfAsync(page);
            var code = Uri.UnescapeDataString(end.Split("code=")[1].Split('&')[0]);
            return what switch { "code" => $"  {code} ", "encoded code" => string.Concat(code.Select(c => Uri.HexEscape(c))), "quoted address" => $" \"{end}\" ", _ => end };
        });

        var (connection, secret) = await desk.SignInAsync(Pasting, sink);

        Assert.Single(sink.Prompts);
        (await desk.Box.ApiAsync(secret.AccessToken!)).Expect(HttpStatusCode.OK);
        Assert.NotNull(secret.RefreshToken);
        Assert.Equal("21", connection.InstallationId);
        Assert.InRange(connection.ExpiresAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
        Assert.DoesNotContain(secret.AccessToken!, sink.Everything);
        Assert.DoesNotContain(desk.Secret!, sink.Everything);
    }

    [Theory]
    [InlineData("oauth/token")]
    [InlineData("sandbox/oauth/token")]
    [InlineData("token/sandbox")]
    public async Task Every_generation_of_the_token_endpoint_serves_to_sign_in_and_to_renew(string path)
    {
        await using var desk = await SignInDesk.OpenAsync();
        desk.Connection = desk.Connection with { OAuth = desk.Connection.OAuth! with { TokenUri = new Uri(desk.Box.Server.BrightpearlUri, path) } };

        var (connection, secret) = await desk.SignInAsync(new SignIn { AuthorizationCode = await desk.CodeAsync() }, new AskingSink());

        var shelf = new Shelf { [connection.SecretReference] = secret };
        await desk.Box.AdminAsync("tokens/expire", new { });
        await using var client = new Junipeer.Brightpearl.BrightpearlClient(connection, shelf, null, TestAccount.Quick);
        Assert.Equal(200, await client.GetAsync("order-service/order-type", TestAccount.ReadJson, new Junipeer.Http.RequestLedger(), new AskingSink(), OAuthBox.Stop));
        Assert.Equal(1, await desk.Box.CountAsync("refresh_token", "issued"));
    }

    [Theory]
    [InlineData("?code=abc&state=another")]
    [InlineData("?code=abc")]
    [InlineData("?error=access_denied&state=another")]
    public async Task An_answer_of_another_sign_in_is_not_used(string query)
    {
        await using var desk = await SignInDesk.OpenAsync();
        var sink = new AskingSink(_ => Task.FromResult<string?>(desk.Connection.OAuth!.RedirectUri + query));

        Assert.Equal("Junipeer.Authorization.StateMismatch", (await desk.FaultOfAsync(Pasting, sink)).Id);

        Assert.Equal(0, await desk.ExchangesAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("no code at all")]
    public async Task Something_else_than_a_code_is_said_to_be_none(string pasted)
    {
        await using var desk = await SignInDesk.OpenAsync();

        Assert.Equal("Junipeer.Authorization.NoCode", (await desk.FaultOfAsync(Pasting, new AskingSink(_ => Task.FromResult<string?>(pasted)))).Id);

        Assert.Equal(0, await desk.ExchangesAsync());
    }

    [Fact]
    public async Task A_refusal_on_the_page_is_told()
    {
        await using var desk = await SignInDesk.OpenAsync();
        await desk.Box.AdminAsync("oauth", new { autoApprove = "deny" });
        var sink = new AskingSink(async page => await desk.EndOfAsync(page));

        Assert.Equal("Junipeer.Authorization.Denied", (await desk.FaultOfAsync(Pasting, sink)).Id);
    }

    [Fact]
    public async Task A_code_serves_once()
    {
        await using var desk = await SignInDesk.OpenAsync();
        var how = new SignIn { AuthorizationCode = await desk.CodeAsync() };
        await desk.SignInAsync(how, new AskingSink());

        Assert.Equal("Junipeer.Authorization.CodeRefused", (await desk.FaultOfAsync(how)).Id);
    }

    [Fact]
    public async Task A_code_serves_for_a_short_time()
    {
        await using var desk = await SignInDesk.OpenAsync();
        var how = new SignIn { AuthorizationCode = await desk.CodeAsync() };
        await desk.Box.AdminAsync("oauth/expire", new { codes = true });

        Assert.Equal("Junipeer.Authorization.CodeRefused", (await desk.FaultOfAsync(how)).Id);
    }

    [Fact]
    public async Task Another_redirect_address_is_named_as_the_cause()
    {
        await using var desk = await SignInDesk.OpenAsync();
        var how = new SignIn { AuthorizationCode = await desk.CodeAsync() };
        desk.Connection = desk.Connection with { OAuth = desk.Connection.OAuth! with { RedirectUri = new Uri(desk.Box.Server.OAuthRedirectUri) } };

        Assert.Equal("Junipeer.Authorization.RedirectMismatch", (await desk.FaultOfAsync(how)).Id);
    }

    [Theory]
    [InlineData(null, "Junipeer.Authorization.ClientSecretMissing")]
    [InlineData("wrong", "Junipeer.Authorization.ClientRefused")]
    public async Task A_confidential_app_needs_its_secret(string? secret, string id)
    {
        await using var desk = await SignInDesk.OpenAsync();
        var how = new SignIn { AuthorizationCode = await desk.CodeAsync() };
        desk.Secret = secret;

        Assert.Equal(id, (await desk.FaultOfAsync(how)).Id);
    }

    [Fact]
    public async Task A_code_whose_answer_is_lost_is_not_sent_again()
    {
        await using var desk = await SignInDesk.OpenAsync();
        var how = new SignIn { AuthorizationCode = await desk.CodeAsync() };
        await desk.Box.FaultAsync(new { kind = "drop-after", match = new { resource = "oauth-token", verb = "EXCHANGE" }, times = 1 });

        Assert.Equal("Junipeer.Token.EndpointUnreachable", (await desk.FaultOfAsync(how)).Id);
        Assert.Equal(1, await desk.Box.CountAsync("authorization_code", "issued"));
        Assert.Equal(0, await desk.Box.CountAsync("authorization_code", "invalid_grant"));
    }
}
