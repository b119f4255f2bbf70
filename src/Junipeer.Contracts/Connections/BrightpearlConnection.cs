namespace Junipeer.Connections;

/// <summary>How a Brightpearl connection proves itself (https://help.brightpearl.com/hc/en-us/articles/4414311366545).</summary>
public enum BrightpearlAuthentication
{
    /// <summary>Private staff app: header <c>brightpearl-staff-token</c>.</summary>
    StaffToken,

    /// <summary>Private system app: header <c>brightpearl-account-token</c>; being sunset by the vendor, still widely used.</summary>
    AccountToken,

    /// <summary>Installed app: <c>Authorization: Bearer</c>, renewed with a refresh token.</summary>
    OAuth,
}

/// <summary>A way into one Brightpearl account.</summary>
public sealed record BrightpearlConnection : JunipeerConnection
{
    /// <inheritdoc/>
    public override string System => "Brightpearl";

    /// <summary>The account code, as used at login.</summary>
    public required string AccountCode { get; init; }

    /// <inheritdoc/>
    public override string Account => AccountCode;

    /// <summary>The data centre (<c>euw1</c>, <c>use1</c>), or null when a base address was given instead.</summary>
    public string? DataCenter { get; init; }

    /// <summary>The app's reference, sent as <c>brightpearl-app-ref</c>.</summary>
    public required string AppReference { get; init; }

    /// <summary>The developer's reference, sent as <c>brightpearl-dev-ref</c> by installed apps; null when not sent.</summary>
    public string? DeveloperReference { get; init; }

    /// <summary>How an installed app gets its tokens; null for private apps.</summary>
    public OAuthSettings? OAuth { get; init; }

    /// <summary>
    /// The app's installation in this account (<c>installation_instance_id</c> of the first grant); orders take it as
    /// <c>installedIntegrationInstanceId</c>.
    /// </summary>
    public string? InstallationId { get; init; }

    /// <summary>The kind of token.</summary>
    public required BrightpearlAuthentication Kind { get; init; }

    /// <inheritdoc/>
    public override string Authentication => Kind.ToString();

    /// <summary>
    /// The base address for a data centre: <c>https://{dataCenter}.brightpearlconnect.com</c>
    /// (https://help.brightpearl.com/hc/en-us/articles/212645003-URI-syntax).
    /// </summary>
    public static Uri AddressOf(string dataCenter) => new($"https://{dataCenter}.brightpearlconnect.com");
}
