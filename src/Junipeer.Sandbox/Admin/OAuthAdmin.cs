using System.Text.Json;
using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Admin;

/// <summary>
/// What OAuth issued, and its switches. The tokens themselves are shown: they are made up, and whoever looks for a token
/// in a log has to know it.
/// </summary>
internal sealed class OAuthAdmin(BrightpearlSandbox sandbox)
{
    private OAuthServer OAuth => sandbox.OAuth;

    public Task Handle(HttpContext http, string[] path) => (http.Request.Method, path) switch
    {
        ("GET", []) => AdminApi.Write(http, Describe()),
        ("POST" or "PUT", []) => Set(http),
        ("POST", ["apps"]) => PutApp(http),
        ("POST", ["revoke"]) => Revoke(http),
        ("POST", ["expire"]) => Expire(http),
        _ => AdminApi.Write(http, new { error = $"There is no {http.Request.Method} /_sandbox/oauth/{string.Join('/', path)}; GET /_sandbox/ lists what there is." }, 404),
    };

    private object Describe() => OAuth.Grants.Read((codes, families) => new
    {
        accounts = new[] { sandbox.Tokens.Account, sandbox.Tokens.OtherAccount },
        settings = Settings(),
        apps = OAuth.Apps.All.Select(Describe).ToArray(),
        codes = codes.Select(Describe).ToArray(),
        families = families.Select(Describe).ToArray(),
        counters = OAuth.Counters.Describe(),
    });

    private object Settings() => new
    {
        autoApprove = OAuth.Settings.Auto.ToString().ToLowerInvariant(),
        accessTokenSeconds = OAuth.Settings.AccessLife.TotalSeconds,
        refreshTokenSeconds = OAuth.Settings.RefreshLife?.TotalSeconds,
        codeSeconds = OAuth.Settings.CodeLife.TotalSeconds,
        apiDomain = OAuth.Settings.ApiDomain ?? sandbox.Host,
    };

    private static object Describe(OAuthApp app) => new { app.ClientId, app.Name, app.Confidential, clientSecret = app.Secret, app.DeveloperReference, app.RedirectUris };

    private object Describe(AuthorizationCode code) => new
    {
        code = code.Value,
        clientId = code.Request.App.ClientId,
        account = code.Request.Account,
        redirectUri = code.Request.RedirectUri,
        issuedAt = code.IssuedAt,
        usedAt = code.UsedAt,
        family = code.Family,
        state = code.UsedAt is not null ? "used" : sandbox.Clock.ElapsedMs >= code.ExpiresAtMs ? "expired" : "issued",
    };

    private object Describe(TokenFamily family) => new
    {
        id = family.Id,
        clientId = family.App.ClientId,
        account = family.Account,
        installationInstanceId = family.InstanceId,
        refreshes = family.Refreshes,
        lastRefreshAt = family.Refreshes > 0 ? family.Current.At : (DateTimeOffset?)null,
        revokedAt = family.RevokedAt,
        current = new { accessToken = family.Current.Access.Token, refreshToken = family.Current.Refresh.Value },
        issued = family.Issued.Select(i => new
        {
            at = i.At,
            grant = i.Grant,
            accessToken = i.Access.Token,
            accessTokenState = sandbox.Tokens.Find(i.Access.Token) is { } bearer ? sandbox.Tokens.IsExpired(bearer) ? "expired" : "good" : "dead",
            accessTokenSecondsLeft = Math.Max(0, (i.Access.ExpiresAtElapsedMs - sandbox.Clock.ElapsedMs) / 1000.0),
            refreshToken = i.Refresh.Value,
            refreshTokenState = OAuth.Grants.Works(i.Refresh) ? "good" : "dead",
        }).ToArray(),
    };

    private async Task Set(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "autoApprove", "accessTokenSeconds", "refreshTokenSeconds", "codeSeconds", "apiDomain");

