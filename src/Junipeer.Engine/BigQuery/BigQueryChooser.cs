using System.Globalization;
using System.Security;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>
/// Finds out what a new connection was not told: project, dataset and location. One that is the only one is taken; else a
/// person is asked, and without one the error lists what there is.
/// </summary>
internal sealed class BigQueryChooser(BigQueryConnection connection, SecretDocument secret, string? noPrompt, IOperationSink sink)
{
    public async Task<BigQueryConnection> RunAsync(CancellationToken stop)
    {
        var known = connection;
        if (known.Kind == BigQueryAuthentication.ServiceAccount && secret.Token is { } json)
        {
            var key = ServiceAccountKey.Parse(json, known.Name, known.BaseUri.IsLoopback);
            known = known with { Principal = key.Email, Project = known.Project.Length > 0 ? known.Project : key.Project ?? string.Empty };
        }

        if (known.Project.Length > 0 && known.Dataset is not null && known.Location is not null) return known;
        await using var client = new BigQueryClient(known, new OneSecret(secret));
        if (known.Project.Length == 0)
            known = known with { Project = await ChooseAsync("project", await ListAsync(c => c.ProjectsAsync(stop), client, o => (string)o).ConfigureAwait(false), isNeeded: true, stop).ConfigureAwait(false) ?? string.Empty };
        await using var within = new BigQueryClient(known, new OneSecret(secret));
        if (known.Dataset is null)
        {
            var datasets = await ListAsync(c => c.DatasetsAsync(null, stop), within, o => ((BigQueryDatasetInfo)o).Dataset).ConfigureAwait(false);
            known = known with { Dataset = await ChooseAsync("dataset", datasets, isNeeded: false, stop).ConfigureAwait(false) };
        }

        return known.Location is null && known.Dataset is { } dataset ? known with { Location = await LocationAsync(within, known.Project, dataset, stop).ConfigureAwait(false) } : known;
    }

    private async Task<string?> ChooseAsync(string what, List<string> all, bool isNeeded, CancellationToken stop)
    {
        if (all.Count == 1) return all[0];
        if (all.Count == 0 && !isNeeded) return null; // the first export makes one, when it is told which
        if (all.Count == 0 || noPrompt is not null)
        {
            throw new JunipeerException(new JunipeerFault(isNeeded ? "Junipeer.BigQuery.ProjectNeeded" : "Junipeer.BigQuery.DatasetNeeded", FaultCategory.InvalidArgument,
                all.Count == 0 ? "No project was named, and this account can see none." : $"No {what} was named, and there are several: {string.Join(", ", all.Take(50))}.",
                $"Name one: -{(isNeeded ? "Project" : "Dataset")} {(all.Count == 0 ? "<id>" : all[0])}") { Target = connection.Name, System = connection.System });
        }

        sink.Tell(string.Join(Environment.NewLine, all.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1,4}  {name}"))));
        var answer = (await sink.AskAsync($"Which {what}? Its number or name{(isNeeded ? "" : ", nothing for none")}", stop).ConfigureAwait(false))?.Trim() ?? string.Empty;
        if (answer.Length == 0 && !isNeeded) return null;
        if (int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= all.Count) return all[number - 1];
        return all.Find(name => name.Equals(answer, StringComparison.OrdinalIgnoreCase)) ?? throw new JunipeerException(new JunipeerFault(
            isNeeded ? "Junipeer.BigQuery.ProjectNeeded" : "Junipeer.BigQuery.DatasetNeeded", FaultCategory.InvalidArgument, $"'{answer}' is none of them.", $"Name one with -{(isNeeded ? "Project" : "Dataset")}.") { Target = answer, System = connection.System });
    }

    private async Task<List<string>> ListAsync(Func<BigQueryCatalog, Task> list, BigQueryClient client, Func<object, string> name)
    {
        var found = new ListSink(sink);
        await list(new BigQueryCatalog(client, found)).ConfigureAwait(false);
        return found.Results.Select(name).ToList();
    }

    private async Task<string?> LocationAsync(BigQueryClient client, string project, string dataset, CancellationToken stop)
    {
        var (found, _) = await client.TryAsync<DatasetResource>(HttpMethod.Get, BigQueryClient.Path($"projects/{project}/datasets/{dataset}"), null, $"read the dataset {dataset}", sink, stop).ConfigureAwait(false);
        return found?.Location; // one that does not exist yet has none
    }

    /// <summary>The secret of a connection that is not saved yet.</summary>
    private sealed class OneSecret(SecretDocument secret) : ISecretStore
    {
        public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop) => new(secret.Hide());

        public ValueTask WriteAsync(JunipeerConnection written, SecureString changed, CancellationToken stop) => default;

        public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => default;
    }

    private sealed class ListSink(IOperationSink inner) : IOperationSink
    {
        public List<object> Results { get; } = [];

        public ValueTask WriteAsync(object result, CancellationToken stop)
        {
            Results.Add(result);
            return default;
        }

        public void Fault(JunipeerFault fault) => inner.Fault(fault);

        public void Warning(string message) => inner.Warning(message);

        public void Verbose(string message) => inner.Verbose(message);

        public void Debug(string message) => inner.Debug(message);

        public void Progress(OperationProgress progress) => inner.Progress(progress);
    }
}
