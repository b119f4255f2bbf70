using System.IO.Compression;
using Junipeer.Brightpearl;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Records;
using Junipeer.Warehouses.Sqlite;

namespace Junipeer.Benchmarks.Cases;

/// <summary>
/// Where the time goes: each stage of the export by itself over the same answers, on one thread. Figures are milliseconds of
/// processor time for 1,000 orders, the middle of several rounds of which the first is not counted.
/// </summary>
internal static class Stages
{
    private const int Rounds = 6;

    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(Uri server, long orders, string folder)
    {
        var clock = new StageClock();
        using var http = NdjsonFloor.Client(server, orders);
        for (var round = 0; round < Rounds; round++)
        {
            clock.NewRound();
            await RoundAsync(http, folder, clock);
        }

        return clock.Figures(orders);
    }

    private static async Task RoundAsync(HttpClient http, string folder, StageClock clock)
    {
        var bodies = new List<byte[]>();
        clock.Start();
        await NdjsonFloor.DownloadAsync(http, _ => { });
        clock.Stop("read the answers (HttpClient)");
        await NdjsonFloor.DownloadAsync(http, body =>
        {
            lock (bodies) bodies.Add(body.ToArray());
        });

        clock.Start();
        using (var gzip = new GZipStream(Stream.Null, CompressionLevel.Fastest))
        {
            foreach (var body in bodies) gzip.Write(body);
        }

        clock.Stop("gzip the answers");

        var entry = Catalogue.Require("order");
        var answers = new AnswerReader(entry);
        var pages = new List<RawPage>();
        foreach (var body in bodies)
        {
            clock.Start();
            using var page = answers.Read(body, entry.Get!.Shape);
            clock.Stop("split into documents (AnswerReader)");
            clock.Start();
            var whole = new RawPage(1024) { ReceivedAt = DateTimeOffset.UtcNow };
            whole.Absorb(page);
            clock.Stop("take over into the set's page (Absorb)");
            pages.Add(whole);
        }

        var files = Path.Combine(folder, "stages");
        EngineExport.Clear(files);
        await WriteAsync(FileDestination.Open(files, compress: true), pages, clock, ["normalise for files", "write NDJSON.gz, gzip included", "end the file"]);
        var database = Path.Combine(folder, "stages.db");
        EngineExport.Clear(database);
        await WriteAsync(SqliteWarehouse.Open(database), pages, clock, ["normalise for tables", "stage for SQLite (look up, copy)", "insert into SQLite (commits)"]);
        foreach (var page in pages) page.Dispose();
    }

    private static async Task WriteAsync(IDestination destination, List<RawPage> pages, StageClock clock, string[] stages)
    {
        await using (destination)
        {
            var map = new DocumentMap(Catalogue.Require("order").Document);
            var run = new RunContext { RunId = Guid.NewGuid().ToString("N"), StartedAt = DateTimeOffset.UtcNow, System = "Brightpearl", Account = "benchmark", Sink = new EngineExport.Sink() };
            await using var writer = await destination.OpenAsync(map.Schema, run, CancellationToken.None);
            var normaliser = new Normaliser(map, destination.Form, evolve: true, withPayload: true, new DriftLog(_ => { }));
            using var batch = new RecordBatch(map.Schema);
            long waiting = 0;
            foreach (var page in pages)
            {
                clock.Start();
                batch.Clear();
                batch.LoadedAt = page.ReceivedAt;
                foreach (var document in page.Documents) normaliser.TryAdd(batch, page, document, out _);
                clock.Stop(stages[0]);
                clock.Start();
                await writer.WriteAsync(batch, "pass", CancellationToken.None);
                clock.Stop(stages[1]);
                waiting += batch.Used;
                if (waiting < destination.Pace.Bytes) continue;
                waiting = 0;
                clock.Start();
                await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, CancellationToken.None);
                clock.Stop(stages[2]);
            }

            clock.Start();
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, CancellationToken.None);
            clock.Stop(stages[2]);
        }
    }

    /// <summary>Sums processor time by stage and round.</summary>
    private sealed class StageClock
    {
        private readonly List<string> _stages = [];
        private readonly List<Dictionary<string, TimeSpan>> _rounds = [];
        private TimeSpan _started;

        public void NewRound() => _rounds.Add([]);

        public void Start() => _started = Environment.CpuUsage.TotalTime;

        public void Stop(string stage)
        {
            var spent = Environment.CpuUsage.TotalTime - _started;
            if (!_stages.Contains(stage)) _stages.Add(stage);
            _rounds[^1][stage] = _rounds[^1].GetValueOrDefault(stage) + spent;
        }

        public IReadOnlyDictionary<string, double> Figures(long orders) => _stages.ToDictionary(
            s => s,
            s => _rounds.Skip(1).Select(r => r[s].TotalMilliseconds).Order().ElementAt((Rounds - 1) / 2) / orders * 1000);
    }
}
