using System.Globalization;
using Junipeer.Export;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses;

/// <summary>What a stored bookmark says to people, the same for every warehouse.</summary>
internal static class BookmarkReport
{
    /// <summary>Where a resource stands.</summary>
    public static BookmarkInfo Info(string resource, Bookmark bookmark, DateTimeOffset? updatedAt) => new()
    {
        Resource = resource,
        Watermark = bookmark.Watermark,
        LastFull = bookmark.LastFull,
        LastRecheck = bookmark.LastRecheck,
        OpenPass = string.Join("; ", new[] { bookmark.Changes, bookmark.Sweep }.Where(p => p is not null).Select(p => Describe(p!))),
        UpdatedAt = updatedAt,
    };

    /// <summary>
    /// How old a resource's data is. Age counts from the later of the watermark (which already stands back by the look-back)
    /// and the start of the last full pass.
    /// </summary>
    public static FreshnessInfo Freshness(string resource, Bookmark bookmark, (ExportStatus? Status, string? Message)? run, TimeSpan maximumAge, DateTimeOffset now)
    {
        var to = Later(bookmark.Watermark, bookmark.LastFull);
        var age = now - to;
        var isFresh = age <= maximumAge;
        return new FreshnessInfo
        {
            Resource = resource,
            IsFresh = isFresh,
            Age = age,
            MaximumAge = maximumAge,
            CompleteTo = to,
            LastStatus = run?.Status,
            Detail = isFresh ? null : Detail(to, run),
        };
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private static string Detail(DateTimeOffset? to, (ExportStatus? Status, string? Message)? run)
    {
        var age = to is { } instant ? $"Complete only to {InstantText.Of(instant)}." : "Never read to the end.";
        if (run is not { } last) return age;
        var ended = last.Status is { } s ? $"The last run ended as {s}" : "The last run is still going, or its process died";
        return last.Message is null ? $"{age} {ended}." : $"{age} {ended}: {last.Message}";
    }

    private static string Describe(OpenPass pass) => pass switch
    {
        { Slices: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{pass.Kind}: {pass.Finished.Count:N0} of {pass.Slices:N0} slices"),
        { Finished.Count: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{pass.Kind}: {pass.Finished.Count:N0} slices"),
        _ => $"{pass.Kind}: begun",
    };
}
