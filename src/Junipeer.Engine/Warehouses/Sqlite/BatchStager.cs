using Junipeer.Export;
using Junipeer.Records;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// Compares the records of a batch with the file and stages what the next commit has to do. While the lease is held nobody
/// else writes these tables, so what is found now still holds at the commit.
/// </summary>
internal sealed class BatchStager(SqliteDb db, SqliteTable root, ResourceSchema schema, Staging stage)
{
    private int[] _staged = [];

    /// <summary>Stages a batch and tells what it does to the file.</summary>
    public WriteOutcome Stage(RecordBatch batch, string passId)
    {
        var records = batch.Tables[0];
        var stretch = stage.Stretches.Count;
        stage.Stretches.Add((passId, batch.LoadedAt));
        if (_staged.Length < records.Count) _staged = new int[records.Count];
        long added = 0, changed = 0, rows = 0;
        var ownTransaction = !db.InTransaction;
        if (ownTransaction) db.BeginRead();
        try
        {
            for (var i = 0; i < records.Count; i++)
            {
                CheckKey(records, i);
                var earlier = stage.Find(batch, i);
                var fate = FateOf(batch, i);
                var was = earlier < 0 ? default(StagedRecord?) : stage.Supersede(earlier);
                _staged[i] = stage.Add(batch, i, fate);

                // Read twice before the commit: the later one counts, and only for what the earlier one did not.
                if (was is { Fate: not Fate.Same } replaced && replaced.Stretch != stretch) rows -= replaced.Rows;
                if (fate is Fate.New or Fate.Returned && was is null or { Fate: Fate.Same or Fate.Changed }) added++;
                if (fate == Fate.Changed && was is null or { Fate: Fate.Same }) changed++;
            }
        }
        finally
        {
            if (ownTransaction) db.Rollback();
        }

        rows += StageChildren(batch, records.Count);
        return new WriteOutcome(added, changed, rows);
    }

    private long StageChildren(RecordBatch batch, int records)
    {
        for (var t = 1; t < batch.Tables.Count; t++)
        {
            var table = batch.Tables[t];
            for (var row = 0; row < table.Count; row++)
            {
                var number = _staged[table.RecordOf(row)];
                if (stage.Records[number].Fate is Fate.Same or Fate.Superseded) continue;
                CheckKey(table, row);
                stage.AddChild(batch, t, row, number);
            }
        }

        long rows = 0;
        for (var i = 0; i < records; i++)
        {
            if (stage.Records[_staged[i]] is { Fate: not (Fate.Same or Fate.Superseded) } record) rows += record.Rows;
        }

        return rows;
    }

    private Fate FateOf(RecordBatch batch, int row)
    {
        var find = root.Find;
        for (var k = 0; k < schema.Root.KeyLength; k++) find.Bind(k + 1, batch, batch.Tables[0][row, k]);
        if (!find.Step()) return Fate.New;
        var isSame = !find.IsNull(0) && find.Integer(0) == stage.HashOf(batch.Records[row]);
        var isDeleted = find.Integer(1) != 0;
        find.Reset();
        return isDeleted ? Fate.Returned : isSame ? Fate.Same : Fate.Changed;
    }

    private static void CheckKey(RowSet rows, int row)
    {
        for (var k = 0; k < rows.Table.KeyLength; k++)
        {
            if (rows[row, k].Kind == CellKind.Null)
            {
                throw new InvalidOperationException($"A row of '{rows.Table.Name}' has no '{rows.Table.Columns[k].Name}', which is part of its key.");
            }
        }
    }
}
