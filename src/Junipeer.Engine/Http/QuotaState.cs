namespace Junipeer.Http;

/// <summary>
/// What the answers have told about a pool of calls. Not safe for concurrent use: <see cref="QuotaGate"/> holds its lock.
/// Brightpearl says in each answer how many calls are left and in how many milliseconds the period ends
/// (https://help.brightpearl.com/hc/en-us/articles/212644823-Request-throttling); it does not say whether a period is a
/// fixed window or a rolling one, so nothing here depends on which. Both have in common that the end of the period never
/// moves back, which tells many older answers from newer ones; where nothing tells, the lowest of the last answers counts.
/// </summary>
internal sealed class QuotaState
{
    /// <summary>The system cuts its milliseconds off, so an end told is up to this much too early.</summary>
    private static readonly TimeSpan Cut = TimeSpan.FromMilliseconds(2);

    /// <summary>The system cuts milliseconds off and timers wake early: this much later is surely after the period's end.</summary>
    internal static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(15);

    /// <summary>Calls take longer now and then than they did on average.</summary>
    private const double Haste = 1.25;

    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestFreeze = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(65);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly List<Told> _lately;
    private readonly int _mostAtOnce;
    private readonly RecentMax _limit = new(Memory);
    private readonly RecentMax _window = new(TimeSpan.FromMinutes(10));
    private readonly RecentMax _foreignDrop = new(Memory);
    private int _base;
    private TimeSpan _baseAt;
    private int _sentSinceBase;
    private int _foreign;
    private int _shortLooks;
    private int _repeatedThrottles;
    private TimeSpan _notBefore;
    private TimeSpan _latency;
    private (TimeSpan Low, TimeSpan High)? _anchor;
    private bool _isRolling;
    private bool _sawTurn;
    private TimeSpan? _lastThrottle;
    private TimeSpan _lastFreeze;

    /// <param name="mostAtOnce">So many calls at most are on their way together.</param>
    public QuotaState(int mostAtOnce)
    {
        _mostAtOnce = mostAtOnce;
        _lately = new List<Told>(mostAtOnce);
    }

    /// <summary>
    /// Calls that are left for sure when all those on their way have been counted, others' calls aside; null before the
    /// first answer.
    /// </summary>
    public int? Available { get; private set; }

    /// <summary>When the last answer came.</summary>
    public TimeSpan LastAnswer { get; private set; }

    /// <summary>Nobody may call before this.</summary>
    public TimeSpan FrozenUntil { get; private set; }

    /// <summary>True when answers carry no word of the quota: then only throttle answers hold calls back.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Most calls left lately, plus the one that was told: the limit, once a period was seen from its start.</summary>
    public int Limit => _limit.Value;

    /// <summary>The longest time to a period's end seen lately: the window, or a little less.</summary>
    public TimeSpan Window => TimeSpan.FromMilliseconds(_window.Value);

    /// <summary>Calls a minute; while no period was seen to its end, a period is taken for the documented minute.</summary>
    public double? CallsPerMinute => Limit == 0 ? null : Limit / (_sawTurn && Window > TimeSpan.Zero ? Window : Max(Window, DefaultPeriod)).TotalMinutes;

    /// <summary>When calls are used up, the time to look again.</summary>
    public TimeSpan NextLook
    {
        get
        {
            if (_lately.Count == 0) return _notBefore;

            // In a fixed window all of these tell the same end, the quickest answer best; else the last one counts.
            if (!_isRolling) return Max(_lately.Min(told => told.High) + Margin, _notBefore);

            // In a rolling window the end frees one call, and others may be quicker: wait for a few more.
            var others = Limit == 0 ? TimeSpan.Zero : Window * ForOthers / Limit;
            return Max(_lately.Max(told => told.High) + Margin + others, _notBefore);
        }
    }

    /// <summary>Others were seen to take so many calls at a time, and a few more: below this calls go one by one.</summary>
    private int Cushion => _mostAtOnce + _foreignDrop.Value;

    /// <summary>The calls a caller with this share leaves alone.</summary>
    public int Floor(double share)
    {
        var reserve = Limit - (int)Math.Floor((share * Limit) + 1e-9);
        return Math.Max(reserve, ForOthers);
    }

    /// <summary>A few calls that others, where there are any, may take between an answer and the next call.</summary>
    private int ForOthers => _foreignDrop.Value == 0 ? 0 : Math.Min(Cushion, (int)Math.Ceiling(Limit * 0.03));

    /// <summary>
    /// How many calls may be on their way together. When another app takes what is left at one go, all of them are refused;
    /// so in the half of the limit that others may claim only as many as it takes to use the share before the period ends.
    /// </summary>
    public int AtOnce(double share, TimeSpan now)
    {
        if (Available > Math.Max(Cushion, Limit / 2)) return _mostAtOnce;
        if (Available <= Cushion || _lately.Count == 0) return 1;
        var (calls, time) = _isRolling ? (share * Limit, Window) : (Available!.Value - Floor(share), _lately.Min(told => told.High) - now);
        return time <= TimeSpan.Zero ? _mostAtOnce : (int)Math.Clamp(Math.Ceiling(Haste * calls * _latency / time), 1, _mostAtOnce);
    }

    public void Sent()
    {
        _sentSinceBase++;
        Available--;
    }

    /// <summary>A call that never left cannot have been counted.</summary>
    public void NotSent() => Available++;

