using System.Diagnostics;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>An exporting process dies where it makes no request: while it commits, and right after its last answer.</summary>
public sealed class CommitKillTests
{
    private const string LogGrew = "when the warehouse's log grows";
    private const string BookmarkMoved = "when a bookmark moved";
    private const string BeforeLast = "after the last answer, before the last commit";
    private const string AfterLast = "after the last commit";

    [Fact]
    public async Task Commits_are_whole_or_not_there()
    {
        var watch = Stopwatch.StartNew();
        var tally = new KillTally();
        foreach (var step in (string[])[LogGrew, BookmarkMoved, BeforeLast, AfterLast]) tally.Expect(step);
        await using var account = await KillAccount.StartAsync(orders: 450);
        using var bench = new KillBench(account, ["order"], tally);
        for (var round = 0; round < 4; round++) await KillWhenTheLogGrowsAsync(bench, tally, round);
        for (var round = 0; round < 2; round++) await KillWhenABookmarkMovedAsync(bench, tally, round);
        await KillAroundTheLastCommitAsync(account, bench, tally);
        tally.Close("commits", $"{watch.Elapsed.TotalSeconds:F0} s");
    }

    // Every commit makes the log longer before it makes it valid, so death on the first growth seen is as near to the middle
    // of a commit as can be had from outside.
    private static async Task KillWhenTheLogGrowsAsync(KillBench bench, KillTally tally, int growths)
    {
        await bench.PrepareAsync(KilledPass.Full, "order");
        using var process = WorkingProcess.Start(bench.Order with { CommitsEveryPage = true });
        var written = 0L;
        for (var seen = 0; seen <= growths + 1 && !process.HasEnded;)
        {
            var now = bench.Written();
            if (now > written) seen++;
            written = now;
            Thread.Yield();
        }

        process.Kill();
        tally.Hit(LogGrew);
        await bench.InspectAsync($"{LogGrew}, {growths}", process.Id);
        await bench.RecoverAsync(LogGrew, KilledPass.Full);
    }

    private static async Task KillWhenABookmarkMovedAsync(KillBench bench, KillTally tally, int round)
    {
        var pass = round == 0 ? KilledPass.Full : KilledPass.Changes;
        await bench.PrepareAsync(pass, "order");
        using var process = WorkingProcess.Start(bench.Order with { CommitsEveryPage = true });
        if (await bench.WaitForBookmarkAsync(process)) tally.Hit(BookmarkMoved);
        process.Kill();
        await bench.InspectAsync(BookmarkMoved, process.Id);
        await bench.RecoverAsync(BookmarkMoved, pass);
    }

    /// <summary>
    /// The delay between the last answer and the death grows until the commit is behind it, and is then halved towards the
    /// commit from one side or the other: so the deaths gather around it however fast the machine is.
    /// </summary>
    private static async Task KillAroundTheLastCommitAsync(KillAccount account, KillBench bench, KillTally tally)
    {
        var last = KillStep.Full("order set, last", "GET", "order") with { Skip = 2 };
        double low = 0;
        double? high = null;
        for (var tries = 0; tries < 10; tries++)
        {
            var delay = tries == 0 ? 0 : high is { } most ? (low + most) / 2 : Math.Max(10, low * 4);
            await bench.PrepareAsync(KilledPass.Full, "order");
            var hold = await account.HoldAsync(last, after: true);
            using var process = WorkingProcess.Start(bench.Order);
            if (!await account.WaitForHoldAsync(hold, process)) break;
            await account.ReleaseAsync(hold);
            await KillBench.DelayAsync(delay);
            process.Kill();
            await account.ForgetHoldsAsync();
            var isDone = await bench.InspectAsync($"{BeforeLast}, {delay:F1} ms", process.Id);
            tally.Hit(isDone ? AfterLast : BeforeLast);
            if (isDone) high = delay;
            else low = delay;
            await bench.RecoverAsync(isDone ? AfterLast : BeforeLast, KilledPass.Full);
        }
    }
}
