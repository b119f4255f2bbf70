using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Common;

/// <summary>What all cmdlets that call Brightpearl share.</summary>
public abstract class BrightpearlCmdlet : JunipeerCmdlet
{
    /// <summary>The system's name, as the engine knows it.</summary>
    private protected const string System = "Brightpearl";

    /// <summary>The connection, or its name; the session's default when left out.</summary>
    [Parameter]
    [ConnectionArgument]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    [ValidateNotNull]
    public JunipeerConnection? Connection { get; set; }

    /// <summary>The share of the account's quota this may use, 0.05 to 1.</summary>
    [Parameter]
    [ValidateRange(0.05, 1.0)]
    public double? QuotaShare { get; set; }

    /// <summary>The connection to use; throws when there is none.</summary>
    private protected BrightpearlConnection Target() => Use<BrightpearlConnection>(Connection, System);
}
