using System.Globalization;
using System.Text.Json;
using Junipeer.BigQuery;
using Junipeer.Export;
using Junipeer.Records;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>Finds which records of a resource are gone, and stages their keys for the commit that flags them.</summary>
internal sealed class BigQuerySweep(BigQueryDatasetStore store, ResourceSchema schema, string root)
{
    /// <summary>The dates of records that are gone.</summary>
    public async Task<DateSpan?> SpanOfAsync(string gone, CancellationToken stop)
    {
        if (schema.BusinessDate is null) return null;
        var same = string.Join(" AND ", BigQueryTypes.KeyOf(schema.Root).Select(k => $"g.`{k}` = t.`{k}`"));
        var rows = await store.SelectAsync($"SELECT MIN(t.{BigQueryTypes.RecordDate}), MAX(t.{BigQueryTypes.RecordDate}) FROM {CommitScript.Quote(root)} t JOIN {CommitScript.Quote(gone)} g ON {same}",
            "find the dates of what is gone", [], stop).ConfigureAwait(false);
        return rows[0][0] is DateOnly from && rows[0][1] is DateOnly to ? new DateSpan(from, to) : null;
    }

    /// <summary>Which records are gone; more than a fifth and more than 25, or an empty listing, are held back.</summary>
    public async Task<(long Deleted, long HeldBack, string? Gone)> RunAsync(DeleteSweep sweep, StageTable staged, long added, CancellationToken stop)
    {
        var living = await CountLivingAsync(stop).ConfigureAwait(false) + added;
        var stage = string.Create(CultureInfo.InvariantCulture, $"_junipeer_stage_gone_{staged.Name["_junipeer_stage_".Length..]}");
        var (count, isEmpty) = sweep.Present is { } present
            ? (await StageAbsentAsync(stage, present, sweep.Before, stop).ConfigureAwait(false), present.Count == 0)
            : (await StageUnreadAsync(stage, sweep, staged, stop).ConfigureAwait(false), staged.Rows == 0 && !await AnyOfAsync(sweep.PassId!, stop).ConfigureAwait(false));
        if (count == 0) return default;
        return !sweep.AllowMassDelete && (isEmpty || (count > 25 && count * 5 > living)) ? (0, count, null) : (count, 0, stage);
    }

    private async Task<long> CountLivingAsync(CancellationToken stop)
    {
        var rows = await store.SelectAsync($"SELECT COUNT(*) FROM {CommitScript.Quote(root)} WHERE {BigQueryTypes.IsDeleted} IS NOT TRUE", "count records", [], stop).ConfigureAwait(false);
        return (long)rows[0][0]!;
    }

    private async Task<bool> AnyOfAsync(string passId, CancellationToken stop)
    {
        var rows = await store.SelectAsync($"SELECT COUNT(*) FROM {CommitScript.Quote(root)} WHERE {BigQueryTypes.PassId} = @pass", "count records of a pass", [BigQueryDatasetStore.Text("pass", passId)], stop).ConfigureAwait(false);
        return (long)rows[0][0]! > 0;
    }

    public async Task<List<long>> LivingAsync(DateTimeOffset? before, CancellationToken stop)
    {
        var key = CommitScript.Quote(BigQueryTypes.KeyOf(schema.Root)[0]);
        var only = before is null ? string.Empty : $" AND {BigQueryTypes.LoadedAt} < @before";
        var ids = new List<long>();
        await foreach (var (_, row) in store.StreamAsync($"SELECT {key} FROM {CommitScript.Quote(root)} WHERE {BigQueryTypes.IsDeleted} IS NOT TRUE{only}",
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
        var name = JsonEncodedText.Encode(BigQueryTypes.KeyOf(schema.Root)[0]);
        foreach (var (first, last) in gone.Ranges)
        {
            for (var id = first; id <= last; id++)
            {
                lines.Begin().WriteString(name, id.ToString(CultureInfo.InvariantCulture));
                lines.End();
            }
        }

        await store.CreateAsync(GoneTable(stage), stop).ConfigureAwait(false);
        using var block = lines.Finish();
        var load = new LoadConfiguration { DestinationTable = store.Table(stage), CreateDisposition = "CREATE_NEVER", WriteDisposition = "WRITE_APPEND" };
        await store.Jobs.LoadAsync(BigQueryJobs.NewId("gone"), load, block.Open, "stage what is gone", BigQueryLabels.Of(schema.Resource), stop).ConfigureAwait(false);
        return gone.Count;
    }

    private async Task<long> StageUnreadAsync(string stage, DeleteSweep sweep, StageTable staged, CancellationToken stop)
    {
        var key = string.Join(", ", BigQueryTypes.KeyOf(schema.Root).Select(k => $"t.`{k}`"));
        var same = string.Join(" AND ", BigQueryTypes.KeyOf(schema.Root).Select(k => $"s.`{k}` = t.`{k}`"));
        var unstaged = staged.Rows == 0 ? string.Empty : $" AND NOT EXISTS (SELECT 1 FROM {CommitScript.Quote(staged.Name)} s WHERE {same})";
        await store.CreateAsync(GoneTable(stage), stop).ConfigureAwait(false);
        var job = await store.RunAsync(BigQueryJobs.NewId("gone"), $"""
            INSERT INTO {CommitScript.Quote(stage)} ({string.Join(", ", BigQueryTypes.KeyOf(schema.Root).Select(CommitScript.Quote))})
            SELECT {key} FROM {CommitScript.Quote(root)} t
            WHERE t.{BigQueryTypes.IsDeleted} IS NOT TRUE AND t.{BigQueryTypes.PassId} IS DISTINCT FROM @pass AND t.{BigQueryTypes.LoadedAt} < @before{unstaged}
            """, "find what is gone", [BigQueryDatasetStore.Text("pass", sweep.PassId), BigQueryDatasetStore.Instant("before", sweep.Before)], stop).ConfigureAwait(false);
        var count = long.Parse(job.Statistics?.Query?.NumDmlAffectedRows ?? "0", CultureInfo.InvariantCulture);
        if (count == 0) await store.DropAsync(stage, stop).ConfigureAwait(false);
        return count;
    }

    private TableResource GoneTable(string stage) => new()
    {
        TableReference = store.Table(stage),
        Schema = new TableSchemaResource(BigQueryTypes.Fields(schema.Root, (schema.BusinessDate is not null)).Take(schema.Root.KeyLength).Select(f => new TableField(f.Name, f.Type)).ToArray()),
        ExpirationTime = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
    };
}
