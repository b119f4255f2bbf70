using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>What an app asks a person for.</summary>
internal sealed record ConsentRequest(string RedirectUri, string[] Scopes, string? State, string? Challenge, string ChallengeMethod, bool Offline, bool Consent, string? LoginHint)
{
    public bool Proves(string verifier) => Challenge == (ChallengeMethod == "S256"
        ? Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_')
        : verifier);
}

/// <summary>A code that waits for its exchange.</summary>
internal sealed record ConsentCode(ConsentRequest Request, string Principal, string[] Granted, bool WithRefresh, long ExpiresAtMs);

/// <summary>The consent page. What is wrong with the request itself is said on a page, and sent nowhere.</summary>
internal sealed class ConsentEndpoint(GoogleSandbox sandbox)
{
    private readonly ConcurrentDictionary<string, ConsentRequest> _pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConsentCode> _codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _consented = new(StringComparer.Ordinal);

    private GoogleOAuth OAuth => sandbox.OAuth;

    public ConsentCode? TakeCode(string code) => _codes.TryRemove(code, out ConsentCode? found) && found.ExpiresAtMs > sandbox.Clock.ElapsedMs ? found : null;

    public GoogleAnswer Ask(GoogleCall call)
    {
        Parameters given = new(call.Target.Query);
        if (given.Repeated is { } twice)
        {
            return Refuse("invalid_request", $"Parameter given twice: {twice}");
        }

        string agent = call.Http.Request.Headers.UserAgent.ToString();
        if (agent.Contains("; wv)", StringComparison.Ordinal) || agent.Contains("WebView", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse("disallowed_useragent", "Embedded browsers are not allowed: use the system's own browser.", 403);
        }

        if (given["client_id"] is not { } client || client != OAuth.Client.Id)
        {
            return Refuse(given["client_id"] is null ? "invalid_request" : "invalid_client", given["client_id"] is null ? "Missing required parameter: client_id" : "The OAuth client was not found.", given["client_id"] is null ? 400 : 401);
        }

        if (OAuth.Settings.ClientState != "ok")
        {
            return Refuse(OAuth.Settings.ClientState, OAuth.Settings.ClientState switch
            {
                "deleted_client" => "The OAuth client was deleted.",
                "org_internal" => "This client is restricted to users within its organization.",
                _ => "Access to your account data is restricted by policies within your organization.",
            }, OAuth.Settings.ClientState == "deleted_client" ? 401 : OAuth.Settings.ClientState == "org_internal" ? 403 : 400);
        }

        if (given["redirect_uri"] is not { } redirect)
        {
            return Refuse("invalid_request", "Missing required parameter: redirect_uri");
        }

        if (redirect.StartsWith("urn:ietf:wg:oauth:2.0:oob", StringComparison.Ordinal))
        {
            return Refuse("invalid_request", "The out-of-band (OOB) flow has been blocked in order to keep users secure.");
        }

        if (!IsLoopback(redirect))
        {
            return Refuse("redirect_uri_mismatch", $"The redirect URI in the request, {redirect}, does not match the ones authorized for the OAuth client.");
        }

        string[] scopes = [.. (given["scope"] ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()];
        string? wrong = given["response_type"] != "code" ? "invalid_request: response_type must be code"
            : scopes.Length == 0 ? "invalid_request: Missing required parameter: scope"
            : Array.Find(scopes, s => !GoogleOAuth.Known(s)) is { } strange ? $"invalid_scope: Some requested scopes were invalid: {strange}"
            : given["code_challenge_method"] is not (null or "S256" or "plain") ? "invalid_request: code_challenge_method must be S256 or plain"
            : given["code_challenge_method"] is not null && given["code_challenge"] is null ? "invalid_request: code_challenge is missing"
            : given["code_challenge"] is { Length: < 43 or > 128 } ? "invalid_request: code_challenge has 43 to 128 characters"
            : given["access_type"] is not (null or "online" or "offline") ? "invalid_request: access_type must be online or offline"
            : null;
        if (wrong is not null)
        {
            string[] pair = wrong.Split(": ", 2);
            return Refuse(pair[0], pair[1]);
        }

        string[] prompts = (given["prompt"] ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ConsentRequest asked = new(redirect, scopes, given["state"], given["code_challenge"], given["code_challenge_method"] ?? "plain", given["access_type"] == "offline", prompts.Contains("consent"), given["login_hint"]);
        if (prompts.Contains("none"))
        {
            return Send(asked, ("error", "interaction_required"));
        }

        string user = sandbox.Principals.Find(asked.LoginHint) is { Kind: "user" } hinted ? hinted.Email : OAuth.Settings.User;
        if (OAuth.Settings.Auto != AutoConsent.Off)
        {
            return OAuth.Settings.Auto == AutoConsent.Deny ? Send(asked, ("error", "access_denied")) : Finish(asked, user, OAuth.Settings.GrantedScopes?.Intersect(scopes).ToArray() ?? scopes);
        }

        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _pending[id] = asked;
        return Page(200, ConsentPage.Ask(OAuth.Client.Name, asked, id, user, sandbox.Principals.All.Where(p => p.Kind == "user").Select(p => p.Email)));
    }

    /// <summary>What a person answered: allow or deny, the account, and the scopes left ticked.</summary>
    public GoogleAnswer Decide(IReadOnlyList<(string Name, string Value)> form)
    {
        string? Value(string name) => form.FirstOrDefault(p => p.Name == name).Value;
        if (Value("request") is not { } id || Value("decision") is not ("allow" or "deny") || !_pending.TryRemove(id, out ConsentRequest? asked))
        {
            return Refuse("invalid_request", "This page was answered already, or never shown.");
        }

        if (Value("decision") == "deny")
        {
            return Send(asked, ("error", "access_denied"));
        }

        if (sandbox.Principals.Find(Value("user")) is not { Kind: "user" } user)
        {
            return Refuse("invalid_request", "There is no such account.");
        }

        return Finish(asked, user.Email, [.. form.Where(p => p.Name == "scope").Select(p => p.Value).Intersect(asked.Scopes)]);
    }

    private GoogleAnswer Finish(ConsentRequest asked, string user, string[] granted)
    {
        if (granted.Length == 0)
        {
            return Send(asked, ("error", "access_denied"));
        }

        bool first = _consented.TryAdd(user, true);
        bool refresh = asked.Offline && (asked.Consent || (first && sandbox.Quirks["refreshTokenOnFirstConsent"] == "on"));
        string code = "4/0A" + TokenStore.Random(40);
        _codes[code] = new ConsentCode(asked, user, granted, refresh, sandbox.Clock.ElapsedMs + (long)OAuth.Settings.CodeLife.TotalMilliseconds);
        return Send(asked, ("code", code), ("scope", string.Join(' ', granted.Select(GoogleOAuth.FullName))), ("authuser", "0"), ("prompt", asked.Consent ? "consent" : "none"));
    }

    private static GoogleAnswer Send(ConsentRequest asked, params (string Name, string Value)[] values)
    {
        (string Name, string Value)[] all = asked.State is { } state ? [("state", state), .. values] : values;
        GoogleAnswer answer = Page(302, string.Empty);
        answer.Headers["Location"] = asked.RedirectUri + (asked.RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?') + string.Join('&', all.Select(v => v.Name + "=" + Uri.EscapeDataString(v.Value)));
        return answer;
    }

    /// <summary>A desktop client may use any port and path of the loopback interface.</summary>
    private static bool IsLoopback(string redirect) =>
        Uri.TryCreate(redirect, UriKind.Absolute, out Uri? uri) && uri.Scheme == "http" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) && (address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback))));

    private static GoogleAnswer Refuse(string error, string why, int status = 400) => Page(status, ConsentPage.Refusal(error, why, status));

    private static GoogleAnswer Page(int status, string html)
    {
        GoogleAnswer answer = GoogleAnswer.Text(status, html, "text/html; charset=UTF-8");
        answer.Headers["Cache-Control"] = "no-store";
        answer.Headers["Referrer-Policy"] = "no-referrer";
        answer.Headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
        return answer;
    }
}
