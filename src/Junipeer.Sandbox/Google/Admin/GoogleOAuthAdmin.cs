using System.Text.Json;
using Junipeer.Sandbox.Admin;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Rest;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Google.Admin;

/// <summary>Sign-in and who may do what. The tokens themselves are shown: they are made up.</summary>
internal sealed class GoogleOAuthAdmin(GoogleSandbox sandbox)
{
    private GoogleOAuth OAuth => sandbox.OAuth;

    public Task Handle(HttpContext http, string[] path) => (http.Request.Method, path) switch
    {
        ("GET", ["oauth"]) => AdminApi.Write(http, Describe()),
        ("POST" or "PUT", ["oauth"]) => Set(http),
        ("POST", ["oauth", "tokens"]) => Issue(http),
        ("POST", ["oauth", "expire"]) => End(http, t => t.ExpiresAtMs = 0, t => t.ExpiresAtMs = 0),
        ("POST", ["oauth", "revoke"]) => End(http, t => t.Revoked = true, t => OAuth.Tokens.EndFamily(t)),
        ("POST", ["oauth", "invalid-rapt"]) => End(http, t => t.Revoked = true, t => t.NeedsReauth = true),
        ("GET", ["principals"]) => AdminApi.Write(http, sandbox.Principals.All.Select(p => new { p.Email, p.Kind, p.Roles, datasets = p.DatasetRoles })),
        ("POST", ["principals"]) => SetPrincipal(http),
        _ => AdminApi.Write(http, new { error = $"There is no {http.Request.Method} /_sandbox/{string.Join('/', path)}; GET /_sandbox/ lists what there is." }, 404),
    };

    private object Describe() => new
    {
        client = new { clientId = OAuth.Client.Id, clientSecret = OAuth.Client.Secret, OAuth.Client.Name },
        serviceAccount = sandbox.Principals.ServiceAccount,
        settings = Settings(),
        accessTokens = OAuth.Tokens.Access.Select(t => new { token = t.Value, t.Principal, t.Scopes, t.Grant, works = OAuth.Tokens.Works(t), secondsLeft = (t.ExpiresAtMs - sandbox.Clock.ElapsedMs) / 1000.0 }),
        refreshTokens = OAuth.Tokens.Refresh.Select(t => new { token = t.Value, t.Principal, t.Scopes, t.Refreshes, works = OAuth.Tokens.Works(t) && !t.NeedsReauth, t.NeedsReauth, secondsLeft = (t.ExpiresAtMs - sandbox.Clock.ElapsedMs) / 1000.0 }),
    };

    private object Settings() => new
    {
        autoApprove = OAuth.Settings.Auto.ToString().ToLowerInvariant(), user = OAuth.Settings.User, grantedScopes = OAuth.Settings.GrantedScopes, testing = OAuth.Settings.Testing, clientState = OAuth.Settings.ClientState,
        accessTokenSeconds = OAuth.Settings.AccessLife.TotalSeconds, codeSeconds = OAuth.Settings.CodeLife.TotalSeconds, metadata = OAuth.Settings.Metadata, metadataAccount = OAuth.Settings.MetadataAccount,
    };

    private async Task Set(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "autoApprove", "user", "grantedScopes", "testing", "clientState", "accessTokenSeconds", "codeSeconds", "metadata", "metadataAccount");
        GoogleOAuthSettings settings = OAuth.Settings;
        if (body.Member("autoApprove") is { } auto)
        {
            settings.Auto = auto.ToString() switch { "off" or "False" => AutoConsent.Off, "allow" or "True" => AutoConsent.Allow, "deny" => AutoConsent.Deny, _ => throw new ArgumentException("autoApprove is off, allow or deny.") };
        }

        if (body.Text("user") is { } user)
        {
            settings.User = sandbox.Principals.Find(user) is { Kind: "user" } ? user : throw new ArgumentException($"There is no user {user}.");
        }

