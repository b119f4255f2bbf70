using System.Diagnostics;
using System.Globalization;
using Junipeer.Connections;
using Junipeer.Connections.Checks;
using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>What only BigQuery can be asked, each step with what it needs from the one before.</summary>
internal sealed class BigQueryChecks : IConnectorChecks
{
    private static readonly string[] Wanted = ["bigquery.tables.getData", "bigquery.tables.updateData", "bigquery.tables.update"];

    private readonly BigQueryConnection _connection;
    private readonly BigQueryClient _client;
    private readonly CheckMaker _make;
    private readonly IOperationSink _sink;
    private readonly List<ConnectionCheck> _checks = [];

    public BigQueryChecks(BigQueryConnection connection, ISecretStore secrets, CheckMaker make, IOperationSink sink, HttpOptions options)
    {
        (_connection, _make, _sink) = (connection, make, sink);
        _client = new BigQueryClient(connection, secrets, options with { FirstDelay = TimeSpan.FromMilliseconds(200), MostDelay = TimeSpan.FromSeconds(1) });
    }

    /// <summary>The checks in their order.</summary>
    public static IReadOnlyList<string> Order { get; } = ["SignedIn", TokenLifetimeCheck.Name, "Project", "Dataset", "Location", "RunsJobs", "WritesTables", "BytesBilled"];

    public string ConnectCommand => BigQuerySignIn.CommandFor(_connection);

    public ServerClock Clock => _client.Clock;

    public JunipeerFault? ExplainUnknownHost() => null;

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    public async Task<IReadOnlyList<ConnectionCheck>> AskAsync(CancellationToken stop)
    {
        try
        {
            await SignedInAsync(stop).ConfigureAwait(false);
            await ProjectAsync(stop).ConfigureAwait(false);
            var location = await DatasetAsync(stop).ConfigureAwait(false);
            await RunsJobsAsync(location, stop).ConfigureAwait(false);
            await WritesTablesAsync(stop).ConfigureAwait(false);
        }
        catch (JunipeerException failed)
        {
            // The check that was being made; what comes after needs it.
            _checks.Add(_make.Failed(Order[_checks.Count], failed.Fault));
        }

        _checks.AddRange(_make.Skipped("an earlier check failed", Order.Skip(_checks.Count).ToArray()));
        return _checks;
    }

    private async Task SignedInAsync(CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        await _client.Credentials.PrepareAsync(_sink, stop).ConfigureAwait(false);
        _checks.Add(_make.Passed("SignedIn", _connection.Principal is { } who ? $"as {who} ({_connection.Kind})" : $"by {_connection.Kind}", Stopwatch.GetElapsedTime(started)));
        _checks.Add(_client.Credentials.Keeper is { } keeper
            ? TokenLifetimeCheck.Run(_make, _connection, ConnectCommand, keeper, wasRefused: false)
            : _make.Passed(TokenLifetimeCheck.Name, "an hour each, renewed by itself from the machine's own identity or key"));
    }

    private async Task ProjectAsync(CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        await _client.SendAsync<DatasetList>(HttpMethod.Get, BigQueryClient.Path($"projects/{_connection.Project}/datasets", ("maxResults", "1")), null, $"see the project {_connection.Project}", _sink, stop).ConfigureAwait(false);
        _checks.Add(_make.Passed("Project", $"project '{_connection.Project}' is visible and has the BigQuery API", Stopwatch.GetElapsedTime(started)));
    }

