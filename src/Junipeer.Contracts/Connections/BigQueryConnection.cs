namespace Junipeer.Connections;

/// <summary>How a BigQuery connection proves itself.</summary>
public enum BigQueryAuthentication
{
    /// <summary>A person's Google sign-in: a refresh token (https://developers.google.com/identity/protocols/oauth2/native-app).</summary>
    User,

    /// <summary>The JSON key of a service account.</summary>
    ServiceAccount,

    /// <summary>What this machine is set up with: Application Default Credentials.</summary>
    ApplicationDefault,

    /// <summary>The service account of the Google machine this runs on.</summary>
    MetadataServer,

    /// <summary>A managed identity of Azure, exchanged for Google's token (workload identity federation).</summary>
    WorkloadIdentity,

    /// <summary>An access token got elsewhere; lives an hour.</summary>
    AccessToken,
}

/// <summary>A way into one dataset of one BigQuery project.</summary>
public sealed record BigQueryConnection : JunipeerConnection
{
    /// <inheritdoc/>
    public override string System => "BigQuery";

    /// <summary>The project's id.</summary>
    public required string Project { get; init; }

    /// <inheritdoc/>
    public override string Account => Project;

    /// <summary>The dataset used where none is named; null when the connection is for the whole project.</summary>
    public string? Dataset { get; init; }

    /// <summary>Where the dataset lives, for example <c>EU</c>; jobs must run there. Null until it is known.</summary>
    public string? Location { get; init; }

    /// <summary>The kind of credential.</summary>
    public required BigQueryAuthentication Kind { get; init; }

    /// <inheritdoc/>
    public override string Authentication => Kind.ToString();

    /// <summary>Who signed in, or the service account's address; null when unknown.</summary>
    public string? Principal { get; init; }

    /// <summary>How a person's sign-in is renewed; null for the other kinds.</summary>
    public OAuthSettings? OAuth { get; init; }

    /// <summary>
    /// The audience of workload identity federation,
    /// <c>//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER</c>.
    /// </summary>
    public string? FederationAudience { get; init; }

    /// <summary>The application id URI of the Entra app the managed identity's token is for.</summary>
    public string? FederationResource { get; init; }

    /// <summary>The service account to act as; null to act as the federated identity itself.</summary>
    public string? Impersonate { get; init; }

    /// <summary>The host of the API.</summary>
    public static Uri DefaultAddress { get; } = new("https://bigquery.googleapis.com");

    /// <summary>The scope everything here needs, and no more.</summary>
    public const string Scope = "https://www.googleapis.com/auth/bigquery";
}
