using System.Globalization;
using System.Text;
using Junipeer.BigQuery;
using Junipeer.Export;
using Junipeer.Records;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>
/// The script of one commit: one transaction that checks the lease, merges records, replaces the child rows of every record
/// merged, flags deletes, and adds rejects and the bookmark. All of it becomes visible together, or nothing.
/// </summary>
internal sealed class CommitScript
{
    /// <summary>The message of the statement that ends a commit whose lease is lost.</summary>
    public const string LeaseLost = "junipeer: lease lost";

    private readonly StringBuilder _text = new();
    private readonly List<QueryParameter> _parameters = [];

    private readonly bool _isDated;
    private readonly string _resource;

    public CommitScript(BigQueryState state, string resource, bool isDated, LeaseState lease)
    {
        (_resource, _isDated) = (resource, isDated);
        Add(state.Prefix);
        Add(BigQueryDatasetStore.Text("resource", _resource));
        Add(BigQueryDatasetStore.Text("lease_name", "lease:" + _resource));
        Add(BigQueryDatasetStore.Number("lease", lease.Number));
        Add(BigQueryDatasetStore.Text("lease_value", BigQueryState.Text(lease)));
        Line("BEGIN TRANSACTION;");
        Line($"ASSERT (SELECT MAX(number) FROM {BigQueryState.Meta} WHERE prefix=@prefix AND name=@lease_name) = @lease AS '{LeaseLost}';");
    }

    public string Text => _text + "COMMIT TRANSACTION;\n";

    public IReadOnlyList<QueryParameter> Parameters => _parameters;

    /// <summary>
    /// Brings staged records into their table, one statement a span of dates. Of several versions of one record the last
    /// staged counts.
    /// </summary>
    public void Merge(string table, TableSchema root, string stage, IReadOnlyList<DateSpan> spans)
    {
        if (spans.Count == 0) Merge(table, root, stage, null, false);
        foreach (var span in spans) Merge(table, root, stage, span, spans.Count > 1);
    }

    private void Merge(string table, TableSchema root, string stage, DateSpan? span, bool isPart)
    {
        var columns = BigQueryTypes.Fields(root, _isDated).Select(f => Quote(f.Name)).ToArray();
        var key = BigQueryTypes.KeyOf(root);
        var others = columns.Except(key.Select(Quote)).ToArray();
        var last = $"SELECT * FROM {Quote(stage)} QUALIFY ROW_NUMBER() OVER (PARTITION BY {Join(key)} ORDER BY {BigQueryTypes.Sequence} DESC) = 1";
        Line($"""
            MERGE {Quote(table)} T
            USING ({(isPart ? $"SELECT * FROM ({last}) V WHERE {span!.Value.On("V")}" : last)}) S
            ON {string.Join(" AND ", key.Select(k => $"T.{Quote(k)} = S.{Quote(k)}"))}{(span is { } only ? $" AND {only.On("T")}" : string.Empty)}
            WHEN MATCHED THEN UPDATE SET {string.Join(", ", others.Select(c => $"{c} = S.{c}"))}
            WHEN NOT MATCHED BY TARGET THEN INSERT ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(c => $"S.{c}"))});
            """);
    }

    /// <summary>Replaces the child rows of every staged record, as a whole.</summary>
    public void ReplaceChildren(string table, TableSchema child, string? stage, TableSchema root, string rootStage, IReadOnlyList<DateSpan> spans)
    {
        var key = BigQueryTypes.KeyOf(root);
        var same = string.Join(" AND ", key.Zip(BigQueryTypes.KeyIn(child, root), (k, own) => $"c.{Quote(own)} = r.{Quote(k)}"));
        foreach (var only in spans.Count == 0 ? [string.Empty] : spans.Select(s => s.On("c") + " AND "))
            Line($"DELETE FROM {Quote(table)} c WHERE {only}EXISTS (SELECT 1 FROM {Quote(rootStage)} r WHERE {same});");
        if (stage is null) return;
        var columns = BigQueryTypes.Fields(child, _isDated).Select(f => Quote(f.Name)).ToArray();

        // Only rows of the version that was merged; of two rows under one key the later counts.
        var rowKey = Enumerable.Range(0, child.KeyLength).Select(i => Quote(BigQueryTypes.ColumnName(child, i)));
        Line($"""
            INSERT INTO {Quote(table)} ({string.Join(", ", columns)})
            SELECT {string.Join(", ", columns.Select(c => $"c.{c}"))} FROM {Quote(stage)} c
            JOIN (SELECT {Join(key)}, MAX({BigQueryTypes.Sequence}) AS last_seq FROM {Quote(rootStage)} GROUP BY {Join(key)}) r
            ON {same} AND c.{BigQueryTypes.Sequence} = r.last_seq
            QUALIFY ROW_NUMBER() OVER (PARTITION BY {string.Join(", ", rowKey.Select(c => $"c.{c}"))} ORDER BY c.{StageRow} DESC) = 1;
            """);
    }

