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
                default:
                    insert.Set(stage, record.Stretch);
                    InsertRecord(root, stage, rows, i);
                    break;
            }
        }
    }

    private static void InsertRecord(SqliteTable root, Staging stage, RowSet rows, int i)
    {
        var insert = root.Insert;
        var batch = stage.Batch;
        for (var c = 0; c < root.Width; c++) insert.Bind(c + 1, batch, rows[i, c]);
        var info = batch.Records[i];
        var at = root.Width + 4;
        if (info.SourceUpdatedAt == 0) insert.BindNull(at);
        else insert.BindInstant(at, info.SourceUpdatedAt);
        insert.Bind(at + 1, info.ContentHash);
        if (info.Length == 0) insert.BindNull(at + 2);
        else insert.Bind(at + 2, batch.Payload(i));
        insert.Run();
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
        var insert = table.Insert;
        var marks = new Marks(insert, table.Width + 1, _runId);
        for (var row = 0; row < rows.Count; row++)
        {
            var record = stage.Records[rows.RecordOf(row)];
            if (record.Fate == Fate.Superseded) continue;
            marks.Set(stage, record.Stretch);
            for (var c = 0; c < table.Width; c++) insert.Bind(c + 1, stage.Batch, rows[row, c]);
            insert.Run();
        }
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
