namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Rows in ascending order of their key; what a search reads.</summary>
internal interface IRowSource<T>
    where T : class
{
    IEnumerable<T> Rows();
}

/// <summary>
/// Documents by id, in an id space with holes. Documents are immutable and replaced as a whole, so a reader without
/// a lock always sees whole documents. Writers hold the world's lock. Ids are positive and never used again
/// (https://help.brightpearl.com/hc/en-us/articles/211125046-IDs-ID-sets).
/// </summary>
internal sealed class Table<T> : IRowSource<T>
    where T : class
{
    private const int BlockBits = 9;
    private readonly List<Change> _changes = [];
    private readonly int _base;
    private volatile T?[] _slots;
    private volatile int[] _live;
    private volatile int _last;
    private int _count;

    public Table(int firstId = 1, int capacity = 64)
    {
        _base = firstId;
        _last = firstId - 1;
        _slots = new T?[Math.Max(capacity, 16)];
        _live = new int[(_slots.Length >> BlockBits) + 1];
    }

    /// <summary>Set once the first world stands: from then on old versions are kept for a lagging search index.</summary>
    public Func<long>? Now { get; set; }

    public int Count => Volatile.Read(ref _count);

    public int LastId => _last;

    public T? this[long id]
    {
        get
        {
            T?[] slots = _slots;
            long slot = id - _base;
            return slot >= 0 && slot < slots.Length && id <= _last ? Volatile.Read(ref slots[slot]) : null;
        }
    }

    /// <summary>The next id; now and then ids are passed over, as if documents had been deleted.</summary>
    public int NextId(Random random) =>
        _last + 1 + (_last >= _base && random.NextDouble() < 0.045 ? random.Next(1, 3) : 0);

    public void Put(int id, T document)
    {
        int slot = id - _base;
        T?[] slots = _slots;
        if (slot >= slots.Length)
        {
            Array.Resize(ref slots, Math.Max(slot + 1, slots.Length + (slots.Length >> 1)));
            int[] live = _live;
            Array.Resize(ref live, (slots.Length >> BlockBits) + 1);
            _live = live;
            _slots = slots;
        }

        T? old = slots[slot];
        Remember(id, old);
        Volatile.Write(ref slots[slot], document);
        if (old is null)
        {
            _live[slot >> BlockBits]++;
            _count++;
        }

        if (id > _last)
        {
            _last = id;
        }
    }

    public bool Remove(int id)
    {
        T? old = this[id];
        if (old is null)
        {
            return false;
        }

        Remember(id, old);
        Volatile.Write(ref _slots[id - _base], null);
        _live[(id - _base) >> BlockBits]--;
        _count--;
        return true;
    }

    public IEnumerable<T> Rows() => Range(_base, _last);

    public IEnumerable<T> Range(long from, long to)
    {
        T?[] slots = _slots;
        int last = (int)Math.Min(Math.Min(to, _last) - _base, slots.Length - 1);
        for (int i = (int)Math.Max(0, Math.Min(from, int.MaxValue) - _base); i <= last; i++)
        {
            if (Volatile.Read(ref slots[i]) is { } document)
            {
                yield return document;
            }
        }
    }

    /// <summary>Rows from the n-th living one on (0-based), without walking over all before it.</summary>
    public IEnumerable<T> Skip(int n)
    {
        int[] live = _live;
        int block = 0;
        while (block < live.Length && n >= live[block])
        {
            n -= live[block++];
        }

        foreach (T row in Range(_base + ((long)block << BlockBits), _last))
        {
            if (n-- <= 0)
            {
                yield return row;
            }
        }
    }

    public IEnumerable<T> Descending()
    {
        T?[] slots = _slots;
        for (int i = Math.Min(_last - _base, slots.Length - 1); i >= 0; i--)
        {
            if (Volatile.Read(ref slots[i]) is { } document)
            {
                yield return document;
            }
        }
    }

    /// <summary>A living document chosen at random; null when there is none.</summary>
    public T? Pick(Random random)
    {
        if (_count == 0)
        {
            return null;
        }

        for (int i = 0; i < 64; i++)
        {
            if (this[random.Next(_base, _last + 1)] is { } hit)
            {
                return hit;
            }
        }

        return Skip(random.Next(_count)).FirstOrDefault();
    }

    /// <summary>What the rows changed since <paramref name="since"/> were at that time (null: not there yet).</summary>
    public Dictionary<int, T?> Before(long since)
    {
        Dictionary<int, T?> before = [];
        lock (_changes)
        {
            for (int i = _changes.Count - 1; i >= 0 && _changes[i].At > since; i--)
            {
                before[_changes[i].Id] = _changes[i].Old;
            }
        }

        return before;
    }

    private void Remember(int id, T? old)
    {
        if (Now is null)
        {
            return;
        }

        lock (_changes)
        {
            if (_changes.Count > 200_000)
            {
                _changes.RemoveRange(0, 100_000);
            }

            _changes.Add(new Change(Now(), id, old));
        }
    }

    private readonly record struct Change(long At, int Id, T? Old);
}

/// <summary>Rows that are parts of other documents.</summary>
internal sealed class DerivedRows<T>(Func<IEnumerable<T>> rows) : IRowSource<T>
    where T : class
{
    public IEnumerable<T> Rows() => rows();
}
