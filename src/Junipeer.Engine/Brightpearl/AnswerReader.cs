using System.Globalization;
using System.Text;
using System.Text.Json;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>
/// Finds the documents in the answer to a GET and leaves their bytes as they are. Runs where a broken answer is retried, so
/// it reads to the very end and throws <see cref="JsonException"/> when the text ends early.
/// </summary>
internal sealed class AnswerReader(CatalogueEntry entry)
{
    private readonly TableColumns _columns = new(entry.Document);

    /// <summary>The documents of one answer.</summary>
    /// <param name="body">The whole answer.</param>
    /// <param name="shape">How it holds documents.</param>
    /// <param name="asked">The one id asked for, where documents are grouped by it.</param>
    /// <param name="beside">A constant that stands beside every document: the scope or parent asked for.</param>
    public RawPage Read(ReadOnlySpan<byte> body, AnswerShape shape, long? asked = null, RawKey? beside = null)
    {
        var page = new RawPage(body.Length);
        try
        {
            var reader = new JsonWalker(body);
            Expect(ref reader, JsonTokenType.StartObject);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!reader.ValueTextEquals("response"u8))
                {
                    reader.Skip();
                    continue;
                }

                reader.Read();
                if (entry.Get?.Root is { } root) Descend(ref reader, root, page, body, shape, asked, beside);
                else ReadDocuments(ref reader, page, body, shape, asked, beside);
            }

