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
        foreach (var journal in ImportJournal.TakeLeft(client.Connection))
        {
            using (journal)
            {
                foreach (var left in journal.Left())
                {
                    await SettleAsync(journal, left, stop).ConfigureAwait(false);
                    journal.Ended(left.Sequence);
                }

                journal.Close();
            }
        }
    }

    private async Task SettleAsync(ImportJournal journal, LeftJob left, CancellationToken stop)
    {
        if (request.Unfinished == NorceUnfinished.Forget) return;
        var book = ImportBook.Of(left.Kind);
        var batch = left.BodyFile is null ? new JobBatch(0) : JobBatch.Of(await File.ReadAllTextAsync(left.BodyFile, stop).ConfigureAwait(false));
        var sender = new JobSender(client, book, request with { Kind = left.Kind, FullFile = left.FullFile, NoWait = false }, journal, sink);
        var id = left.JobId ?? await sender.SearchAsync(left.Rows, left.BegunAt, stop).ConfigureAwait(false);
        if (id is not null)
        {
            sink.Warning($"An earlier import of {left.Kind} ended before it knew what became of its job {id}; it is followed now.");
            await sender.SettleAsync(batch, left.Header, new JobReceipt(id, null, 0, []), stop).ConfigureAwait(false);
            return;
        }

        if (left.BodyFile is null) return;
        var isOld = DateTimeOffset.UtcNow - left.BegunAt > StillGood;
        if (request.Unfinished == NorceUnfinished.Ask && (left.FullFile || isOld)) throw Unfinished(left, isOld);
        sink.Warning($"An earlier import of {left.Kind} ended while it was sending {left.Rows} rows, and whether Norce took them is not known; they are sent again before anything else.");
        await sender.SendAsync(batch, left.Header, stop).ConfigureAwait(false);
    }

    private static JunipeerException Unfinished(LeftJob left, bool isOld) => new(new JunipeerFault("Junipeer.Norce.UnfinishedImport", FaultCategory.InvalidOperation,
        $"An import of {left.Kind} ({left.Rows} rows{(left.FullFile ? ", a full file" : string.Empty)}) was interrupted on {left.BegunAt:u}, and whether Norce took it is not known. {(left.FullFile ? "A full file is not sent twice unasked" : isOld ? "Its rows are too old to be sent again unasked" : string.Empty)}, and nothing new is sent before that is settled.",
        "Look at the jobs of that time in the admin site (Integration status). Then run the command again with -Unfinished Forget if the job is there or the rows do not matter any more, or with -Unfinished SendAgain.")
    { Target = left.Kind.ToString(), System = NorceCatalogue.System });
}
