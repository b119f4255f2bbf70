using System.Management.Automation;
using Junipeer.PowerShell.Common;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows where each resource stands in a warehouse.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerBookmark")]
[OutputType(typeof(BookmarkInfo))]
public sealed class GetJunipeerBookmarkCommand : WarehouseStateCmdlet
{
    /// <inheritdoc/>
    protected override void End()
    {
        var warehouse = Target();
        Run((engine, sink, stop) => engine.GetBookmarksAsync(warehouse, sink, stop));
    }

    private protected override object? Shape(object result) => result is BookmarkInfo bookmark && IsAskedFor(bookmark.Resource) ? bookmark : null;
}
