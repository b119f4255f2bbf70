using System.Globalization;
using System.Text.Json;
using Junipeer.BigQuery;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>
/// Our own tables in the dataset. Rows are only ever added, and the newest counts: adding conflicts with nobody, while a
/// change would cancel the transaction of another run (https://docs.cloud.google.com/bigquery/docs/transactions). Runs and
/// rejects end by themselves, through the expiration of their daily partitions.
/// </summary>
internal sealed class BigQueryState(BigQueryDatasetStore store, string prefix)
{
    public const string Meta = "_junipeer_meta";
    public const string Bookmarks = "_junipeer_bookmarks";
    public const string Plans = "_junipeer_plans";
    public const string Runs = "_junipeer_runs";
    public const string Rejects = "_junipeer_rejects";

    private static readonly JsonSerializerOptions Json = new();

    private static TableField[] MetaFields => [new("prefix", "STRING"), new("name", "STRING"), new("number", "INTEGER"), new("value", "STRING"), new("written_at", "TIMESTAMP")];

    private static TableField[] BookmarkFields =>
    [
        new("prefix", "STRING"), new("resource", "STRING"), new("lease", "INTEGER"), new("number", "INTEGER"), new("watermark", "TIMESTAMP"), new("last_full", "TIMESTAMP"),
        new("last_recheck", "TIMESTAMP"), new("changes", "STRING"), new("sweep", "STRING"), new("run_id", "STRING"), new("written_at", "TIMESTAMP"),
    ];

    public static TableField[] PlanFields => [new("prefix", "STRING"), new("resource", "STRING"), new("pass_id", "STRING"), new("plan", "STRING"), new("written_at", "TIMESTAMP")];

    private static TableField[] RunFields =>
    [
        new("prefix", "STRING"), new("run_id", "STRING"), new("resource", "STRING"), new("is_end", "BOOLEAN"), new("keeps_bookmark", "BOOLEAN"), new("status", "STRING"), new("mode", "STRING"),
        new("started_at", "TIMESTAMP"), new("ended_at", "TIMESTAMP"), new("records", "INTEGER"), new("rows_written", "INTEGER"), new("new_records", "INTEGER"), new("changed", "INTEGER"),
        new("deleted", "INTEGER"), new("rejected", "INTEGER"), new("drifted", "INTEGER"), new("requests", "INTEGER"), new("throttled", "INTEGER"), new("bytes", "INTEGER"),
        new("message", "STRING"), new("error_id", "STRING"), new("host", "STRING"), new("written_at", "TIMESTAMP"),
    ];

    private static TableField[] RejectFields =>
        [new("prefix", "STRING"), new("run_id", "STRING"), new("resource", "STRING"), new("id", "STRING"), new("reason", "STRING"), new("error_id", "STRING"), new("payload", "STRING"), new("written_at", "TIMESTAMP")];

    /// <summary>Makes the state tables.</summary>
    public async Task EnsureAsync(TimeSpan retention, CancellationToken stop)
    {
        await store.EnsureAsync(stop).ConfigureAwait(false);
        await Task.WhenAll(
            MonthlyAsync(Meta, MetaFields, stop),
            MonthlyAsync(Bookmarks, BookmarkFields, stop),
            MonthlyAsync(Plans, PlanFields, stop),
            DailyAsync(Runs, RunFields, retention, stop),
            DailyAsync(Rejects, RejectFields, retention, stop)).ConfigureAwait(false);
    }

    /// <summary>True when an export was ever begun here.</summary>
    public async Task<bool> ExistsAsync(CancellationToken stop) => await store.FindAsync(Meta, stop).ConfigureAwait(false) is not null;

    /// <summary>The newest lease on a resource. Of two taken under one number the earlier counts.</summary>
    public async Task<LeaseState?> LeaseAsync(string resource, CancellationToken stop)
    {
        var rows = await store.SelectAsync(
            $"SELECT value FROM {Meta} WHERE prefix=@prefix AND name=@name QUALIFY ROW_NUMBER() OVER (PARTITION BY name ORDER BY number DESC, written_at DESC) = 1",
            "read the lease", [Prefix, BigQueryDatasetStore.Text("name", "lease:" + resource)], stop).ConfigureAwait(false);
        if (rows.Count == 0 || JsonSerializer.Deserialize<LeaseState>((string)rows[0][0]!, Json) is not { } lease) return null;
        return lease.Owner is not null && await HasEndedAsync(resource, lease.RunId, stop).ConfigureAwait(false) ? lease with { Owner = null } : lease;
    }

    /// <summary>A run that wrote down its end holds nothing any more: that spares a row of its own for giving up the lease.</summary>
    private async Task<bool> HasEndedAsync(string resource, string? runId, CancellationToken stop)
    {
        var rows = await store.SelectAsync($"SELECT COUNT(*) FROM {Runs} WHERE prefix=@prefix AND resource=@resource AND run_id=@run AND is_end", "see whether a run has ended",
            [Prefix, BigQueryDatasetStore.Text("resource", resource), BigQueryDatasetStore.Text("run", runId)], stop).ConfigureAwait(false);
        return (long)rows[0][0]! > 0;
    }

    /// <summary>True when, of all that took this number, the run was the first.</summary>
    public async Task<LeaseState?> FirstHolderAsync(string resource, long number, CancellationToken stop)
    {
        var rows = await store.SelectAsync($"SELECT value FROM {Meta} WHERE prefix=@prefix AND name=@name AND number=@number ORDER BY written_at, value LIMIT 1",
            "read the lease", [Prefix, BigQueryDatasetStore.Text("name", "lease:" + resource), BigQueryDatasetStore.Number("number", number)], stop).ConfigureAwait(false);
        return rows.Count == 0 ? null : JsonSerializer.Deserialize<LeaseState>((string)rows[0][0]!, Json);
    }

