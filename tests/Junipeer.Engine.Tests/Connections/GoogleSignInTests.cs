using System.Text.Json;
using Junipeer.BigQuery;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.Tests.GoogleSandbox;
using Junipeer.Tests.Http;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>A person signs in with Google in a browser, here curl; the sign-in is kept, renewed, and ends.</summary>
[Collection(DataHome.Collection)]
public sealed class GoogleSignInTests : IDisposable
{
    private readonly DataHome _home = new();
    private readonly Shelf _shelf = new();
    private readonly TestSink _sink = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_browser_brings_the_code_and_the_tokens_work()
    {
        await using var box = await SignInBoxAsync();

        var (connection, secret) = await SignInAsync(box);

        Assert.Equal("owner@example.com", connection.Principal);
        Assert.NotNull(secret.RefreshToken);
        Assert.Contains("Connected", await PageAsync());
        await using var client = Client(connection, secret);
        Assert.Null(await FaultOfAsync(client));
    }

    [Fact]
    public async Task A_refusal_is_told_here_and_on_the_page()
    {
        await using var box = await SignInBoxAsync();
        await box.AdminAsync("oauth", """{"autoApprove":"deny"}""");

        Assert.Equal("Junipeer.Authorization.Denied", (await Assert.ThrowsAsync<JunipeerException>(() => SignInAsync(box))).Fault.Id);
        Assert.Contains("Not connected", await PageAsync());
    }

    [Fact]
    public async Task A_scope_that_was_unticked_is_named()
    {
        await using var box = await SignInBoxAsync();
        await box.AdminAsync("oauth", """{"grantedScopes":["openid","email"]}""");

        var fault = (await Assert.ThrowsAsync<JunipeerException>(() => SignInAsync(box))).Fault;

        Assert.Equal("Junipeer.Authorization.ScopeMissing", fault.Id);
        Assert.Contains("ticked", fault.RecommendedAction);
    }

    [Fact]
    public async Task A_client_secret_that_is_wrong_is_named()
    {
        await using var box = await SignInBoxAsync();

        Assert.Equal("Junipeer.Authorization.ClientRefused", (await Assert.ThrowsAsync<JunipeerException>(() => SignInAsync(box, "GOCSPX-wrong"))).Fault.Id);
    }

    [Fact]
    public async Task A_sign_in_of_an_app_in_testing_is_said_to_end()
    {
        await using var box = await SignInBoxAsync();
        await box.AdminAsync("oauth", """{"testing":true}""");

        await SignInAsync(box);

        Assert.Contains(_sink.Warnings, w => w.Contains("in testing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_ended_is_renewed_and_the_refresh_token_stays()
    {
        await using var box = await SignInBoxAsync();
        var (connection, secret) = await SignInAsync(box);
        await using var client = Client(connection, secret);
        await box.AdminAsync("oauth/expire", JsonSerializer.Serialize(new { token = secret.AccessToken }));

        Assert.Null(await FaultOfAsync(client));

        var kept = _shelf[connection.SecretReference];
        Assert.Equal(secret.RefreshToken, kept.RefreshToken);
        Assert.NotEqual(secret.AccessToken, kept.AccessToken);
    }

    [Theory]
    [InlineData("oauth/revoke", "Junipeer.Token.RefreshRefused")]
    [InlineData("oauth/invalid-rapt", "Junipeer.Token.SessionEnded")]
    public async Task A_sign_in_that_is_over_says_what_to_run(string end, string id)
    {
        await using var box = await SignInBoxAsync();
        var (connection, secret) = await SignInAsync(box);
        await using var client = Client(connection, secret);
        await box.AdminAsync(end, """{}""");
        await box.AdminAsync("oauth/expire", """{}""");

        var fault = await FaultOfAsync(client);

        Assert.Equal(id, fault?.Id);
        Assert.Contains("Connect-BigQuery", fault!.RecommendedAction);
    }

    private static async Task<GoogleBox> SignInBoxAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "BROWSER chooses a browser on Linux only");
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "curl"))), "there is no curl to stand in for a browser");
        return await GoogleBox.StartAsync();
    }

    private async Task<(BigQueryConnection Connection, SecretDocument Secret)> SignInAsync(GoogleBox box, string? clientSecret = null)
    {
        var browser = _home.FileOf("browser.sh");
        await File.WriteAllTextAsync(browser, $"#!/bin/sh\ncurl --silent --location --max-time 30 --output '{Page}.part' \"$1\"; mv '{Page}.part' '{Page}'\n", GoogleBox.Stop);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(browser, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("BROWSER", browser);
        var connection = new BigQueryConnection
        {
            Name = "google",
            Project = box.Server.GoogleProject,
            Kind = BigQueryAuthentication.User,
            BaseUri = box.Server.GoogleUri,
            SecretReference = SecretReference.InMemory(),
            OAuth = new OAuthSettings
            {
                ClientId = box.Server.GoogleClientId,
                AuthorizeUri = new Uri(box.Server.GoogleUri, "/o/oauth2/v2/auth"),
                TokenUri = new Uri(box.Server.GoogleUri, "/token"),
                RedirectUri = new Uri($"http://127.0.0.1:{SignInDesk.FreePort()}/"),
            },
        };
        return await BigQuerySignIn.RunAsync(connection, new SignIn { Timeout = TimeSpan.FromSeconds(30) }, clientSecret ?? box.Server.GoogleClientSecret, _sink, GoogleBox.Stop);
    }

    private string Page => _home.FileOf("page.html");

    /// <summary>The last page of the browser; it may still be writing it.</summary>
    private async Task<string> PageAsync()
    {
        for (var i = 0; i < 100 && !File.Exists(Page); i++) await Task.Delay(50, GoogleBox.Stop);
        return await File.ReadAllTextAsync(Page, GoogleBox.Stop);
    }

    private BigQueryClient Client(BigQueryConnection connection, SecretDocument secret)
    {
        _shelf[connection.SecretReference] = secret;
        return new BigQueryClient(connection, _shelf, TestAccount.Quick);
    }

    /// <summary>What a cheap call fails with; null when it does not.</summary>
    private async Task<JunipeerFault?> FaultOfAsync(BigQueryClient client)
    {
        try
        {
            await client.SendAsync<JsonDocument>(HttpMethod.Get, "projects", null, "list the projects", _sink, GoogleBox.Stop);
            return null;
        }
        catch (JunipeerException failed)
        {
            return failed.Fault;
        }
    }
}