    /// <summary>Takes an answer.</summary>
    /// <param name="reading">What it says.</param>
    /// <param name="sentAt">When its call left.</param>
    /// <param name="now">When it came.</param>
    /// <param name="overtaken">True when another answer came while it was on its way.</param>
    /// <param name="inFlight">Calls still on their way.</param>
    public void Answered(QuotaReading? reading, TimeSpan sentAt, TimeSpan now, bool overtaken, int inFlight)
    {
        LastAnswer = now;
        _latency = _latency == TimeSpan.Zero ? now - sentAt : (_latency * 0.8) + ((now - sentAt) * 0.2);
        if (reading is not { } told)
        {
            IsSilent = Available is null;
            return;
        }

        IsSilent = false;
        var left = Clamp(told.Period ?? DefaultPeriod, TimeSpan.Zero, LongestPeriod);
        _limit.Add(told.Remaining + 1, now);
        _window.Add((int)left.TotalMilliseconds, now);
        var answer = new Told(told.Remaining, sentAt + left, now + left + Cut);
        LearnKind(answer);
        if (overtaken && _lately.Count > 0 && answer.High < _lately.Max(l => l.Low)) return; // told before what is known already

        if (!overtaken || _lately.Count == 0 || answer.Low > _lately.Max(l => l.High))
        {
            // Surely the newest.
            _lately.Clear();
            _lately.Add(answer);
            _base = told.Remaining;
            _baseAt = now;
            _sentSinceBase = inFlight;
            _foreign = 0;
        }
        else
        {
            // The newest is among the last ones, as many as were on their way together.
            if (_lately.Count == _mostAtOnce) _lately.RemoveAt(0);
            _lately.Add(answer);
        }

        var level = _lately.Min(l => l.Remaining);
        Available = level - inFlight;
        if (sentAt >= _baseAt) SeeOthers(level, now); // else it may be older than what it is compared with
    }

    /// <summary>
    /// Takes what a look found. Less than the floor means it took a call from the others. In a rolling window wait then as
    /// long as the missing calls need to come back at the best rate there is; a fixed one gives all back at its end.
    /// </summary>
    public void Looked(int remaining, double share, TimeSpan now)
    {
        var missing = Floor(share) - remaining;
        _shortLooks = missing > 0 ? _shortLooks + 1 : 0;
        var enough = _isRolling ? 1 : _sawTurn ? int.MaxValue : 2;
        _notBefore = _shortLooks >= enough && Limit > 0 ? now + Min(Window, Window * missing / Limit) : TimeSpan.Zero;
    }

    /// <summary>Takes an answer that refused the call. Refusals of calls sent before the last one was known are its echo.</summary>
    public void Throttled(QuotaReading? reading, TimeSpan sentAt, TimeSpan now, int inFlight, bool isProbe, double jitter)
    {
        LastAnswer = now;
        var wait = Clamp(reading?.Period ?? DefaultPeriod, ShortestFreeze, LongestPeriod);
        if (reading?.Period is { } period) _window.Add((int)Min(period, LongestPeriod).TotalMilliseconds, now);
        var isEcho = _lastThrottle is { } last && sentAt <= last;
        if (!isEcho)
        {
            var again = isProbe && _lastThrottle is { } before && now - before < Max(Window, _lastFreeze) * 1.5;
            _repeatedThrottles = again ? Math.Min(_repeatedThrottles + 1, 4) : 0;

            // In a rolling window the period's end frees one call, and others may be quicker: a whole window frees ours.
            // A look refused after the period's end says the same.
            if (_isRolling || again) wait = Clamp(Window * Math.Pow(2, Math.Max(0, _repeatedThrottles - 1)), wait, LongestPeriod);
            wait += Margin + (Min(wait * 0.1, TimeSpan.FromMilliseconds(500)) * jitter);
            _lastThrottle = now;
            _lastFreeze = wait;
            _foreignDrop.Add(Math.Max(1, (Available ?? 0) + inFlight + 1), now); // all that seemed to be left went to others at once
        }
        else
        {
            // Several were refused at once: too many were on their way for what others take at a time.
            _foreignDrop.Add(2 * Math.Max(_mostAtOnce, _foreignDrop.Value), now);
        }

        FrozenUntil = Max(FrozenUntil, now + wait);
        Available = 0;
        _lately.Clear();
    }

    /// <summary>A window is rolling when a period's end moved by less than a period that was told before.</summary>
    private void LearnKind(Told ends)
    {
        if (_anchor is { } anchor)
        {
            if (ends.Low <= anchor.High + Margin) return;
            if (ends.High - anchor.Low < Window * 0.9) _isRolling = true;
            _sawTurn = true;
        }

        _anchor = (ends.Low, ends.High);
    }

    /// <summary>What the level fell beyond the calls made here was used by others.</summary>
    private void SeeOthers(int level, TimeSpan now)
    {
        var foreign = _base - level - _sentSinceBase;
        if (foreign <= _foreign) return;
        _foreignDrop.Add(foreign - _foreign, now);
        _foreign = foreign;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan low, TimeSpan high) => Max(low, Min(value, high));

    /// <summary>Calls left by one answer, and the bounds of its period's end: counted from its sending and its coming.</summary>
    private readonly record struct Told(int Remaining, TimeSpan Low, TimeSpan High);

    /// <summary>The highest value of the last one to two spans.</summary>
    private sealed class RecentMax(TimeSpan span)
    {
        private int _current;
        private int _previous;
        private TimeSpan _turn;

        public int Value => Math.Max(_current, _previous);

        public void Add(int value, TimeSpan now)
        {
            if (now >= _turn)
            {
                _previous = now < _turn + span ? _current : 0;
                _current = 0;
                _turn = now + span;
            }

            _current = Math.Max(_current, value);
        }
    }
}
