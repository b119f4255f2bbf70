namespace Junipeer.Sandbox.Google.Data;

/// <summary>
/// The rows of a table, in blocks that are shared between snapshots: appending copies no rows but those of a small last
/// block. A row may be shorter than the schema: columns were added after it was written, and it has NULL in them.
/// </summary>
internal sealed class RowSet
{
    public static readonly RowSet Empty = new([], 0);
    private const int SmallBlock = 1024;
    private readonly Block[] _blocks;

    private RowSet(Block[] blocks, long count)
    {
        _blocks = blocks;
        Count = count;
    }

    public long Count { get; }

    public static RowSet Of(IReadOnlyList<object?[]> rows) => Empty.Append(rows);

    public RowSet Append(IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
        {
            return this;
        }

        object?[][] added = rows as object?[][] ?? [.. rows];
        if (_blocks.Length > 0 && _blocks[^1].Rows.Length + added.Length <= SmallBlock)
        {
            return new RowSet([.. _blocks[..^1], new Block([.. _blocks[^1].Rows, .. added])], Count + added.Length);
        }

        return new RowSet([.. _blocks, new Block(added)], Count + added.Length);
    }

    public IEnumerable<object?[]> All() => From(0);

    /// <summary>Rows from a position on: pages of tabledata.list, and what was appended to a snapshot.</summary>
    public IEnumerable<object?[]> From(long start)
    {
        foreach (Block block in _blocks)
        {
            if (start >= block.Rows.Length)
            {
                start -= block.Rows.Length;
                continue;
            }

            for (int i = (int)start; i < block.Rows.Length; i++)
            {
                yield return block.Rows[i];
            }

            start = 0;
        }
    }

    /// <summary>Bytes of one column over all rows, by the sizes that are billed.</summary>
    public long ColumnBytes(IReadOnlyList<Field> fields, int column)
    {
        long sum = 0;
        foreach (Block block in _blocks)
        {
            sum += block.Bytes(fields, column);
        }

        return sum;
    }

    public long Bytes(IReadOnlyList<Field> fields)
    {
        long sum = 0;
        for (int i = 0; i < fields.Count; i++)
        {
            sum += ColumnBytes(fields, i);
        }

        return sum;
    }

    /// <summary>The value of a column, NULL (or an empty array) if the row is older than the column.</summary>
    public static object? Get(object?[] row, int column) => column < row.Length ? row[column] : null;

    private sealed class Block(object?[][] rows)
    {
        private long[] _bytes = [];

        public object?[][] Rows { get; } = rows;

        public long Bytes(IReadOnlyList<Field> fields, int column)
        {
            long[] known = _bytes;
            if (known.Length <= column)
            {
                known = new long[fields.Count];
                foreach (object?[] row in Rows)
                {
                    for (int i = 0; i < row.Length && i < known.Length; i++)
                    {
                        known[i] += ValueSize.Of(row[i]);
                    }
                }

                _bytes = known;
            }

            return known[column];
        }
    }
}
