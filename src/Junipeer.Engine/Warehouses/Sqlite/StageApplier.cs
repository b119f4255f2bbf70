using Junipeer.Records;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>Writes what is staged into the tables, inside the caller's transaction. The hot path: no strings, no boxing.</summary>
internal sealed class StageApplier(IReadOnlyList<SqliteTable> tables, string runId)
{
    private readonly byte[] _runId = System.Text.Encoding.UTF8.GetBytes(runId);

    /// <summary>Writes it all, table by table, so that each table's pages are walked once.</summary>
    public void Apply(Staging stage)
    {
        foreach (var table in tables) table.Ensure();
        ApplyRecords(stage);
        for (var i = 1; i < tables.Count; i++) ApplyChildren(stage, i);
    }

    private void ApplyRecords(Staging stage)
    {
        var root = tables[0];
        var rows = stage.Batch.Tables[0];
        var insert = new Marks(root.Insert, root.Width + 1, _runId);
        var replace = new Marks(root.Replace, root.Width + 1, _runId);
        var touch = new Marks(root.Touch, 1, _runId);
        for (var i = 0; i < stage.Records.Count; i++)
        {
            var record = stage.Records[i];
            switch (record.Fate)
            {
                case Fate.Superseded:
                    break;
                case Fate.Same:
                    touch.Set(stage, record.Stretch);
                    for (var k = 0; k < root.Schema.KeyLength; k++) root.Touch.Bind(4 + k, stage.Batch, rows[i, k]);
                    root.Touch.Run();
                    break;
                case Fate.New:
                    insert.Set(stage, record.Stretch);
                    BindRecord(root.Insert, root.Width, stage.Batch, i);
                    root.Insert.Run();
                    break;
                default:
                    replace.Set(stage, record.Stretch);
                    BindRecord(root.Replace, root.Width, stage.Batch, i);
                    root.Replace.Run();
                    break;
            }
        }
    }

    private void ApplyChildren(Staging stage, int index)
    {
        var table = tables[index];
        var records = stage.Batch.Tables[0];
        for (var i = 0; i < stage.Records.Count; i++)
        {
            // A new record has no rows to replace.
            if (stage.Records[i].Fate is not (Fate.Changed or Fate.Returned)) continue;
            for (var k = 0; k < tables[0].Schema.KeyLength; k++) table.Drop.Bind(k + 1, stage.Batch, records[i, k]);
            table.Drop.Run();
        }

        var rows = stage.Batch.Tables[index];
        if (rows.Count == 0) return;
        var insert = new Marks(table.Insert, table.Width + 1, _runId);
        var replace = new Marks(table.Replace, table.Width + 1, _runId);
        for (var row = 0; row < rows.Count; row++)
        {
            var record = stage.Records[rows.RecordOf(row)];
            if (record.Fate == Fate.Superseded) continue;
            insert.Set(stage, record.Stretch);
            BindRow(table.Insert, table.Width, stage.Batch, rows, row);
            if (table.Insert.TryRun()) continue;

            // Two rows of one record under one key: the later one counts, as it does for records.
            replace.Set(stage, record.Stretch);
            BindRow(table.Replace, table.Width, stage.Batch, rows, row);
            table.Replace.Run();
        }
    }

    private static void BindRow(SqliteStatement insert, int width, RecordBatch batch, RowSet rows, int row)
    {
        // What the row does not have is bound too: the statement still holds the values of the row before.
        var cells = rows.Cells(row);
        for (var c = 0; c < width; c++) insert.Bind(c + 1, batch, c < cells.Length ? cells[c] : Cell.Null);
    }

    private static void BindRecord(SqliteStatement insert, int width, RecordBatch batch, int i)
    {
        BindRow(insert, width, batch, batch.Tables[0], i);
        var info = batch.Records[i];
        var at = width + 4;
        if (info.SourceUpdatedAt == 0) insert.BindNull(at);
        else insert.BindInstant(at, info.SourceUpdatedAt);
        insert.Bind(at + 1, info.ContentHash);
        if (info.Length == 0) insert.BindNull(at + 2);
        else insert.Bind(at + 2, batch.Payload(i));
    }

    // Run, pass and time of loading are the same for many rows: SQLite keeps what was bound until it is bound anew.
    private struct Marks(SqliteStatement statement, int first, byte[] runId)
    {
        private int _stretch = -1;

        public void Set(Staging stage, int stretch)
        {
            if (stretch == _stretch) return;
            _stretch = stretch;
            var (passId, loadedAt) = stage.Stretches[stretch];
            statement.Bind(first, runId);
            statement.Bind(first + 1, passId);
            statement.BindInstant(first + 2, loadedAt.UtcTicks);
        }
    }
}
