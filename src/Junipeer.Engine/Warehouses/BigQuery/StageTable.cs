using System.Globalization;
using System.Text.Json;
using Junipeer.BigQuery;
using Junipeer.Export;
using Junipeer.Records;

namespace Junipeer.Warehouses.BigQuery;

/// <summary>
/// The rows of one table between two commits, on their way into a staging table: compressed as they come, and loaded by a job
/// of their own whenever there are enough. A block of rows is kept until its job is done, so an upload can begin again.
/// </summary>
internal sealed class StageTable(BigQueryDatasetStore store, ResourceSchema resources, TableSchema schema, string runId, string name) : IDisposable
{
    /// <summary>Compressed size of a block; some ten times as much as documents. Three of them are in memory at a time.</summary>
    public const long BlockSize = 4 << 20;

    private readonly List<Task> _loads = [];
    private readonly string _resource = resources.Resource;
    private JsonEncodedText[] _names = [];
    private RowLines? _lines;
    private int _blocks;
    private bool _isMade;

    public TableSchema Schema => schema;

    /// <summary>Name of the staging table.</summary>
    public string Name => name;

    /// <summary>Rows since the last commit.</summary>
    public long Rows { get; private set; }

    /// <summary>Compressed bytes sent since the last commit.</summary>
    public long Bytes { get; private set; }

    /// <summary>The months of the rows since the last commit.</summary>
    public RecordDates Dates { get; } = new();

    /// <summary>Writes a row; <paramref name="sequence"/> orders several versions of one record. Gives the columns whose type cannot hold their value.</summary>
    public IReadOnlyList<int> Add(RecordBatch batch, int table, int row, long sequence, string passId, in RecordInfo info, bool withPayload)
    {
        _lines ??= new RowLines();
        var rows = batch.Tables[table];
        var json = _lines.Begin();
        while (_names.Length < schema.Columns.Count) Spell();
        List<int>? unfit = null;
        for (var c = 0; c < schema.Columns.Count; c++)
        {
            if (!RowLines.Write(json, _names[c], batch, rows[row, c])) (unfit ??= []).Add(c);
        }

        if (resources.BusinessDate is { } column)
        {
            var date = batch.Tables[0][table == 0 ? row : rows.RecordOf(row), column];
            var day = RecordDates.DayOf(date.Kind == CellKind.Instant ? date.Bits : null);
            Dates.Add(day);
            json.WriteString(BigQueryTypes.RecordDate, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        json.WriteString(BigQueryTypes.RunId, runId);
        json.WriteString(BigQueryTypes.PassId, passId);
        json.WriteString(BigQueryTypes.LoadedAt, RowLines.Instant(batch.LoadedAt.UtcTicks));
        json.WriteBoolean(BigQueryTypes.IsDeleted, false);
        if (schema.Parent is null)
        {
            if (info.SourceUpdatedAt != 0) json.WriteString(BigQueryTypes.SourceUpdatedAt, RowLines.Instant(info.SourceUpdatedAt));
            json.WriteString(BigQueryTypes.ContentHash, info.ContentHash.ToString(CultureInfo.InvariantCulture));
            if (withPayload && info.Length > 0) json.WriteString(BigQueryTypes.Payload, batch.Payload(row));
        }

        json.WriteString(BigQueryTypes.Sequence, sequence.ToString(CultureInfo.InvariantCulture));
        _lines.End();
        Rows++;
        return unfit ?? (IReadOnlyList<int>)[];
    }

    /// <summary>Sends a block when there is one; waits while earlier ones are still on their way.</summary>
    public async ValueTask FlushAsync(bool all, CancellationToken stop)
    {
        if (_lines is null || (!all && _lines.Length < BlockSize)) return;
        while (_loads.Count(l => !l.IsCompleted) >= 2) await Task.WhenAny(_loads.Where(l => !l.IsCompleted)).WaitAsync(stop).ConfigureAwait(false);
        if (_loads.Find(l => l.IsFaulted) is { } failed) await failed.ConfigureAwait(false);
        await MakeAsync(stop).ConfigureAwait(false);
        var block = _lines.Finish();
        _lines.Dispose();
        _lines = null;
        Bytes += block.Length;
        _loads.Add(LoadAsync(block, ++_blocks, stop));
    }

    /// <summary>Waits until all rows are in the staging table.</summary>
    public async Task SettleAsync(CancellationToken stop)
    {
        await FlushAsync(all: true, stop).ConfigureAwait(false);
        await Task.WhenAll(_loads).ConfigureAwait(false);
        _loads.Clear();
    }

    /// <summary>Drops the staging table.</summary>
    public Task DropAsync(CancellationToken stop) => _isMade ? store.DropAsync(name, stop) : Task.CompletedTask;

    public void Dispose() => _lines?.Dispose();

    private async Task MakeAsync(CancellationToken stop)
    {
        if (_isMade) return;
        await store.CreateAsync(new TableResource
        {
            TableReference = store.Table(name),
            Schema = Fields(),
            ExpirationTime = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            Labels = BigQueryLabels.Of(_resource),
        }, stop).ConfigureAwait(false);
        _isMade = true;
    }

    private async Task LoadAsync(RowBlock block, int number, CancellationToken stop)
    {
        using var given = block;
        await Task.Yield();
        var load = new LoadConfiguration
        {
            DestinationTable = store.Table(name),
            Schema = Fields(),
            CreateDisposition = "CREATE_NEVER",
            WriteDisposition = "WRITE_APPEND",
            SchemaUpdateOptions = ["ALLOW_FIELD_ADDITION"], // columns found in the data since the table was made
        };
        await store.Jobs.LoadAsync(string.Create(CultureInfo.InvariantCulture, $"junipeer_{name}_{number}"), load, block.Open, $"load {_resource}", BigQueryLabels.Of(_resource), stop).ConfigureAwait(false);
    }

    private TableSchemaResource Fields() => new([.. BigQueryTypes.Fields(schema, resources.BusinessDate is not null), new TableField(BigQueryTypes.Sequence, "INTEGER")]);

    private void Spell() => _names = Enumerable.Range(0, schema.Columns.Count).Select(i => JsonEncodedText.Encode(BigQueryTypes.ColumnName(schema, i))).ToArray();
}
