using System.Text.Json.Nodes;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Identity;

/// <summary>
/// <c>POST /identity/1.0/connect/token</c>: client credentials in the form, never in a Basic header; the scope is the
/// environment. Every request counts against the limit, refused ones too.
/// </summary>
internal sealed class TokenMethod(NorceSandbox sandbox)
{
    private static readonly string[] Once = ["grant_type", "client_id", "client_secret", "scope"];

    public async Task<NorceAnswer> RunAsync(NorceCall call)
    {
        if (call.Method != "POST")
        {
            throw new NorceException(405, "invalid_request", string.Empty);
        }

        sandbox.Limits.Token(call.Http.Connection.RemoteIpAddress?.ToString() ?? "local");
        if (!string.Equals(call.Http.Request.ContentType?.Split(';')[0].Trim(), "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused("invalid_request");
        }

        ILookup<string, string> form = RequestTarget.Pairs(NorceCall.Utf8(await call.ReadAsync(64 * 1024))).ToLookup(p => p.Name, p => p.Value);
        if (Once.Any(n => form[n].Count() > 1))
        {
            throw Refused("invalid_request");
        }

        string? Field(string name) => form[name].FirstOrDefault() is { Length: > 0 } value ? value : null;
        if (Field("client_id") is not { } id || Field("client_secret") is not { } secret || sandbox.Identity.Find(id) is not { } client || client.Secret != secret || client.State == "expired")
        {
            throw Refused("invalid_client", sandbox.Quirks["invalidClientStatus"] == "401" ? 401 : 400);
        }

        if (client.State == "disabled")
        {
            throw Refused("unauthorized_client");
        }

        if (Field("grant_type") is not { } grant)
        {
            throw Refused("invalid_request");
        }

        if (grant != "client_credentials")
        {
            throw Refused("unsupported_grant_type");
        }

        string[] asked = (Field("scope") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (asked.Length == 0 || asked.Any(s => !client.Environments.Contains(s == sandbox.Quirks["productionScope"] ? "prod" : s == "prod" ? "-" : s)))
        {
            throw Refused("invalid_scope");
        }

        NorceToken token = sandbox.Identity.Issue(client, [.. asked.Select(s => s == "production" ? "prod" : s)]);
        NorceAnswer answer = NorceAnswer.Json(new JsonObject
        {
            ["access_token"] = token.Value, ["expires_in"] = (int)sandbox.Identity.TokenLife.TotalSeconds, ["token_type"] = "Bearer", ["scope"] = string.Join(' ', asked),
        });
        answer.Headers["Cache-Control"] = "no-store, no-cache, max-age=0";
        answer.Headers["Pragma"] = "no-cache";
        return answer;
    }

    private static NorceException Refused(string error, int status = 400) => new(status, error, string.Empty);
}
