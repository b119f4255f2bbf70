using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Junipeer.Records;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>What becomes of a staged record.</summary>
internal enum Fate : byte
{
    /// <summary>Not there, or flagged as deleted: counts as new.</summary>
    New,

    /// <summary>There as a deleted row: counts as new, its rows are replaced.</summary>
    Returned,

    /// <summary>There, and different.</summary>
    Changed,

    /// <summary>There, and the same.</summary>
    Same,

    /// <summary>Read a second time before the commit: the later one counts.</summary>
    Superseded,
}

/// <summary>A staged record.</summary>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Stretch">Index of the batch it came with.</param>
/// <param name="Rows">Rows it brings, its own included.</param>
internal record struct StagedRecord(Fate Fate, int Stretch, int Rows);

/// <summary>
/// What was written since the last commit. It waits here, in memory, and goes into the file within the commit: a run that
/// waits a minute for its quota then holds no lock, and another process can fill another resource of the same file. Keeps
/// copies, since batches are reused; unchanged records leave only their key.
/// </summary>
internal sealed class Staging(ResourceSchema schema, bool keepsPayload) : IDisposable
{
    // Mixed into the hash of a row without its payload: when payloads are switched on or off, every row is written anew.
    private const long NoPayloadMark = 0x5bd1e995_9e3779b9;

    private readonly List<StagedRecord> _records = [];
    private readonly Dictionary<long, int> _byNumber = [];
    private readonly Dictionary<string, int> _byText = [];

    /// <summary>The staged rows; <see cref="RowSet.RecordOf"/> counts as <see cref="Records"/> does.</summary>
    public RecordBatch Batch { get; } = new(schema);

    public IReadOnlyList<StagedRecord> Records => _records;

    /// <summary>Pass and time of loading of the batches staged.</summary>
    public List<(string PassId, DateTimeOffset LoadedAt)> Stretches { get; } = [];

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>The hash a record has in the file.</summary>
    public long HashOf(RecordInfo record) => keepsPayload ? record.ContentHash : record.ContentHash ^ NoPayloadMark;

    /// <summary>The record staged under the same key; -1 when there is none.</summary>
    public int Find(RecordBatch batch, int row) => schema.HasIntegerKey
        ? _byNumber.GetValueOrDefault(batch.Tables[0][row, 0].Bits, -1)
        : _byText.GetValueOrDefault(TextKey(batch, row), -1);

    /// <summary>Stages a record of the batch that began the last stretch.</summary>
    /// <returns>Its number.</returns>
    public int Add(RecordBatch batch, int row, Fate fate)
    {
        var number = _records.Count;
        var info = batch.Records[row];
        var length = fate == Fate.Same || !keepsPayload ? 0 : info.Length;
        var start = length == 0 ? 0 : Batch.Append(batch.Payload(row));
        Batch.Add(info with { Start = start, Length = length, ContentHash = HashOf(info) });
        _records.Add(new StagedRecord(fate, Stretches.Count - 1, 0));
        Bytes += length + 64;
        AddRow(batch, 0, row, number, fate == Fate.Same ? schema.Root.KeyLength : int.MaxValue);
        if (schema.HasIntegerKey) _byNumber[batch.Tables[0][row, 0].Bits] = number;
        else _byText[TextKey(batch, row)] = number;
        return number;
    }

    /// <summary>Stages a child row of a staged record.</summary>
    public void AddChild(RecordBatch batch, int table, int row, int number) => AddRow(batch, table, row, number, int.MaxValue);

    /// <summary>Drops a staged record in favour of a later one.</summary>
    /// <returns>What it was.</returns>
    public StagedRecord Supersede(int number)
    {
        var was = _records[number];
        _records[number] = was with { Fate = Fate.Superseded };
        return was;
    }

    public void Clear()
    {
        Batch.Clear();
        _records.Clear();
        _byNumber.Clear();
        _byText.Clear();
        Stretches.Clear();
        Bytes = 0;
    }

    public void Dispose() => Batch.Dispose();

    private void AddRow(RecordBatch batch, int table, int row, int number, int atMost)
    {
        var from = batch.Tables[table].Cells(row);
        var width = Math.Min(batch.Tables[table].Table.Columns.Count, atMost);
        var to = Batch.Tables[table].Add(width, number);
        to[Math.Min(from.Length, width)..].Clear();
        var original = batch.Records[batch.Tables[table].RecordOf(row)];
        var staged = Batch.Records[number];
        for (var i = 0; i < width && i < from.Length; i++)
        {
            to[i] = from[i];
            var (start, length) = (from[i].Start, from[i].Length);
            if (length == 0) continue;

            // Most texts stand in the document itself, which is staged already.
            var within = start - original.Start;
            if (within >= 0 && within + length <= staged.Length)
            {
                to[i] = from[i] with { Start = staged.Start + within };
                continue;
            }

            Bytes += length;
            to[i] = from[i] with { Start = Batch.Append(batch.Text(from[i])) };
        }

        var record = CollectionsMarshal.AsSpan(_records);
        record[number].Rows++;
        Bytes += width * 24;
    }

    private string TextKey(RecordBatch batch, int row)
    {
        var key = new StringBuilder();
        for (var i = 0; i < schema.Root.KeyLength; i++)
        {
            var cell = batch.Tables[0][row, i];
            if (cell.Kind is CellKind.Decimal or CellKind.Text or CellKind.Json) key.Append(Encoding.UTF8.GetString(batch.Text(cell)));
            else key.Append(CultureInfo.InvariantCulture, $"{cell.Bits}");
            key.Append('\0');
        }

        return key.ToString();
    }
}
