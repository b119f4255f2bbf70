using System.Xml;
using System.Xml.Linq;

namespace Junipeer.Norce;

/// <summary>Reads the entity model of one namespace (CSDL of OData 4, in any of its XML namespaces).</summary>
internal static class NorceMetadata
{
    /// <summary>The sets a document names, with keys, properties and what can be expanded.</summary>
    /// <exception cref="XmlException">It is no XML.</exception>
    public static IReadOnlyList<NorceSet> Read(string area, ReadOnlyMemory<byte> body)
    {
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        var root = XDocument.Load(reader);
        var types = new Dictionary<string, XElement>(StringComparer.Ordinal);
        foreach (var schema in root.Descendants().Where(e => e.Name.LocalName == "Schema"))
        {
            var space = (string?)schema.Attribute("Namespace");
            foreach (var type in schema.Elements().Where(e => e.Name.LocalName == "EntityType")) types[$"{space}.{(string?)type.Attribute("Name")}"] = type;
        }

        return root.Descendants().Where(e => e.Name.LocalName == "EntitySet").Select(set => Set(area, set, types)).OfType<NorceSet>().ToArray();
    }

    private static NorceSet? Set(string area, XElement set, Dictionary<string, XElement> types)
    {
        if ((string?)set.Attribute("Name") is not { Length: > 0 } name) return null;
        var type = (string?)set.Attribute("EntityType");
        var navigations = Chain(type, types).SelectMany(t => Named(t, "NavigationProperty")).ToArray();
        var collections = new Dictionary<string, NorceSet>(StringComparer.OrdinalIgnoreCase);
        foreach (var navigation in navigations)
        {
            if ((string?)navigation.Attribute("Name") is { } to && (string?)navigation.Attribute("Type") is { } of && of.StartsWith("Collection(", StringComparison.Ordinal))
                collections[to] = Of($"{area}/{to}", of[11..^1], types);
        }

        return Of($"{area}/{name}", type, types) with
        {
            Navigations = navigations.Select(n => (string?)n.Attribute("Name")).OfType<string>().ToArray(),
            Collections = collections,
        };
    }

    private static NorceSet Of(string path, string? type, Dictionary<string, XElement> types)
    {
        var chain = Chain(type, types).ToArray();
        var properties = chain.SelectMany(t => Named(t, "Property")).Select(p => new NorceProperty((string?)p.Attribute("Name") ?? string.Empty, Short((string?)p.Attribute("Type")))).ToArray();
        var key = chain.SelectMany(t => t.Elements().Where(e => e.Name.LocalName == "Key")).SelectMany(k => Named(k, "PropertyRef")).Select(r => (string?)r.Attribute("Name")).ToArray();
        return new NorceSet
        {
            Path = path,
            Key = key.Select(k => properties.FirstOrDefault(p => p.Name == k)).OfType<NorceProperty>().ToArray(),
            Properties = properties,
            ShowsChanges = properties.Any(p => p.Name.Equals("Updated", StringComparison.OrdinalIgnoreCase)) && properties.Any(p => p.Name.Equals("Created", StringComparison.OrdinalIgnoreCase)),
            IsProven = true,
        };
    }

    /// <summary>A type and the ones it is built on, the base first.</summary>
    private static IEnumerable<XElement> Chain(string? name, Dictionary<string, XElement> types)
    {
        var chain = new List<XElement>();
        for (var depth = 0; name is not null && depth < 8 && types.TryGetValue(name, out var type); depth++)
        {
            chain.Insert(0, type);
            name = (string?)type.Attribute("BaseType");
        }

        return chain;
    }

    private static IEnumerable<XElement> Named(XElement parent, string name) => parent.Elements().Where(e => e.Name.LocalName == name);

    private static string? Short(string? type) => type is not null && type.StartsWith("Edm.", StringComparison.Ordinal) ? type[4..] : type;
}
