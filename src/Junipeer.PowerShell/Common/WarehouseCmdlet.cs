using System.Management.Automation;
using Junipeer.PowerShell.Arguments;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Common;

/// <summary>What all cmdlets that read a warehouse share.</summary>
public abstract class WarehouseCmdlet : JunipeerCmdlet
{
    /// <summary>The SQLite file the export filled.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [WarehouseArgument]
    [ValidateNotNull]
    public WarehouseReference? Warehouse { get; set; }

    /// <summary>The prefix the export put before its table names.</summary>
    [Parameter]
    [ValidateNotNull]
    public string TablePrefix { get; set; } = "";

    /// <summary>The warehouse with its full path; throws when it cannot be one.</summary>
    private protected WarehouseReference Target() => ProviderPath.Resolve(this, Warehouse!, TablePrefix);
}