            while (reader.Read())
            {
            }

            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    /// <summary>The ids an OPTIONS answer names: <c>{"response":{"getUris":["/order/1-3,7"]}}</c>.</summary>
    public static IdSet ReadIds(ReadOnlySpan<byte> body)
    {
        var ranges = new List<(long, long)>();
        var reader = new JsonWalker(body);
        Expect(ref reader, JsonTokenType.StartObject);
        var inUris = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName) inUris = reader.ValueTextEquals("getUris"u8);
            else if (inUris && reader.TokenType == JsonTokenType.String) ranges.AddRange(IdsOf(reader.GetString()!).Ranges);
        }

        return IdSet.OfRanges(ranges);
    }

    private static void Expect(ref JsonWalker reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token) throw new JsonException("The answer is not a JSON object.");
    }

    /// <summary>The first segment of a URI that is an id set: <c>/product-price/1-200/price-list</c>.</summary>
    private static IdSet IdsOf(string uri)
    {
        foreach (var segment in uri.Split('?')[0].Split('/'))
        {
            if (segment.Length > 0 && char.IsAsciiDigit(segment[0]) && IdSet.TryParse(Uri.UnescapeDataString(segment), out var ids, out _)) return ids;
        }

        return IdSet.Empty;
    }

    /// <summary>Goes one level down where the level is there; clients disagree on whether it always is.</summary>
    private void Descend(ref JsonWalker reader, string root, RawPage page, ReadOnlySpan<byte> body, AnswerShape shape, long? asked, RawKey? beside)
    {
        var scan = reader;
        while (reader.TokenType == JsonTokenType.StartObject && scan.Read() && scan.TokenType == JsonTokenType.PropertyName)
        {
            var match = scan.ValueTextEquals(root);
            scan.Read();
            if (match)
            {
                ReadDocuments(ref scan, page, body, shape, asked, beside);
                reader.Skip();
                return;
            }

            scan.Skip();
        }

        ReadDocuments(ref reader, page, body, shape, asked, beside);
    }

    private void ReadDocuments(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, AnswerShape shape, long? asked, RawKey? beside)
    {
        switch (shape)
        {
            case AnswerShape.Configuration:
                AddOne(ref reader, page, body, RawKey.None, beside);
                break;
            case AnswerShape.Single:
                ReadSingle(ref reader, page, body, asked);
                break;
            case AnswerShape.CustomFields:
                ReadCustomFields(ref reader, page, body, asked);
                break;
            case AnswerShape.Groups:
                ReadGroups(ref reader, page, body, asked);
                break;
            case AnswerShape.Array when reader.TokenType == JsonTokenType.StartArray:
            case AnswerShape.Auto when reader.TokenType == JsonTokenType.StartArray:
                ReadArray(ref reader, page, body, AskedKey(asked), beside);
                break;
            default:
                ReadMap(ref reader, page, body, asked, beside);
                break;
        }
    }

    private void ReadArray(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, RawKey group, RawKey? beside)
    {
        var position = 0L;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var second = _columns.Position >= 0 ? new RawKey(_columns.Position, position++, null) : beside ?? RawKey.None;
            AddOne(ref reader, page, body, group, second);
        }
    }

    private void ReadMap(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, long? asked, RawKey? beside)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            // An empty map has been seen written as an empty array.
            ReadArray(ref reader, page, body, RawKey.None, beside);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject) return;
        var probe = reader;
        probe.Read();
        if (probe.TokenType == JsonTokenType.PropertyName && !long.TryParse(probe.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            AddOne(ref reader, page, body, AskedKey(asked), beside);
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = KeyOf(reader.GetString()!, 0);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray) ReadArray(ref reader, page, body, key, beside);
            else AddOne(ref reader, page, body, key, beside);
        }
    }

    /// <summary>One id's documents, under whichever of the known arrangements the answer uses.</summary>
    private void ReadGroups(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, long? asked)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ReadGroup(ref reader, page, body, AskedKey(asked));
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject) return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var group = KeyOf(reader.GetString()!, 0);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) AddOne(ref reader, page, body, group, null);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var own = KeyOf(reader.GetString()!, 1);
                    reader.Read();
                    AddOne(ref reader, page, body, group, own);
                }
            }
        }
    }

    /// <summary>An element that names its group and holds an array of documents, or is itself one document.</summary>
    private void ReadGroup(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, RawKey asked)
    {
        var scan = reader;
        var group = asked;
        var list = -1;
        while (scan.Read() && scan.TokenType == JsonTokenType.PropertyName)
        {
            var isGroup = scan.ValueTextEquals(entry.Get!.GroupKey);
            scan.Read();
            if (isGroup && CellReader.TryInteger(scan.ValueSpan, out var id)) group = new RawKey(_columns.IndexOf(entry.Get.GroupKey!), id, null);
            if (scan.TokenType == JsonTokenType.StartArray && list < 0) list = scan.TokenStartIndex;
            scan.Skip();
        }

        if (list < 0)
        {
            AddOne(ref reader, page, body, group, null);
            return;
        }

        reader.Skip();
        var inner = new JsonWalker(body[list..]);
        inner.Read();
        while (inner.Read() && inner.TokenType != JsonTokenType.EndArray)
        {
            var start = list + inner.TokenStartIndex;
            var isObject = inner.TokenType == JsonTokenType.StartObject;
            inner.Skip();
            if (!isObject) continue;
            var bytes = body[start..(list + inner.BytesConsumed)];
            page.Documents.Add(new RawDocument(page.Append(bytes), bytes.Length, group, RawKey.None));
        }
    }

    private void ReadSingle(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, long? asked)
    {
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String && entry.Get?.ValueKey is { } name)
        {
            Append(page, $"{{\"{name}\":{Encoding.UTF8.GetString(body[reader.TokenStartIndex..reader.BytesConsumed])}}}", AskedKey(asked));
            return;
        }

        if (reader.TokenType == JsonTokenType.StartArray) ReadArray(ref reader, page, body, AskedKey(asked), null);
        else AddOne(ref reader, page, body, AskedKey(asked), null);
    }

    private void ReadCustomFields(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, long? asked)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var code = reader.GetString()!;
            reader.Read();
            var start = reader.TokenStartIndex;
            var token = reader.TokenType;
            reader.Skip();
            var raw = Encoding.UTF8.GetString(body[start..reader.BytesConsumed]);
            using var document = JsonDocument.Parse(raw);
            var (type, value, id) = token switch
            {
                JsonTokenType.StartObject => ("SELECT", Member(document, "value"), Member(document, "id")),
                JsonTokenType.Number => ("INTEGER", raw, "null"),
                JsonTokenType.True or JsonTokenType.False => ("YES_NO", raw, "null"),
                _ => ("TEXT", raw, "null"),
            };
            Append(page, $"{{\"code\":{JsonSerializer.Serialize(code)},\"type\":\"{type}\",\"value\":{value},\"valueId\":{id}}}", AskedKey(asked));
        }
    }

    private static string Member(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var member) ? member.GetRawText() : "null";

    private void AddOne(ref JsonWalker reader, RawPage page, ReadOnlySpan<byte> body, RawKey first, RawKey? second)
    {
        var start = reader.TokenStartIndex;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        reader.Skip();
        if (!isObject) return;
        var bytes = body[start..reader.BytesConsumed];
        page.Documents.Add(new RawDocument(page.Append(bytes), bytes.Length, first, second ?? RawKey.None));
    }

    private static void Append(RawPage page, string document, RawKey key)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        page.Documents.Add(new RawDocument(page.Append(bytes), bytes.Length, key, RawKey.None));
    }

    private RawKey AskedKey(long? asked) =>
        asked is { } id && entry.Get?.GroupKey is { } group && _columns.IndexOf(group) is >= 0 and var column ? new RawKey(column, id, null) : RawKey.None;

    private RawKey KeyOf(string name, int ordinal)
    {
        if (ordinal >= entry.Document.Key.Count) return RawKey.None;
        return long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new RawKey(ordinal, id, null)
            : new RawKey(ordinal, 0, name);
    }

    /// <summary>Where the key fields of a document stand in its table.</summary>
    private sealed class TableColumns(DocumentDefinition document)
    {
        public int Position { get; } = document.Key.ToList().FindIndex(k => k.Path == "position");

        public int IndexOf(string key) => document.Key.ToList().FindIndex(k => k.Path == key);
    }
}
