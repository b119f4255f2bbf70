using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Sessions;

/// <summary>Decides which connection a cmdlet uses.</summary>
internal static class ConnectionChooser
{
    /// <summary>The connection given, or the runspace's default; throws when there is none or it leads elsewhere.</summary>
    public static T Choose<T>(JunipeerConnection? given, string system)
        where T : JunipeerConnection
    {
        var chosen = given ?? Session.Current.Default(system);
        return chosen switch
        {
            null => throw new JunipeerException(NotConnected($"This session has no connection to {system}.", system, null)),
            UnknownConnection unknown => throw new JunipeerException(Unknown(unknown)),
            T ended when MemorySecretStore.Shared.HasLost(ended.SecretReference) => throw Ended(ended),
            T fitting => fitting,
            _ => throw new JunipeerException(new JunipeerFault(
                "Junipeer.Connection.WrongSystem",
                FaultCategory.InvalidArgument,
                $"The connection '{chosen.Name}' leads to {chosen.System}; this command needs one to {system}.",
                $"Pass a connection to {system} with -Connection; Get-JunipeerConnection -System {system} lists them.")
            { Target = chosen.Name }),
        };
    }

    /// <summary>The fault for a name nobody connected under.</summary>
    public static JunipeerFault Unknown(JunipeerConnection unknown)
    {
        var names = Session.Current.Connections.Select(c => $"'{c.Name}'").ToArray();
        var known = names.Length == 0 ? "It has none at all." : $"It has {string.Join(", ", names)}.";
        return NotConnected($"This session has no connection named '{unknown.Name}'. {known}", "Brightpearl", unknown.Name);
    }

    private static JunipeerFault NotConnected(string message, string system, string? target) => new(
        "Junipeer.Connection.NotConnected",
        FaultCategory.InvalidOperation,
        message,
        $"Run Connect-{system} first; inside ForEach-Object -Parallel and jobs pass -Connection $using:connection.")
    { Target = target ?? system };

    private static JunipeerException Ended(JunipeerConnection connection) => new(new JunipeerFault(
        "Junipeer.Connection.Disconnected",
        FaultCategory.InvalidOperation,
        $"The connection '{connection.Name}' has ended: it was disconnected, replaced by one of the same name, or its session closed.",
        $"Run Connect-{connection.System} again.")
    { Target = connection.Name, System = connection.System });
}
