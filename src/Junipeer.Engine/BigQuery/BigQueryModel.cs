using System.Text.Json;
using System.Text.Json.Serialization;

namespace Junipeer.BigQuery;

/// <summary>The shapes of the REST API that are used here (https://docs.cloud.google.com/bigquery/docs/reference/rest/v2); 64-bit numbers travel as text.</summary>
internal sealed record DatasetReference(string ProjectId, string DatasetId);

internal sealed record TableReference(string ProjectId, string DatasetId, string TableId)
{
    /// <summary>The name as SQL takes it.</summary>
    [JsonIgnore]
    public string Quoted => $"`{ProjectId}`.`{DatasetId}`.`{TableId}`";

    public override string ToString() => $"{ProjectId}.{DatasetId}.{TableId}";
}

internal sealed record JobReference(string ProjectId, string JobId, string? Location);

internal sealed record ProjectList
{
    public IReadOnlyList<ProjectItem>? Projects { get; init; }

    public string? NextPageToken { get; init; }
}

internal sealed record ProjectItem(string Id, string? FriendlyName);

internal sealed record DatasetList
{
    public IReadOnlyList<DatasetResource>? Datasets { get; init; }

    public string? NextPageToken { get; init; }
}

internal sealed record DatasetResource
{
    public DatasetReference? DatasetReference { get; init; }

    public string? Location { get; init; }

    public string? FriendlyName { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? DefaultTableExpirationMs { get; init; }

    public string? CreationTime { get; init; }

    public string? LastModifiedTime { get; init; }
}

internal sealed record TableList
{
    public IReadOnlyList<TableResource>? Tables { get; init; }

    public string? NextPageToken { get; init; }
}

internal sealed record TableResource
{
    public TableReference? TableReference { get; init; }

    public string? Type { get; init; }

    public string? Description { get; init; }

    public TableSchemaResource? Schema { get; init; }

    public TimePartitioning? TimePartitioning { get; init; }

    public Clustering? Clustering { get; init; }

    public string? NumRows { get; init; }

    public string? NumBytes { get; init; }

    public string? ExpirationTime { get; init; }

    public string? CreationTime { get; init; }

    public string? LastModifiedTime { get; init; }

    public string? Location { get; init; }

    public string? Etag { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

internal sealed record TableSchemaResource(IReadOnlyList<TableField> Fields);

internal sealed record TableField(string Name, string Type, string? Mode = null)
{
    public string? Description { get; init; }

    public IReadOnlyList<TableField>? Fields { get; init; }

    /// <summary>The type under its standard name; the API answers with the older ones.</summary>
    [JsonIgnore]
    public string StandardType => Type.ToUpperInvariant() switch
    {
        "INT64" => "INTEGER",
        "FLOAT64" => "FLOAT",
        "BOOL" => "BOOLEAN",
        "STRUCT" => "RECORD",
        "DECIMAL" => "NUMERIC",
        "BIGDECIMAL" => "BIGNUMERIC",
        var other => other,
    };
}

internal sealed record TimePartitioning(string Type, string? Field)
{
    public string? ExpirationMs { get; init; }
}

internal sealed record Clustering(IReadOnlyList<string> Fields);

internal sealed record JobList
{
    public IReadOnlyList<JobResource>? Jobs { get; init; }

    public string? NextPageToken { get; init; }
}

internal sealed record JobResource
{
    public string? Id { get; init; }

    public JobReference? JobReference { get; init; }

    public JobConfiguration? Configuration { get; init; }

    public JobStatus? Status { get; init; }

    public JobStatistics? Statistics { get; init; }
}

internal sealed record JobConfiguration
{
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? JobTimeoutMs { get; init; }

    public bool? DryRun { get; init; }

    public LoadConfiguration? Load { get; init; }

    public QueryConfiguration? Query { get; init; }
}

internal sealed record LoadConfiguration
{
    public required TableReference DestinationTable { get; init; }

    public string SourceFormat { get; init; } = "NEWLINE_DELIMITED_JSON";

    public TableSchemaResource? Schema { get; init; }

    public string? CreateDisposition { get; init; }

    public string? WriteDisposition { get; init; }

    public IReadOnlyList<string>? SchemaUpdateOptions { get; init; }

    public bool? IgnoreUnknownValues { get; init; }

    public int? MaxBadRecords { get; init; }

    public bool? Autodetect { get; init; }

    public string? SkipLeadingRows { get; init; }

    public string? FieldDelimiter { get; init; }

    public bool? AllowQuotedNewlines { get; init; }
}

internal sealed record QueryConfiguration
{
    public required string Query { get; init; }

    /// <summary>The API takes legacy SQL unless told otherwise.</summary>
    public bool UseLegacySql { get; init; }

    public string? MaximumBytesBilled { get; init; }

    public string? ParameterMode { get; init; }

    public IReadOnlyList<QueryParameter>? QueryParameters { get; init; }

    public DatasetReference? DefaultDataset { get; init; }

    public string? Priority { get; init; }
}

internal sealed record QueryParameter(string Name, QueryParameterType ParameterType, QueryParameterValue ParameterValue);

internal sealed record QueryParameterType(string Type, QueryParameterType? ArrayType = null);

internal sealed record QueryParameterValue(string? Value, IReadOnlyList<QueryParameterValue>? ArrayValues = null);

internal sealed record JobStatus
{
    public string? State { get; init; }

    public ErrorProto? ErrorResult { get; init; }

    public IReadOnlyList<ErrorProto>? Errors { get; init; }
}

internal sealed record ErrorProto(string? Reason, string? Location, string? Message);

internal sealed record JobStatistics
{
    public string? CreationTime { get; init; }

    public string? StartTime { get; init; }

    public string? EndTime { get; init; }

    public string? TotalBytesProcessed { get; init; }

    public LoadStatistics? Load { get; init; }

    public QueryStatistics? Query { get; init; }
}

internal sealed record LoadStatistics
{
    public string? OutputRows { get; init; }

    public string? OutputBytes { get; init; }

    public string? InputFileBytes { get; init; }

    public string? BadRecords { get; init; }
}

internal sealed record QueryStatistics
{
    public string? TotalBytesProcessed { get; init; }

    public string? TotalBytesBilled { get; init; }

    public string? NumDmlAffectedRows { get; init; }

    public DmlStatistics? DmlStats { get; init; }

    public string? StatementType { get; init; }

    public TableSchemaResource? Schema { get; init; }

    public bool? CacheHit { get; init; }
}

internal sealed record DmlStatistics(string? InsertedRowCount, string? UpdatedRowCount, string? DeletedRowCount);

/// <summary>One page of rows: of a query, or of a table's data.</summary>
internal sealed record RowPage
{
    public bool? JobComplete { get; init; }

    public JobReference? JobReference { get; init; }

    public TableSchemaResource? Schema { get; init; }

    /// <summary>Where its rows are in the answer; they are read from there one at a time.</summary>
    [JsonConverter(typeof(PlaceConverter))]
    public (int Start, int Length) Rows { get; init; }

    /// <summary>The answer as it came.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Answer { get; init; }

    public string? PageToken { get; init; }

    public string? TotalRows { get; init; }

    /// <summary>Notes the place of a value and passes over it.</summary>
    private sealed class PlaceConverter : JsonConverter<(int Start, int Length)>
    {
        public override (int Start, int Length) Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var start = checked((int)reader.TokenStartIndex);
            reader.Skip();
            return (start, checked((int)reader.BytesConsumed) - start);
        }

        public override void Write(Utf8JsonWriter writer, (int Start, int Length) value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}

internal sealed record PermissionList(IReadOnlyList<string>? Permissions);
