using Junipeer.Connections;
using Junipeer.Norce.Importing;
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

    public INorceImport BeginImport(NorceImportRequest request)
    {
        var client = new NorceClient(request.Connection, secrets);
        return new NorceImport(client, request);
    }

    public async Task GetJobsAsync(NorceConnection connection, IReadOnlyList<string> ids, TimeSpan? wait, bool log, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new NorceClient(connection, secrets);
        var jobs = new JobApi(client, sink);
        foreach (var id in ids)
        {
            var job = wait is { } patience ? await jobs.FollowAsync(id, patience, TimeSpan.FromSeconds(2), null, stop).ConfigureAwait(false) : await jobs.GetAsync(id, stop).ConfigureAwait(false);
            if (job is null)
            {
                sink.Fault(new JunipeerFault("Junipeer.Norce.NoSuchJob", FaultCategory.ObjectNotFound, $"Norce knows no job {id}.",
                    "Check the id; Invoke-NorceImport writes it, and the admin site lists jobs under Integration status.") { Target = id, System = NorceCatalogue.System });
                continue;
            }

            if (!job.IsFinished && wait is { } waited) sink.Fault(JobSender.Faults.JobTimeout(job, waited));
            if (log)
            {
                var lines = await jobs.LogAsync(id, stop).ConfigureAwait(false);
                job = job with { Log = lines, IsClean = job is { IsFinished: true, Status: NorceJobStatus.Succeeded, Failed: 0 } && lines.All(l => l.Severity == NorceSeverity.Information) };
            }

            await sink.WriteAsync(job, stop).ConfigureAwait(false);
        }
    }

    public async Task SendOrderMessageAsync(NorceOrderMessage message, IOperationSink sink, CancellationToken stop)
    {
        await using var client = new NorceClient(message.Connection, secrets);
        await new OrderMessages(client, sink).SendAsync(message, stop).ConfigureAwait(false);
    }
}
