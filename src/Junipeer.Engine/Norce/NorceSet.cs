using Junipeer.Records;
using Junipeer.Resources;

namespace Junipeer.Norce;

/// <summary>A property of a set; its type is OData's, without <c>Edm.</c>, and null where no metadata told it.</summary>
internal sealed record NorceProperty(string Name, string? Type)
{
    /// <summary>The column it fills in a warehouse.</summary>
    public ColumnType Column => Type switch
    {
        "Int16" or "Int32" or "Int64" or "Byte" or "SByte" => ColumnType.Integer,
        "Decimal" => ColumnType.Decimal,
        "Double" or "Single" => ColumnType.Decimal,
        "Boolean" => ColumnType.Boolean,
        "DateTimeOffset" or "DateTime" => ColumnType.Instant,
        "Date" => ColumnType.Date,
        _ => ColumnType.Text,
    };

    public override string ToString() => Name;
}

/// <summary>A set of Query, as the shipped list and the tenant's metadata know it.</summary>
internal sealed record NorceSet
{
    /// <summary>Namespace and name, <c>Products/ProductSkus</c>.</summary>
    public required string Path { get; init; }

    public string Namespace => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    public string Name => Path[(Path.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public required IReadOnlyList<NorceProperty> Key { get; init; }

    /// <summary>All properties; empty where no metadata told them.</summary>
    public IReadOnlyList<NorceProperty> Properties { get; init; } = [];

    /// <summary>What can be expanded; empty where no metadata told it.</summary>
    public IReadOnlyList<string> Navigations { get; init; } = [];

    /// <summary>Collections that can be expanded, with the key and properties of their rows.</summary>
    public IReadOnlyDictionary<string, NorceSet> Collections { get; init; } = new Dictionary<string, NorceSet>();

    /// <summary>What an export expands, so that a record comes with its children.</summary>
    public IReadOnlyList<string> ExportExpand { get; init; } = [];

    /// <summary>True when rows carry <c>Updated</c> and <c>Created</c>.</summary>
    public bool ShowsChanges { get; init; }

    /// <summary>How sure the name is: documented, seen in client code, unverified; null for a set that only metadata named.</summary>
    public string? Status { get; init; }

    /// <summary>True when the tenant's metadata named it.</summary>
    public bool IsProven { get; init; }

    public IReadOnlyList<string> Personal { get; init; } = [];

    public string? Notes { get; init; }

    /// <summary>A property by its name, however it is written; null when metadata told the properties and it is not among them.</summary>
    public NorceProperty? Find(string name) =>
        Properties.Count == 0 ? Key.FirstOrDefault(k => Is(k, name)) ?? new NorceProperty(name, null) : Properties.FirstOrDefault(p => Is(p, name));

    /// <summary>The set as users see it.</summary>
    public ResourceInfo ToInfo() => new()
    {
        Name = Name,
        System = NorceCatalogue.System,
        Tier = IsProven && Status is not null ? ResourceTier.Standard : IsProven || Status is "documented" or "seen in client code" ? ResourceTier.OnRequest : ResourceTier.Unproven,
        Service = Namespace,
        FullRead = "key",
        IncrementalRead = ShowsChanges ? "updated" : "key",
        Key = Key.Select(k => k.Name).ToArray(),
        ChangeColumns = ShowsChanges ? ["Updated", "Created"] : [],
        Tables = [Names.ToSnake(Name)],
        SearchColumns = Properties.Select(p => new SearchColumn(p.Name, p.Type ?? "String") { Filterable = true, Sortable = true }).ToArray(),
        PersonalFields = Personal,
        MaxIdsPerRequest = 1,
        Notes = string.Join(' ', new[] { IsProven || Status is null or "documented" ? null : $"Name {Status}.", Notes, Navigations.Count > 0 ? $"Expand: {string.Join(", ", Navigations)}." : null }.OfType<string>()),
    };

    private static bool Is(NorceProperty property, string name) => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
