using System.Globalization;
using Junipeer.Export;
using Junipeer.Records;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// Bookmarks in <c>_junipeer_bookmarks</c>: up to five rows a resource. Slot <c>clocks</c> has the watermark and the ages of
/// the clocks; <c>changes</c> and <c>sweep</c> have an open pass each; <c>changes-plan</c> and <c>sweep-plan</c> its plan,
/// apart because it may be megabytes, stays as it is while the pass goes on, and must not be written again with each commit.
/// </summary>
internal static class SqliteBookmarks
{
    private const string Clocks = "clocks";
    private const string ChangesSlot = "changes";
    private const string SweepSlot = "sweep";
    private const string Plan = "-plan";

    /// <summary>The bookmark of a resource; <see cref="Bookmark.None"/> when there is none.</summary>
    public static Bookmark Read(SqliteDb db, string prefix, string resource)
    {
        using var rows = db.Prepare("""
            SELECT slot, watermark, last_full, last_recheck, pass_id, kind, started_at, slices, finished, position, plan, rejected
            FROM _junipeer_bookmarks WHERE prefix=?1 AND resource=?2 ORDER BY slot
            """);
        rows.Bind(1, prefix);
        rows.Bind(2, resource);
        var bookmark = Bookmark.None;
        while (rows.Step())
        {
            // A plan comes right behind its pass, by the order of the slots' names.
            bookmark = rows.Text(0) switch
            {
                Clocks => bookmark with
                {
                    Watermark = rows.OptionalInstant(1), LastFull = rows.OptionalInstant(2), LastRecheck = rows.OptionalInstant(3),
                },
                ChangesSlot => bookmark with { Changes = ReadPass(rows) },
                SweepSlot => bookmark with { Sweep = ReadPass(rows) },
                ChangesSlot + Plan => bookmark with { Changes = WithPlan(bookmark.Changes, rows) },
                SweepSlot + Plan => bookmark with { Sweep = WithPlan(bookmark.Sweep, rows) },
                _ => bookmark,
            };
        }

        return bookmark;
    }

    /// <summary>Writes what differs from the bookmark stored.</summary>
    public static void Write(SqliteDb db, string prefix, string resource, Bookmark stored, Bookmark wanted, DateTimeOffset now)
    {
        using (var clocks = db.Prepare("""
            INSERT OR REPLACE INTO _junipeer_bookmarks (prefix, resource, slot, watermark, last_full, last_recheck, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """))
        {
            Name(clocks, prefix, resource, Clocks);
            clocks.Bind(4, wanted.Watermark);
            clocks.Bind(5, wanted.LastFull);
            clocks.Bind(6, wanted.LastRecheck);
            clocks.Bind(7, now);
            clocks.Run();
        }

        WritePass(db, prefix, resource, ChangesSlot, stored.Changes, wanted.Changes, now);
        WritePass(db, prefix, resource, SweepSlot, stored.Sweep, wanted.Sweep, now);
    }

    /// <summary>Forgets a resource's bookmark but not that there was one.</summary>
    public static void Forget(SqliteDb db, string prefix, string resource, DateTimeOffset now)
    {
        using (var drop = db.Prepare("DELETE FROM _junipeer_bookmarks WHERE prefix=?1 AND resource=?2"))
        {
            drop.Bind(1, prefix);
            drop.Bind(2, resource);
            drop.Run();
        }

        Write(db, prefix, resource, Bookmark.None, Bookmark.None, now);
    }

    /// <summary>The resources that have a bookmark, by name, with the time of their last commit.</summary>
    public static IReadOnlyList<(string Resource, DateTimeOffset? UpdatedAt)> Resources(SqliteDb db, string prefix)
    {
        using var rows = db.Prepare("SELECT resource, max(updated_at) FROM _junipeer_bookmarks WHERE prefix=?1 GROUP BY resource ORDER BY resource");
        rows.Bind(1, prefix);
        var resources = new List<(string, DateTimeOffset?)>();
        while (rows.Step()) resources.Add((rows.Text(0), rows.OptionalInstant(1)));
        return resources;
    }

    private static void WritePass(SqliteDb db, string prefix, string resource, string slot, OpenPass? stored, OpenPass? wanted, DateTimeOffset now)
    {
        // Read apart from the plan, so that a plan of megabytes is compared only when it is another object.
        var samePlan = ReferenceEquals(stored?.Plan, wanted?.Plan) || stored?.Plan == wanted?.Plan;
        if (stored is not null && wanted is null) Drop(db, prefix, resource, slot);
        if (!samePlan) Drop(db, prefix, resource, slot + Plan);
        if (wanted is not null && (stored is null || stored with { Plan = null } != wanted with { Plan = null }))
        {
            using var put = db.Prepare("""
                INSERT OR REPLACE INTO _junipeer_bookmarks (prefix, resource, slot, pass_id, kind, started_at, slices, finished, position, rejected, updated_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                """);
            Name(put, prefix, resource, slot);
            put.Bind(4, wanted.Id);
            put.Bind(5, wanted.Kind.ToString());
            put.Bind(6, wanted.StartedAt);
            put.Bind(7, wanted.Slices);
            put.Bind(8, wanted.Finished.ToString());
            put.Bind(9, wanted.Position);
            put.Bind(10, wanted.Rejected);
            put.Bind(11, now);
            put.Run();
        }

        if (samePlan || wanted?.Plan is not { } plan) return;
        using var putPlan = db.Prepare(
            "INSERT OR REPLACE INTO _junipeer_bookmarks (prefix, resource, slot, pass_id, plan, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        Name(putPlan, prefix, resource, slot + Plan);
        putPlan.Bind(4, wanted.Id);
        putPlan.Bind(5, plan);
        putPlan.Bind(6, now);
        putPlan.Run();
    }

    private static void Drop(SqliteDb db, string prefix, string resource, string slot)
    {
        using var drop = db.Prepare("DELETE FROM _junipeer_bookmarks WHERE prefix=?1 AND resource=?2 AND slot=?3");
        Name(drop, prefix, resource, slot);
        drop.Run();
    }

    private static void Name(SqliteStatement statement, string prefix, string resource, string slot)
    {
        statement.Bind(1, prefix);
        statement.Bind(2, resource);
        statement.Bind(3, slot);
    }

    private static OpenPass ReadPass(SqliteStatement row) => new()
    {
        Id = row.Text(4),
        Kind = Enum.Parse<PassKind>(row.Text(5)),
        StartedAt = row.OptionalInstant(6)!.Value,
        Slices = row.Integer(7),
        Finished = IdSet.Parse(row.Text(8)),
        Position = row.OptionalText(9),
        Rejected = row.Integer(11),
    };

    private static OpenPass? WithPlan(OpenPass? pass, SqliteStatement row) =>
        pass is not null && pass.Id == row.Text(4) ? pass with { Plan = row.OptionalText(10) } : pass;
}
