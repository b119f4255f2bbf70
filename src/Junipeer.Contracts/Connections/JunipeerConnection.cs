namespace Junipeer.Connections;

/// <summary>
/// A named way into one system. Immutable, and free of secrets: <see cref="SecretReference"/> names where the secret is
/// kept, so a connection can be printed, serialised and compared without giving anything away.
/// </summary>
public abstract record JunipeerConnection
{
    /// <summary>Name chosen by the user; unique per runspace, compared without case.</summary>
    public required string Name { get; init; }

    /// <summary>The system: <c>Brightpearl</c>, <c>Norce</c> or <c>BigQuery</c>.</summary>
    public abstract string System { get; }

    /// <summary>The account, tenant or project reached.</summary>
    public abstract string Account { get; }

    /// <summary>How the connection proves itself, for example <c>StaffToken</c>.</summary>
    public abstract string Authentication { get; }

    /// <summary>Where calls go.</summary>
    public required Uri BaseUri { get; init; }

    /// <summary>Names the secret in the store that holds it.</summary>
    public required SecretReference SecretReference { get; init; }

    /// <summary>
    /// True when nothing can be written where the secret comes from (environment, Automation asset): its tokens serve until
    /// they end and are not renewed.
    /// </summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Who saved the connection, <c>user@machine</c>; null for one that is not saved.</summary>
    public string? SavedBy { get; init; }

    /// <summary>When the connection was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>When the access token ends, where the system says; null for tokens without an end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The name, so that a connection binds wherever a name is asked for.</summary>
    public sealed override string ToString() => Name;
}
