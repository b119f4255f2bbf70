using Junipeer.Records;
using Junipeer.Resources;

namespace Junipeer.Brightpearl;

/// <summary>How a GET's answer holds its documents.</summary>
internal enum AnswerShape
{
    /// <summary>An array of documents.</summary>
    Array,

    /// <summary>An object keyed by id.</summary>
    Map,

    /// <summary>Documents grouped by an id that stands beside them: an object of arrays, an array of objects that carry it, or the bare array of the one id asked for.</summary>
    Groups,

    /// <summary>One document, or one plain value, for the one id asked for.</summary>
    Single,

    /// <summary>Custom fields of the one id asked for: an object keyed by code.</summary>
    CustomFields,

    /// <summary>One document for the account.</summary>
    Configuration,

    /// <summary>Not known: whichever of the above it turns out to be.</summary>
    Auto,
}

/// <summary>How documents are read by id, or all at once.</summary>
internal sealed record GetDefinition
{
    /// <summary>Path below the account; <c>{ids}</c>, <c>{parent}</c> and <c>{scope}</c> are filled in.</summary>
    public required string Path { get; init; }

    public required AnswerShape Shape { get; init; }

    /// <summary>Ids one request may name; 0 for a list that is read whole.</summary>
    public int Max { get; init; }

    /// <summary>Name of an extra level around the documents, for example <c>journals</c>.</summary>
    public string? Root { get; init; }

    /// <summary>Key field that takes the id a document is grouped by or was asked for by.</summary>
    public string? GroupKey { get; init; }

    /// <summary>Field that takes a plain value where a document was expected.</summary>
    public string? ValueKey { get; init; }

    /// <summary>Values for <c>{scope}</c>: one request each.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Error codes that mean "nothing there" for the whole set.</summary>
    public IReadOnlyList<string> EmptyCodes { get; init; } = [];

    /// <summary>True where a refused id means that there is nothing of the kind, not that something is wrong.</summary>
    public bool EmptyOn400 { get; init; }
}

/// <summary>How a resource is searched.</summary>
internal sealed record SearchDefinition
{
    public required string Path { get; init; }

    /// <summary>The column that identifies a row, or the document it leads to.</summary>
    public required string Id { get; init; }

    public required IReadOnlyList<SearchColumn> Columns { get; init; }

    /// <summary>True where closed id ranges can be filtered by, so that paging needs no row numbers.</summary>
    public required bool Keyset { get; init; }

    /// <summary>Sort for a dump; the id ascending when not given.</summary>
    public string? DumpSort { get; init; }

    /// <summary>A filter the search cannot do without.</summary>
    public string? Requires { get; init; }
}

/// <summary>A resource as the catalogue describes it.</summary>
internal sealed record CatalogueEntry
{
    public required SourceResource Resource { get; init; }

    public required DocumentDefinition Document { get; init; }

    public required string Full { get; init; }

    public required string Changes { get; init; }

    public IReadOnlyList<string> Sweeps { get; init; } = [];

    public GetDefinition? Get { get; init; }

    public SearchDefinition? Search { get; init; }

    /// <summary>Path that answers OPTIONS with every id.</summary>
    public string? Options { get; init; }

    /// <summary>The resource whose ids or documents lead to this one.</summary>
    public string? Parent { get; init; }

    /// <summary>The reference resource each of whose ids is asked separately.</summary>
    public string? Parents { get; init; }

    /// <summary>Path that reads by the parent's ids.</summary>
    public string? ParentPath { get; init; }

    public int ParentMax { get; init; }

    /// <summary>What shows that a record may have changed: <c>products</c>, <c>movements</c>, <c>orders</c>.</summary>
    public IReadOnlyList<string> Touched { get; init; } = [];

    /// <summary>Paths in the parent's documents, or columns of its search, that hold this resource's ids.</summary>
    public IReadOnlyList<string> Collect { get; init; } = [];

    /// <summary>Lists that name further ids of this resource: resource and property.</summary>
    public IReadOnlyList<(string Resource, string Path)> CollectAlso { get; init; } = [];

    public string? CollectFilter { get; init; }

    /// <summary>Search column whose value fills <c>{parent}</c>.</summary>
    public string? CollectBy { get; init; }

    public string Name => Resource.Name;
}
