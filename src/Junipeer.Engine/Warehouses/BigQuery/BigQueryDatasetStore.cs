using System.Globalization;
using Junipeer.BigQuery;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>The dataset of a warehouse: makes it and its tables, and runs statements in it.</summary>
internal sealed class BigQueryDatasetStore(BigQueryClient client, IOperationSink sink, string? dataset = null, long? maximumBytesBilled = null)
{
    private readonly BigQueryJobs _jobs = new(client, sink);

    public BigQueryConnection Connection => client.Connection;

    public BigQueryJobs Jobs => _jobs;

    public IOperationSink Sink => sink;

    public string Dataset => dataset ?? client.Connection.Dataset ?? throw new JunipeerException(new JunipeerFault("Junipeer.BigQuery.NoDataset", FaultCategory.InvalidArgument,
        $"The connection '{client.Connection.Name}' names no dataset to write into.", $"Connect again with one: {BigQuerySignIn.CommandFor(client.Connection)} -Dataset <name>") { Target = client.Connection.Name });

    public TableReference Table(string name) => new(client.Connection.Project, Dataset, name);

    /// <summary>Makes the dataset when it is not there.</summary>
    public async Task EnsureAsync(CancellationToken stop)
    {
        var path = BigQueryClient.Path($"projects/{Connection.Project}/datasets/{Dataset}");
        var (_, error) = await client.TryAsync<DatasetResource>(HttpMethod.Get, path, null, $"read the dataset {Dataset}", sink, stop).ConfigureAwait(false);
        if (error is null) return;
        if (error.Reason != "notFound") throw client.Faults.From(error, $"read the dataset {Dataset}");
        var made = new DatasetResource { DatasetReference = new DatasetReference(Connection.Project, Dataset), Location = Connection.Location, Labels = new Dictionary<string, string> { ["tool"] = "junipeer" } };
        (_, error) = await client.TryAsync<DatasetResource>(HttpMethod.Post, BigQueryClient.Path($"projects/{Connection.Project}/datasets"), made, $"make the dataset {Dataset}", sink, stop).ConfigureAwait(false);
        if (error is not null and not { Reason: "duplicate" }) throw client.Faults.From(error, $"make the dataset {Dataset}");
    }

    /// <summary>A table's description; null when it is not there.</summary>
    public async Task<TableResource?> FindAsync(string name, CancellationToken stop)
    {
        var (found, error) = await client.TryAsync<TableResource>(HttpMethod.Get, PathOf(name), null, $"read the table {name}", sink, stop).ConfigureAwait(false);
        return error is null ? found : error.Reason == "notFound" ? null : throw client.Faults.From(error, $"read the table {name}");
    }

    /// <summary>Makes a table, unless it is there.</summary>
    public async Task CreateAsync(TableResource table, CancellationToken stop)
    {
        var name = table.TableReference!.TableId;
        var (_, error) = await client.TryAsync<TableResource>(HttpMethod.Post, BigQueryClient.Path($"projects/{Connection.Project}/datasets/{Dataset}/tables"), table, $"make the table {name}", sink, stop).ConfigureAwait(false);
        if (error is not null and not { Reason: "duplicate" }) throw client.Faults.From(error, $"make the table {name}");
    }

