using System.Globalization;
using System.Text.Json;
using Junipeer.Export;
using Microsoft.Data.Sqlite;

namespace Junipeer.Demo;

/// <summary>How a resource compares.</summary>
internal sealed record ComparedResource(ExportResult Result, long Records, long Leaves, IReadOnlyList<string> Differences)
{
    public bool IsEqual => Differences.Count == 0 && Result.Status == ExportStatus.Completed;
}

/// <summary>
/// Holds a warehouse against the sandbox's own dump: the same ids, the same number of rows in every table, every scalar leaf
/// of every document in its column. Written from the documents' side and from nothing of the engine, so that a mistake in the
/// engine cannot excuse itself.
/// </summary>
internal sealed class Comparison(HttpClient admin, string database)
{
    public async Task<IReadOnlyList<ComparedResource>> CompareAsync(IReadOnlyList<ExportResult> results, CancellationToken stop)
    {
        var compared = new List<ComparedResource>();
        foreach (var result in results) compared.Add(await CompareAsync(result, stop));
        return compared;
    }

    private async Task<ComparedResource> CompareAsync(ExportResult result, CancellationToken stop)
    {
        var shape = Shapes.Of(result.Resource);
        var expected = new Dictionary<string, Dictionary<string, Dictionary<string, JsonElement>>>();
        var records = 0L;
        await foreach (var document in DumpAsync(shape.Dump, stop))
        {
            records++;
            Flattener.Flatten(document, shape, expected);
        }

        using var warehouse = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        warehouse.Open();
        var differences = new List<string>();
        var leaves = 0L;
        foreach (var table in shape.Tables())
        {
            var rows = expected.TryGetValue(table.Name, out var found) ? found : [];
            leaves += new TableComparison(warehouse, table, differences).Compare(rows);
        }

        if (result.Status != ExportStatus.Completed) differences.Insert(0, $"{result.Resource}: {result.Status}: {result.Message}");
        return new ComparedResource(result, records, leaves, differences);
    }

    /// <summary>The documents the account holds, as it sees them itself.</summary>
    public async IAsyncEnumerable<JsonElement> DumpAsync(string resource, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await admin.GetAsync($"dump/{resource}", HttpCompletionOption.ResponseHeadersRead, stop);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            if (line.Length == 0) continue;
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }
}

/// <summary>Compares one table with the rows the dump makes expect.</summary>
internal sealed class TableComparison(SqliteConnection warehouse, TableShape table, List<string> differences)
{
    /// <summary>Compares; returns how many values were compared.</summary>
    public long Compare(Dictionary<string, Dictionary<string, JsonElement>> expected)
    {
        using var command = warehouse.CreateCommand();
        command.CommandText = $"SELECT * FROM \"{table.Name}\" WHERE _is_deleted = 0";
        using var reader = Execute(command);
        if (reader is null) return 0;
        var columns = Enumerable.Range(0, reader.FieldCount).ToDictionary(i => reader.GetName(i), i => i, StringComparer.Ordinal);
        var seen = new HashSet<string>();
        var leaves = 0L;
        while (reader.Read())
        {
            var key = string.Join('|', table.KeyColumns.Select(k => Convert.ToString(reader.GetValue(columns[k]), CultureInfo.InvariantCulture)));
            if (!expected.TryGetValue(key, out var row))
            {
                Note($"{table.Name} {key}: in the warehouse, not in the account");
                continue;
            }

            if (!seen.Add(key)) Note($"{table.Name} {key}: twice");
            foreach (var (name, leaf) in row)
            {
                leaves++;
                if (!columns.TryGetValue(name, out var at))
                {
                    // Lists of plain values nobody named stay in the payload.
                    if (leaf.ValueKind != JsonValueKind.Array) Note($"{table.Name}: no column '{name}' for {leaf.GetRawText()}");
                }
                else if (!Values.Equal(leaf, reader.IsDBNull(at) ? null : reader.GetValue(at))) Note($"{table.Name} {key}: {name} is {Show(reader, at)}, should be {leaf.GetRawText()}");
            }

            // A value where the document has none is as wrong as a missing one.
            foreach (var (name, at) in columns)
            {
                if (!row.ContainsKey(name) && !reader.IsDBNull(at) && !IsOwn(name)) Note($"{table.Name} {key}: {name} is {Show(reader, at)}, should be empty");
            }
        }

        foreach (var key in expected.Keys.Where(k => !seen.Contains(k))) Note($"{table.Name} {key}: in the account, not in the warehouse");
        return leaves;
    }

    private SqliteDataReader? Execute(SqliteCommand command)
    {
        try
        {
            return command.ExecuteReader();
        }
        catch (SqliteException exception)
        {
            Note($"{table.Name}: {exception.Message}");
            return null;
        }
    }

    private bool IsOwn(string column) => column.StartsWith('_') || column == "payload" || table.KeyColumns.Contains(column);

    private static string Show(SqliteDataReader reader, int at) => reader.IsDBNull(at) ? "empty" : Convert.ToString(reader.GetValue(at), CultureInfo.InvariantCulture)!;

    private void Note(string difference)
    {
        if (differences.Count < 200) differences.Add(difference);
    }
}
