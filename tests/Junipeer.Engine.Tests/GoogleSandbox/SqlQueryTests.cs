using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class SqlQueryTests
{
    private readonly SqlBox _box = new SqlBox().With(
        "CREATE TABLE orders (id INT64 NOT NULL, customer STRING, total NUMERIC, placed TIMESTAMP, tags ARRAY<STRING>, ship STRUCT<city STRING, zip STRING>)",
        """
        INSERT orders (id, customer, total, placed, tags, ship) VALUES
        (1, 'ann', 10.5, TIMESTAMP '2026-01-01', ['x', 'y'], STRUCT('Oslo', '1')),
        (2, 'bob', 20, TIMESTAMP '2026-01-02', [], NULL),
        (3, 'ann', NULL, TIMESTAMP '2026-01-03', ['x'], STRUCT('Rome', '2')),
        (4, NULL, 5, NULL, NULL, NULL)
        """,
        "CREATE TABLE people (name STRING, age INT64)",
        "INSERT people VALUES ('ann', 30), ('cid', 40)");

    [Theory]
    [InlineData("SELECT id FROM orders WHERE total > 10 ORDER BY id", "1; 2")]
    [InlineData("SELECT ID, Total AS t FROM `p.d.orders` WHERE id = 1", "1|10.5")]
    [InlineData("SELECT o.id FROM `p`.`d`.`orders` AS o WHERE o.id = 2", "2")]
    [InlineData("SELECT o.id FROM `p`.d.orders o WHERE id IN (3, 4) ORDER BY o.id DESC", "4; 3")]
    [InlineData("SELECT customer FROM orders ORDER BY customer, id DESC", "NULL; ann; ann; bob")]
    [InlineData("SELECT customer FROM orders ORDER BY customer DESC, 1", "bob; ann; ann; NULL")]
    [InlineData("SELECT customer FROM orders ORDER BY customer NULLS LAST LIMIT 1 OFFSET 3", "NULL")]
    [InlineData("SELECT DISTINCT customer FROM orders ORDER BY customer", "NULL; ann; bob")]
    [InlineData("SELECT * EXCEPT (placed, tags, ship, total) FROM orders WHERE id = 1", "1|ann")]
    [InlineData("SELECT o.* EXCEPT (placed, tags, ship, total) FROM orders o WHERE id = 2", "2|bob")]
    [InlineData("SELECT ship.city, o.ship.zip FROM orders o WHERE id IN (1, 2) ORDER BY id", "Oslo|1; NULL|NULL")]
    [InlineData("SELECT tags FROM orders WHERE id = 1", "[x,y]")]
    [InlineData("SELECT id, tag FROM orders, UNNEST(tags) AS tag ORDER BY id, tag", "1|x; 1|y; 3|x")]
    [InlineData("SELECT id, tag FROM orders o, o.tags AS tag WHERE tag = 'x' ORDER BY 1", "1|x; 3|x")]
    [InlineData("SELECT id, tag FROM orders LEFT JOIN UNNEST(tags) AS tag WHERE id < 3 ORDER BY id, tag", "1|x; 1|y; 2|NULL")]
    [InlineData("SELECT id FROM orders WHERE 'y' IN UNNEST(tags)", "1")]
    [InlineData("SELECT tag, off FROM UNNEST(['a', 'b']) AS tag WITH OFFSET AS off", "a|0; b|1")]
    [InlineData("SELECT id -- a comment\n FROM orders # another\n WHERE /* and\n a third */ id = 1", "1")]
    [InlineData("SELECT (SELECT AS STRUCT id, total).total FROM orders WHERE id = 1", "10.5")]
    [InlineData("SELECT id FROM orders WHERE total = 10.5", "1")]
    [InlineData("SELECT id FROM orders WHERE (customer, id) IN (('ann', 3), ('bob', 1))", "3")]
    [InlineData("SELECT id FROM (SELECT * FROM orders WHERE id < 3) WHERE id > 1", "2")]
    [InlineData("SELECT o.customer IS NULL AS missing FROM orders o GROUP BY missing ORDER BY missing", "false; true")]
    [InlineData("SELECT a + 1 FROM UNNEST([STRUCT(1 AS a), STRUCT(2 AS a)])", "2; 3")]
    public void Select(string sql, string expected) => Assert.Equal(expected, _box.Rows(sql));

    [Theory]
    [InlineData("SELECT COUNT(*), COUNT(total), SUM(total), MIN(id), MAX(customer), COUNTIF(id > 2) FROM orders", "4|3|35.5|1|bob|2")]
    [InlineData("SELECT COUNT(*), SUM(total), MAX(id) FROM orders WHERE FALSE", "0|NULL|NULL")]
    [InlineData("SELECT COUNT(*) FROM orders WHERE FALSE GROUP BY customer", "")]
    [InlineData("SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer HAVING n > 1", "ann|2")]
    [InlineData("SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer HAVING COUNT(*) > 1", "ann|2")]
    [InlineData("SELECT UPPER(customer) AS c, SUM(id) FROM orders GROUP BY c ORDER BY 2 DESC", "ANN|4; NULL|4; BOB|2")]
    [InlineData("SELECT UPPER(customer), MAX(id) FROM orders GROUP BY UPPER(customer) ORDER BY MAX(id)", "BOB|2; ANN|3; NULL|4")]
    [InlineData("SELECT o.customer FROM orders o GROUP BY customer ORDER BY customer", "NULL; ann; bob")]
    [InlineData("SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer HAVING customer = 'ann' AND NOT n > 5", "ann|2")]
    [InlineData("SELECT COUNT(DISTINCT customer) FROM orders", "2")]
    [InlineData("SELECT AVG(id), AVG(total) FROM orders", "2.5|11.833333333")]
    [InlineData("SELECT ARRAY_AGG(id ORDER BY id DESC LIMIT 2) FROM orders", "[4,3]")]
    [InlineData("SELECT STRING_AGG(customer, '-' ORDER BY id) FROM orders", "ann-bob-ann")]
    [InlineData("SELECT ANY_VALUE(customer) FROM orders WHERE id = 2", "bob")]
    [InlineData("SELECT DATE(placed) AS day, COUNT(*) FROM orders WHERE placed IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT 1", "2026-01-01|1")]
    public void Aggregates(string sql, string expected) => Assert.Equal(expected, _box.Rows(sql));

    [Theory]
    [InlineData("SELECT o.id, p.age FROM orders o JOIN people p ON o.customer = p.name ORDER BY 1", "1|30; 3|30")]
    [InlineData("SELECT o.id, p.age FROM orders o LEFT JOIN people p ON o.customer = p.name AND o.id > 1 ORDER BY 1", "1|NULL; 2|NULL; 3|30; 4|NULL")]
    [InlineData("SELECT a.id, b.id FROM orders a JOIN orders b ON a.id < b.id AND b.id < 3", null)]
    [InlineData("SELECT a.id, b.id AS other FROM orders a JOIN orders b ON a.id < b.id AND b.id < 3", "1|2")]
    [InlineData("SELECT name, n.age FROM people o JOIN (SELECT name, age + 1 AS age FROM people) n USING (name) ORDER BY 1", "ann|31; cid|41")]
    [InlineData("SELECT COUNT(*) FROM orders CROSS JOIN people", "8")]
    [InlineData("SELECT name FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.name)", "ann")]
    [InlineData("SELECT name FROM people p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.name AND o.id > 1)", "cid")]
    [InlineData("SELECT EXISTS (SELECT 1 FROM orders WHERE id = 9), EXISTS (SELECT 1 FROM orders WHERE id = 1)", "false|true")]
    [InlineData("SELECT name FROM people WHERE name NOT IN (SELECT customer FROM orders)", "")]
    [InlineData("SELECT name FROM people WHERE name IN (SELECT customer FROM orders)", "ann")]
    [InlineData("SELECT name, (SELECT SUM(o.total) FROM orders o WHERE o.customer = p.name) FROM people p ORDER BY 1", "ann|10.5; cid|NULL")]
    [InlineData("SELECT ARRAY(SELECT id FROM orders WHERE id < 3 ORDER BY id)", "[1,2]")]
    public void Joins(string sql, string? expected)
    {
        if (expected is null)
        {
            _box.Fails(sql);
            return;
        }

        Assert.Equal(expected, _box.Rows(sql));
    }

    [Theory]
    [InlineData("SELECT id FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer ORDER BY placed DESC) = 1 ORDER BY id", "2; 3; 4")]
    [InlineData("SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id) AS n FROM orders WHERE TRUE QUALIFY n = 2", "3|2")]
    [InlineData("SELECT * EXCEPT (rn) FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) AS rn FROM orders) WHERE rn = 1", "4")]
    [InlineData("SELECT customer, RANK() OVER (ORDER BY customer) AS r FROM orders ORDER BY r, id", "NULL|1; ann|2; ann|2; bob|4")]
    [InlineData("SELECT customer, SUM(id) AS s FROM orders GROUP BY customer QUALIFY ROW_NUMBER() OVER (ORDER BY SUM(id), customer) = 1", "bob|2")]
    [InlineData("WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT x, y FROM a CROSS JOIN b", "1|2")]
    [InlineData("SELECT 1 AS x UNION ALL SELECT 1 UNION ALL SELECT 2 ORDER BY x DESC LIMIT 2", "2; 1")]
    [InlineData("SELECT 1 UNION DISTINCT SELECT 1", "1")]
    [InlineData("SELECT 1 AS x UNION ALL SELECT NUMERIC '1.5'", "1; 1.5")]
    [InlineData("(SELECT 1 AS x) UNION ALL (SELECT 2) ORDER BY x", "1; 2")]
    [InlineData("SELECT TO_JSON_STRING(p) FROM people p WHERE age = 30", "{\"name\":\"ann\",\"age\":30}")]
    public void WindowsAndParts(string sql, string expected) => Assert.Equal(expected, _box.Rows(sql));

    [Theory]
    [InlineData("SELECT", "Syntax error: Unexpected end of script at [1:7]")]
    [InlineData("SELEC 1", "Syntax error: Unexpected identifier \"SELEC\" at [1:1]")]
    [InlineData("SELECT 1 FROM", "Syntax error: Unexpected end of script at [1:14]")]
    [InlineData("SELECT id\nFROM orders\nWHERE order = 1", "Syntax error: Unexpected keyword ORDER at [3:7]")]
    [InlineData("SELECT 'abc", "Syntax error: Unclosed string literal at [1:8]")]
    [InlineData("SELECT nope FROM orders", "Unrecognized name: nope at [1:8]")]
    [InlineData("SELECT o.nope FROM orders o", "Name nope not found inside o at [1:8]")]
    [InlineData("SELECT name FROM people a, people b", "Column name name is ambiguous at [1:8]")]
    [InlineData("SELECT 1 FROM people a, people a", "Duplicate table alias a in the same FROM clause at [1:25]")]
    [InlineData("SELECT id, SUM(total) FROM orders", "SELECT list expression references column id which is neither grouped nor aggregated at [1:8]")]
    [InlineData("SELECT id FROM orders WHERE SUM(id) > 1", "Aggregate function SUM not allowed in WHERE clause at [1:29]")]
    [InlineData("SELECT id FROM orders WHERE id", "WHERE clause should return type BOOL, but returns type INT64 at [1:29]")]
    [InlineData("SELECT id, id FROM orders", "Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): id at [1:1]")]
    [InlineData("SELECT 1 UNION ALL SELECT 1, 2", "Queries in UNION ALL have mismatched column count; query 1 has 1 columns, query 2 has 2 columns at [1:10]")]
    [InlineData("SELECT 1; SELECT FROM", "Syntax error: Unexpected keyword FROM at [1:18]")]
    [InlineData("SELECT o.id FROM orders o LEFT JOIN people p ON o.id < p.age", "LEFT OUTER JOIN cannot be used without a condition that is an equality of fields from both sides of the join.")]
    [InlineData("SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM people p WHERE p.age > o.id)", "Correlated subqueries that reference other tables are not supported unless they can be de-correlated, such as by transforming them into an efficient JOIN.")]
    [InlineData("SELECT DISTINCT tags FROM orders", "Column tags of type ARRAY<STRING> cannot be used in SELECT DISTINCT at [1:1]")]
    [InlineData("SELECT id FROM orders ORDER BY ship", "ORDER BY does not support expressions of type STRUCT<city STRING, zip STRING> at [1:32]")]
    [InlineData("SELECT id FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY id / 2) = 1", "Partitioning by expressions of type FLOAT64 is not allowed at [1:31]")]
    [InlineData("SELECT id FROM orders LIMIT -1", "LIMIT and OFFSET expect a non-negative integer literal or parameter at [1:29]")]
    [InlineData("SELECT id FROM orders WHERE id IN (SELECT id, total FROM orders)", "Subquery of type IN must have only one output column at [1:29]")]
    [InlineData("SELECT id FROM orders GROUP BY tags", "Grouping by expressions of type ARRAY<STRING> is not allowed at [1:32]")]
    [InlineData("SELECT id FROM orders HAVING id > 1", "The HAVING clause requires GROUP BY or aggregation to be present at [1:30]")]
    [InlineData("SELECT id FROM orders QUALIFY id = 1", "The QUALIFY clause requires analytic function to be present at [1:31]")]
    [InlineData("SELECT SUM(COUNT(*)) FROM orders", "Aggregations of aggregations are not allowed at [1:12]")]
    [InlineData("SELECT * EXCEPT (nope) FROM people", "Column nope in SELECT * EXCEPT list does not exist at [1:8]")]
    [InlineData("SELECT *", "SELECT * must have a FROM clause at [1:8]")]
    [InlineData("SELECT * FROM orders FULL JOIN people ON TRUE", "FULL JOIN is not supported by the simulator at [1:22]")]
    public void Mistakes(string sql, string message)
    {
        var error = _box.Fails(sql);
        Assert.Equal(message, error.Message);
        Assert.Equal("invalidQuery", error.Reason);
    }

    [Theory]
    [InlineData("SELECT * FROM d.Orders", "Not found: Table p:d.Orders was not found in location EU")]
    [InlineData("SELECT * FROM d.nothing", "Not found: Table p:d.nothing was not found in location EU")]
    [InlineData("SELECT * FROM `q.e.t`", "Not found: Dataset q:e was not found in location EU")]
    public void Missing(string sql, string message)
    {
        var error = _box.Fails(sql);
        Assert.Equal((message, "notFound"), (error.Message, error.Reason));
    }

    [Fact]
    public void TheLocationMustBeThatOfTheDataset()
    {
        var error = Assert.Throws<Junipeer.Sandbox.Google.Sql.SqlException>(() => _box.Engine.Run(_box.Request("SELECT 1 FROM orders") with { Location = "US" }, TestContext.Current.CancellationToken));
        Assert.Equal("Not found: Dataset p:d was not found in location US", error.Message);
    }

    [Fact]
    public void AccessIsAskedFor()
    {
        var request = _box.Request("SELECT 1 FROM orders") with { Allowed = (_, _) => false };
        var error = Assert.Throws<Junipeer.Sandbox.Google.Sql.SqlException>(() => _box.Engine.Run(request, TestContext.Current.CancellationToken));
        Assert.Equal("accessDenied", error.Reason);
    }

    [Fact]
    public void InformationSchemaKnowsTheColumns()
    {
        Assert.Equal("id|1|NO|INT64; customer|2|YES|STRING; total|3|YES|NUMERIC; placed|4|YES|TIMESTAMP; tags|5|YES|ARRAY<STRING>; ship|6|YES|STRUCT<city STRING, zip STRING>",
            _box.Rows("SELECT column_name, ordinal_position, is_nullable, data_type FROM d.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'orders' ORDER BY 2"));
        Assert.Equal("orders; people", _box.Rows("SELECT table_name FROM `p.d.INFORMATION_SCHEMA.TABLES` ORDER BY 1"));
    }
}
