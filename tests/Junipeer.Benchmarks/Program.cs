using System.Globalization;
using System.Text;
using Junipeer.Benchmarks;
using Junipeer.Benchmarks.Cases;
using Junipeer.Benchmarks.Replay;
using Junipeer.Export;

// Prints ratios; never asserts. Without arguments it runs everything; "serve" and "run" are what it calls itself with.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = Encoding.UTF8;
switch (args)
{
    case ["serve"]:
        await ReplayServer.RunAsync();
        return 0;
    case ["norce"]:
        await NorceStub.RunAsync();
        return 0;
    case ["sandbox"]:
        await BigQueryBenchmark.ServeAsync();
        return 0;
    case ["run", var name, var server, var orders, var folder, .. var more]:
        Console.WriteLine(await MeasureAsync(name, new Uri(server), long.Parse(orders), folder, more.FirstOrDefault() ?? ""));
        return 0;
    default:
        if (Settings.Parse(args) is not { } settings)
        {
            Console.Error.WriteLine(Settings.Usage);
            return 2;
        }

        await new Benchmark(settings).RunAsync();
        return 0;
}

static async Task<Measured> MeasureAsync(string name, Uri server, long orders, string folder, string file)
{
    IReadOnlyDictionary<string, double> figures = new Dictionary<string, double>();
    var measured = await Measured.OfAsync(async () =>
    {
        switch (name)
        {
            case "ndjson-floor": return await NdjsonFloor.RunAsync(server, orders, folder);
            case "ndjson": return await EngineExport.RunAsync(server, orders, folder, ExportTarget.Files);
            case "sqlite": return await EngineExport.RunAsync(server, orders, folder, ExportTarget.Warehouse);
            case "bigquery-floor": return await BigQueryLoad.FloorAsync(folder, file);
            case "bigquery-load": return await BigQueryLoad.OursAsync(folder, file);
            case "bigquery-load-plain": return await BigQueryLoad.OursAsync(folder, file, plain: true);
            case "bigquery-query": return await BigQueryLoad.QueryAsync(folder);
            case "norce-floor": return await NorceSend.FloorAsync(server, orders, NorceBenchmark.RowsPerJob);
            case "norce-import": return await NorceSend.OursAsync(server, orders, NorceBenchmark.RowsPerJob);
            case "sqlite-floor": return SqliteFloor.Run(folder);
            case "sqlite-rows":
                SqliteRows.Extract(Path.Combine(folder, EngineExport.Database), folder);
                return (orders, 0);
#if STAGES
            case "stages":
                figures = await Stages.RunAsync(server, orders, folder);
                return (orders, 0);
#endif
            default: throw new ArgumentException($"There is no case '{name}'.");
        }
    });
    return measured with { Figures = figures };
}
