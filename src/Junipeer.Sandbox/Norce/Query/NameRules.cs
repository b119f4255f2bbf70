using Junipeer.Sandbox.Norce.Data;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Query;

/// <summary>How this version of Query names properties, and how to get from a row to others.</summary>
internal sealed class NameRules(NorceWorld world, bool camel, bool ignoreCase)
{
    public bool Camel => camel;

    public string Write(Column column) => camel ? column.Camel : column.Name;

    public string Write(Navigation way) => camel ? way.Camel : way.Name;

    public Column? Find(EntityType type, string name) => type.Find(name, camel, ignoreCase);

    public Navigation? FindNavigation(EntityType type, string name) => type.FindNavigation(name, camel, ignoreCase);

    public IReadOnlyList<Row> Follow(Row row, Navigation way) => world[way.Target].With(way.To, [.. way.From.Select(f => row[f])]);

    public NorceException Unknown(EntityType type, string name) => NorceException.Bad($"The query specified in the URI is not valid. Could not find a property named '{name}' on type '{type.FullName}'.");
}
