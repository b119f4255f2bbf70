namespace Junipeer.Sandbox.Norce.Front;

/// <summary>One request as it was answered; no header, no body, no token.</summary>
internal sealed record NorceLogEntry(long N, DateTimeOffset Time, string Method, string Path, string Query, string Operation, int Status, string? Reason, double Ms, int Bytes);

/// <summary>Counts requests by operation and outcome, and what imports did.</summary>
internal sealed class NorceCounters
{
    private const int Kept = 20_000;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SortedDictionary<string, long>> _requests = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Queue<NorceLogEntry> _log = new();
    private long _number;

    public void Request(string operation, int status, string? reason, Func<long, NorceLogEntry> entry)
    {
        lock (_gate)
        {
            if (!_requests.TryGetValue(operation, out SortedDictionary<string, long>? outcomes))
            {
                _requests[operation] = outcomes = new SortedDictionary<string, long>(StringComparer.Ordinal);
            }

            string outcome = status == 0 ? "dropped" : reason is null ? status.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"{status} {reason}";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            _log.Enqueue(entry(++_number));
            if (_log.Count > Kept)
            {
                _log.Dequeue();
            }
        }
    }

    public void Add(string name, long by = 1)
    {
        lock (_gate)
        {
            _numbers[name] = _numbers.GetValueOrDefault(name) + by;
        }
    }

    public object Describe()
    {
        lock (_gate)
        {
            return new
            {
                requests = _requests.ToDictionary(r => r.Key, r => new Dictionary<string, long>(r.Value)),
                total = _requests.Values.Sum(o => o.Values.Sum()),
                totals = new Dictionary<string, long>(_numbers),
            };
        }
    }

    public NorceLogEntry[] Last(int n)
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
            _requests.Clear();
            _numbers.Clear();
            _log.Clear();
        }
    }
}
