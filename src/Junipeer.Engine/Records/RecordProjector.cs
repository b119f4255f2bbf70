using System.Text;
using System.Text.Json;

namespace Junipeer.Records;

/// <summary>
/// Turns a document into a pipeline record: the system's own names, exact decimals, instants, dates, collections as arrays
/// whose elements carry their id. Every known property is there, null when the document lacks it, so that records of a kind
/// have one shape (Export-Csv takes its columns from the first); unknown ones follow.
/// </summary>
internal sealed class RecordProjector(DocumentMap map, bool withPayload)
{
    /// <summary>One document, with keys that stand beside it.</summary>
    /// <param name="document">The document.</param>
    /// <param name="receivedAt">When its answer came, by the system's clock.</param>
    /// <param name="beside">Keys, by the names they have as properties.</param>
    public JunipeerRecord Project(ReadOnlySpan<byte> document, DateTimeOffset receivedAt, params (string Name, object Value)[] beside)
    {
        var reader = new JsonWalker(document);
        reader.Read();
        var properties = new List<KeyValuePair<string, object?>>();
        if (map.Root.Collection is { } self)
        {
            properties.Add(new(self.KeyName + "s", ReadCollection(ref reader, self)));
        }
        else
        {
            properties.AddRange(ReadObject(ref reader, map.Root).Properties);
        }

        foreach (var never in map.Root.Members.Where(m => m.NowIsNull))
        {
            var at = properties.FindIndex(p => p.Key == never.Name);
            if (at >= 0 && properties[at].Value is DateTimeOffset shown && Instants.IsTimeOfRequest(shown.UtcTicks, receivedAt)) properties[at] = new(never.Name, null);
        }

        for (var i = beside.Length - 1; i >= 0; i--)
        {
            var (name, value) = beside[i];
            var at = properties.FindIndex(p => p.Key == name);
            if (at >= 0 && properties[at].Value is not null) continue;
            if (at >= 0) properties.RemoveAt(at);
            properties.Insert(0, new(name, value));
        }

        if (withPayload) properties.Add(new("Payload", Encoding.UTF8.GetString(document)));
        return new JunipeerRecord(map.Definition.TypeName, properties);
    }

    private static JunipeerRecord ReadObject(ref JsonWalker reader, FieldNode? node, string? keyName = null, object? key = null, string? placeName = null, object? place = null)
    {
        var members = node?.Members ?? [];
        var values = new object?[members.Count];
        List<KeyValuePair<string, object?>>? unknown = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var at = IndexOf(ref reader, members);
            if (at >= 0)
            {
                reader.Read();
                values[at] = ReadValue(ref reader, members[at]);
                continue;
            }

            var name = reader.GetString()!;
            reader.Read();
            (unknown ??= []).Add(new(name, ReadValue(ref reader, null)));
        }

