using System.Text;
using System.Text.Json;
using Junipeer.Records;

namespace Junipeer.Brightpearl;

/// <summary>
/// The answer to a search, its rows turned into documents: rows are arrays whose places the answer's own column list names
/// (https://help.brightpearl.com/hc/en-us/articles/212644983-Resource-search), and that list may differ between accounts.
/// </summary>
internal sealed class SearchAnswer : IDisposable
{
    private SearchAnswer(RawPage page) => Page = page;

    public RawPage Page { get; }

    /// <summary>Column names, in the rows' order.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    /// <summary>Rows as they were counted by us.</summary>
    public int Rows => Page.Documents.Count;

    /// <summary>What the answer says of further pages; not always true.</summary>
    public bool? More { get; private set; }

    /// <summary>What the answer says of all matches; not always true.</summary>
    public long? Available { get; private set; }

    /// <summary>Text of the identifying columns of each row, joined.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>The first identifying column of each row as a number; null where it is none.</summary>
    public List<long?> Ids { get; } = [];

    public static SearchAnswer Read(ReadOnlySpan<byte> body, IReadOnlyList<string> identifying)
    {
        var answer = new SearchAnswer(new RawPage(body.Length * 2));
        try
        {
            var rows = default((int Start, int Length));
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The answer is not a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isResponse = reader.ValueTextEquals("response"u8);
                reader.Read();
                if (!isResponse || reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }

                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isResults = reader.ValueTextEquals("results"u8);
                    var isMeta = reader.ValueTextEquals("metaData"u8);
                    reader.Read();
                    if (isMeta)
                    {
                        answer.ReadMeta(ref reader);
                        continue;
                    }

                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    if (isResults) rows = (start, (int)reader.BytesConsumed - start);
                }
            }

            while (reader.Read())
            {
            }

            if (rows.Length > 0) answer.ReadRows(body.Slice(rows.Start, rows.Length), identifying);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose() => Page.Dispose();

    private void ReadMeta(ref Utf8JsonReader reader)
    {
        using var meta = JsonDocument.ParseValue(ref reader);
        var root = meta.RootElement;
        if (root.TryGetProperty("morePagesAvailable", out var more) && more.ValueKind is JsonValueKind.True or JsonValueKind.False) More = more.GetBoolean();
        if (root.TryGetProperty("resultsAvailable", out var available) && available.TryGetInt64(out var count)) Available = count;
        if (root.TryGetProperty("columns", out var columns))
            Columns = columns.EnumerateArray().Select(c => c.GetProperty("name").GetString()!).ToArray();
        if (More is null && Available is { } all && root.TryGetProperty("lastResult", out var last) && last.TryGetInt64(out var at)) More = at < all;
    }

    private void ReadRows(ReadOnlySpan<byte> rows, IReadOnlyList<string> identifying)
    {
        var names = Columns.Select((name, i) => Encoding.UTF8.GetBytes($"{(i == 0 ? '{' : ',')}{JsonSerializer.Serialize(name)}:")).ToArray();
        var keys = identifying.Select(name => Columns.ToList().IndexOf(name)).ToArray();
        var found = new string[keys.Length];
        var reader = new Utf8JsonReader(rows);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            Array.Fill(found, "");
            long? id = null;
            var start = Page.Length;
            var place = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var from = (int)reader.TokenStartIndex;
                var token = reader.TokenType;
                var value = reader.HasValueSequence ? default : reader.ValueSpan;
                reader.Skip();
                if (place >= names.Length)
                {
                    place++;
                    continue;
                }

                var key = Array.IndexOf(keys, place);
                if (key >= 0)
                {
                    found[key] = Encoding.UTF8.GetString(value);
                    if (key == 0 && token is JsonTokenType.Number or JsonTokenType.String && CellReader.TryInteger(value, out var number)) id = number;
                }

                Page.Append(names[place++]);
                Page.Append(rows[from..(int)reader.BytesConsumed]);
            }

            Page.Append(place == 0 ? "{}"u8 : "}"u8);
            Page.Documents.Add(new RawDocument(start, Page.Length - start));
            Keys.Add(string.Join('\u001f', found));
            Ids.Add(id);
        }
    }
}
