using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security;
using System.Text;
using System.Text.Json;
using Junipeer.BigQuery;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.Warehouse;

namespace Junipeer.Benchmarks.Cases;

/// <summary>Where the sandbox's BigQuery is and what it takes; every process reads it from the folder.</summary>
internal sealed record GooglePlace(Uri BaseUri, Uri AdminUri, string Project, string Token)
{
    private const string FileName = "google.json";

    public static GooglePlace Read(string folder) => JsonSerializer.Deserialize<GooglePlace>(File.ReadAllText(Path.Combine(folder, FileName)), JsonSerializerOptions.Web)!;

    public void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, JsonSerializerOptions.Web));
}

/// <summary>Loads a file of NDJSON, and reads typed rows.</summary>
internal static class BigQueryLoad
{
    public const string Dataset = "bench";
    public const string Table = "orders";
    public const int Columns = 8;

    /// <summary>The least a load can cost: the file, gzipped at the same level, sent in one request; nothing is asked again.</summary>
    public static async Task<(long Records, long Bytes)> FloorAsync(string folder, string file)
    {
        var google = GooglePlace.Read(folder);
        using var http = new HttpClient { BaseAddress = google.BaseUri, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", google.Token);
        var job = JsonSerializer.Serialize(new
        {
            jobReference = new { projectId = google.Project, jobId = "floor_" + Guid.NewGuid().ToString("N"), location = "EU" },
            configuration = new { load = new { destinationTable = new { projectId = google.Project, datasetId = Dataset, tableId = Table }, sourceFormat = "NEWLINE_DELIMITED_JSON", writeDisposition = "WRITE_APPEND" } },
        });
        using var opened = await http.PostAsync($"upload/bigquery/v2/projects/{google.Project}/jobs?uploadType=resumable", new StringContent(job, Encoding.UTF8, "application/json"));
        opened.EnsureSuccessStatusCode();
        using var put = new HttpRequestMessage(HttpMethod.Put, opened.Headers.Location) { Content = new GzipFile(file) };
        using var done = await http.SendAsync(put);
        if (done.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{(int)done.StatusCode} {await done.Content.ReadAsStringAsync()}");
        return (1, new FileInfo(file).Length);
    }

    /// <summary>Our import of the file, as <c>Import-BigQueryData -Path</c> starts it.</summary>
    public static async Task<(long Records, long Bytes)> OursAsync(string folder, string file, bool plain = false)
    {
        await using var import = Engine(folder, out var connection).BeginImport(new BigQueryImportRequest { Connection = connection, Table = Table, NoCompression = plain });
        await import.WriteFileAsync(file, new EngineExport.Sink(), CancellationToken.None);
        await import.CompleteAsync(new EngineExport.Sink(), CancellationToken.None);
        return (1, new FileInfo(file).Length);
    }

    /// <summary>Our query, every row typed, as <c>Invoke-BigQueryQuery</c> starts it.</summary>
    public static async Task<(long Records, long Bytes)> QueryAsync(string folder)
    {
        var sink = new Counter();
        await Engine(folder, out var connection).RunStatementAsync(new BigQueryStatement(connection, $"SELECT * FROM {Dataset}.rows"), sink, CancellationToken.None);
        return (sink.Rows, 0);
    }

    /// <summary>Fills the table that is queried, and makes the one that is loaded into.</summary>
    public static async Task PrepareAsync(string folder, long rows)
    {
        var engine = Engine(folder, out var connection);
        await engine.NewDatasetAsync(new BigQueryDatasetRequest(connection, Dataset), new EngineExport.Sink(), CancellationToken.None);
        await using (var import = engine.BeginImport(new BigQueryImportRequest { Connection = connection, Table = Table, Schema = Schema }))
        {
            await import.WriteAsync([Row(0)], new EngineExport.Sink(), CancellationToken.None);
            await import.CompleteAsync(new EngineExport.Sink(), CancellationToken.None);
        }

        await using var fill = engine.BeginImport(new BigQueryImportRequest { Connection = connection, Table = "rows", Schema = Schema });
        for (long i = 0; i < rows; i += 1000) await fill.WriteAsync(Enumerable.Range(0, 1000).Select(n => Row(i + n)).ToArray(), new EngineExport.Sink(), CancellationToken.None);
        await fill.CompleteAsync(new EngineExport.Sink(), CancellationToken.None);
    }

    /// <summary>Writes orders, a line each, until there are so many megabytes.</summary>
    public static void WriteFile(string path, long megabytes)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        var random = new Random(1);
        var words = Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, random.Next(3, 11)).Select(_ => (char)('a' + random.Next(26))))).ToArray();
        long written = 0;
        for (long id = 0; written < megabytes << 20; id++)
        {
            var line = JsonSerializer.Serialize(Row(id).ToDictionary(c => c.Key, c => c.Key == "note" ? string.Join(' ', Enumerable.Range(0, 60).Select(_ => words[random.Next(words.Length)])) : c.Value));
            file.Write(line);
            file.Write('\n');
            written += line.Length + 1;
        }
    }

    private static string[] Schema => ["id:INTEGER", "reference:STRING", "total:NUMERIC", "currency:STRING", "placed:TIMESTAMP", "day:DATE", "paid:BOOLEAN", "note:STRING"];

    private static Dictionary<string, object?> Row(long id) => new()
    {
        ["id"] = id,
        ["reference"] = $"SO-{id:D9}",
        ["total"] = $"{id % 5000}.{id % 100:D2}",
        ["currency"] = id % 3 == 0 ? "EUR" : "GBP",
        ["placed"] = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(id * 37 % 60_000_000).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ["day"] = new DateOnly(2024, 1, 1).AddDays((int)(id % 700)).ToString("yyyy-MM-dd"),
        ["paid"] = id % 4 != 0,
        ["note"] = $"note {id}",
    };

    private static IJunipeerEngine Engine(string folder, out BigQueryConnection connection)
    {
        var google = GooglePlace.Read(folder);
        connection = new BigQueryConnection
        {
            Name = "bench", Project = google.Project, Dataset = Dataset, Location = "EU", BaseUri = google.BaseUri,
            Kind = BigQueryAuthentication.AccessToken, SecretReference = new SecretReference(SecretPlace.Memory, "bench"),
        };
        return new JunipeerEngineFactory().Create(new OneSecret(google.Token));
    }

    private sealed class GzipFile(string path) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
            await using var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
            await source.CopyToAsync(gzip, 1 << 20);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class Counter : IOperationSink
    {
        public long Rows { get; private set; }

        public ValueTask WriteAsync(object result, CancellationToken stop)
        {
            if (result is QueryRow) Rows++;
            return ValueTask.CompletedTask;
        }

        public void Fault(JunipeerFault fault) => throw new InvalidOperationException(fault.Message);

        public void Warning(string message)
        {
        }

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Progress(OperationProgress progress)
        {
        }
    }

    private sealed class OneSecret(string text) : ISecretStore
    {
        public ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
        {
            var secret = new SecureString();
            foreach (var c in text) secret.AppendChar(c);
            return ValueTask.FromResult<SecureString?>(secret);
        }

        public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop) => throw new NotSupportedException();

        public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => throw new NotSupportedException();
    }
}
