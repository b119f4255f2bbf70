using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>
/// Sends jobs and finds out what became of them. A job whose answer was lost may exist: the list of jobs is searched where
/// there is one; else a delta is sent again, because its rows are absolute values and a second time changes nothing, while a
/// full file stops with an error.
/// </summary>
internal sealed class JobSender(NorceClient client, ImportBook book, NorceImportRequest request, ImportJournal journal, IOperationSink sink)
{
    private const int Tries = 4;

    /// <summary>Norce's clock and this one may differ by so much when jobs are compared with what was sent.</summary>
    private static readonly TimeSpan ClockRoom = TimeSpan.FromSeconds(5);

    private readonly JobApi _jobs = new(client, sink);

    /// <summary>Sends rows and writes what became of them.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="header">What goes with them.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <param name="again">What an earlier command left, when this is it; it stays in the journal as long as Norce did nothing.</param>
    /// <returns>False when it was too large for Norce and nothing was done.</returns>
    public async Task<bool> SendAsync(JobBatch batch, string header, CancellationToken stop, LeftJob? again = null)
    {
        var body = batch.Body();
        var sequence = journal.Sending(book.Kind, request.FullFile, header, batch.Rows.Count, body.Span, again);
        JobReceipt receipt;
        try
        {
            receipt = await PostAsync(batch, header, stop).ConfigureAwait(false);
        }
        catch (JunipeerException large) when (large.Fault.Id == "Junipeer.Norce.TooLarge" && batch.Rows.Count > 1 && !request.FullFile)
        {
            if (again is null) journal.Ended(sequence);
            return false;
        }
        catch (JunipeerException failed) when (failed.Fault.Id != "Junipeer.Norce.OutcomeUnknown" && !IsUnsure(failed.Fault))
        {
            if (again is null) journal.Ended(sequence); // Norce did nothing
            throw;
        }

        if (receipt.JobId is not { } id)
        {
            journal.Ended(sequence);
            throw new JunipeerException(new JunipeerFault("Junipeer.Norce.ImportRefused", FaultCategory.InvalidData,
                $"Norce took {book.Operation} but made no job of it{(receipt.Description is { Length: > 0 } said ? $": {client.Clean(said)}" : string.Empty)}. {string.Join(' ', receipt.Messages.Take(5))}".TrimEnd(),
                "Mend what it says, then run the command again.") { Target = book.Operation, System = NorceCatalogue.System });
        }

        journal.Accepted(sequence, id);
        sink.Verbose($"{book.Operation}: job {id} has {batch.Rows.Count} rows, {body.Length / 1024:N0} KB.");
        await SettleAsync(batch, header, receipt with { JobId = id }, stop).ConfigureAwait(false);
        journal.Ended(sequence);
        return true;
    }

    /// <summary>Follows a job that Norce has taken and writes how it ended.</summary>
    /// <returns>The job as it stands.</returns>
    public async Task<NorceJob> SettleAsync(JobBatch batch, string header, JobReceipt receipt, CancellationToken stop)
    {
        var id = receipt.JobId!;
        var known = new NorceJob { JobId = id, Connection = client.Connection.Name, Kind = book.Kind, Status = NorceJobStatus.Queued };
        var job = request.NoWait ? known : await _jobs.FollowAsync(id, request.JobTimeout, JobApi.Appears, Report, stop).ConfigureAwait(false) ?? known with { Status = NorceJobStatus.Unknown };
        var log = job.IsFinished ? await _jobs.LogAsync(id, stop).ConfigureAwait(false) : [];
        var refused = RefusedRows.Of(book, batch, id, log).Concat(receipt.Messages.Where(m => !log.Any(l => l.Message == m)).Select(m => OnArrival(id, m))).ToList();
        var named = refused.Count(r => r.Severity == NorceSeverity.Error);
        if (job.IsFinished && job.Failed > named) refused.Add(OnArrival(id, $"{job.Failed - named} more rows failed, and the job's log does not say which."));
        var isClean = job is { IsFinished: true, Status: NorceJobStatus.Succeeded, Failed: 0 } && receipt.Failures == 0 && refused.Count == 0;
        await sink.WriteAsync(job with
        {
            Kind = book.Kind,
            Rows = batch.Rows.Count,
            FullFile = request.FullFile,
            Header = header,
            ValidationFailures = receipt.Failures,
            IsClean = isClean,
            Message = MessageOf(job, refused.Count),
        }, stop).ConfigureAwait(false);
        foreach (var row in refused) await sink.WriteAsync(row, stop).ConfigureAwait(false);
        if (job.IsFinished && job.Status != NorceJobStatus.Succeeded) sink.Fault(Faults.JobFailed(job, log));
        if (!job.IsFinished && !request.NoWait) sink.Fault(Faults.JobTimeout(job, request.JobTimeout));
        return job;
    }

    /// <summary>The job Norce made of something whose answer was lost; null when none can be told.</summary>
    public async Task<string?> SearchAsync(int rows, DateTimeOffset begunAt, CancellationToken stop) =>
        await CandidatesAsync(rows, begunAt, stop).ConfigureAwait(false) is [var one] ? one.JobId : null; // two that fit cannot be told apart: then none is taken for ours

