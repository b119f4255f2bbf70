using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>Reads rows from files, a row at a time: NDJSON, a JSON array, CSV with a header line; each also compressed.</summary>
internal static class RowFile
{
    public static async IAsyncEnumerable<IReadOnlyDictionary<string, object?>> ReadAsync(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        var kind = Path.GetExtension(name).ToLowerInvariant();
        if (kind is not (".ndjson" or ".jsonl" or ".json" or ".csv"))
            throw Bad("Junipeer.Norce.BadFile", FaultCategory.InvalidArgument, $"'{path}' is of no kind that can be read.", "Give a file that ends in .ndjson, .jsonl, .json or .csv, also with .gz.", path);
        using var stream = Open(path);
        await foreach (var row in (kind switch { ".csv" => CsvAsync(stream, path, stop), ".json" => ArrayAsync(stream, path, stop), _ => LinesAsync(stream, path, stop) }).ConfigureAwait(false)) yield return row;
    }

    /// <summary>JSON as plain values: dictionaries without case, arrays, text, exact numbers.</summary>
    public static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Row(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.TryGetDecimal(out var number) ? number : element.GetDouble(),
        _ => null,
    };

    private static Dictionary<string, object?> Row(JsonElement element)
    {
        var row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in element.EnumerateObject()) row[property.Name] = Value(property.Value);
        return row;
    }

    private static async IAsyncEnumerable<IReadOnlyDictionary<string, object?>> LinesAsync(Stream stream, string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        for (long line = 1; await reader.ReadLineAsync(stop).ConfigureAwait(false) is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            yield return Parse(text, path, line);
        }
    }

    private static async IAsyncEnumerable<IReadOnlyDictionary<string, object?>> ArrayAsync(Stream stream, string path, [EnumeratorCancellation] CancellationToken stop)
    {
        long at = 0;
        var items = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, cancellationToken: stop).GetAsyncEnumerator(stop);
        await using (items.ConfigureAwait(false))
        {
            while (true)
            {
                at++;
                JsonElement item;
                try
                {
                    if (!await items.MoveNextAsync().ConfigureAwait(false)) yield break;
                    item = items.Current;
                }
                catch (JsonException error)
                {
                    throw NotJson(path, at, error);
                }

                yield return item.ValueKind == JsonValueKind.Object ? Row(item) : throw NotJson(path, at, null);
            }
        }
    }

    private static Dictionary<string, object?> Parse(string text, string path, long line)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Row(document.RootElement) : throw NotJson(path, line, null);
        }
        catch (JsonException error)
        {
            throw NotJson(path, line, error);
        }
    }

    private static async IAsyncEnumerable<IReadOnlyDictionary<string, object?>> CsvAsync(Stream stream, string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string[]? names = null;
        var separator = ',';
        for (long line = 1; await reader.ReadLineAsync(stop).ConfigureAwait(false) is { } text; line++)
        {
            while (text.Count(c => c == '"') % 2 == 1 && await reader.ReadLineAsync(stop).ConfigureAwait(false) is { } more)
            {
                text += "\n" + more; // a line break inside quotes
                line++;
            }

            if (text.Length == 0) continue;
            if (names is null)
            {
                separator = text.Contains(';', StringComparison.Ordinal) && !text.Contains(',', StringComparison.Ordinal) ? ';' : text.Contains('\t', StringComparison.Ordinal) ? '\t' : ',';
                names = Cells(text, separator).Select(n => n.Trim()).ToArray();
                continue;
            }

            var cells = Cells(text, separator);
            if (cells.Count != names.Length)
                throw Bad("Junipeer.Norce.BadFileRow", FaultCategory.InvalidData, $"Line {line} of '{path}' has {cells.Count} cells where the first line names {names.Length} columns.", "Mend the file; a cell that holds the separator stands in double quotes.", path);
            var row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < names.Length; i++) row[names[i]] = cells[i].Length == 0 ? null : cells[i];
            yield return row;
        }
    }

    private static List<string> Cells(string text, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (c == separator && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }

        cells.Add(cell.ToString());
        return cells;
    }

    private static Stream Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad("Junipeer.Path.NotFound", FaultCategory.ObjectNotFound, $"'{path}' cannot be read: {error.Message}", "Give a file that exists to -Path.", path);
        }
    }

    private static JunipeerException NotJson(string path, long at, JsonException? error) => Bad("Junipeer.Norce.BadFileRow", FaultCategory.InvalidData,
        $"Row {at} of '{path}' is not a JSON object{(error is null ? string.Empty : $": {error.Message}")}. Rows before it may have been sent.", "Mend the file: one JSON object a line (.ndjson), or one array of objects (.json).", path);

    private static JunipeerException Bad(string id, FaultCategory category, string message, string action, string path) =>
        new(new JunipeerFault(id, category, message, action) { Target = path, System = NorceCatalogue.System });
}
