using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>
/// What this version knows of Norce's sets, as data, from public documentation and clients. Where a tenant's metadata says
/// otherwise, metadata is right; where a name is only assumed, the connection's settings replace it.
/// </summary>
internal static class NorceCatalogue
{
    public const string System = "Norce";

    /// <summary>The namespaces of Query; each has metadata of its own.</summary>
    public static readonly IReadOnlyList<string> Namespaces = ["Products", "Application", "Orders", "Customers", "Core"];

    private static readonly Lazy<IReadOnlyList<NorceSet>> Loaded = new(Load);

    /// <summary>The sets with the names assumed.</summary>
    public static IReadOnlyList<NorceSet> Known => Loaded.Value;

    /// <summary>The sets with the names this connection was told.</summary>
    public static IReadOnlyList<NorceSet> For(NorceSetting setting)
    {
        var assumed = new NorceSetting();
        var renamed = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            [assumed.OnHandSet] = setting.OnHandSet,
            [assumed.WarehouseSet] = setting.WarehouseSet,
            [assumed.LocationSet] = setting.LocationSet,
            [assumed.PriceListSet] = setting.PriceListSet,
            [assumed.PriceSet] = setting.PriceSet,
            [assumed.SkuSet] = setting.SkuSet,
        };
        return Known.Select(s => renamed.TryGetValue(s.Path, out var name) && !name.Equals(s.Path, StringComparison.OrdinalIgnoreCase) ? s with { Path = name } : s).ToArray();
    }

    /// <summary>The fault for a name nobody knows, with the names that come close.</summary>
    public static JunipeerException Unknown(string name, IEnumerable<NorceSet> known)
    {
        var wanted = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var near = known.Select(s => s.Name).Distinct().OrderBy(n => Distance(wanted.ToLowerInvariant(), n.ToLowerInvariant())).Take(3);
        return new JunipeerException(new JunipeerFault("Junipeer.Resource.Unknown", FaultCategory.InvalidArgument,
            $"Norce has no set '{name}'. Close to it: {string.Join(", ", near)}.",
            "Run Get-NorceResource to see the sets this tenant has; a set is also found by its namespace, as in Products/ProductSkus.") { Target = name, System = System });
    }

    /// <summary>How many letters two words are apart.</summary>
    public static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var next = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }

        return row[other.Length];
    }

    private static IReadOnlyList<NorceSet> Load()
    {
        using var stream = typeof(NorceCatalogue).Assembly.GetManifestResourceStream("Norce.resources.json")!;
        using var json = JsonDocument.Parse(stream);
        return json.RootElement.GetProperty("resources").EnumerateArray().Select(entry => new NorceSet
        {
            Path = entry.GetProperty("set").GetString()!,
            Key = entry.GetProperty("key").EnumerateArray().Select(k => new NorceProperty(k.GetString()!, AssumedType(k.GetString()!))).ToArray(),
            ShowsChanges = entry.TryGetProperty("changes", out _),
            Status = entry.GetProperty("status").GetString(),
            Personal = entry.TryGetProperty("personal", out var personal) ? personal.EnumerateArray().Select(p => p.GetString()!).ToArray() : [],
            Notes = entry.GetProperty("notes").GetString(),
            ExportExpand = entry.TryGetProperty("expand", out var expand) ? expand.EnumerateArray().Select(e => e.GetString()!).ToArray() : [],
        }).ToArray();
    }

    /// <summary>Part numbers and hierarchies are text; every other key is a number (https://docs.norce.io/api-reference/query).</summary>
    private static string AssumedType(string key) => key is "PartNo" or "Hierarchy" ? "String" : key is "QtyBreak" ? "Decimal" : "Int32";
}
