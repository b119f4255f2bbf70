namespace Junipeer.Engine.Tests.Kills;

/// <summary>Every kind of request that runs over these resources make.</summary>
internal static class KillSteps
{
    /// <summary>Documents with listings, and what fans out from them.</summary>
    public static readonly string[] DocumentResources =
        ["order", "contact", "product", "product-price", "product-availability", "product-supplier"];

    /// <summary>What is read by searches, by its parents, from its end, or whole.</summary>
    public static readonly string[] ListResources =
        ["goods-out-note", "goods-in-note", "goods-movement", "order-note", "journal", "customer-payment", "supplier-payment", "brand", "currency", "season", "channel", "order-custom-field-meta-data"];

    public static readonly KillStep[] OfDocuments =
    [
        KillStep.Full("order listing", "OPTIONS", "order"),
        KillStep.Full("order set, first", "GET", "order"),
        KillStep.Full("order set, middle", "GET", "order") with { Skip = 1, InMiddle = true },
        KillStep.Full("order set, last", "GET", "order") with { Skip = 2, InMiddle = true },
        KillStep.Full("contact listing", "OPTIONS", "contact"),
        KillStep.Full("contact set", "GET", "contact"),
        KillStep.Full("price listing", "OPTIONS", "product-price"),
        KillStep.Full("price set", "GET", "product-price"),
        KillStep.Full("availability set", "GET", "product-availability"),
        KillStep.Full("supplier set", "GET", "product-supplier"),
        KillStep.Changes("order sweep by updatedOn", "SEARCH", "order") with { Query = "updatedOn=" },
        KillStep.Changes("order sweep by createdOn", "SEARCH", "order") with { Query = "createdOn=" },
        KillStep.Changes("order listing", "OPTIONS", "order"),
        KillStep.Changes("changed orders", "GET", "order"),
        KillStep.Changes("contact sweep by updatedOn", "SEARCH", "contact") with { Query = "updatedOn=" },
        KillStep.Changes("changed contacts", "GET", "contact"),
        KillStep.Changes("product sweep", "SEARCH", "product") with { Query = "updatedOn=" },
        KillStep.Changes("changed products", "GET", "product"),
        KillStep.Changes("prices of touched products", "GET", "product-price"),
        KillStep.Changes("price snapshot when it is due", "GET", "product-price") with { Skip = 1 },
        KillStep.Changes("movements that touch stock", "SEARCH", "goods-movement"),
        KillStep.Changes("availability of touched products", "GET", "product-availability"),
        KillStep.Changes("availability snapshot when it is due", "GET", "product-availability") with { Skip = 1 },
        KillStep.Recheck("orders read again, first set", "GET", "order") with { Skip = 1 },
        KillStep.Recheck("orders read again, next set", "GET", "order") with { Skip = 2, InMiddle = true },
    ];

    public static readonly KillStep[] OfLists =
    [
        KillStep.Full("ids of notes out", "SEARCH", "goods-out-note"),
        KillStep.Full("set of notes out", "GET", "goods-out-note"),
        KillStep.Full("ids of notes in", "SEARCH", "goods-in-note"),
        KillStep.Full("set of notes in", "GET", "goods-in-note"),
        KillStep.Full("overlapping search, first page", "SEARCH", "goods-movement"),
        KillStep.Full("overlapping search, next page", "SEARCH", "goods-movement") with { Skip = 1, InMiddle = true },
        KillStep.Full("keyset search, first page", "SEARCH", "customer-payment"),
        KillStep.Full("keyset search, upper bound", "SEARCH", "customer-payment") with { Query = "pageSize=1", InMiddle = true },
        KillStep.Full("keyset search, next range", "SEARCH", "customer-payment") with { Skip = 2, InMiddle = true },
        KillStep.Full("journal rows, next page", "SEARCH", "journal") with { Skip = 1, InMiddle = true },
        KillStep.Full("list by search", "SEARCH", "brand"),
        KillStep.Full("list by one request", "GET", "season"),
        KillStep.Full("list of several scopes, second", "GET", "order-custom-field-meta-data") with { Skip = 1 },
        KillStep.Changes("sweep of notes out by createdOn", "SEARCH", "goods-out-note") with { Query = "createdOn=" },
        KillStep.Changes("sweep of notes out by shippedOn", "SEARCH", "goods-out-note") with { Query = "shippedOn=" },
        KillStep.Changes("sweep of the orders the notes hang on", "SEARCH", "order") with { Query = "updatedOn=" },
        KillStep.Changes("notes out of swept ids", "GET", "goods-out-note") with { Path = "/*/" },
        KillStep.Changes("notes out by parent", "GET", "goods-out-note") with { Skip = 1, InMiddle = true },
        KillStep.Changes("notes in by parent", "GET", "goods-in-note"),
        KillStep.Changes("movements swept", "SEARCH", "goods-movement") with { Query = "updatedOn=" },
        KillStep.Changes("order notes swept", "SEARCH", "order-note") with { Query = "dateAdded=" },
        KillStep.Changes("tail of journals", "SEARCH", "journal"),
        KillStep.Changes("tail of payments", "SEARCH", "customer-payment"),
        KillStep.Changes("list swept", "SEARCH", "brand") with { Query = "updatedOn=" },
        KillStep.Changes("list by one request", "GET", "channel"),
        KillStep.Recheck("movements read again, next page", "SEARCH", "goods-movement") with { Skip = 3, InMiddle = true },
    ];
}