    private async Task<string?> DatasetAsync(CancellationToken stop)
    {
        if (_connection.Dataset is not { } name)
        {
            _checks.Add(_make.Warning("Dataset", "none chosen", "The connection names no dataset.", "Connect again with -Dataset to use it as a warehouse."));
            _checks.AddRange(_make.Skipped("no dataset is chosen", "Location"));
            return _connection.Location;
        }

        var started = Stopwatch.GetTimestamp();
        var (dataset, error) = await _client.TryAsync<DatasetResource>(HttpMethod.Get, BigQueryClient.Path($"projects/{_connection.Project}/datasets/{name}"), null, $"see the dataset {name}", _sink, stop).ConfigureAwait(false);
        if (error is { Reason: "notFound" })
        {
            _checks.Add(_make.Warning("Dataset", $"'{name}' does not exist yet", $"There is no dataset '{name}' in '{_connection.Project}'.", $"It is made by the first export, or by New-BigQueryDataset {name}."));
            _checks.AddRange(_make.Skipped("the dataset does not exist", "Location"));
            return _connection.Location;
        }

        if (error is not null) throw _client.Faults.From(error, $"see the dataset {name}");
        _checks.Add(_make.Passed("Dataset", $"dataset '{name}' is visible", Stopwatch.GetElapsedTime(started)));
        _checks.Add(_connection.Location is { } wanted && !wanted.Equals(dataset!.Location, StringComparison.OrdinalIgnoreCase)
            ? _make.Failed("Location", new JunipeerFault("Junipeer.BigQuery.WrongLocation", FaultCategory.InvalidArgument,
                $"The dataset lives in {dataset.Location}, the connection works in {wanted}; its jobs would not find it.", $"Connect again with -Location {dataset.Location}."))
            : _make.Passed("Location", dataset!.Location ?? "not told"));
        return dataset!.Location;
    }

    /// <summary>A dry run needs the right to create jobs and costs nothing.</summary>
    private async Task RunsJobsAsync(string? location, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var job = new JobResource
        {
            JobReference = new JobReference(_connection.Project, BigQueryJobs.NewId("check"), location),
            Configuration = new JobConfiguration { DryRun = true, Query = new QueryConfiguration { Query = "SELECT 1" } },
        };
        var dry = await _client.SendAsync<JobResource>(HttpMethod.Post, BigQueryClient.Path($"projects/{_connection.Project}/jobs"), job, "run jobs", _sink, stop).ConfigureAwait(false);
        _checks.Add(_make.Passed("RunsJobs", "may run jobs (a dry run said so)", Stopwatch.GetElapsedTime(started)));
        Bytes = dry.Statistics?.Query?.TotalBytesProcessed ?? dry.Statistics?.TotalBytesProcessed;
    }

    private string? Bytes { get; set; }

    private async Task WritesTablesAsync(CancellationToken stop)
    {
        var table = _connection.Dataset is null ? null : await FirstTableAsync(stop).ConfigureAwait(false);
        if (table is null)
        {
            _checks.Add(_make.Make("WritesTables", CheckStatus.Skipped, "Not tried: there is no table to ask about yet.", TimeSpan.Zero));
        }
        else
        {
            var started = Stopwatch.GetTimestamp();
            var may = await _client.SendAsync<PermissionList>(HttpMethod.Post, BigQueryClient.Path($"projects/{table.ProjectId}/datasets/{table.DatasetId}/tables/{table.TableId}") + ":testIamPermissions",
                new PermissionList(Wanted), "ask for permissions", _sink, stop).ConfigureAwait(false);
            var missing = Wanted.Except(may.Permissions ?? []).ToArray();
            _checks.Add(missing.Length == 0
                ? _make.Passed("WritesTables", $"may read and write {table.DatasetId}.{table.TableId}", Stopwatch.GetElapsedTime(started))
                : _make.Failed("WritesTables", new JunipeerFault("Junipeer.Authentication.Forbidden", FaultCategory.PermissionDenied,
                    $"The rights {string.Join(", ", missing)} are missing on {table.DatasetId}.{table.TableId}.", "Give the account the role BigQuery Data Editor on the dataset.")));
        }

        _checks.Add(_make.Passed("BytesBilled", long.TryParse(Bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? $"this test was billed nothing; a dry run told {bytes:N0} bytes" : "this test was billed nothing"));
    }

    private async Task<TableReference?> FirstTableAsync(CancellationToken stop)
    {
        var (list, error) = await _client.TryAsync<TableList>(HttpMethod.Get, BigQueryClient.Path($"projects/{_connection.Project}/datasets/{_connection.Dataset}/tables", ("maxResults", "1")), null, "list tables", _sink, stop).ConfigureAwait(false);
        return error is null ? list?.Tables?.FirstOrDefault()?.TableReference : null;
    }
}
