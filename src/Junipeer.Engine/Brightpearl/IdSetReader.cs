using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Junipeer.Export;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>
/// Reads documents by id sets, several requests at once within the quota. One bad id can make a whole set fail, so a refused
/// set is halved until the bad ids stand alone.
/// </summary>
internal sealed class IdSetReader(BrightpearlClient client, CatalogueEntry entry, RequestLedger ledger, IOperationSink sink)
{
    /// <summary>Requests in flight; more would only queue at the quota.</summary>
    private const int Concurrency = 4;

    /// <summary>So many ids refused one by one, none answered: the request itself is wrong, not an id.</summary>
    private const int Hopeless = 16;

    private readonly AnswerReader _answers = new(entry);

    /// <summary>Reads the slices that are not finished, in any order.</summary>
    public async IAsyncEnumerable<RawPage> ReadAsync(WalkPlan plan, IdSet finished, [EnumeratorCancellation] CancellationToken stop)
    {
        var slices = plan.Slices();
        var pages = Channel.CreateBounded<RawPage>(new BoundedChannelOptions(2) { SingleReader = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var next = -1;

        async Task WorkAsync()
        {
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                if (number >= slices.Count) return;
                if (finished.Contains(number)) continue;
                var (group, ids) = slices[number];
                var page = await ReadSetAsync(group, ids, ended.Token).ConfigureAwait(false);
                page.Slice = number;
                if (group.Own) page.Asked = ids.Except(IdSet.Of(page.Rejects.Select(r => long.Parse(r.Id, CultureInfo.InvariantCulture))));
                await pages.Writer.WriteAsync(page, ended.Token).ConfigureAwait(false);
            }
        }

        async Task FeedAsync()
        {
            try
            {
                var workers = Enumerable.Range(0, (int)Math.Clamp(slices.Count - finished.Count, 1, Concurrency)).Select(_ => WorkAsync()).ToArray();
                foreach (var worker in workers)
                {
                    try
                    {
                        await worker.ConfigureAwait(false);
                    }
                    catch
                    {
                        // The first failure ends the others too; theirs would only say that they were ended.
                        await ended.CancelAsync().ConfigureAwait(false);
                        await Task.WhenAll(workers).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
                        var real = workers.Where(w => w.IsFaulted).SelectMany(w => w.Exception!.InnerExceptions).FirstOrDefault(e => e is not OperationCanceledException);
                        if (real is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(real);
                        throw;
                    }
                }

                pages.Writer.Complete();
            }
            catch (Exception exception)
            {
                pages.Writer.Complete(exception);
            }
        }

        var feeding = FeedAsync();
        try
        {
            await foreach (var page in pages.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false)) yield return page;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(false);
            while (pages.Reader.TryRead(out var left)) left.Dispose();
        }
    }

    /// <summary>Reads one set, whole or in halves.</summary>
    public async Task<RawPage> ReadSetAsync(WalkGroup group, IdSet ids, CancellationToken stop)
    {
        var page = new RawPage(1024);
        try
        {
            var tally = new Tally();
            await ReadPartAsync(group, ids, page, tally, depth: 0, stop).ConfigureAwait(false);
            if (group is { Own: true, Exist: true }) await AskAgainAsync(group, ids, page, tally, stop).ConfigureAwait(false);
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What an answer left out although the system had named it is asked for once more by itself, before it is taken for
    /// gone: an answer can be a page of a larger one.
    /// </summary>
    private async Task AskAgainAsync(WalkGroup group, IdSet ids, RawPage page, Tally tally, CancellationToken stop)
    {
        if (page.Documents.Count >= ids.Count || page.Documents.Count == 0) return;
        var key = Encoding.UTF8.GetBytes(entry.Document.Key[0].Path);
        var found = IdSet.Of(page.Documents.Select(d => d.First.Column == 0 ? d.First.Number : IdIn(page[d], key)));
        var left = ids.Except(found).Except(IdSet.Of(page.Rejects.Select(r => long.Parse(r.Id, CultureInfo.InvariantCulture))));
        if (left.Count > 0 && left.Count < ids.Count) await ReadPartAsync(group with { Exist = false }, left, page, tally, depth: 0, stop).ConfigureAwait(false);
    }

    private static long IdIn(ReadOnlySpan<byte> document, ReadOnlySpan<byte> key)
    {
        var reader = new JsonWalker(document);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var match = reader.ValueTextEquals(key);
            reader.Read();
            if (match) return CellReader.TryInteger(reader.ValueSpan, out var id) ? id : 0;
            reader.Skip();
        }

        return 0;
    }

    private async Task ReadPartAsync(WalkGroup group, IdSet ids, RawPage page, Tally tally, int depth, CancellationToken stop)
    {
        JunipeerException? refused = null;
        try
        {
            using var part = await GetAsync(group, ids, stop).ConfigureAwait(false);
            if (part is not null)
            {
                tally.Answered = true;
                page.Absorb(part);
                return;
            }
        }
        catch (JunipeerException exception) when (IsRefusal(exception.Fault))
        {
            if (entry.Get!.EmptyCodes.Contains(exception.Fault.ErrorCode)) return;
            refused = exception;
        }

        if (ids.Count == 1)
        {
            if (refused is null || entry.Get!.EmptyOn400) return;
            if (!tally.Answered && ++tally.Refused >= Hopeless) throw refused;
            page.Rejects.Add(new Reject(ids.ToString(), refused.Message, refused.Fault.Id, null));
            return;
        }

        // "None found" for ids nobody vouches for is believed once a quarter and some single ids of it agree; for ids the
        // system itself named, never.
        if (refused is null && !group.Exist && depth >= 2 && !tally.Answered && !await IsAnyFoundAsync(group, ids, tally, stop).ConfigureAwait(false)) return;
        sink.Debug($"{entry.Name}: the set {Shorten(ids)} was refused as a whole; halving it.");
        var (lower, upper) = ids.Halve();
        await ReadPartAsync(group, lower, page, tally, depth + 1, stop).ConfigureAwait(false);
        await ReadPartAsync(group, upper, page, tally, depth + 1, stop).ConfigureAwait(false);

        // Every single id was refused, and nothing but ids can be at fault when even one was answered.
        if (depth == 0 && refused is not null && !tally.Answered && page.Rejects.Count == ids.Count && ids.Count > 1) throw refused;
    }

    /// <summary>
    /// Whether a set without an answer hides records behind an id that is unknown. Where ids are not the records' own, nothing
    /// is taken for gone, and no further question is worth its cost.
    /// </summary>
    private async Task<bool> IsAnyFoundAsync(WalkGroup group, IdSet ids, Tally tally, CancellationToken stop)
    {
        if (!group.Own) return false;
        var all = ids.Enumerate().ToArray();
        foreach (var id in new[] { all[0], all[all.Length / 2], all[^1] }.Distinct())
        {
            try
            {
                using var found = await GetAsync(group, IdSet.Of(id), stop).ConfigureAwait(false);
                tally.Answered |= found is not null;
            }
            catch (JunipeerException exception) when (IsRefusal(exception.Fault))
            {
                // Whoever refuses an id by name knows the others.
                tally.Answered = true;
            }

            if (tally.Answered) return true;
        }

        return false;
    }

    private static bool IsRefusal(JunipeerFault fault) =>
        fault.StatusCode is 400 or 404 or 500 && fault.ErrorCode is not null && fault.Id != "Junipeer.Resource.NotFound" && !fault.IsTransient;

    private static string Shorten(IdSet ids) => ids.Count > 20 ? $"{ids.Min}..{ids.Max} ({ids.Count} ids)" : ids.ToString();

    /// <summary>
    /// One GET; null when nothing was found. One answer in a thousand gives the time of the request on a whole second, where
    /// it cannot be told from a stored date: then it is asked for once more.
    /// </summary>
    private async Task<RawPage?> GetAsync(WalkGroup group, IdSet ids, CancellationToken stop)
    {
        var page = await GetOnceAsync(group, ids, stop).ConfigureAwait(false);
        if (page is null || entry.Document.NowIsNull.Count == 0 || !Instants.MayBeTimeOfRequest(page.Bytes, entry.Document.NowIsNull, page.ReceivedAt)) return page;
        page.Dispose();
        await Task.Delay(50, stop).ConfigureAwait(false); // out of that second's first millisecond
        return await GetOnceAsync(group, ids, stop).ConfigureAwait(false);
    }

    private Task<RawPage?> GetOnceAsync(WalkGroup group, IdSet ids, CancellationToken stop)
    {
        var path = group.Path
            .Replace("{ids}", ids.ToString(), StringComparison.Ordinal)
            .Replace("{parent}", group.Parent?.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var asked = ids.Count == 1 ? ids.Min : null;
        var parent = group.Parent is { } id && entry.Document.Key.Count > 0 && entry.Document.Key[0].Path == "warehouseId" ? new RawKey(0, id, null) : (RawKey?)null;
        return client.GetAsync(
            path,
            answer =>
            {
                if (answer.IsEmptyResult) return null;
                var page = _answers.Read(answer.Body.Span, entry.Get!.Shape, asked, parent);
                page.ReceivedAt = answer.ReceivedAt;
                return page;
            },
            ledger, sink, stop);
    }

    private sealed class Tally
    {
        public bool Answered { get; set; }

        public int Refused { get; set; }
    }
}
