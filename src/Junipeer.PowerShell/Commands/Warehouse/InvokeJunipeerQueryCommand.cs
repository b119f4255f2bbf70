using System.Collections;
using System.Management.Automation;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Runs SQL on a warehouse, read-only; one object per row.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "JunipeerQuery")]
[OutputType(typeof(PSObject))]
public sealed class InvokeJunipeerQueryCommand : JunipeerCmdlet
{
    /// <summary>The SQLite file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [WarehouseArgument]
    [ValidateNotNull]
    public WarehouseReference? Warehouse { get; set; }

    /// <summary>The statement.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Alias("Sql")]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    /// <summary>Values for the statement's named parameters.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Parameter { get; set; } = new Hashtable();

    /// <inheritdoc/>
    protected override void Process()
    {
        var request = new QueryRequest(ProviderPath.Resolve(this, Warehouse!, null), Query) { Parameters = PlainValue.Dictionary(Parameter) };
        Run((engine, sink, stop) => engine.QueryAsync(request, sink, stop));
    }
}
