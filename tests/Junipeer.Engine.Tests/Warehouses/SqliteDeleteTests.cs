using Junipeer.Export;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

public sealed class SqliteDeleteTests : WarehouseTest
{
    private static readonly DateTimeOffset Later = WarehouseKit.Start.AddHours(1);

    [Fact]
    public async Task What_the_listing_lacks_is_flagged_with_its_children_and_nothing_else()
    {
        await Kit.ExportAsync(b => b.Add(1, "a", "1", ["10:A:1", "10/1:red"]).Add(2, "b", "1", ["20:B:1", "20/1:blue"]).Add(3, "c", "1", []));
        var (_, committed) = await Kit.ExportAsync(_ => { }, deletes: Listing([1, 3]));
        Assert.Equal(new CommitOutcome(1, 0), committed);
        Assert.Equal(["1|0", "2|1", "3|0"], await Kit.QueryAsync("SELECT id, _is_deleted FROM \"order\" ORDER BY id"));
        Assert.Equal(["10|0", "20|1"], await Kit.QueryAsync("SELECT id, _is_deleted FROM order_row ORDER BY id"));
        Assert.Equal(["red|0", "blue|1"], await Kit.QueryAsync("SELECT text, _is_deleted FROM order_row_option ORDER BY row_id"));
        Assert.Equal("1|1|1", await Kit.OneAsync("""
            SELECT (SELECT count(*) FROM "order" WHERE _deleted_at GLOB '20??-??-??T??:??:??.???Z'),
                   (SELECT count(*) FROM order_row WHERE _deleted_at IS NOT NULL), (SELECT count(*) FROM order_row_option WHERE _deleted_at IS NOT NULL)
            """));
    }

