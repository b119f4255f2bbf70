using System.Globalization;
using Junipeer.Operations;
using Junipeer.Warehouse;

namespace Junipeer.BigQuery;

/// <summary>Runs a person's statement and streams its rows.</summary>
internal sealed class BigQueryReader(BigQueryClient client, IOperationSink sink)
{
    /// <summary>List price of on-demand queries in 2026 (https://cloud.google.com/bigquery/pricing).</summary>
    private const decimal UsdPerTebibyte = 6.25m;

    /// <summary>Statements that change nothing.</summary>
    public static Func<string, bool> ReadOnly { get; } = type => type is "SELECT";

    /// <summary>Runs it; writes <see cref="QueryRow"/>s.</summary>
    /// <param name="sql">GoogleSQL.</param>
    /// <param name="parameters">Named parameters, without or with their prefix.</param>
    /// <param name="allows">Which statement types may run; null for all. Asked of a dry run, which costs nothing.</param>
    /// <param name="results">Takes the rows.</param>
    /// <param name="stop">Cancels the job.</param>
    /// <param name="maximumBytesBilled">Refuses a query that would be billed for more.</param>
    public async Task<JobResource> RunAsync(
        string sql, IReadOnlyDictionary<string, object?> parameters, Func<string, bool>? allows, IOperationSink results, CancellationToken stop, long? maximumBytesBilled = null)
    {
        var jobs = new BigQueryJobs(client, sink);
        var query = Configure(sql, parameters, maximumBytesBilled);
        if (allows is not null)
        {
            var dry = await jobs.DryRunAsync(query, "understand the statement", stop).ConfigureAwait(false);
            if (dry.Statistics?.Query?.StatementType is { } type && !allows(type))
            {
                throw new JunipeerException(new JunipeerFault("Junipeer.Query.NotReadOnly", FaultCategory.InvalidOperation,
                    $"The statement is a {type}; this command only reads.", "Give a SELECT, or run the statement with Invoke-BigQueryQuery.") { Target = client.Connection.Name });
            }
        }

        var job = await jobs.QueryAsync(BigQueryJobs.NewId("query"), query, "run the statement", Warehouses.BigQuery.BigQueryLabels.Of(), stop).ConfigureAwait(false);
        string[]? names = null;
        await foreach (var (fields, row) in new BigQueryRows(client, sink).OfJobAsync(job.JobReference!, stop).ConfigureAwait(false))
        {
            names ??= fields.Select(f => f.Name).ToArray();
            await results.WriteAsync(new QueryRow(names, row), stop).ConfigureAwait(false);
        }

        return job;
    }

    /// <summary>What it would read, and what that costs by the list; the answer costs nothing.</summary>
    public async Task<BigQueryCostInfo> CostAsync(BigQueryStatement statement, CancellationToken stop)
    {
        var dry = await new BigQueryJobs(client, sink).DryRunAsync(Configure(statement.Sql, statement.Parameters, null), "understand the statement", stop).ConfigureAwait(false);
        var bytes = long.TryParse(dry.Statistics?.Query?.TotalBytesProcessed ?? dry.Statistics?.TotalBytesProcessed, NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : 0;
        return new BigQueryCostInfo
        {
            Bytes = bytes,
            EstimatedUsd = Math.Round(bytes * UsdPerTebibyte / (1L << 40), 6),
            StatementType = dry.Statistics?.Query?.StatementType,
            Columns = BigQueryCatalog.Columns(dry.Statistics?.Query?.Schema?.Fields).ToArray(),
        };
    }

    /// <summary>The query with its parameters, typed by their values.</summary>
    public QueryConfiguration Configure(string sql, IReadOnlyDictionary<string, object?> parameters, long? maximumBytesBilled) => new()
    {
        Query = sql,
        DefaultDataset = client.Connection.Dataset is { } dataset ? new DatasetReference(client.Connection.Project, dataset) : null,
        ParameterMode = parameters.Count > 0 ? "NAMED" : null,
        QueryParameters = parameters.Count > 0 ? parameters.Select(p => Parameter(p.Key.TrimStart('@', ':', '$'), p.Value)).ToArray() : null,
        MaximumBytesBilled = maximumBytesBilled?.ToString(CultureInfo.InvariantCulture),
    };

    private static QueryParameter Parameter(string name, object? value)
    {
        if (value is System.Collections.IEnumerable several and not string and not byte[])
        {
            var items = several.Cast<object?>().Select(Scalar).ToArray();
            var type = items.Length == 0 ? "STRING" : items[0].Type;
            return new QueryParameter(name, new QueryParameterType("ARRAY", new QueryParameterType(type)), new QueryParameterValue(null, items.Select(i => new QueryParameterValue(i.Text)).ToArray()));
        }

        var (single, text) = Scalar(value);
        return new QueryParameter(name, new QueryParameterType(single), new QueryParameterValue(text));
    }

    private static (string Type, string? Text) Scalar(object? value) => value switch
    {
        null => ("STRING", null),
        bool flag => ("BOOL", flag ? "true" : "false"),
        sbyte or byte or short or ushort or int or uint or long => ("INT64", Convert.ToString(value, CultureInfo.InvariantCulture)),
        ulong or decimal => ("NUMERIC", Convert.ToString(value, CultureInfo.InvariantCulture)),
        float or double => ("FLOAT64", Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)),
        DateTimeOffset instant => ("TIMESTAMP", instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture)),
        DateTime time => ("TIMESTAMP", time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture)),
        DateOnly date => ("DATE", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        byte[] bytes => ("BYTES", Convert.ToBase64String(bytes)),
        _ => ("STRING", Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}
