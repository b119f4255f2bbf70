using System.Globalization;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>Real processes: killed ones, and two at a time.</summary>
public sealed class SqliteProcessTests : WarehouseTest
{
    [Fact]
    public async Task A_writer_killed_in_the_middle_of_a_transaction_leaves_the_last_commit()
    {
        using (var writer = WriterProcess.Start("hang", Kit.File, "order", 10))
        {
            await writer.WaitForAsync("hanging", Stop);
            Assert.True(new FileInfo(Kit.File + "-wal").Length > 0);
            writer.Kill();
        }

        Assert.Equal("50|50|0", await Kit.OneAsync("SELECT (SELECT count(*) FROM \"order\"), (SELECT count(*) FROM order_row), (SELECT position FROM _junipeer_bookmarks WHERE slot='changes')"));
        await Kit.AssertSoundAsync();

        // Its lease is taken over at once, and the run it left open is seen to have no end.
        await Kit.ExportAsync(b => b.AddPlain([1000]));
        Assert.Equal("1|1", await Kit.OneAsync("SELECT sum(status IS NULL), sum(status IS NOT NULL) FROM _junipeer_runs"));
    }

    [Fact]
    public async Task Writers_killed_anywhere_lose_nothing_that_was_committed_and_show_nothing_that_was_not()
    {
        var random = new Random(20260301);
        var kills = 0;
        for (var round = 0; round < 8; round++)
        {
            using var writer = WriterProcess.Start("commit", Kit.File, "order", 100_000);
            await writer.WaitForAsync("committed", Stop);
            await Task.Delay(random.Next(60), Stop);
            writer.Kill();
            kills++;
            var said = writer.Said();
            var last = int.Parse(said.Last(s => s.StartsWith("committed", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
            var row = (await Kit.OneAsync("""
                SELECT (SELECT position FROM _junipeer_bookmarks WHERE slot='changes'), (SELECT count(*) FROM "order"), (SELECT max(id) FROM "order"), (SELECT count(*) FROM order_row)
                """)).Split('|').Select(v => int.Parse(v, CultureInfo.InvariantCulture)).ToArray();

            // The commit it did not live to tell of may be there, whole.
            Assert.InRange(row[0], last, last + 1);
            var orders = (row[0] + 1) * WriterProcess.PerCommit;
            Assert.Equal([row[0], orders, orders - 1, orders], row);
            await Kit.AssertSoundAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} writers killed, {await Kit.OneAsync("SELECT count(*) FROM \"order\"")} orders");
    }

    [Fact]
    public async Task Two_processes_fill_two_resources_of_one_file_and_a_third_is_told_to_wait()
    {
        using var orders = WriterProcess.Start("commit", Kit.File, "order", 150);
        using var products = WriterProcess.Start("commit", Kit.File, "product", 150);
        await orders.WaitForAsync("opened", Stop);
        using var third = WriterProcess.Start("commit", Kit.File, "order", 150);
        await Task.WhenAll(orders.EndAsync(Stop), products.EndAsync(Stop), third.EndAsync(Stop));
        Assert.Equal("ended", orders.Said()[^1]);
        Assert.Equal("ended", products.Said()[^1]);

        // Either it came while the first was writing, or it found all done.
        Assert.Contains(third.Said()[^1], (string[])["fault Junipeer.Lease.Held", "ended"]);
        Assert.Equal("7500|7500|7500|7500", await Kit.OneAsync(
            "SELECT (SELECT count(*) FROM \"order\"), (SELECT count(*) FROM order_row), (SELECT count(*) FROM product), (SELECT count(*) FROM product_row)"));
        await Kit.AssertSoundAsync();
    }

    [Fact]
    public async Task A_living_process_keeps_its_lease_and_a_killed_one_loses_it_at_once()
    {
        using var writer = WriterProcess.Start("idle", Kit.File, "order", 10);
        await writer.WaitForAsync("opened", Stop);
        await using var warehouse = Kit.Warehouse();
        var fault = await WarehouseKit.FaultAsync(() => warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Lease.Held");
        Assert.Contains(writer.Id.ToString(CultureInfo.InvariantCulture), fault.Message, StringComparison.Ordinal);
        writer.Kill();
        await using (await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop)) { }
    }
}