        var properties = new List<KeyValuePair<string, object?>>(members.Count + 2 + (unknown?.Count ?? 0));
        if (keyName is not null) properties.Add(new(keyName, key));
        if (placeName is not null) properties.Add(new(placeName, place));
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Name != keyName && members[i].Name != placeName && !members[i].IsUnknown) properties.Add(new(members[i].Name, values[i]));
        }

        // Two properties that differ in case only cannot both be on one object; the second keeps its place in the payload.
        foreach (var extra in unknown ?? [])
        {
            if (!properties.Exists(p => p.Key.Equals(extra.Key, StringComparison.OrdinalIgnoreCase))) properties.Add(extra);
        }

        return new JunipeerRecord(null, properties);
    }

    private static int IndexOf(ref JsonWalker reader, IReadOnlyList<FieldNode> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (reader.ValueTextEquals(members[i].Utf8Name)) return i;
        }

        return -1;
    }

    private static object? ReadValue(ref JsonWalker reader, FieldNode? node)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return node?.Collection is { Kind: not CollectionKind.Array } keyed
                    ? ReadCollection(ref reader, keyed)
                    : ReadObject(ref reader, node is { IsUnknown: false } ? node : null);
            case JsonTokenType.StartArray:
                if (node?.Collection is { Kind: CollectionKind.Array or CollectionKind.Map } list) return ReadCollection(ref reader, list);
                var items = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadValue(ref reader, null));
                return items.ToArray();
            default:
                return ReadScalar(ref reader, node is { Column: >= 0, IsUnknown: false } ? node.Type : null);
        }
    }

    private static object?[] ReadCollection(ref JsonWalker reader, Collection collection)
    {
        var items = new List<object?>();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                items.Add(reader.TokenType == JsonTokenType.StartObject ? ReadObject(ref reader, collection.Shown) : ReadValue(ref reader, null));
            return items.ToArray();
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            object key = reader.GetString()!;
            if (collection.KeyType == ColumnType.Integer && long.TryParse((string)key, out var id)) key = id;
            if (collection.KeyType == ColumnType.Decimal && CellReader.TryDecimal(reader.ValueSpan, out var quantity)) key = quantity;
            reader.Read();
            if (collection.Kind == CollectionKind.MapOfArrays && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadObject(ref reader, collection.Shown, collection.KeyName, key));
            }
            else if (collection.Kind == CollectionKind.CustomFields)
            {
                items.Add(ReadCustomField(ref reader, collection.KeyName, key));
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                items.Add(ReadObject(ref reader, collection.Element, collection.KeyName, key));
            }
            else
            {
                var type = collection.Element.Find("value")?.Type;
                items.Add(new JunipeerRecord(null, [new(collection.KeyName, key), new("value", ReadScalar(ref reader, type))]));
            }
        }

        return items.ToArray();
    }

    private static JunipeerRecord ReadCustomField(ref JsonWalker reader, string keyName, object code)
    {
        string type;
        object? value;
        long? choice = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                type = "SELECT";
                value = null;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString();
                    reader.Read();
                    var found = ReadValue(ref reader, null);
                    if (name == "id") choice = found as long?;
                    else if (name == "value") value = found;
                }

                break;
            case JsonTokenType.StartArray:
                type = "LIST";
                value = ReadValue(ref reader, null);
                break;
            case JsonTokenType.String when reader.ValueSpan.Length >= 20 && Instants.TryParseDate(CellReader.Unescaped(ref reader), out var day):
                type = "DATE";
                value = DateOnly.FromDayNumber(day);
                break;
            default:
                type = reader.TokenType switch
                {
                    JsonTokenType.Number => "INTEGER",
                    JsonTokenType.True or JsonTokenType.False => "YES_NO",
                    _ => "TEXT",
                };
                value = ReadScalar(ref reader, null);
                break;
        }

        return new JunipeerRecord(null, [new(keyName, code), new("type", type), new("value", value), new("valueId", choice)]);
    }

    private static object? ReadScalar(ref JsonWalker reader, ColumnType? type)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Number when type == ColumnType.Text:
                return Encoding.UTF8.GetString(reader.ValueSpan);
            case JsonTokenType.Number:
                if (type != ColumnType.Decimal && (type is not null || !reader.ValueSpan.Contains((byte)'.')) && CellReader.TryInteger(reader.ValueSpan, out var whole)) return whole;
                return CellReader.TryDecimal(reader.ValueSpan, out var exact) ? exact : Encoding.UTF8.GetString(reader.ValueSpan);
        }

        if (type is null or ColumnType.Text or ColumnType.Json) return reader.GetString();
        var text = CellReader.Unescaped(ref reader);
        switch (type)
        {
            case ColumnType.Integer when CellReader.TryInteger(text, out var id):
                return id;
            case ColumnType.Decimal when CellReader.TryDecimal(text, out var amount):
                return amount;
            case ColumnType.Boolean when reader.ValueTextEquals("true"u8):
                return true;
            case ColumnType.Boolean when reader.ValueTextEquals("false"u8):
                return false;
            case ColumnType.Date when Instants.TryParseDate(text, out var day):
                return DateOnly.FromDayNumber(day);
            case ColumnType.Instant when Instants.TryParse(text, out var ticks, out var offset):
                return new DateTimeOffset(ticks + offset, TimeSpan.FromTicks(offset));
            case ColumnType.Integer or ColumnType.Decimal or ColumnType.Boolean or ColumnType.Date or ColumnType.Instant when text.Length == 0:
                return null;
            default:
                return reader.GetString();
        }
    }
}
