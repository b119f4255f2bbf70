using System.Management.Automation;
using Junipeer.PowerShell.Common;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows the records that could not be written, with the reason, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerReject")]
[OutputType(typeof(RejectInfo))]
public sealed class GetJunipeerRejectCommand : WarehouseStateCmdlet
{
    /// <summary>Only what this run met.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RunId { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var warehouse = Target();
        Run((engine, sink, stop) => engine.GetRejectsAsync(warehouse, sink, stop));
    }

    private protected override object? Shape(object result) =>
        result is RejectInfo reject && IsAskedFor(reject.Resource) && (RunId is null || reject.RunId == RunId) ? reject : null;
}
