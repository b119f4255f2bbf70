namespace Junipeer.Sandbox.Norce.Data;

/// <summary>The primitive types that the entity model uses.</summary>
internal enum EdmType
{
    String,
    Int32,
    Int64,
    Decimal,
    Boolean,
    DateTimeOffset,
    Guid,
}

/// <summary>A property with its place in a row.</summary>
internal sealed record Column(string Name, EdmType Type, bool Nullable, int MaxLength, int Index)
{
    /// <summary>The name as Query 3.0 writes it.</summary>
    public string Camel { get; } = char.ToLowerInvariant(Name[0]) + Name[1..];
}

/// <summary>A way from one row to others: rows of the target whose <c>To</c> columns equal this row's <c>From</c> columns.</summary>
internal sealed record Navigation(string Name, string Target, bool Many, string[] From, string[] To)
{
    public string Camel { get; } = char.ToLowerInvariant(Name[0]) + Name[1..];
}

/// <summary>One kind of row: what Query calls an entity type, and the set it is in.</summary>
internal sealed class EntityType
{
    private readonly Dictionary<string, Column> _byName;

    public EntityType(string ns, string set, string name, string key, IReadOnlyList<Column> columns, IReadOnlyList<Navigation> navigations, bool exposed, string? otherSet)
    {
        Namespace = ns;
        Set = set;
        Name = name;
        Columns = columns;
        Navigations = navigations;
        Exposed = exposed;
        OtherSet = otherSet;
        _byName = columns.ToDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        Key = [.. key.Split('+').Select(k => _byName[k])];
    }

    public string Namespace { get; }

    public string Set { get; }

    public string Name { get; }

    public IReadOnlyList<Column> Columns { get; }

    public IReadOnlyList<Navigation> Navigations { get; }

    public IReadOnlyList<Column> Key { get; }

    /// <summary>Whether there is a set of its own; others are reached by expanding their parent.</summary>
    public bool Exposed { get; }

    /// <summary>What the set may be called instead, where its name is not documented.</summary>
    public string? OtherSet { get; }

    public string FullName => $"Enferno.Storm.Query.Api.DataContexts.{Namespace}Model.{Name}";

    public int Index(string column) => _byName.TryGetValue(column, out Column? found) ? found.Index : throw new KeyNotFoundException($"{Name} has no {column}.");

    /// <summary>A property by the name that a request uses.</summary>
    public Column? Find(string name, bool camel, bool ignoreCase) =>
        _byName.TryGetValue(name, out Column? found) && (ignoreCase || (camel ? found.Camel : found.Name) == name) ? found : null;

    public Navigation? FindNavigation(string name, bool camel, bool ignoreCase) =>
        Navigations.FirstOrDefault(n => string.Equals(n.Name, name, StringComparison.OrdinalIgnoreCase) && (ignoreCase || (camel ? n.Camel : n.Name) == name));
}
