using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using Junipeer.Operations;
using Junipeer.Warehouses.BigQuery;

namespace Junipeer.BigQuery;

/// <summary>
/// Brings rows into a table by load jobs, which are free of charge; with a key through a staging table and one MERGE. Blocks
/// of rows wait in memory until their job is done, so an upload can begin again; files are read again instead.
/// </summary>
internal sealed class BigQueryImport(BigQueryClient client, BigQueryImportRequest request) : IBigQueryImport
{
    private const long BlockSize = 12 << 20;

    /// <summary>So much of a file leaves some 20 to 40 MB behind.</summary>
    private const long SweepAfter = 192 << 20;

    /// <summary>So that no part is too large even when nothing can be compressed.</summary>
    private const long MostBytes = 3L << 30;

    /// <summary>Tells in which order rows came; in the staging table only.</summary>
    private const string Order = "_junipeer_row";

    private readonly RowShape _shape = new();
    private readonly List<Task> _loads = [];
    private readonly string _run = Guid.NewGuid().ToString("N");
    private RowLines? _lines;
    private TableReference? _target;
    private bool _isReady;
    private int _jobs;
    private long _rows;
    private long _bytes;

    private bool Merges => request.Key.Count > 0;

    private string Dataset => request.Dataset ?? client.Connection.Dataset ?? throw new JunipeerException(new JunipeerFault("Junipeer.BigQuery.NoDataset", FaultCategory.InvalidArgument,
        $"No dataset was named, and the connection '{client.Connection.Name}' has none of its own.", "Name one with -Dataset; Get-BigQueryDataset lists them.") { Target = client.Connection.Name });

    public async ValueTask WriteAsync(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows, IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        _lines ??= new RowLines();
        foreach (var row in rows)
        {
            CheckKey(row);
            _shape.Learn(row);
            var json = _lines.Begin();
            RowShape.Write(json, row);
            _rows++;
            if (Merges) json.WriteString(Order, _rows.ToString(CultureInfo.InvariantCulture));
            _lines.End();
        }

        if (_lines.Length >= BlockSize) await FlushAsync(sink, stop).ConfigureAwait(false);
    }

