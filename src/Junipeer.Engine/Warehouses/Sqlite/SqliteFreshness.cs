using Junipeer.Export;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>How old the data is, from bookmarks and the last run of each resource.</summary>
internal static class SqliteFreshness
{
    /// <summary>One per resource that has a bookmark, or a run that wanted to move one.</summary>
    public static IEnumerable<FreshnessInfo> Read(SqliteDb db, string prefix, TimeSpan maximumAge, DateTimeOffset now)
    {
        var runs = SqliteRuns.Last(db, prefix);
        var resources = SqliteBookmarks.Resources(db, prefix).Select(r => r.Resource).Union(runs.Keys).Order(StringComparer.Ordinal).ToList();
        if (resources.Count == 0) new SqliteState(db, prefix).ThrowEmpty();
        foreach (var resource in resources)
        {
            (ExportStatus?, string?)? run = runs.TryGetValue(resource, out var last) ? last : null;
            yield return BookmarkReport.Freshness(resource, SqliteBookmarks.Read(db, prefix, resource), run, maximumAge, now);
        }
    }
}
