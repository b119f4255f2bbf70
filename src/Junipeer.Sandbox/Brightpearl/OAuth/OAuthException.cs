using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>A refusal of the token endpoint: HTTP 400, the description before the error as recorded, an unknown client without one.</summary>
internal sealed class OAuthException(string error, string? description = null) : Exception(description ?? error)
{
    public string Error => error;

    public static OAuthException InvalidClient => new("invalid_client");

    public static OAuthException InvalidGrant => new("invalid_grant", "The auth token has either expired or does not exist");

    public static OAuthException OtherRedirect => new("invalid_grant", "Redirect uri does not match that used to request auth token");

    public static OAuthException InvalidRequest(string description) => new("invalid_request", description);

    public Answer ToAnswer() => OAuthJson.Of(400, json =>
    {
        json.WriteStartObject();
        if (description is not null)
        {
            json.WriteString("error_description", description);
        }

        json.WriteString("error", error);
        json.WriteEndObject();
    });
}