    public async ValueTask WriteFileAsync(string path, IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        await FlushAsync(sink, stop).ConfigureAwait(false);
        var isCsv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase);
        var isGzip = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var load = await LoadAsync(isCsv, sink, stop).ConfigureAwait(false);
        var isSentAsIs = isGzip || request.NoCompression;
        foreach (var (from, to) in isSentAsIs || isCsv ? [(0, long.MaxValue)] : Parts(path))
        {
            var job = await new BigQueryJobs(client, sink).LoadAsync(NextId(), load, () => isSentAsIs ? File.OpenRead(path) : Compress(path, from, to), $"load {Path.GetFileName(path)}", BigQueryLabels.Of(), stop).ConfigureAwait(false);
            _rows += Number(job.Statistics?.Load?.OutputRows);
            _bytes += Number(job.Statistics?.Load?.InputFileBytes);
        }
    }

    public async Task<BigQueryImportResult> CompleteAsync(IOperationSink sink, CancellationToken stop)
    {
        await PrepareAsync(sink, stop).ConfigureAwait(false);
        await FlushAsync(sink, stop).ConfigureAwait(false);
        await Task.WhenAll(_loads).ConfigureAwait(false);
        var result = new BigQueryImportResult { Table = Target.ToString(), Rows = _rows, Inserted = _rows, Updated = 0, BytesLoaded = _bytes, Jobs = _jobs };
        if (!Merges || _rows == 0) return result;
        var store = Store(sink);
        await store.EnsureAsync(request.Table, _shape.Fields, request.Key, null, stop).ConfigureAwait(false);
        var merged = await store.RunAsync(NextId(), MergeText(), $"merge into {request.Table}", [], stop).ConfigureAwait(false);
        await store.DropAsync(StageName, stop).ConfigureAwait(false);
        return result with
        {
            Inserted = Number(merged.Statistics?.Query?.DmlStats?.InsertedRowCount),
            Updated = Number(merged.Statistics?.Query?.DmlStats?.UpdatedRowCount),
            BytesBilled = Number(merged.Statistics?.Query?.TotalBytesBilled),
            Jobs = _jobs,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        await client.DisposeAsync().ConfigureAwait(false);
    }

    private string StageName => $"_junipeer_stage_{request.Table}_{_run}";

    private TableReference Target => _target ??= new TableReference(client.Connection.Project, Dataset, request.Table);

    private BigQueryDatasetStore Store(IOperationSink sink) => new(client, sink, Dataset);

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"junipeer_import_{_run}_{++_jobs}");

    private async Task PrepareAsync(IOperationSink sink, CancellationToken stop)
    {
        if (_isReady) return;
        foreach (var declaration in request.Schema) _shape.Add(declaration);
        var found = await Store(sink).FindAsync(request.Table, stop).ConfigureAwait(false);
        foreach (var field in found?.Schema?.Fields ?? []) _shape.Add(field);
        _isReady = true;
    }

    /// <summary>A row without its key would be added with every import.</summary>
    private void CheckKey(IReadOnlyDictionary<string, object?> row)
    {
        foreach (var key in request.Key)
        {
            if (row.TryGetValue(key, out var value) && value is not null) continue;
            throw new JunipeerException(new JunipeerFault("Junipeer.BigQuery.KeyMissing", FaultCategory.InvalidData,
                $"Row {_rows + 1} has no '{key}', which is part of the key.", "Give every row a value for each column of -Key, or leave -Key out to add all rows.") { Target = key });
        }
    }

    private async Task FlushAsync(IOperationSink sink, CancellationToken stop)
    {
        if (_lines is null || _lines.Rows == 0) return;
        var block = _lines.Finish();
        _lines.Dispose();
        _lines = null;
        _bytes += block.Length;
        while (_loads.Count(l => !l.IsCompleted) >= 2) await Task.WhenAny(_loads.Where(l => !l.IsCompleted)).WaitAsync(stop).ConfigureAwait(false);
        if (_loads.Find(l => l.IsFaulted) is { } failed) await failed.ConfigureAwait(false);
        var load = await LoadAsync(isCsv: false, sink, stop).ConfigureAwait(false);
        var id = NextId();
        _loads.Add(Task.Run(async () =>
        {
            using var given = block;
            return await new BigQueryJobs(client, sink).LoadAsync(id, load, block.Open, $"load into {request.Table}", BigQueryLabels.Of(), stop).ConfigureAwait(false);
        }, CancellationToken.None));
    }

    private async Task<LoadConfiguration> LoadAsync(bool isCsv, IOperationSink sink, CancellationToken stop)
    {
        var store = Store(sink);
        var guesses = _shape.Fields.Count == 0; // a file into a new table, and nothing said
        var into = Merges ? StageName : request.Table;
        if (!guesses)
        {
            if (Merges) await store.CreateAsync(Stage(), stop).ConfigureAwait(false);
            else await store.EnsureAsync(request.Table, _shape.Fields, null, null, stop).ConfigureAwait(false);
        }

        return new LoadConfiguration
        {
            DestinationTable = new TableReference(client.Connection.Project, Dataset, into),
            SourceFormat = isCsv ? "CSV" : "NEWLINE_DELIMITED_JSON",
            Schema = guesses ? null : Merges ? StageSchema : new TableSchemaResource(_shape.Fields.ToArray()),
            Autodetect = guesses ? true : null,
            CreateDisposition = guesses ? "CREATE_IF_NEEDED" : "CREATE_NEVER",
            WriteDisposition = "WRITE_APPEND",
            SchemaUpdateOptions = guesses ? null : ["ALLOW_FIELD_ADDITION"],
            SkipLeadingRows = isCsv ? "1" : null,
            AllowQuotedNewlines = isCsv ? true : null,
        };
    }

    private TableSchemaResource StageSchema => new([.. _shape.Fields, new TableField(Order, "INTEGER")]);

    private TableResource Stage() => new()
    {
        TableReference = new TableReference(client.Connection.Project, Dataset, StageName),
        Schema = StageSchema,
        ExpirationTime = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Of several objects with one key the last counts; the rows of a file have no order, so any one of those does.</summary>
    private string MergeText()
    {
        var columns = _shape.Fields.Select(f => CommitScript.Quote(f.Name)).ToArray();
        var key = request.Key.Select(RowShape.Name).ToArray();
        var others = columns.Except(key.Select(CommitScript.Quote), StringComparer.OrdinalIgnoreCase).ToArray();
        var update = others.Length == 0 ? string.Empty : $"WHEN MATCHED THEN UPDATE SET {string.Join(", ", others.Select(c => $"{c} = S.{c}"))}";
        return $"""
            MERGE {Target.Quoted} T
            USING (SELECT * FROM {CommitScript.Quote(StageName)} QUALIFY ROW_NUMBER() OVER (PARTITION BY {string.Join(", ", key.Select(CommitScript.Quote))} ORDER BY {Order} DESC) = 1) S
            ON {string.Join(" AND ", key.Select(k => $"T.`{k}` = S.`{k}`"))}
            {update}
            WHEN NOT MATCHED BY TARGET THEN INSERT ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(c => $"S.{c}"))})
            """;
    }

    /// <summary>A compressed file may have 4 GB (https://cloud.google.com/bigquery/quotas), so a larger one is cut at ends of lines.</summary>
    private static IEnumerable<(long From, long To)> Parts(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        for (long from = 0; ;)
        {
            if (file.Length - from <= MostBytes)
            {
                yield return (from, long.MaxValue);
                yield break;
            }

            file.Position = from + MostBytes;
            for (int c; (c = file.ReadByte()) is not ('\n' or -1);)
            {
            }

            yield return (from, file.Position);
            from = file.Position;
            if (from >= file.Length) yield break;
        }
    }

    /// <summary>The file, or a part of it, compressed while it is read; never a second file on the disk.</summary>
    private static Stream Compress(string path, long from, long to)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20));
        _ = Task.Run(async () =>
        {
            try
            {
                await using (var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan | FileOptions.Asynchronous))
                await using (var gzip = new GZipStream(pipe.Writer.AsStream(leaveOpen: true), CompressionLevel.Fastest))
                {
                    source.Position = from;
                    var buffer = new byte[1 << 20];
                    long unswept = 0;
                    for (var left = to - from; left > 0;)
                    {
                        var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left))).ConfigureAwait(false);
                        if (read == 0) break;
                        await gzip.WriteAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
                        left -= read;

                        // Google's library leaves what it has sent as garbage; the collector would come to it after a
                        // budget that goes by the processor's cache, 80 MB on a large machine.
                        if ((unswept += read) < SweepAfter) continue;
                        unswept = 0;
                        GC.Collect(1, GCCollectionMode.Forced);
                    }
                }

                await pipe.Writer.CompleteAsync().ConfigureAwait(false);
            }
            catch (Exception error)
            {
                await pipe.Writer.CompleteAsync(error).ConfigureAwait(false);
            }
        });
        return pipe.Reader.AsStream();
    }

    private static long Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
