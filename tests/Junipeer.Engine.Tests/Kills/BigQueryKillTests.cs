using System.Diagnostics;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// A process that exports into BigQuery dies: at requests of every kind, while a commit hangs at the server, and anywhere.
/// After each death the dataset is looked at as it lies there; then the run is started again, and all is equal.
/// <c>JUNIPEER_SOAK=1</c> makes it 100 deaths.
/// </summary>
public sealed class BigQueryKillTests
{
    private static readonly string[] Resources = ["order", "brand", "product-price"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_twice_wherever_a_process_dies()
    {
        const int Seed = 20261123;
        var watch = Stopwatch.StartNew();
        var kills = Environment.GetEnvironmentVariable("JUNIPEER_SOAK") == "1" ? 100 : 12;
        var random = new Random(Seed);
        var tally = new KillTally();
        var next = 0;
        await using var account = await KillAccount.StartAsync(40);
        using var bench = new DatasetBench(account, Resources, tally);

        (string Resource, string? Path, int MostSkip)[] steps =
        [
            ("tables.insert", "", 8), ("upload.start", null, 3), ("upload.chunk", null, 3), ("jobs.insert", null, 12),
            ("jobs.get", "junipeer_commit", 2), ("jobs.get", "junipeer__junipeer_stage", 2), ("tables.delete", null, 3), ("jobs.getQueryResults", null, 6),
        ];
        for (var kill = 0; kill < kills; kill++)
        {
            var pass = kill % 2 == 0 ? KilledPass.Full : KilledPass.Changes;
            await bench.PrepareAsync(pass);
            var order = bench.Order with { CommitsEveryPage = kill % 3 == 0 };
            var step = kill % 3 == 2 ? null : ((string Resource, string? Path, int MostSkip)?)steps[next++ % steps.Length];
            var after = random.Next(2) == 0;
            var name = step is { } at ? $"{at.Resource}{(at.Path is { Length: > 0 } path ? " of " + path : "")}" : "anywhere";
            int? hold = step is { } where ? await bench.HoldAsync(where.Resource, where.Path, pass == KilledPass.Full ? random.Next(where.MostSkip) : 0, after) : null;
            using var process = WorkingProcess.Start(order);
            await process.WaitUntilReadyAsync();
            if (hold is { } held)
            {
                if (await bench.WaitForHoldAsync(held, process)) tally.Hit(name);
                else tally.Expect(name);
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, pass == KilledPass.Full ? 6000 : 4000)), Stop);
                if (!process.HasEnded) tally.Hit(name);
            }

            process.Kill();
            await bench.ForgetAsync();
            await bench.InspectAsync($"seed {Seed}, kill {kill}, {name}");
            await bench.RecoverAsync($"seed {Seed}, kill {kill}, {name}", pass);
        }

        Assert.Empty(await bench.LeftAfterADayAsync());
        tally.Close($"BigQuery, seed {Seed}", $"{watch.Elapsed.TotalSeconds:F0} s");
    }

    [Fact]
    public async Task A_commit_of_a_dead_process_that_runs_late_changes_nothing()
    {
        var tally = new KillTally();
        await using var account = await KillAccount.StartAsync(40);
        using var bench = new DatasetBench(account, ["order"], tally);
        await bench.PrepareAsync(KilledPass.Changes);
        var stuck = await bench.FaultAsync(new { kind = "job-stuck", mode = "pending", match = new { jobContains = "BEGIN TRANSACTION" }, times = 1 });
        using (var process = WorkingProcess.Start(bench.Order))
        {
            await process.WaitUntilReadyAsync();
            while (await bench.HitsAsync(stuck) == 0) await Task.Delay(20, Stop);
            process.Kill();
        }

        // The next run takes the lease and begins; only then does the old commit get its turn.
        await account.ChangeAsync();
        var again = bench.Order.RunAsync(Stop);
        await Task.Delay(800, Stop);
        await bench.ForgetAsync();
        await again;
        await bench.RecoverAsync("late commit", KilledPass.Changes);
        Assert.Empty(tally.Wrong);
    }
}
