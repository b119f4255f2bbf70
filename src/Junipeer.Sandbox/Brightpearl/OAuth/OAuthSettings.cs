namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>Who answers the authorise page.</summary>
internal enum AutoApprove
{
    /// <summary>A person.</summary>
    Off,

    /// <summary>The sandbox allows at once, without showing the page.</summary>
    Allow,

    /// <summary>The sandbox denies at once.</summary>
    Deny,
}

/// <summary>What of OAuth can be set while the sandbox runs.</summary>
internal sealed class OAuthSettings
{
    private volatile AutoApprove _auto;
    private long _accessMs = 604_800_000;
    private long _refreshMs = -1;
    private long _codeMs = 60_000;
    private volatile string? _apiDomain;

    public AutoApprove Auto { get => _auto; set => _auto = value; }

    public TimeSpan AccessLife { get => TimeSpan.FromMilliseconds(Volatile.Read(ref _accessMs)); set => Volatile.Write(ref _accessMs, (long)value.TotalMilliseconds); }

    /// <summary>Null: refresh tokens do not age, as nothing is known of an age.</summary>
    public TimeSpan? RefreshLife
    {
        get => Volatile.Read(ref _refreshMs) is >= 0 and long ms ? TimeSpan.FromMilliseconds(ms) : null;
        set => Volatile.Write(ref _refreshMs, value is { } life ? (long)life.TotalMilliseconds : -1);
    }

    public TimeSpan CodeLife { get => TimeSpan.FromMilliseconds(Volatile.Read(ref _codeMs)); set => Volatile.Write(ref _codeMs, (long)value.TotalMilliseconds); }

    /// <summary>What token answers name as api_domain; null: host and port of the sandbox.</summary>
    public string? ApiDomain { get => _apiDomain; set => _apiDomain = value; }
}
