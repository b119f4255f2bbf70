namespace Junipeer.Http;

/// <summary>
/// What the answers have told about a pool of calls. Not safe for concurrent use: <see cref="QuotaGate"/> holds its lock.
/// Brightpearl says in each answer how many calls are left and in how many milliseconds the period ends
/// (https://help.brightpearl.com/hc/en-us/articles/211129506-Request-throttling); it does not say whether a period is a
/// fixed window or a rolling one, so nothing here depends on which. Both have in common that the end of the period never
/// moves back, which tells older answers from newer ones.
/// </summary>
internal sealed class QuotaState
{
    /// <summary>The system cuts milliseconds off and timers wake early: this much later is surely after the period's end.</summary>
    internal static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(15);

    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestFreeze = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(65);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly RecentMax _limit = new(Memory);
    private readonly RecentMax _window = new(TimeSpan.FromMinutes(10));
    private readonly RecentMax _foreignDrop = new(Memory);
    private int _base;
    private int _sentSinceBase;
    private int _foreign;
    private int _shortProbes;
    private int _repeatedThrottles;
    private TimeSpan _notBefore;
    private (TimeSpan Low, TimeSpan High)? _period;
    private (TimeSpan Low, TimeSpan High)? _anchor;
    private bool _isRolling;
    private bool _sawTurn;
    private TimeSpan? _lastThrottle;
    private TimeSpan _lastFreeze;

    /// <summary>Calls left by the last answer that counts; null before the first.</summary>
    public int? Level { get; private set; }

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
    public TimeSpan NextLook => Max(_period is { } period ? period.High + Margin : TimeSpan.Zero, _notBefore);

    /// <summary>
    /// Below this only one call at a time, because others use the pool too and several calls on their way could all be
    /// refused at once. Zero while nobody else was seen.
    /// </summary>
    public int Cushion => _foreignDrop.Value == 0 ? 0 : (2 * _foreignDrop.Value) + 2;

    /// <summary>The calls a caller with this share leaves alone.</summary>
    public int Floor(double share)
    {
        var reserve = Limit - (int)Math.Floor((share * Limit) + 1e-9);
        return Math.Max(reserve, Math.Min(Cushion, (int)Math.Ceiling(Limit * 0.03)));
    }

    public void Sent() => _sentSinceBase++;

    /// <summary>A call whose answer never came: the system may have counted it.</summary>
    public void Lost()
    {
        if (Level is { } level) Level = Math.Max(0, level - 1);
    }

    /// <summary>Takes an answer. <paramref name="overtook"/>: how many others came while it was on its way.</summary>
    public void Answered(QuotaReading? reading, TimeSpan sentAt, TimeSpan now, long overtook, int inFlight, double share, bool isProbe)
    {
        LastAnswer = now;
        if (reading is not { } told)
        {
            if (Level is null) IsSilent = true;
            else Lost();
            return;
        }

        IsSilent = false;
        var left = Clamp(told.Period ?? DefaultPeriod, TimeSpan.Zero, LongestPeriod);
        _limit.Add(told.Remaining + 1, now);
        _window.Add((int)left.TotalMilliseconds, now);
        var ends = (Low: sentAt + left, High: now + left);
        LearnKind(ends);
        if (_period is { } known && ends.High < known.Low) return; // told before what is known already

        if (Level is not { } level || told.Remaining - overtook > level)
        {
            // Each answer that came meanwhile may stand for a call counted after this one.
            Level = (int)(told.Remaining - (Level is null ? 0 : overtook));
            _base = Level.Value;
            _sentSinceBase = inFlight;
            _foreign = 0;
            _period = ends;
        }
        else if (told.Remaining <= level)
        {
            Level = told.Remaining;
            _period = !_isRolling && _period is { } same && ends.Low <= same.High ? (Max(same.Low, ends.Low), Min(same.High, ends.High)) : ends;
            SeeOthers(now);
        }

        if (isProbe) Pace(told.Remaining, share, now);
    }

    /// <summary>Takes an answer that refused the call; returns false when it belongs to a refusal already known.</summary>
    public void Throttled(QuotaReading? reading, TimeSpan sentAt, TimeSpan now, double jitter)
    {
        LastAnswer = now;
        var wait = Clamp(reading?.Period ?? DefaultPeriod, ShortestFreeze, LongestPeriod);
        if (reading?.Period is { } period) _window.Add((int)Min(period, LongestPeriod).TotalMilliseconds, now);
        var isEcho = _lastThrottle is { } last && sentAt <= last;
        if (!isEcho)
        {
            var again = _lastThrottle is { } before && now - before < Max(Window, _lastFreeze) * 1.5;
            _repeatedThrottles = again ? Math.Min(_repeatedThrottles + 1, 8) : 0;

            // In a rolling window the period's end frees one call, and others may be quicker: a whole window frees ours.
            if (_isRolling || again) wait = Clamp(Window * Math.Pow(2, Math.Max(0, _repeatedThrottles - 1)), wait, LongestPeriod);
            wait += Margin + (Min(wait * 0.1, TimeSpan.FromMilliseconds(500)) * jitter);
            _lastThrottle = now;
            _lastFreeze = wait;
            _foreignDrop.Add(1, now);
        }

        FrozenUntil = Max(FrozenUntil, now + wait);
        Level = 0;
        _base = 0;
        _sentSinceBase = 0;
        _foreign = 0;
        _period = null;
    }

    /// <summary>A window is rolling when a period's end moved by less than a period that was told before.</summary>
    private void LearnKind((TimeSpan Low, TimeSpan High) ends)
    {
        if (_anchor is { } anchor)
        {
            if (ends.Low <= anchor.High + Margin) return;
            if (ends.High - anchor.Low < Window * 0.9) _isRolling = true;
            _sawTurn = true;
        }

        _anchor = ends;
    }

    /// <summary>What the level fell beyond the calls made here was used by others.</summary>
    private void SeeOthers(TimeSpan now)
    {
        var foreign = _base - Level!.Value - _sentSinceBase;
        if (foreign <= _foreign) return;
        _foreignDrop.Add(foreign - _foreign, now);
        _foreign = foreign;
    }

    /// <summary>
    /// A look that found less than the floor took a call from the others. Once may be chance; after that wait as long as
    /// the missing calls need to come back at the best rate there is.
    /// </summary>
    private void Pace(int remaining, double share, TimeSpan now)
    {
        var missing = Floor(share) - remaining;
        _shortProbes = missing > 0 ? _shortProbes + 1 : 0;
        _notBefore = _shortProbes >= 2 && Limit > 0 ? now + Min(Window, Window * missing / Limit) : TimeSpan.Zero;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan low, TimeSpan high) => Max(low, Min(value, high));

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
