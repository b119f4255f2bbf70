using System.Collections.Concurrent;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>An app that accounts can install; with a secret it is a confidential one.</summary>
internal sealed record OAuthApp(string ClientId, string Name, string? Secret, string DeveloperReference, IReadOnlyList<string> RedirectUris)
{
    public bool Confidential => Secret is not null;
}

/// <summary>The registered apps.</summary>
internal sealed class OAuthApps
{
    public const string ConfidentialClient = "sandbox_oauth";
    public const string PublicClient = "sandbox_public";
    public const string RedirectUri = "http://127.0.0.1:53682/callback";

    /// <summary>Holds the characters that a client must encode in a form.</summary>
    public const string Secret = "oA7+sK/q3Zr9mXw2Vt5Nb8YcPd4LhGfJe6RuTi1WxQ0=";

    private readonly ConcurrentDictionary<string, OAuthApp> _apps = new(StringComparer.Ordinal);

    public OAuthApps(string developerReference)
    {
        Put(new OAuthApp(ConfidentialClient, "Sandbox confidential app", Secret, developerReference, [RedirectUri]));
        Put(new OAuthApp(PublicClient, "Sandbox public app", null, developerReference, [RedirectUri]));
    }

    public IEnumerable<OAuthApp> All => _apps.Values.OrderBy(a => a.ClientId, StringComparer.Ordinal);

    public OAuthApp? Find(string? clientId) => clientId is null ? null : _apps.GetValueOrDefault(clientId);

    public void Put(OAuthApp app)
    {
        foreach (string uri in app.RedirectUris)
        {
            // The redirect is a Location header: it must be able to stand there, and hold the answer in its query.
            if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) || !Uri.IsWellFormedUriString(uri, UriKind.Absolute) || parsed.Fragment.Length > 0 || !uri.All(char.IsAscii))
            {
                throw new ArgumentException($"'{uri}' cannot be a redirect URI: an absolute one without fragment is needed.");
            }
        }

        _apps[app.ClientId] = app;
    }
}
