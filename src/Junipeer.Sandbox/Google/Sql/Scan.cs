using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>One reading of a stored table: which columns and partitions it needs, which is what is billed.</summary>
internal sealed class Scan(Table table)
{
    private long _low = long.MinValue;
    private long _high = long.MaxValue;
    private bool _onlyNull;

    public Table Table { get; } = table;

    public HashSet<int> Columns { get; } = [];

    /// <summary>Constants of the query rule partitions out.</summary>
    public bool Pruned { get; private set; }

    public int PartitionColumn { get; } = table.PartitionField is { } name ? Field.IndexOf(table.Fields, name) : -1;

    /// <summary>Takes a condition on the partitioning column: op is =, &lt;, &lt;=, &gt;, &gt;= or NULL.</summary>
    public void Restrict(string op, object? value)
    {
        Pruned = true;
        if (op == "NULL")
        {
            _onlyNull = true;
            return;
        }

        if (value is null)
        {
            (_low, _high) = (1, 0);
            return;
        }

        long place = Ordinal(value);
        if (op is "=" or ">" or ">=")
        {
            _low = Math.Max(_low, place);
        }

        if (op is "=" or "<" or "<=")
        {
            _high = Math.Min(_high, place);
        }
    }

    public void RestrictToSpan(object? low, object? high)
    {
        Restrict(">=", low);
        Restrict("<=", high);
    }

    public long Bytes(bool allColumns)
    {
        IEnumerable<int> columns = allColumns ? Enumerable.Range(0, Table.Fields.Count) : Columns;
        if (!Pruned)
        {
            return columns.Sum(c => Table.Rows.ColumnBytes(Table.Fields, c));
        }

        int[] read = [.. columns];
        long sum = 0;
        foreach (object?[] row in Table.Rows.All())
        {
            if (Keeps(RowSet.Get(row, PartitionColumn)))
            {
                foreach (int column in read)
                {
                    sum += ValueSize.Of(RowSet.Get(row, column));
                }
            }
        }

        return sum;
    }

    public void CheckFilter()
    {
        if (Table.RequirePartitionFilter && !Pruned && Table.PartitionField is { } field)
        {
            throw new SqlException("invalidQuery", $"Cannot query over table '{Table.Ref.Project}.{Table.Ref.Dataset}.{Table.Ref.Name}' without a filter over column(s) '{field}' that can be used for partition elimination");
        }
    }

    private bool Keeps(object? value)
    {
        if (value is null || _onlyNull)
        {
            return value is null && _onlyNull;
        }

        long place = Ordinal(value);
        return place >= _low && place <= _high;
    }

    // The number of the partition that holds a value.
    private long Ordinal(object value)
    {
        if (value is long number)
        {
            RangePartitioning range = Table.RangePartitioning!;
            return (long)Math.Floor((number - (double)range.Start) / range.Interval);
        }

        DateTime time = value switch
        {
            Instant instant => instant.Utc,
            DateOnly date => date.ToDateTime(TimeOnly.MinValue),
            _ => (DateTime)value,
        };
        return Table.TimePartitioning!.Type switch
        {
            "HOUR" => time.Ticks / TimeSpan.TicksPerHour,
            "MONTH" => (time.Year * 12L) + time.Month,
            "YEAR" => time.Year,
            _ => time.Ticks / TimeSpan.TicksPerDay,
        };
    }
}
