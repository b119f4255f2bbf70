using System.Management.Automation;
using Junipeer.BigQuery;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Commands;

/// <summary>Lists the datasets of a project.</summary>
[Cmdlet(VerbsCommon.Get, "BigQueryDataset")]
[OutputType(typeof(BigQueryDatasetInfo))]
public sealed class GetBigQueryDatasetCommand : BigQueryCmdlet
{
    private NameFilter? _names;

    /// <summary>Only these datasets, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Dataset { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        _names = new NameFilter(Dataset);
        var connection = Target();
        var one = Dataset is [var only] && !WildcardPattern.ContainsWildcardCharacters(only) ? only : null;
        Run((engine, sink, stop) => engine.GetDatasetsAsync(connection, one, sink, stop));
    }

    private protected override object? Shape(object result) => result is BigQueryDatasetInfo dataset && _names!.Matches(dataset.Dataset) ? dataset : null;
}
