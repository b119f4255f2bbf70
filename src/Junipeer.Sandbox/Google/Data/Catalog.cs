using System.Collections.Immutable;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>Everything that is stored, at one moment.</summary>
internal sealed record Catalog(
    ImmutableSortedDictionary<(string Project, string Dataset), Dataset> Datasets,
    ImmutableDictionary<TableRef, Table> Tables)
{
    public static readonly Catalog Empty = new(
        ImmutableSortedDictionary.Create<(string Project, string Dataset), Dataset>(
            Comparer<(string Project, string Dataset)>.Create(static (a, b) => string.CompareOrdinal(a.Project, b.Project) is var order && order != 0 ? order : string.CompareOrdinal(a.Dataset, b.Dataset))),
        ImmutableDictionary<TableRef, Table>.Empty);

    public Dataset? Dataset(string project, string dataset) => Datasets.GetValueOrDefault((project, dataset));

    /// <summary>A table, unless its time is over.</summary>
    public Table? Table(TableRef table, DateTimeOffset now) =>
        Tables.GetValueOrDefault(table) is { } found && !(found.ExpirationTime <= now) ? found : null;

    public IEnumerable<Table> TablesOf(string project, string dataset, DateTimeOffset now) =>
        Tables.Values
            .Where(t => t.Ref.Project == project && t.Ref.Dataset == dataset && !(t.ExpirationTime <= now))
            .OrderBy(t => t.Ref.Name, StringComparer.Ordinal);
}
