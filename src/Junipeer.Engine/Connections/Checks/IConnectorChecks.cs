using Junipeer.Http;
using Junipeer.Operations;

namespace Junipeer.Connections.Checks;

/// <summary>The part of a connection's checks that belongs to one system.</summary>
internal interface IConnectorChecks : IAsyncDisposable
{
    /// <summary>The command that makes the connection again, whole, so that it can be run as it is.</summary>
    string ConnectCommand { get; }

    /// <summary>The system's time, once it answered.</summary>
    ServerClock Clock { get; }

    /// <summary>What is wrong with a host that has no address, where the system knows better than "not found".</summary>
    JunipeerFault? ExplainUnknownHost();

    /// <summary>Asks the system; returns every check, tried or not.</summary>
    Task<IReadOnlyList<ConnectionCheck>> AskAsync(CancellationToken stop);
}
