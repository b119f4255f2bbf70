namespace Junipeer.Warehouses.BigQuery;

/// <summary>
/// An upper bound of what writing costs. Loading is free; statements are billed by the columns they read, and for at least
/// 10 MB a table (https://cloud.google.com/bigquery/pricing).
/// </summary>
internal static class BigQueryCost
{
    private const long Least = 10L << 20;

    /// <summary>Bytes of documents between two commits; see <see cref="BigQueryWarehouse.Pace"/>.</summary>
    private const long BytesPerCommit = 1L << 30;

    /// <summary>Statements that read our own tables: the lease, its holder, the bookmark and its plan, and the account.</summary>
    private const long StateStatements = 8;

    /// <summary>
    /// How many months two spans must lie apart before statements of their own cost less than reading what is between: each
    /// is billed for 10 MB of its table and of the staged rows at least.
    /// </summary>
    /// <param name="bytes">Bytes of the resource's tables, taken to be spread over three years.</param>
    /// <param name="tables">How many tables it has.</param>
    public static int GapWorthAStatement(long bytes, int tables) => (int)Math.Min(12_000, 1 + (2 * Least * tables / Math.Max(1, bytes / 36)));

    /// <summary>Bytes a row of what counting and listing reads: the key, the hash, the pass, the dates and flags.</summary>
    private const long NarrowRow = 128;

    /// <param name="sizes">The record's table and its children's, as they stand.</param>
    /// <param name="documents">Bytes of documents to be written.</param>
    /// <param name="isDated">True when the tables are divided by date.</param>
    public static WarehouseForecast AtMost(IReadOnlyList<TableSize> sizes, long documents, bool isDated)
    {
        var children = sizes.Count - 1;
        var commits = 1 + (documents / BytesPerCommit);
        var staged = 2 * documents; // as columns, and untouched
        var whole = sizes.Sum(s => s.Bytes) + staged;
        var narrow = Math.Min(sizes[0].Bytes, sizes[0].Rows * NarrowRow) + staged;
        var spans = isDated ? RecordDates.MostSpans : 1;

        // Counting, merging, and for each child: deleting what is replaced, inserting anew.
        var perCommit = narrow + whole + (staged * (3 + (2 * children))) + (2 * Least * (1 + (spans * (1 + children)) + children));

        // Listing and counting what lives, finding what is gone and when it was, flagging it.
        var sweep = (4 * narrow) + whole + (2 * Least * (5 + children));
        return new WarehouseForecast(sizes.Count + (commits * sizes.Count) + (staged / StageTable.BlockSize) + 1, (commits * perCommit) + sweep + (StateStatements * 2 * Least));
    }
}

/// <summary>How large a table is.</summary>
internal readonly record struct TableSize(long Bytes, long Rows);
