using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.Rest;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>The metadata server, the exchange of tokens from elsewhere, and impersonation of the service account.</summary>
internal sealed partial class OtherCredentials(GoogleSandbox sandbox)
{
    private GoogleOAuth OAuth => sandbox.OAuth;

    private string Account => OAuth.Settings.MetadataAccount ?? sandbox.Principals.ServiceAccount;

    public GoogleAnswer Metadata(GoogleCall call)
    {
        if (!OAuth.Settings.Metadata)
        {
            return Flavoured(GoogleAnswer.Text(404, "not found", "text/html; charset=UTF-8"));
        }

        if (call.Http.Request.Headers["Metadata-Flavor"].ToString() != "Google" || call.Http.Request.Headers.ContainsKey("X-Forwarded-For"))
        {
            return Flavoured(GoogleAnswer.Text(403, "<!DOCTYPE html><html><title>Error 403 (Forbidden)!!1</title><p>Missing Metadata-Flavor:Google header.</html>", "text/html; charset=UTF-8"));
        }

        string[] scopes = call.Query("scopes")?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [GoogleOAuth.ScopeRoot + "cloud-platform"];
        string path = string.Join('/', call.Target.Segments);
        string service = "computeMetadata/v1/instance/service-accounts/";
        return Flavoured(path switch
        {
            "" => GoogleAnswer.Text(200, "computeMetadata/\n", "application/text"),
            "computeMetadata/v1/project/project-id" => GoogleAnswer.Text(200, sandbox.Project, "application/text"),
            "computeMetadata/v1/universe/universe-domain" or "computeMetadata/v1/universe/universe_domain" => GoogleAnswer.Text(200, "googleapis.com", "application/text"),
            _ when path == service + "default/email" || path == service + Account + "/email" => GoogleAnswer.Text(200, Account, "application/text"),
            _ when path == service + "default/scopes" => GoogleAnswer.Text(200, string.Join('\n', scopes) + "\n", "application/text"),
            _ when path == service + "default/token" || path == service + Account + "/token" => Token(scopes),
            _ when path.TrimEnd('/') == service + "default" => GoogleAnswer.Json(new JsonObject { ["aliases"] = new JsonArray("default"), ["email"] = Account, ["scopes"] = new JsonArray([.. scopes.Select(s => JsonValue.Create(s))]) }),
            _ => GoogleAnswer.Text(404, "not found", "text/html; charset=UTF-8"),
        });
    }

    private GoogleAnswer Token(string[] scopes)
    {
        AccessToken token = OAuth.Tokens.IssueAccess(Account, scopes, "metadata", OAuth.Settings.AccessLife);
        return GoogleAnswer.Json(new JsonObject { ["access_token"] = token.Value, ["expires_in"] = Math.Max(1, (long)OAuth.Settings.AccessLife.TotalSeconds - 1), ["token_type"] = "Bearer" });
    }

    private static GoogleAnswer Flavoured(GoogleAnswer answer)
    {
        answer.Headers["Metadata-Flavor"] = "Google";
        answer.Headers["Server"] = "Metadata Server for VM";
        return answer;
    }

    /// <summary>STS: a token of another identity provider for one of Google's.</summary>
    public GoogleAnswer Exchange(Parameters form)
    {
        string Needed(string snake, string camel) => form[snake] ?? form[camel] ?? throw new GrantException("invalid_request", $"Missing required field {snake}");
        if (Needed("grant_type", "grantType") != "urn:ietf:params:oauth:grant-type:token-exchange")
        {
            throw new GrantException("unsupported_grant_type", "The grant type is not supported.");
        }

        if (!Pool().IsMatch(Needed("audience", "audience")))
        {
            throw new GrantException("invalid_target", "The target service indicated by the \"audience\" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn't exist.");
        }

        if (Needed("requested_token_type", "requestedTokenType") != "urn:ietf:params:oauth:token-type:access_token")
        {
            throw new GrantException("invalid_request", "Invalid requested token type.");
        }

        if (Needed("subject_token_type", "subjectTokenType") is not ("urn:ietf:params:oauth:token-type:jwt" or "urn:ietf:params:oauth:token-type:id_token"))
        {
            throw new GrantException("invalid_request", "Invalid subject token type.");
        }

        if (Jwt.Read(Needed("subject_token", "subjectToken")) is not { } subject || subject.Claims.Claim("iss") is null || subject.Claims.Claim("sub") is null)
        {
            throw new GrantException("invalid_grant", "Error connecting to the given credential's issuer.");
        }

        if (subject.Claims.Time("exp") is not { } ends || ends < sandbox.Clock.NowMs / 1000)
        {
            throw new GrantException("invalid_grant", "ID Token issued at a time that is stale to sign-in.");
        }

        string[] scopes = Needed("scope", "scope").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        AccessToken token = OAuth.Tokens.IssueAccess(Principals.Federated, scopes, "exchange", OAuth.Settings.AccessLife);
        return GoogleAnswer.Json(new JsonObject
        {
            ["access_token"] = token.Value, ["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token", ["token_type"] = "Bearer", ["expires_in"] = Math.Max(1, (long)OAuth.Settings.AccessLife.TotalSeconds - 1),
        });
    }

    public GoogleAnswer Impersonate(GoogleCall call)
    {
        if (!call.Caller.Scopes.Any(s => s is GoogleOAuth.ScopeRoot + "cloud-platform" or GoogleOAuth.ScopeRoot + "iam"))
        {
            throw new GoogleException(403, "insufficientPermissions", "Request had insufficient authentication scopes.");
        }

        string email = call.Path["account"];
        if (!call.Caller.Principal.May("iam.serviceAccounts.getAccessToken", sandbox.Project) || sandbox.Principals.Find(email) is not { Kind: "serviceAccount" })
        {
            throw GoogleException.Denied("Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).");
        }

        IReadOnlyList<string> scopes = call.Body.Texts("scope");
        if (scopes.Count == 0)
        {
            throw new GoogleException(400, "badRequest", "Request contains an invalid argument: scope is required.");
        }

        string life = call.Body.Text("lifetime") ?? "3600s";
        if (!life.EndsWith('s') || !double.TryParse(life[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || seconds is <= 0 or > 3600)
        {
            throw new GoogleException(400, "badRequest", $"The lifetime {life} is not between 0s and 3600s.");
        }

        AccessToken token = OAuth.Tokens.IssueAccess(email, scopes, "impersonation", TimeSpan.FromSeconds(seconds));
        return GoogleAnswer.Json(new JsonObject { ["accessToken"] = token.Value, ["expireTime"] = sandbox.Clock.Now.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) });
    }

    /// <summary>The body of an exchange as a form or as JSON.</summary>
    public static Parameters Form(byte[] body, string? contentType)
    {
        string text = System.Text.Encoding.UTF8.GetString(body);
        if (contentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return new Parameters(Brightpearl.Front.RequestTarget.Pairs(text));
        }

        JsonElement json = GoogleCall.Parse(body);
        return new Parameters([.. json.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).Select(p => (p.Name, p.Value.GetString()!))]);
    }

    [GeneratedRegex("^//iam\\.googleapis\\.com/projects/[0-9]+/locations/global/workloadIdentityPools/[^/]+/providers/[^/]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Pool();
}
