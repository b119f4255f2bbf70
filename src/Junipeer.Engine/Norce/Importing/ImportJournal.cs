using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Operations;

namespace Junipeer.Norce.Importing;

/// <summary>A job a command left behind.</summary>
/// <param name="Sequence">Its place in the import.</param>
/// <param name="Kind">What it imports.</param>
/// <param name="FullFile">Whether what is not in it is deactivated.</param>
/// <param name="Header">The header it was to be sent with.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="BegunAt">When it was about to be sent, by this machine's clock.</param>
/// <param name="JobId">The job Norce made of it; null when its answer never came.</param>
/// <param name="BodyFile">Its body; null when that is gone.</param>
internal sealed record LeftJob(int Sequence, NorceImportKind Kind, bool FullFile, string Header, int Rows, DateTimeOffset BegunAt, string? JobId, string? BodyFile);

/// <summary>
/// What an import is about to do, on disk before it does it: a line per step, flushed, in a file that its process holds
/// open, so that a file nobody holds is one whose process died. Bodies lie beside it until their job has ended; they hold
/// what is imported and, like everything in the data folder, belong to this user alone.
/// </summary>
internal sealed class ImportJournal : IDisposable
{
    private readonly string _name;
    private readonly string _folder;
    private FileStream? _file;
    private int _sequence;

    private ImportJournal(string folder, string name, FileStream? file) => (_folder, _name, _file) = (folder, name, file);

    /// <summary>The jobs that are known to have come from this import.</summary>
    public HashSet<string> Jobs { get; } = [];

    /// <summary>Begins a journal for an import; nothing is on disk before its first job.</summary>
    public static ImportJournal Begin(NorceConnection connection) => new(FolderOf(connection), $"{DateTimeOffset.UtcNow:yyyyMMddHHmmss}-{Guid.NewGuid():N}", null);

    /// <summary>Takes over the journals of this connection that nobody holds any more.</summary>
    public static IEnumerable<ImportJournal> TakeLeft(NorceConnection connection)
    {
        var folder = FolderOf(connection);
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.GetFiles(folder, "*.journal"))
        {
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception held) when (held is IOException or UnauthorizedAccessException)
            {
                continue; // at work, or just gone
            }

