using System.Text.Json;

namespace Junipeer.Records;

/// <summary>How a child collection looks in a document.</summary>
internal enum CollectionKind
{
    /// <summary>An array of objects; keyed by position unless a key field is named.</summary>
    Array,

    /// <summary>An object keyed by id, each value an object.</summary>
    Map,

    /// <summary>An object keyed by id, each value an array of objects; keyed by id and position.</summary>
    MapOfArrays,

    /// <summary>An object keyed by id, each value a plain value.</summary>
    MapOfValues,

    /// <summary>Custom fields: an object keyed by code, each value plain or <c>{id, value}</c>.</summary>
    CustomFields,
}

/// <summary>A field as the catalogue names it.</summary>
internal sealed record FieldDefinition(string Path, ColumnType Type);

/// <summary>A child collection as the catalogue names it.</summary>
internal sealed record CollectionDefinition(
    string Path,
    CollectionKind Kind,
    string Table,
    IReadOnlyList<FieldDefinition> Key,
    IReadOnlyList<FieldDefinition> Fields,
    IReadOnlyList<CollectionDefinition> Children);

/// <summary>The shape of a resource's documents: what the normaliser is driven by.</summary>
internal sealed record DocumentDefinition(
    string Resource,
    string TypeName,
    string Table,
    IReadOnlyList<FieldDefinition> Key,
    IReadOnlyList<FieldDefinition> Fields,
    IReadOnlyList<CollectionDefinition> Children)
{
    /// <summary>The field that holds the system's own change date; null when it shows none.</summary>
    public string? Updated { get; init; }

    /// <summary>Change dates in which the system answers the time of the request when nothing ever changed.</summary>
    public IReadOnlyList<string> NowIsNull { get; init; } = [];

    /// <summary>An instant in the document that never changes, for example when it was made; null when it shows none.</summary>
    public string? BusinessDate { get; init; }

    /// <summary>Reads <c>table</c>, <c>key</c>, <c>fields</c>, <c>children</c>, <c>updated</c> and <c>nowIsNull</c> of a catalogue entry.</summary>
    public static DocumentDefinition Read(JsonElement entry, string system)
    {
        var resource = entry.GetProperty("name").GetString()!;
        return new DocumentDefinition(
            resource,
            $"Junipeer.{system}.{Names.ToPascal(resource)}",
            entry.GetProperty("table").GetString()!,
            ReadKey(entry),
            ReadFields(entry),
            ReadChildren(entry))
        {
            Updated = entry.TryGetProperty("updated", out var updated) ? updated.GetString() : null,
            BusinessDate = entry.TryGetProperty("businessDate", out var date) ? date.GetString() : null,
            NowIsNull = entry.TryGetProperty("nowIsNull", out var now) ? now.EnumerateArray().Select(n => n.GetString()!).ToArray() : [],
        };
    }

    private static IReadOnlyList<FieldDefinition> ReadKey(JsonElement entry) =>
        entry.TryGetProperty("key", out var key)
            ? key.EnumerateObject().Select(k => new FieldDefinition(k.Name, TypeOf(k.Value.GetString()!))).ToArray()
            : [];

    /// <summary>Fields are written <c>path:type</c>, in the documents' own order, which tables and records keep.</summary>
    private static IReadOnlyList<FieldDefinition> ReadFields(JsonElement entry) =>
        entry.TryGetProperty("fields", out var fields)
            ? fields.EnumerateArray().Select(field =>
            {
                var parts = field.GetString()!.Split(':');
                return new FieldDefinition(parts[0], TypeOf(parts[1]));
            }).ToArray()
            : [];

    private static IReadOnlyList<CollectionDefinition> ReadChildren(JsonElement entry) =>
        entry.TryGetProperty("children", out var children)
            ? children.EnumerateArray().Select(child => new CollectionDefinition(
                child.GetProperty("path").GetString()!,
                Enum.Parse<CollectionKind>(child.GetProperty("kind").GetString()!, ignoreCase: true),
                child.GetProperty("table").GetString()!,
                ReadKey(child),
                ReadFields(child),
                ReadChildren(child))).ToArray()
            : [];

    private static ColumnType TypeOf(string name) => name switch
    {
        "int" => ColumnType.Integer,
        "decimal" => ColumnType.Decimal,
        "text" => ColumnType.Text,
        "bool" => ColumnType.Boolean,
        "instant" => ColumnType.Instant,
        "date" => ColumnType.Date,
        "json" => ColumnType.Json,
        _ => throw new JsonException($"The catalogue names no type '{name}'."),
    };
}
