using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Sql;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class SqlScriptTests
{
    private readonly SqlBox _box = new SqlBox().With("CREATE TABLE t (id INT64, v STRING)", "CREATE TABLE log (n INT64)", "INSERT t VALUES (1, 'a'), (2, 'b')");

    [Fact]
    public void ATransactionMakesAllItsChangesVisibleTogether()
    {
        var result = _box.Run("""
            BEGIN TRANSACTION;
            MERGE t USING (SELECT 2 AS id, 'B' AS v UNION ALL SELECT 3, 'C') s ON t.id = s.id
              WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT ROW;
            DELETE FROM t WHERE id = 1;
            INSERT log VALUES ((SELECT COUNT(*) FROM t));
            COMMIT TRANSACTION;
            """);

        Assert.Equal("SCRIPT", result.StatementType);
        Assert.Equal(["BEGIN_TRANSACTION", "MERGE", "DELETE", "INSERT", "COMMIT_TRANSACTION"], result.Children.Select(c => c.StatementType));
        Assert.Equal("2|B; 3|C", _box.Rows("SELECT * FROM t ORDER BY id"));
        Assert.Equal("2", _box.Rows("SELECT n FROM log"));
    }

    [Theory]
    [InlineData("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; ROLLBACK TRANSACTION;")]
    [InlineData("BEGIN; DELETE FROM t WHERE TRUE; INSERT log VALUES (1);")]
    [InlineData("BEGIN TRANSACTION; INSERT log VALUES (1); SELECT 1/0; COMMIT TRANSACTION;")]
    [InlineData("BEGIN TRANSACTION; UPDATE t SET v = 'x' WHERE TRUE; ASSERT FALSE AS 'lost'; COMMIT TRANSACTION;")]
    [InlineData("BEGIN TRANSACTION; TRUNCATE TABLE t; IF TRUE THEN RAISE USING MESSAGE = 'no'; END IF; COMMIT;")]
    [InlineData("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; CREATE TABLE u (x INT64); COMMIT;")]
    public void WhatIsNotCommittedLeavesNothing(string script)
    {
        try
        {
            _box.Run(script);
        }
        catch (SqlException)
        {
            // Some of the scripts fail; all of them leave nothing.
        }

        Assert.Equal("1|a; 2|b", _box.Rows("SELECT * FROM t ORDER BY id"));
        Assert.Equal("0", _box.Rows("SELECT COUNT(*) FROM log"));
        _box.Run("UPDATE t SET v = v WHERE TRUE");
    }

    [Theory]
    [InlineData("SELECT 1; SELECT nope;", "Query error: Unrecognized name: nope at [1:18]")]
    [InlineData("SELECT 1;\n ASSERT (SELECT COUNT(*) FROM t) = 3 AS 'lease lost';", "Query error: lease lost at [2:2]")]
    [InlineData("ASSERT FALSE AS 'lease lost'", "lease lost")]
    [InlineData("ASSERT NULL", "Assertion failed")]
    [InlineData("IF (SELECT COUNT(*) FROM t) > 1 THEN RAISE USING MESSAGE = CONCAT('too ', 'many'); END IF;", "Query error: too many at [1:38]")]
    [InlineData("BEGIN TRANSACTION; CREATE TABLE u (x INT64); COMMIT;", "Query error: Statement CREATE_TABLE on a permanent entity is not supported inside a transaction at [1:20]")]
    [InlineData("BEGIN TRANSACTION; ALTER TABLE t ADD COLUMN x INT64; COMMIT;", "Query error: Statement ALTER_TABLE on a permanent entity is not supported inside a transaction at [1:20]")]
    [InlineData("BEGIN TRANSACTION; DROP TABLE t; COMMIT;", "Query error: Statement DROP_TABLE on a permanent entity is not supported inside a transaction at [1:20]")]
    [InlineData("BEGIN TRANSACTION; BEGIN TRANSACTION;", "Query error: Transactions cannot be nested at [1:20]")]
    [InlineData("COMMIT TRANSACTION", "Query error: Cannot COMMIT TRANSACTION: there is no active transaction at [1:1]")]
    [InlineData("SET x = 1", "Query error: Undeclared variable: x at [1:5]")]
    [InlineData("SELECT 1; DECLARE x INT64;", "Variable declarations are allowed only at the start of a block or script at [1:11]")]
    [InlineData("DECLARE x INT64 DEFAULT 'a';", "Query error: Cannot coerce expression of type STRING to type INT64 at [1:9]")]
    [InlineData("SELECT 1 SELECT 2", "Syntax error: Expected end of input but got keyword SELECT at [1:10]")]
    public void Errors(string script, string message) => Assert.Equal(message, _box.Error(script));

    [Theory]
    [InlineData("DECLARE n INT64 DEFAULT 1; SET n = n + (SELECT COUNT(*) FROM t); SELECT n;", "3")]
    [InlineData("DECLARE a, b STRING; SET (a, b) = ('x', 'y'); SELECT a || b;", "xy")]
    [InlineData("DECLARE lo, hi INT64; SET (lo, hi) = (SELECT AS STRUCT MIN(id), MAX(id) FROM t); SELECT lo, hi;", "1|2")]
    [InlineData("DECLARE id INT64 DEFAULT 1; SELECT v FROM t WHERE t.id = 2;", "b")]
    [InlineData("CREATE TEMP TABLE w AS SELECT id FROM t; INSERT w VALUES (9); DELETE FROM w WHERE id = 1; SELECT * FROM w ORDER BY id;", "2; 9")]
    [InlineData("BEGIN TRANSACTION; CREATE TEMP TABLE w AS SELECT 1 AS x; COMMIT; SELECT x FROM w;", "1")]
    [InlineData("UPDATE t SET v = 'z' WHERE id = 1; SELECT @@row_count;", "1")]
    [InlineData("IF FALSE THEN SELECT 1; ELSEIF TRUE THEN SELECT 2; ELSE SELECT 3; END IF;", "2")]
    [InlineData("BEGIN SELECT 1/0; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END;", "Query error: division by zero: 1 / 0 at [1:7]")]
    [InlineData("BEGIN BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; SELECT 1/0; EXCEPTION WHEN ERROR THEN ROLLBACK TRANSACTION; END; SELECT COUNT(*) FROM t;", "2")]
    public void VariablesAndBranches(string script, string expected) => Assert.Equal(expected, _box.Rows(script));

    [Fact]
    public void ATransactionReadsTheMomentItBegan()
    {
        using var other = new Interruption(_box, "INSERT t VALUES (3, 'c')");
        Assert.Equal("2|2", Text(other.During("BEGIN TRANSACTION; CREATE TEMP TABLE n AS SELECT COUNT(*) AS c FROM t;", "SELECT n.c, (SELECT COUNT(*) FROM t) AS d FROM n; COMMIT;")));
    }

    [Fact]
    public void AppendsOfOthersStayWhenATransactionCommitsItsUpdate()
    {
        using var other = new Interruption(_box, "INSERT t VALUES (3, 'c')");
        other.During("BEGIN TRANSACTION; UPDATE t SET v = 'z' WHERE id = 1;", "INSERT t VALUES (4, 'd'); COMMIT;");
        Assert.Equal("1|z; 2|b; 3|c; 4|d", _box.Rows("SELECT * FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("BEGIN TRANSACTION; SELECT 1;", "UPDATE t SET v = 'z' WHERE id = 1; COMMIT;", "UPDATE t SET v = 'y' WHERE id = 2")]
    [InlineData("BEGIN TRANSACTION; SELECT 1;", "DELETE FROM t WHERE id = 9; COMMIT;", "BEGIN TRANSACTION; DELETE FROM t WHERE id = 2; COMMIT;")]
    [InlineData("BEGIN TRANSACTION; SELECT 1;", "MERGE t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE; COMMIT;", "TRUNCATE TABLE t")]
    public void TheLaterOfTwoTransactionsThatChangeATableIsCancelled(string before, string after, string meanwhile)
    {
        using var other = new Interruption(_box, meanwhile);
        var error = Assert.Throws<SqlException>(() => other.During(before, after));
        Assert.Matches(@"^Query error: Transaction is aborted due to concurrent update against table p:d\.t\. Transaction ID: [0-9a-f-]{36} at \[\d+:\d+\]$", error.Message);
        Assert.Equal("invalidQuery", error.Reason);
    }

    [Fact]
    public void ATransactionIsCancelledWhileAnotherHoldsTheTable()
    {
        using var other = new Interruption(_box, "BEGIN TRANSACTION; UPDATE t SET v = 'y' WHERE id = 2; COMMIT;");
        other.During("BEGIN TRANSACTION; UPDATE t SET v = 'z' WHERE id = 1;", "COMMIT;");
        Assert.Contains("Transaction is aborted due to concurrent update against table p:d.t.", other.Error, StringComparison.Ordinal);
        Assert.Equal("1|z; 2|b", _box.Rows("SELECT * FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("INSERT log VALUES (1);", "INSERT log VALUES (2)")]
    [InlineData("INSERT log VALUES (1);", "BEGIN TRANSACTION; INSERT log VALUES (2); COMMIT;")]
    public void InsertsConflictWithNothing(string mine, string meanwhile)
    {
        using var other = new Interruption(_box, meanwhile);
        other.During("BEGIN TRANSACTION; " + mine, "COMMIT;");
        Assert.Null(other.Error);
        Assert.Equal("1; 2", _box.Rows("SELECT n FROM log ORDER BY n"));
    }

    [Fact]
    public async Task AStatementOutsideATransactionWaitsForItsTurn()
    {
        var stop = TestContext.Current.CancellationToken;
        using var inside = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var request = _box.Request("BEGIN TRANSACTION; UPDATE t SET v = 'z' WHERE id = 1; SELECT v FROM log_gate; COMMIT;") with
        {
            Allowed = (table, _) => Gate(table, inside, go),
        };
        _box.Run("CREATE TABLE log_gate (v INT64)");
        var transaction = Task.Run(() => _box.Engine.Run(request, stop), stop);
        inside.Wait(stop);
        var waiting = Task.Run(() => _box.Engine.Run(_box.Request("UPDATE t SET v = CONCAT(v, '!') WHERE TRUE"), stop), stop);

        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(200, stop)));
        Assert.Equal("1|a; 2|b", _box.Rows("SELECT * FROM t ORDER BY id"));
        go.Set();
        await transaction;
        await waiting;

        Assert.Equal("1|z!; 2|b!", _box.Rows("SELECT * FROM t ORDER BY id"));
    }

    private static bool Gate(TableRef table, ManualResetEventSlim inside, ManualResetEventSlim go)
    {
        if (table.Name == "log_gate")
        {
            inside.Set();
            go.Wait();
        }

        return true;
    }

    private static string Text(IReadOnlyList<object?[]> rows) => SqlBox.Text(rows);

    /// <summary>Runs a statement of somebody else in the middle of a script.</summary>
    private sealed class Interruption : IDisposable
    {
        private readonly SqlBox _box;
        private readonly string _statement;
        private bool _done;

        public Interruption(SqlBox box, string statement)
        {
            (_box, _statement) = (box, statement);
            _box.Run("CREATE TABLE gate (x INT64)");
        }

        public string? Error { get; private set; }

        public IReadOnlyList<object?[]> During(string before, string after)
        {
            var request = _box.Request($"{before} CREATE TEMP TABLE pause AS SELECT * FROM gate; {after}") with { Allowed = Pause };
            var result = _box.Engine.Run(request, TestContext.Current.CancellationToken);
            return result.Children.LastOrDefault(c => c.StatementType == "SELECT")?.Rows ?? [];
        }

        public void Dispose() => Assert.True(_done);

        private bool Pause(TableRef table, SqlAccess access)
        {
            if (table.Name == "gate" && !_done)
            {
                _done = true;
                try
                {
                    Task.Run(() => _box.Run(_statement)).Wait();
                }
                catch (AggregateException error)
                {
                    Error = error.InnerException!.Message;
                }
            }

            return true;
        }
    }
}
