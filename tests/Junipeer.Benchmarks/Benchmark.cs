using System.Diagnostics;
using System.Runtime.InteropServices;
using Junipeer.Benchmarks.Cases;

namespace Junipeer.Benchmarks;

/// <summary>Runs the cases one after the other against one replay server and prints what they measured.</summary>
internal sealed class Benchmark(Settings settings)
{
    private const double NdjsonAim = 1.5;
    private const double SqliteAim = 2;
    private const double ScriptAim = 10;
    private const double EngineMbAim = 200;
    private const double PwshMbAim = 250;
    private const double GrowthAim = 20;
    private const double ImportAim = 50;
    private const double FirstCallAim = 100;
    private const long StageOrders = 10_000;

    private readonly string _folder = settings.Folder ?? Path.Combine(Path.GetTempPath(), $"junipeer-benchmarks-{Environment.ProcessId}");
    private readonly string? _pwsh = FindPwsh();
    private readonly List<(string Name, string Measured, string Aim, bool? Met)> _aims = [];
    private Uri _server = null!;
    private Measured? _ndjson;

    public async Task RunAsync()
    {
        Directory.CreateDirectory(_folder);
        using var server = Children.Start(Environment.ProcessPath!, ["serve"], redirectInput: true);
        try
        {
            var said = (await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The replay server did not start.")).Split(' ');
            _server = new Uri(said[0]);
            Console.WriteLine($"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1073741824.0:F0} GB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {DateTime.UtcNow:yyyy-MM-dd}");
            Console.WriteLine($"{said[1]} different orders of {int.Parse(said[2]):N0} bytes on average. CPU is the client process alone, user and system, from its start to its end.");
            await PartAsync("ndjson", NdjsonAsync);
            await PartAsync("sqlite", SqliteAsync);
            await PartAsync("script", ScriptAsync);
            await PartAsync("stages", StagesAsync);
            await PartAsync("memory", MemoryAsync);
            await PartAsync("module", ModuleAsync);
            await PartAsync("bigquery", () => new BigQueryBenchmark(settings, _folder, (name, measured, aim, unit, atLeast) => Aim(name, measured, aim, unit, atLeast)).RunAsync());
            await PartAsync("norce", () => new NorceBenchmark(settings, _folder, (name, measured, aim, unit) => Aim(name, measured, aim, unit), NorceInPwshAsync).RunAsync());
            PrintAims();
        }
        finally
        {
            server.StandardInput.Close();
            if (!server.WaitForExit(5000)) server.Kill();
            if (settings.Folder is null) Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task PartAsync(string part, Func<Task> run)
    {
        if (!settings.Only.Contains(part)) return;
        try
        {
            await run();
        }
        catch (InvalidOperationException failed)
        {
            Console.WriteLine($"{part}: could not be measured: {failed.Message}");
        }
    }

    private async Task NdjsonAsync()
    {
        Title($"NDJSON.gz, {settings.Orders:N0} orders, {settings.Repeat} runs each, the middle one");
        var (floors, ours) = (new List<Measured>(), new List<Measured>());
        for (var i = 0; i < settings.Repeat; i++)
        {
            floors.Add(await CaseAsync("ndjson-floor"));
            ours.Add(await CaseAsync("ndjson"));
        }

        var floor = Measured.Median(floors);
        _ndjson = Measured.Median(ours);
        Head();
        Line("floor: download and gzip", floor);
        Line("export to NDJSON.gz", _ndjson);
        Aim("NDJSON.gz, CPU over floor", _ndjson.Cpu / floor.Cpu, NdjsonAim, "x");
    }

    private async Task SqliteAsync()
    {
        Title($"SQLite, {settings.Orders:N0} orders, {settings.Repeat} runs each, the middle one");
        var (floors, ours) = (new List<Measured>(), new List<Measured>());
        for (var i = 0; i < settings.Repeat; i++)
        {
            ours.Add(await CaseAsync("sqlite"));
            if (i == 0) await CaseAsync("sqlite-rows");
            floors.Add(await CaseAsync("sqlite-floor"));
        }

        foreach (var left in (string[])[SqliteRows.FileName, SqliteRows.ShapeName]) File.Delete(Path.Combine(_folder, left));
        EngineExport.Clear(Path.Combine(_folder, "floor.db"));
        var (floor, own) = (Measured.Median(floors), Measured.Median(ours));
        Head();
        Line("floor: bare prepared insert", floor);
        Line("export to SQLite", own);
        Aim("SQLite, CPU over bare insert", own.Cpu / floor.Cpu, SqliteAim, "x");
    }

    private async Task ScriptAsync()
    {
        Title($"The script a user would write, {settings.ScriptOrders:N0} orders in one pwsh, compared per record");
        if (_pwsh is null)
        {
            Console.WriteLine("skipped: there is no pwsh on the PATH.");
            return;
        }

        var ours = _ndjson ?? await CaseAsync("ndjson");
        var path = Path.Combine(_folder, "script.ndjson");
        var script = await Children.RunAsync(_pwsh, PwshArguments("script.ps1", "-BaseUri", new Uri(_server, $"public-api/n{settings.ScriptOrders}").ToString(), "-Path", path));
        Head();
        Line("Invoke-RestMethod | ConvertTo-Json | gzip", script);
        Line("export to NDJSON.gz", ours);
        Aim("script's CPU over ours, per record", script.CpuPerThousand / ours.CpuPerThousand, ScriptAim, "x", atLeast: true);
        Aim("script's time over ours, per record", ours.RecordsPerSecond / script.RecordsPerSecond, ScriptAim, "x", atLeast: true);
    }

    private async Task StagesAsync()
    {
        var orders = Math.Min(StageOrders, settings.Orders);
        Title($"Where the time goes: each stage alone, {orders:N0} orders, ms of CPU per 1,000");
#if STAGES
        var stages = await Children.RunAsync("stages", _server, orders, _folder);
        foreach (var (stage, milliseconds) in stages.Figures) Console.WriteLine($"{stage,-44}{milliseconds,10:F2}");
#else
        Console.WriteLine("skipped: Junipeer.Engine.csproj has no <InternalsVisibleTo Include=\"Junipeer.Benchmarks\" />.");
        await Task.CompletedTask;
#endif
    }

    private async Task MemoryAsync()
    {
        Title("Peak resident memory, MB");
        Console.WriteLine($"{"",-44}{settings.Orders,12:N0}{settings.Big,12:N0}{"growth",10}");
        await GrowthAsync("engine, NDJSON.gz", EngineMbAim, n => Children.RunAsync("ndjson", _server, n, _folder));
        await GrowthAsync("engine, SQLite", EngineMbAim, n => Children.RunAsync("sqlite", _server, n, _folder));
        if (ModuleOrReason(out var reason) is not { } module)
        {
            Console.WriteLine($"pwsh: skipped: {reason}");
            return;
        }

        await GrowthAsync("pwsh, NDJSON.gz", PwshMbAim, n => ExportInPwshAsync(module, n, "Files"));
        await GrowthAsync("pwsh, SQLite", PwshMbAim, n => ExportInPwshAsync(module, n, "Warehouse"));
    }

    private async Task GrowthAsync(string name, double aim, Func<long, Task<Measured>> run)
    {
        try
        {
            var small = await run(settings.Orders);
            var big = await run(settings.Big);
            var growth = (big.PeakMb / small.PeakMb - 1) * 100;
            Console.WriteLine($"{name,-44}{small.PeakMb,12:F0}{big.PeakMb,12:F0}{growth,9:+0;-0}%   {small.CpuPerThousand * 1000:F1} / {big.CpuPerThousand * 1000:F1} ms CPU per 1,000, {small.RecordsPerSecond:N0} / {big.RecordsPerSecond:N0} records/s");
            Aim($"{name}, peak MB", Math.Max(small.PeakMb, big.PeakMb), aim, "MB");
            Aim($"{name}, growth", growth, GrowthAim, "%");
        }
        catch (InvalidOperationException failed)
        {
            Console.WriteLine($"{name}: could not be measured: {failed.Message}");
        }
        finally
        {
            foreach (var left in (string[])["files", EngineExport.Database, "pwsh"]) EngineExport.Clear(Path.Combine(_folder, left));
        }
    }

    private Task<Measured> ExportInPwshAsync(string module, long orders, string target)
    {
        var path = Path.Combine(_folder, "pwsh");
        EngineExport.Clear(path);
        return Children.RunAsync(_pwsh!, PwshArguments("export.ps1", "-Module", module, "-Server", _server.ToString(), "-Account", $"n{orders}", "-Path", path, "-Target", target));
    }

    /// <summary>Rows imported in pwsh; null where there is none, or no module.</summary>
    private async Task<Measured?> NorceInPwshAsync(Uri server, long rows)
    {
        if (ModuleOrReason(out var reason) is { } module)
            return await Children.RunAsync(_pwsh!, PwshArguments("norce.ps1", "-Module", module, "-Server", server.ToString(), "-Rows", $"{rows}", "-JobRows", $"{NorceBenchmark.RowsPerJob}"));
        Console.WriteLine($"pwsh: skipped: {reason}");
        return null;
    }

    private async Task ModuleAsync()
    {
        Title($"The module in pwsh, {settings.Repeat + 2} fresh processes, the middle one");
        if (ModuleOrReason(out var reason) is not { } module)
        {
            Console.WriteLine($"skipped: {reason}");
            return;
        }

        var runs = new List<Measured>();
        for (var i = 0; i < settings.Repeat + 2; i++) runs.Add(await Children.RunAsync(_pwsh!, PwshArguments("import.ps1", "-Module", module)));
        var import = runs.Select(r => r.Figures["import"]).Order().ElementAt(runs.Count / 2);
        var first = runs.Select(r => r.Figures["first"]).Order().ElementAt(runs.Count / 2);
        Console.WriteLine($"Import-Module {import:F0} ms, the first call of the engine {first:F0} ms, {runs.Max(r => r.PeakMb):F0} MB after both");
        Aim("Import-Module", import, ImportAim, "ms");
        Aim("first call of the engine", first, FirstCallAim, "ms");
    }

    private Task<Measured> CaseAsync(string name) => Children.RunAsync(name, _server, settings.Orders, _folder);

    private string? ModuleOrReason(out string reason)
    {
        reason = "there is no pwsh on the PATH.";
        if (_pwsh is null) return null;
        reason = "the module is not built (./build.ps1 -Task Build).";
        var manifest = settings.Module ?? FindManifest();
        return manifest is not null && File.Exists(Path.Combine(Path.GetDirectoryName(manifest)!, "module", "bin", "engine", "Junipeer.Engine.dll")) ? manifest : null;
    }

    private static string? FindManifest()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var manifest = Path.Combine(folder.FullName, "Junipeer.psd1");
            if (File.Exists(manifest)) return manifest;
        }

        return null;
    }

    private static string? FindPwsh() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh"))
        .FirstOrDefault(File.Exists);

    private static string[] PwshArguments(string script, params string[] arguments) =>
        ["-NoProfile", "-NonInteractive", "-File", Path.Combine(AppContext.BaseDirectory, "Scripts", script), .. arguments];

    internal static void Title(string text) => Console.WriteLine($"\n{text}");

    internal static void Head() => Console.WriteLine($"{"",-44}{"records/s",12}{"ms CPU/1,000",14}{"peak MB",10}{"file MB",10}{"seconds",10}");

    internal static void Line(string name, Measured m) =>
        Console.WriteLine($"{name,-44}{m.RecordsPerSecond,12:N0}{m.CpuPerThousand * 1000,14:F1}{m.PeakMb,10:F0}{m.Bytes / 1e6,10:F1}{m.Wall,10:F1}");

    private void Aim(string name, double measured, double aim, string unit, bool atLeast = false)
    {
        var space = unit is "x" or "%" ? "" : " ";
        var format = unit == "x" ? "F2" : "F0";
        _aims.Add((name, $"{measured.ToString(format)}{space}{unit}", $"{(atLeast ? "at least" : "at most")} {aim}{space}{unit}", atLeast ? measured >= aim : measured <= aim));
    }

    private void PrintAims()
    {
        Title("Against the aims");
        foreach (var (name, measured, aim, met) in _aims) Console.WriteLine($"{name,-44}{measured,12}   {aim,-18}{(met == true ? "met" : "MISSED")}");
    }
}
