using System.Net;
using Junipeer.Sandbox.Admin;
using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Junipeer.Sandbox.Brightpearl.World;
using Junipeer.Sandbox.Google;
using Junipeer.Sandbox.Google.Admin;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Hosting;
using Junipeer.Sandbox.Norce;
using Junipeer.Sandbox.Norce.Admin;
using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;
using Junipeer.Sandbox.Norce.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Junipeer.Sandbox;

/// <summary>A running sandbox on the loopback interface.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly BrightpearlSandbox _brightpearl;
    private readonly GoogleSandbox _google;
    private readonly NorceSandbox _norce;

    private SandboxServer(WebApplication app, BrightpearlSandbox brightpearl, GoogleSandbox google, NorceSandbox norce, int port)
    {
        _app = app;
        _brightpearl = brightpearl;
        _google = google;
        _norce = norce;
        BrightpearlUri = new Uri($"http://127.0.0.1:{port}/");
        AdminUri = new Uri(BrightpearlUri, "_sandbox/");
        NorceUri = new Uri($"http://127.0.0.1:{port + 1}/");
        NorceAdminUri = new Uri(NorceUri, "_sandbox/");
        GoogleUri = new Uri($"http://127.0.0.1:{port + 2}/");
        GoogleAdminUri = new Uri(GoogleUri, "_sandbox/");
        brightpearl.Host = $"127.0.0.1:{port}";
        norce.Host = $"127.0.0.1:{port + 1}";
        google.Host = $"127.0.0.1:{port + 2}";
    }

    /// <summary>Where the Brightpearl API answers: <c>{BrightpearlUri}public-api/{Account}/...</c>.</summary>
    public Uri BrightpearlUri { get; }

    /// <summary>Where the sandbox is steered from.</summary>
    public Uri AdminUri { get; }

    /// <summary>Where Norce answers: <c>{NorceUri}commerce/...</c> and <c>{NorceUri}identity/...</c>.</summary>
    public Uri NorceUri { get; }

    /// <summary>Where the Norce side is steered from.</summary>
    public Uri NorceAdminUri { get; }

    /// <summary>The client (tenant) name, which at Norce stands in the host.</summary>
    public string NorceSlug => NorceSandbox.Slug;

    /// <summary>The environment, as the scope of a token names it.</summary>
    public string NorceEnvironment => _norce.Environment;

    /// <summary>The OAuth user of the integration.</summary>
    public string NorceClientId => NorceIdentity.Main.Id;

    /// <summary>The secret of <see cref="NorceClientId"/>.</summary>
    public string NorceClientSecret => NorceIdentity.Main.Secret;

    /// <summary>The application that is the integration's context.</summary>
    public int NorceApplicationId => NorceSandbox.FirstApplication;

    /// <summary>The key of <see cref="NorceApplicationId"/>, which imports of customers ask for.</summary>
    public string NorceApplicationKey => NorceSandbox.Applications[0].Key;

    /// <summary>The system account that imports are logged on.</summary>
    public int NorceAccountId => NorceSandbox.AccountId;

    /// <summary>Where BigQuery and Google's sign-in answer.</summary>
    public Uri GoogleUri { get; }

    /// <summary>Where the Google side is steered from.</summary>
    public Uri GoogleAdminUri { get; }

    /// <summary>The project with everything in it.</summary>
    public string GoogleProject => _google.Project;

    /// <summary>Where the dataset <c>existing</c> is.</summary>
    public string GoogleLocation => GoogleSandbox.SeededLocation;

    /// <summary>The client id of the desktop app.</summary>
    public string GoogleClientId => _google.OAuth.Client.Id;

    /// <summary>The client secret of the desktop app.</summary>
    public string GoogleClientSecret => _google.OAuth.Client.Secret;

    /// <summary>The service account's key file, as JSON; its token server is this sandbox.</summary>
    public string GoogleServiceAccountKey => _google.OAuth.ServiceAccountJson();

    /// <summary>The service account's address.</summary>
    public string GoogleServiceAccount => _google.Principals.ServiceAccount;

    /// <summary>The account code.</summary>
    public string Account => _brightpearl.Tokens.Account;

    /// <summary>An account that exists but does not accept these tokens.</summary>
    public string OtherAccount => _brightpearl.Tokens.OtherAccount;

    /// <summary>The app reference of the private app and of bearer tokens.</summary>
    public string AppReference => _brightpearl.Tokens.AppReference;

    /// <summary>The developer reference that goes with a bearer token.</summary>
    public string DeveloperReference => _brightpearl.Tokens.DeveloperReference;

    /// <summary>The staff token of the private app.</summary>
    public string StaffToken => _brightpearl.Tokens.StaffToken;

    /// <summary>The account token of the private app.</summary>
    public string AccountToken => _brightpearl.Tokens.AccountToken;

    /// <summary>The client id of the confidential OAuth app.</summary>
    public string OAuthClientId => OAuthApps.ConfidentialClient;

    /// <summary>The client secret of the confidential OAuth app.</summary>
    public string OAuthClientSecret => OAuthApps.Secret;

    /// <summary>The client id of the public OAuth app, which has no secret.</summary>
    public string OAuthPublicClientId => OAuthApps.PublicClient;

    /// <summary>The redirect URI that both OAuth apps start with.</summary>
    public string OAuthRedirectUri => OAuthApps.RedirectUri;

    /// <summary>All redirect URIs of the confidential app.</summary>
    public IReadOnlyList<string> OAuthRedirectUris => _brightpearl.OAuth.Apps.Find(OAuthApps.ConfidentialClient)!.RedirectUris;

    /// <summary>Where a person allows an app: <c>{BrightpearlUri}authorize/{Account}</c>.</summary>
    public Uri OAuthAuthorizeUri => new(BrightpearlUri, "authorize/" + Account);

    /// <summary>Where codes and refresh tokens are exchanged, the account code in the form.</summary>
    public Uri OAuthTokenUri => new(BrightpearlUri, "oauth/token");

    /// <summary>Builds the account and starts to listen.</summary>
    /// <param name="options">How to start.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>The running sandbox.</returns>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        SandboxClock clock = new(options.Start ?? DateTimeOffset.UtcNow);
        BrightpearlSandbox sandbox = Build(options, clock);
        GoogleSandbox google = new(clock);
        NorceSandbox norce = new(clock, new CatalogueSource(sandbox.World));
        google.OAuth.Settings.Auto = options.AutoApprove ? AutoConsent.Allow : AutoConsent.Off;
        for (int attempt = 1; ; attempt++)
        {
            int port = Ports.Find(options.Port);
            WebApplication app = Host(sandbox, google, norce, port);
            try
            {
                await app.StartAsync(cancellationToken);
                return new SandboxServer(app, sandbox, google, norce, port);
            }
            catch (IOException) when (options.Port == 0 && attempt < 10)
            {
                await app.DisposeAsync();
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Completes when the sandbox has been told to stop (by a signal, or by disposing it).</summary>
    /// <param name="cancellationToken">Stops the sandbox.</param>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _brightpearl.Faults.ReleaseAll();
        _google.Faults.ReleaseAll();
        _norce.Dispose();

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _google.Dispose();
    }

    private static BrightpearlSandbox Build(SandboxOptions options, SandboxClock clock)
    {
        if (options.Orders < 0 || options.Products < 1 || options.Quota < 1 || options.QuotaWindow < TimeSpan.FromMilliseconds(100))
        {
            throw new ArgumentException("Orders must be 0 or more, products 1 or more, the quota 1 or more, its window 0.1 seconds or more.");
        }

        if (options.TokenLifetime < TimeSpan.FromSeconds(1) || options.RefreshTokenLifetime < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException("Tokens live 1 second or more.");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out TimeZoneInfo? zone))
        {
            throw new ArgumentException($"There is no time zone '{options.TimeZone}'.");
        }

        BrightpearlSandbox sandbox = new(options, clock, new AccountTime(zone));
        sandbox.OAuth.Settings.Auto = options.AutoApprove ? AutoApprove.Allow : AutoApprove.Off;
        sandbox.OAuth.Settings.AccessLife = options.TokenLifetime;
        sandbox.OAuth.Settings.RefreshLife = options.RefreshTokenLifetime;
        foreach (OAuthApp app in sandbox.OAuth.Apps.All)
        {
            sandbox.OAuth.Apps.Put(app with { RedirectUris = [.. app.RedirectUris.Union(options.RedirectUris)] });
        }

        foreach ((string name, string value) in options.Quirks)
        {
            if (sandbox.Quirks.Set(name, value) is { } wrong)
            {
                throw new ArgumentException(wrong);
            }
        }

        return sandbox;
    }

    private static WebApplication Host(BrightpearlSandbox sandbox, GoogleSandbox google, NorceSandbox norce, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 1024 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, port + 1, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, port + 2, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication app = builder.Build();
        Gateway gateway = new(sandbox);
        AdminApi admin = new(sandbox);
        GoogleGateway googleGateway = new(google);
        GoogleAdmin googleAdmin = new(google);
        NorceGateway norceGateway = new(norce);
        NorceAdmin norceAdmin = new(norce);
        app.Run(http =>
        {
            RequestTarget target = RequestTarget.Parse(http.Features.Get<IHttpRequestFeature>()!.RawTarget);
            bool steering = target.Segments is ["_sandbox", ..];
            return (http.Connection.LocalPort - port) switch
            {
                1 => steering ? norceAdmin.Handle(http, target) : norceGateway.Handle(http, target),
                2 => steering ? googleAdmin.Handle(http, target) : googleGateway.Handle(http, target),
                _ => steering ? admin.Handle(http, target) : gateway.Handle(http, target),
            };
        });
        return app;
    }
}
