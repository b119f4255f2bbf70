using System.Management.Automation;
using Junipeer.PowerShell.Common;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows what the exports into a warehouse did, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerRun")]
[OutputType(typeof(RunInfo))]
public sealed class GetJunipeerRunCommand : WarehouseStateCmdlet
{
    /// <summary>Only this run.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RunId { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var warehouse = Target();
        Run((engine, sink, stop) => engine.GetRunsAsync(warehouse, sink, stop));
    }

    private protected override object? Shape(object result) =>
        result is RunInfo run && IsAskedFor(run.Resource) && (RunId is null || run.RunId == RunId) ? run : null;
}
