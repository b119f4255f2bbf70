using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Common;

/// <summary>What all cmdlets that call Norce share.</summary>
public abstract class NorceCmdlet : JunipeerCmdlet
{
    /// <summary>The system's name, as the engine knows it.</summary>
    private protected const string System = "Norce";

    /// <summary>The connection, or its name; the session's default when left out.</summary>
    [Parameter]
    [ConnectionArgument]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    [ValidateNotNull]
    public JunipeerConnection? Connection { get; set; }

    /// <summary>The connection to use; throws when there is none.</summary>
    private protected NorceConnection Target() => Use<NorceConnection>(Connection, System);
}
