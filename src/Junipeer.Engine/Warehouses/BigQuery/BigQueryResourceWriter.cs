using System.Globalization;
using System.Text.Json;
using Junipeer.BigQuery;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>
/// Writes one resource. Rows go into staging tables by load jobs, which cost nothing; the commit is one transaction. What a
/// run that died left staged ends by itself within a day.
/// </summary>
internal sealed class BigQueryResourceWriter : IResourceWriter
{
    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(2);

    private readonly BigQueryDatasetStore _store;
    private readonly BigQueryState _state;
    private readonly LeaseRules _rules;
    private readonly RunContext _run;
    private readonly ResourceSchema _schema;
    private readonly string _prefix;
    private readonly string _place;
    private StageTable[] _stages = [];
    private LeaseState _lease;
    private int[] _widths;
    private int _generation;
    private long _sequence;
    private long _commits;
    private bool _isNew;
    private bool _isOver;

    private BigQueryResourceWriter(BigQueryDatasetStore store, BigQueryState state, LeaseRules rules, RunContext run, ResourceSchema schema, string prefix, LeaseState lease, bool isNew)
    {
        (_store, _state, _rules, _run, _schema, _prefix, _lease, _isNew) = (store, state, rules, run, schema, prefix, lease, isNew);
        _place = PlaceOf(store);
        _widths = Widths();
        Restage();
    }

    public Bookmark Bookmark { get; private set; } = Bookmark.None;

    public IReadOnlyList<string> Output => [$"{_store.Dataset}.{NameOf(_schema.Root)}"];

    /// <summary>Takes the lease, makes the tables and reads the bookmark.</summary>
    public static async Task<BigQueryResourceWriter> OpenAsync(BigQueryDatasetStore store, BigQueryState state, LeaseRules rules, ResourceSchema schema, RunContext run, string prefix, CancellationToken stop)
    {
        await state.EnsureAsync(run.Retention, stop).ConfigureAwait(false);
        var account = await CheckAccountAsync(store, state, run, prefix, stop).ConfigureAwait(false);
        var place = PlaceOf(store);
        var stored = await state.LeaseAsync(schema.Resource, stop).ConfigureAwait(false);
        var lease = rules.Take(stored, run.RunId, schema.Resource, place);
        try
        {
            await state.PutLeaseAsync(schema.Resource, lease, stop).ConfigureAwait(false);

            // Two may have taken the same number at the same moment; the first counts.
            if (await state.FirstHolderAsync(schema.Resource, lease.Number, stop).ConfigureAwait(false) is { } first && first.RunId != run.RunId)
                rules.Take(first, run.RunId, schema.Resource, place);
            var writer = new BigQueryResourceWriter(store, state, rules, run, schema, prefix, lease, account is null);
            await Task.WhenAll(schema.Tables.Select(t => writer.EnsureAsync(t, stop))).ConfigureAwait(false);
            await writer.NoteAsync(null, stop).ConfigureAwait(false);
            if (run.KeepsBookmark && (await state.BookmarksAsync(schema.Resource, stop).ConfigureAwait(false)).TryGetValue(schema.Resource, out var bookmark)) writer.Bookmark = bookmark.Bookmark;
            return writer;
        }
        catch
        {
            LeaseRules.Leave(lease, schema.Resource, place);
            throw;
        }
    }

    public async Task<IdSet?> KnownIdsAsync(CancellationToken stop)
    {
        if (!_schema.HasIntegerKey) return null;
        var ids = await LivingAsync(null, stop).ConfigureAwait(false);
        return IdSet.Of(ids);
    }

    public async ValueTask<WriteOutcome> WriteAsync(RecordBatch batch, string passId, CancellationToken stop)
    {
        ThrowIfOver();
        var first = _sequence;
        _sequence += batch.Records.Count;
        for (var t = 0; t < batch.Tables.Count; t++)
        {
            var rows = batch.Tables[t];
            for (var row = 0; row < rows.Count; row++)
            {
                var record = t == 0 ? row : rows.RecordOf(row);
                _stages[t].Add(batch, t, row, first + record, passId, batch.Records[record], !_run.NoPayload);
            }

            await _stages[t].FlushAsync(all: false, stop).ConfigureAwait(false);
        }

        return new WriteOutcome(null, null, batch.Tables.Sum(t => (long)t.Count));
    }

