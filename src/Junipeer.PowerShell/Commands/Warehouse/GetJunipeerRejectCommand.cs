using System.Management.Automation;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows the records that could not be written, with the reason, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerReject")]
[OutputType(typeof(RejectInfo))]
public sealed class GetJunipeerRejectCommand : WarehouseCmdlet
{
    private NameFilter? _names;

    /// <summary>Only these resources, with wildcards.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Resource { get; set; }

    /// <summary>Only what this run met.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RunId { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        _names = new NameFilter(Resource);
        var warehouse = Target();
        Run((engine, sink, stop) => engine.GetRejectsAsync(warehouse, sink, stop));
    }

    private protected override object? Shape(object result) =>
        result is RejectInfo reject && _names!.Matches(reject.Resource) && (RunId is null || reject.RunId == RunId) ? reject : null;
}
