using System.Management.Automation;
using Junipeer.PowerShell.Completers;

namespace Junipeer.PowerShell.Common;

/// <summary>What the cmdlets share that show what a warehouse remembers of its resources.</summary>
public abstract class WarehouseStateCmdlet : WarehouseCmdlet
{
    private NameFilter? _names;

    /// <summary>Only these resources, with wildcards.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Resource { get; set; }

    private protected bool IsAskedFor(string resource) => (_names ??= new NameFilter(Resource)).Matches(resource);
}
