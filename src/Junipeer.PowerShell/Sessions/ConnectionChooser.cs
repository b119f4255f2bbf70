using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Engine;
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
            null => throw new JunipeerException(None(system)),
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
        var names = Session.Current.All.Select(c => $"'{c.Name}'").ToArray();
        var known = names.Length == 0 ? "There is none at all." : $"There is {string.Join(", ", names)}.";
        return NotConnected($"There is no connection named '{unknown.Name}', neither in this session nor saved by {Environment.UserName} on {Environment.MachineName}. {known}", "Brightpearl", unknown.Name);
    }

    /// <summary>None was named, and it is not clear which it could be.</summary>
    private static JunipeerFault None(string system)
    {
        var saved = EngineHost.Current.GetSavedConnections().Where(c => c.System == system).Select(c => c.Name).ToArray();
        return saved.Length < 2
            ? NotConnected($"This session has no connection to {system}, and {Environment.UserName} saved none on {Environment.MachineName}.", system, null)
            : new JunipeerFault("Junipeer.Connection.Ambiguous", FaultCategory.InvalidArgument,
                $"Several connections to {system} are saved ({string.Join(", ", saved.Select(n => $"'{n}'"))}), and this session has made none.",
                $"Name one: -Connection '{saved[0]}'") { Target = system };
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
