namespace Junipeer.Sandbox.Google.Data;

/// <summary>The full name of a table. Names of datasets and tables are case-sensitive.</summary>
internal sealed record TableRef(string Project, string Dataset, string Name)
{
    /// <summary>As messages and ids of the REST API write it.</summary>
    public override string ToString() => $"{Project}:{Dataset}.{Name}";
}

/// <summary>Type is HOUR, DAY, MONTH or YEAR; without a field rows belong to the time they came in.</summary>
internal sealed record TimePartitioning(string Type, string? Field = null, long? ExpirationMs = null);

internal sealed record RangePartitioning(string Field, long Start, long End, long Interval);

internal sealed record Dataset(string Project, string Id, string Location)
{
    public string? FriendlyName { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public long? DefaultTableExpirationMs { get; init; }

    public bool IsCaseInsensitive { get; init; }

    public string Etag { get; init; } = string.Empty;

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Modified { get; init; }
}

/// <summary>A table at one moment: what describes it and its rows. It never changes; the store replaces it.</summary>
internal sealed record Table(TableRef Ref, IReadOnlyList<Field> Fields)
{
    public RowSet Rows { get; init; } = RowSet.Empty;

    public TimePartitioning? TimePartitioning { get; init; }

    public RangePartitioning? RangePartitioning { get; init; }

    public bool RequirePartitionFilter { get; init; }

    public IReadOnlyList<string> Clustering { get; init; } = [];

    /// <summary>Columns of the declared primary key. Nothing enforces it.</summary>
    public IReadOnlyList<string> PrimaryKey { get; init; } = [];

    public string? FriendlyName { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public DateTimeOffset? ExpirationTime { get; init; }

    public string Etag { get; init; } = string.Empty;

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Modified { get; init; }

    /// <summary>When rows were last streamed in: for half an hour after that they cannot be changed.</summary>
    public DateTimeOffset? StreamedAt { get; init; }

    /// <summary>Tells a table from one of the same name that was dropped before it was made.</summary>
    public long Identity { get; init; }

    /// <summary>Grows whenever rows that were there are changed or removed; appended rows leave it alone.</summary>
    public long Mutations { get; init; }

    public long NumRows => Rows.Count;

    public long NumBytes => Rows.Bytes(Fields);

    public string? PartitionField => TimePartitioning?.Field ?? RangePartitioning?.Field;
}
