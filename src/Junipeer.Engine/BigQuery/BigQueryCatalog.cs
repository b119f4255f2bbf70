using System.Globalization;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>Lists and makes what a project holds.</summary>
internal sealed class BigQueryCatalog(BigQueryClient client, IOperationSink sink)
{
    private BigQueryConnection Connection => client.Connection;

    public async Task ProjectsAsync(CancellationToken stop)
    {
        string? token = null;
        do
        {
            var page = await client.SendAsync<ProjectList>(HttpMethod.Get, BigQueryClient.Path($"projects", ("maxResults", "50"), ("pageToken", token)), null, "list projects", sink, stop).ConfigureAwait(false);
            foreach (var project in page.Projects ?? []) await sink.WriteAsync(project.Id, stop).ConfigureAwait(false);
            token = page.NextPageToken;
        }
        while (!string.IsNullOrEmpty(token));
    }

    public async Task DatasetsAsync(string? name, CancellationToken stop)
    {
        if (name is not null)
        {
            await sink.WriteAsync(Info(await DatasetAsync(name, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
            return;
        }

        string? token = null;
        do
        {
            var page = await client.SendAsync<DatasetList>(HttpMethod.Get, BigQueryClient.Path($"projects/{Connection.Project}/datasets", ("maxResults", "1000"), ("pageToken", token)), null, "list datasets", sink, stop).ConfigureAwait(false);
            foreach (var dataset in page.Datasets ?? [])
                await sink.WriteAsync(Info(await DatasetAsync(dataset.DatasetReference!.DatasetId, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
            token = page.NextPageToken;
        }
        while (!string.IsNullOrEmpty(token));
    }

    public async Task TablesAsync(string? dataset, string? name, CancellationToken stop)
    {
        var of = dataset ?? Connection.Dataset ?? throw new JunipeerException(new JunipeerFault("Junipeer.BigQuery.NoDataset", FaultCategory.InvalidArgument,
            $"No dataset was named, and the connection '{Connection.Name}' has none of its own.", "Name one with -Dataset; Get-BigQueryDataset lists them.") { Target = Connection.Name });
        if (name is not null)
        {
            await sink.WriteAsync(Info(await TableAsync(of, name, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
            return;
        }

        string? token = null;
        do
        {
            var page = await client.SendAsync<TableList>(HttpMethod.Get, BigQueryClient.Path($"projects/{Connection.Project}/datasets/{of}/tables", ("maxResults", "1000"), ("pageToken", token)), null, $"list the tables of {of}", sink, stop).ConfigureAwait(false);
            foreach (var table in page.Tables ?? [])
                await sink.WriteAsync(Info(await TableAsync(of, table.TableReference!.TableId, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
            token = page.NextPageToken;
        }
        while (!string.IsNullOrEmpty(token));
    }

    public async Task NewDatasetAsync(BigQueryDatasetRequest request, CancellationToken stop)
    {
        var dataset = new DatasetResource
        {
            DatasetReference = new DatasetReference(Connection.Project, request.Dataset),
            Location = request.Location ?? Connection.Location,
            Description = request.Description,
            Labels = new Dictionary<string, string> { ["tool"] = "junipeer" },
        };
        var made = await client.SendAsync<DatasetResource>(HttpMethod.Post, BigQueryClient.Path($"projects/{Connection.Project}/datasets"), dataset, $"make the dataset {request.Dataset}", sink, stop).ConfigureAwait(false);
        await sink.WriteAsync(Info(made), stop).ConfigureAwait(false);
    }

    /// <summary>The columns of a schema, nested fields by their paths.</summary>
    public static IEnumerable<BigQueryColumnInfo> Columns(IEnumerable<TableField>? fields, string before = "") => (fields ?? []).SelectMany(field =>
        Columns(field.Fields, before + field.Name + ".").Prepend(new BigQueryColumnInfo(before + field.Name, field.StandardType, field.Mode ?? "NULLABLE", field.Description)));

    private Task<DatasetResource> DatasetAsync(string name, CancellationToken stop) =>
        client.SendAsync<DatasetResource>(HttpMethod.Get, BigQueryClient.Path($"projects/{Connection.Project}/datasets/{name}"), null, $"read the dataset {name}", sink, stop);

    private Task<TableResource> TableAsync(string dataset, string name, CancellationToken stop) =>
        client.SendAsync<TableResource>(HttpMethod.Get, BigQueryClient.Path($"projects/{Connection.Project}/datasets/{dataset}/tables/{name}"), null, $"read the table {dataset}.{name}", sink, stop);

    private BigQueryDatasetInfo Info(DatasetResource dataset) => new()
    {
        Dataset = dataset.DatasetReference!.DatasetId,
        Project = dataset.DatasetReference.ProjectId,
        Location = dataset.Location,
        Description = dataset.Description,
        Labels = dataset.Labels ?? new Dictionary<string, string>(),
        TableLifetime = Number(dataset.DefaultTableExpirationMs) is { } life ? TimeSpan.FromMilliseconds(life) : null,
        CreatedAt = Instant(dataset.CreationTime),
    };

    private static BigQueryTableInfo Info(TableResource table) => new()
    {
        Table = table.TableReference!.TableId,
        Dataset = table.TableReference.DatasetId,
        Project = table.TableReference.ProjectId,
        Type = table.Type,
        Rows = Number(table.NumRows),
        Bytes = Number(table.NumBytes),
        Columns = Columns(table.Schema?.Fields).ToArray(),
        Partitioning = table.TimePartitioning is { } by ? $"{by.Type} of {by.Field ?? "the time of loading"}" : null,
        Clustering = table.Clustering?.Fields ?? [],
        ExpiresAt = Instant(table.ExpirationTime),
        CreatedAt = Instant(table.CreationTime),
        ModifiedAt = Instant(table.LastModifiedTime),
        Description = table.Description,
    };

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Instant(string? text) => Number(text) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
