using Junipeer.Connections;

namespace Junipeer.Norce;

/// <summary>A search of one set of Query, for <c>Find-NorceRecord</c>.</summary>
public sealed record NorceQuery
{
    /// <summary>Where to search.</summary>
    public required NorceConnection Connection { get; init; }

    /// <summary>The set: <c>ProductSkus</c>, or with its namespace <c>Products/ProductSkus</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>An OData filter as text; null for none.</summary>
    public string? FilterText { get; init; }

    /// <summary>Properties and the values they must have; a list means any of them, null means not set.</summary>
    public IReadOnlyDictionary<string, object?> Filter { get; init; } = new Dictionary<string, object?>();

    /// <summary>Which properties; empty for all.</summary>
    public IReadOnlyList<string> Select { get; init; } = [];

    /// <summary>What to bring along, in OData's notation: <c>PriceLists($filter=IsActive eq true)</c>.</summary>
    public IReadOnlyList<string> Expand { get; init; } = [];

    /// <summary>At most so many records; null for all.</summary>
    public long? First { get; init; }

    /// <summary>Only what was changed, or made and never changed, since.</summary>
    public DateTimeOffset? UpdatedAfter { get; init; }
}

/// <summary>A reading of single records by key, for <c>Get-NorceRecord</c>.</summary>
public sealed record NorceRecordRequest
{
    /// <summary>Where to read.</summary>
    public required NorceConnection Connection { get; init; }

    /// <summary>The set.</summary>
    public required string Resource { get; init; }

    /// <summary>The keys: one value each, or a dictionary of the key's properties.</summary>
    public required IReadOnlyList<object> Keys { get; init; }

    /// <summary>Which properties; empty for all.</summary>
    public IReadOnlyList<string> Select { get; init; } = [];

    /// <summary>What to bring along.</summary>
    public IReadOnlyList<string> Expand { get; init; } = [];
}

/// <summary>A raw call, for <c>Invoke-NorceRequest</c>.</summary>
public sealed record NorceRawRequest
{
    /// <summary>Where to call.</summary>
    public required NorceConnection Connection { get; init; }

    /// <summary>HTTP method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Path below the host: <c>commerce/query/2.0/Core/Currencies?$top=1</c>.</summary>
    public required string Path { get; init; }

    /// <summary>JSON body, or null.</summary>
    public string? Body { get; init; }

    /// <summary>Headers to send besides those every call has.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
