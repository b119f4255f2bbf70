using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Security;
using Junipeer.Connections;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Sessions;

/// <summary>
/// The connections of one runspace. Jobs that share a process (Azure Automation, <c>ForEach-Object -Parallel</c>) have
/// runspaces of their own and so cannot change or end each other's connections.
/// </summary>
internal sealed class Session
{
    private static readonly ConditionalWeakTable<Runspace, Session> Table = [];

    private readonly object _gate = new();
    private readonly List<JunipeerConnection> _connections = [];

    private Session(Runspace runspace) => runspace.StateChanged += (_, change) =>
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken) Clear();
    };

    /// <summary>The session of the runspace this thread runs in.</summary>
    public static Session Current => Table.GetValue(Runspace.DefaultRunspace, runspace => new Session(runspace));

    /// <summary>All connections, the oldest first.</summary>
    public IReadOnlyList<JunipeerConnection> Connections
    {
        get
        {
            lock (_gate) return _connections.ToArray();
        }
    }

    /// <summary>The connection used where none is named: the one made last.</summary>
    public JunipeerConnection? Default(string system) => Connections.LastOrDefault(c => c.System == system);

    /// <summary>The connection of that name, compared without case.</summary>
    public JunipeerConnection? Find(string name) =>
        Connections.LastOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds a connection with its secret and makes it the default; one of the same name is replaced.</summary>
    public T Add<T>(SecureString secret, Func<string, T> make)
        where T : JunipeerConnection
    {
        var connection = make(MemorySecretStore.Shared.Add(secret));
        lock (_gate)
        {
            if (Find(connection.Name) is { } old) Remove(old);
            _connections.Add(connection);
        }

        return connection;
    }

    /// <summary>Ends a connection and wipes its secret, also when another runspace made it.</summary>
    public void Remove(JunipeerConnection connection)
    {
        lock (_gate) _connections.RemoveAll(c => c.SecretReference == connection.SecretReference);
        MemorySecretStore.Shared.Remove(connection.SecretReference);
    }

    private void Clear()
    {
        foreach (var connection in Connections) Remove(connection);
    }
}
