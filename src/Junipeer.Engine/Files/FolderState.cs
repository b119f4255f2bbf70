using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouses;

namespace Junipeer.Files;

/// <summary>
/// What a folder of exported files remembers, in <c>_junipeer.bookmarks.json</c>: the account, and per resource bookmark and
/// lease. Read and replaced as a whole, by one process at a time, which holds <c>_junipeer.lock</c> open for that moment.
/// </summary>
internal sealed class FolderState
{
    /// <summary>Version of the file that this code writes.</summary>
    public const int CurrentVersion = 1;

    private const string FileName = "_junipeer.bookmarks.json";
    private const string LockName = "_junipeer.lock";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(), new IdSetConverter() },
    };

    /// <summary>Version of the file.</summary>
    public int Version { get; set; } = CurrentVersion;

    /// <summary>The system whose records are here; null before the first commit.</summary>
    public string? System { get; set; }

    /// <summary>The account whose records are here.</summary>
    public string? Account { get; set; }

    /// <summary>By resource name.</summary>
    public SortedDictionary<string, ResourceState> Resources { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The state of a resource, made when it is missing.</summary>
    public ResourceState Of(string resource) =>
        Resources.TryGetValue(resource, out var state) ? state : Resources[resource] = new ResourceState();

    /// <summary>Reads the state, lets it be changed, and replaces it; nobody else can in between.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="change">Changes it; what it throws leaves the stored state as it was.</param>
    /// <param name="stop">Ends the wait for another process.</param>
    public static async Task ChangeAsync(string folder, Action<FolderState> change, CancellationToken stop)
    {
        using var hold = await LockAsync(folder, stop).ConfigureAwait(false);
        var state = Read(folder);
        change(state);
        FileFaults.Guard(folder, () => Write(folder, state));
    }

    /// <summary>Removes the state of a folder to which nobody ever committed anything, and the folder when nothing else is in it.</summary>
    public static async Task RemoveUnusedAsync(string folder)
    {
        try
        {
            using (await LockAsync(folder, CancellationToken.None).ConfigureAwait(false))
            {
                var state = Read(folder);
                if (state.Account is not null || state.Resources.Values.Any(r => r.Lease?.Owner is not null)) return;
                File.Delete(Path.Combine(folder, FileName));
            }

            File.Delete(Path.Combine(folder, LockName));
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JunipeerException)
        {
            // Somebody has put something there: it stays.
        }
    }

    /// <summary>The bookmarks as they stand, by resource; nothing is made or locked.</summary>
    public static IReadOnlyDictionary<string, Bookmark> ReadBookmarks(string folder) =>
        Read(folder).Resources.ToDictionary(r => r.Key, r => r.Value.Bookmark ?? Bookmark.None, StringComparer.Ordinal);

    private static FolderState Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new FolderState();
        FolderState? state;
        try
        {
            state = JsonSerializer.Deserialize<FolderState>(FileFaults.Guard(path, () => File.ReadAllBytes(path)), Json);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw FileFaults.Make("Junipeer.Path.Damaged", FaultCategory.InvalidData, $"The bookmark file '{path}' is damaged: {e.Message}",
                $"Restore it from a copy, or run Remove-Item '{path}' and export everything again.", path, e);
        }

        if (state is { Version: <= CurrentVersion }) return state;
        throw FileFaults.Make("Junipeer.Path.NewerVersion", FaultCategory.NotSupported,
            $"'{path}' was written by a newer version of this module (version {state?.Version}, this one knows {CurrentVersion}).",
            "Run Update-Module Junipeer, then run the same command again.", path);
    }

    private static void Write(string folder, FolderState state)
    {
        var path = Path.Combine(folder, FileName);
        var temporary = path + ".tmp";
        state.Version = CurrentVersion;
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, state, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static async Task<FileStream> LockAsync(string folder, CancellationToken stop)
    {
        var path = Path.Combine(folder, LockName);
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (FileFaults.IsShared(e))
            {
                if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(30))
                {
                    throw FileFaults.Make("Junipeer.Path.Busy", FaultCategory.ResourceBusy, $"Another process does not let go of '{path}'.",
                        "Close the program that has the file open, then run the same command again.", path, e);
                }
            }
            catch (Exception e) when (FileFaults.Of(folder, e) is { } fault)
            {
                throw fault;
            }

            await Task.Delay(20, stop).ConfigureAwait(false);
        }
    }

    /// <summary>What is remembered of one resource.</summary>
    internal sealed class ResourceState
    {
        /// <summary>The bookmark; null before the first commit.</summary>
        public Bookmark? Bookmark { get; set; }

        /// <summary>Who writes it.</summary>
        public LeaseState? Lease { get; set; }

        /// <summary>When the last commit was, UTC.</summary>
        public DateTimeOffset? UpdatedAt { get; set; }
    }

    private sealed class IdSetConverter : JsonConverter<IdSet>
    {
        public override IdSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => IdSet.Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, IdSet value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
