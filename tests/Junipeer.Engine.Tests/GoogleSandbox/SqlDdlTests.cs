using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Sql;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class SqlDdlTests
{
    private const long TenMegabytes = 10 << 20;
    private readonly SqlBox _box = new();

    [Fact]
    public void CreateTableReadsItsWholeDescription()
    {
        var result = _box.Run("""
            CREATE TABLE IF NOT EXISTS `p.d.o` (
              id STRING NOT NULL OPTIONS (description = 'the key'),
              total NUMERIC(20, 4),
              lines ARRAY<STRUCT<sku STRING, qty INT64>>,
              raw JSON,
              placed TIMESTAMP DEFAULT CURRENT_TIMESTAMP(),
              PRIMARY KEY (id) NOT ENFORCED)
            PARTITION BY TIMESTAMP_TRUNC(placed, MONTH)
            CLUSTER BY id
            OPTIONS (description = 'orders', labels = [('tool', 'x')], require_partition_filter = TRUE, partition_expiration_days = 1.5)
            """);

        var table = _box.Table("o");
        Assert.Equal(("CREATE_TABLE", "CREATE"), (result.StatementType, result.DdlOperation));
        Assert.Equal(["id STRING Required", "total NUMERIC Nullable", "lines ARRAY<STRUCT<sku STRING, qty INT64>> Repeated", "raw JSON Nullable", "placed TIMESTAMP Nullable"], table.Fields.Select(f => $"{f.Name} {f.SqlType} {f.Mode}"));
        Assert.Equal(("the key", 20, 4), (table.Fields[0].Description, table.Fields[1].Precision, table.Fields[1].Scale));
        Assert.Equal(new TimePartitioning("MONTH", "placed", 129_600_000), table.TimePartitioning);
        Assert.Equal(("orders", "x", true, "id", "id"), (table.Description, table.Labels["tool"], table.RequirePartitionFilter, table.Clustering.Single(), table.PrimaryKey.Single()));
        Assert.Equal("SKIP", _box.Run("CREATE TABLE IF NOT EXISTS d.o (x INT64)").DdlOperation);
    }

    [Theory]
    [InlineData("CREATE TABLE t (x INT64)", "Already Exists: Table p:d.t")]
    [InlineData("CREATE TABLE u (x INT64, X STRING)", "Field X already exists in schema at [1:1]")]
    [InlineData("CREATE TABLE u (_PARTITION_x INT64)", null)]
    [InlineData("CREATE TABLE u (x FROB)", "Type not found: FROB at [1:19]")]
    [InlineData("CREATE TABLE u AS SELECT 1", "CREATE TABLE columns must be named, but column 1 has no name at [1:19]")]
    [InlineData("CREATE TABLE e.u (x INT64)", "Not found: Dataset p:e was not found in location EU")]
    [InlineData("CREATE TABLE u (x NUMERIC(40, 2))", null)]
    [InlineData("CREATE TABLE u (x INT64) CLUSTER BY y", "The field specified for clustering cannot be found in the schema. Field: y at [1:1]")]
    [InlineData("DROP TABLE nothing", "Not found: Table p:d.nothing")]
    [InlineData("ALTER TABLE t ADD COLUMN x STRING", "Column already exists: x at [1:1]")]
    [InlineData("ALTER TABLE t ADD COLUMN y STRING NOT NULL", "Cannot add required field y to an existing table at [1:1]")]
    [InlineData("CREATE TEMP TABLE z (x INT64)", "Use of CREATE TEMPORARY TABLE requires a script or session at [1:1]")]
    [InlineData("CREATE SCHEMA d", "Already Exists: Dataset p:d")]
    [InlineData("GRANT x", "Syntax error: Unexpected identifier \"GRANT\" at [1:1]")]
    public void Mistakes(string sql, string? message)
    {
        _box.Run("CREATE TABLE t (x INT64)");
        var error = _box.Error(sql);
        if (message is not null)
        {
            Assert.Equal(message, error);
        }
    }

    [Fact]
    public void TablesComeAndGo()
    {
        _box.Run("CREATE SCHEMA IF NOT EXISTS e OPTIONS (location = 'EU', description = 'x')");
        _box.Run("CREATE TABLE e.t PARTITION BY day AS SELECT DATE '2026-01-01' AS day, 1 AS n");
        Assert.Equal("REPLACE", _box.Run("CREATE OR REPLACE TABLE e.t (n INT64) AS SELECT 5").DdlOperation);
        Assert.Equal("5", _box.Rows("SELECT n FROM e.t"));
        Assert.Contains("still in use", _box.Error("DROP SCHEMA e"), StringComparison.Ordinal);
        Assert.Equal("DROP", _box.Run("DROP TABLE e.t").DdlOperation);
        Assert.Equal("SKIP", _box.Run("DROP TABLE IF EXISTS e.t").DdlOperation);
        _box.Run("DROP SCHEMA e");
    }

    [Fact]
    public void BytesAreThoseOfTheColumnsReadAndTheMinimumOfATable()
    {
        _box.With("CREATE TABLE t (a INT64, b STRING, c NUMERIC)", "INSERT t VALUES (1, 'xx', 1), (2, 'yy', NULL)");

        Assert.Equal((16, TenMegabytes), Bytes("SELECT a FROM t"));
        Assert.Equal((16 + 8 + 16, TenMegabytes), Bytes("SELECT * FROM t"));
        Assert.Equal((0, TenMegabytes), Bytes("SELECT COUNT(*) FROM t"));
        Assert.Equal((24, TenMegabytes), Bytes("SELECT x.a FROM t x JOIN t y ON x.b = y.b"));
        Assert.Equal((0, 0), Bytes("SELECT 1"));
        Assert.Equal((40, TenMegabytes), Bytes("UPDATE t SET a = 5 WHERE a = 1"));
        Assert.Equal((16, TenMegabytes), Bytes("INSERT t (a) SELECT a FROM t"));
        var request = _box.Request("SELECT a FROM t") with { MaximumBytesBilled = 1000 };
        var error = Assert.Throws<SqlException>(() => _box.Engine.Run(request, TestContext.Current.CancellationToken));
        Assert.Equal(("bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 1000. 10485760 or higher required."), (error.Reason, error.Message));
    }

    [Theory]
    [InlineData("SELECT n FROM t WHERE t.at >= TIMESTAMP '2026-01-02'", 32)]
    [InlineData("SELECT n FROM t WHERE TIMESTAMP '2026-01-02' <= t.at AND n > 0", 32)]
    [InlineData("SELECT n FROM t WHERE t.at BETWEEN '2026-01-01' AND '2026-01-01 10:00:00'", 16)]
    [InlineData("SELECT n FROM t WHERE t.at IN ('2026-01-01', '2026-01-02')", 32)]
    [InlineData("SELECT n FROM t WHERE t.at < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 29 DAY)", 32)]
    [InlineData("SELECT n FROM t WHERE t.at = (SELECT MAX(x.at) FROM t x)", 56)]
    [InlineData("SELECT n FROM t WHERE t.at = '2026-01-01' OR n = 4", 56)]
    [InlineData("SELECT n FROM t WHERE t.at IS NULL", 8)]
    [InlineData("SELECT n FROM t WHERE t.at > '2027-01-01'", 0)]
    [InlineData("SELECT n FROM t", 32)]
    [InlineData("DELETE FROM t WHERE t.at >= '2026-01-31'", 16)]
    [InlineData("MERGE t USING (SELECT 1 AS n) s ON t.n = s.n AND t.at < '2026-01-02' WHEN MATCHED THEN DELETE", 32)]
    public void ConstantsPrunePartitions(string sql, long bytes)
    {
        _box.With("CREATE TABLE t (`at` TIMESTAMP, n INT64) PARTITION BY DATE(`at`)", "INSERT t VALUES ('2026-01-01', 1), ('2026-01-02', 2), (NULL, 3), ('2026-01-31', 4)");
        Assert.Equal(bytes, _box.DryRun(sql).BytesProcessed);
    }

    [Fact]
    public void ARequiredPartitionFilterMustBeThere()
    {
        _box.With("CREATE TABLE t (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = TRUE)", "INSERT t VALUES ('2026-01-01', 1), ('2026-01-02', 2)");
        const string Message = "Cannot query over table 'p.d.t' without a filter over column(s) 'day' that can be used for partition elimination";

        Assert.Equal(Message, _box.Error("SELECT n FROM t"));
        Assert.Equal(Message, _box.Error("DELETE FROM t WHERE n = 1"));
        Assert.Equal(Message, _box.Error("MERGE t USING (SELECT 1 AS n) s ON t.n = s.n WHEN MATCHED THEN DELETE"));
        Assert.Equal("1", _box.Rows("SELECT n FROM t WHERE day < '2026-01-02'"));
        _box.Run("MERGE t USING (SELECT 1 AS n) s ON t.n = s.n AND t.day BETWEEN DATE '2026-01-01' AND DATE '2026-01-31' WHEN MATCHED THEN DELETE");
        Assert.Equal("2", _box.Rows("SELECT n FROM t WHERE day IS NOT NULL AND day >= '2026-01-01'"));
    }

    [Fact]
    public void ADryRunAnswersTheShapeAndChangesNothing()
    {
        _box.With("CREATE TABLE t (a INT64)", "INSERT t VALUES (1)");

        var select = _box.DryRun("SELECT a AS x, @later AS y, 1.5 FROM t");
        Assert.Equal(["x INT64", "y INT64", "f0_ FLOAT64"], select.Schema.Select(f => $"{f.Name} {f.SqlType}"));
        Assert.Equal(["later"], select.UndeclaredParameters.Select(f => f.Name));
        Assert.Equal(("DELETE", 8), (_box.DryRun("DELETE FROM t WHERE TRUE").StatementType, _box.DryRun("DELETE FROM t WHERE TRUE").BytesProcessed));
        _box.DryRun("CREATE TABLE u (a INT64)");
        _box.DryRun("DROP TABLE t");
        Assert.Equal("SCRIPT", _box.DryRun("DELETE FROM t WHERE TRUE; SELECT 1").StatementType);
        Assert.Equal("1", _box.Rows("SELECT COUNT(*) FROM t"));
        Assert.Null(_box.Store.FindTable(new TableRef("p", "d", "u")));
    }

    private (long Processed, long Billed) Bytes(string sql)
    {
        var result = _box.DryRun(sql);
        return (result.BytesProcessed, result.BytesBilled);
    }
}
