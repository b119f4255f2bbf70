using System.Security.Cryptography;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>An OAuth client of the type Desktop app.</summary>
internal sealed record DesktopClient(string Id, string Secret, string Name);

internal enum AutoConsent
{
    /// <summary>A person, or a browser that clicks.</summary>
    Off,

    /// <summary>The sandbox allows at once.</summary>
    Allow,

    /// <summary>The sandbox refuses at once.</summary>
    Deny,
}

/// <summary>What of sign-in can be set while the sandbox runs.</summary>
internal sealed class GoogleOAuthSettings
{
    public AutoConsent Auto { get; set; }

    /// <summary>Who is signed in at the browser.</summary>
    public string User { get; set; } = Principals.Owner;

    /// <summary>Scopes the person leaves ticked when consent is automatic; null leaves all.</summary>
    public string[]? GrantedScopes { get; set; }

    /// <summary>Publishing status Testing: refresh tokens end after seven days.</summary>
    public bool Testing { get; set; }

    /// <summary>ok, deleted_client, org_internal or admin_policy_enforced.</summary>
    public string ClientState { get; set; } = "ok";

    public TimeSpan AccessLife { get; set; } = TimeSpan.FromSeconds(3600);

    public TimeSpan CodeLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Lets the metadata server answer; off: this machine is not one of Google's.</summary>
    public bool Metadata { get; set; } = true;

    /// <summary>Who the metadata server speaks for; null is the seeded service account.</summary>
    public string? MetadataAccount { get; set; }
}

/// <summary>Sign-in of all kinds: https://developers.google.com/identity/protocols/oauth2 and its neighbours.</summary>
internal sealed class GoogleOAuth(GoogleSandbox sandbox) : IDisposable
{
    public const string ScopeRoot = "https://www.googleapis.com/auth/";

    public DesktopClient Client { get; } = new("414141414141-sandbox.apps.googleusercontent.com", "GOCSPX-sandbox-secret", "Junipeer");

    public GoogleOAuthSettings Settings { get; } = new();

    public TokenStore Tokens { get; } = new(sandbox.Clock);

    /// <summary>The key of the service account; made anew for every run, when somebody first needs it.</summary>
    public RSA ServiceKey { get; } = RSA.Create(2048);

    public string ServiceKeyId { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>What id tokens are signed with.</summary>
    public RSA IdKey { get; } = RSA.Create(2048);

    public string TokenUri => $"http://{sandbox.Host}/token";

    /// <summary>The JSON key file as the console hands it out, with this sandbox as its token server.</summary>
    public string ServiceAccountJson() => System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["project_id"] = sandbox.Project,
        ["private_key_id"] = ServiceKeyId,
        ["private_key"] = ServiceKey.ExportPkcs8PrivateKeyPem() + "\n",
        ["client_email"] = sandbox.Principals.ServiceAccount,
        ["client_id"] = "100000000000000000001",
        ["auth_uri"] = $"http://{sandbox.Host}/o/oauth2/v2/auth",
        ["token_uri"] = TokenUri,
        ["auth_provider_x509_cert_url"] = $"http://{sandbox.Host}/oauth2/v1/certs",
        ["client_x509_cert_url"] = $"http://{sandbox.Host}/robot/v1/metadata/x509/{Uri.EscapeDataString(sandbox.Principals.ServiceAccount)}",
        ["universe_domain"] = "googleapis.com",
    }, new System.Text.Json.JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Whether a scope is one that Google knows.</summary>
    public static bool Known(string scope) => scope is "openid" or "email" or "profile" || scope.StartsWith(ScopeRoot, StringComparison.Ordinal);

    public static string FullName(string scope) => scope switch { "email" => ScopeRoot + "userinfo.email", "profile" => ScopeRoot + "userinfo.profile", _ => scope };

    public void Dispose()
    {
        ServiceKey.Dispose();
        IdKey.Dispose();
    }
}
