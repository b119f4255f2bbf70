using System.Diagnostics;
using Junipeer.Norce;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// An importing process dies anywhere, and the one after it as well every other time. <c>JUNIPEER_SOAK=1</c> makes it 300 deaths.
/// </summary>
public sealed class RandomImportKillTests : NorceKillTests
{
    [Fact]
    public async Task An_import_survives_deaths_anywhere()
    {
        const int Seed = 20260604;
        var kills = IsSoak ? 300 : 12;
        var random = new Random(Seed);
        var watch = Stopwatch.StartNew();
        var tally = new KillTally();
        await using var bench = await NorceKillBench.StartAsync(tally);
        var ended = 0;
        foreach (var kind in new[] { NorceImportKind.OnHand, NorceImportKind.SkuPriceList, NorceImportKind.Product })
        {
            tally.Expect($"{kind}: anywhere");
            bench.MoveHome();
            var last = await TimeAsync(bench.Order(kind, bench.Next(kind)));
            for (var kill = 0; kill < kills / 3; kill++)
            {
                bench.MoveHome();
                await bench.SetJobsAsync(running: random.Next(3) * 30);
                var before = await bench.TruthAsync(kind);
                var input = bench.Next(kind);
                var order = bench.Order(kind, input);
                for (var death = 0; death <= kill % 2; death++)
                {
                    using var process = WorkingProcess.Start(order);
                    await process.WaitUntilReadyAsync();
                    await Task.Delay(last * (0.2 + (0.6 * random.NextDouble())), TestContext.Current.CancellationToken);
                    if (process.HasEnded) ended++;
                    else tally.Hit($"{kind}: anywhere");
                    process.Kill();
                }

                var next = kill % 3 == 0 ? input : bench.Next(kind, shift: 8);
                var said = await NorceKillBench.RunAsync(bench.Order(kind, next));
                var name = $"seed {Seed}, {kind} {kill}";
                if (said.Any(s => !s.StartsWith("job ", StringComparison.Ordinal) && !s.StartsWith("warning An earlier import", StringComparison.Ordinal))) tally.Wrong.Add($"{name}: the next run said: {string.Join(" | ", said)}");
                await CompareAsync(bench, name, kind, before, input, null, next);
            }
        }

        tally.Close($"random imports, seed {Seed}", $"{ended} had ended before, {watch.Elapsed.TotalSeconds:F0} s");
    }

    private static async Task<TimeSpan> TimeAsync(ImportOrder order)
    {
        using var process = WorkingProcess.Start(order);
        await process.WaitUntilReadyAsync();
        var since = Stopwatch.GetTimestamp();
        await process.EndAsync(TestContext.Current.CancellationToken);
        return Stopwatch.GetElapsedTime(since);
    }
}
