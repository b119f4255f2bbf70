using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Junipeer.Operations;

namespace Junipeer.Connections;

/// <summary>
/// The list of saved connections: everything but their secrets, in one JSON file of the user's data folder. Written as a
/// whole under a lock, so that two shells can save at the same time.
/// </summary>
internal static class ConnectionBook
{
    private const int Version = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        WriteIndented = true,
    };

    private static string FilePath => Path.Combine(DataFolder.Path, "connections.json");

    /// <summary>All saved connections, by name.</summary>
    /// <exception cref="JunipeerException">The file cannot be read.</exception>
    public static IReadOnlyList<JunipeerConnection> Read() =>
        Load().Select(FromNode).OfType<JunipeerConnection>().OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase).ToArray();

    /// <summary>Adds a connection; one of the same name and system is replaced. Returns it as saved.</summary>
    public static async Task<JunipeerConnection> SaveAsync(JunipeerConnection connection, CancellationToken stop)
    {
        var saved = connection with { SavedBy = DataFolder.User };
        await ChangeAsync(entries => [.. entries.Where(e => !IsSame(e, saved)), ToNode(saved)], stop).ConfigureAwait(false);
        return saved;
    }

    /// <summary>Writes when the access token ends; does nothing when the connection is not saved any more.</summary>
    public static Task UpdateExpiryAsync(JunipeerConnection connection, DateTimeOffset? expiresAt, CancellationToken stop) => ChangeAsync(
        entries =>
        {
            foreach (var entry in entries.Where(e => IsSame(e, connection))) entry["expiresAt"] = JsonValue.Create(expiresAt);
            return entries;
        },
        stop);

    /// <summary>Removes a connection.</summary>
    public static Task RemoveAsync(JunipeerConnection connection, CancellationToken stop) =>
        File.Exists(FilePath) ? ChangeAsync(entries => [.. entries.Where(e => !IsSame(e, connection))], stop) : Task.CompletedTask;

    private static async Task ChangeAsync(Func<List<JsonObject>, List<JsonObject>> change, CancellationToken stop)
    {
        try
        {
            var file = DataFolder.File("connections.json");
            using var held = await FileLock.TakeAsync(file + ".lock", Patience, stop).ConfigureAwait(false) ?? throw StoreFaults.Busy(file);
            var entries = change(Load());
            var book = new JsonObject { ["version"] = Version, ["connections"] = new JsonArray([.. entries.Select(e => e.DeepClone())]) };
            DataFolder.Replace(file, JsonSerializer.SerializeToUtf8Bytes(book, Json));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.Unwritable(FilePath, error.Message, error);
        }
    }

    private static List<JsonObject> Load()
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(FilePath);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.Unreadable(FilePath, error.Message, error);
        }

        try
        {
            var book = JsonNode.Parse(content);
            if ((int?)book?["version"] is not { } version || version > Version) throw StoreFaults.Unreadable(FilePath, "a newer version of this module wrote it.");
            return book["connections"] is JsonArray entries ? [.. entries.OfType<JsonObject>().Select(e => e)] : [];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw StoreFaults.Unreadable(FilePath, $"it is damaged ({error.Message})", error);
        }
    }

    /// <summary>Entries this version does not know (a system of a later one) stay in the file and are left out here.</summary>
    private static JunipeerConnection? FromNode(JsonObject entry)
    {
        try
        {
            return Text(entry, "system") switch
            {
                "Brightpearl" => entry.Deserialize<BrightpearlConnection>(Json),
                "BigQuery" => entry.Deserialize<BigQueryConnection>(Json),
                "Norce" => entry.Deserialize<NorceConnection>(Json),
                _ => null,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw StoreFaults.Unreadable(FilePath, $"the connection '{entry["name"]}' is damaged ({error.Message})", error);
        }
    }

    private static JsonObject ToNode(JunipeerConnection connection) => (JsonObject)JsonSerializer.SerializeToNode(connection, connection.GetType(), Json)!;

    private static bool IsSame(JsonObject entry, JunipeerConnection connection) =>
        Text(entry, "system") == connection.System && string.Equals(Text(entry, "name"), connection.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A member as text; null when it is something else, as a later version may have it.</summary>
    private static string? Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
