using Junipeer.Export;
using Junipeer.Records;
using Junipeer.Warehouses.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

public sealed class SqliteUpsertTests : WarehouseTest
{
    [Fact]
    public async Task Every_type_comes_out_as_it_went_in()
    {
        await Kit.ExportAsync(b => b.Add(1, "Zoë \"x\" 🙂", "1234.50", [],
            ("placed_on", new DateTimeOffset(2026, 3, 29, 2, 30, 0, 123, TimeSpan.FromHours(2))), ("due", new DateOnly(2024, 2, 29)),
            ("is_test", true), ("tags", "[1,\"a\"]"u8.ToArray())));
        var row = Assert.Single(await Kit.RowsAsync("SELECT id, reference, total, placed_on, due, is_test, tags FROM \"order\""));
        Assert.Equal([1L, "Zoë \"x\" 🙂", 1234.50m, "2026-03-29T00:30:00.123Z", "2024-02-29", 1L, "[1,\"a\"]"], row.Values);
        Assert.Equal("real|integer", await Kit.OneAsync("SELECT typeof(total), typeof(is_test) FROM \"order\""));
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("19.99")]
    [InlineData("-12345678901.23")]
    [InlineData("100")]
    [InlineData("0.00000001")]
    [InlineData("123456789012345")]
    public async Task Money_reads_back_as_the_decimal_it_was(string text)
    {
        await Kit.ExportAsync(b => b.Add(1, null, text, []));
        var value = Assert.IsType<decimal>(Assert.Single(await Kit.RowsAsync("SELECT total FROM \"order\"")).Values[0]);
        Assert.Equal(decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture), value);
    }

    [Fact]
    public async Task Empty_text_is_not_null()
    {
        await Kit.ExportAsync(b => b.Add(1, "", null, []));
        Assert.Equal("text|null", await Kit.OneAsync("SELECT typeof(reference), typeof(total) FROM \"order\""));
    }

    [Fact]
    public async Task The_payload_is_the_untouched_document()
    {
        await Kit.ExportAsync(b => b.Add(7, "a", "1.00", []));
        Assert.Equal("""{"id":7,"ref":"a","total":"1.00","rows":"","more":""}""", await Kit.OneAsync("SELECT payload FROM \"order\""));
    }

    [Fact]
    public async Task Changed_records_lose_what_they_no_longer_have_and_their_children_are_replaced_whole()
    {
        await Kit.ExportAsync(b => b.Add(1, "a", "5", ["10:A:1", "11:B:2", "10/1:red"]).Add(2, "b", "6", ["20:C:3"]));
        var (written, _) = await Kit.ExportAsync(b => b.Add(1, null, "5", ["11:B:4", "12:D:1"]), passId: "p2");
        Assert.Equal((0L, 1L, 3L), (written.New, written.Changed, written.Rows));
        Assert.Equal(["1|-|5", "2|b|6"], await Kit.QueryAsync("SELECT id, reference, total FROM \"order\" ORDER BY id"));
        Assert.Equal(["1|11|B|4", "1|12|D|1", "2|20|C|3"], await Kit.QueryAsync("SELECT order_id, id, sku, quantity FROM order_row ORDER BY 1, 2"));
        Assert.Empty(await Kit.QueryAsync("SELECT * FROM order_row_option"));
    }

    [Fact]
    public async Task An_unchanged_record_only_gets_new_audit_columns_and_its_children_stay()
    {
        await Kit.ExportAsync(b => b.AddPlain([1, 2]));
        var (written, _) = await Kit.ExportAsync(b => b.AddPlain([1, 2, 3]), WarehouseKit.Start.AddHours(1), "p2");
        Assert.Equal((1L, 0L, 2L), (written.New, written.Changed, written.Rows));
        Assert.Equal(["1|p2|2026-03-01T09:00:00.000Z", "2|p2|2026-03-01T09:00:00.000Z", "3|p2|2026-03-01T09:00:00.000Z"],
            await Kit.QueryAsync("SELECT id, _pass_id, _loaded_at FROM \"order\" ORDER BY id"));
        Assert.Equal(["1|p1", "2|p1", "3|p2"], await Kit.QueryAsync("SELECT order_id, _pass_id FROM order_row ORDER BY 1"));
        Assert.Equal("2", await Kit.OneAsync("SELECT count(DISTINCT _run_id) FROM order_row"));
        Assert.Equal("1", await Kit.OneAsync("SELECT count(DISTINCT _run_id) FROM \"order\""));
    }

    [Fact]
    public async Task The_same_key_twice_before_a_commit_counts_once_and_the_last_wins()
    {
        var (written, _) = await Kit.ExportAsync(b => b.Add(1, "first", "1", ["10:A:1", "11:B:1"]).Add(2, "x", "1", []).Add(1, "last", "2", ["12:C:1"]));
        Assert.Equal((2L, 0L, 3L), (written.New, written.Changed, written.Rows));
        Assert.Equal(["1|last", "2|x"], await Kit.QueryAsync("SELECT id, reference FROM \"order\" ORDER BY id"));
        Assert.Equal(["12"], await Kit.QueryAsync("SELECT id FROM order_row"));
    }

    [Fact]
    public async Task The_same_key_in_two_batches_of_one_commit_counts_once()
    {
        await Kit.ExportAsync(b => b.Add(5, "old", "1", ["50:A:1"]));
        await using var warehouse = Kit.Warehouse();
        var schema = OrderBatch.Schema();
        await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
        using var batch = new OrderBatch(schema, WarehouseKit.Start);
        var first = await writer.WriteAsync(batch.Add(5, "old", "1", ["50:A:1"]).Add(6, "new", "1", ["60:A:1"]), "p2", Stop);
        batch.Clear();
        var second = await writer.WriteAsync(batch.Add(5, "mid", "1", ["51:A:1"]).Add(6, "newer", "1", ["61:A:1", "62:A:1"]), "p2", Stop);
        await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        Assert.Equal((1L, 0L, 2L), (first.New, first.Changed, first.Rows));
        Assert.Equal((0L, 1L, 3L), (second.New, second.Changed, second.Rows));
        Assert.Equal(["5|51", "6|61", "6|62"], await Kit.QueryAsync("SELECT order_id, id FROM order_row ORDER BY 1, 2"));
        Assert.Equal(["5|mid", "6|newer"], await Kit.QueryAsync("SELECT id, reference FROM \"order\" ORDER BY 1"));
    }

    [Fact]
    public async Task Without_payload_the_column_is_null_and_switching_rewrites_the_rows()
    {
        await Kit.ExportAsync(b => b.Add(1, "a", "1", []));
        await Kit.ExportAsync(b => b.Add(1, "a", "1", []), change: r => r with { NoPayload = true });
        Assert.Equal("-", await Kit.OneAsync("SELECT payload FROM \"order\""));
        var (again, _) = await Kit.ExportAsync(b => b.Add(1, "a", "1", []), change: r => r with { NoPayload = true });
        Assert.Equal((0L, 0L), (again.New, again.Changed));
        await Kit.ExportAsync(b => b.Add(1, "a", "1", []));
        Assert.NotEqual("-", await Kit.OneAsync("SELECT payload FROM \"order\""));
    }

    [Fact]
    public async Task New_columns_come_in_the_middle_of_a_run_and_between_versions()
    {
        await using (var warehouse = Kit.Warehouse())
        {
            var schema = OrderBatch.Schema();
            await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
            using var batch = new OrderBatch(schema, WarehouseKit.Start);
            await writer.WriteAsync(batch.AddPlain([1]), "p1", Stop);
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
            batch.Clear();
            batch.AddPlain([2]);
            schema.Root.Add(new Column("colour", "colour", ColumnType.Text) { IsEvolved = true });
            schema.Tables[1].Add(new Column("weight", "rows.weight", ColumnType.Decimal) { IsEvolved = true });
            batch.Add(3, "c", "1", ["30:A:1"], ("colour", "red"));
            await writer.WriteAsync(batch, "p1", Stop);
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        }

        Assert.Equal(["1|-", "2|-", "3|red"], await Kit.QueryAsync("SELECT id, colour FROM \"order\" ORDER BY id"));
        Assert.Equal(["-", "-", "-"], await Kit.QueryAsync("SELECT weight FROM order_row"));

        // A later run does not know the column before it meets it; a record that changed has lost it.
        await Kit.ExportAsync(b => b.Add(3, "changed", "1", []).Add(1, "r", "1.50", ["10:SKU:1"]));
        Assert.Equal(["1|r|-", "2|r|-", "3|changed|-"], await Kit.QueryAsync("SELECT id, reference, colour FROM \"order\" ORDER BY id"));
    }

    [Fact]
    public async Task A_column_with_one_of_our_names_gets_an_underscore()
    {
        var schema = OrderBatch.Schema();
        schema.Root.Add(new Column("payload", "payload", ColumnType.Text));
        schema.Root.Add(new Column("_is_deleted", "isDeleted", ColumnType.Text));
        schema.Root.Add(new Column("_is_deleted_", "isDeleted_", ColumnType.Text));
        await Kit.ExportAsync(b => b.Add(1, "a", "1", [], ("payload", "mine"), ("_is_deleted", "x"), ("_is_deleted_", "y")), schema: schema);
        Assert.Equal("mine|x|y|0", await Kit.OneAsync("SELECT payload_, _is_deleted__, _is_deleted_, _is_deleted FROM \"order\""));
    }

    [Fact]
    public async Task Text_and_composite_keys_are_found_again()
    {
        var table = new TableSchema("price", [new Column("code", "code", ColumnType.Text), new Column("list", "list", ColumnType.Integer), new Column("value", "value", ColumnType.Decimal)], 2, null);
        var schema = new ResourceSchema("price", [table]);
        var outcomes = new List<(long?, long?)>();
        for (var round = 0; round < 2; round++)
        {
            await using var warehouse = Kit.Warehouse();
            await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
            using var batch = new RecordBatch(schema) { LoadedAt = WarehouseKit.Start };
            foreach (var (code, list, value) in new[] { ("a", 1L, "1.5"), ("a", 2L, "2.5"), ("A", 1L, round == 0 ? "3.5" : "4.5") })
            {
                batch.Add(new RecordInfo(0, 0, value.GetHashCode(), 0));
                var text = System.Text.Encoding.UTF8.GetBytes(code);
                var number = System.Text.Encoding.UTF8.GetBytes(value);
                batch.Tables[0].Add(
                [
                    new Cell(CellKind.Text, 0, batch.Append(text), text.Length), new Cell(CellKind.Integer, list, 0, 0),
                    new Cell(CellKind.Decimal, 0, batch.Append(number), number.Length),
                ], batch.Records.Count - 1);
            }

            var written = await writer.WriteAsync(batch, "p", Stop);
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
            Assert.Null(await writer.KnownIdsAsync(Stop));
            outcomes.Add((written.New, written.Changed));
        }

        Assert.Equal([(3, 0), (0, 1)], outcomes);
        Assert.Equal(["A|1|4.5", "a|1|1.5", "a|2|2.5"], await Kit.QueryAsync("SELECT code, list, value FROM price ORDER BY code, list"));
    }

    [Fact]
    public async Task A_row_without_its_key_is_never_written()
    {
        var schema = OrderBatch.Schema();
        await using var warehouse = Kit.Warehouse();
        await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
        using var batch = new RecordBatch(schema);
        batch.Add(new RecordInfo(0, 0, 1, 0));
        batch.Tables[0].Add([Cell.Null], 0);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync(batch, "p", Stop));
    }

    [Fact]
    public async Task More_than_memory_may_hold_is_written_early_and_still_visible_only_with_the_commit()
    {
        var schema = OrderBatch.Schema();
        await using var warehouse = Kit.Warehouse(change: o => o with { StagingLimit = 10_000 });
        await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
        using var batch = new OrderBatch(schema, WarehouseKit.Start);
        long added = 0;
        for (var i = 0; i < 20; i++)
        {
            batch.Clear();
            added += (await writer.WriteAsync(batch.AddPlain(Enumerable.Range(i * 50, 60).Select(n => (long)n)), "p1", Stop)).New!.Value;
        }

        Assert.Equal("0", await Kit.OneAsync("SELECT count(*) FROM \"order\""));
        Assert.Equal(1010, (await writer.KnownIdsAsync(Stop))!.Count);
        await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        Assert.Equal("1010|1010", await Kit.OneAsync("SELECT count(*), (SELECT count(*) FROM order_row) FROM \"order\""));
        Assert.Equal(1010, added);
    }

    [Fact]
    public async Task What_was_not_committed_is_not_there()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        await using (var warehouse = Kit.Warehouse())
        {
            var schema = OrderBatch.Schema();
            await using var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
            using var batch = new OrderBatch(schema, WarehouseKit.Start);
            await writer.WriteAsync(batch.AddPlain([2, 3]), "p2", Stop);
        }

        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM \"order\""));
        var (written, _) = await Kit.ExportAsync(b => b.AddPlain([2]));
        Assert.Equal(1, written.New);
    }

    [Fact]
    public async Task A_table_that_is_not_ours_is_refused()
    {
        using (var db = await SqliteDb.OpenToWriteAsync(Kit.File, new SqliteOptions(), Stop)) db.Run("CREATE TABLE \"order\" (name TEXT PRIMARY KEY, id INTEGER)");
        await WarehouseKit.FaultAsync(() => Kit.ExportAsync(b => b.AddPlain([1])), "Junipeer.Warehouse.ForeignTable");
        await Kit.ExportAsync(b => b.AddPlain([1]), prefix: "bp_");
        Assert.Equal("1|0", await Kit.OneAsync("SELECT (SELECT count(*) FROM bp_order), (SELECT count(*) FROM \"order\")"));
    }
}
