using System.Text;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.OAuth;
using Junipeer.Sandbox.Google.Front;

namespace Junipeer.Sandbox.Google.OAuth;

/// <summary>The addresses of sign-in: Google has them on hosts of their own, here they share one.</summary>
internal sealed class SignIn(GoogleSandbox sandbox)
{
    private const int LongestForm = 64 * 1024;

    public IEnumerable<Operation> All() =>
    [
        new("oauth.authorize", "GET", "o/oauth2/v2/auth", TokenScope.None, [], sandbox.Consent.Ask),
        new("oauth.authorize", "POST", "o/oauth2/v2/auth", TokenScope.None, [], async call => sandbox.Consent.Decide(RequestTarget.Pairs(Encoding.UTF8.GetString(await call.ReadAsync(LongestForm))))),
        new("oauth.token", "POST", "token", TokenScope.None, [], TokenAsync),
        new("oauth.revoke", "POST", "revoke", TokenScope.None, [], RevokeAsync),
        new("oauth.exchange", "POST", "v1/token", TokenScope.None, [], ExchangeAsync),
        new("oauth.impersonate", "POST", "v1/projects/-/serviceAccounts/{account}:generateAccessToken", TokenScope.None, [], ImpersonateAsync),
        .. Metadata(string.Empty, "computeMetadata/v1/instance/service-accounts/{account}/token", "computeMetadata/v1/instance/service-accounts/{account}/email", "computeMetadata/v1/instance/service-accounts/{account}/scopes",
            "computeMetadata/v1/instance/service-accounts/{account}", "computeMetadata/v1/project/project-id", "computeMetadata/v1/universe/{domain}"),
    ];

    private IEnumerable<Operation> Metadata(params string[] paths) => paths.Select(p => new Operation("metadata", "GET", p, TokenScope.None, [], sandbox.Other.Metadata));

    /// <summary>The short name of a token request's grant, for counters and faults; the form is read on the way.</summary>
    public static async Task<(string Verb, byte[] Body)> PeekAsync(GoogleCall call)
    {
        byte[] body = await call.ReadAsync(LongestForm);
        return (GoogleTokenEndpoint.Verb(new Parameters(RequestTarget.Pairs(Encoding.UTF8.GetString(body)))), body);
    }

    private async Task<GoogleAnswer> TokenAsync(GoogleCall call)
    {
        byte[] body = call.Form ?? await call.ReadAsync(LongestForm);
        return Guard(() =>
        {
            if (call.Http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
            {
                throw new GrantException("invalid_request", "The body must be application/x-www-form-urlencoded");
            }

            return sandbox.Tokens.Answer(new Parameters(RequestTarget.Pairs(Encoding.UTF8.GetString(body))), call.Http.Request.Headers.Authorization.ToString());
        });
    }

    /// <summary>The token comes in the query or in a form.</summary>
    private async Task<GoogleAnswer> RevokeAsync(GoogleCall call)
    {
        Parameters form = new(RequestTarget.Pairs(Encoding.UTF8.GetString(await call.ReadAsync(LongestForm))));
        return Guard(() => sandbox.Tokens.Revoke(form["token"] ?? call.Query("token")));
    }

    private async Task<GoogleAnswer> ExchangeAsync(GoogleCall call)
    {
        byte[] body = await call.ReadAsync(LongestForm);
        return Guard(() => sandbox.Other.Exchange(OtherCredentials.Form(body, call.Http.Request.ContentType)));
    }

    private async Task<GoogleAnswer> ImpersonateAsync(GoogleCall call)
    {
        call.Caller = sandbox.Authenticate(call);
        call.Body = GoogleCall.Parse(await call.ReadAsync());
        Rest.Shapes.Check("Impersonate", call.Body);
        return sandbox.Other.Impersonate(call);
    }

    private static GoogleAnswer Guard(Func<GoogleAnswer> run)
    {
        try
        {
            return run();
        }
        catch (GrantException refused)
        {
            return refused.Answer();
        }
        catch (FormatException)
        {
            return GoogleAnswer.Json(new JsonObject { ["error"] = "invalid_request", ["error_description"] = "Bad Request" }, 400);
        }
    }
}
