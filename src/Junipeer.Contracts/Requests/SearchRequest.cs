using Junipeer.Connections;

namespace Junipeer.Requests;

/// <summary>A search of one resource, for <c>Find-BrightpearlRecord</c>.</summary>
public sealed record SearchRequest
{
    /// <summary>Where to search.</summary>
    public required JunipeerConnection Connection { get; init; }

    /// <summary>What to search.</summary>
    public required string Resource { get; init; }

    /// <summary>
    /// Column or filter name to value: text as the system writes it, a number, a bool, a date (a PERIOD then means "since"),
    /// or a list of ids (an IDSET).
    /// </summary>
    public IReadOnlyDictionary<string, object?> Filter { get; init; } = new Dictionary<string, object?>();

    /// <summary>Which columns, in which order; empty for all.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Sort keys, <c>column</c>, <c>column.ASC</c> or <c>column.DESC</c>.</summary>
    public IReadOnlyList<string> Sort { get; init; } = [];

    /// <summary>At most so many rows; null for all.</summary>
    public long? First { get; init; }

    /// <summary>Rows to leave out at the start.</summary>
    public long Skip { get; init; }

    /// <summary>Only the number of matches, as one <see cref="long"/>.</summary>
    public bool CountOnly { get; init; }

    /// <summary>The share of the quota this may use, 0.05 to 1; null for the connection's default.</summary>
    public double? QuotaShare { get; init; }
}

/// <summary>A reading of records by id, for <c>Get-BrightpearlRecord</c>.</summary>
public sealed record RecordRequest
{
    /// <summary>Where to read.</summary>
    public required JunipeerConnection Connection { get; init; }

    /// <summary>What to read.</summary>
    public required string Resource { get; init; }

    /// <summary>Ids and ranges as the user wrote them: <c>5</c>, <c>1-10</c>, <c>1,2,5-7</c>; empty reads a reference list whole.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>At most so many records; null for all.</summary>
    public long? First { get; init; }

    /// <summary>The share of the quota this may use, 0.05 to 1; null for the connection's default.</summary>
    public double? QuotaShare { get; init; }
}

/// <summary>A raw call, for <c>Invoke-BrightpearlRequest</c>.</summary>
public sealed record RawRequest
{
    /// <summary>Where to call.</summary>
    public required JunipeerConnection Connection { get; init; }

    /// <summary>HTTP method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Path below the account, with service and query: <c>order-service/order/1-10?includeOptional=customFields</c>.</summary>
    public required string Path { get; init; }

    /// <summary>JSON body, or null.</summary>
    public string? Body { get; init; }

    /// <summary>The share of the quota this may use, 0.05 to 1; null for the connection's default.</summary>
    public double? QuotaShare { get; init; }
}

/// <summary>The answer to a raw call.</summary>
public sealed record RawResponse
{
    /// <summary>HTTP status.</summary>
    public required int StatusCode { get; init; }

    /// <summary>Headers of the answer that carry no secret.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body, as it came.</summary>
    public required string Content { get; init; }

    /// <summary>The system's id of the request.</summary>
    public string? RequestId { get; init; }
}