    /// <summary>Orders the rows of one record within a stage.</summary>
    public const string StageRow = BigQueryTypes.Sequence;

    /// <summary>Flags records, and their children, that are in a staged list of keys; one loaded since the listing stays.</summary>
    public void Flag(IReadOnlyList<(string Name, TableSchema Schema)> tables, TableSchema root, string goneStage, DateSpan? span, DateTimeOffset before, DateTimeOffset now)
    {
        Add(BigQueryDatasetStore.Instant("before", before));
        Add(BigQueryDatasetStore.Instant("now", now));
        var key = BigQueryTypes.KeyOf(root);
        foreach (var (name, schema) in tables.Reverse())
        {
            var same = string.Join(" AND ", key.Zip(BigQueryTypes.KeyIn(schema, root), (k, own) => $"t.{Quote(own)} = g.{Quote(k)}"));
            Line($"UPDATE {Quote(name)} t SET {BigQueryTypes.IsDeleted} = TRUE, {BigQueryTypes.DeletedAt} = @now WHERE {(span is { } only ? only.On("t") + " AND " : string.Empty)}t.{BigQueryTypes.IsDeleted} IS NOT TRUE AND t.{BigQueryTypes.LoadedAt} < @before AND EXISTS (SELECT 1 FROM {Quote(goneStage)} g WHERE {same});");
        }
    }

    /// <summary>Adds what could not be written.</summary>
    public void Reject(IReadOnlyList<Reject> rejects, string runId, bool withPayload)
    {
        if (rejects.Count == 0) return;
        Add(BigQueryDatasetStore.Text("reject_run", runId));
        for (var i = 0; i < rejects.Count; i++)
        {
            var n = i.ToString(CultureInfo.InvariantCulture);
            Add(BigQueryDatasetStore.Text("reject_id" + n, rejects[i].Id));
            Add(BigQueryDatasetStore.Text("reject_reason" + n, rejects[i].Reason));
            Add(BigQueryDatasetStore.Text("reject_error" + n, rejects[i].ErrorId));
            Add(BigQueryDatasetStore.Text("reject_payload" + n, withPayload ? rejects[i].Payload : null));
            Line($"INSERT INTO {BigQueryState.Rejects} (prefix, run_id, resource, id, reason, error_id, payload, written_at) VALUES (@prefix, @reject_run, @resource, @reject_id{n}, @reject_reason{n}, @reject_error{n}, @reject_payload{n}, CURRENT_TIMESTAMP());");
        }
    }

    /// <summary>Adds the bookmark, the renewed lease and, with the first data, the account.</summary>
    public void Keep(Bookmark bookmark, long number, string runId, bool keepsBookmark, string? account, bool renews)
    {
        if (renews) Line(BigQueryState.InsertMeta("@lease_name", "@lease", "@lease_value") + ";");
        if (account is not null)
        {
            Add(BigQueryDatasetStore.Text("account", account));
            Line(BigQueryState.InsertMeta("'account'", "0", "@account") + ";");
        }

        if (!keepsBookmark) return;
        Add(BigQueryDatasetStore.Number("number", number));
        Add(BigQueryDatasetStore.Instant("watermark", bookmark.Watermark));
        Add(BigQueryDatasetStore.Instant("last_full", bookmark.LastFull));
        Add(BigQueryDatasetStore.Instant("last_recheck", bookmark.LastRecheck));
        Add(BigQueryDatasetStore.Text("changes", BigQueryState.PassText(bookmark.Changes)));
        Add(BigQueryDatasetStore.Text("sweep", BigQueryState.PassText(bookmark.Sweep)));
        Add(BigQueryDatasetStore.Text("run", runId));
        Line($"INSERT INTO {BigQueryState.Bookmarks} (prefix, resource, lease, number, watermark, last_full, last_recheck, changes, sweep, run_id, written_at) VALUES (@prefix, @resource, @lease, @number, @watermark, @last_full, @last_recheck, @changes, @sweep, @run, CURRENT_TIMESTAMP());");
    }

    public static string Quote(string name) => $"`{name}`";

    private static string Join(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));

    private void Add(QueryParameter parameter) => _parameters.Add(parameter);

    private void Line(string line) => _text.Append(line).Append('\n');
}
