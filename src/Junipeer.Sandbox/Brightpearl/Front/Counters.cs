namespace Junipeer.Sandbox.Brightpearl.Front;

internal sealed record LoggedRequest(long N, DateTimeOffset Time, string Method, string Path, string Query, string Verb, string Resource, int Status, string Ruid, double Ms, int Bytes);

/// <summary>Counts requests by verb class and resource, and keeps the last of them.</summary>
internal sealed class Counters
{
    private const int Kept = 20_000;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, long> _byKey = new(StringComparer.Ordinal);
    private readonly Queue<LoggedRequest> _log = new();
    private long _number;

    public long Total { get; private set; }

    public long Throttled { get; private set; }

    public long Unauthorised { get; private set; }

    public void Count(string key, bool throttled, bool unauthorised)
    {
        lock (_gate)
        {
            Total++;
            Throttled += throttled ? 1 : 0;
            Unauthorised += unauthorised ? 1 : 0;
            _byKey[key] = _byKey.GetValueOrDefault(key) + 1;
        }
    }

    public void Log(Func<long, LoggedRequest> make)
    {
        lock (_gate)
        {
            _log.Enqueue(make(++_number));
            if (_log.Count > Kept)
            {
                _log.Dequeue();
            }
        }
    }

    public Dictionary<string, long> ByKey()
    {
        lock (_gate)
        {
            return new Dictionary<string, long>(_byKey, StringComparer.Ordinal);
        }
    }

    public LoggedRequest[] Last(int n)
    {
        lock (_gate)
        {
            return [.. _log.Skip(Math.Max(0, _log.Count - n))];
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            Total = Throttled = Unauthorised = 0;
            _byKey.Clear();
            _log.Clear();
        }
    }
}
