using System.IO.Compression;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouses;

namespace Junipeer.Files;

/// <summary>
/// A folder of NDJSON files, plain or gzipped: <c>&lt;resource&gt;-&lt;pass start, yyyyMMddTHHmmssZ&gt;-&lt;n&gt;.ndjson[.gz]</c>,
/// one or more per pass, never changed once they have this name. A commit ends the file and gives it its name, then replaces
/// the bookmark file; so a document may be there twice after a crash, but never not at all, and a file is never half there.
/// Rejects stand in files named <c>_junipeer.rejects.*</c>.
/// </summary>
public sealed class FileDestination : IDestination
{
    private readonly string _folder;
    private readonly CompressionLevel? _compression;
    private readonly LeaseRules _rules;
    private readonly List<FileResourceWriter> _writers = [];
    private bool _isNewFolder;

    private FileDestination(string folder, CompressionLevel? compression, LeaseRules rules)
    {
        _folder = folder;
        _compression = compression;
        _rules = rules;
    }

    /// <summary>Names a folder; it is made by the first resource that is opened, when its parent is there.</summary>
    /// <param name="folder">Full path.</param>
    /// <param name="compress">Write <c>.ndjson.gz</c>.</param>
    /// <param name="level">How hard to compress. <see cref="CompressionLevel.Fastest"/> costs a fraction of the processor time of the others.</param>
    public static FileDestination Open(string folder, bool compress = false, CompressionLevel level = CompressionLevel.Fastest) =>
        Open(folder, compress, level, LeaseRules.Default);

    internal static FileDestination Open(string folder, bool compress, CompressionLevel level, LeaseRules rules) =>
        new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), compress ? level : null, rules);

    /// <inheritdoc/>
    public RecordForm Form => RecordForm.Documents;

    /// <summary>Seldom, because every commit ends a file.</summary>
    public CommitPace Pace { get; } = new(TimeSpan.FromSeconds(60), 512L << 20);

    /// <inheritdoc/>
    /// <exception cref="JunipeerException"><c>Junipeer.Export.NoPayloadForFiles</c>, <c>Junipeer.Path.*</c>, <c>Junipeer.Lease.Held</c>.</exception>
    public async Task<IResourceWriter> OpenAsync(ResourceSchema schema, RunContext run, CancellationToken stop)
    {
        if (run.NoPayload)
        {
            throw FileFaults.Make("Junipeer.Export.NoPayloadForFiles", FaultCategory.InvalidArgument,
                "-NoPayload has no meaning for files: they hold nothing but the documents.",
                "Leave -NoPayload out; use -ExcludeField to keep single fields out of the documents.", _folder);
        }

        MakeFolder();
        var writer = await FileResourceWriter.OpenAsync(_folder, _compression, _rules, schema, run, stop).ConfigureAwait(false);
        _writers.Add(writer);
        return writer;
    }

    /// <summary>Drops what was not committed; a folder that was made for nothing is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync().ConfigureAwait(false);
        if (_isNewFolder && !_writers.Exists(w => w.HasCommitted)) await FolderState.RemoveUnusedAsync(_folder).ConfigureAwait(false);
        _isNewFolder = false;
        _writers.Clear();
    }

    private void MakeFolder()
    {
        if (Directory.Exists(_folder)) return;
        if (File.Exists(_folder))
        {
            throw FileFaults.Make("Junipeer.Path.NotAFolder", FaultCategory.InvalidArgument, $"'{_folder}' is a file, not a folder.",
                "Name a folder, for example -Path ./export.", _folder);
        }

        if (Path.GetDirectoryName(_folder) is { } parent && !Directory.Exists(parent)) throw FileFaults.NotFound(parent);
        FileFaults.Guard(_folder, () => Directory.CreateDirectory(_folder));
        _isNewFolder = true;
    }
}
