using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Operations;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// Our own tables in the file: their version, the account that filled a prefix, and the leases. Every method runs inside
/// the caller's transaction.
/// </summary>
/// <remarks>
/// <c>_junipeer_meta(prefix, name, value)</c>: <c>state_version</c> (without prefix), <c>account</c> and
/// <c>lease:&lt;resource&gt;</c> as JSON. <c>_junipeer_bookmarks</c>, <c>_junipeer_runs</c> and <c>_junipeer_rejects</c>
/// have a class each. All instants are UTC text.
/// </remarks>
internal sealed class SqliteState(SqliteDb db, string prefix)
{
    /// <summary>The version of the state tables that this code writes.</summary>
    public const int Version = 1;

    // Step n brings a file of version n to n + 1. A step is never changed once it was released.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE _junipeer_meta (prefix TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY (prefix, name)) WITHOUT ROWID;
        CREATE TABLE _junipeer_bookmarks (prefix TEXT NOT NULL, resource TEXT NOT NULL, slot TEXT NOT NULL,
            watermark TEXT, last_full TEXT, last_recheck TEXT,
            pass_id TEXT, kind TEXT, started_at TEXT, slices INTEGER, finished TEXT, position TEXT, rejected INTEGER NOT NULL DEFAULT 0, plan TEXT,
            updated_at TEXT NOT NULL, PRIMARY KEY (prefix, resource, slot));
        CREATE TABLE _junipeer_runs (prefix TEXT NOT NULL, run_id TEXT NOT NULL, resource TEXT NOT NULL, status TEXT, mode TEXT,
            started_at TEXT NOT NULL, ended_at TEXT, keeps_bookmark INTEGER NOT NULL DEFAULT 1,
            records INTEGER NOT NULL DEFAULT 0, rows INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0,
            changed INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,
            drifted INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0, throttled INTEGER NOT NULL DEFAULT 0,
            bytes INTEGER NOT NULL DEFAULT 0, watermark TEXT, message TEXT, error_id TEXT, host TEXT,
            PRIMARY KEY (prefix, run_id, resource));
        CREATE TABLE _junipeer_rejects (number INTEGER PRIMARY KEY, prefix TEXT NOT NULL, run_id TEXT NOT NULL, resource TEXT NOT NULL,
            id TEXT NOT NULL, reason TEXT NOT NULL, error_id TEXT NOT NULL, rejected_at TEXT NOT NULL, payload TEXT);
        """,
    ];

    /// <summary>Makes the state tables, or brings them up to date.</summary>
    /// <exception cref="JunipeerException"><c>Junipeer.Warehouse.NewerVersion</c>.</exception>
    public void Ensure()
    {
        var version = StoredVersion();
        for (var step = version; step < Version; step++) db.Run(Steps[step]);
        if (version < Version) Put("", "state_version", $"{Version}");
    }

    /// <summary>Refuses a file that is newer, or that holds no state at all.</summary>
    public void CheckReadable()
    {
        if (StoredVersion() == 0) ThrowEmpty();
    }

    /// <summary>True when nobody ever committed anything here, under whichever prefix: the first commit names the account.</summary>
    public bool IsUnused()
    {
        using (var tables = db.Prepare("SELECT count(*) FROM sqlite_schema"))
        {
            if (tables.Step() && tables.Integer(0) == 0) return true;
        }

        if (StoredVersion() == 0) return false;
        using var accounts = db.Prepare("SELECT count(*) FROM _junipeer_meta WHERE name='account'");
        return accounts.Step() && accounts.Integer(0) == 0;
    }

    /// <summary>Says that nothing was ever exported here.</summary>
    [DoesNotReturn]
    public void ThrowEmpty()
    {
        throw SqliteFaults.Make("Junipeer.Warehouse.Empty", FaultCategory.ObjectNotFound,
            $"'{db.Path}' is a SQLite file, but no export was ever written into it{(prefix.Length == 0 ? "" : $" with prefix '{prefix}'")}.",
            $"Check the path and -TablePrefix, or run Invoke-BrightpearlExport -Resource Standard -Warehouse '{db.Path}'.", db.Path);
    }

    /// <summary>Refuses an account other than the one that filled the tables of this prefix.</summary>
    /// <param name="run">The run that wants to write.</param>
    /// <param name="bind">Remember the account, when none is: only together with its first data.</param>
    public void CheckAccount(RunContext run, bool bind)
    {
        if (Get("account") is not { } text)
        {
            if (bind) Put(prefix, "account", JsonSerializer.Serialize(new AccountState(run.System, run.Account)));
            return;
        }

        var stored = JsonSerializer.Deserialize<AccountState>(text)!;
        if (string.Equals(stored.System, run.System, StringComparison.OrdinalIgnoreCase)
            && string.Equals(stored.Account, run.Account, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var named = prefix.Length == 0 ? "The tables" : $"The tables with prefix '{prefix}'";
        throw SqliteFaults.Make("Junipeer.Warehouse.OtherAccount", FaultCategory.InvalidOperation,
            $"{named} in '{db.Path}' hold {stored.System} account '{stored.Account}'; this export reads {run.System} account '{run.Account}'.",
            "Give the other account tables of its own, for example -TablePrefix eu_, or another file.", run.Account);
    }

    /// <summary>The lease on a resource as it is stored.</summary>
    public LeaseState? Lease(string resource) =>
        Get("lease:" + resource) is { } text ? JsonSerializer.Deserialize<LeaseState>(text) : null;

    /// <summary>Stores the lease on a resource.</summary>
    public void SaveLease(string resource, LeaseState lease) => Put(prefix, "lease:" + resource, JsonSerializer.Serialize(lease));

    private int StoredVersion()
    {
        using (var exists = db.Prepare("SELECT 1 FROM sqlite_schema WHERE type='table' AND name='_junipeer_meta'"))
        {
            if (!exists.Step()) return 0;
        }

        var version = int.TryParse(Get("state_version", ""), out var stored) ? stored : 0;
        if (version <= Version) return version;
        throw SqliteFaults.Make("Junipeer.Warehouse.NewerVersion", FaultCategory.NotSupported,
            $"'{db.Path}' was written by a newer version of this module (its state has version {version}, this one knows {Version}).",
            "Run Update-Module Junipeer, then run the same command again.", db.Path);
    }

    private string? Get(string name) => Get(name, prefix);

    private string? Get(string name, string of)
    {
        using var get = db.Prepare("SELECT value FROM _junipeer_meta WHERE prefix=?1 AND name=?2");
        get.Bind(1, of);
        get.Bind(2, name);
        return get.Step() ? get.OptionalText(0) : null;
    }

    private void Put(string of, string name, string value)
    {
        using var put = db.Prepare("INSERT OR REPLACE INTO _junipeer_meta (prefix, name, value) VALUES (?1, ?2, ?3)");
        put.Bind(1, of);
        put.Bind(2, name);
        put.Bind(3, value);
        put.Run();
    }

    private sealed record AccountState(string System, string Account);
}
