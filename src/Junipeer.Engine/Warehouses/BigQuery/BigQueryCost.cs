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

    /// <param name="sizes">Bytes of the record's table and of its children's, as they stand.</param>
    /// <param name="documents">Bytes of documents to be written.</param>
    /// <param name="isDated">True when the tables are divided by date.</param>
    public static WarehouseForecast AtMost(IReadOnlyList<long> sizes, long documents, bool isDated)
    {
        var children = sizes.Count - 1;
        var commits = 1 + (documents / BytesPerCommit);
        var staged = 2 * documents; // as columns, and untouched
        var root = sizes[0] + staged;
        var rest = sizes.Skip(1).Sum() + staged;
        var spans = isDated ? RecordDates.MostSpans : 1;

        // Counting, merging, and for each child: deleting what is replaced, inserting anew.
        var perCommit = (2 * root) + rest + (staged * (3 + (2 * children))) + (2 * Least * (1 + (spans * (1 + children)) + children));

        // Listing and counting what lives, finding what is gone and when it was, flagging it.
        var sweep = (5 * root) + rest + (2 * Least * (5 + children));
        return new WarehouseForecast(sizes.Count + (commits * sizes.Count) + (staged / StageTable.BlockSize) + 1, (commits * perCommit) + sweep + (StateStatements * 2 * Least));
    }
}
