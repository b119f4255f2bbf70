using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>A bookmark set by hand, inside the caller's write transaction.</summary>
internal static class SqliteBookmarkChange
{
    public static BookmarkInfo Apply(SqliteDb db, string prefix, BookmarkChange change, LeaseRules rules)
    {
        var now = rules.Clock.GetUtcNow();
        if (change.Watermark > now)
        {
            throw SqliteFaults.Make("Junipeer.Bookmark.InFuture", FaultCategory.InvalidArgument,
                $"{InstantText.Of(change.Watermark.Value)} is in the future: the next export would read nothing, and what changes until then would be missed.",
                "Give an instant in the past, for example -Watermark (Get-Date).AddDays(-1).", change.Resource);
        }

        var state = new SqliteState(db, prefix);
        state.Ensure();
        var known = SqliteBookmarks.Resources(db, prefix).Select(r => r.Resource).ToList();
        if (known.Find(r => string.Equals(r, change.Resource, StringComparison.OrdinalIgnoreCase)) is not { } resource)
        {
            var there = known.Count == 0 ? "none yet" : string.Join(", ", known);
            throw SqliteFaults.Make("Junipeer.Bookmark.NotFound", FaultCategory.ObjectNotFound,
                $"'{db.Path}' has no bookmark for '{change.Resource}'; it has: {there}.",
                $"Run Get-JunipeerBookmark -Warehouse '{db.Path}', and name one of those.", change.Resource);
        }

        // Taken and given up in one transaction, so that a run which goes on with an old bookmark finds its number gone.
        var lease = rules.Take(state.Lease(resource), "Set-JunipeerBookmark", resource, db.Path);
        LeaseRules.Leave(lease, resource, db.Path);
        state.SaveLease(resource, lease with { Owner = null });
        var stored = SqliteBookmarks.Read(db, prefix, resource);
        if (change.Watermark is null)
        {
            SqliteBookmarks.Forget(db, prefix, resource, now);
            return BookmarkReport.Info(resource, Bookmark.None, now);
        }

        var wanted = stored with { Watermark = change.Watermark, Changes = null, Sweep = change.Reset ? null : stored.Sweep };
        SqliteBookmarks.Write(db, prefix, resource, stored, wanted, now);
        return BookmarkReport.Info(resource, wanted, now);
    }
}
