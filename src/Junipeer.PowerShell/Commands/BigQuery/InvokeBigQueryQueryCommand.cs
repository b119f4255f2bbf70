using System.Collections;
using System.Management.Automation;
using Junipeer.BigQuery;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Commands;

/// <summary>Runs SQL on BigQuery and streams the rows as objects.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BigQueryQuery", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(BigQueryCostInfo))]
public sealed class InvokeBigQueryQueryCommand : BigQueryCmdlet
{
    /// <summary>GoogleSQL: a statement or a script.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    /// <summary>Values for the named parameters of the statement.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Parameter { get; set; } = [];

    /// <summary>Only tell how many bytes it would read, and what that costs.</summary>
    [Parameter]
    public SwitchParameter DryRun { get; set; }

    /// <summary>Refuse the query when it would be billed for more bytes.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? MaximumBytesBilled { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var connection = Target();
        if (!DryRun && !ShouldProcess($"BigQuery project {connection.Project}", $"Run: {Query.Trim()}")) return;
        var statement = new BigQueryStatement(connection, Query)
        {
            Parameters = PlainValue.Dictionary(Parameter),
            DryRun = DryRun,
            MaximumBytesBilled = MaximumBytesBilled,
        };
        Run((engine, sink, stop) => engine.RunStatementAsync(statement, sink, stop));
    }
}
