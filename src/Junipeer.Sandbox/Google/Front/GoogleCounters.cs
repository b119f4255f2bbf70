namespace Junipeer.Sandbox.Google.Front;

internal sealed record GoogleLogEntry(long N, DateTimeOffset Time, string Method, string Path, string Query, string Operation, int Status, string? Reason, double Ms, int Bytes);

/// <summary>Counts requests by method and outcome, uploads, rows and jobs.</summary>
internal sealed class GoogleCounters
{
    private const int Kept = 20_000;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SortedDictionary<string, long>> _requests = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Queue<GoogleLogEntry> _log = new();
    private long _number;

    public void Request(string operation, int status, string? reason, Func<long, GoogleLogEntry> entry)
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

    public void SessionStarted() => Add("uploadSessions");

    public void SessionEnded() => Add("uploadSessionsEnded");

    public void MultipartEnded() => Add("multipartUploads");

    public void Uploaded(long bytes, bool chunk)
    {
        Add("uploadedBytes", bytes);
        if (chunk)
        {
            Add("uploadRequests");
        }
    }

    public void Discarded(long rows) => Add("discardedRows", rows);

    public void Loaded(long rows, long bad)
    {
        Add("loadedRows", rows);
        Add("badRows", bad);
    }

    public void Streamed(long rows, long repeated, long errors)
    {
        Add("streamedRows", rows);
        Add("streamedRowsRepeated", repeated);
        Add("streamedRowErrors", errors);
    }

    public void JobStarted(string type) => Add($"jobs{type}");

    public void JobEnded(string type, string? reason) => Add($"jobs{type} {reason ?? "ok"}");

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

    public GoogleLogEntry[] Last(int n)
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

    private void Add(string name, long by = 1)
    {
        lock (_gate)
        {
            _numbers[name] = _numbers.GetValueOrDefault(name) + by;
        }
    }
}