        if (body.Has("grantedScopes")) settings.GrantedScopes = body.Member("grantedScopes") is null ? null : [.. body.Texts("grantedScopes")];
        if (body.Flag("testing") is { } testing) settings.Testing = testing;
        if (body.Text("clientState") is { } state)
        {
            settings.ClientState = state is "ok" or "deleted_client" or "org_internal" or "admin_policy_enforced" ? state : throw new ArgumentException("clientState is ok, deleted_client, org_internal or admin_policy_enforced.");
        }

        if (body.Member("accessTokenSeconds") is { } life) settings.AccessLife = TimeSpan.FromSeconds(Math.Max(0.01, life.GetDouble()));
        if (body.Member("codeSeconds") is { } code) settings.CodeLife = TimeSpan.FromSeconds(Math.Max(0.01, code.GetDouble()));
        if (body.Flag("metadata") is { } metadata) settings.Metadata = metadata;
        if (body.Has("metadataAccount")) settings.MetadataAccount = body.Text("metadataAccount");
        await AdminApi.Write(http, Settings());
    }

    /// <summary>An access token for a test that is not about sign-in.</summary>
    private async Task Issue(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "principal", "scopes", "lifetimeSeconds", "refresh");
        Principal principal = sandbox.Principals.Find(body.Text("principal") ?? Principals.Owner) ?? throw new ArgumentException($"There is no principal {body.Text("principal")}.");
        string[] scopes = body.Member("scopes") is null ? [GoogleOAuth.ScopeRoot + "bigquery"] : [.. body.Texts("scopes")];
        RefreshToken? refresh = body.Flag("refresh") == true ? OAuth.Tokens.IssueRefresh(principal.Email, OAuth.Client.Id, scopes, OAuth.Settings.Testing ? TimeSpan.FromDays(7) : null) : null;
        AccessToken token = OAuth.Tokens.IssueAccess(principal.Email, scopes, "admin", body.Member("lifetimeSeconds") is { } life ? TimeSpan.FromSeconds(life.GetDouble()) : OAuth.Settings.AccessLife, refresh);
        await AdminApi.Write(http, new { accessToken = token.Value, refreshToken = refresh?.Value, principal = principal.Email, scopes });
    }

    private async Task End(HttpContext http, Action<AccessToken> access, Action<RefreshToken> refresh)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "token", "principal", "accessTokens", "refreshTokens");
        (string? token, string? principal) = (body.Text("token"), body.Text("principal"));
        AccessToken[] a = body.Flag("accessTokens") == false ? [] : [.. OAuth.Tokens.Access.Where(t => OAuth.Tokens.Works(t) && (token is null || t.Value == token) && (principal is null || t.Principal == principal))];
        RefreshToken[] r = body.Flag("refreshTokens") == false ? [] : [.. OAuth.Tokens.Refresh.Where(t => OAuth.Tokens.Works(t) && (token is null || t.Value == token) && (principal is null || t.Principal == principal))];
        Array.ForEach(a, access);
        Array.ForEach(r, refresh);
        await AdminApi.Write(http, new { accessTokens = a.Length, refreshTokens = r.Length });
    }

    private async Task SetPrincipal(HttpContext http)
    {
        JsonElement body = await AdminApi.Body(http);
        AdminApi.Only(body, "email", "kind", "roles", "dataset", "project");
        string email = body.Text("email") is { Length: > 0 } given ? given : throw new ArgumentException("A principal needs \"email\".");
        string[] roles = [.. body.Texts("roles")];
        Principal principal;
        if (body.Text("dataset") is { } dataset)
        {
            principal = sandbox.Principals.Find(email) ?? throw new ArgumentException($"There is no principal {email}.");
            principal.Grant(body.Text("project") ?? sandbox.Project, dataset, roles);
        }
        else
        {
            principal = sandbox.Principals.Put(email, body.Text("kind") ?? (email.EndsWith(".gserviceaccount.com", StringComparison.Ordinal) ? "serviceAccount" : "user"), roles);
        }

        await AdminApi.Write(http, new { principal.Email, principal.Kind, principal.Roles, datasets = principal.DatasetRoles });
    }
}
