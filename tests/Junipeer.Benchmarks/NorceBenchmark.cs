namespace Junipeer.Benchmarks;

/// <summary>Stock sent to Norce, by the engine and in pwsh, against the same rows written as JSON and posted.</summary>
internal sealed class NorceBenchmark(Settings settings, string folder, Action<string, double, double, string> aim, Func<Uri, long, Task<Measured?>> inPwsh)
{
    /// <summary>Rows of one job.</summary>
    public const int RowsPerJob = 5000;

    private const double CpuAim = 2;
    private const double GrowthAim = 20;

    public async Task RunAsync()
    {
        Benchmark.Title($"Stock sent to Norce in jobs of {RowsPerJob:N0} rows, {settings.Repeat} runs each, the middle one");
        using var server = Children.Start(Environment.ProcessPath!, ["norce"], redirectInput: true);
        try
        {
            var stub = new Uri(await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The stub did not start."));
            Benchmark.Head();
            var small = await MiddleAsync("norce-import", stub, Math.Max(1, settings.Orders / 10));
            Benchmark.Line($"Invoke-NorceImport OnHand, {small.Records:N0} rows", small);
            await CompareAsync(stub, settings.Orders);
            var big = await CompareAsync(stub, settings.Big);
            aim("Norce import, growth from small to large", ((big.PeakMb / small.PeakMb) - 1) * 100, GrowthAim, "%");
            if (await inPwsh(stub, small.Records) is not { } first || await inPwsh(stub, settings.Big) is not { } last) return;
            Benchmark.Line($"in pwsh, {first.Records:N0} rows", first);
            Benchmark.Line($"in pwsh, {last.Records:N0} rows", last);
            aim("Norce import in pwsh, growth", ((last.PeakMb / first.PeakMb) - 1) * 100, GrowthAim, "%");
        }
        finally
        {
            server.StandardInput.Close();
            if (!server.WaitForExit(5000)) server.Kill();
        }
    }

    /// <summary>The two take turns, so that whatever else keeps the machine busy falls on both.</summary>
    private async Task<Measured> CompareAsync(Uri stub, long rows)
    {
        var (floors, ours) = (new List<Measured>(), new List<Measured>());
        for (var i = 0; i < settings.Repeat; i++)
        {
            floors.Add(await Children.RunAsync("norce-floor", stub, rows, folder));
            ours.Add(await Children.RunAsync("norce-import", stub, rows, folder));
        }

        var (floor, own) = (Measured.Median(floors), Measured.Median(ours));
        Benchmark.Line($"floor: serialise and post, {rows:N0} rows", floor);
        Benchmark.Line($"Invoke-NorceImport OnHand, {rows:N0} rows", own);
        aim($"Norce import, CPU over floor, {rows:N0} rows", own.Cpu / floor.Cpu, CpuAim, "x");
        return own;
    }

    private async Task<Measured> MiddleAsync(string name, Uri stub, long rows)
    {
        var runs = new List<Measured>();
        for (var i = 0; i < settings.Repeat; i++) runs.Add(await Children.RunAsync(name, stub, rows, folder));
        return Measured.Median(runs);
    }
}
