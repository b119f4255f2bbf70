using System.Security;

namespace Junipeer.Connections;

/// <summary>A connection to be made: who it is for, what proves it, and where its secret is to be kept.</summary>
public sealed record ConnectRequest
{
    /// <summary>The connection as far as it is known; what a sign-in finds out, and where the secret is kept, is filled in.</summary>
    public required JunipeerConnection Connection { get; init; }

    /// <summary>Where the secret may be kept, the best place first; the next one is for when the one before does not exist here.</summary>
    public required IReadOnlyList<SecretReference> Places { get; init; }

    /// <summary>A token that stands for itself.</summary>
    public SecureString? Token { get; init; }

    /// <summary>Tokens that were got elsewhere, with the date the access token ends.</summary>
    public TokenSet? Tokens { get; init; }

    /// <summary>The app's secret, for a confidential app.</summary>
    public SecureString? ClientSecret { get; init; }

    /// <summary>A secret of the user's own that holds the app's secret; read, never changed.</summary>
    public SecretReference? ClientSecretFrom { get; init; }

    /// <summary>How to sign in, where neither a token nor tokens are given.</summary>
    public SignIn? SignIn { get; init; }

    /// <summary>Do not list the connection among the saved ones, although its secret is kept somewhere.</summary>
    public bool IsForSession { get; init; }

    /// <summary>Why nobody can be asked for what is missing; null when somebody can.</summary>
    public string? NoPrompt { get; init; }

    /// <summary>
    /// Where the tokens came from is read-only: when the place they are kept in already holds tokens that grew out of the
    /// same ones, those are newer and stay.
    /// </summary>
    public bool KeepNewer { get; init; }
}

/// <summary>Tokens that were got elsewhere.</summary>
/// <param name="AccessToken">Opens the system until it ends.</param>
/// <param name="RefreshToken">Gets the next access token; null where there is none.</param>
/// <param name="ExpiresAt">When the access token ends; null when unknown.</param>
public sealed record TokenSet(SecureString? AccessToken, SecureString? RefreshToken, DateTimeOffset? ExpiresAt);

/// <summary>How a person, or somebody on their behalf, signs in.</summary>
public sealed record SignIn
{
    /// <summary>A code, or the whole address the browser was sent back to; null to go and get one.</summary>
    public string? AuthorizationCode { get; init; }

    /// <summary>Length of the random <c>state</c>, 32 to 256 characters.</summary>
    public int StateLength { get; init; } = 64;

    /// <summary>Print the address and take the code by hand instead of opening a browser.</summary>
    public bool NoBrowser { get; init; }

    /// <summary>How long to wait for the person.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Why nobody is here to sign in, in words for the error; null when somebody is.</summary>
    public string? Unattended { get; init; }

    /// <summary>Why nobody can be asked for a line of text; null when somebody can.</summary>
    public string? NoPrompt { get; init; }

    /// <summary>Which member of the answer holds the access token.</summary>
    public string TokenKey { get; init; } = "access_token";
}
