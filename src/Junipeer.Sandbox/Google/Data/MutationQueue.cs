namespace Junipeer.Sandbox.Google.Data;

/// <summary>
/// Who may change the rows of which table. A transaction that finds a table taken is cancelled; a statement of its own
/// waits for its turn, and when too many wait, the next one fails.
/// </summary>
internal sealed class MutationQueue
{
    public const int MaxWaiting = 20;
    private readonly object _gate = new();
    private readonly Dictionary<TableRef, (object Owner, int Waiting)> _taken = [];

    /// <summary>For a transaction: false if somebody else has the table.</summary>
    public bool TryTake(TableRef table, object owner)
    {
        lock (_gate)
        {
            if (_taken.TryGetValue(table, out (object Owner, int Waiting) taken) && taken.Owner != null!)
            {
                return ReferenceEquals(taken.Owner, owner);
            }

            _taken[table] = (owner, taken.Waiting);
            return true;
        }
    }

    /// <summary>For a statement outside a transaction: waits until the table is free.</summary>
    public void Take(TableRef table, object owner, CancellationToken stop)
    {
        lock (_gate)
        {
            if (TryTake(table, owner))
            {
                return;
            }

            (object Owner, int Waiting) taken = _taken[table];
            if (taken.Waiting >= MaxWaiting)
            {
                throw new DataException("jobRateLimitExceeded", $"Resources exceeded during query execution: Too many DML statements outstanding against table {table}, limit is {MaxWaiting}.");
            }

            _taken[table] = (taken.Owner, taken.Waiting + 1);
            try
            {
                while (!TryTake(table, owner))
                {
                    stop.ThrowIfCancellationRequested();
                    Monitor.Wait(_gate, 50);
                }
            }
            finally
            {
                (object Owner, int Waiting) now = _taken[table];
                _taken[table] = (now.Owner, now.Waiting - 1);
            }
        }
    }

    public void Release(object owner)
    {
        lock (_gate)
        {
            foreach (TableRef table in _taken.Where(t => ReferenceEquals(t.Value.Owner, owner)).Select(t => t.Key).ToList())
            {
                int waiting = _taken[table].Waiting;
                if (waiting == 0)
                {
                    _taken.Remove(table);
                }
                else
                {
                    _taken[table] = (null!, waiting);
                }
            }

            Monitor.PulseAll(_gate);
        }
    }
}
