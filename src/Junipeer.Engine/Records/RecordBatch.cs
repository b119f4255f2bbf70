using System.Buffers;
using System.Runtime.InteropServices;

namespace Junipeer.Records;

/// <summary>The kind of a cell's value; the same names as <see cref="ColumnType"/>, plus null.</summary>
public enum CellKind : byte
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>Whole number in <see cref="Cell.Bits"/>.</summary>
    Integer,

    /// <summary>Exact decimal, as its text.</summary>
    Decimal,

    /// <summary>Text, UTF-8, unescaped.</summary>
    Text,

    /// <summary>0 or 1 in <see cref="Cell.Bits"/>.</summary>
    Boolean,

    /// <summary>UTC ticks (100 ns since 0001-01-01) in <see cref="Cell.Bits"/>.</summary>
    Instant,

    /// <summary>Days since 0001-01-01 (<see cref="DateOnly.DayNumber"/>) in <see cref="Cell.Bits"/>.</summary>
    Date,

    /// <summary>JSON text, UTF-8.</summary>
    Json,
}

/// <summary>
/// One value without an allocation: numbers, instants and dates in <see cref="Bits"/>, texts as a stretch of the batch's
/// buffer.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bits">The value of a number, boolean, instant or date.</param>
/// <param name="Start">Where its text begins in <see cref="RecordBatch.Buffer"/>.</param>
/// <param name="Length">Length of its text in bytes.</param>
public readonly record struct Cell(CellKind Kind, long Bits, int Start, int Length)
{
    /// <summary>No value.</summary>
    public static Cell Null => default;
}

/// <summary>The rows of one table within a batch.</summary>
public sealed class RowSet
{
    private readonly List<Cell> _cells = [];
    private readonly List<(int Start, int Width, int Record)> _rows = [];

    internal RowSet(TableSchema table) => Table = table;

    /// <summary>The table.</summary>
    public TableSchema Table { get; }

    /// <summary>How many rows.</summary>
    public int Count => _rows.Count;

    /// <summary>The cell of a row; null for a column that was added after the row was read.</summary>
    public Cell this[int row, int column]
    {
        get
        {
            var (start, width, _) = _rows[row];
            return column < width ? _cells[start + column] : Cell.Null;
        }
    }

    /// <summary>The cells of a row, for the hot path; valid until a row is added. Columns added after it was read are missing.</summary>
    internal ReadOnlySpan<Cell> Cells(int row)
    {
        ref readonly var place = ref CollectionsMarshal.AsSpan(_rows)[row];
        return CollectionsMarshal.AsSpan(_cells).Slice(place.Start, place.Width);
    }

    /// <summary>The index, within the batch, of the record that owns the row. Rows of one record stand together.</summary>
    public int RecordOf(int row) => _rows[row].Record;

    internal void Add(ReadOnlySpan<Cell> cells, int record)
    {
        _rows.Add((_cells.Count, cells.Length, record));
        _cells.AddRange(cells);
    }

    internal void Set(int row, int column, Cell cell) => _cells[_rows[row].Start + column] = cell;

    /// <summary>Adds an empty row, to be filled in at once.</summary>
    internal Span<Cell> Add(int width, int record)
    {
        var start = _cells.Count;
        _rows.Add((start, width, record));
        CollectionsMarshal.SetCount(_cells, start + width);
        return CollectionsMarshal.AsSpan(_cells)[start..];
    }

    internal void Truncate(int rows)
    {
        if (rows >= _rows.Count) return;
        _cells.RemoveRange(_rows[rows].Start, _cells.Count - _rows[rows].Start);
        _rows.RemoveRange(rows, _rows.Count - rows);
    }

    internal void Clear()
    {
        _cells.Clear();
        _rows.Clear();
    }
}

/// <summary>What a batch tells about a whole record, beside its cells.</summary>
/// <param name="Start">Where the untouched document begins in <see cref="RecordBatch.Buffer"/>.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="ContentHash">Equal for equal content under an equal schema: tells changed from unchanged.</param>
/// <param name="SourceUpdatedAt">The system's own change date, as UTC ticks; 0 when it shows none.</param>
public readonly record struct RecordInfo(int Start, int Length, long ContentHash, long SourceUpdatedAt);

/// <summary>
/// Some records with their child rows, ready to be written: a buffer that holds every text and every document, and cells
/// that point into it. Reused batch after batch, so that a long export allocates little.
/// </summary>
public sealed class RecordBatch : IDisposable
{
    private byte[] _buffer;
    private readonly List<RecordInfo> _records = [];

    /// <summary>An empty batch for a resource.</summary>
    public RecordBatch(ResourceSchema schema)
    {
        Schema = schema;
        Tables = schema.Tables.Select(t => new RowSet(t)).ToArray();
        _buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
    }

    /// <summary>The resource's tables.</summary>
    public ResourceSchema Schema { get; }

    /// <summary>Rows per table, in the order of <see cref="ResourceSchema.Tables"/>; the first has one row per record.</summary>
    public IReadOnlyList<RowSet> Tables { get; }

    /// <summary>The records, in the order of the first table's rows.</summary>
    public IReadOnlyList<RecordInfo> Records => _records;

    /// <summary>When the answer these records came in was received, in the system's clock, UTC.</summary>
    public DateTimeOffset LoadedAt { get; set; }

    /// <summary>Texts and documents.</summary>
    public ReadOnlySpan<byte> Buffer => _buffer.AsSpan(0, Used);

    /// <summary>Bytes of the buffer in use.</summary>
    public int Used { get; private set; }

    /// <summary>The text of a cell that has one. An empty one has no place: its start may be another buffer's.</summary>
    public ReadOnlySpan<byte> Text(Cell cell) => _buffer.AsSpan(cell.Length == 0 ? 0 : cell.Start, cell.Length);

    /// <summary>The untouched document of a record.</summary>
    public ReadOnlySpan<byte> Payload(int record) => _buffer.AsSpan(_records[record].Start, _records[record].Length);

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Used = 0;
    }

    internal void Clear()
    {
        Used = 0;
        _records.Clear();
        foreach (var table in Tables) table.Clear();
    }

    internal void Add(RecordInfo record) => _records.Add(record);

    /// <summary>Room for so many bytes; write there, then <see cref="Advance"/>.</summary>
    internal Span<byte> Reserve(int bytes)
    {
        if (Used + bytes > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Used + bytes));
            _buffer.AsSpan(0, Used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(Used);
    }

    internal int Advance(int bytes)
    {
        var start = Used;
        Used += bytes;
        return start;
    }

    internal int Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        return Advance(bytes.Length);
    }
}