            yield return new ImportJournal(folder, Path.GetFileNameWithoutExtension(path), file);
        }
    }

    /// <summary>Writes down that a job is about to be sent, body first. Returns its place.</summary>
    /// <param name="kind">What it imports.</param>
    /// <param name="fullFile">Whether what is not in it is deactivated.</param>
    /// <param name="header">The header it is sent with.</param>
    /// <param name="rows">Rows in it.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="again">What was left and is sent again with this, so that it is no longer looked into by itself.</param>
    /// <exception cref="JunipeerException">It cannot be written; then nothing may be sent.</exception>
    public int Sending(NorceImportKind kind, bool fullFile, string header, int rows, ReadOnlySpan<byte> body, LeftJob? again = null)
    {
        var sequence = ++_sequence;
        try
        {
            Open(); // before the body: what lies there without a journal would lie there for ever
            DataFolder.Replace(DataFolder.File("norce", Path.GetFileName(_folder), BodyName(sequence)), body);
            DiskSteps.Tell("body written");
            Append(new Line("sending", sequence, again?.BegunAt ?? DateTimeOffset.UtcNow) { Kind = kind, FullFile = fullFile, Header = header, Rows = rows, Replaces = again?.Sequence });
            return sequence;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JunipeerException(new JunipeerFault("Junipeer.Norce.JournalFailed", FaultCategory.WriteError,
                $"What is about to be sent cannot be written down in '{_folder}': {error.Message} Nothing of this job was sent.",
                "Free space on the disk or mend the rights of the folder; JUNIPEER_HOME puts it elsewhere.") { Target = _folder, System = NorceCatalogue.System, Cause = error });
        }
    }

    /// <summary>Norce has taken it.</summary>
    public void Accepted(int sequence, string jobId) => Try(() =>
    {
        Jobs.Add(jobId);
        Append(new Line("accepted", sequence, DateTimeOffset.UtcNow) { JobId = jobId });
    });

    /// <summary>Its outcome is known.</summary>
    public void Ended(int sequence) => Try(() =>
    {
        Append(new Line("ended", sequence, DateTimeOffset.UtcNow));
        File.Delete(Path.Combine(_folder, BodyName(sequence)));
        DiskSteps.Tell("body deleted");
    });

    /// <summary>The jobs in it whose outcome is not known.</summary>
    public IReadOnlyList<LeftJob> Left()
    {
        var left = new SortedDictionary<int, LeftJob>();
        _file!.Position = 0;
        using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
        while (reader.ReadLine() is { } text)
        {
            if (Line.Parse(text) is not { } line) continue; // the process died while writing it
            _sequence = Math.Max(_sequence, line.Sequence);
            var body = Path.Combine(_folder, BodyName(line.Sequence));
            if (line.JobId is { } made) Jobs.Add(made);
            if (line.Replaces is { } before) left.Remove(before);
            if (line.Step == "sending") left[line.Sequence] = new LeftJob(line.Sequence, line.Kind, line.FullFile, line.Header ?? string.Empty, line.Rows, line.At, null, File.Exists(body) ? body : null);
            else if (line.Step == "accepted" && left.TryGetValue(line.Sequence, out var job)) left[line.Sequence] = job with { JobId = line.JobId };
            else if (line.Step == "ended") left.Remove(line.Sequence);
        }

        return left.Values.ToArray();
    }

    /// <summary>Everything in it is settled: takes it away.</summary>
    public void Close()
    {
        if (_file is null) return;
        Try(() =>
        {
            foreach (var body in Directory.GetFiles(_folder, _name + "-*")) File.Delete(body); // one half written has another ending
            DiskSteps.Tell("bodies deleted");
            File.Delete(_file.Name);
            DiskSteps.Tell("journal deleted");
        });
        Dispose();
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>The folder of a connection's journals: those of one client in one tenant, whatever the connection is called.</summary>
    internal static string FolderOf(NorceConnection connection)
    {
        var id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{connection.BaseUri.Authority}\n{connection.ClientId}".ToLowerInvariant())))[..16].ToLowerInvariant();
        return Path.Combine(DataFolder.Path, "norce", id);
    }

    private string BodyName(int sequence) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{sequence}.json");

    private FileStream Open()
    {
        if (_file is not null) return _file;
        var path = DataFolder.File("norce", Path.GetFileName(_folder), _name + ".journal");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(path, options);
        DiskSteps.Tell("journal begun");
        return _file;
    }

    private void Append(Line line)
    {
        var file = Open();
        file.Position = Math.Max(0, file.Length - 1);
        if (file.Length > 0 && file.ReadByte() != '\n') file.Write("\n"u8); // a process died in the middle of its last line
        file.Write(line.ToJson());
        file.Flush(flushToDisk: true);
        DiskSteps.Tell(line.Step + " written");
    }

    /// <summary>What was done is done: a line that cannot be written only means that it is looked into again.</summary>
    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Looked into again by the next import.
        }
    }

    /// <summary>A step. Written and read by hand: a serializer made for any type is compiled at length, and this is a handful of lines.</summary>
    private sealed record Line(string Step, int Sequence, DateTimeOffset At)
    {
        public NorceImportKind Kind { get; init; }

        public bool FullFile { get; init; }

        public string? Header { get; init; }

        public int Rows { get; init; }

        public string? JobId { get; init; }

        public int? Replaces { get; init; }

        public ReadOnlySpan<byte> ToJson()
        {
            var buffer = new ArrayBufferWriter<byte>(512);
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString(nameof(Step), Step);
                json.WriteNumber(nameof(Sequence), Sequence);
                json.WriteString(nameof(At), At);
                json.WriteNumber(nameof(Kind), (int)Kind);
                json.WriteBoolean(nameof(FullFile), FullFile);
                json.WriteString(nameof(Header), Header);
                json.WriteNumber(nameof(Rows), Rows);
                json.WriteString(nameof(JobId), JobId);
                if (Replaces is { } before) json.WriteNumber(nameof(Replaces), before);
                json.WriteEndObject();
            }

            buffer.Write("\n"u8);
            return buffer.WrittenSpan;
        }

        /// <summary>Null for a line that was not written to its end.</summary>
        public static Line? Parse(string text)
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                var line = document.RootElement;
                return new Line(line.GetProperty(nameof(Step)).GetString()!, line.GetProperty(nameof(Sequence)).GetInt32(), line.GetProperty(nameof(At)).GetDateTimeOffset())
                {
                    Kind = (NorceImportKind)line.GetProperty(nameof(Kind)).GetInt32(),
                    FullFile = line.GetProperty(nameof(FullFile)).GetBoolean(),
                    Header = line.GetProperty(nameof(Header)).GetString(),
                    Rows = line.GetProperty(nameof(Rows)).GetInt32(),
                    JobId = line.GetProperty(nameof(JobId)).GetString(),
                    Replaces = line.TryGetProperty(nameof(Replaces), out var before) ? before.GetInt32() : null,
                };
            }
            catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                return null;
            }
        }
    }
}
