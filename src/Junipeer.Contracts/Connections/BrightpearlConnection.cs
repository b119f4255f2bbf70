namespace Junipeer.Connections;

/// <summary>How a Brightpearl connection proves itself (https://help.brightpearl.com/hc/en-us/articles/4414311366545).</summary>
public enum BrightpearlAuthentication
{
    /// <summary>Private staff app: header <c>brightpearl-staff-token</c>.</summary>
    StaffToken,

    /// <summary>Private system app: header <c>brightpearl-account-token</c>; being sunset by the vendor, still widely used.</summary>
    AccountToken,
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
