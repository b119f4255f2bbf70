using System.Globalization;
using Junipeer.Export;
using Junipeer.Warehouse;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>Runs and rejects, in <c>_junipeer_runs</c> and <c>_junipeer_rejects</c>. Writing happens inside the caller's transaction.</summary>
internal static class SqliteRuns
{
    /// <summary>Writes down that a run began with a resource, and drops what is older than it wants kept.</summary>
    public static void Begin(SqliteDb db, string prefix, string resource, RunContext run, LeaseRules rules)
    {
        var before = rules.Clock.GetUtcNow() - run.Retention;
        foreach (var sql in (string[])
            [
                "DELETE FROM _junipeer_runs WHERE prefix=?1 AND started_at<?2",
                "DELETE FROM _junipeer_rejects WHERE prefix=?1 AND rejected_at<?2",
            ])
        {
            using var purge = db.Prepare(sql);
            purge.Bind(1, prefix);
            purge.Bind(2, InstantText.Of(before));
            purge.Run();
        }

        using var begin = db.Prepare("""
            INSERT OR REPLACE INTO _junipeer_runs (prefix, run_id, resource, started_at, keeps_bookmark, host)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """);
        begin.Bind(1, prefix);
        begin.Bind(2, run.RunId);
        begin.Bind(3, resource);
        begin.Bind(4, InstantText.Of(run.StartedAt));
        begin.Bind(5, run.KeepsBookmark ? 1L : 0L);
        begin.Bind(6, string.Create(CultureInfo.InvariantCulture, $"{rules.Self.Machine} (process {rules.Self.ProcessId})"));
        begin.Run();
    }

    /// <summary>Writes down how it ended.</summary>
    public static void End(SqliteDb db, string prefix, string resource, string runId, ExportResult result, DateTimeOffset now)
    {
        using var end = db.Prepare("""
            UPDATE _junipeer_runs SET status=?4, mode=?5, ended_at=?6, records=?7, rows=?8, new=?9, changed=?10, deleted=?11,
                rejected=?12, drifted=?13, requests=?14, throttled=?15, bytes=?16, watermark=?17, message=?18, error_id=?19
            WHERE prefix=?1 AND run_id=?2 AND resource=?3
            """);
        end.Bind(1, prefix);
        end.Bind(2, runId);
        end.Bind(3, resource);
        end.Bind(4, result.Status.ToString());
        end.Bind(5, result.Mode);
        end.Bind(6, InstantText.Of(now));
        end.Bind(7, result.Records);
        end.Bind(8, result.Rows);
        end.Bind(9, result.New ?? 0L);
        end.Bind(10, result.Changed ?? 0L);
        end.Bind(11, result.Deleted ?? 0L);
        end.Bind(12, result.Rejected);
        end.Bind(13, result.Drifted);
        end.Bind(14, result.Requests);
        end.Bind(15, result.Throttled);
        end.Bind(16, result.Bytes);
        end.Bind(17, result.Watermark);
        end.Bind(18, result.Message);
        end.Bind(19, result.ErrorId);
        end.Run();
    }

    /// <summary>Keeps rejects.</summary>
    public static void Add(SqliteDb db, string prefix, string resource, RunContext run, IReadOnlyList<Reject> rejects, DateTimeOffset now)
    {
        if (rejects.Count == 0) return;
        using var add = db.Prepare("""
            INSERT INTO _junipeer_rejects (prefix, run_id, resource, id, reason, error_id, rejected_at, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """);
        foreach (var reject in rejects)
        {
            add.Bind(1, prefix);
            add.Bind(2, run.RunId);
            add.Bind(3, resource);
            add.Bind(4, reject.Id);
            add.Bind(5, reject.Reason);
            add.Bind(6, reject.ErrorId);
            add.Bind(7, InstantText.Of(now));
            add.Bind(8, run.NoPayload ? null : reject.Payload);
            add.Run();
        }
    }

    /// <summary>Runs, newest first.</summary>
    public static IEnumerable<RunInfo> Read(SqliteDb db, string prefix)
    {
        using var rows = db.Prepare("""
            SELECT run_id, resource, status, mode, started_at, ended_at, records, new, changed, deleted, rejected, requests, throttled, message, host
            FROM _junipeer_runs WHERE prefix=?1 ORDER BY started_at DESC, rowid DESC
            """);
        rows.Bind(1, prefix);
        while (rows.Step())
        {
            yield return new RunInfo
            {
                RunId = rows.Text(0),
                Resource = rows.Text(1),
                Status = Status(rows.OptionalText(2)),
                Mode = rows.OptionalText(3),
                StartedAt = rows.OptionalInstant(4)!.Value,
                EndedAt = rows.OptionalInstant(5),
                Records = rows.Integer(6),
                New = rows.Integer(7),
                Changed = rows.Integer(8),
                Deleted = rows.Integer(9),
                Rejected = rows.Integer(10),
                Requests = rows.Integer(11),
                Throttled = rows.Integer(12),
                Message = rows.OptionalText(13),
                Host = rows.OptionalText(14),
            };
        }
    }

    /// <summary>Rejects, newest first.</summary>
    public static IEnumerable<RejectInfo> ReadRejects(SqliteDb db, string prefix)
    {
        using var rows = db.Prepare("""
            SELECT run_id, resource, id, reason, error_id, rejected_at, payload
            FROM _junipeer_rejects WHERE prefix=?1 ORDER BY number DESC
            """);
        rows.Bind(1, prefix);
        while (rows.Step())
        {
            yield return new RejectInfo
            {
                RunId = rows.Text(0),
                Resource = rows.Text(1),
                Id = rows.Text(2),
                Reason = rows.Text(3),
                ErrorId = rows.Text(4),
                RejectedAt = rows.OptionalInstant(5)!.Value,
                Payload = rows.OptionalText(6),
            };
        }
    }

    /// <summary>How the last run of each resource ended, of the runs that read what a bookmark covers; null while it goes on.</summary>
    public static IReadOnlyDictionary<string, (ExportStatus? Status, string? Message)> Last(SqliteDb db, string prefix)
    {
        using var rows = db.Prepare("""
            SELECT resource, status, message FROM _junipeer_runs WHERE prefix=?1 AND keeps_bookmark=1 ORDER BY started_at, rowid
            """);
        rows.Bind(1, prefix);
        var last = new SortedDictionary<string, (ExportStatus?, string?)>(StringComparer.Ordinal);
        while (rows.Step()) last[rows.Text(0)] = (Status(rows.OptionalText(1)), rows.OptionalText(2));
        return last;
    }

    // A status of a version to come must not make the whole history unreadable.
    private static ExportStatus? Status(string? text) => Enum.TryParse<ExportStatus>(text, out var status) ? status : null;
}
