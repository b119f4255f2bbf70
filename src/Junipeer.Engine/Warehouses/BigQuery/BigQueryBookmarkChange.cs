using Junipeer.BigQuery;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>A bookmark set by hand, under the resource's lease.</summary>
internal static class BigQueryBookmarkChange
{
    public static async Task<BookmarkInfo> ApplyAsync(BigQueryDatasetStore store, BigQueryState state, BookmarkChange change, LeaseRules rules, CancellationToken stop)
    {
        var now = rules.Clock.GetUtcNow();
        var place = $"{store.Connection.Project}.{store.Dataset}";
        if (change.Watermark > now)
        {
            throw Fault("Junipeer.Bookmark.InFuture", FaultCategory.InvalidArgument,
                $"{InstantText.Of(change.Watermark.Value)} is in the future: the next export would read nothing, and what changes until then would be missed.",
                "Give an instant in the past, for example -Watermark (Get-Date).AddDays(-1).", change.Resource);
        }

        var all = await state.BookmarksAsync(null, stop).ConfigureAwait(false);
        if (all.Keys.FirstOrDefault(r => r.Equals(change.Resource, StringComparison.OrdinalIgnoreCase)) is not { } resource)
        {
            throw Fault("Junipeer.Bookmark.NotFound", FaultCategory.ObjectNotFound,
                $"'{place}' has no bookmark for '{change.Resource}'; it has: {(all.Count == 0 ? "none yet" : string.Join(", ", all.Keys))}.",
                $"Run Get-JunipeerBookmark -Warehouse '{store.Connection.Name}', and name one of those.", change.Resource);
        }

        var lease = rules.Take(await state.LeaseAsync(resource, stop).ConfigureAwait(false), "Set-JunipeerBookmark", resource, place);
        LeaseRules.Leave(lease, resource, place);
        await state.PutLeaseAsync(resource, lease, stop).ConfigureAwait(false);
        var stored = all[resource].Bookmark;
        var wanted = change.Watermark is null ? Bookmark.None : stored with { Watermark = change.Watermark, Changes = null, Sweep = change.Reset ? null : stored.Sweep };
        var script = new CommitScript(state, resource, isDated: false, lease with { Owner = null });
        script.Keep(wanted, 1, "Set-JunipeerBookmark", keepsBookmark: true, account: null, renews: true);
        await store.RunAsync(BigQueryJobs.NewId("bookmark"), script.Text, $"set the bookmark of {resource}", script.Parameters, stop).ConfigureAwait(false);
        return BookmarkReport.Info(resource, wanted, now);
    }

    private static JunipeerException Fault(string id, FaultCategory category, string message, string fix, string target) =>
        new(new JunipeerFault(id, category, message, fix) { Target = target });
}
