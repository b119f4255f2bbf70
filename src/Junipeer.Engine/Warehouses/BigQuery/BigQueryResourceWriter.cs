using System.Collections.Concurrent;
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
    private readonly WarehouseStart _start;
    private readonly HashSet<string> _unfit = [];
    private readonly ConcurrentDictionary<string, long> _sizes = new();
    private bool _isOver;

    private BigQueryResourceWriter(BigQueryDatasetStore store, BigQueryState state, LeaseRules rules, RunContext run, ResourceSchema schema, string prefix, LeaseState lease, WarehouseStart start)
    {
        (_store, _state, _rules, _run, _schema, _prefix, _lease, _start) = (store, state, rules, run, schema, prefix, lease, start);
        _place = PlaceOf(store);
        _widths = Widths();
        Restage();
    }

    public WarehouseUse? Use => _store.Jobs.Use;

    public Bookmark Bookmark { get; private set; } = Bookmark.None;

    public IReadOnlyList<string> Output => [$"{_store.Dataset}.{NameOf(_schema.Root)}"];

    /// <summary>Takes the lease, makes the tables and reads the bookmark.</summary>
    public static async Task<BigQueryResourceWriter> OpenAsync(BigQueryDatasetStore store, BigQueryState state, WarehouseStart start, LeaseRules rules, ResourceSchema schema, RunContext run, string prefix, CancellationToken stop)
    {
        if (!start.IsReady)
        {
            await state.EnsureAsync(run.Retention, stop).ConfigureAwait(false);
            start.IsAccountNoted = await CheckAccountAsync(store, state, run, prefix, stop).ConfigureAwait(false);
            start.IsReady = true;
        }

        var place = PlaceOf(store);
        var stored = await state.LeaseAsync(schema.Resource, stop).ConfigureAwait(false);
        var lease = rules.Take(stored, run.RunId, schema.Resource, place);
        try
        {
            await state.PutLeaseAsync(schema.Resource, lease, stop).ConfigureAwait(false);

            // Two may have taken the same number at the same moment; the first counts.
            if (await state.FirstHolderAsync(schema.Resource, lease.Number, stop).ConfigureAwait(false) is { } first && first.RunId != run.RunId)
                rules.Take(first, run.RunId, schema.Resource, place);
            var writer = new BigQueryResourceWriter(store, state, rules, run, schema, prefix, lease, start);
            await Task.WhenAll([.. schema.Tables.Select(t => writer.EnsureAsync(t, stop)), writer.NoteAsync(null, stop), writer.RecallAsync(stop)]).ConfigureAwait(false);
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
        var ids = await Sweep.LivingAsync(null, stop).ConfigureAwait(false);
        return IdSet.Of(ids);
    }

    public async ValueTask<WriteOutcome> WriteAsync(RecordBatch batch, string passId, CancellationToken stop)
    {
        ThrowIfOver();
        var first = _sequence;
        _sequence += batch.Records.Count;
        long unfit = 0;
        for (var t = 0; t < batch.Tables.Count; t++)
        {
            var rows = batch.Tables[t];
            for (var row = 0; row < rows.Count; row++)
            {
                var record = t == 0 ? row : rows.RecordOf(row);
                foreach (var column in _stages[t].Add(batch, t, row, first + record, passId, batch.Records[record], !_run.NoPayload))
                {
                    unfit++;
                    Warn(rows.Table, column);
                }
            }

            await _stages[t].FlushAsync(all: false, stop).ConfigureAwait(false);
        }

        return new WriteOutcome(null, null, batch.Tables.Sum(t => (long)t.Count)) { Unfit = unfit };
    }

    public async Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken stop)
    {
        ThrowIfOver();
        try
        {
            await Task.WhenAll(_stages.Select(s => s.SettleAsync(stop))).ConfigureAwait(false);
            await GrowAsync(stop).ConfigureAwait(false);
            await KeepPlansAsync(commit.Bookmark, stop).ConfigureAwait(false);
            var (added, changed, spans) = await CountAsync(stop).ConfigureAwait(false);
            var (deleted, heldBack, gone) = commit.Deletes is { } sweep && _run.KeepsBookmark ? await Sweep.RunAsync(sweep, _stages[0], added, stop).ConfigureAwait(false) : default;
            // Changes of a table are rationed, so a lease that is young is not renewed.
            var renews = _rules.Clock.GetUtcNow() - _lease.RenewedAt > RenewAfter;
            if (renews) _lease = _lease with { RenewedAt = _rules.Clock.GetUtcNow() };
            var script = new CommitScript(_state, _schema.Resource, IsDated, _lease);
            Fill(script, commit, spans, gone, gone is null ? null : await Sweep.SpanOfAsync(gone, stop).ConfigureAwait(false), renews);
            await RunAsync(script, stop).ConfigureAwait(false);
            _start.IsAccountNoted = true;
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

    /// <summary>Reads the bookmark.</summary>
    private async Task RecallAsync(CancellationToken stop)
    {
        if (_run.KeepsBookmark && (await _state.BookmarksAsync(_schema.Resource, stop).ConfigureAwait(false)).TryGetValue(_schema.Resource, out var stored)) Bookmark = stored.Bookmark;
    }

    private void Warn(TableSchema table, int column)
    {
        if (_unfit.Add($"{table.Name}.{table.Columns[column].Name}"))
            _run.Sink.Warning($"{_schema.Resource}: '{table.Columns[column].Path}' holds a number with more than 29 digits or 9 decimals, which NUMERIC cannot keep exactly; {table.Name}.{table.Columns[column].Name} stays empty there, the payload keeps it.");
    }

    /// <summary>True when the tables were filled before, from this account.</summary>
    private static async Task<bool> CheckAccountAsync(BigQueryDatasetStore store, BigQueryState state, RunContext run, string prefix, CancellationToken stop)
    {
        var wanted = $"{run.System}/{run.Account}";
        if (await state.AccountAsync(stop).ConfigureAwait(false) is not { } stored) return false;
        if (stored.Equals(wanted, StringComparison.OrdinalIgnoreCase)) return true;
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
        _stages = _schema.Tables.Select(t => new StageTable(_store, _schema, t, _run.RunId,
            string.Create(CultureInfo.InvariantCulture, $"_junipeer_stage_{NameOf(t)}_{safe}_{_lease.Number}_{_generation}"))).ToArray();
        _sequence = 0;
    }

    private string NameOf(TableSchema table) => _prefix + table.Name;

    private async Task EnsureAsync(TableSchema table, CancellationToken stop) => _sizes[table.Name] =
        await _store.EnsureAsync(NameOf(table), BigQueryTypes.Fields(table, IsDated), BigQueryTypes.KeyIn(table, _schema.Root), IsDated ? new TimePartitioning("MONTH", BigQueryTypes.RecordDate) : null, stop).ConfigureAwait(false);

    private BigQuerySweep Sweep => new(_store, _schema, NameOf(_schema.Root));

    private bool IsDated => _schema.BusinessDate is not null;

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
            using var block = lines.Finish();
            var load = new LoadConfiguration { DestinationTable = _store.Table(BigQueryState.Plans), Schema = new TableSchemaResource(BigQueryState.PlanFields), CreateDisposition = "CREATE_NEVER", WriteDisposition = "WRITE_APPEND" };
            await _store.Jobs.LoadAsync(BigQueryJobs.NewId("plan"), load, block.Open, "save the plan of a pass", BigQueryLabels.Of(_schema.Resource), stop).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What the merge will find new and different, and the dates it has to look at: reads keys, hashes and dates only. A date
    /// that did change after all makes the one span that covers both.
    /// </summary>
    private async Task<(long New, long Changed, IReadOnlyList<DateSpan> Spans)> CountAsync(CancellationToken stop)
    {
        if (_stages[0].Rows == 0) return (0, 0, []);
        var key = BigQueryTypes.KeyOf(_schema.Root);
        const string Date = BigQueryTypes.RecordDate;
        var dates = IsDated ? $", COUNTIF(t.{Date} != s.{Date}), MIN(t.{Date}), MAX(t.{Date}), MIN(s.{Date}), MAX(s.{Date})" : string.Empty;
        var rows = await _store.SelectAsync($"""
            SELECT COUNTIF(t.{BigQueryTypes.LoadedAt} IS NULL OR t.{BigQueryTypes.IsDeleted}), COUNTIF(t.{BigQueryTypes.LoadedAt} IS NOT NULL AND t.{BigQueryTypes.IsDeleted} IS NOT TRUE AND t.{BigQueryTypes.ContentHash} IS DISTINCT FROM s.{BigQueryTypes.ContentHash}){dates}
            FROM (SELECT * FROM {CommitScript.Quote(_stages[0].Name)} QUALIFY ROW_NUMBER() OVER (PARTITION BY {string.Join(", ", key.Select(CommitScript.Quote))} ORDER BY {BigQueryTypes.Sequence} DESC) = 1) s
            LEFT JOIN {CommitScript.Quote(NameOf(_schema.Root))} t ON {string.Join(" AND ", key.Select(k => $"t.`{k}` = s.`{k}`"))}
            """, "count what changed", [], stop).ConfigureAwait(false);
        var row = rows[0];
        IReadOnlyList<DateSpan> spans = !IsDated ? []
            : (long)row[2]! == 0 ? _stages[0].Dates.Spans(BigQueryCost.GapWorthAStatement(_sizes.Values.Sum(), _schema.Tables.Count))
            : [new DateSpan(Earlier((DateOnly)row[3]!, (DateOnly)row[5]!), Later((DateOnly)row[4]!, (DateOnly)row[6]!))];
        return ((long)row[0]!, (long)row[1]!, spans);
    }

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;

    private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;

    private void Fill(CommitScript script, Commit commit, IReadOnlyList<DateSpan> spans, string? gone, DateSpan? goneSpan, bool renews)
    {
        if (_stages[0].Rows > 0)
        {
            script.Merge(NameOf(_schema.Root), _schema.Root, _stages[0].Name, spans);
            for (var i = 1; i < _stages.Length; i++)
                script.ReplaceChildren(NameOf(_schema.Tables[i]), _schema.Tables[i], _stages[i].Rows > 0 ? _stages[i].Name : null, _schema.Root, _stages[0].Name, spans);
        }

        if (gone is not null)
            script.Flag(_schema.Tables.Select(t => (NameOf(t), t)).ToArray(), _schema.Root, gone, goneSpan, commit.Deletes!.Before, _rules.Clock.GetUtcNow());
        script.Reject(commit.Rejects, _run.RunId, !_run.NoPayload);
        script.Keep(commit.Bookmark, ++_commits, _run.RunId, _run.KeepsBookmark, !_start.IsAccountNoted ? $"{_run.System}/{_run.Account}" : null, renews);
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

/// <summary>What the first writer of a run found out for the others.</summary>
internal sealed class WarehouseStart
{
    /// <summary>True when the state tables are there and the account was compared.</summary>
    public bool IsReady { get; set; }

    /// <summary>True when the tables say which account filled them.</summary>
    public bool IsAccountNoted { get; set; }
}
