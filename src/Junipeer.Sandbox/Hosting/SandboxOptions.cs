namespace Junipeer.Sandbox;

/// <summary>How a sandbox starts.</summary>
public sealed class SandboxOptions
{
    /// <summary>The Brightpearl port; the next two belong to Norce and Google. 0 picks three free ports.</summary>
    public int Port { get; init; }

    /// <summary>How many orders the account starts with; everything else scales with them.</summary>
    public int Orders { get; init; } = 20_000;

    /// <summary>How many products it starts with; a tenth of the orders, and 60 at least, when not set.</summary>
    public int? Products { get; init; }

    /// <summary>The same seed, orders and products give the same account.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Requests allowed in one window.</summary>
    public int Quota { get; init; } = 200;

    /// <summary>Length of a quota window.</summary>
    public TimeSpan QuotaWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A rolling window instead of fixed ones.</summary>
    public bool Rolling { get; init; }

    /// <summary>The account's time zone.</summary>
    public string TimeZone { get; init; } = "America/Chicago";

    /// <summary>Where the clock starts; now when not set.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The authorise page allows every app at once, without showing itself.</summary>
    public bool AutoApprove { get; init; }

    /// <summary>How long an access token lives from its first grant.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a refresh token lives; without end when not set.</summary>
    public TimeSpan? RefreshTokenLifetime { get; init; }

    /// <summary>More redirect URIs of the two seeded apps.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Quirks that differ from their default, by name.</summary>
    public IDictionary<string, string> Quirks { get; init; } = new Dictionary<string, string>();
}
