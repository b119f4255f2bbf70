using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.Resources;

namespace Junipeer.Norce;

/// <summary>The engine's front to Norce: each method opens what it needs, does one thing, and closes.</summary>
internal sealed class NorceEngine(ISecretStore secrets) : INorceEngine
{
    public IReadOnlyList<ResourceInfo> KnownResources => NorceCatalogue.Known.Select(s => s.ToInfo()).ToArray();

    public async Task GetResourcesAsync(NorceConnection connection, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new NorceClient(connection, secrets);
        foreach (var set in await new NorceModel(client, sink).AllAsync(stop).ConfigureAwait(false)) await sink.WriteAsync(set.ToInfo(), stop).ConfigureAwait(false);
    }

    public async Task FindAsync(NorceQuery query, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new NorceClient(query.Connection, secrets);
        await new NorceFinder(client, sink).FindAsync(query, stop).ConfigureAwait(false);
    }

    public async Task GetAsync(NorceRecordRequest request, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new NorceClient(request.Connection, secrets);
        await new NorceFinder(client, sink).GetAsync(request, stop).ConfigureAwait(false);
    }

    public async Task InvokeAsync(NorceRawRequest request, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new NorceClient(request.Connection, secrets);
        await sink.WriteAsync(await client.SendRawAsync(request, sink, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
    }

    public INorceImport BeginImport(NorceImportRequest request) => throw new NotSupportedException();

    public Task GetJobsAsync(NorceConnection connection, IReadOnlyList<string> ids, TimeSpan? wait, bool log, IOperationSink sink, CancellationToken stop) => throw new NotSupportedException();

    public Task SendOrderMessageAsync(NorceOrderMessage message, IOperationSink sink, CancellationToken stop) => throw new NotSupportedException();
}
