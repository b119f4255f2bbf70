using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>A refusal of the token server.</summary>
internal sealed class GrantException(string error, string description, int status = 400) : Exception(description)
{
    public string Error => error;

    public string? Subtype { get; init; }

    public GoogleAnswer Answer()
    {
        JsonObject body = new() { ["error"] = error, ["error_description"] = Message };
        if (Subtype is { } subtype)
        {
            body["error_uri"] = "https://support.google.com/a/answer/9368756";
            body["error_subtype"] = subtype;
        }

        return GoogleAnswer.Json(body, status);
    }
}

/// <summary>POST /token and POST /revoke.</summary>
internal sealed class GoogleTokenEndpoint(GoogleSandbox sandbox)
{
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private GoogleOAuth OAuth => sandbox.OAuth;

    /// <summary>The grant of a form, by a short name for counters and faults.</summary>
    public static string Verb(Parameters form) => form["grant_type"] switch { "authorization_code" => "EXCHANGE", "refresh_token" => "REFRESH", JwtBearer => "ASSERTION", _ => "POST" };

    public GoogleAnswer Answer(Parameters form, string? authorization)
    {
        if (form.Repeated is { } twice)
        {
            throw new GrantException("invalid_request", $"Parameter not allowed to repeat: {twice}");
        }

        JsonObject body = form["grant_type"] switch
        {
            null => throw new GrantException("invalid_request", "Required parameter is missing: grant_type"),
            "authorization_code" => Exchange(form, authorization),
            "refresh_token" => Refresh(form, authorization),
            JwtBearer => Assertion(form),
            var other => throw new GrantException("unsupported_grant_type", $"Invalid grant_type: {other}"),
        };
        GoogleAnswer answer = GoogleAnswer.Json(body);
        answer.Headers["Cache-Control"] = "no-cache, no-store, max-age=0, must-revalidate";
        answer.Headers["Pragma"] = "no-cache";
        return answer;
    }

    public GoogleAnswer Revoke(string? token) =>
        token is null ? throw new GrantException("invalid_request", "Required parameter is missing: token")
        : OAuth.Tokens.Revoke(token) ? GoogleAnswer.Json(new JsonObject()) : throw new GrantException("invalid_token", "Token expired or revoked");

    private JsonObject Exchange(Parameters form, string? authorization)
    {
        CheckClient(form, authorization);
        string code = Needed(form, "code");
        string redirect = Needed(form, "redirect_uri");
        ConsentCode given = sandbox.Consent.TakeCode(code) ?? throw new GrantException("invalid_grant", code.StartsWith("4/0A", StringComparison.Ordinal) ? "Bad Request" : "Malformed auth code.");
        if (given.Request.RedirectUri != redirect)
        {
            throw new GrantException("redirect_uri_mismatch", "Bad Request");
        }

        string? verifier = form["code_verifier"];
        if (given.Request.Challenge is not null && verifier is null)
        {
            throw new GrantException("invalid_grant", "Missing code verifier.");
        }

        if (verifier is not null && (given.Request.Challenge is null || !given.Request.Proves(verifier)))
        {
            throw new GrantException("invalid_grant", "Invalid code verifier.");
        }

        TimeSpan? life = OAuth.Settings.Testing ? TimeSpan.FromDays(7) : null;
        RefreshToken? refresh = given.WithRefresh ? OAuth.Tokens.IssueRefresh(given.Principal, OAuth.Client.Id, given.Granted, life) : null;
        return Issue(given.Principal, given.Granted, "authorization_code", refresh, refresh is not null);
    }

    private JsonObject Refresh(Parameters form, string? authorization)
    {
        CheckClient(form, authorization);
        RefreshToken token = OAuth.Tokens.FindRefresh(Needed(form, "refresh_token")) ?? throw new GrantException("invalid_grant", "Bad Request");
        if (token.NeedsReauth)
        {
            throw new GrantException("invalid_grant", "reauth related error (invalid_rapt)") { Subtype = "invalid_rapt" };
        }

        if (!OAuth.Tokens.Works(token) || sandbox.Principals.Find(token.Principal) is null)
        {
            throw new GrantException("invalid_grant", "Token has been expired or revoked.");
        }

        token.LastUsedMs = sandbox.Clock.ElapsedMs;
        token.Refreshes++;
        return Issue(token.Principal, token.Scopes, "refresh_token", token, false);
    }

    private JsonObject Issue(string principal, IEnumerable<string> scopes, string grant, RefreshToken? family, bool showRefresh)
    {
        string[] granted = [.. scopes];
        AccessToken access = OAuth.Tokens.IssueAccess(principal, granted.Select(GoogleOAuth.FullName), grant, OAuth.Settings.AccessLife, family);
        JsonObject body = new() { ["access_token"] = access.Value, ["expires_in"] = ExpiresIn };
        if (showRefresh)
        {
            body["refresh_token"] = family!.Value;
        }

        body["scope"] = string.Join(' ', granted.Select(GoogleOAuth.FullName));
        body["token_type"] = "Bearer";
        if (granted.Contains("openid"))
        {
            body["id_token"] = IdToken(principal, granted);
        }

        if (family?.ExpiresAtMs is { } ends)
        {
            body["refresh_token_expires_in"] = Math.Max(0, (ends - sandbox.Clock.ElapsedMs) / 1000);
        }

        return body;
    }

