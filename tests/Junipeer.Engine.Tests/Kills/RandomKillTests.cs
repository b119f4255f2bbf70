using System.Diagnostics;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// An exporting process dies anywhere, over full and incremental passes of an account that goes on changing.
/// <c>JUNIPEER_SOAK=1</c> makes it all resources of a large account and 200 deaths.
/// </summary>
public sealed class RandomKillTests
{
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("JUNIPEER_SOAK") == "1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_twice_wherever_a_process_dies()
    {
        const int Seed = 20260602;
        var watch = Stopwatch.StartNew();
        var kills = IsSoak ? 200 : 25;
        var tally = new KillTally();
        var random = new Random(Seed);
        string[] resources = IsSoak ? [.. JunipeerEngine.Resolve(["Standard"]).Select(r => r.Name)] : ["order", "product", "product-price", "goods-out-note", "goods-movement", "order-note", "customer-payment", "brand", "channel"];
        await using var account = await KillAccount.StartAsync(IsSoak ? 5000 : 150);
        using var bench = new KillBench(account, resources, tally);
        var lasts = new Dictionary<KilledPass, TimeSpan>();
        var ended = 0;
        foreach (var pass in (KilledPass[])[KilledPass.Full, KilledPass.Changes])
        {
            tally.Expect($"{pass}: anywhere");
            await bench.PrepareAsync(pass);
            lasts[pass] = await TimeAsync(bench.Order with { CommitsEveryPage = true });
        }

        for (var kill = 0; kill < kills; kill++)
        {
            var pass = kill % 3 == 0 ? KilledPass.Full : KilledPass.Changes;
            var name = $"{pass}: anywhere";
            await bench.PrepareAsync(pass);
            using var process = WorkingProcess.Start(bench.Order with { CommitsEveryPage = random.Next(2) == 0 });
            await process.WaitUntilReadyAsync();
            var delay = lasts[pass] * random.NextDouble();
            await Task.Delay(delay, Stop);
            if (process.HasEnded) ended++;
            else tally.Hit(name);
            process.Kill();
            await bench.InspectAsync($"seed {Seed}, kill {kill} after {delay.TotalMilliseconds:F0} ms, {name}", process.Id);
            await bench.RecoverAsync($"seed {Seed}, kill {kill}, {name}", pass, inProcess: kill % 8 != 0);
        }

        tally.Close($"random, seed {Seed}", $"{ended} had ended before; {bench.LeasesTaken} leases of the dead taken over, {bench.HalfDone} open passes gone on with, {watch.Elapsed.TotalSeconds:F0} s");
    }

    private static async Task<TimeSpan> TimeAsync(ExportOrder order)
    {
        using var process = WorkingProcess.Start(order);
        await process.WaitUntilReadyAsync();
        var since = Stopwatch.GetTimestamp();
        await process.EndAsync(Stop);
        return Stopwatch.GetElapsedTime(since);
    }
}