        // All of it is read before any of it counts.
        AutoApprove auto = body.TryGetProperty("autoApprove", out JsonElement a) ? Auto(a) : OAuth.Settings.Auto;
        TimeSpan access = Life(body, "accessTokenSeconds", OAuth.Settings.AccessLife) ?? throw new ArgumentException("accessTokenSeconds is a number.");
        TimeSpan? refresh = Life(body, "refreshTokenSeconds", OAuth.Settings.RefreshLife);
        TimeSpan code = Life(body, "codeSeconds", OAuth.Settings.CodeLife) ?? throw new ArgumentException("codeSeconds is a number.");
        string? domain = body.TryGetProperty("apiDomain", out JsonElement d) ? d.GetString() : OAuth.Settings.ApiDomain;
        (OAuth.Settings.Auto, OAuth.Settings.AccessLife, OAuth.Settings.RefreshLife, OAuth.Settings.CodeLife, OAuth.Settings.ApiDomain) = (auto, access, refresh, code, domain);
        await AdminApi.Write(http, Settings());
    }

    private async Task PutApp(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "clientId", "name", "clientSecret", "developerReference", "redirectUris", "removeRedirectUris");
        string id = body.TryGetProperty("clientId", out JsonElement c) && c.GetString() is { Length: > 0 } given ? given : throw new ArgumentException("An app needs \"clientId\".");
        OAuthApp before = OAuth.Apps.Find(id) ?? new OAuthApp(id, id, null, sandbox.Tokens.DeveloperReference, []);
        OAuthApp app = before with
        {
            Name = body.TryGetProperty("name", out JsonElement name) ? name.GetString()! : before.Name,
            Secret = body.TryGetProperty("clientSecret", out JsonElement secret) ? secret.GetString() : before.Secret,
            DeveloperReference = body.TryGetProperty("developerReference", out JsonElement developer) ? developer.GetString()! : before.DeveloperReference,
            RedirectUris = [.. before.RedirectUris.Union(Texts(body, "redirectUris")).Except(Texts(body, "removeRedirectUris"))],
        };
        OAuth.Apps.Put(app);
        await AdminApi.Write(http, Describe(app));
    }

    private async Task Revoke(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "account", "clientId", "installationInstanceId");
        string? account = body.TryGetProperty("account", out JsonElement a) ? a.GetString() : null;
        string? client = body.TryGetProperty("clientId", out JsonElement c) ? c.GetString() : null;
        int? instance = body.TryGetProperty("installationInstanceId", out JsonElement i) ? i.ValueKind == JsonValueKind.String ? int.Parse(i.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : i.GetInt32() : null;
        int revoked = OAuth.Grants.Revoke(f => (account is null || f.Account == account) && (client is null || f.App.ClientId == client) && (instance is null || f.InstanceId == instance));
        await AdminApi.Write(http, new { revoked });
    }

    private async Task Expire(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "accessTokens", "refreshTokens", "codes");
        await AdminApi.Write(http, new
        {
            accessTokens = Wanted(body, "accessTokens") ? sandbox.Tokens.Expire(null) : 0,
            refreshTokens = Wanted(body, "refreshTokens") ? OAuth.Grants.ExpireRefreshTokens() : 0,
            codes = Wanted(body, "codes") ? OAuth.Grants.ExpireCodes() : 0,
        });
    }

    private static bool Wanted(JsonElement body, string name) => body.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    private static IEnumerable<string> Texts(JsonElement body, string name) => body.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray().Select(t => t.GetString()!).ToArray() : [];

    private static AutoApprove Auto(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => AutoApprove.Allow,
        JsonValueKind.False => AutoApprove.Off,
        _ => value.GetString() switch
        {
            "off" => AutoApprove.Off,
            "allow" => AutoApprove.Allow,
            "deny" => AutoApprove.Deny,
            _ => throw new ArgumentException("autoApprove is off, allow or deny."),
        },
    };

    private static TimeSpan? Life(JsonElement body, string name, TimeSpan? before)
    {
        if (!body.TryGetProperty(name, out JsonElement value))
        {
            return before;
        }

        return value.ValueKind == JsonValueKind.Null
            ? null
            : value.GetDouble() is > 0 and <= int.MaxValue and double seconds ? TimeSpan.FromSeconds(seconds) : throw new ArgumentException($"{name} is more than 0.");
    }
}
