using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Bytes of a statement: the columns it reads in the partitions it cannot rule out, at least 10 MB for each table.</summary>
internal static class Billing
{
    public const long Minimum = 10L << 20;

    public static SqlResult Add(SqlResult result, Session session, IReadOnlyList<Scan> scans, Scan? changed = null)
    {
        long processed = 0, billed = 0;
        foreach (IGrouping<TableRef, Scan> table in scans.GroupBy(s => s.Table.Ref))
        {
            foreach (Scan scan in table)
            {
                scan.CheckFilter();
            }

            // A table read twice in a statement is read once by the bill.
            long bytes = table.Max(s => s.Bytes(ReferenceEquals(s, changed)));
            processed += bytes;
            long megabytes = (bytes + (1 << 20) - 1) >> 20 << 20;
            billed += Math.Max(Minimum, megabytes);
        }

        return session.Request.MaximumBytesBilled is { } most && billed > most
            ? throw new SqlException("bytesBilledLimitExceeded", $"Query exceeded limit for bytes billed: {most}. {billed} or higher required.", null)
            : result with { BytesProcessed = processed, BytesBilled = billed, ReferencedTables = [.. session.Referenced] };
    }
}
