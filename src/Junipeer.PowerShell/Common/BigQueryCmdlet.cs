using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Common;

/// <summary>What all cmdlets that call BigQuery share.</summary>
public abstract class BigQueryCmdlet : JunipeerCmdlet
{
    /// <summary>The system's name, as the engine knows it.</summary>
    private protected const string System = "BigQuery";

    /// <summary>The connection, or its name; the session's default when left out.</summary>
    [Parameter]
    [ConnectionArgument]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    [ValidateNotNull]
    public JunipeerConnection? Connection { get; set; }

    /// <summary>The connection to use; throws when there is none.</summary>
    private protected BigQueryConnection Target() => Use<BigQueryConnection>(Connection, System);
}