    private JsonObject Assertion(Parameters form)
    {
        string assertion = Needed(form, "assertion");
        (JsonElement header, JsonElement claims) = Jwt.Read(assertion) ?? throw new GrantException("invalid_grant", "Invalid JWT: Failed to parse.");
        _ = header;
        if (claims.Claim("iss") is not { } issuer || issuer != sandbox.Principals.ServiceAccount || sandbox.Principals.Find(issuer) is null)
        {
            throw new GrantException("invalid_grant", "Invalid grant: account not found");
        }

        if (!Jwt.Verify(assertion, OAuth.ServiceKey))
        {
            throw new GrantException("invalid_grant", "Invalid JWT Signature.");
        }

        if (claims.Claim("aud") is not { } audience || !(audience == OAuth.TokenUri || audience is "https://oauth2.googleapis.com/token" or "https://accounts.google.com/o/oauth2/token" or "https://www.googleapis.com/oauth2/v4/token"))
        {
            throw new GrantException("invalid_grant", "Invalid JWT: Failed audience check.");
        }

        CheckWindow(claims);
        if (claims.Claim("sub") is { } subject && subject != issuer)
        {
            throw new GrantException("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", 401);
        }

        string[] scopes = (claims.Claim("scope") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (scopes.Length == 0 || !scopes.All(GoogleOAuth.Known))
        {
            throw new GrantException("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
        }

        AccessToken access = OAuth.Tokens.IssueAccess(issuer, scopes.Select(GoogleOAuth.FullName), "assertion", OAuth.Settings.AccessLife);
        return new JsonObject { ["access_token"] = access.Value, ["expires_in"] = ExpiresIn, ["token_type"] = "Bearer" };
    }

    /// <summary>An assertion lives an hour at most, and both its times must be near the server's.</summary>
    private void CheckWindow(JsonElement claims)
    {
        long now = sandbox.Clock.NowMs / 1000;
        if (claims.Time("iat") is not { } issued || claims.Time("exp") is not { } ends || ends - issued is < 0 or > 3600 || issued > now + Window.TotalSeconds || ends < now - Window.TotalSeconds)
        {
            throw new GrantException("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.");
        }
    }

    /// <summary>A service account's own token, sent as a bearer without asking the token server.</summary>
    public GoogleCaller? SelfSigned(string bearer)
    {
        if (Jwt.Read(bearer) is not { } read || read.Claims.Claim("iss") != sandbox.Principals.ServiceAccount || read.Claims.Claim("sub") != sandbox.Principals.ServiceAccount || !Jwt.Verify(bearer, OAuth.ServiceKey))
        {
            return null;
        }

        long now = sandbox.Clock.NowMs / 1000;
        if (read.Claims.Time("iat") is not { } issued || read.Claims.Time("exp") is not { } ends || ends - issued > 3600 || issued > now + Window.TotalSeconds || ends < now
            || sandbox.Principals.Find(sandbox.Principals.ServiceAccount) is not { } principal)
        {
            return null;
        }

        // With an audience instead of scopes the token is good for all of that service.
        string[] scopes = read.Claims.Claim("scope") is { } text ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : read.Claims.Claim("aud") is { } audience && (audience.StartsWith("https://bigquery.googleapis.com/", StringComparison.Ordinal) || audience == $"http://{sandbox.Host}/") ? [GoogleOAuth.ScopeRoot + "bigquery"]
            : [];
        return scopes.Length == 0 ? null : new GoogleCaller(principal, scopes.ToHashSet());
    }

    private void CheckClient(Parameters form, string? authorization)
    {
        (string? id, string? secret) = (form["client_id"], form["client_secret"]);
        if (authorization?.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) == true)
        {
            string[] pair = Encoding.UTF8.GetString(Convert.FromBase64String(authorization[6..])).Split(':', 2);
            (id, secret) = (Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : null);
        }

        if (id is null)
        {
            throw new GrantException("invalid_request", "Could not determine client ID from request.");
        }

        if (id != OAuth.Client.Id)
        {
            throw new GrantException("invalid_client", "The OAuth client was not found.", 401);
        }

        if (OAuth.Settings.ClientState == "deleted_client")
        {
            throw new GrantException("deleted_client", "The OAuth client was deleted.", 401);
        }

        if (secret is null)
        {
            throw new GrantException("invalid_request", "client_secret is missing.");
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(OAuth.Client.Secret)))
        {
            throw new GrantException("invalid_client", "Unauthorized", 401);
        }
    }

    private string IdToken(string principal, string[] scopes)
    {
        long now = sandbox.Clock.NowMs / 1000;
        Dictionary<string, object> claims = new()
        {
            ["iss"] = "https://accounts.google.com", ["azp"] = OAuth.Client.Id, ["aud"] = OAuth.Client.Id, ["sub"] = sandbox.Principals.Find(principal)!.Id, ["iat"] = now, ["exp"] = now + 3600,
        };
        if (scopes.Any(s => s == "email" || s.EndsWith("/userinfo.email", StringComparison.Ordinal)))
        {
            claims["email"] = principal;
            claims["email_verified"] = true;
        }

        return Jwt.Make(OAuth.IdKey, "sandbox", claims);
    }

    private long ExpiresIn => Math.Max(1, (long)OAuth.Settings.AccessLife.TotalSeconds - 1);

    private static string Needed(Parameters form, string name) => form[name] ?? throw new GrantException("invalid_request", $"Missing required parameter: {name}");
}
