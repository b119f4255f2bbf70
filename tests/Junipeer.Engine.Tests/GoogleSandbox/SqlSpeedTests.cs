using System.Diagnostics;
using Junipeer.Sandbox.Google.Data;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class SqlSpeedTests
{
    private const int Rows = 100_000;

    [Fact]
    public void AHundredThousandRowsMergeInSeconds()
    {
        var box = new SqlBox().With(
            "CREATE TABLE t (id STRING NOT NULL, n INT64, total NUMERIC, `at` TIMESTAMP, payload STRING)",
            "CREATE TABLE s (id STRING NOT NULL, n INT64, total NUMERIC, `at` TIMESTAMP, payload STRING, _seq INT64)",
            "CREATE TABLE child (id STRING, n INT64)");
        box.Store.Append(new TableRef("p", "d", "t"), Make(0, 5));
        box.Store.Append(new TableRef("p", "d", "s"), Make(Rows / 2, 6));
        box.Store.Append(new TableRef("p", "d", "child"), Make(0, 2));
        var watch = Stopwatch.StartNew();

        var merge = box.Run("""
            MERGE `p.d.t` T USING (SELECT * FROM `p.d.s` QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY _seq DESC) = 1) S
            ON T.id = S.id
            WHEN MATCHED AND S.n > 0 THEN UPDATE SET n = S.n, total = S.total, `at` = S.`at`, payload = S.payload
            WHEN NOT MATCHED THEN INSERT (id, n, total, `at`, payload) VALUES (S.id, S.n, S.total, S.`at`, S.payload)
            """);
        var deleted = box.Run("DELETE FROM child c WHERE EXISTS (SELECT 1 FROM s WHERE s.id = c.id)").Dml!.Deleted;
        var inserted = box.Run("INSERT child (id, n) SELECT id, n FROM s WHERE id NOT IN (SELECT id FROM child)").Dml!.Inserted;

        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.ElapsedMilliseconds} ms");
        Assert.Equal((Rows / 2, Rows / 2), (merge.Dml!.Updated, merge.Dml.Inserted));
        Assert.Equal((Rows / 2, Rows), (deleted, inserted));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    private static List<object?[]> Make(int first, int width) => [.. Enumerable.Range(first, Rows).Select(i =>
        new object?[] { "order-" + i, i + 1L, Exact.FromInteger(i), new Instant(i * 1_000_000L), "{\"id\":" + i + "}", (long)i }[..width])];
}
