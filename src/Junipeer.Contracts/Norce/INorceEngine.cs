using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.Resources;

namespace Junipeer.Norce;

/// <summary>The part of the engine that speaks to Norce; the rules of <see cref="IJunipeerEngine"/> hold.</summary>
public interface INorceEngine
{
    /// <summary>The sets this version knows, without asking anybody.</summary>
    IReadOnlyList<ResourceInfo> KnownResources { get; }

    /// <summary>Writes a <see cref="ResourceInfo"/> for each set the tenant's metadata names, with what is known of it besides.</summary>
    Task GetResourcesAsync(NorceConnection connection, IOperationSink sink, CancellationToken stop);

    /// <summary>Searches; writes <see cref="Records.JunipeerRecord"/>s.</summary>
    Task FindAsync(NorceQuery query, IOperationSink sink, CancellationToken stop);

    /// <summary>Reads by key; writes <see cref="Records.JunipeerRecord"/>s and a fault for each key that is not there.</summary>
    Task GetAsync(NorceRecordRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>One raw call; writes one <see cref="Requests.RawResponse"/>.</summary>
    Task InvokeAsync(NorceRawRequest request, IOperationSink sink, CancellationToken stop);

    /// <summary>Begins an import.</summary>
    INorceImport BeginImport(NorceImportRequest request);

    /// <summary>Asks after jobs; writes a <see cref="NorceJob"/> each and a fault for each that is not there.</summary>
    /// <param name="connection">Where they are.</param>
    /// <param name="ids">Their ids.</param>
    /// <param name="wait">Follow them to their end, at most so long; null to ask once.</param>
    /// <param name="log">Bring their logs.</param>
    /// <param name="sink">Where they go.</param>
    /// <param name="stop">Ends the waiting.</param>
    Task GetJobsAsync(NorceConnection connection, IReadOnlyList<string> ids, TimeSpan? wait, bool log, IOperationSink sink, CancellationToken stop);

    /// <summary>Sends a message about an order; writes a <see cref="NorceOrderReceipt"/>.</summary>
    Task SendOrderMessageAsync(NorceOrderMessage message, IOperationSink sink, CancellationToken stop);
}
