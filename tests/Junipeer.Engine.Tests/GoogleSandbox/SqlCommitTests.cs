using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Sql;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

/// <summary>A whole commit of a loader: lease, upsert, children, deletes and a bookmark in one transaction.</summary>
public sealed class SqlCommitTests
{
    private const string Commit = """
        BEGIN TRANSACTION;
        ASSERT (SELECT MAX(number) FROM `d._meta` WHERE prefix=@prefix AND name=@lease_name) = @lease AS 'lease lost';
        MERGE `d.orders` T
        USING (SELECT * FROM `d.orders_stage` QUALIFY ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY _seq DESC) = 1) S
        ON T.`id` = S.`id`
        WHEN MATCHED THEN UPDATE SET `total` = S.`total`, `_is_deleted` = S.`_is_deleted`
        WHEN NOT MATCHED BY TARGET THEN INSERT (`id`, `total`, `_is_deleted`) VALUES (S.`id`, S.`total`, S.`_is_deleted`);
        DELETE FROM `d.rows` c WHERE EXISTS (SELECT 1 FROM `d.orders_stage` r WHERE c.`id` = r.`id`);
        INSERT INTO `d.rows` (`id`, `sku`)
        SELECT c.`id`, c.`sku` FROM `d.rows_stage` c
        JOIN (SELECT `id`, MAX(_seq) AS last_seq FROM `d.orders_stage` GROUP BY `id`) r
        ON c.`id` = r.`id` AND c._seq = r.last_seq
        QUALIFY ROW_NUMBER() OVER (PARTITION BY c.`id`, c.`sku` ORDER BY c._seq DESC) = 1;
        UPDATE `d.orders` t SET _is_deleted = TRUE WHERE t._is_deleted IS NOT TRUE AND EXISTS (SELECT 1 FROM `d.gone` g WHERE t.`id` = g.`id`);
        INSERT INTO `d._meta` (prefix, name, number, value, `at`) VALUES (@prefix, @lease_name, @lease, 'renewed', CURRENT_TIMESTAMP());
        COMMIT TRANSACTION;
        """;

    private readonly SqlBox _box = new SqlBox().With(
        "CREATE TABLE d._meta (prefix STRING, name STRING, number INT64, value STRING, `at` TIMESTAMP)",
        "CREATE TABLE d.orders (id INT64 NOT NULL, total NUMERIC, _is_deleted BOOL) CLUSTER BY id",
        "CREATE TABLE d.orders_stage (id INT64, total NUMERIC, _is_deleted BOOL, _seq INT64)",
        "CREATE TABLE d.rows (id INT64, sku STRING)",
        "CREATE TABLE d.rows_stage (id INT64, sku STRING, _seq INT64)",
        "CREATE TABLE d.gone (id INT64)",
        "INSERT d._meta VALUES ('x', 'lease:orders', 3, 'mine', CURRENT_TIMESTAMP()), ('x', 'lease:orders', 4, 'mine', CURRENT_TIMESTAMP()), ('y', 'lease:orders', 9, '', NULL)",
        "INSERT d.orders VALUES (1, 10, FALSE), (2, 20, NULL), (3, 30, FALSE)",
        "INSERT d.rows VALUES (1, 'a'), (2, 'b'), (2, 'c')",
        "INSERT d.orders_stage VALUES (2, 21, FALSE, 1), (2, 22, FALSE, 2), (4, 40.5, FALSE, 3)",
        "INSERT d.rows_stage VALUES (2, 'old', 1), (2, 'd', 2), (2, 'd', 2), (4, 'e', 3)",
        "INSERT d.gone VALUES (3)").Give("prefix", FieldType.String, "x").Give("lease_name", FieldType.String, "lease:orders").Give("lease", FieldType.Integer, 4L);

    [Fact]
    public void EverythingBecomesVisibleTogether()
    {
        var result = _box.Run(Commit);

        Assert.Equal("1|10|false; 2|22|false; 3|30|true; 4|40.5|false", _box.Rows("SELECT * FROM orders ORDER BY id"));
        Assert.Equal("1|a; 2|d; 4|e", _box.Rows("SELECT * FROM d.rows ORDER BY id, sku"));
        Assert.Equal("renewed", _box.Rows("SELECT value FROM d._meta WHERE prefix = 'x' QUALIFY ROW_NUMBER() OVER (PARTITION BY name ORDER BY number DESC, value DESC) = 1"));
        Assert.Equal([null, null, new DmlStats(1, 1, 0), new DmlStats(0, 0, 2), new DmlStats(2, 0, 0), new DmlStats(0, 1, 0), new DmlStats(1, 0, 0), null], result.Children.Select(c => c.Dml));
    }

    [Fact]
    public void ALostLeaseStopsEverything()
    {
        _box.Run("INSERT d._meta VALUES ('x', 'lease:orders', 5, 'theirs', CURRENT_TIMESTAMP())");
        Assert.Equal("Query error: lease lost at [2:1]", _box.Error(Commit));
        Assert.Equal("1|10|false; 2|20|NULL; 3|30|false", _box.Rows("SELECT * FROM orders ORDER BY id"));
    }

    [Fact]
    public void ADryRunOfTheScriptKnowsItsTables()
    {
        var result = _box.DryRun(Commit);
        Assert.Equal("SCRIPT", result.StatementType);
        Assert.Contains(new TableRef("p", "d", "orders"), result.ReferencedTables);
        Assert.Contains("MERGE", result.Children.Select(c => c.StatementType));
        Assert.Equal("3", _box.Rows("SELECT COUNT(*) FROM orders"));
    }

    [Theory]
    [InlineData("INSERT d._meta (prefix, at) VALUES ('a', NULL)", 25)]
    [InlineData("SELECT prefix FROM d._meta ORDER BY at", 37)]
    [InlineData("SELECT at FROM d._meta", 8)]
    public void AReservedWordNeedsQuotes(string sql, int column) => Assert.Equal($"Syntax error: Unexpected keyword AT at [1:{column}]", _box.Error(sql));
}
