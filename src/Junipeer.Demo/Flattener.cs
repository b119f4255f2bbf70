using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Junipeer.Demo;

/// <summary>Turns a document of the dump into the rows it should have become: table, key, column, value.</summary>
internal static partial class Flattener
{
    // The same few hundred names stand in every document.
    private static readonly ConcurrentDictionary<string, string> Spelled = new();

    public static void Flatten(JsonElement document, ResourceShape shape, Dictionary<string, Dictionary<string, Dictionary<string, JsonElement>>> tables)
    {
        if (shape.Spread is { } spread)
        {
            // The group's own scalars stand on each of its records.
            foreach (var item in document.GetProperty(spread).EnumerateArray())
            {
                var merged = document.EnumerateObject().Where(m => m.Name != spread).Concat(item.EnumerateObject()).ToDictionary(m => m.Name, m => m.Value);
                Flatten(JsonSerializer.SerializeToElement(merged), shape with { Spread = null }, tables);
            }

            return;
        }

        var keys = shape.Key.Select(k => Values.Key(document.GetProperty(k))).ToArray();
        Row(document, shape.Tables().First() with { Children = shape.Children }, keys, tables);
    }

    /// <summary><c>delivery.deliveryDate</c> becomes <c>delivery_delivery_date</c>, <c>SKU</c> becomes <c>sku</c>.</summary>
    public static string Snake(string path) =>
        Spelled.GetOrAdd(path, static p => Humps().Replace(p, "_").Replace('.', '_').Replace('-', '_').ToLowerInvariant());

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Humps();

    private static void Row(
        JsonElement element, TableShape table, string[] keys, Dictionary<string, Dictionary<string, Dictionary<string, JsonElement>>> tables)
    {
        if (!tables.TryGetValue(table.Name, out var rows)) tables[table.Name] = rows = [];
        var row = rows[string.Join('|', keys)] = [];
        if (element.ValueKind == JsonValueKind.Object) Leaves(element, "", row, keys, table, tables);
        else row["value"] = element;
    }

    private static void Leaves(
        JsonElement element, string path, Dictionary<string, JsonElement> row, string[] keys, TableShape table, Dictionary<string, Dictionary<string, Dictionary<string, JsonElement>>> tables)
    {
        foreach (var member in element.EnumerateObject())
        {
            var here = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            var child = table.Children.FirstOrDefault(c => c.Path == here);
            if (child is not null) Collection(member.Value, child, keys, tables);
            else if (member.Value.ValueKind == JsonValueKind.Object) Leaves(member.Value, here, row, keys, table, tables);
            else if (member.Value.ValueKind != JsonValueKind.Null) row[table.ColumnOf(here)] = member.Value;
        }
    }

    private static void Collection(JsonElement value, TableShape child, string[] keys, Dictionary<string, Dictionary<string, Dictionary<string, JsonElement>>> tables)
    {
        switch (child.Shape)
        {
            case CollectionShape.Array or CollectionShape.KeyedArray:
                foreach (var (item, position) in value.EnumerateArray().Select((item, i) => (item, i)))
                {
                    var own = child.Shape == CollectionShape.KeyedArray ? Values.Key(item.GetProperty(child.Key)) : position.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    Row(item, child, [.. keys, own], tables);
                }

                break;
            case CollectionShape.Map:
                foreach (var member in value.EnumerateObject()) Row(member.Value, child, [.. keys, member.Name], tables);
                break;
            case CollectionShape.MapOfArrays:
                foreach (var member in value.EnumerateObject())
                {
                    var position = 0;
                    foreach (var item in member.Value.EnumerateArray())
                        Row(item, child, [.. keys, member.Name, (position++).ToString(System.Globalization.CultureInfo.InvariantCulture)], tables);
                }

                break;
            default:
                foreach (var member in value.EnumerateObject()) Row(Values.CustomField(member.Value), child, [.. keys, member.Name], tables);
                break;
        }
    }
}
