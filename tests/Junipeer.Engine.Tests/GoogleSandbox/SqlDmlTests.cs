using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Sql;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class SqlDmlTests
{
    private readonly SqlBox _box = new SqlBox().With(
        "CREATE TABLE t (id INT64 NOT NULL, name STRING(5), total NUMERIC(6, 2), n INT64 DEFAULT 7)",
        "CREATE TABLE s (id INT64, name STRING, total NUMERIC)",
        "INSERT t (id, name, total) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)",
        "INSERT INTO d.s VALUES (2, 'B', 20), (3, 'C', 30), (4, 'D', 40)");

    [Theory]
    [InlineData("INSERT t (id, name) VALUES (9, 'x')", "9|x|NULL|7", 1)]
    [InlineData("INSERT t (id, n) VALUES (9, DEFAULT), (10, NULL)", "9|NULL|NULL|7; 10|NULL|NULL|NULL", 2)]
    [InlineData("INSERT t (total, id) SELECT NUMERIC '1.555', 9", "9|NULL|1.56|7", 1)]
    [InlineData("INSERT t (id, total) VALUES (9, 1)", "9|NULL|1|7", 1)]
    [InlineData("INSERT t (id, name, total) SELECT id + 10, name, total FROM s WHERE id > 2", "13|C|30|7; 14|D|40|7", 2)]
    public void Insert(string sql, string expected, long inserted)
    {
        Assert.Equal(new DmlStats(inserted, 0, 0), _box.Run(sql).Dml);
        Assert.Equal(expected, _box.Rows("SELECT * FROM t WHERE id > 8 ORDER BY id"));
    }

    [Theory]
    [InlineData("UPDATE t SET name = 'z' WHERE id = 1", "1|z; 2|b; 3|c", 1)]
    [InlineData("UPDATE t SET name = NULL, total = total * 2 WHERE total > 1", "1|a; 2|NULL; 3|NULL", 2)]
    [InlineData("UPDATE t AS x SET name = CONCAT(x.name, '!') WHERE TRUE", "1|a!; 2|b!; 3|c!", 3)]
    [InlineData("UPDATE t SET name = s.name FROM s WHERE t.id = s.id", "1|a; 2|B; 3|C", 2)]
    [InlineData("UPDATE t SET name = 'z' WHERE id IN (SELECT id FROM s)", "1|a; 2|z; 3|z", 2)]
    [InlineData("UPDATE t SET name = 'z' WHERE name = NULL", "1|a; 2|b; 3|c", 0)]
    [InlineData("UPDATE t SET name = (SELECT s.name FROM s WHERE s.id = t.id) WHERE id > 1", "1|a; 2|B; 3|C", 2)]
    public void Update(string sql, string expected, long updated)
    {
        Assert.Equal(new DmlStats(0, updated, 0), _box.Run(sql).Dml);
        Assert.Equal(expected, _box.Rows("SELECT id, name FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("DELETE FROM t WHERE id = 1", "2; 3", 1)]
    [InlineData("DELETE t WHERE TRUE", "", 3)]
    [InlineData("DELETE FROM t x WHERE EXISTS (SELECT 1 FROM s WHERE s.id = x.id)", "1", 2)]
    [InlineData("DELETE FROM t WHERE id NOT IN (SELECT id FROM s)", "2; 3", 1)]
    [InlineData("TRUNCATE TABLE t", "", 3)]
    public void Delete(string sql, string expected, long deleted)
    {
        Assert.Equal(new DmlStats(0, 0, deleted), _box.Run(sql).Dml);
        Assert.Equal(expected, _box.Rows("SELECT id FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("WHEN MATCHED THEN UPDATE SET name = S.name", "1|a; 2|B; 3|C", 0, 2, 0)]
    [InlineData("WHEN MATCHED AND S.total > 25 THEN DELETE WHEN MATCHED THEN UPDATE SET name = S.name", "1|a; 2|B", 0, 1, 1)]
    [InlineData("WHEN NOT MATCHED THEN INSERT (id, name) VALUES (S.id, S.name)", "1|a; 2|b; 3|c; 4|D", 1, 0, 0)]
    [InlineData("WHEN NOT MATCHED BY TARGET AND id > 4 THEN INSERT (id) VALUES (id)", "1|a; 2|b; 3|c", 0, 0, 0)]
    [InlineData("WHEN NOT MATCHED BY SOURCE THEN DELETE", "2|b; 3|c", 0, 0, 1)]
    [InlineData("WHEN NOT MATCHED BY SOURCE AND T.id = 1 THEN UPDATE SET name = 'gone'", "1|gone; 2|b; 3|c", 0, 1, 0)]
    [InlineData("WHEN MATCHED THEN UPDATE SET name = S.name WHEN NOT MATCHED BY TARGET THEN INSERT (name, id) VALUES (name, id) WHEN NOT MATCHED BY SOURCE THEN DELETE", "2|B; 3|C; 4|D", 1, 2, 1)]
    public void Merge(string branches, string expected, long inserted, long updated, long deleted)
    {
        var result = _box.Run("MERGE `p.d.t` T USING (SELECT * FROM `p.d.s` QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY total DESC) = 1) S ON T.id = S.id " + branches);

        Assert.Equal(("MERGE", new DmlStats(inserted, updated, deleted)), (result.StatementType, result.Dml));
        Assert.Equal(expected, _box.Rows("SELECT id, name FROM t ORDER BY id"));
    }

    [Fact]
    public void MergeOnFalseReplacesAll()
    {
        _box.Run("MERGE t USING s ON FALSE WHEN NOT MATCHED THEN INSERT (id, name) VALUES (id, name) WHEN NOT MATCHED BY SOURCE THEN DELETE");
        Assert.Equal("2|B; 3|C; 4|D", _box.Rows("SELECT id, name FROM t ORDER BY id"));
    }

    [Fact]
    public void InsertRowTakesTheSourceAsItIs()
    {
        _box.Run("CREATE TABLE u AS SELECT * FROM s WHERE id = 2");
        _box.Run("MERGE u USING s ON u.id = s.id WHEN NOT MATCHED THEN INSERT ROW");
        Assert.Equal("2|B|20; 3|C|30; 4|D|40", _box.Rows("SELECT * FROM u ORDER BY id"));
    }

    [Fact]
    public void NullKeysNeverMatchUnlessAskedTo()
    {
        _box.With("CREATE TABLE a AS SELECT CAST(NULL AS INT64) AS k, 1 AS v", "CREATE TABLE b AS SELECT CAST(NULL AS INT64) AS k, 2 AS v");
        _box.Run("MERGE a USING b ON a.k = b.k WHEN MATCHED THEN UPDATE SET v = b.v WHEN NOT MATCHED THEN INSERT (k, v) VALUES (k, v)");
        Assert.Equal("1; 2", _box.Rows("SELECT v FROM a ORDER BY v"));

        _box.Run("MERGE a USING b ON a.k IS NOT DISTINCT FROM b.k WHEN MATCHED THEN UPDATE SET v = 5");
        Assert.Equal("5; 5", _box.Rows("SELECT v FROM a"));
    }

    [Theory]
    [InlineData("MERGE t USING (SELECT 1 AS id UNION ALL SELECT 1) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = 'x'", "UPDATE/MERGE must match at most one source row for each target row")]
    [InlineData("MERGE t USING (SELECT 1 AS id UNION ALL SELECT 1) s ON t.id = s.id WHEN MATCHED THEN DELETE", "UPDATE/MERGE must match at most one source row for each target row")]
    [InlineData("UPDATE t SET name = 'x' FROM (SELECT 1 AS id UNION ALL SELECT 1) s WHERE t.id = s.id", "UPDATE/MERGE must match at most one source row for each target row")]
    [InlineData("MERGE t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (t.id)", "Unrecognized name: t at [1:74]")]
    [InlineData("UPDATE t SET name = 'x'", "UPDATE must have a WHERE clause at [1:1]")]
    [InlineData("DELETE FROM t", "DELETE must have a WHERE clause at [1:1]")]
    [InlineData("INSERT t (id, nope) VALUES (1, 2)", "Column nope is not present in table p.d.t at [1:15]")]
    [InlineData("INSERT t (id, ID) VALUES (1, 2)", "INSERT has columns with duplicate name: ID at [1:15]")]
    [InlineData("INSERT t (id, name) VALUES (1)", "Inserted row has wrong column count; Has 1, expected 2 at [1:28]")]
    [InlineData("INSERT t (id) VALUES ('x')", "Value has type STRING which cannot be inserted into column id, which has type INT64 at [1:23]")]
    [InlineData("INSERT t (id, name) SELECT id, id FROM s", "Query column 2 has type INT64 which cannot be inserted into column name, which has type STRING at [1:21]")]
    [InlineData("INSERT t (id, total) SELECT 1, 1.5", "Query column 2 has type FLOAT64 which cannot be inserted into column total, which has type NUMERIC at [1:22]")]
    [InlineData("INSERT t (name) VALUES ('x')", "Required field id cannot be null")]
    [InlineData("INSERT t (id) VALUES (NULL)", "Required field id cannot be null")]
    [InlineData("UPDATE t SET id = NULL WHERE TRUE", "Required field id cannot be null")]
    [InlineData("UPDATE t SET name = 1 WHERE TRUE", "Value of type INT64 cannot be assigned to name, which has type STRING at [1:21]")]
    [InlineData("UPDATE t SET nope = 1 WHERE TRUE", "Column nope is not present in table p.d.t at [1:14]")]
    [InlineData("UPDATE t SET name = 'a', name = 'b' WHERE TRUE", "Update item name assigned more than once at [1:26]")]
    [InlineData("INSERT t (id, name) VALUES (1, 'toolong')", "STRING(5) has maximum length 5 but got a value with length 7")]
    [InlineData("INSERT t (id, total) VALUES (1, 12345)", "NUMERIC(6, 2) has precision 6 and scale 2 but got a value that is not in range: 12345")]
    public void Mistakes(string sql, string message)
    {
        var before = _box.Rows("SELECT * FROM t");
        Assert.Equal(message, _box.Error(sql));
        Assert.Equal(before, _box.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void StreamedRowsCannotBeChangedForHalfAnHour()
    {
        _box.Store.Append(new TableRef("p", "d", "t"), [[9L]], streamed: true);
        Assert.Equal("UPDATE or DELETE statement over table p.d.t would affect rows in the streaming buffer, which is not supported", _box.Error("DELETE FROM t WHERE id = 9"));
        _box.Run("INSERT t (id) VALUES (10)");

        _box.Now += TimeSpan.FromMinutes(31);
        _box.Run("DELETE FROM t WHERE id = 9");
    }

    [Fact]
    public void RowsOlderThanAColumnHaveNullInIt()
    {
        _box.Run("ALTER TABLE t ADD COLUMN note STRING, ADD COLUMN IF NOT EXISTS name STRING");
        Assert.Equal("1|NULL", _box.Rows("SELECT id, note FROM t WHERE note IS NULL LIMIT 1"));
        Assert.Equal("1|a|1|7|NULL", _box.Rows("SELECT * FROM t WHERE id = 1"));
        _box.Run("UPDATE t SET note = 'x' WHERE id = 1");
        Assert.Equal("1|x; 2|NULL; 3|NULL", _box.Rows("SELECT id, note FROM t ORDER BY id"));
    }
}