    /// <summary>Adds a row of meta data.</summary>
    public Task PutAsync(string name, long number, string value, string what, CancellationToken stop) => store.RunAsync(
        BigQueryJobs.NewId("state"), InsertMeta("@name", "@number", "@value"), what,
        [Prefix, BigQueryDatasetStore.Text("name", name), BigQueryDatasetStore.Number("number", number), BigQueryDatasetStore.Text("value", value)], stop);

    public Task PutLeaseAsync(string resource, LeaseState lease, CancellationToken stop) => PutAsync("lease:" + resource, lease.Number, Text(lease), "take the lease", stop);

    /// <summary>The account that filled the tables of this prefix, as <c>System/Account</c>.</summary>
    public async Task<string?> AccountAsync(CancellationToken stop)
    {
        var rows = await store.SelectAsync($"SELECT value FROM {Meta} WHERE prefix=@prefix AND name='account' ORDER BY written_at LIMIT 1", "read the account", [Prefix], stop).ConfigureAwait(false);
        return rows.Count == 0 ? null : (string?)rows[0][0];
    }

    /// <summary>All bookmarks of this prefix, by resource.</summary>
    public async Task<SortedDictionary<string, StoredBookmark>> BookmarksAsync(string? resource, CancellationToken stop)
    {
        var found = new SortedDictionary<string, StoredBookmark>(StringComparer.Ordinal);
        var only = resource is null ? string.Empty : " AND resource=@resource";
        List<QueryParameter> parameters = [Prefix];
        if (resource is not null) parameters.Add(BigQueryDatasetStore.Text("resource", resource));
        var rows = await store.SelectAsync(
            $"SELECT resource, watermark, last_full, last_recheck, changes, sweep, written_at, number, lease FROM {Bookmarks} WHERE prefix=@prefix{only} QUALIFY ROW_NUMBER() OVER (PARTITION BY resource ORDER BY lease DESC, number DESC, written_at DESC) = 1",
            "read the bookmarks", parameters, stop).ConfigureAwait(false);
        foreach (var row in rows)
        {
            var bookmark = new Bookmark
            {
                Watermark = (DateTimeOffset?)row[1],
                LastFull = (DateTimeOffset?)row[2],
                LastRecheck = (DateTimeOffset?)row[3],
                Changes = await PassAsync((string?)row[4], stop).ConfigureAwait(false),
                Sweep = await PassAsync((string?)row[5], stop).ConfigureAwait(false),
            };
            found[(string)row[0]!] = new StoredBookmark(bookmark, (DateTimeOffset)row[6]!, (long)row[7]!);
        }

        return found;
    }

    /// <summary>An open pass without its plan, which is kept apart because it may be megabytes.</summary>
    public static string? PassText(OpenPass? pass) => pass is null
        ? null
        : JsonSerializer.Serialize(new StoredPass(pass.Id, pass.Kind.ToString(), pass.StartedAt, pass.Finished.ToString(), pass.Slices, pass.Position, pass.Rejected, pass.Plan is not null), Json);

    public static string Text(LeaseState lease) => JsonSerializer.Serialize(lease, Json);

    public QueryParameter Prefix => BigQueryDatasetStore.Text("prefix", prefix);

    /// <summary>A statement that adds a row of meta data.</summary>
    public static string InsertMeta(string name, string number, string value) =>
        $"INSERT INTO {Meta} (prefix, name, number, value, written_at) VALUES (@prefix, {name}, {number}, {value}, CURRENT_TIMESTAMP())";

    private async Task<OpenPass?> PassAsync(string? text, CancellationToken stop)
    {
        if (text is null || JsonSerializer.Deserialize<StoredPass>(text, Json) is not { } stored) return null;
        string? plan = null;
        if (stored.HasPlan)
        {
            var rows = await store.SelectAsync($"SELECT plan FROM {Plans} WHERE prefix=@prefix AND pass_id=@pass LIMIT 1", "read the plan of a pass", [Prefix, BigQueryDatasetStore.Text("pass", stored.Id)], stop).ConfigureAwait(false);
            plan = rows.Count == 0 ? null : (string?)rows[0][0];
        }

        return new OpenPass
        {
            Id = stored.Id,
            Kind = Enum.Parse<PassKind>(stored.Kind),
            StartedAt = stored.StartedAt,
            Finished = IdSet.Parse(stored.Finished),
            Slices = stored.Slices,
            Position = stored.Position,
            Rejected = stored.Rejected,
            Plan = plan,
        };
    }

    /// <summary>A divided table may be changed ten times as often as another (https://docs.cloud.google.com/bigquery/quotas).</summary>
    private Task MonthlyAsync(string name, TableField[] fields, CancellationToken stop) => store.EnsureAsync(name, fields, null, new TimePartitioning("MONTH", "written_at"), stop);

    private Task DailyAsync(string name, TableField[] fields, TimeSpan retention, CancellationToken stop) => store.CreateAsync(
        new TableResource
        {
            TableReference = store.Table(name),
            Schema = new TableSchemaResource(fields),
            TimePartitioning = new TimePartitioning("DAY", "written_at") { ExpirationMs = ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) },
        },
        stop);

    private sealed record StoredPass(string Id, string Kind, DateTimeOffset StartedAt, string Finished, long Slices, string? Position, long Rejected, bool HasPlan);
}

/// <summary>A bookmark as it is stored.</summary>
internal sealed record StoredBookmark(Bookmark Bookmark, DateTimeOffset At, long Number);
