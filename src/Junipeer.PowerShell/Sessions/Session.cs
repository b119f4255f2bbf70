using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using Junipeer.Connections;
using Junipeer.PowerShell.Engine;
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

    /// <summary>The connections made in this session, the oldest first.</summary>
    public IReadOnlyList<JunipeerConnection> Connections
    {
        get
        {
            lock (_gate) return _connections.ToArray();
        }
    }

    /// <summary>Those, and the ones this user saved.</summary>
    public IReadOnlyList<JunipeerConnection> All
    {
        get
        {
            var mine = Connections;
            var saved = EngineHost.Current.GetSavedConnections();

            // What is saved knows of renewed tokens, also of those another process renewed.
            return [.. mine.Select(c => saved.FirstOrDefault(s => s.SecretReference == c.SecretReference) ?? c), .. saved.Where(s => !mine.Any(c => IsSame(c, s)))];
        }
    }

    /// <summary>The connection used where none is named: the one made last in this session, else the only one saved.</summary>
    public JunipeerConnection? Default(string system) =>
        Connections.LastOrDefault(c => c.System == system)
        ?? (EngineHost.Current.GetSavedConnections().Where(c => c.System == system).ToArray() is [var only] ? only : null);

    /// <summary>The connection of that name, compared without case.</summary>
    public JunipeerConnection? Find(string name) =>
        Connections.LastOrDefault(c => IsNamed(c, name)) ?? EngineHost.Current.GetSavedConnections().FirstOrDefault(c => IsNamed(c, name));

    /// <summary>Adds a connection and makes it the default; one of the same name and system is replaced.</summary>
    public void Add(JunipeerConnection connection)
    {
        lock (_gate)
        {
            foreach (var old in _connections.Where(c => IsSame(c, connection)).ToArray())
            {
                _connections.Remove(old);
                if (old.SecretReference != connection.SecretReference) MemorySecretStore.Shared.Remove(old.SecretReference);
            }

            _connections.Add(connection);
        }
    }

    /// <summary>Ends a connection, also when another runspace made it; wipes its secret unless it is saved.</summary>
    public void Remove(JunipeerConnection connection)
    {
        lock (_gate) _connections.RemoveAll(c => c.SecretReference == connection.SecretReference);
        MemorySecretStore.Shared.Remove(connection.SecretReference);
    }

    private static bool IsSame(JunipeerConnection one, JunipeerConnection other) => one.System == other.System && IsNamed(one, other.Name);

    private static bool IsNamed(JunipeerConnection connection, string name) => connection.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private void Clear()
    {
        foreach (var connection in Connections) Remove(connection);
    }
}
