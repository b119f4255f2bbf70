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
            var bookmark = SqliteBookmarks.Read(db, prefix, resource);
            var hasRun = runs.TryGetValue(resource, out var run);
            var to = Later(bookmark.Watermark, bookmark.LastFull);
            var age = now - to;
            var isFresh = age <= maximumAge;
            yield return new FreshnessInfo
            {
                Resource = resource,
                IsFresh = isFresh,
                Age = age,
                MaximumAge = maximumAge,
                CompleteTo = to,
                LastStatus = hasRun ? run.Status : null,
                Detail = isFresh ? null : Detail(to, hasRun, run.Status, run.Message),
            };
        }
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private static string Detail(DateTimeOffset? to, bool hasRun, ExportStatus? status, string? message)
    {
        var age = to is { } instant ? $"Complete only to {InstantText.Of(instant)}." : "Never read to the end.";
        if (!hasRun) return age;
        var ended = status is { } s ? $"The last run ended as {s}" : "The last run is still going, or its process died";
        return message is null ? $"{age} {ended}." : $"{age} {ended}: {message}";
    }
}
