namespace Junipeer.Connections;

/// <summary>Whether an OAuth app proves itself with a client secret.</summary>
public enum OAuthClientType
{
    /// <summary>It has a client secret.</summary>
    Confidential,

    /// <summary>It has none.</summary>
    Public,
}

/// <summary>What an OAuth connection needs to get and renew its tokens; nothing of it is secret.</summary>
public sealed record OAuthSettings
{
    /// <summary>The app, as the system knows it.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where the browser is sent.</summary>
    public required Uri AuthorizeUri { get; init; }

    /// <summary>Where codes and refresh tokens are changed for tokens.</summary>
    public required Uri TokenUri { get; init; }

    /// <summary>Where the system sends the browser back to, exactly as registered for the app.</summary>
    public required Uri RedirectUri { get; init; }

    /// <summary>Whether the app has a client secret.</summary>
    public OAuthClientType ClientType { get; init; }

    /// <summary>The access asked for; Brightpearl documents no scopes, so none by default.</summary>
    public string? Scope { get; init; }
}
