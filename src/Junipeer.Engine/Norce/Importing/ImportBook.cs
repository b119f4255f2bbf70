using System.Text.Json;

namespace Junipeer.Norce.Importing;

/// <summary>How a field's value is written.</summary>
internal enum FieldKind
{
    Text,
    Decimal,
    Integer,
    Boolean,
    Instant,
    Guid,

    /// <summary>A number that Norce ignores when it is 0.</summary>
    Price,

    /// <summary>A name or its number; sent as the number, which is safe everywhere.</summary>
    Enum,

    /// <summary>A nested thing.</summary>
    Object,

    /// <summary>Several nested things.</summary>
    Array,

    /// <summary>Sent as it is given.</summary>
    Any,
}

/// <summary>A field of an import, as Connect spells it.</summary>
internal sealed class ImportField
{
    public required string Name { get; init; }

    /// <summary>The name as JSON.</summary>
    public required JsonEncodedText Label { get; init; }

    public required FieldKind Kind { get; init; }

    public int? MostLength { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Its place among the required fields of its level, as a bit; 0 when it is not required.</summary>
    public int RequiredBit { get; set; }

    /// <summary>The header's list and the name in it; null for keys and for what no list names.</summary>
    public string? List { get; init; }

    public string Announced { get; init; } = string.Empty;

    /// <summary>Its place in the row's key; -1 when it is no part of that.</summary>
    public int KeyPlace { get; init; } = -1;

    /// <summary>Its place among what a header of this kind can announce; -1 when it is not announced.</summary>
    public int Bit { get; init; } = -1;

    public IReadOnlyDictionary<string, int>? Values { get; init; }

    /// <summary>True when numbers besides those named are taken, since not all names are public.</summary>
    public bool TakesOtherValues { get; init; }

    public ImportLevel? Level { get; init; }
}

/// <summary>The fields of one nesting level.</summary>
internal sealed class ImportLevel(string name)
{
    private readonly Dictionary<string, ImportField> _byName = new(StringComparer.OrdinalIgnoreCase);

    public string Name => name;

    public IEnumerable<ImportField> Fields => _byName.Values;

    public ImportField[] Required { get; private set; } = [];

    public ImportField? Find(string field) => _byName.GetValueOrDefault(field);

    public void Add(ImportField field)
    {
        _byName[field.Name] = field;
        if (!field.IsRequired) return;
        field.RequiredBit = 1 << Required.Length;
        Required = [.. Required, field];
    }
}

/// <summary>
/// What one kind of import takes and how its header announces it, as data
/// (https://docs.norce.io/api-reference/connect/productservice/x-stormconnect-header-product and the pages beside it).
/// </summary>
internal sealed class ImportBook
{
    private static readonly Lazy<JsonDocument> Data = new(() => JsonDocument.Parse(typeof(ImportBook).Assembly.GetManifestResourceStream("Norce.imports.json")!));

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<NorceImportKind, ImportBook> Books = new();

    private readonly List<ImportField> _announced = [];
    private readonly Dictionary<string, ImportLevel> _levels = [];

    private ImportBook(NorceImportKind kind)
    {
        Kind = kind;
        var entry = Data.Value.RootElement.GetProperty("kinds").GetProperty(kind.ToString());
        Operation = entry.GetProperty("operation").GetString()!;
        Key = entry.GetProperty("key").EnumerateArray().Select(k => k.GetString()!).ToArray();
        TakesFullFile = entry.GetProperty("fullFile").GetBoolean();
        RowsShare = entry.TryGetProperty("rowsShare", out var share) ? share.GetDouble() : 1;
        Root = Level(kind.ToString());
    }

    public NorceImportKind Kind { get; }

    /// <summary>Where it is sent: <c>Product/ImportOnhands</c>.</summary>
    public string Operation { get; }

    /// <summary>The fields that identify a row.</summary>
    public string[] Key { get; }

    public bool TakesFullFile { get; }

    /// <summary>The part of the usual number of rows that one job of this kind takes.</summary>
    public double RowsShare { get; }

    public ImportLevel Root { get; }

    /// <summary>Everything a header of this kind can announce, by <see cref="ImportField.Bit"/>.</summary>
    public IReadOnlyList<ImportField> Announced => _announced;

    public static ImportBook Of(NorceImportKind kind) => Books.GetOrAdd(kind, static k => new ImportBook(k));

    /// <summary>The names a list of the header knows; empty for a list this version does not know.</summary>
    public static IReadOnlyList<string> NamesOf(string list) =>
        Data.Value.RootElement.GetProperty("lists").TryGetProperty(list, out var names) ? names.EnumerateArray().Select(n => n.GetString()!).ToArray() : [];

    private ImportLevel Level(string name)
    {
        if (_levels.TryGetValue(name, out var known)) return known;
        var level = _levels[name] = new ImportLevel(name);
        var entry = Data.Value.RootElement.GetProperty("levels").GetProperty(name);
        var list = entry.GetProperty("list").GetString()!;
        foreach (var text in entry.GetProperty("fields").EnumerateArray()) level.Add(Field(text.GetString()!, list, name));
        return level;
    }

    /// <summary>Reads <c>Name:type</c>, with <c>!</c> for required and <c>=Name</c> where the header's name differs.</summary>
    private ImportField Field(string text, string list, string level)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, type) = (text[..colon], text[(colon + 1)..]);
        var announced = name;
        if (type.Split('=') is [var before, var other]) (type, announced) = (before, other);
        var required = type.EndsWith('!');
        var words = type.TrimEnd('!').Split(' ');
        var isAnnounced = list.Length > 0 && NamesOf(list).Contains(announced);
        var nested = words[0] is "object" or "array" ? Level(words[1]) : null; // before this one's bit, since it takes bits of its own
        var length = words[0].StartsWith("text", StringComparison.Ordinal) && words[0].Length > 4 ? int.Parse(words[0][4..], System.Globalization.CultureInfo.InvariantCulture) : (int?)null;
        var field = new ImportField
        {
            Name = name,
            Label = JsonEncodedText.Encode(name),
            Kind = length is not null ? FieldKind.Text : Enum.Parse<FieldKind>(words[0], ignoreCase: true),
            MostLength = length,
            IsRequired = required,
            List = isAnnounced ? list : null,
            Announced = announced,
            Bit = isAnnounced ? BitOf(list, announced) : -1,
            Values = words[0] == "enum" ? Data.Value.RootElement.GetProperty("enums").GetProperty(words[1]).EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetInt32(), StringComparer.OrdinalIgnoreCase) : null,
            TakesOtherValues = words[0] == "enum" && Data.Value.RootElement.GetProperty("openEnums").EnumerateArray().Any(e => e.GetString() == words[1]),
            Level = nested,
            KeyPlace = level == Kind.ToString() ? Array.IndexOf(Key, name) : -1,
        };
        if (field.Bit == _announced.Count) _announced.Add(field);
        return field;
    }

    /// <summary>Two levels that share a list share its bits: the header says each name once.</summary>
    private int BitOf(string list, string announced)
    {
        var known = _announced.FindIndex(f => f.List == list && f.Announced == announced);
        return known >= 0 ? known : _announced.Count;
    }
}