    /// <summary>Makes a table, or adds the columns it lacks; all of them in one change, because changes are rationed. Gives the table's bytes.</summary>
    public async Task<long> EnsureAsync(string name, IReadOnlyList<TableField> fields, IReadOnlyList<string>? clustering, TimePartitioning? partitioning, CancellationToken stop)
    {
        if (await FindAsync(name, stop).ConfigureAwait(false) is not { } found)
        {
            await CreateAsync(new TableResource
            {
                TableReference = Table(name),
                Schema = new TableSchemaResource(fields),
                TimePartitioning = partitioning,
                Clustering = clustering is null ? null : new Clustering(clustering.Take(4).ToArray()),
                Labels = new Dictionary<string, string> { ["tool"] = "junipeer" },
            }, stop).ConfigureAwait(false);
            return 0;
        }

        var bytes = long.TryParse(found.NumBytes, CultureInfo.InvariantCulture, out var size) ? size : 0;
        var there = found.Schema?.Fields ?? [];
        var missing = fields.Where(f => !there.Any(t => t.Name.Equals(f.Name, StringComparison.OrdinalIgnoreCase))).ToArray();
        if (missing.Length == 0) return bytes;
        await client.SendAsync<TableResource>(HttpMethod.Patch, PathOf(name), new TableResource { Schema = new TableSchemaResource([.. there, .. missing]) }, $"add columns to the table {name}", sink, stop).ConfigureAwait(false);
        return bytes;
    }

    /// <summary>Drops a table; what cannot be dropped ends by itself.</summary>
    public async Task DropAsync(string name, CancellationToken stop)
    {
        try
        {
            await client.TryAsync<TableResource>(HttpMethod.Delete, PathOf(name), null, $"drop the table {name}", sink, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JunipeerException or OperationCanceledException)
        {
            sink.Verbose($"The table {name} could not be dropped; it ends by itself within a day.");
        }
    }

    /// <summary>Runs a statement or a script.</summary>
    public Task<JobResource> RunAsync(string id, string sql, string what, IReadOnlyList<QueryParameter> parameters, CancellationToken stop) => _jobs.QueryAsync(id, Query(sql, parameters), what, BigQueryLabels.Of(), stop);

    /// <summary>Reads rows.</summary>
    public async Task<List<object?[]>> SelectAsync(string sql, string what, IReadOnlyList<QueryParameter> parameters, CancellationToken stop)
    {
        var rows = new List<object?[]>();
        await foreach (var (_, row) in StreamAsync(sql, what, parameters, stop).ConfigureAwait(false)) rows.Add(row);
        return rows;
    }

    /// <summary>Reads rows one by one.</summary>
    public async IAsyncEnumerable<(IReadOnlyList<TableField> Fields, object?[] Row)> StreamAsync(
        string sql, string what, IReadOnlyList<QueryParameter> parameters, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var job = await RunAsync(BigQueryJobs.NewId("read"), sql, what, parameters, stop).ConfigureAwait(false);
        await foreach (var row in new BigQueryRows(client, sink).OfJobAsync(job.JobReference!, stop).ConfigureAwait(false)) yield return row;
    }

    public static QueryParameter Text(string name, string? value) => new(name, new QueryParameterType("STRING"), new QueryParameterValue(value));

    public static QueryParameter Number(string name, long value) => new(name, new QueryParameterType("INT64"), new QueryParameterValue(value.ToString(CultureInfo.InvariantCulture)));

    public static QueryParameter Instant(string name, DateTimeOffset? value) =>
        new(name, new QueryParameterType("TIMESTAMP"), new QueryParameterValue(value is { } at ? RowLines.Instant(at.UtcTicks) : null));

    private QueryConfiguration Query(string sql, IReadOnlyList<QueryParameter> parameters) => new()
    {
        Query = sql,
        DefaultDataset = new DatasetReference(Connection.Project, Dataset),
        MaximumBytesBilled = maximumBytesBilled?.ToString(CultureInfo.InvariantCulture),
        ParameterMode = parameters.Count > 0 ? "NAMED" : null,
        QueryParameters = parameters.Count > 0 ? parameters : null,
    };

    private string PathOf(string name) => BigQueryClient.Path($"projects/{Connection.Project}/datasets/{Dataset}/tables/{name}");
}

/// <summary>Labels of our jobs, so that their cost can be found on the bill.</summary>
internal static class BigQueryLabels
{
    public static IReadOnlyDictionary<string, string> Of(string? resource = null)
    {
        var labels = new Dictionary<string, string> { ["tool"] = "junipeer" };
        if (resource is not null) labels["resource"] = resource.ToLowerInvariant();
        return labels;
    }
}
