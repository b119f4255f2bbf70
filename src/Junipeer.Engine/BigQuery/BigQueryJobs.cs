using System.Globalization;
using Google.Apis.Upload;
using Junipeer.Export;
using Junipeer.Operations;

namespace Junipeer.BigQuery;

/// <summary>
/// Runs jobs. Each has an id made here, <c>prefix_aN</c>: a call that is repeated keeps it, so BigQuery runs the job once
/// whatever became of the answers; a job that failed in passing is run again under the next number
/// (https://docs.cloud.google.com/bigquery/docs/running-jobs).
/// </summary>
internal sealed class BigQueryJobs(BigQueryClient client, IOperationSink sink)
{
    private const int MostAttempts = 5;

    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(15);

    private long _jobs;
    private long _loaded;
    private long _billed;

    /// <summary>What the jobs of this object have cost so far.</summary>
    public WarehouseUse Use => new(Interlocked.Read(ref _jobs), Interlocked.Read(ref _loaded), Interlocked.Read(ref _billed));

    private string Project => client.Connection.Project;

    /// <summary>Runs a query job to its end.</summary>
    public Task<JobResource> QueryAsync(string id, QueryConfiguration query, string what, IReadOnlyDictionary<string, string>? labels, CancellationToken stop) =>
        RunAsync(id, new JobConfiguration { Query = query, Labels = labels }, what, InsertAsync, stop);

    /// <summary>Asks what a query would read; costs nothing.</summary>
    public async Task<JobResource> DryRunAsync(QueryConfiguration query, string what, CancellationToken stop) =>
        await client.SendAsync<JobResource>(HttpMethod.Post, BigQueryClient.Path($"projects/{Project}/jobs"),
            new JobResource { JobReference = new JobReference(Project, NewId("dry"), client.Connection.Location), Configuration = new JobConfiguration { DryRun = true, Query = query } }, what, sink, stop).ConfigureAwait(false);

    /// <summary>Loads data; <paramref name="open"/> gives it anew for every try.</summary>
    public Task<JobResource> LoadAsync(string id, LoadConfiguration load, Func<Stream> open, string what, IReadOnlyDictionary<string, string>? labels, CancellationToken stop) =>
        RunAsync(id, new JobConfiguration { Load = load, Labels = labels }, what, (job, token) => UploadAsync(job, open, what, token), stop);

    /// <summary>A job id nobody else has.</summary>
    public static string NewId(string purpose) => $"junipeer_{purpose}_{Guid.NewGuid():N}";

    /// <summary>A job as it stands.</summary>
    public Task<JobResource> GetAsync(JobReference job, string what, CancellationToken stop) =>
        client.SendAsync<JobResource>(HttpMethod.Get, WithLocation(BigQueryClient.Path($"projects/{job.ProjectId}/jobs/{job.JobId}"), job.Location), null, what, sink, stop);

    /// <summary>Jobs a script ran.</summary>
    public async Task<IReadOnlyList<JobResource>> ChildrenAsync(JobReference job, CancellationToken stop)
    {
        var list = await client.SendAsync<JobList>(HttpMethod.Get, BigQueryClient.Path($"projects/{job.ProjectId}/jobs", ("parentJobId", job.JobId), ("projection", "full"), ("maxResults", "500")), null, "list the statements of a job", sink, stop).ConfigureAwait(false);
        return list.Jobs ?? [];
    }