    public async Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken stop)
    {
        ThrowIfOver();
        try
        {
            await Task.WhenAll(_stages.Select(s => s.SettleAsync(stop))).ConfigureAwait(false);
            await GrowAsync(stop).ConfigureAwait(false);
            await KeepPlansAsync(commit.Bookmark, stop).ConfigureAwait(false);
            var (added, changed) = await CountAsync(stop).ConfigureAwait(false);
            var (deleted, heldBack, gone) = commit.Deletes is { } sweep && _run.KeepsBookmark ? await SweepAsync(sweep, added, stop).ConfigureAwait(false) : default;
            // Changes of a table are rationed, so a lease that is young is not renewed.
            var renews = _rules.Clock.GetUtcNow() - _lease.RenewedAt > RenewAfter;
            if (renews) _lease = _lease with { RenewedAt = _rules.Clock.GetUtcNow() };
            var script = new CommitScript(_state, _schema.Resource, _lease);
            Fill(script, commit, gone, renews);
            await RunAsync(script, stop).ConfigureAwait(false);
            _isNew = false;
            Bookmark = commit.Bookmark;
            if (gone is not null) await _store.DropAsync(gone, stop).ConfigureAwait(false);
            await Task.WhenAll(_stages.Select(s => s.DropAsync(stop))).ConfigureAwait(false);
            Restage();
            return new CommitOutcome(deleted, heldBack) { New = added, Changed = changed };
        }
        catch
        {
            _isOver = true;
            throw;
        }
    }

    public async Task CloseAsync(ExportResult result, CancellationToken stop)
    {
        _isOver = true;
        try
        {
            await NoteAsync(result, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JunipeerException e)
        {
            _run.Sink.Warning($"The end of the run could not be noted in the warehouse: {e.Message}");
        }
        finally
        {
            LeaseRules.Leave(_lease, _schema.Resource, _place);
        }
    }

    public async ValueTask DisposeAsync()
    {
        LeaseRules.Leave(_lease, _schema.Resource, _place);
        foreach (var stage in _stages)
        {
            stage.Dispose();
            await stage.DropAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static string PlaceOf(BigQueryDatasetStore store) => $"{store.Connection.Project}.{store.Dataset}";

    private static async Task<string?> CheckAccountAsync(BigQueryDatasetStore store, BigQueryState state, RunContext run, string prefix, CancellationToken stop)
    {
        var wanted = $"{run.System}/{run.Account}";
        if (await state.AccountAsync(stop).ConfigureAwait(false) is not { } stored || stored.Equals(wanted, StringComparison.OrdinalIgnoreCase)) return null;
        throw new JunipeerException(new JunipeerFault("Junipeer.Warehouse.OtherAccount", FaultCategory.InvalidOperation,
            $"{(prefix.Length == 0 ? "The tables" : $"The tables with prefix '{prefix}'")} in '{PlaceOf(store)}' hold the account {stored}; this export reads {wanted}.",
            "Give the other account tables of its own, for example -TablePrefix eu_, or another dataset.") { Target = run.Account });
    }

    private void Restage()
    {
        foreach (var stage in _stages) stage.Dispose();
        _generation++;
        var mark = _run.RunId.Length > 24 ? _run.RunId[^24..] : _run.RunId;
        var safe = new string(mark.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_').ToArray());
        _stages = _schema.Tables.Select(t => new StageTable(_store, t, _schema.Resource, _run.RunId,
            string.Create(CultureInfo.InvariantCulture, $"_junipeer_stage_{NameOf(t)}_{safe}_{_lease.Number}_{_generation}"))).ToArray();
        _sequence = 0;
    }

    private string NameOf(TableSchema table) => _prefix + table.Name;

    private Task EnsureAsync(TableSchema table, CancellationToken stop) =>
        _store.EnsureAsync(NameOf(table), BigQueryTypes.Fields(table), BigQueryTypes.KeyIn(table, _schema.Root), stop);

    private int[] Widths() => _schema.Tables.Select(t => t.Columns.Count).ToArray();

    /// <summary>Columns found in the data come before the transaction, which takes none.</summary>
    private async Task GrowAsync(CancellationToken stop)
    {
        var widths = Widths();
        for (var i = 0; i < widths.Length; i++)
        {
            if (widths[i] != _widths[i]) await EnsureAsync(_schema.Tables[i], stop).ConfigureAwait(false);
        }

        _widths = widths;
    }

    private async Task KeepPlansAsync(Bookmark bookmark, CancellationToken stop)
    {
        if (!_run.KeepsBookmark) return;
        foreach (var pass in new[] { bookmark.Changes, bookmark.Sweep }.OfType<OpenPass>().Where(p => p.Plan is not null))
        {
            if (Bookmark.Changes?.Id == pass.Id && Bookmark.Changes.Plan is not null) continue;
            if (Bookmark.Sweep?.Id == pass.Id && Bookmark.Sweep.Plan is not null) continue;
            using var lines = new RowLines();
            var json = lines.Begin();
            json.WriteString("prefix", _prefix);
            json.WriteString("resource", _schema.Resource);
            json.WriteString("pass_id", pass.Id);
            json.WriteString("plan", pass.Plan);
            json.WriteString("written_at", RowLines.Instant(_rules.Clock.GetUtcNow().UtcTicks));
            lines.End();
            var bytes = lines.Finish();
            var load = new LoadConfiguration { DestinationTable = _store.Table(BigQueryState.Plans), Schema = new TableSchemaResource(BigQueryState.PlanFields), CreateDisposition = "CREATE_NEVER", WriteDisposition = "WRITE_APPEND" };
            await _store.Jobs.LoadAsync(BigQueryJobs.NewId("plan"), load, () => new MemoryStream(bytes, writable: false), "save the plan of a pass", BigQueryLabels.Of(_schema.Resource), stop).ConfigureAwait(false);
        }
    }

    /// <summary>What the merge will find new and different: reads keys and hashes only.</summary>
    private async Task<(long New, long Changed)> CountAsync(CancellationToken stop)
    {
        if (_stages[0].Rows == 0) return (0, 0);
        var key = BigQueryTypes.KeyOf(_schema.Root);
        var rows = await _store.SelectAsync($"""
            SELECT COUNTIF(t.{BigQueryTypes.LoadedAt} IS NULL OR t.{BigQueryTypes.IsDeleted}), COUNTIF(t.{BigQueryTypes.LoadedAt} IS NOT NULL AND t.{BigQueryTypes.IsDeleted} IS NOT TRUE AND t.{BigQueryTypes.ContentHash} IS DISTINCT FROM s.{BigQueryTypes.ContentHash})
            FROM (SELECT * FROM {CommitScript.Quote(_stages[0].Name)} QUALIFY ROW_NUMBER() OVER (PARTITION BY {string.Join(", ", key.Select(CommitScript.Quote))} ORDER BY {BigQueryTypes.Sequence} DESC) = 1) s
            LEFT JOIN {CommitScript.Quote(NameOf(_schema.Root))} t ON {string.Join(" AND ", key.Select(k => $"t.`{k}` = s.`{k}`"))}
            """, "count what changed", [], stop).ConfigureAwait(false);
        return ((long)rows[0][0]!, (long)rows[0][1]!);
    }

    /// <summary>Which records are gone; more than a fifth and more than 25, or an empty listing, are held back.</summary>
    private async Task<(long Deleted, long HeldBack, string? Gone)> SweepAsync(DeleteSweep sweep, long added, CancellationToken stop)
    {
        var staged = _stages[0].Rows;
        var living = await CountLivingAsync(stop).ConfigureAwait(false) + added;
        var stage = string.Create(CultureInfo.InvariantCulture, $"_junipeer_stage_gone_{_stages[0].Name["_junipeer_stage_".Length..]}");
        var (count, isEmpty) = sweep.Present is { } present
            ? (await StageAbsentAsync(stage, present, sweep.Before, stop).ConfigureAwait(false), present.Count == 0)
            : (await StageUnreadAsync(stage, sweep, stop).ConfigureAwait(false), staged == 0 && !await AnyOfAsync(sweep.PassId!, stop).ConfigureAwait(false));
        if (count == 0) return default;
        return !sweep.AllowMassDelete && (isEmpty || (count > 25 && count * 5 > living)) ? (0, count, null) : (count, 0, stage);
    }

    private async Task<long> CountLivingAsync(CancellationToken stop)
    {
        var rows = await _store.SelectAsync($"SELECT COUNT(*) FROM {CommitScript.Quote(NameOf(_schema.Root))} WHERE {BigQueryTypes.IsDeleted} IS NOT TRUE", "count records", [], stop).ConfigureAwait(false);
        return (long)rows[0][0]!;
    }

    private async Task<bool> AnyOfAsync(string passId, CancellationToken stop)
    {
        var rows = await _store.SelectAsync($"SELECT COUNT(*) FROM {CommitScript.Quote(NameOf(_schema.Root))} WHERE {BigQueryTypes.PassId} = @pass", "count records of a pass", [BigQueryDatasetStore.Text("pass", passId)], stop).ConfigureAwait(false);
        return (long)rows[0][0]! > 0;
    }

    private async Task<List<long>> LivingAsync(DateTimeOffset? before, CancellationToken stop)
    {
        var key = CommitScript.Quote(BigQueryTypes.KeyOf(_schema.Root)[0]);
        var only = before is null ? string.Empty : $" AND {BigQueryTypes.LoadedAt} < @before";
        var ids = new List<long>();
        await foreach (var (_, row) in _store.StreamAsync($"SELECT {key} FROM {CommitScript.Quote(NameOf(_schema.Root))} WHERE {BigQueryTypes.IsDeleted} IS NOT TRUE{only}",
            "list the ids of the records", before is { } at ? [BigQueryDatasetStore.Instant("before", at)] : [], stop).ConfigureAwait(false))
        {
            ids.Add((long)row[0]!);
        }

        return ids;
    }

    private async Task<long> StageAbsentAsync(string stage, IdSet present, DateTimeOffset before, CancellationToken stop)
    {
        var gone = IdSet.Of(await LivingAsync(before, stop).ConfigureAwait(false)).Except(present);
        if (gone.Count == 0) return 0;
        using var lines = new RowLines();
        var name = JsonEncodedText.Encode(BigQueryTypes.KeyOf(_schema.Root)[0]);
        foreach (var (first, last) in gone.Ranges)
        {
            for (var id = first; id <= last; id++)
            {
                lines.Begin().WriteString(name, id.ToString(CultureInfo.InvariantCulture));
                lines.End();
            }
        }

        await _store.CreateAsync(GoneTable(stage), stop).ConfigureAwait(false);
        var bytes = lines.Finish();
        var load = new LoadConfiguration { DestinationTable = _store.Table(stage), CreateDisposition = "CREATE_NEVER", WriteDisposition = "WRITE_APPEND" };
        await _store.Jobs.LoadAsync(BigQueryJobs.NewId("gone"), load, () => new MemoryStream(bytes, writable: false), "stage what is gone", BigQueryLabels.Of(_schema.Resource), stop).ConfigureAwait(false);
        return gone.Count;
    }

    private async Task<long> StageUnreadAsync(string stage, DeleteSweep sweep, CancellationToken stop)
    {
        var key = string.Join(", ", BigQueryTypes.KeyOf(_schema.Root).Select(k => $"t.`{k}`"));
        var same = string.Join(" AND ", BigQueryTypes.KeyOf(_schema.Root).Select(k => $"s.`{k}` = t.`{k}`"));
        var unstaged = _stages[0].Rows == 0 ? string.Empty : $" AND NOT EXISTS (SELECT 1 FROM {CommitScript.Quote(_stages[0].Name)} s WHERE {same})";
        await _store.CreateAsync(GoneTable(stage), stop).ConfigureAwait(false);
        var job = await _store.RunAsync(BigQueryJobs.NewId("gone"), $"""
            INSERT INTO {CommitScript.Quote(stage)} ({string.Join(", ", BigQueryTypes.KeyOf(_schema.Root).Select(CommitScript.Quote))})
            SELECT {key} FROM {CommitScript.Quote(NameOf(_schema.Root))} t
            WHERE t.{BigQueryTypes.IsDeleted} IS NOT TRUE AND t.{BigQueryTypes.PassId} IS DISTINCT FROM @pass AND t.{BigQueryTypes.LoadedAt} < @before{unstaged}
            """, "find what is gone", [BigQueryDatasetStore.Text("pass", sweep.PassId), BigQueryDatasetStore.Instant("before", sweep.Before)], stop).ConfigureAwait(false);
        var count = long.Parse(job.Statistics?.Query?.NumDmlAffectedRows ?? "0", CultureInfo.InvariantCulture);
        if (count == 0) await _store.DropAsync(stage, stop).ConfigureAwait(false);
        return count;
    }

    private TableResource GoneTable(string stage) => new()
    {
        TableReference = _store.Table(stage),
        Schema = new TableSchemaResource(BigQueryTypes.Fields(_schema.Root).Take(_schema.Root.KeyLength).Select(f => new TableField(f.Name, f.Type)).ToArray()),
        ExpirationTime = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
    };

    private void Fill(CommitScript script, Commit commit, string? gone, bool renews)
    {
        if (_stages[0].Rows > 0)
        {
            script.Merge(NameOf(_schema.Root), _schema.Root, _stages[0].Name);
            for (var i = 1; i < _stages.Length; i++)
                script.ReplaceChildren(NameOf(_schema.Tables[i]), _schema.Tables[i], _stages[i].Rows > 0 ? _stages[i].Name : null, _schema.Root, _stages[0].Name);
        }

        if (gone is not null)
            script.Flag(_schema.Tables.Select(t => (NameOf(t), t)).ToArray(), _schema.Root, gone, commit.Deletes!.Before, _rules.Clock.GetUtcNow());
        script.Reject(commit.Rejects, _run.RunId, !_run.NoPayload);
        script.Keep(commit.Bookmark, ++_commits, _run.RunId, _run.KeepsBookmark, _isNew ? $"{_run.System}/{_run.Account}" : null, renews);
    }

    private async Task RunAsync(CommitScript script, CancellationToken stop)
    {
        try
        {
            await _store.RunAsync(BigQueryJobs.NewId("commit"), script.Text, $"commit {_schema.Resource}", script.Parameters, stop).ConfigureAwait(false);
        }
        catch (JunipeerException failed) when (failed.Message.Contains(CommitScript.LeaseLost, StringComparison.Ordinal))
        {
            _rules.Renew(await _state.LeaseAsync(_schema.Resource, stop).ConfigureAwait(false), _lease, _schema.Resource, _place);
            throw;
        }
    }

    /// <summary>Writes down that a run began, or how it ended.</summary>
    private Task NoteAsync(ExportResult? result, CancellationToken stop)
    {
        var values = new (string Column, QueryParameter Parameter)[]
        {
            ("prefix", _state.Prefix), ("run_id", BigQueryDatasetStore.Text("run", _run.RunId)), ("resource", BigQueryDatasetStore.Text("resource", _schema.Resource)),
            ("is_end", Bool("is_end", result is not null)), ("keeps_bookmark", Bool("keeps", _run.KeepsBookmark)), ("status", BigQueryDatasetStore.Text("status", result?.Status.ToString())),
            ("mode", BigQueryDatasetStore.Text("mode", result?.Mode)), ("started_at", BigQueryDatasetStore.Instant("started", _run.StartedAt)),
            ("ended_at", BigQueryDatasetStore.Instant("ended", result is null ? null : _rules.Clock.GetUtcNow())), ("records", BigQueryDatasetStore.Number("records", result?.Records ?? 0)),
            ("rows_written", BigQueryDatasetStore.Number("rows_written", result?.Rows ?? 0)), ("new_records", BigQueryDatasetStore.Number("new_records", result?.New ?? 0)), ("changed", BigQueryDatasetStore.Number("changed", result?.Changed ?? 0)),
            ("deleted", BigQueryDatasetStore.Number("deleted", result?.Deleted ?? 0)), ("rejected", BigQueryDatasetStore.Number("rejected", result?.Rejected ?? 0)),
            ("drifted", BigQueryDatasetStore.Number("drifted", result?.Drifted ?? 0)), ("requests", BigQueryDatasetStore.Number("requests", result?.Requests ?? 0)),
            ("throttled", BigQueryDatasetStore.Number("throttled", result?.Throttled ?? 0)), ("bytes", BigQueryDatasetStore.Number("bytes", result?.Bytes ?? 0)),
            ("message", BigQueryDatasetStore.Text("message", result?.Message)), ("error_id", BigQueryDatasetStore.Text("error", result?.ErrorId)),
            ("host", BigQueryDatasetStore.Text("host", $"{_rules.Self.Machine} (process {_rules.Self.ProcessId})")),
        };
        var sql = $"INSERT INTO {BigQueryState.Runs} ({string.Join(", ", values.Select(v => CommitScript.Quote(v.Column)))}, written_at) VALUES ({string.Join(", ", values.Select(v => "@" + v.Parameter.Name))}, CURRENT_TIMESTAMP())";
        return _store.RunAsync(BigQueryJobs.NewId("run"), sql, "note the run", values.Select(v => v.Parameter).ToArray(), stop);
    }

    private static QueryParameter Bool(string name, bool value) => new(name, new QueryParameterType("BOOL"), new QueryParameterValue(value ? "true" : "false"));

    private void ThrowIfOver()
    {
        if (_isOver) throw new InvalidOperationException("This writer gave up its lease.");
    }
}
