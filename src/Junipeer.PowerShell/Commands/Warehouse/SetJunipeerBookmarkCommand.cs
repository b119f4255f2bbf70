using System.Management.Automation;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Sets the instant the next export reads changes from, or makes it read everything.</summary>
[Cmdlet(VerbsCommon.Set, "JunipeerBookmark", DefaultParameterSetName = WatermarkSet, SupportsShouldProcess = true)]
[OutputType(typeof(BookmarkInfo))]
public sealed class SetJunipeerBookmarkCommand : WarehouseCmdlet
{
    private const string WatermarkSet = "Watermark";
    private const string ResetSet = "Reset";

    /// <summary>The resources.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Resource { get; set; } = [];

    /// <summary>The next export reads what changed from then on.</summary>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = WatermarkSet)]
    public DateTimeOffset Watermark { get; set; }

    /// <summary>Forget everything, so that the next export reads all.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ResetSet)]
    public SwitchParameter Reset { get; set; }

    /// <summary>Write the bookmark that results to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var warehouse = Target();
        foreach (var resource in Resource)
        {
            var change = ParameterSetName == ResetSet
                ? new BookmarkChange(warehouse, resource) { Reset = true }
                : new BookmarkChange(warehouse, resource) { Watermark = Watermark };
            var action = ParameterSetName == ResetSet ? "Forget the bookmark" : $"Set the watermark to {Watermark.UtcDateTime:u}";
            if (ShouldProcess($"{resource} in {warehouse.Path ?? warehouse.Connection?.Name}", action))
                Run((engine, sink, stop) => engine.SetBookmarkAsync(change, sink, stop));
        }
    }

    private protected override object? Shape(object result) => PassThru ? result : null;
}
