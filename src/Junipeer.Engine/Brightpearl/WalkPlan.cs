using System.Text.Json;
using System.Text.Json.Serialization;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>How documents are reached.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WalkKind>))]
internal enum WalkKind
{
    /// <summary>GETs by id set, in any order.</summary>
    Ids,

    /// <summary>Search pages, one filter after the other.</summary>
    Search,

    /// <summary>Search pages, newest first, until all is known.</summary>
    Tail,

    /// <summary>Lists that are read whole.</summary>
    Reference,

    /// <summary>One search for each id of a parent.</summary>
    SearchEach,
}

/// <summary>Ids to ask for under one path.</summary>
internal sealed record WalkGroup
{
    /// <summary>The ids; empty text for none.</summary>
    public required string Ids { get; init; }

    /// <summary>Path with <c>{ids}</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Ids one request may name.</summary>
    public required int Max { get; init; }

    /// <summary>Fills <c>{parent}</c>.</summary>
    public long? Parent { get; init; }

    /// <summary>True when the ids are the records' own, so that one without an answer does not exist.</summary>
    public bool Own { get; init; }

    /// <summary>True when the system itself named the ids, so that "none found" for a whole set is not believed.</summary>
    public bool Exist { get; init; }

    /// <summary>Records of a resource by ids the system named.</summary>
    public static WalkGroup For(CatalogueEntry entry, IdSet ids) =>
        new() { Ids = ids.ToString(), Path = entry.Get!.Path, Max = entry.Get.Max, Own = entry.Document.Key is [{ Type: ColumnType.Integer }], Exist = true };
}

/// <summary>The plan of a pass, kept in the bookmark as JSON: ids are facts asked for once, everything else follows from the catalogue.</summary>
internal sealed record WalkPlan
{
    public required WalkKind Walk { get; init; }

    public IReadOnlyList<WalkGroup> Groups { get; init; } = [];

    /// <summary>Filters of a search walk; an empty one for "all".</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>A tail walk ends at rows entered before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Every id that exists; <c>=</c> when it is the first group's ids.</summary>
    public string? Listing { get; init; }

    public DateTimeOffset? ListedAt { get; init; }

    public static WalkPlan ByIds(IReadOnlyList<WalkGroup> groups) => new() { Walk = WalkKind.Ids, Groups = groups };

    public static WalkPlan Parse(string text) => JsonSerializer.Deserialize(text, WalkPlanJson.Default.WalkPlan)!;

    public override string ToString() => JsonSerializer.Serialize(this, WalkPlanJson.Default.WalkPlan);

    /// <summary>The numbered slices of an id walk.</summary>
    public IReadOnlyList<(WalkGroup Group, IdSet Ids)> Slices() =>
        Groups.SelectMany(g => IdSet.Parse(g.Ids).Chunk(Math.Max(1, g.Max)).Select(ids => (g, ids))).ToArray();

    public PassPlan ToPassPlan(DateTimeOffset? askedAt = null)
    {
        var listing = Listing is null ? null : IdSet.Parse(Listing == "=" ? Groups[0].Ids : Listing);
        var ids = Groups.Select(g => IdSet.Parse(g.Ids)).ToArray();
        var numbered = Walk is WalkKind.Ids or WalkKind.SearchEach;
        var slices = numbered ? Groups.Zip(ids, (g, set) => (set.Count + Math.Max(1, g.Max) - 1) / Math.Max(1, g.Max)).Sum() : 0;
        return new PassPlan(ToString(), slices, numbered ? ids.Sum(set => set.Count) : null)
        {
            Listing = listing,
            ListedAt = ListedAt,
            AskedAt = askedAt,
            Requests = numbered ? slices : Math.Max(1, Math.Max(Filters.Count, Groups.Count)),
        };
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WalkPlan))]
internal sealed partial class WalkPlanJson : JsonSerializerContext;
