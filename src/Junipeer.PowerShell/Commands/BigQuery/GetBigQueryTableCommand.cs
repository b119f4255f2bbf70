using System.Management.Automation;
using Junipeer.BigQuery;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows the tables of a dataset with their columns, rows, size and layout.</summary>
[Cmdlet(VerbsCommon.Get, "BigQueryTable")]
[OutputType(typeof(BigQueryTableInfo))]
public sealed class GetBigQueryTableCommand : BigQueryCmdlet
{
    private NameFilter? _names;

    /// <summary>Only these tables, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Table { get; set; }

    /// <summary>The dataset; the connection's own when left out.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Dataset { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        _names = new NameFilter(Table);
        var connection = Target();
        var one = Table is [var only] && !WildcardPattern.ContainsWildcardCharacters(only) ? only : null;
        Run((engine, sink, stop) => engine.GetTablesAsync(connection, Dataset, one, sink, stop));
    }

    private protected override object? Shape(object result) => result is BigQueryTableInfo table && _names!.Matches(table.Table) ? table : null;
}
