using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Tests.Http;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>Signing in with a browser of this machine: a script that follows the redirects, as a browser does.</summary>
[Collection(DataHome.Collection)]
public sealed class BrowserSignInTests : IDisposable
{
    private readonly DataHome _home = new();

    private string Page => _home.FileOf("page.html");

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_browser_brings_the_code_and_shows_how_it_ended(string host)
    {
        UseBrowser();
        await using var desk = await SignInDesk.OpenAsync(host);
        var sink = new AskingSink();

        var (connection, secret) = await desk.SignInAsync(new SignIn(), sink);

        (await desk.Box.ApiAsync(secret.AccessToken!)).Expect(HttpStatusCode.OK);
        Assert.Equal("21", connection.InstallationId);
        Assert.Equal(desk.Box.Server.BrightpearlUri.Authority, connection.BaseUri.Authority);
        Assert.StartsWith(desk.Connection.OAuth!.AuthorizeUri.AbsoluteUri, sink.Told.AbsoluteUri);
        var page = await PageAsync();
        Assert.Contains("Connected", page);
        Assert.DoesNotContain(secret.AccessToken!, page + sink.Everything);
    }

    [Fact]
    public async Task A_refusal_is_told_here_and_on_the_page()
    {
        UseBrowser();
        await using var desk = await SignInDesk.OpenAsync();
        await desk.Box.AdminAsync("oauth", new { autoApprove = "deny" });

        Assert.Equal("Junipeer.Authorization.Denied", (await desk.FaultOfAsync(new SignIn())).Id);

        Assert.Contains("Not connected", await PageAsync());
    }

    [Fact]
    public async Task A_refused_secret_is_told_here_and_on_the_page()
    {
        UseBrowser();
        await using var desk = await SignInDesk.OpenAsync();
        desk.Secret = "wrong";

        Assert.Equal("Junipeer.Authorization.ClientRefused", (await desk.FaultOfAsync(new SignIn())).Id);

        Assert.Contains("Not connected", await PageAsync());
    }

    [Fact]
    public async Task An_answer_to_another_sign_in_is_refused_and_its_code_not_used()
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "curl"))), "there is no curl to stand in for a browser");
        await using var desk = await SignInDesk.OpenAsync();
        var code = Uri.EscapeDataString(await desk.CodeAsync());
        Environment.SetEnvironmentVariable("BROWSER", Script($"curl --silent --max-time 30 --output '{Page}.part' '{desk.Connection.OAuth!.RedirectUri}?code={code}&state=of-another-sign-in'; mv '{Page}.part' '{Page}'"));

        Assert.Equal("Junipeer.Authorization.StateMismatch", (await desk.FaultOfAsync(new SignIn { Timeout = TimeSpan.FromSeconds(20) })).Id);

        Assert.Contains("Not connected", await PageAsync());
        Assert.Equal(0, await desk.ExchangesAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        UseBrowser();
        await using var desk = await SignInDesk.OpenAsync();
        using var other = new TcpListener(IPAddress.Loopback, desk.Connection.OAuth!.RedirectUri.Port);
        other.Start();

        var fault = await desk.FaultOfAsync(new SignIn());

        Assert.Equal("Junipeer.Authorization.PortInUse", fault.Id);
        Assert.Contains(desk.Connection.OAuth!.RedirectUri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), fault.Message);
    }

    [Fact]
    public async Task Nobody_signing_in_ends_with_the_time_limit_and_frees_the_port()
    {
        Environment.SetEnvironmentVariable("BROWSER", Script("exit 0"));
        await using var desk = await SignInDesk.OpenAsync();

        var fault = await desk.FaultOfAsync(new SignIn { Timeout = TimeSpan.FromSeconds(1) });

        Assert.Equal("Junipeer.Authorization.TimedOut", fault.Id);
        Assert.DoesNotContain("within 0 minutes", fault.Message);
        using var again = new TcpListener(IPAddress.Loopback, desk.Connection.OAuth!.RedirectUri.Port);
        again.Start();
    }

    [Fact]
    public async Task Stopping_the_command_ends_the_wait_at_once()
    {
        Environment.SetEnvironmentVariable("BROWSER", Script("exit 0"));
        await using var desk = await SignInDesk.OpenAsync();
        using var stop = new CancellationTokenSource();
        var signingIn = desk.SignInAsync(new SignIn(), new AskingSink(), stop.Token);
        await Task.Delay(300, OAuthBox.Stop);
        Assert.False(signingIn.IsCompleted);
        var clock = Stopwatch.StartNew();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signingIn);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Without_a_browser_a_person_is_asked_and_told_why()
    {
        await using var desk = await SignInDesk.OpenAsync();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems always have a browser");
        var sink = new AskingSink(async page => await desk.EndOfAsync(page));

        var (_, secret) = await desk.SignInAsync(new SignIn(), sink);

        Assert.NotNull(secret.AccessToken);
        Assert.Contains("no desktop", sink.Everything);
    }

    [Fact]
    public async Task Calls_go_to_the_host_the_sign_in_names_when_a_data_centre_was_given()
    {
        await using var desk = await SignInDesk.OpenAsync();
        desk.Connection = desk.Connection with { DataCenter = "euw1", BaseUri = BrightpearlConnection.AddressOf("euw1") };

        var (connection, secret) = await desk.SignInAsync(new SignIn { AuthorizationCode = await desk.CodeAsync() }, new AskingSink());

        Assert.Equal(desk.Box.Server.BrightpearlUri.Authority, connection.BaseUri.Authority);
        await using var client = new BrightpearlClient(connection, new Shelf { [connection.SecretReference] = secret }, null, TestAccount.Quick);
        Assert.Equal(200, await client.GetAsync("order-service/order-type", TestAccount.ReadJson, new RequestLedger(), new AskingSink(), OAuthBox.Stop));
    }

    [Fact]
    public async Task Calls_go_where_the_user_said_when_an_address_was_given()
    {
        await using var desk = await SignInDesk.OpenAsync();
        await desk.Box.AdminAsync("oauth", new { apiDomain = "127.0.0.1:9" });

        var (connection, _) = await desk.SignInAsync(new SignIn { AuthorizationCode = await desk.CodeAsync() }, new AskingSink());

        Assert.Equal(desk.Box.Server.BrightpearlUri, connection.BaseUri);
    }

    /// <summary>A browser that follows redirects and keeps the page it ends at.</summary>
    private void UseBrowser()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "BROWSER chooses a browser on Linux only");
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "curl"))), "there is no curl to stand in for a browser");
        Environment.SetEnvironmentVariable("BROWSER", Script($"curl --silent --location --max-time 30 --output '{Page}.part' \"$1\"; mv '{Page}.part' '{Page}'"));
    }

    private string Script(string body)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "BROWSER chooses a browser on Linux only");
        var file = _home.FileOf("browser.sh");
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private async Task<string> PageAsync()
    {
        for (var i = 0; i < 500 && !File.Exists(Page); i++) await Task.Delay(20, OAuthBox.Stop);
        return await File.ReadAllTextAsync(Page, OAuthBox.Stop);
    }
}