    [Fact]
    public async Task A_record_that_returns_is_unflagged_even_when_it_did_not_change()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2]));
        await Kit.ExportAsync(_ => { }, deletes: Listing([1]));
        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM \"order\" WHERE _is_deleted=1"));
        var (written, _) = await Kit.ExportAsync(b => b.AddPlain([2]), Later, "p2");
        Assert.Equal((1L, 0L), (written.New, written.Changed));
        Assert.Equal("2|2", await Kit.OneAsync("""
            SELECT (SELECT count(*) FROM "order" WHERE _is_deleted=0 AND _deleted_at IS NULL), (SELECT count(*) FROM order_row WHERE _is_deleted=0 AND _deleted_at IS NULL)
            """));
    }

    [Fact]
    public async Task What_was_loaded_after_the_listing_began_is_no_candidate()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2]), loadedAt: WarehouseKit.Start);
        var (_, committed) = await Kit.ExportAsync(b => b.AddPlain([3]), loadedAt: Later.AddSeconds(1), passId: "p2", deletes: Listing([1]));
        Assert.Equal(1, committed.Deleted);
        Assert.Equal(["1|0", "2|1", "3|0"], await Kit.QueryAsync("SELECT id, _is_deleted FROM \"order\" ORDER BY id"));
        (_, committed) = await Kit.ExportAsync(b => b.AddPlain([4]), loadedAt: Later, passId: "p3", deletes: Listing([1, 3]));
        Assert.Equal(0, committed.Deleted);
    }

    [Fact]
    public async Task A_full_pass_flags_what_it_did_not_load()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2, 3]));
        var (_, committed) = await Kit.ExportAsync(b => b.AddPlain([1, 3]), Later, "p2", new DeleteSweep { PassId = "p2", Before = Later });
        Assert.Equal(new CommitOutcome(1, 0), committed);
        Assert.Equal(["2"], await Kit.QueryAsync("SELECT id FROM \"order\" WHERE _is_deleted=1"));
    }

    [Fact]
    public async Task A_full_pass_leaves_alone_what_another_pass_loaded_meanwhile()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2]));
        await Kit.ExportAsync(b => b.AddPlain([2]), Later.AddMinutes(5), "changes");
        var (_, committed) = await Kit.ExportAsync(b => b.AddPlain([1]), Later.AddMinutes(9), "full", new DeleteSweep { PassId = "full", Before = Later });
        Assert.Equal(default, committed);
    }

    [Theory]
    [InlineData(25, 30, 25, 0)]
    [InlineData(26, 130, 26, 0)]
    [InlineData(26, 129, 0, 26)]
    [InlineData(26, 1000, 26, 0)]
    [InlineData(200, 1000, 200, 0)]
    [InlineData(201, 1000, 0, 201)]
    public async Task The_guard_trips_above_a_fifth_and_above_25_rows(int gone, int living, long deleted, long heldBack)
    {
        await Kit.ExportAsync(b => b.AddPlain(Ids(1, living)));
        var (_, committed) = await Kit.ExportAsync(_ => { }, deletes: new DeleteSweep { Present = IdSet.OfRanges([(gone + 1, 9999)]), Before = Later });
        Assert.Equal(new CommitOutcome(deleted, heldBack), committed);
        Assert.Equal($"{deleted}|{deleted}", await Kit.OneAsync("SELECT sum(_is_deleted), (SELECT sum(_is_deleted) FROM order_row) FROM \"order\""));
    }

    [Fact]
    public async Task The_guard_counts_living_rows_only()
    {
        await Kit.ExportAsync(b => b.AddPlain(Ids(1, 100)));
        await Kit.ExportAsync(_ => { }, deletes: new DeleteSweep { Present = IdSet.OfRanges([(31, 100)]), Before = Later, AllowMassDelete = true });
        var (_, committed) = await Kit.ExportAsync(_ => { }, deletes: new DeleteSweep { Present = IdSet.OfRanges([(57, 100)]), Before = Later });
        Assert.Equal(new CommitOutcome(0, 26), committed);
    }

    [Fact]
    public async Task An_empty_listing_holds_back_even_a_single_row_unless_told_otherwise()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        var (_, held) = await Kit.ExportAsync(_ => { }, deletes: Listing([]));
        Assert.Equal(new CommitOutcome(0, 1), held);
        var (_, allowed) = await Kit.ExportAsync(_ => { }, deletes: Listing([]) with { AllowMassDelete = true });
        Assert.Equal(new CommitOutcome(1, 0), allowed);
        var (_, again) = await Kit.ExportAsync(_ => { }, deletes: Listing([]));
        Assert.Equal(default, again);
    }

    [Fact]
    public async Task A_full_pass_that_found_nothing_is_an_empty_listing()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2]));
        var (_, held) = await Kit.ExportAsync(_ => { }, passId: "p2", deletes: new DeleteSweep { PassId = "p2", Before = Later });
        Assert.Equal(new CommitOutcome(0, 2), held);
    }

    [Fact]
    public async Task A_run_of_its_own_neither_flags_deletes_nor_moves_a_bookmark()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2]), bookmark: WarehouseKit.Done(WarehouseKit.Start));
        var (_, committed) = await Kit.ExportAsync(_ => { }, deletes: Listing([1]), bookmark: WarehouseKit.Done(Later), change: r => r with { KeepsBookmark = false });
        Assert.Equal(default, committed);
        await using var warehouse = Kit.Warehouse();
        var bookmark = Assert.Single(await warehouse.BookmarksAsync(Stop).ListAsync(Stop));
        Assert.Equal(WarehouseKit.Start, bookmark.LastFull);
    }

    [Fact]
    public async Task Composite_keys_are_swept_by_pass()
    {
        var table = new TableSchema("member", [new Column("group_id", "g", ColumnType.Integer), new Column("contact_id", "c", ColumnType.Integer)], 2, null);
        var schema = new ResourceSchema("member", [table]);
        CommitOutcome last = default;
        foreach (var (pass, ids) in new[] { ("p1", new[] { (1L, 1L), (1L, 2L), (2L, 1L) }), ("p2", [(1L, 1L), (2L, 1L)]) })
        {
            await using var warehouse = Kit.Warehouse();
            await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
            using var batch = new RecordBatch(schema) { LoadedAt = pass == "p1" ? WarehouseKit.Start : Later };
            foreach (var (group, contact) in ids)
            {
                batch.Add(new RecordInfo(0, 0, 1, 0));
                batch.Tables[0].Add([new Cell(CellKind.Integer, group, 0, 0), new Cell(CellKind.Integer, contact, 0, 0)], batch.Records.Count - 1);
            }

            await writer.WriteAsync(batch, pass, Stop);
            last = await writer.CommitAsync(new Commit { Bookmark = Bookmark.None, Deletes = new DeleteSweep { PassId = pass, Before = batch.LoadedAt } }, Stop);
        }

        Assert.Equal(new CommitOutcome(1, 0), last);
        Assert.Equal(["1|2"], await Kit.QueryAsync("SELECT group_id, contact_id FROM member WHERE _is_deleted=1"));
    }

    [Fact]
    public async Task Known_ids_are_the_living_ones()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2, 3, 5, 9, 10]));
        await Kit.ExportAsync(_ => { }, deletes: Listing([1, 3, 5, 9, 10]));
        await using var warehouse = Kit.Warehouse();
        var schema = OrderBatch.Schema();
        await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
        Assert.Equal("1,3,5,9-10", (await writer.KnownIdsAsync(Stop))!.ToString());
        using var batch = new OrderBatch(schema, Later);
        await writer.WriteAsync(batch.AddPlain([4]), "p", Stop);
        Assert.Equal("1,3-5,9-10", (await writer.KnownIdsAsync(Stop))!.ToString());
    }

    private static DeleteSweep Listing(long[] ids) => new() { Present = IdSet.Of(ids), Before = Later };

    private static IEnumerable<long> Ids(int first, int count) => Enumerable.Range(first, count).Select(i => (long)i);
}
