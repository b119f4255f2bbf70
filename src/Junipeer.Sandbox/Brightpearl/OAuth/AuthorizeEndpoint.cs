using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>
/// The page where a person allows an app. Whatever is wrong with who asks or where the answer would go is said on a page:
/// nothing is ever sent to an address that is not registered.
/// </summary>
internal sealed class AuthorizeEndpoint(BrightpearlSandbox sandbox, OAuthServer server)
{
    /// <summary>Pages shown and not answered yet, by the value in their form.</summary>
    private readonly ConcurrentDictionary<string, AuthorizeRequest> _pending = new(StringComparer.Ordinal);

    public Answer Answer(OAuthRequest request)
    {
        if (request.Method is not ("GET" or "POST"))
        {
            Answer refused = Refuse("The page takes GET and POST only.", 405);
            refused.Headers["Allow"] = "GET, POST";
            return refused;
        }

        return request.Malformed is { } malformed ? Refuse(malformed + ".") : request.Method == "GET" ? Ask(request) : Decide(request);
    }

    private Answer Ask(OAuthRequest request)
    {
        Parameters given = request.Parameters;
        if (given.Repeated is { } name)
        {
            return Refuse($"The parameter {name} is repeated.");
        }

        if (!server.IsAccount(request.Account))
        {
            return Refuse($"There is no account '{request.Account}'.");
        }

        if (server.Apps.Find(given["client_id"]) is not { } app)
        {
            return Refuse(given["client_id"] is { } unknown ? $"There is no app '{unknown}'." : "The parameter client_id is missing.");
        }

        if (given["redirect_uri"] is not { } redirect || !app.RedirectUris.Contains(redirect))
        {
            return Refuse("The redirect URI is not one that is registered for the app.");
        }

        if (given["response_type"] != "code")
        {
            return Refuse("The parameter response_type must be 'code'.");
        }

        AuthorizeRequest asked = new(app, request.Account!, redirect, given["state"], given["code_challenge"], given["code_challenge_method"]);
        if (sandbox.Quirks["pkce"] == "enforced" && (asked.Challenge is null || asked.ChallengeMethod is not (null or "plain" or "S256")))
        {
            server.Counters.Page("refused");
            return Redirect(asked.Return("error", "invalid_request"));
        }

        if (server.Settings.Auto != AutoApprove.Off)
        {
            return Finish(asked, server.Settings.Auto == AutoApprove.Allow);
        }

        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _pending[id] = asked;
        server.Counters.Page("shown");
        return Page(200, AuthorizePage.Ask(asked, id));
    }

    private Answer Decide(OAuthRequest request)
    {
        string? decision = request.Parameters["decision"];
        if (decision is not ("allow" or "deny"))
        {
            return Refuse("The form says neither allow nor deny.");
        }

        if (request.Parameters["request"] is not { } id || !_pending.TryGetValue(id, out AuthorizeRequest? known) || known.Account != request.Account || !_pending.TryRemove(id, out AuthorizeRequest? asked))
        {
            return Refuse("This page was answered already, or never shown.");
        }

        // The registration may have changed while the page was open.
        return server.Apps.Find(asked.App.ClientId)?.RedirectUris.Contains(asked.RedirectUri) == true
            ? Finish(asked, decision == "allow")
            : Refuse("The redirect URI is no longer registered for the app.");
    }

    private Answer Finish(AuthorizeRequest asked, bool allow)
    {
        server.Counters.Page(allow ? "allowed" : "denied");
        return Redirect(allow ? asked.Return("code", server.Grants.IssueCode(asked)) : asked.Return("error", "access_denied"));
    }

    private Answer Refuse(string why, int status = 400)
    {
        server.Counters.Page("refused");
        return Page(status, AuthorizePage.Refusal(why));
    }

    private static Answer Redirect(string to)
    {
        Answer answer = Page(302, string.Empty);
        answer.Headers["Location"] = to;
        return answer;
    }

    private static Answer Page(int status, string html)
    {
        Answer answer = new() { Status = status, ContentType = "text/html; charset=UTF-8", Body = Encoding.UTF8.GetBytes(html) };
        answer.Headers["Cache-Control"] = "no-store";
        answer.Headers["Referrer-Policy"] = "no-referrer";
        answer.Headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
        return answer;
    }
}
