using System.Management.Automation;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows where each resource stands in a warehouse.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerBookmark")]
[OutputType(typeof(BookmarkInfo))]
public sealed class GetJunipeerBookmarkCommand : WarehouseCmdlet
{
    private NameFilter? _names;

    /// <summary>Only these resources, with wildcards.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Resource { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        _names = new NameFilter(Resource);
        var warehouse = Target();
        Run((engine, sink, stop) => engine.GetBookmarksAsync(warehouse, sink, stop));
    }

    private protected override object? Shape(object result) => result is BookmarkInfo bookmark && _names!.Matches(bookmark.Resource) ? bookmark : null;
}
