using System.Security.Cryptography;
using System.Text;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>What an app asks a person for.</summary>
internal sealed record AuthorizeRequest(OAuthApp App, string Account, string RedirectUri, string? State, string? Challenge, string? ChallengeMethod)
{
    /// <summary>Whether a code verifier belongs to the challenge.</summary>
    public bool Proves(string? verifier) => verifier is not null && Challenge is not null && Challenge == (ChallengeMethod == "S256"
        ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_')
        : verifier);

    /// <summary>The address that sends the person back to the app.</summary>
    public string Return(string name, string value) =>
        RedirectUri + (RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?') + name + "=" + Uri.EscapeDataString(value)
        + (State is null ? string.Empty : "&state=" + Uri.EscapeDataString(State));
}
