namespace Junipeer.BigQuery;

/// <summary>A dataset of a project.</summary>
public sealed record BigQueryDatasetInfo
{
    /// <summary>The dataset's id.</summary>
    public required string Dataset { get; init; }

    /// <summary>The project.</summary>
    public required string Project { get; init; }

    /// <summary>Where it lives; it cannot be moved.</summary>
    public string? Location { get; init; }

    /// <summary>What its makers say of it.</summary>
    public string? Description { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>How long tables live that say nothing of their own; null for ever.</summary>
    public TimeSpan? TableLifetime { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name; of a nested field the path, joined by dots.</param>
/// <param name="Type">Its type: <c>STRING</c>, <c>INTEGER</c>, <c>NUMERIC</c>, <c>TIMESTAMP</c>, ...</param>
/// <param name="Mode"><c>NULLABLE</c>, <c>REQUIRED</c> or <c>REPEATED</c>.</param>
/// <param name="Description">What it holds.</param>
public sealed record BigQueryColumnInfo(string Name, string Type, string Mode, string? Description);

/// <summary>A table, with its shape and size.</summary>
public sealed record BigQueryTableInfo
{
    /// <summary>The table's id.</summary>
    public required string Table { get; init; }

    /// <summary>The dataset it is in.</summary>
    public required string Dataset { get; init; }

    /// <summary>The project.</summary>
    public required string Project { get; init; }

    /// <summary><c>TABLE</c>, <c>VIEW</c>, ...</summary>
    public string? Type { get; init; }

    /// <summary>Rows, without those still in the streaming buffer.</summary>
    public long? Rows { get; init; }

    /// <summary>Bytes stored.</summary>
    public long? Bytes { get; init; }

    /// <summary>The columns, in their order.</summary>
    public IReadOnlyList<BigQueryColumnInfo> Columns { get; init; } = [];

    /// <summary>How it is partitioned, for example <c>MONTH of created</c>; null when it is not.</summary>
    public string? Partitioning { get; init; }

    /// <summary>The columns it is clustered by.</summary>
    public IReadOnlyList<string> Clustering { get; init; } = [];

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>What its makers say of it.</summary>
    public string? Description { get; init; }
}

/// <summary>What a query would read.</summary>
public sealed record BigQueryCostInfo
{
    /// <summary>Bytes that would be processed.</summary>
    public required long Bytes { get; init; }

    /// <summary>List price of that in US dollars, beyond the free first tebibyte of a month (https://cloud.google.com/bigquery/pricing).</summary>
    public required decimal EstimatedUsd { get; init; }

    /// <summary><c>SELECT</c>, <c>MERGE</c>, ...</summary>
    public string? StatementType { get; init; }

    /// <summary>The columns of the result.</summary>
    public IReadOnlyList<BigQueryColumnInfo> Columns { get; init; } = [];
}

/// <summary>SQL to run on BigQuery.</summary>
/// <param name="Connection">Where.</param>
/// <param name="Sql">GoogleSQL: a statement or a script.</param>
public sealed record BigQueryStatement(Connections.BigQueryConnection Connection, string Sql)
{
    /// <summary>Named parameters, typed by their values.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = new Dictionary<string, object?>();

    /// <summary>Only tell what it would read.</summary>
    public bool DryRun { get; init; }

    /// <summary>Refuse it when it would be billed for more bytes.</summary>
    public long? MaximumBytesBilled { get; init; }
}

/// <summary>A dataset to make.</summary>
/// <param name="Connection">In which project.</param>
/// <param name="Dataset">Its id: letters, digits and underscores.</param>
public sealed record BigQueryDatasetRequest(Connections.BigQueryConnection Connection, string Dataset)
{
    /// <summary>Where it is to live; cannot be changed later.</summary>
    public string? Location { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }
}

/// <summary>How rows are brought into a table.</summary>
public sealed record BigQueryImportRequest
{
    /// <summary>Where.</summary>
    public required Connections.BigQueryConnection Connection { get; init; }

    /// <summary>The dataset; the connection's own when null.</summary>
    public string? Dataset { get; init; }

    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>Columns that identify a row: rows with known keys are updated. Empty to add all rows.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Columns and their types, <c>name:TYPE</c>; inferred from the first rows when empty and the table does not exist.</summary>
    public IReadOnlyList<string> Schema { get; init; } = [];

    /// <summary>
    /// True to send files as they are. BigQuery reads what is not compressed in parallel, and takes files beyond 4 GB in one
    /// job (https://docs.cloud.google.com/bigquery/docs/batch-loading-data); a line slower than the compressor wants it compressed.
    /// </summary>
    public bool NoCompression { get; init; }
}

/// <summary>What an import did.</summary>
public sealed record BigQueryImportResult
{
    /// <summary>The table, <c>project.dataset.table</c>.</summary>
    public required string Table { get; init; }

    /// <summary>Rows sent.</summary>
    public long Rows { get; init; }

    /// <summary>Rows that were not there.</summary>
    public long? Inserted { get; init; }

    /// <summary>Rows that were there.</summary>
    public long? Updated { get; init; }

    /// <summary>Bytes loaded, as they were sent; loading is free of charge.</summary>
    public long BytesLoaded { get; init; }

    /// <summary>Bytes billed for merging; 0 for adding.</summary>
    public long BytesBilled { get; init; }

    /// <summary>Jobs run.</summary>
    public int Jobs { get; init; }
}

/// <summary>An import that takes rows as they come.</summary>
public interface IBigQueryImport : IAsyncDisposable
{
    /// <summary>Takes rows: names and plain values (text, numbers, booleans, dates, arrays, dictionaries).</summary>
    ValueTask WriteAsync(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, Operations.IOperationSink sink, CancellationToken stop);

    /// <summary>Takes a file of NDJSON (also gzip) or CSV, streamed.</summary>
    ValueTask WriteFileAsync(string path, Operations.IOperationSink sink, CancellationToken stop);

    /// <summary>Makes the rest visible. With a key nothing is visible before; without one, rows are as their load jobs end.</summary>
    Task<BigQueryImportResult> CompleteAsync(Operations.IOperationSink sink, CancellationToken stop);
}
