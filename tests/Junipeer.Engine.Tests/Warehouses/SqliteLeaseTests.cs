using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Warehouse;
using Junipeer.Warehouses;
using Junipeer.Warehouses.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

public sealed class SqliteLeaseTests : WarehouseTest
{
    private readonly HandClock _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_second_run_of_the_same_process_is_refused_while_the_first_writes()
    {
        await using var first = Kit.Warehouse();
        await using var second = Kit.Warehouse();
        var writer = await first.OpenAsync(OrderBatch.Schema(), Kit.Run("first-run"), Stop);
        var fault = await WarehouseKit.FaultAsync(() => second.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Lease.Held");
        Assert.Equal(FaultCategory.ResourceBusy, fault.Category);
        Assert.Contains("first-run", fault.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.MachineName, fault.Message, StringComparison.Ordinal);

        // Another resource is free, and so is this one when the first has ended.
        await using (await second.OpenAsync(OrderBatch.Schema("product"), Kit.Run(), Stop)) { }
        await writer.CloseAsync(WarehouseKit.Result("order", "first-run"), Stop);
        await using (await second.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop)) { }
    }

    [Fact]
    public async Task Prefixes_have_leases_of_their_own()
    {
        await using var first = Kit.Warehouse("a_");
        await using var second = Kit.Warehouse("b_");
        await using var one = await first.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        await using var other = await second.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
    }

    [Fact]
    public async Task A_dead_process_of_this_machine_is_taken_over_at_once()
    {
        var dead = Rules("here", 111, _ => null);
        await AbandonAsync(dead);
        await using var warehouse = Kit.Warehouse(change: o => o with { Lease = Rules("here", 222, _ => null) });
        await using var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
    }

    [Fact]
    public async Task A_number_that_another_process_got_meanwhile_counts_as_dead()
    {
        await AbandonAsync(Rules("here", 111, _ => null));
        await using var warehouse = Kit.Warehouse(change: o => o with { Lease = Rules("here", 222, _ => "started later") });
        await using var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
    }

    [Fact]
    public async Task A_living_process_of_this_machine_keeps_it_however_long_it_is_silent()
    {
        await AbandonAsync(Rules("here", 111, _ => null));
        _clock.Now += TimeSpan.FromDays(3);
        await using var warehouse = Kit.Warehouse(change: o => o with { Lease = Rules("here", 222, pid => pid == 111 ? "start-111" : null) });
        await WarehouseKit.FaultAsync(() => warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Lease.Held");
    }

    [Fact]
    public async Task Another_machine_keeps_it_for_ten_minutes_after_its_last_commit()
    {
        await using var theirs = Kit.Warehouse(change: o => o with { Lease = Rules("there", 111, _ => null) });
        var writer = await theirs.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        _clock.Now += TimeSpan.FromMinutes(9);
        await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        _clock.Now += TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1);
        await using var ours = Kit.Warehouse(change: o => o with { Lease = Rules("here", 222, _ => null) });
        var fault = await WarehouseKit.FaultAsync(() => ours.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Lease.Held");
        Assert.Contains("12:19:00Z", fault.RecommendedAction, StringComparison.Ordinal);
        _clock.Now += TimeSpan.FromSeconds(1);
        await using (await ours.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop)) { }
    }

    [Fact]
    public async Task A_lease_lost_in_sleep_rolls_everything_back()
    {
        var schema = OrderBatch.Schema();
        await using var sleeper = Kit.Warehouse(change: o => o with { Lease = Rules("there", 111, _ => null) });
        var asleep = await sleeper.OpenAsync(schema, Kit.Run("sleeper"), Stop);
        using var batch = new OrderBatch(schema, WarehouseKit.Start);
        await asleep.WriteAsync(batch.AddPlain([1, 2], "stale"), "p1", Stop);
        _clock.Now += TimeSpan.FromMinutes(11);

        await using (var awake = Kit.Warehouse(change: o => o with { Lease = Rules("here", 222, _ => null) }))
        {
            var taken = await awake.OpenAsync(OrderBatch.Schema(), Kit.Run("awake"), Stop);
            using var fresh = new OrderBatch(OrderBatch.Schema(), WarehouseKit.Start);
            await taken.WriteAsync(fresh.AddPlain([2, 3], "fresh"), "p2", Stop);
            await taken.CommitAsync(new Commit { Bookmark = WarehouseKit.Done(WarehouseKit.Start) }, Stop);

            var fault = await WarehouseKit.FaultAsync(() => asleep.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop), "Junipeer.Lease.Lost");
            Assert.Contains("awake", fault.Message, StringComparison.Ordinal);
            await taken.CommitAsync(new Commit { Bookmark = WarehouseKit.Done(WarehouseKit.Start) }, Stop);
            await taken.CloseAsync(WarehouseKit.Result("order", "awake"), Stop);
        }