    /// <summary>Waits for jobs that may be what was sent and are not at their end: they must not come after what is sent next.</summary>
    /// <returns>One that did not end in time; null when all did.</returns>
    public async Task<NorceJob?> AwaitAsync(int rows, DateTimeOffset begunAt, CancellationToken stop)
    {
        foreach (var job in (await CandidatesAsync(rows, begunAt, stop).ConfigureAwait(false)).Where(j => !j.IsFinished))
        {
            if (await _jobs.FollowAsync(job.JobId, request.JobTimeout, TimeSpan.Zero, Report, stop).ConfigureAwait(false) is { IsFinished: false } still) return still;
        }

        return null;
    }

    private async Task<IReadOnlyList<NorceJob>> CandidatesAsync(int rows, DateTimeOffset begunAt, CancellationToken stop)
    {
        if (await _jobs.ListAsync(stop).ConfigureAwait(false) is not { } list)
        {
            sink.Verbose("Norce gives no list of jobs here, so it cannot be told whether the job exists.");
            return [];
        }

        return list.Where(j => !journal.Jobs.Contains(j.JobId) && j.Total == rows && (j.StartedAt ?? (j.Status == NorceJobStatus.Queued ? j.UpdatedAt : null)) is { } at && at >= begunAt - ClockRoom + client.Clock.Skew).ToArray();
    }

    private async Task<JobReceipt> PostAsync(JobBatch batch, string header, CancellationToken stop)
    {
        var headers = new Dictionary<string, string> { ["X-StormConnect-Header"] = header };
        var begunAt = DateTimeOffset.UtcNow;
        var pause = TimeSpan.FromSeconds(1);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.PostAsync(NorceClient.ConnectPath(book.Operation), batch.Body(), headers, JobApi.Receipt, sink, stop).ConfigureAwait(false);
            }
            catch (JunipeerException lost) when (IsUnsure(lost.Fault))
            {
                batch.IsLent = true;
                sink.Verbose($"{lost.Fault.Message} Looking whether the job was made.");
                if (await SearchAsync(batch.Rows.Count, begunAt, stop).ConfigureAwait(false) is { } found) return new JobReceipt(found, null, 0, []);
                if (request.FullFile) throw Faults.OutcomeUnknown(book, lost.Fault);
                if (attempt == Tries) throw;
                sink.Verbose($"Sending {book.Operation} again: its rows are absolute values, so a second time changes nothing.");
            }
            catch (JunipeerException away) when (away.Fault.Id == "Junipeer.Connection.Unreachable" && attempt < Tries)
            {
                sink.Verbose($"{away.Fault.Message} Nothing was sent; trying again.");
            }

            await Task.Delay(pause, stop).ConfigureAwait(false);
            pause *= 2;
        }
    }

    /// <summary>True when the call may have been carried out although no good answer came.</summary>
    internal static bool IsUnsure(JunipeerFault fault) =>
        fault.Id is "Junipeer.Connection.Dropped" or "Junipeer.Connection.Timeout" or "Junipeer.Service.Unavailable" or "Junipeer.Response.Invalid";

    private void Report(NorceJob job) => sink.Progress(new OperationProgress($"Importing {book.Kind}", $"Job {job.JobId}: {job.Status}"));

    private NorceRefusedRow OnArrival(string id, string message) => new() { Kind = book.Kind, ErrorId = "Junipeer.Norce.RowFailed", Reason = client.Clean(message), JobId = id };

    private static string? MessageOf(NorceJob job, int refused) => job switch
    {
        { IsFinished: false } => $"Not at its end yet. Get-NorceJob {job.JobId} -Wait follows it.",
        { Status: not NorceJobStatus.Succeeded } => $"It ended as {job.Status}.",
        _ => refused == 0 ? null : $"{refused} rows were refused or imported in part.",
    };

    /// <summary>The faults of jobs.</summary>
    internal static class Faults
    {
        public static JunipeerException OutcomeUnknown(ImportBook book, JunipeerFault lost) => new(new JunipeerFault("Junipeer.Norce.OutcomeUnknown", FaultCategory.ConnectionError,
            $"The full file of {book.Kind} was sent, and no answer came: {lost.Message} Whether Norce made a job of it is not known, and sending it again could deactivate what changed since.",
            "Look at the jobs in the admin site (Integration status). Then run the same command with -Unfinished SendAgain, or with -Unfinished Forget if the job is there.") { Target = book.Operation, System = NorceCatalogue.System });

        public static JunipeerFault JobFailed(NorceJob job, IReadOnlyList<NorceJobLogEntry> log) => new("Junipeer.Norce.JobFailed", FaultCategory.InvalidData,
            $"Job {job.JobId} ended as {job.Status}.{(log.LastOrDefault(l => l.Severity == NorceSeverity.Error) is { } worst ? $" Its log says: {worst.Message.TrimEnd('.')}." : string.Empty)}",
            $"Read its log with Get-NorceJob {job.JobId} -Log, mend what it says and import the rows again.") { Target = job.JobId, System = NorceCatalogue.System };

        public static JunipeerFault JobTimeout(NorceJob job, TimeSpan waited) => new("Junipeer.Norce.JobTimeout", FaultCategory.OperationTimeout,
            $"Job {job.JobId} did not end within {waited.TotalMinutes:0.#} minutes; it stands as {job.Status} and goes on in Norce.",
            $"Follow it with Get-NorceJob {job.JobId} -Wait, or give more time with -JobTimeout. Do not import the rows again before you know.") { Target = job.JobId, System = NorceCatalogue.System };
    }
}
