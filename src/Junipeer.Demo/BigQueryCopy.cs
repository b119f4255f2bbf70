using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Junipeer.Demo;

/// <summary>
/// Writes what the sandbox's Google side holds into a SQLite file, so that one comparison serves both warehouses. Types
/// become what SQLite's warehouse has in their place; nothing else is changed.
/// </summary>
internal sealed class BigQueryCopy(HttpClient admin, string dataset, string database)
{
    /// <summary>Copies every table of the dataset anew; our own tables and what is staged stay out.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(database + suffix);
        await using var file = new SqliteConnection($"Data Source={database};Pooling=False");
        await file.OpenAsync(stop);
        using var list = JsonDocument.Parse(await admin.GetStringAsync("dump", stop));
        foreach (var table in list.RootElement.EnumerateArray())
        {
            var name = table.GetProperty("table").GetString()!;
            if (!name.StartsWith(dataset + ".", StringComparison.Ordinal) || name[(dataset.Length + 1)..].StartsWith("_junipeer", StringComparison.Ordinal)) continue;
            var columns = table.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!.Split(' ')).ToArray();
            await CopyAsync(file, name, columns.Select(c => (c[0], c[1])).ToArray(), stop);
        }
    }

    /// <summary>Tables that should have ended with their run.</summary>
    public async Task<IReadOnlyList<string>> StagedAsync(CancellationToken stop)
    {
        using var list = JsonDocument.Parse(await admin.GetStringAsync("dump", stop));
        return list.RootElement.EnumerateArray().Select(t => t.GetProperty("table").GetString()!).Where(n => n.Contains("._junipeer_stage", StringComparison.Ordinal)).ToArray();
    }

    private async Task CopyAsync(SqliteConnection file, string name, (string Name, string Type)[] columns, CancellationToken stop)
    {
        await using var transaction = (SqliteTransaction)await file.BeginTransactionAsync(stop);
        using (var create = file.CreateCommand())
        {
            create.CommandText = $"CREATE TABLE \"{name[(dataset.Length + 1)..]}\" ({string.Join(", ", columns.Select(c => $"\"{c.Name}\" {Declared(c.Type)}"))})";
            create.ExecuteNonQuery();
        }

        using var insert = file.CreateCommand();
        insert.CommandText = $"INSERT INTO \"{name[(dataset.Length + 1)..]}\" VALUES ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})";
        var parameters = columns.Select((_, i) => insert.Parameters.Add(new SqliteParameter($"$p{i}", null))).ToArray();
        using var answer = await admin.GetAsync($"dump/{name}", HttpCompletionOption.ResponseHeadersRead, stop);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            if (line.Length == 0) continue;
            using var row = JsonDocument.Parse(line);
            for (var i = 0; i < columns.Length; i++) parameters[i].Value = Value(row.RootElement.GetProperty(columns[i].Name), columns[i].Type) ?? DBNull.Value;
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static string Declared(string type) => type switch
    {
        "INT64" or "BOOL" => "INTEGER",
        "NUMERIC" => "NUMERIC",
        _ => "TEXT",
    };

    private static object? Value(JsonElement value, string type)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return type switch
        {
            "INT64" => long.Parse(text, CultureInfo.InvariantCulture),
            "BOOL" => text is "true" ? 1L : 0L,
            "TIMESTAMP" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            _ => text,
        };
    }
}