        // Also after the other has ended: its number is not ours.
        await Assert.ThrowsAsync<InvalidOperationException>(() => asleep.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop));
        await asleep.CloseAsync(WarehouseKit.Result("order", "sleeper", ExportStatus.Failed), Stop);
        Assert.Equal(["2|fresh", "3|fresh"], await Kit.QueryAsync("SELECT id, reference FROM \"order\" ORDER BY id"));
        Assert.Equal(["awake|Completed", "sleeper|Failed"], await Kit.QueryAsync("SELECT run_id, status FROM _junipeer_runs ORDER BY 1"));
        Assert.Equal("2026-03-01T08:00:00.000Z", await Kit.OneAsync("SELECT last_full FROM _junipeer_bookmarks WHERE slot='clocks'"));
    }

    [Fact]
    public async Task A_lease_that_was_lost_and_given_up_again_is_still_lost()
    {
        await using var sleeper = Kit.Warehouse(change: o => o with { Lease = Rules("there", 111, _ => null) });
        var asleep = await sleeper.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        _clock.Now += TimeSpan.FromMinutes(11);
        await using (var awake = Kit.Warehouse(change: o => o with { Lease = Rules("here", 222, _ => null) }))
        {
            await using (await awake.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop)) { }
        }

        await WarehouseKit.FaultAsync(() => asleep.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop), "Junipeer.Lease.Lost");
    }

    [Fact]
    public async Task A_bookmark_set_by_hand_needs_the_lease_and_throws_nobody_out()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        await using var warehouse = Kit.Warehouse();
        var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        var change = new BookmarkChange(new WarehouseReference { Path = Kit.File }, "order") { Watermark = WarehouseKit.Start };
        await using var other = Kit.Warehouse();
        await WarehouseKit.FaultAsync(() => other.SetBookmarkAsync(change, Stop), "Junipeer.Lease.Held");
        await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        await writer.DisposeAsync();
        await other.SetBookmarkAsync(change, Stop);
        await using (await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop)) { }
    }

    [Fact]
    public async Task The_number_only_grows()
    {
        for (var i = 0; i < 3; i++) await Kit.ExportAsync(b => b.AddPlain([1]));
        Assert.Equal("3", await Kit.OneAsync("SELECT json_extract(value, '$.Number') FROM _junipeer_meta WHERE name='lease:order'"));
        Assert.Equal("null", await Kit.OneAsync("SELECT json_type(value, '$.Owner') FROM _junipeer_meta WHERE name='lease:order'"));
    }

    [Fact]
    public void A_process_is_known_by_its_number_and_its_start()
    {
        Assert.Equal(LeaseOwner.Current.ProcessStart, LeaseOwner.StartOf(Environment.ProcessId));
        Assert.Null(LeaseOwner.StartOf(int.MaxValue - 1));
    }

    // A run whose process dies before it can give anything up.
    private async Task AbandonAsync(LeaseRules rules)
    {
        var options = new SqliteOptions { Lease = rules };
        using var db = await SqliteDb.OpenToWriteAsync(Kit.File, options, Stop);
        await SqliteResourceWriter.OpenAsync(db, options, OrderBatch.Schema(), Kit.Run(), "", Stop);
    }

    private LeaseRules Rules(string machine, int processId, Func<int, string?> processes) =>
        new(_clock, new LeaseOwner(machine, processId, $"start-{processId}"), processes);
}
