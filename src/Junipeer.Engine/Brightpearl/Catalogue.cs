using System.Text.Json;
using Junipeer.Records;
using Junipeer.Resources;

namespace Junipeer.Brightpearl;

/// <summary>
/// Everything the engine knows of Brightpearl's resources, as data: a new resource is a new entry. From the vendor's
/// documentation (https://api-docs.brightpearl.com) and from what public clients saw.
/// </summary>
internal static class Catalogue
{
    public const string System = "Brightpearl";

    private static readonly Lazy<IReadOnlyList<CatalogueEntry>> Loaded = new(Load);

    public static IReadOnlyList<CatalogueEntry> Entries => Loaded.Value;

    public static CatalogueEntry? Find(string name) =>
        Entries.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public static CatalogueEntry Require(string name) => Find(name) ?? throw UnknownResource(name);

    /// <summary>The fault for a name the catalogue lacks, with the names that come close.</summary>
    public static Operations.JunipeerException UnknownResource(string name)
    {
        var near = Entries.Select(e => e.Name)
            .OrderBy(known => Distance(name.ToLowerInvariant(), known))
            .Take(3);
        return new(new Operations.JunipeerFault(
            "Junipeer.Resource.Unknown",
            Operations.FaultCategory.InvalidArgument,
            $"Brightpearl has no resource '{name}'. Close to it: {string.Join(", ", near)}.",
            "Run Get-BrightpearlResource to see all names.")
        { Target = name, System = System });
    }

    private static IReadOnlyList<CatalogueEntry> Load()
    {
        using var stream = typeof(Catalogue).Assembly.GetManifestResourceStream("Brightpearl.catalogue.json")!;
        using var json = JsonDocument.Parse(stream);
        return json.RootElement.GetProperty("resources").EnumerateArray().Select(Read).ToArray();
    }

    private static CatalogueEntry Read(JsonElement entry)
    {
        var document = DocumentDefinition.Read(entry, System);
        var get = entry.TryGetProperty("get", out var g) ? ReadGet(g) : null;
        var search = entry.TryGetProperty("search", out var s) ? ReadSearch(s) : null;
        var full = entry.GetProperty("full").GetString()!;
        var changes = entry.GetProperty("changes").GetString()!;
        var clock = entry.GetProperty("clock").GetString() switch
        {
            "list" => ReadClock.List,
            "snapshot" => ReadClock.Snapshot,
            "recheck" => ReadClock.Recheck,
            _ => ReadClock.EveryRun,
        };
        var info = new ResourceInfo
        {
            Name = document.Resource,
            System = System,
            Tier = Enum.Parse<ResourceTier>(entry.GetProperty("tier").GetString()!),
            Service = entry.GetProperty("service").GetString()!,
            FullRead = full,
            IncrementalRead = changes == "none" ? full : changes,
            Key = document.Key.Select(k => k.Path).ToArray(),
            ChangeColumns = Strings(entry, "sweeps"),
            Tables = Tables(document),
            SearchColumns = search?.Columns ?? [],
            PersonalFields = Strings(entry, "personal"),
            MaxIdsPerRequest = get?.Max ?? 0,
            Notes = Text(entry, "notes"),
            Documentation = Text(entry, "docs"),
        };
        return new CatalogueEntry
        {
            Resource = new SourceResource(info, document, clock)
            {
                ReadsChanges = changes != "none",
                ListsIds = entry.TryGetProperty("options", out _) && full == "options",
            },
            Document = document,
            Full = full,
            Changes = changes,
            Sweeps = info.ChangeColumns,
            Get = get,
            Search = search,
            Options = Text(entry, "options"),
            Parent = Text(entry, "parent"),
            Parents = Text(entry, "parents"),
            ParentPath = Text(entry, "parentPath"),
            ParentMax = entry.TryGetProperty("parentMax", out var max) ? max.GetInt32() : 200,
            Touched = Strings(entry, "touched"),
            Collect = Strings(entry, "collect"),
            CollectAlso = entry.TryGetProperty("collectAlso", out var also) ? also.EnumerateObject().Select(a => (a.Name, a.Value.GetString()!)).ToArray() : [],
            CollectFilter = Text(entry, "collectFilter"),
            CollectBy = Text(entry, "collectBy"),
        };
    }

    private static GetDefinition ReadGet(JsonElement get) => new()
    {
        Path = get.GetProperty("path").GetString()!,
        Shape = Enum.Parse<AnswerShape>(get.GetProperty("shape").GetString()!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true),
        Max = get.TryGetProperty("max", out var max) ? max.GetInt32() : 0,
        Root = Text(get, "root"),
        GroupKey = Text(get, "groupKey"),
        ValueKey = Text(get, "valueKey"),
        Scopes = Strings(get, "scopes"),
        EmptyCodes = Strings(get, "emptyCodes"),
        EmptyOn400 = get.TryGetProperty("emptyOn400", out var empty) && empty.GetBoolean(),
    };

    private static SearchDefinition ReadSearch(JsonElement search)
    {
        var columns = search.GetProperty("columns").EnumerateArray().Select(c => new SearchColumn(c.GetProperty("name").GetString()!, c.GetProperty("type").GetString()!)
        {
            Filterable = c.TryGetProperty("filterable", out var f) ? f.GetBoolean() : null,
            Sortable = c.TryGetProperty("sortable", out var o) ? o.GetBoolean() : null,
            FilterOnly = c.TryGetProperty("filterOnly", out var only) && only.GetBoolean(),
        }).ToArray();
        var id = Text(search, "id") ?? columns.FirstOrDefault()?.Name ?? "id";
        return new SearchDefinition
        {
            Path = search.GetProperty("path").GetString()!,
            Id = id,
            Columns = columns,
            Keyset = Text(search, "sort") != "overlap" && columns.Any(c => c.Name == id && c.Type == "IDSET" && !c.FilterOnly),
            DumpSort = Text(search, "dumpSort"),
            Requires = Text(search, "requires"),
        };
    }

    private static IReadOnlyList<string> Tables(DocumentDefinition document)
    {
        var tables = new List<string> { document.Table };
        void Below(IReadOnlyList<CollectionDefinition> children)
        {
            foreach (var child in children)
            {
                tables.Add(child.Table);
                Below(child.Children);
            }
        }

        Below(document.Children);
        return tables;
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IReadOnlyList<string> Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.EnumerateArray().Select(v => v.GetString()!).ToArray() : [];

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
