using System.Management.Automation;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows what the exports into a warehouse did, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerRun")]
[OutputType(typeof(RunInfo))]
public sealed class GetJunipeerRunCommand : WarehouseCmdlet
{
    private NameFilter? _names;

    /// <summary>Only these resources, with wildcards.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Resource { get; set; }

    /// <summary>Only this run.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RunId { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        _names = new NameFilter(Resource);
        var warehouse = Target();
        Run((engine, sink, stop) => engine.GetRunsAsync(warehouse, sink, stop));
    }

    private protected override object? Shape(object result) =>
        result is RunInfo run && _names!.Matches(run.Resource) && (RunId is null || run.RunId == RunId) ? run : null;
}
