using System.Net;
using System.Net.Sockets;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>A sandbox to sign in to, with a redirect address on a port that was free just now.</summary>
internal sealed class SignInDesk : IAsyncDisposable
{
    private SignInDesk(OAuthBox box, Uri redirect)
    {
        Box = box;
        var plain = InstalledApp.ConnectionTo(box.Server);
        Connection = plain with { OAuth = plain.OAuth! with { RedirectUri = redirect } };
    }

    public OAuthBox Box { get; }

    public BrightpearlConnection Connection { get; set; }

    public string? Secret { get; set; } = "";

    public static async Task<SignInDesk> OpenAsync(string host = "127.0.0.1")
    {
        var redirect = new Uri($"http://{host}:{FreePort()}/callback");
        var box = await InstalledApp.StartBoxAsync();
        await box.AdminAsync("oauth/apps", new { clientId = box.Server.OAuthClientId, redirectUris = new[] { redirect.OriginalString } });
        return new SignInDesk(box, redirect) { Secret = box.Server.OAuthClientSecret };
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public Task<(BrightpearlConnection Connection, SecretDocument Secret)> SignInAsync(SignIn how, IOperationSink sink, CancellationToken? stop = null) =>
        BrightpearlSignIn.RunAsync(Connection, how, Secret, sink, stop ?? OAuthBox.Stop);

    public async Task<JunipeerFault> FaultOfAsync(SignIn how, IOperationSink? sink = null) =>
        (await Assert.ThrowsAsync<JunipeerException>(() => SignInAsync(how, sink ?? new AskingSink()))).Fault;

    /// <summary>The address a browser ends at after the page of the system.</summary>
    public async Task<string> EndOfAsync(Uri page)
    {
        using var answer = await Box.Http.GetAsync(page, OAuthBox.Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>A code as a browser would bring it.</summary>
    public async Task<string> CodeAsync()
    {
        var answer = await Box.AuthorizeAsync(("redirect_uri", Connection.OAuth!.RedirectUri.OriginalString));
        return answer.Expect(HttpStatusCode.Redirect).Sent("code")!;
    }

    /// <summary>How many codes were brought to be changed, whatever came of them.</summary>
    public async Task<int> ExchangesAsync() =>
        (await Box.LookAsync()).GetProperty("counters").GetProperty("tokens").TryGetProperty("authorization_code", out var outcomes)
            ? outcomes.EnumerateObject().Sum(o => o.Value.GetInt32())
            : 0;

    public ValueTask DisposeAsync() => Box.DisposeAsync();
}
