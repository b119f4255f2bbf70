using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouse;
using Junipeer.Warehouses;
using Junipeer.Warehouses.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

public sealed class SqliteStateTests : WarehouseTest
{
    private static readonly Bookmark Busy = new()
    {
        Watermark = WarehouseKit.Start.AddTicks(1234567),
        LastFull = WarehouseKit.Start.AddDays(-1),
        Changes = new OpenPass { Id = "c1", Kind = PassKind.Incremental, StartedAt = WarehouseKit.Start, Position = "after 5" },
        Sweep = new OpenPass
        {
            Id = "s1", Kind = PassKind.Recheck, StartedAt = WarehouseKit.Start.AddHours(1), Plan = "{\"a\":\"ö\"}",
            Finished = IdSet.OfRanges([(0, 11), (14, 14)]), Slices = 25, Rejected = 3,
        },
    };

    [Fact]
    public async Task A_bookmark_reads_back_as_it_was_written_and_open_passes_end()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: Busy);
        Assert.Equal(Busy, await BookmarkAsync());
        var ended = Busy with { Changes = null, Sweep = Busy.Sweep! with { Plan = null } };
        await Kit.ExportAsync(_ => { }, bookmark: ended);
        Assert.Equal(ended, await BookmarkAsync());
        await Kit.ExportAsync(_ => { }, bookmark: WarehouseKit.Done(WarehouseKit.Start));
        Assert.Equal(WarehouseKit.Done(WarehouseKit.Start), await BookmarkAsync());
        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM _junipeer_bookmarks"));
    }

    [Fact]
    public async Task A_plan_is_written_once_however_often_its_pass_commits()
    {
        await using var warehouse = Kit.Warehouse();
        var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        await writer.CommitAsync(new Commit { Bookmark = Busy }, Stop);
        using (var db = await SqliteDb.OpenToWriteAsync(Kit.File, new SqliteOptions(), Stop)) db.Run("UPDATE _junipeer_bookmarks SET plan='untouched' WHERE slot='sweep-plan'");
        var further = Busy with { Sweep = Busy.Sweep! with { Finished = IdSet.OfRanges([(0, 15)]) } };
        await writer.CommitAsync(new Commit { Bookmark = further }, Stop);
        Assert.Equal("untouched|0-15", await Kit.OneAsync("SELECT max(plan), max(finished) FROM _junipeer_bookmarks"));
        await writer.CommitAsync(new Commit { Bookmark = further with { Sweep = further.Sweep! with { Plan = "new" } } }, Stop);
        Assert.Equal("new", await Kit.OneAsync("SELECT max(plan) FROM _junipeer_bookmarks"));
    }

    [Fact]
    public async Task Bookmarks_are_shown_by_resource_with_their_open_passes()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]), schema: OrderBatch.Schema("product"));
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: Busy);
        await using var warehouse = Kit.Warehouse();
        var bookmarks = await warehouse.BookmarksAsync(Stop).ListAsync(Stop);
        Assert.Equal(["order", "product"], bookmarks.Select(b => b.Resource));
        Assert.Equal("Incremental: begun; Recheck: 13 of 25 slices", bookmarks[0].OpenPass);
        Assert.Equal("", bookmarks[1].OpenPass);
        Assert.Equal(Busy.Watermark, bookmarks[0].Watermark);
        Assert.InRange(bookmarks[0].UpdatedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task A_bookmark_can_be_set_and_forgotten()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: Busy);
        var back = WarehouseKit.Start.AddDays(-7);
        var set = await SetAsync("ORDER", back);
        Assert.Equal((back, Busy.LastFull, "Recheck: 13 of 25 slices"), (set.Watermark!.Value, set.LastFull, set.OpenPass));
        Assert.Equal(Busy with { Watermark = back, Changes = null }, await BookmarkAsync());
        Assert.Equal(Busy with { Watermark = back, Changes = null, Sweep = null }, await AfterAsync(SetAsync("order", back, reset: true)));
        var forgotten = await SetAsync("order", null);
        Assert.Equal((null, null), (forgotten.Watermark, forgotten.LastFull));
        Assert.Equal(Bookmark.None, await BookmarkAsync());
    }

    [Fact]
    public async Task A_bookmark_in_the_future_or_of_nothing_is_refused()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: Busy);
        await WarehouseKit.FaultAsync(() => SetAsync("order", DateTimeOffset.UtcNow.AddMinutes(5)), "Junipeer.Bookmark.InFuture");
        var fault = await WarehouseKit.FaultAsync(() => SetAsync("ordr", WarehouseKit.Start), "Junipeer.Bookmark.NotFound");
        Assert.Contains("order", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Busy, await BookmarkAsync());
    }

    [Fact]
    public async Task Another_account_needs_a_prefix_of_its_own_and_prefixes_do_not_meet()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: Busy);
        var fault = await WarehouseKit.FaultAsync(() => Kit.ExportAsync(b => b.AddPlain([2]), change: r => r with { Account = "other" }), "Junipeer.Warehouse.OtherAccount");
        Assert.Contains("-TablePrefix", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("acme", fault.Message, StringComparison.Ordinal);
        await Kit.ExportAsync(b => b.AddPlain([2, 3]), change: r => r with { Account = "other" }, prefix: "eu_", deletes: new DeleteSweep { Present = IdSet.Of(2, 3), Before = WarehouseKit.Start.AddDays(1) });
        await Kit.ExportAsync(b => b.AddPlain([1]), change: r => r with { Account = "ACME" }, bookmark: Busy);
        Assert.Equal("1|0|2", await Kit.OneAsync("SELECT (SELECT count(*) FROM \"order\"), (SELECT sum(_is_deleted) FROM \"order\"), (SELECT count(*) FROM eu_order)"));
        await using var warehouse = Kit.Warehouse("eu_");
        Assert.Equal("", Assert.Single(await warehouse.BookmarksAsync(Stop).ListAsync(Stop)).OpenPass);
        Assert.Single(await warehouse.RunsAsync(Stop).ListAsync(Stop));
    }

    [Fact]
    public async Task An_account_that_never_committed_does_not_claim_the_file()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]), schema: OrderBatch.Schema("product"), prefix: "x_");
        await using (var warehouse = Kit.Warehouse())
        {
            await using (await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(account: "mistyped"), Stop)) { }
        }

        await Kit.ExportAsync(b => b.AddPlain([1]));
    }

    [Fact]
    public async Task Runs_are_there_from_the_start_and_tell_how_they_ended()
    {
        await using (var warehouse = Kit.Warehouse())
        {
            var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run("r1"), Stop);
            await writer.CommitAsync(new Commit { Bookmark = Busy, Rejects = [new Reject("17", "bad", "Junipeer.X", "{}"), new Reject("18", "worse", "Junipeer.X", null)] }, Stop);
            var going = Assert.Single(await Kit.Warehouse().RunsAsync(Stop).ListAsync(Stop));
            Assert.Equal(("r1", null, null), (going.RunId, going.Status, going.EndedAt));
            Assert.Contains(Environment.MachineName, going.Host, StringComparison.Ordinal);
            var result = WarehouseKit.Result("order", "r1", ExportStatus.Failed) with { Message = "why", New = 4, Throttled = 2, Rejected = 2 };
            await writer.CloseAsync(result, Stop);
        }

        await Task.Delay(5, Stop);
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: Busy);
        var runs = await Kit.Warehouse().RunsAsync(Stop).ListAsync(Stop);
        Assert.Equal([ExportStatus.Completed, ExportStatus.Failed], runs.Select(r => r.Status!.Value));
        Assert.Equal(("why", 4L, 2L, 2L, 3L, "Full"), (runs[1].Message, runs[1].New, runs[1].Throttled, runs[1].Rejected, runs[1].Records, runs[1].Mode));
        var rejects = await Kit.Warehouse().RejectsAsync(Stop).ListAsync(Stop);
        Assert.Equal([("18", "worse", null), ("17", "bad", "{}")], rejects.Select(r => (r.Id, r.Reason, r.Payload)));
    }

    [Fact]
    public async Task What_is_older_than_the_retention_is_dropped_and_nothing_else()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        foreach (var (days, prefix) in new[] { (0, ""), (0, "eu_"), (2, ""), (91, "") })
        {
            clock.Now = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddDays(days);
            await using var warehouse = Kit.Warehouse(prefix, o => o with { Lease = o.Lease with { Clock = clock } });
            var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run($"day{days}") with { StartedAt = clock.Now }, Stop);
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None, Rejects = [new Reject($"{days}", "r", "e", null)] }, Stop);
            await writer.CloseAsync(WarehouseKit.Result("order", $"day{days}"), Stop);
        }

        Assert.Equal(["|day2", "|day91", "eu_|day0"], (await Kit.QueryAsync("SELECT prefix, run_id FROM _junipeer_runs ORDER BY 1, started_at")));
        Assert.Equal(["|2", "|91", "eu_|0"], await Kit.QueryAsync("SELECT prefix, id FROM _junipeer_rejects ORDER BY prefix, number"));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        using (var db = await SqliteDb.OpenToWriteAsync(Kit.File, new SqliteOptions(), Stop)) db.Run("UPDATE _junipeer_meta SET value='99' WHERE name='state_version'");
        await WarehouseKit.FaultAsync(() => Kit.ExportAsync(b => b.AddPlain([2])), "Junipeer.Warehouse.NewerVersion");
        await WarehouseKit.FaultAsync(() => Kit.Warehouse().RunsAsync(Stop).ListAsync(Stop), "Junipeer.Warehouse.NewerVersion");
        await WarehouseKit.FaultAsync(() => SetAsync("order", WarehouseKit.Start), "Junipeer.Warehouse.NewerVersion");
        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM \"order\""));
    }

    [Fact]
    public async Task Freshness_is_honest()
    {
        var clock = new HandClock(WarehouseKit.Start.AddHours(2));
        SqliteWarehouse Warehouse() => Kit.Warehouse(change: o => o with { Lease = o.Lease with { Clock = clock } });
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: new Bookmark { Watermark = WarehouseKit.Start.AddMinutes(-10), LastFull = WarehouseKit.Start.AddDays(-3) });
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: new Bookmark { LastFull = WarehouseKit.Start }, schema: OrderBatch.Schema("price"));
        await Kit.ExportAsync(b => b.AddPlain([1]), bookmark: new Bookmark { Sweep = Busy.Sweep }, schema: OrderBatch.Schema("product"));
        await Kit.ExportAsync(b => b.AddPlain([1]), schema: OrderBatch.Schema("by-hand"), change: r => r with { KeepsBookmark = false });
        var all = await Warehouse().FreshnessAsync(TimeSpan.FromMinutes(125), Stop).ListAsync(Stop);
        Assert.Equal(
            [("order", false, TimeSpan.FromMinutes(130)), ("price", true, TimeSpan.FromMinutes(120)), ("product", false, null)],
            all.Select(f => (f.Resource, f.IsFresh, f.Age)));
        Assert.Equal((null, ExportStatus.Completed), (all[1].Detail, all[1].LastStatus));
        Assert.Contains("Never read to the end", all[2].Detail, StringComparison.Ordinal);
        await WarehouseKit.FaultAsync(() => Kit.Warehouse("none_").FreshnessAsync(TimeSpan.FromHours(1), Stop).ListAsync(Stop), "Junipeer.Warehouse.Empty");
    }

    private async Task<Bookmark> BookmarkAsync()
    {
        await using var warehouse = Kit.Warehouse();
        await using var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        return writer.Bookmark;
    }

    private async Task<Bookmark> AfterAsync(Task action)
    {
        await action;
        return await BookmarkAsync();
    }

    private async Task<BookmarkInfo> SetAsync(string resource, DateTimeOffset? watermark, bool reset = false)
    {
        await using var warehouse = Kit.Warehouse();
        return await warehouse.SetBookmarkAsync(new BookmarkChange(new WarehouseReference { Path = Kit.File }, resource) { Watermark = watermark, Reset = reset }, Stop);
    }
}
