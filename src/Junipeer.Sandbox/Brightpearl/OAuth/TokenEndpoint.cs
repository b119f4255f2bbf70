using System.Security.Cryptography;
using System.Text;
using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>The token endpoints of both generations; they differ in where the account code stands.</summary>
internal sealed class TokenEndpoint(BrightpearlSandbox sandbox, OAuthServer server)
{
    public Answer Answer(OAuthRequest request)
    {
        Answer answer;
        string outcome = "issued";
        if (request.Method != "POST")
        {
            answer = OAuthException.InvalidRequest("Only POST is supported").ToAnswer();
            answer.Status = 405;
            answer.Headers["Allow"] = "POST";
            outcome = "invalid_request";
        }
        else
        {
            try
            {
                answer = Write(Grant(request));
            }
            catch (OAuthException refused)
            {
                answer = refused.ToAnswer();
                outcome = refused.Error;
            }
        }

        server.Counters.Token(request, outcome);
        answer.Headers["Cache-Control"] = "no-store";
        answer.Headers["Pragma"] = "no-cache";
        return answer;
    }

    private TokenAnswer Grant(OAuthRequest request)
    {
        if (request.Malformed is { } malformed)
        {
            throw OAuthException.InvalidRequest(malformed);
        }

        Parameters given = request.Parameters;
        string grant = Needed(given, "grant_type");
        if (grant is not ("authorization_code" or "refresh_token"))
        {
            throw new OAuthException("unsupported_grant_type");
        }

        bool refresh = grant == "refresh_token";
        string clientId = Needed(given, "client_id");
        string proof = Needed(given, refresh ? "refresh_token" : "code");
        string redirect = refresh ? string.Empty : Needed(given, "redirect_uri");
        string account = request.Account ?? Needed(given, "account_code");
        if (given["account_code"] is { } named && named != account)
        {
            throw OAuthException.InvalidRequest("account_code is not the account of the path");
        }

        OAuthApp app = Authenticate(clientId, given["client_secret"], refresh);
        return refresh ? server.Grants.Refresh(app, account, proof) : server.Grants.Exchange(app, account, proof, redirect, given["code_verifier"]);
    }

    private OAuthApp Authenticate(string clientId, string? secret, bool refresh)
    {
        OAuthApp app = server.Apps.Find(clientId) ?? throw OAuthException.InvalidClient;
        bool right = (app.Secret, secret) switch
        {
            (null, null) => true,
            (null, _) => sandbox.Quirks["publicAppSecret"] == "ignore",
            (_, null) => refresh && sandbox.Quirks["refreshSecret"] == "optional",
            var (expected, given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given)),
        };
        return right ? app : throw OAuthException.InvalidClient;
    }

    private static string Needed(Parameters given, string name) => given[name] ?? throw OAuthException.InvalidRequest($"The parameter {name} is missing");

    private Answer Write(TokenAnswer tokens) => OAuthJson.Of(200, json =>
    {
        json.WriteStartObject();
        json.WriteString("access_token", tokens.AccessToken);
        if (tokens.RefreshToken is { } refresh)
        {
            json.WriteString("refresh_token", refresh);
        }

        if (tokens.InstanceId is { } instance)
        {
            // A string, as recorded.
            json.WriteString("installation_instance_id", instance.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        json.WriteString("api_domain", server.Settings.ApiDomain ?? sandbox.Host);
        json.WriteString("token_type", "Bearer");
        json.WriteNumber("expires_in", tokens.ExpiresIn);
        json.WriteEndObject();
    });
}