    private async Task<JobResource> RunAsync(string id, JobConfiguration configuration, string what, Func<JobResource, CancellationToken, Task<JobResource?>> submit, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var job = new JobResource
            {
                JobReference = new JobReference(Project, string.Create(CultureInfo.InvariantCulture, $"{id}_a{attempt}"), client.Connection.Location),
                Configuration = configuration,
            };
            var submitted = await submit(job, stop).ConfigureAwait(false);
            var ended = await WaitAsync(submitted ?? job, what, stop).ConfigureAwait(false);
            Interlocked.Increment(ref _jobs);
            Interlocked.Add(ref _billed, long.TryParse(ended.Statistics?.Query?.TotalBytesBilled, CultureInfo.InvariantCulture, out var billed) ? billed : 0);
            if (ended.Status?.ErrorResult is not { } failure) return ended;
            var error = new ApiError(200, failure.Reason ?? "invalid", Describe(ended, failure));
            if (!error.IsJobPassing || attempt == MostAttempts) throw client.Faults.From(error, what, ended.JobReference?.JobId);
            var pause = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, attempt - 1)) * (0.75 + (Random.Shared.NextDouble() / 2)));
            sink.Verbose($"The job to {what} ended with '{error.Reason}' ({error.Message}); running it again in {pause.TotalSeconds:0.0} s.");
            await Task.Delay(pause, stop).ConfigureAwait(false);
        }
    }

    private async Task<JobResource?> InsertAsync(JobResource job, CancellationToken stop)
    {
        var (made, error) = await client.TryAsync<JobResource>(HttpMethod.Post, BigQueryClient.Path($"projects/{Project}/jobs"), job, "start a job", sink, stop).ConfigureAwait(false);
        if (error is null) return made;
        return error.Reason == "duplicate" ? null : throw client.Faults.From(error, "start a job"); // an earlier try arrived: adopt it
    }

    /// <summary>Sends the data in one resumable upload; after a break the library asks how far it came and goes on there.</summary>
    private async Task<JobResource?> UploadAsync(JobResource job, Func<Stream> open, string what, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            await client.Credentials.PrepareAsync(sink, stop).ConfigureAwait(false);
            await using var content = open();
            var upload = new JobUpload(client.Service, Project, job, content);
            var progress = await upload.UploadAsync(stop).ConfigureAwait(false);
            Interlocked.Add(ref _loaded, progress.BytesSent);
            if (progress.Status == UploadStatus.Completed) return upload.ResponseBody;
            stop.ThrowIfCancellationRequested();
            var error = ErrorOf(progress.Exception);
            if (error?.Reason == "duplicate") return null;
            if (error is { IsPassing: false, Status: not (404 or 410) }) throw client.Faults.From(error, what);
            if (attempt == MostAttempts) throw error is null ? client.Faults.Unreachable(progress.Exception!, what) : client.Faults.From(error, what);

            // Before all is sent again: perhaps it arrived, and only the answer was lost.
            var (known, _) = await client.TryAsync<JobResource>(HttpMethod.Get, WithLocation(BigQueryClient.Path($"projects/{Project}/jobs/{job.JobReference!.JobId}"), job.JobReference.Location), null, what, sink, stop).ConfigureAwait(false);
            if (known is not null) return known;
            sink.Verbose($"The upload to {what} broke ({progress.Exception?.Message}); beginning it again.");
            await Task.Delay(TimeSpan.FromMilliseconds((250 << attempt) + Random.Shared.Next(250)), stop).ConfigureAwait(false);
        }
    }

    private static ApiError? ErrorOf(Exception? error) => error is Google.GoogleApiException api
        ? api.Error is { } said
            ? new ApiError((int)api.HttpStatusCode, said.Errors?.FirstOrDefault()?.Reason ?? ApiError.Read(api.HttpStatusCode, []).Reason, said.Message ?? api.Message)
            : ApiError.Read(api.HttpStatusCode, [])
        : null;

    private async Task<JobResource> WaitAsync(JobResource job, string what, CancellationToken stop)
    {
        var reference = job.JobReference!;
        var pause = TimeSpan.FromMilliseconds(40);
        var missing = 0;
        try
        {
            while (job.Status?.State != "DONE")
            {
                if (job.Status is not null || missing > 0) await Task.Delay(pause, stop).ConfigureAwait(false);
                pause = pause * 1.7 < LongestPoll ? pause * 1.7 : LongestPoll;
                var (known, error) = await client.TryAsync<JobResource>(HttpMethod.Get, WithLocation(BigQueryClient.Path($"projects/{Project}/jobs/{reference.JobId}"), reference.Location), null, what, sink, stop).ConfigureAwait(false);

                // Right after a job was said to exist, asking for it may fail for a moment.
                if (error is not null && (error.Reason != "notFound" || ++missing > 8)) throw client.Faults.From(error, what);
                if (known is not null) job = known;
            }

            return job;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await CancelAsync(reference).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Nobody waits for it any more, so it should not cost anything either.</summary>
    private async Task CancelAsync(JobReference job)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1.5));
            await client.TryAsync<JobResource>(HttpMethod.Post, WithLocation(BigQueryClient.Path($"projects/{job.ProjectId}/jobs/{job.JobId}/cancel"), job.Location), null, "cancel a job", sink, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JunipeerException or OperationCanceledException)
        {
            // It runs to its end unwatched.
        }
    }

    private static string WithLocation(string path, string? location) => location is null ? path : $"{path}?location={Uri.EscapeDataString(location)}";

    /// <summary>The first message is often only "too many errors"; the next ones say which.</summary>
    private static string Describe(JobResource job, ErrorProto failure) =>
        string.Join(" ", new[] { failure.Message }.Concat((job.Status?.Errors ?? []).Select(e => e.Message)).OfType<string>().Distinct().Take(4));

    /// <summary>The upload Google's library drives: session, chunks, position after a break.</summary>
    private sealed class JobUpload : ResumableUpload<JobResource, JobResource>
    {
        public JobUpload(BigQueryService service, string project, JobResource job, Stream content)
            : base(service, $"/upload/bigquery/v2/projects/{Uri.EscapeDataString(project)}/jobs", "POST", content, "application/octet-stream")
        {
            Body = job;
            ChunkSize = 8 << 20;
        }
    }
}
