using Junipeer.Operations;
using Junipeer.Warehouse;
using Junipeer.Warehouses.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

public sealed class SqliteQueryTests : WarehouseTest
{
    [Fact]
    public async Task Values_come_out_typed_and_names_unique()
    {
        await Kit.ExportAsync(b => b.Add(1, "a", "12.30", []));
        var row = Assert.Single(await Kit.RowsAsync("SELECT id, id, total, total * 2, reference, x'01ff' AS bytes, NULL AS none, 2.5 AS \"\", count(*) FROM \"order\""));
        Assert.Equal([1L, 1L, 12.30m, 24.6, "a", new byte[] { 1, 255 }, null, 2.5, 1L], row.Values);
        Assert.IsType<decimal>(row.Values[2]);
        Assert.Equal(["id", "id_2", "total", "total * 2", "reference", "bytes", "none", "column8", "count(*)"], row.Columns);
    }

    [Fact]
    public async Task Whole_money_is_decimal_too()
    {
        await Kit.ExportAsync(b => b.Add(1, "a", "12.00", []));
        Assert.Equal(12m, Assert.IsType<decimal>(Assert.Single(await Kit.RowsAsync("SELECT total FROM \"order\"")).Values[0]));
    }

    [Fact]
    public async Task Parameters_find_what_was_stored()
    {
        var placed = new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.FromHours(2));
        await Kit.ExportAsync(b => b.Add(1, "a", "12.30", [], ("placed_on", placed), ("due", new DateOnly(2026, 5, 2)), ("is_test", true)).Add(2, "b", "100", []));
        foreach (var (condition, value) in new (string, object?)[]
        {
            ("id = @v", 1), ("id = @v", 1L), ("id = @v", 1m), ("id = @v", (byte)1), ("reference = @v", "a"), ("total = @v", 12.30m), ("total = @v", 12.3),
            ("placed_on = @v", placed), ("placed_on = @v", placed.UtcDateTime), ("placed_on = @v", placed.LocalDateTime), ("due = @v", new DateOnly(2026, 5, 2)),
            ("is_test = @v", true), ("total < @v", 100m), ("total + 0 > @v AND id = 1", 12.299m), ("ifnull(@v, 1) = id", null),
        })
        {
            Assert.Equal(["1"], await Kit.QueryAsync($"SELECT id FROM \"order\" WHERE {condition}", ("v", value)));
        }

        Assert.Equal(["3"], await Kit.QueryAsync("SELECT $a + :b", ("@a", 1), ("B", 2)));
    }

    [Theory]
    [InlineData("INSERT INTO \"order\" (id) VALUES (9)")]
    [InlineData("UPDATE \"order\" SET reference='x'")]
    [InlineData("DELETE FROM \"order\"")]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM \"order\"")]
    [InlineData("DROP TABLE \"order\"")]
    [InlineData("CREATE TABLE t (a)")]
    [InlineData("CREATE TEMP TABLE t (a)")]
    [InlineData("ATTACH 'other.db' AS other")]
    [InlineData("ATTACH ':memory:' AS other")]
    [InlineData("VACUUM INTO 'copy.db'")]
    [InlineData("PRAGMA journal_mode=DELETE")]
    [InlineData("PRAGMA user_version=5")]
    [InlineData("PRAGMA writable_schema=1")]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("SELECT 1; DELETE FROM \"order\"")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT load_extension('x')")]
    public async Task What_writes_is_refused(string sql)
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        await WarehouseKit.FaultAsync(() => Kit.QueryAsync(sql), "Junipeer.Query.NotReadOnly");
        Assert.Equal(["1|r"], await Kit.QueryAsync("SELECT id, reference FROM \"order\""));
        Assert.Equal([Kit.File], Directory.GetFiles(Kit.Folder));
    }

    [Theory]
    [InlineData("SELECT count(*) FROM \"order\"; -- the end\n ; ")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT max(i) FROM n")]
    [InlineData("PRAGMA table_info(\"order\")")]
    [InlineData("SELECT name FROM pragma_table_info('order')")]
    [InlineData("EXPLAIN QUERY PLAN SELECT * FROM \"order\"")]
    [InlineData("SELECT json_extract(payload, '$.id') FROM \"order\"")]
    [InlineData("VALUES (1)")]
    [InlineData("PRAGMA quick_check")]
    public async Task What_reads_is_run(string sql)
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        Assert.NotEmpty(await Kit.QueryAsync(sql));
    }

    [Theory]
    [InlineData("SELEC 1", "line 1, column 1")]
    [InlineData("SELECT 'ö',\n  nothere FROM \"order\"", "line 2, column 3")]
    [InlineData("SELECT * FROM nothere", "nothere")]
    [InlineData("", "no statement")]
    [InlineData("-- only a comment", "no statement")]
    [InlineData("SELECT @a", "@a")]
    [InlineData("SELECT abs(-9223372036854775808)", "integer overflow")]
    public async Task What_is_wrong_is_named_with_its_place(string sql, string expected)
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        var fault = await WarehouseKit.FaultAsync(() => Kit.QueryAsync(sql), "Junipeer.Query.Invalid");
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parameter_nobody_asks_for_is_a_mistake()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        await WarehouseKit.FaultAsync(() => Kit.QueryAsync("SELECT 1", ("x", 1)), "Junipeer.Query.Invalid");
    }

    [Fact]
    public async Task A_long_query_can_be_stopped()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        cancel.CancelAfter(200);
        await using var warehouse = Kit.Warehouse();
        var since = System.Diagnostics.Stopwatch.StartNew();
        const string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => warehouse.QueryAsync(new QueryRequest(new WarehouseReference(), endless), new ListSink(), cancel.Token));
        Assert.InRange(since.ElapsedMilliseconds, 100, 20_000);
    }

    [Fact]
    public async Task Rows_are_handed_on_as_they_are_read()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sink = new ListSink();
        sink.OnResult = () =>
        {
            if (sink.Results.Count == 3) cancel.Cancel();
        };
        await using var warehouse = Kit.Warehouse();
        const string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => warehouse.QueryAsync(new QueryRequest(new WarehouseReference(), endless), sink, cancel.Token));
        Assert.Equal(3, sink.Results.Count);
    }

    [Fact]
    public async Task A_query_reads_while_an_export_writes()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        using var db = await SqliteDb.OpenToWriteAsync(Kit.File, new SqliteOptions(), Stop);
        db.Run("BEGIN IMMEDIATE; INSERT INTO \"order\" (id) VALUES (2)");
        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM \"order\""));
        db.Run("COMMIT");
        Assert.Equal("2", await Kit.OneAsync("SELECT count(*) FROM \"order\""));
    }
}
