using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>
/// Settles what commands that were killed left behind, before anything new is sent: rows of today must not be overwritten
/// by those of yesterday.
/// </summary>
internal sealed class LeftImports(NorceClient client, NorceImportRequest request, IOperationSink sink)
{
    /// <summary>After so long what was to be sent may be overtaken, and nobody but the user can tell.</summary>
    private static readonly TimeSpan StillGood = TimeSpan.FromHours(24);

    public async Task SettleAsync(CancellationToken stop)
    {
        var journals = ImportJournal.TakeLeft(client.Connection).ToArray();
        try
        {
            // Several commands may have died: their jobs go in the order in which they were begun.
            foreach (var (journal, left) in journals.SelectMany(j => j.Left().Select(l => (j, l))).OrderBy(p => p.l.BegunAt).ToArray())
            {
                await SettleAsync(journal, left, stop).ConfigureAwait(false);
                journal.Ended(left.Sequence);
            }

            foreach (var journal in journals) journal.Close();
        }
        finally
        {
            foreach (var journal in journals) journal.Dispose();
        }
    }

    private async Task SettleAsync(ImportJournal journal, LeftJob left, CancellationToken stop)
    {
        if (request.Unfinished == NorceUnfinished.Forget) return;
        var book = ImportBook.Of(left.Kind);
        var batch = left.BodyFile is null ? new JobBatch(0) : JobBatch.Of(await File.ReadAllTextAsync(left.BodyFile, stop).ConfigureAwait(false));
        var sender = new JobSender(client, book, request with { Kind = left.Kind, FullFile = left.FullFile, NoWait = false }, journal, sink);

        // A delta is not searched for: a job of as many rows may be another program's, and sending it twice changes nothing.
        if ((left.JobId ?? (left.FullFile ? await sender.SearchAsync(left.Rows, left.BegunAt, stop).ConfigureAwait(false) : null)) is { } id)
        {
            sink.Warning($"An earlier import of {left.Kind} ended before it knew what became of its job {id}; it is followed now.");
            var job = await sender.SettleAsync(batch, left.Header, new JobReceipt(id, null, 0, []), stop).ConfigureAwait(false);
            if (job is { IsFinished: false, Status: not NorceJobStatus.Unknown }) throw StillAtWork(left, job);
            return;
        }

        if (left.BodyFile is null) return;
        var isOld = DateTimeOffset.UtcNow - left.BegunAt > StillGood;
        if (request.Unfinished == NorceUnfinished.Ask && (left.FullFile || isOld)) throw Unfinished(left, isOld);
        sink.Warning($"An earlier import of {left.Kind} ended while it was sending {left.Rows} rows, and whether Norce took them is not known; they are sent again before anything else.");
        if (await sender.AwaitAsync(left.Rows, left.BegunAt, stop).ConfigureAwait(false) is { } running) throw StillAtWork(left, running);
        try
        {
            await SendAsync(sender, batch, left, stop).ConfigureAwait(false);
        }
        catch (JunipeerException refused) when (refused.Fault.Id is "Junipeer.Request.Refused" or "Junipeer.Norce.ImportRefused" or "Junipeer.Norce.TooLarge")
        {
            sink.Fault(refused.Fault); // it would be refused each time, and stand in the way of everything new
        }
    }

    private static async Task SendAsync(JobSender sender, JobBatch batch, LeftJob left, CancellationToken stop)
    {
        if (await sender.SendAsync(batch, left.Header, stop, left).ConfigureAwait(false)) return;
        var (first, second) = batch.Split();
        await SendAsync(sender, first, left, stop).ConfigureAwait(false);
        await SendAsync(sender, second, left, stop).ConfigureAwait(false);
    }

    private static JunipeerException StillAtWork(LeftJob left, NorceJob job) => new(new JunipeerFault("Junipeer.Norce.UnfinishedImport", FaultCategory.InvalidOperation,
        $"An import of {left.Kind} ({left.Rows} rows) was interrupted on {left.BegunAt:u}, and its job {job.JobId} is not at its end yet. Nothing new is sent before that: its older rows could come last.",
        $"Follow it with Get-NorceJob {job.JobId} -Wait, then run the command again; or run it with -Unfinished Forget if its rows do not matter any more.")
    { Target = left.Kind.ToString(), System = NorceCatalogue.System });

    private static JunipeerException Unfinished(LeftJob left, bool isOld) => new(new JunipeerFault("Junipeer.Norce.UnfinishedImport", FaultCategory.InvalidOperation,
        $"An import of {left.Kind} ({left.Rows} rows{(left.FullFile ? ", a full file" : string.Empty)}) was interrupted on {left.BegunAt:u}, and whether Norce took it is not known. {(left.FullFile ? "A full file is not sent twice unasked" : isOld ? "Its rows are too old to be sent again unasked" : string.Empty)}, and nothing new is sent before that is settled.",
        "Look at the jobs of that time in the admin site (Integration status). Then run the command again with -Unfinished Forget if the job is there or the rows do not matter any more, or with -Unfinished SendAgain.")
    { Target = left.Kind.ToString(), System = NorceCatalogue.System });
}
