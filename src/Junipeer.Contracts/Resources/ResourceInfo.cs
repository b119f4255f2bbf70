namespace Junipeer.Resources;

/// <summary>How sure a resource is, and whether it belongs to <c>-Resource Standard</c>.</summary>
public enum ResourceTier
{
    /// <summary>Part of every full export.</summary>
    Standard,

    /// <summary>Only when named: one request per id, or a second view of the same records.</summary>
    OnRequest,

    /// <summary>Named by the vendor, path assumed: probed before use.</summary>
    Unproven,
}

/// <summary>What a system has of one kind.</summary>
public sealed record ResourceInfo
{
    /// <summary>The resource's own name, for example <c>product-price</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>Standard, OnRequest or Unproven.</summary>
    public required ResourceTier Tier { get; init; }

    /// <summary>The service it belongs to, for example <c>order-service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>How a full reading is done: <c>options</c>, <c>search</c>, <c>fan-out</c>, <c>reference</c>, ...</summary>
    public required string FullRead { get; init; }

    /// <summary>How changes are read; the same as the full read where the system shows no change date.</summary>
    public required string IncrementalRead { get; init; }

    /// <summary>The properties that identify a record.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The search columns that show a change.</summary>
    public required IReadOnlyList<string> ChangeColumns { get; init; }

    /// <summary>The tables it fills in a warehouse, the record's own first.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>The columns a search can filter by; empty where there is no search.</summary>
    public required IReadOnlyList<SearchColumn> SearchColumns { get; init; }

    /// <summary>Fields that hold personal data, as paths for <c>-ExcludeField</c>.</summary>
    public required IReadOnlyList<string> PersonalFields { get; init; }

    /// <summary>Ids one GET may ask for; 0 where there is no GET by id.</summary>
    public int MaxIdsPerRequest { get; init; }

    /// <summary>What to know before using it.</summary>
    public string? Notes { get; init; }

    /// <summary>The vendor's page, where there is one.</summary>
    public string? Documentation { get; init; }
}

/// <summary>A column of a search.</summary>
/// <param name="Name">The column's name, as the system spells it.</param>
/// <param name="Type">The system's type name: INTEGER, IDSET, STRING, SEARCH_STRING, BOOLEAN, PERIOD, ...</param>
public sealed record SearchColumn(string Name, string Type)
{
    /// <summary>Whether it can be filtered by; null where the reference does not tell.</summary>
    public bool? Filterable { get; init; }

    /// <summary>Whether it can be sorted by; null where the reference does not tell.</summary>
    public bool? Sortable { get; init; }

    /// <summary>True for a filter that is no column of the answer.</summary>
    public bool FilterOnly { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
