namespace Junipeer.Sandbox.Brightpearl.Front;

internal sealed record QuotaWindow(DateTimeOffset Start, int Used, int Other, int Throttled);

/// <summary>What a request was told about the quota: allowed or not, requests left, and milliseconds to the next period.</summary>
internal readonly record struct QuotaAnswer(bool Allowed, int Remaining, long NextPeriodMs);

/// <summary>
/// One pool of requests (https://help.brightpearl.com/hc/en-us/articles/212644823-Request-throttling). Fixed windows
/// count down and jump back; a rolling window frees each request one window length after it was made, and its
/// next-throttle-period is the time until the oldest request leaves.
/// </summary>
internal sealed class QuotaPool(Func<long> elapsed, Func<DateTimeOffset> now)
{
    private readonly Lock _gate = new();
    private readonly Queue<long> _recent = new();
    private readonly List<QuotaWindow> _history = [];
    private OtherApp? _other;
    private long _otherDoneUntil;
    private long _window = -1;
    private DateTimeOffset _windowStart;
    private int _used;
    private int _byOther;
    private int _throttled;

    public int Limit { get; private set; } = 200;

    public long WindowMs { get; private set; } = 60_000;

    public bool Rolling { get; private set; }

    public void Configure(int limit, long windowMs, bool rolling, bool reset)
    {
        lock (_gate)
        {
            Limit = limit;
            WindowMs = windowMs;
            Rolling = rolling;
            if (reset)
            {
                Close();
                _window = -1;
                _recent.Clear();
            }
        }
    }

    public void Set(OtherApp? other)
    {
        lock (_gate)
        {
            _other = other;
            _otherDoneUntil = elapsed();
        }
    }

    public OtherApp? Other => _other;

    public QuotaAnswer Take(bool spend = true)
    {
        lock (_gate)
        {
            long at = elapsed();
            Turn(at);
            LetOtherAppWork(at);
            int inUse = InUse(at);
            bool allowed = inUse < Limit;
            if (spend && allowed)
            {
                _used++;
                _recent.Enqueue(at);
                inUse++;
            }
            else if (spend)
            {
                _throttled++;
            }

            return new QuotaAnswer(allowed, Math.Max(0, Limit - inUse), NextPeriod(at));
        }
    }

    /// <summary>The state without taking from it.</summary>
    public QuotaAnswer Look() => Take(spend: false);

    public IReadOnlyList<QuotaWindow> Windows()
    {
        lock (_gate)
        {
            Turn(elapsed());
            return [.. _history, .. _used + _throttled + _byOther > 0 ? [new QuotaWindow(_windowStart, _used, _byOther, _throttled)] : Array.Empty<QuotaWindow>()];
        }
    }

    public void ForgetWindows()
    {
        lock (_gate)
        {
            _history.Clear();
        }
    }

    private int InUse(long at)
    {
        if (!Rolling)
        {
            return _used + _byOther;
        }

        while (_recent.TryPeek(out long oldest) && oldest <= at - WindowMs)
        {
            _recent.Dequeue();
        }

        return _recent.Count;
    }

    private long NextPeriod(long at) => Rolling
        ? _recent.TryPeek(out long oldest) ? Math.Max(1, oldest + WindowMs - at) : WindowMs
        : Math.Max(1, WindowMs - (at % WindowMs));

    private void Turn(long at)
    {
        long window = at / WindowMs;
        if (window != _window)
        {
            Close();
            _window = window;
            _windowStart = now().AddMilliseconds(-(at % WindowMs));
        }
    }

    private void Close()
    {
        if (_used + _throttled + _byOther > 0)
        {
            _history.Add(new QuotaWindow(_windowStart, _used, _byOther, _throttled));
            if (_history.Count > 5000)
            {
                _history.RemoveRange(0, 1000);
            }
        }

        _used = _byOther = _throttled = 0;
    }

    private void LetOtherAppWork(long at)
    {
        if (_other is null)
        {
            return;
        }

        long from = Math.Max(_otherDoneUntil, at - WindowMs);
        foreach (long moment in _other.Requests(from, at, Limit, WindowMs))
        {
            if (Rolling)
            {
                if (InUse(moment) < Limit)
                {
                    _recent.Enqueue(moment);
                    _byOther++;
                }
            }
            else if (moment / WindowMs == _window && _used + _byOther < Limit)
            {
                _byOther++;
            }
        }

        _otherDoneUntil = at;
    }
}

/// <summary>Another integration of the same account that uses a share of each window, evenly or in one burst.</summary>
internal sealed record OtherApp(double Share, bool Burst, double BurstAt)
{
    /// <summary>The moments in (from, to] at which it sends a request.</summary>
    public IEnumerable<long> Requests(long from, long to, int limit, long windowMs)
    {
        int perWindow = (int)Math.Round(Share * limit);
        if (perWindow <= 0)
        {
            yield break;
        }

        for (long window = from / windowMs; window <= to / windowMs; window++)
        {
            for (int i = 0; i < perWindow; i++)
            {
                double part = Burst ? BurstAt : (i + 0.5) / perWindow;
                long moment = (window * windowMs) + (long)(part * windowMs);
                if (moment > from && moment <= to)
                {
                    yield return moment;
                }
            }
        }
    }
}
