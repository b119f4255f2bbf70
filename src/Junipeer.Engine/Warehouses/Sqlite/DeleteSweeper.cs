using Junipeer.Export;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// Flags the records a complete listing no longer shows, with their children, inside the transaction of the commit that
/// ends the pass. Holds back when so many are gone that the listing is the likelier mistake.
/// </summary>
internal static class DeleteSweeper
{
    /// <summary>More than this many and more than a fifth of the living rows trip the guard.</summary>
    private const long FewRows = 25;

    /// <summary>Does it.</summary>
    /// <param name="db">The file, in a transaction.</param>
    /// <param name="tables">The resource's tables, the record's own first.</param>
    /// <param name="sweep">Which are gone.</param>
    /// <param name="now">Goes into <c>_deleted_at</c>.</param>
    public static CommitOutcome Run(SqliteDb db, IReadOnlyList<SqliteTable> tables, DeleteSweep sweep, DateTimeOffset now)
    {
        var root = tables[0];
        var key = root.RecordKey;
        db.Run($"DROP TABLE IF EXISTS temp.gone; CREATE TEMP TABLE gone AS SELECT {key} FROM {root.Quoted} LIMIT 0");
        try
        {
            if (sweep.Present is not null) StageAbsent(db, root, sweep);
            else StageUnread(db, root, sweep);
            var gone = Count(db, "SELECT count(*) FROM temp.gone");
            var living = Count(db, $"SELECT count(*) FROM {root.Quoted} WHERE {SqliteNames.IsDeleted}=0");
            var isEmpty = sweep.Present is { } present ? present.Count == 0 : !AnyOf(db, root, sweep.PassId);
            if (gone == 0) return default;
            if (!sweep.AllowMassDelete && (isEmpty || (gone > FewRows && gone * 5 > living))) return new CommitOutcome(0, gone);
            foreach (var table in tables)
            {
                using var flag = db.Prepare(
                    $"UPDATE {table.Quoted} SET {SqliteNames.IsDeleted}=1, {SqliteNames.DeletedAt}=?1 WHERE ({table.RecordKey}) IN (SELECT {key} FROM temp.gone)");
                flag.Bind(1, InstantText.Of(now));
                flag.Run();
            }

            return new CommitOutcome(gone, 0);
        }
        finally
        {
            // After an error SQLite may have dropped the transaction, and the table with it.
            if (db.InTransaction) db.Run("DROP TABLE IF EXISTS temp.gone; DROP TABLE IF EXISTS temp.present");
        }
    }

    // First against the listing, which reads only the index of living ids; then the few that are left are looked up.
    private static void StageAbsent(SqliteDb db, SqliteTable root, DeleteSweep sweep)
    {
        db.Run("DROP TABLE IF EXISTS temp.present; CREATE TEMP TABLE present (first INTEGER PRIMARY KEY, last INTEGER NOT NULL)");
        using (var add = db.Prepare("INSERT INTO temp.present (first, last) VALUES (?1, ?2)"))
        {
            foreach (var (first, last) in sweep.Present!.Ranges)
            {
                add.Bind(1, first);
                add.Bind(2, last);
                add.Run();
            }
        }

        var id = root.RecordKey;
        db.Run($"""
            INSERT INTO temp.gone SELECT {id} FROM {root.Quoted} AS t WHERE {SqliteNames.IsDeleted}=0
                AND ifnull((SELECT last < t.{id} FROM temp.present WHERE first <= t.{id} ORDER BY first DESC LIMIT 1), 1)
            """);
        using var keep = db.Prepare(
            $"DELETE FROM temp.gone WHERE {id} IN (SELECT g.{id} FROM temp.gone AS g JOIN {root.Quoted} AS t ON t.{id}=g.{id} WHERE t.{SqliteNames.LoadedAt}>=?1)");
        keep.Bind(1, InstantText.Of(sweep.Before));
        keep.Run();
    }

    private static void StageUnread(SqliteDb db, SqliteTable root, DeleteSweep sweep)
    {
        using var stage = db.Prepare($"""
            INSERT INTO temp.gone SELECT {root.RecordKey} FROM {root.Quoted}
            WHERE {SqliteNames.IsDeleted}=0 AND {SqliteNames.PassId} IS NOT ?1 AND {SqliteNames.LoadedAt}<?2
            """);
        stage.Bind(1, sweep.PassId);
        stage.Bind(2, InstantText.Of(sweep.Before));
        stage.Run();
    }

    private static bool AnyOf(SqliteDb db, SqliteTable root, string? passId)
    {
        using var any = db.Prepare($"SELECT 1 FROM {root.Quoted} WHERE {SqliteNames.IsDeleted}=0 AND {SqliteNames.PassId}=?1 LIMIT 1");
        any.Bind(1, passId);
        var found = any.Step();
        any.Reset();
        return found;
    }

    private static long Count(SqliteDb db, string sql)
    {
        using var count = db.Prepare(sql);
        count.Step();
        return count.Integer(0);
    }
}
