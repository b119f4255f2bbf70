using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>What an import brings into Norce.</summary>
public enum NorceImportKind
{
    /// <summary>Products with their variants and articles: <c>Product/ImportProducts</c>.</summary>
    Product,

    /// <summary>Stock by article, warehouse and location: <c>Product/ImportOnhands</c>.</summary>
    OnHand,

    /// <summary>Heads of price lists, and the warehouses linked to them: <c>Product/ImportPriceLists</c>.</summary>
    PriceList,

    /// <summary>Prices by article, price list and quantity: <c>Product/ImportSkuPriceLists</c>.</summary>
    SkuPriceList,

    /// <summary>Companies: <c>Customer/ImportCompanies</c>.</summary>
    Company,

    /// <summary>Customers: <c>Customer/ImportCustomers</c>.</summary>
    Customer,
}

/// <summary>What to do with an import that was begun by a command that ended before it knew the outcome.</summary>
public enum NorceUnfinished
{
    /// <summary>Deltas of a day are sent again; a full file, or a job that does not end, stops with an error that says what to look at.</summary>
    Ask,

    /// <summary>Send again, a full file too.</summary>
    SendAgain,

    /// <summary>Take it for done.</summary>
    Forget,
}

/// <summary>An import to begin.</summary>
public sealed record NorceImportRequest
{
    /// <summary>Where to.</summary>
    public required NorceConnection Connection { get; init; }

    /// <summary>What.</summary>
    public required NorceImportKind Kind { get; init; }

    /// <summary>The rows are everything there is: what is not among them is deactivated, within the limits of the kind.</summary>
    public bool FullFile { get; init; }

    /// <summary>The largest share of existing rows a full file may deactivate, 0 to 1.</summary>
    public double MaximumDeactivation { get; init; } = 0.2;

    /// <summary>Fields that are set only where the import makes the thing: <c>Name</c>, <c>Status</c>, ...</summary>
    public IReadOnlyList<string> CreateOnly { get; init; } = [];

    /// <summary>Further members of the header; a list is added to the fields found in the rows.</summary>
    public IReadOnlyDictionary<string, object?> Header { get; init; } = new Dictionary<string, object?>();

    /// <summary>Look up part numbers before sending and refuse those Norce does not know.</summary>
    public bool CheckPartNo { get; init; }

    /// <summary>Do not look up warehouse and price list codes before sending.</summary>
    public bool SkipCodeCheck { get; init; }

    /// <summary>Rows of one job; null for the connection's setting.</summary>
    public int? JobRows { get; init; }

    /// <summary>Send, but do not follow the jobs.</summary>
    public bool NoWait { get; init; }

    /// <summary>How long one job may take before it is left to itself.</summary>
    public TimeSpan JobTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What to do with imports left behind by a command that was killed.</summary>
    public NorceUnfinished Unfinished { get; init; }

    /// <summary>Check and show, send nothing.</summary>
    public bool PlanOnly { get; init; }
}

/// <summary>
/// An import under way. Rows are taken one after another; memory holds the rows of the jobs under way and no more. Writes a
/// <see cref="NorceJob"/> as each job ends and a <see cref="NorceRefusedRow"/> for each row that was not taken; with
/// <see cref="NorceImportRequest.PlanOnly"/> one <see cref="NorceImportPlan"/> per kind of header.
/// </summary>
public interface INorceImport : IAsyncDisposable
{
    /// <summary>Takes rows; waits while a job is under way and the next is full.</summary>
    /// <param name="rows">
    /// Field to value: text, number, bool, <see cref="DateTimeOffset"/>, a dictionary of the same for a nested thing, or an
    /// array of those. Null counts as not given.
    /// </param>
    /// <param name="sink">Where results go.</param>
    /// <param name="stop">Ends the import.</param>
    ValueTask WriteAsync(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, IOperationSink sink, CancellationToken stop);

    /// <summary>Takes the rows of a file: <c>.ndjson</c>, <c>.jsonl</c>, <c>.json</c> (an array) or <c>.csv</c>, also with <c>.gz</c>.</summary>
    ValueTask WriteFileAsync(string path, IOperationSink sink, CancellationToken stop);

    /// <summary>Sends what is left and follows it to its end.</summary>
    Task CompleteAsync(IOperationSink sink, CancellationToken stop);
}
