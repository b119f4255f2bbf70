namespace Junipeer.Connections;

/// <summary>An environment of Norce Commerce; each has its own host and its own scope.</summary>
public enum NorceEnvironment
{
    /// <summary>Live; the host names no environment.</summary>
    Production,

    /// <summary>Acceptance tests, in the version production runs.</summary>
    Stage,

    /// <summary>Experiments.</summary>
    Playground,
}

/// <summary>
/// A way into one application of one Norce tenant, by client credentials
/// (https://docs.norce.io/api-reference/accessing-apis-with-oauth2-accounts).
/// </summary>
public sealed record NorceConnection : JunipeerConnection
{
    /// <inheritdoc/>
    public override string System => "Norce";

    /// <summary>The tenant's slug, the first part of its host name; the host where a base address was given without one.</summary>
    public required string Tenant { get; init; }

    /// <inheritdoc/>
    public override string Account => Tenant;

    /// <summary>The environment; decides host and scope.</summary>
    public required NorceEnvironment Environment { get; init; }

    /// <inheritdoc/>
    public override string Authentication => "ClientCredentials";

    /// <summary>The id of the OAuth client, as the admin site shows it (Settings, Users, OAUTH).</summary>
    public required string ClientId { get; init; }

    /// <summary>What a token is asked for: the environment's word, <c>prod</c>, <c>stage</c> or <c>playground</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The application (market or shop), sent as <c>application-id</c>.</summary>
    public required int ApplicationId { get; init; }

    /// <summary>The system account that imports are logged on; 0 when none was given, and then nothing can be imported.</summary>
    public int AccountId { get; init; }

    /// <summary>True when invoices, credits and cancellations may be sent: they move money at the payment provider.</summary>
    public bool AllowPayment { get; init; }

    /// <summary>What Norce does not document, with the value used; names as in <see cref="NorceSetting"/>.</summary>
    public NorceSetting Setting { get; init; } = new();

    /// <summary>The word a token is asked for in an environment.</summary>
    public static string ScopeOf(NorceEnvironment environment) => environment switch
    {
        NorceEnvironment.Production => "prod",
        NorceEnvironment.Stage => "stage",
        _ => "playground",
    };

    /// <summary>
    /// The host of a tenant: <c>https://{tenant}.api-{region}[.{environment}].norce.tech</c>
    /// (https://docs.norce.io/developer-portal/app-development/calling-norce-services).
    /// </summary>
    public static Uri AddressOf(string tenant, string region, NorceEnvironment environment) => new(environment == NorceEnvironment.Production
        ? $"https://{tenant}.api-{region}.norce.tech"
        : $"https://{tenant}.api-{region}.{(environment == NorceEnvironment.Stage ? "stage" : "playground")}.norce.tech");
}

/// <summary>
/// What the vendor does not document and a tenant may do its own way. Every value can be changed when connecting.
/// </summary>
public sealed record NorceSetting
{
    /// <summary>The version of Query in its path.</summary>
    public string QueryVersion { get; init; } = "2.0";

    /// <summary>Rows asked for at once; the server takes no more than 500.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Rows asked for at once when other sets are expanded; large expanded pages are known to fail.</summary>
    public int ExpandPageSize { get; init; } = 100;

    /// <summary>How deep one <c>$expand</c> may nest.</summary>
    public int ExpandDepth { get; init; } = 3;

    /// <summary>Rows of one import job; for products a quarter of it.</summary>
    public int JobRows { get; init; } = 1000;

    /// <summary>Bytes of one import job's body.</summary>
    public int JobBytes { get; init; } = 5_000_000;

    /// <summary>The set that holds stock.</summary>
    public string OnHandSet { get; init; } = "Products/ProductSkuOnHands";

    /// <summary>The set that holds warehouses.</summary>
    public string WarehouseSet { get; init; } = "Application/ClientWarehouses";

    /// <summary>The set that holds the locations of warehouses.</summary>
    public string LocationSet { get; init; } = "Application/ClientWarehouseLocations";

    /// <summary>The set that holds price lists.</summary>
    public string PriceListSet { get; init; } = "Application/ClientPriceLists";

    /// <summary>The set that holds prices.</summary>
    public string PriceSet { get; init; } = "Products/ProductSkuPriceLists";

    /// <summary>The set that holds articles.</summary>
    public string SkuSet { get; init; } = "Products/ProductSkus";

    /// <summary>Where jobs are asked after, below the service; a second path is tried where the first is not there.</summary>
    public string JobPath { get; init; } = "Job";

    /// <summary>The operation that lists jobs, below the service of jobs; its path is not documented.</summary>
    public string JobListOperation { get; init; } = "List";

    /// <summary>How the article lines of a delivery note are spelt.</summary>
    public string DeliveryItemsName { get; init; } = "DeliveryNoteItems";
}
