using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Output;

/// <summary>Properties that Junipeer.Types.ps1xml adds to connections.</summary>
public static class ConnectionCode
{
    /// <summary>Whether this session uses the connection where none is named.</summary>
    public static bool IsDefault(PSObject instance) =>
        instance?.BaseObject is JunipeerConnection connection && Session.Current.Default(connection.System) is { } chosen && chosen.SecretReference == connection.SecretReference;
}
