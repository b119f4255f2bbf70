using System.Net.Http.Json;
using System.Text.Json;
using Junipeer.Benchmarks.Cases;
using Junipeer.Sandbox;

namespace Junipeer.Benchmarks;

/// <summary>
/// Loading into BigQuery and reading from it, against a sandbox in a process of its own that throws uploads away, beside a
/// bare upload and Google's Node client where there is one.
/// </summary>
internal sealed class BigQueryBenchmark(Settings settings, string folder, Action<string, double, double, string, bool> aim)
{
    private const double FloorAim = 1.3;
    private const double NodeAim = 2;
    private const double MemoryAim = 200;
    private const long Rows = 200_000;
    private const double LinkMegabits = 1000;

    private static readonly string NodeScript = Path.Combine(AppContext.BaseDirectory, "Scripts", "bigquery.js");

    /// <summary>What the child process does: runs a sandbox until its input ends.</summary>
    public static async Task ServeAsync()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0, Orders = 5 }, CancellationToken.None);
        Console.WriteLine($"{sandbox.GoogleUri} {sandbox.GoogleAdminUri} {sandbox.GoogleProject}");
        await Console.In.ReadToEndAsync();
    }

    public async Task RunAsync()
    {
        using var server = Children.Start(Environment.ProcessPath!, ["sandbox"], redirectInput: true);
        try
        {
            var said = (await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The sandbox did not start.")).Split(' ');
            using var admin = new HttpClient { BaseAddress = new Uri(said[1]), Timeout = TimeSpan.FromMinutes(10) };
            using var answer = await admin.PostAsJsonAsync("oauth/tokens", new { lifetimeSeconds = 86_400 });
            new GooglePlace(new Uri(said[0]), new Uri(said[1]), said[2], (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!).Write(folder);
            await BigQueryLoad.PrepareAsync(folder, Rows);
            await LoadAsync(admin);
            await QueryAsync();
        }
        finally
        {
            server.StandardInput.Close();
            if (!server.WaitForExit(5000)) server.Kill();
        }
    }

    private async Task LoadAsync(HttpClient admin)
    {
        (await admin.PostAsJsonAsync("uploads", new { discardUploads = "bytes" })).EnsureSuccessStatusCode();
        var file = Path.Combine(folder, "load.ndjson");
        BigQueryLoad.WriteFile(file, settings.LoadMegabytes);
        Console.WriteLine($"\nNDJSON of {settings.LoadMegabytes:N0} MB into BigQuery, {settings.Repeat} runs each, the middle one");
        var (floors, ours, plain, nodes, zipped) = (new List<Measured>(), new List<Measured>(), new List<Measured>(), new List<Measured>(), new List<Measured>());
        for (var i = 0; i < settings.Repeat; i++)
        {
            floors.Add(await Children.RunAsync("bigquery-floor", admin.BaseAddress!, 1, folder, file));
            ours.Add(await Children.RunAsync("bigquery-load", admin.BaseAddress!, 1, folder, file));
            plain.Add(await Children.RunAsync("bigquery-load-plain", admin.BaseAddress!, 1, folder, file));
            if (settings.Node is null) continue;
            nodes.Add(await NodeAsync("load", folder, file));
            zipped.Add(await NodeAsync("load-gzip", folder, file));
        }

        var (floor, own) = (Measured.Median(floors), Measured.Median(ours));
        Head("MB/s", "s CPU");
        Line("floor: gzip and one upload", floor, floor.Bytes / 1e6 / floor.Wall, floor.Cpu);
        Line("Import-BigQueryData -Path", own, own.Bytes / 1e6 / own.Wall, own.Cpu);
        var bare = Measured.Median(plain);
        Line("Import-BigQueryData -Path -NoCompression", bare, bare.Bytes / 1e6 / bare.Wall, bare.Cpu);
        aim("BigQuery load, CPU over floor", own.Cpu / floor.Cpu, FloorAim, "x", false);
        if (nodes.Count > 0)
        {
            var (node, gzip) = (Measured.Median(nodes), Measured.Median(zipped));
            Line("Node client, as it is: uncompressed", node, node.Bytes / 1e6 / node.Wall, node.Cpu);
            Line("Node client behind zlib, level 1", gzip, gzip.Bytes / 1e6 / gzip.Wall, gzip.Cpu);
            Console.WriteLine("There is no network between: what is not compressed costs nothing to send.");
            aim("BigQuery load, speed over the Node client's", node.Wall / own.Wall, NodeAim, "x", true);
            aim("BigQuery load, speed over Node, neither compressed", node.Wall / bare.Wall, NodeAim, "x", true);
            aim("BigQuery load, speed over Node, compressed", gzip.Wall / own.Wall, NodeAim, "x", true);
            await OverLinkAsync(file);
        }
        else
        {
            Console.WriteLine("Google's Node client: skipped: give its folder with --node (npm install @google-cloud/bigquery).");
        }

        BigQueryLoad.WriteFile(file, settings.BigLoadMegabytes);
        var big = await Children.RunAsync("bigquery-load", admin.BaseAddress!, 1, folder, file);
        Line($"Import-BigQueryData, {settings.BigLoadMegabytes:N0} MB", big, big.Bytes / 1e6 / big.Wall, big.Cpu);
        aim("BigQuery load of the large file, peak MB", big.PeakMb, MemoryAim, "MB", false);
        aim("BigQuery load, growth", ((big.PeakMb / own.PeakMb) - 1) * 100, 20, "%", false);
        File.Delete(file);
    }

    /// <summary>Ours and the Node client's as it is, over a line of a gigabit a second.</summary>
    private async Task OverLinkAsync(string file)
    {
        var direct = GooglePlace.Read(folder);
        using var link = new LinkRelay(direct.BaseUri, LinkMegabits);
        (direct with { BaseUri = link.Address }).Write(folder);
        try
        {
            var (ours, nodes) = (new List<Measured>(), new List<Measured>());
            for (var i = 0; i < settings.Repeat; i++)
            {
                ours.Add(await Children.RunAsync("bigquery-load", direct.AdminUri, 1, folder, file));
                nodes.Add(await NodeAsync("load", folder, file));
            }

            var (own, node) = (Measured.Median(ours), Measured.Median(nodes));
            Line($"Import-BigQueryData -Path, {LinkMegabits:N0} Mbit/s", own, own.Bytes / 1e6 / own.Wall, own.Cpu);
            Line($"Node client, as it is, {LinkMegabits:N0} Mbit/s", node, node.Bytes / 1e6 / node.Wall, node.Cpu);
            aim("BigQuery load, speed over Node, 1 Gbit/s", node.Wall / own.Wall, NodeAim, "x", true);
        }
        finally
        {
            direct.Write(folder);
        }
    }

    private async Task QueryAsync()
    {
        Console.WriteLine($"\nA query of {Rows:N0} rows with {BigQueryLoad.Columns} columns, typed");
        Head("rows/s", "s CPU");
        var runs = new List<Measured>();
        var nodes = new List<Measured>();
        for (var i = 0; i < settings.Repeat; i++)
        {
            runs.Add(await Children.RunAsync("bigquery-query", new Uri("http://localhost"), 1, folder, ""));
            if (settings.Node is not null) nodes.Add(await NodeAsync("query", folder, ""));
        }

        var own = Measured.Median(runs);
        Line("Invoke-BigQueryQuery", own, own.RecordsPerSecond, own.Cpu);
        if (nodes.Count == 0) return;
        var node = Measured.Median(nodes);
        Line("Google's Node client", node, node.RecordsPerSecond, node.Cpu);
        Console.WriteLine($"CPU of the Node client over ours: {node.Cpu / own.Cpu:F2}x");
    }

    private async Task<Measured> NodeAsync(params string[] arguments)
    {
        Environment.SetEnvironmentVariable("NODE_PATH", settings.Node);
        return await Children.RunAsync("node", [NodeScript, .. arguments]);
    }

    private static void Head(string speed, string cpu) => Console.WriteLine($"{"",-44}{speed,12}{cpu,14}{"peak MB",10}{"seconds",10}");

    private static void Line(string name, Measured m, double speed, double cpu) => Console.WriteLine($"{name,-44}{speed,12:N0}{cpu,14:F2}{m.PeakMb,10:F0}{m.Wall,10:F1}");
}
