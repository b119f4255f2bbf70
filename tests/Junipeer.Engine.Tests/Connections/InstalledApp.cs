using System.Globalization;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Sandbox;
using Junipeer.Tests.Http;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>An app installed in a sandbox, with its tokens on a shelf: signed in without the engine.</summary>
internal sealed class InstalledApp : IAsyncDisposable
{
    private InstalledApp(OAuthBox box) => Box = box;

    public OAuthBox Box { get; }

    public Shelf Shelf { get; } = new();

    public TestSink Sink { get; } = new();

    public RequestLedger Ledger { get; } = new();

    /// <summary>The connection; in memory unless a test changes it.</summary>
    public BrightpearlConnection Connection { get; set; } = null!;

    /// <summary>What is kept.</summary>
    public SecretDocument Document
    {
        get => Shelf[Connection.SecretReference];
        set => Shelf[Connection.SecretReference] = value;
    }

    public static async Task<InstalledApp> StartAsync(TimeSpan? life = null, params (string Name, string Value)[] quirks)
    {
        var app = new InstalledApp(await StartBoxAsync(life, quirks));
        app.Connection = ConnectionTo(app.Box.Server);
        app.Document = await app.SignInAsync();
        return app;
    }

    public static Task<OAuthBox> StartBoxAsync(TimeSpan? life = null, params (string Name, string Value)[] quirks) => OAuthBox.StartAsync(options: new SandboxOptions
    {
        Port = 0,
        Orders = 5,
        Quota = 100_000,
        AutoApprove = true,
        TokenLifetime = life ?? TimeSpan.FromDays(7),
        Quirks = quirks.ToDictionary(q => q.Name, q => q.Value),
    });

    public static BrightpearlConnection ConnectionTo(SandboxServer server) => new()
    {
        Name = "main",
        AccountCode = server.Account,
        AppReference = server.OAuthClientId,
        DeveloperReference = server.DeveloperReference,
        Kind = BrightpearlAuthentication.OAuth,
        BaseUri = server.BrightpearlUri,
        SecretReference = SecretReference.InMemory(),
        OAuth = new OAuthSettings
        {
            ClientId = server.OAuthClientId,
            AuthorizeUri = server.OAuthAuthorizeUri,
            TokenUri = server.OAuthTokenUri,
            RedirectUri = new Uri(server.OAuthRedirectUri),
        },
    };

    /// <summary>Signs in and gives what is to be kept.</summary>
    public async Task<SecretDocument> SignInAsync()
    {
        var answer = await Box.SignInAsync();
        var life = double.Parse(answer.Json.GetProperty("expires_in").ToString(), CultureInfo.InvariantCulture);
        return new SecretDocument
        {
            AccessToken = answer.Text("access_token"),
            RefreshToken = answer.Text("refresh_token"),
            ClientSecret = Box.Server.OAuthClientSecret,
            IssuedAt = DateTimeOffset.UtcNow,
            ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(life),
        };
    }

    public BrightpearlClient Client(TimeProvider? time = null, ISecretStore? store = null) =>
        new(Connection, store ?? Shelf, null, TestAccount.Quick with { Time = time ?? TimeProvider.System });

    /// <summary>A cheap good call; gives its status.</summary>
    public Task<int> ReadAsync(BrightpearlClient client) =>
        client.GetAsync("order-service/order-type", TestAccount.ReadJson, Ledger, Sink, OAuthBox.Stop);

    /// <summary>What a call fails with.</summary>
    public async Task<JunipeerFault> FaultOfAsync(BrightpearlClient client) => (await Assert.ThrowsAsync<JunipeerException>(() => ReadAsync(client))).Fault;

    /// <summary>How many refreshes the sandbox granted.</summary>
    public Task<int> RefreshesAsync() => Box.CountAsync("refresh_token", "issued");

    /// <summary>How many refreshes the sandbox was asked for, whatever came of them.</summary>
    public async Task<int> RefreshRequestsAsync() =>
        (await Box.LookAsync()).GetProperty("counters").GetProperty("tokens").TryGetProperty("refresh_token", out var outcomes)
            ? outcomes.EnumerateObject().Where(o => o.Name != "withheld").Sum(o => o.Value.GetInt32())
            : 0;

    /// <summary>Ends every access token at the sandbox, which nobody here can know.</summary>
    public Task EndTokensAsync() => Box.AdminAsync("tokens/expire", new { });

    public ValueTask DisposeAsync() => Box.DisposeAsync();
}
