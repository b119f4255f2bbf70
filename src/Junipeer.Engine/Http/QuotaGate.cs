using System.Collections.Concurrent;

namespace Junipeer.Http;

/// <summary>
/// Holds calls back so that the system never has to. One gate stands before each pool of calls and everybody in the process
/// goes through it; other processes are seen only through what the system's answers say. Each caller brings its own share
/// of the limit and leaves the rest alone. First come, first served among callers of one share; a caller who may use more
/// of the pool passes those who must wait for the next period.
/// </summary>
internal sealed class QuotaGate
{
    /// <summary>
    /// Calls on their way at once. The vendor documents no bound for it; four fill a quota of 200 a minute many times over
    /// and keep several connections from weighing on one account.
    /// </summary>
    private const int MostAtOnce = 4;

    /// <summary>When the one call sent to look does not come back, another may look.</summary>
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(5);

    private static readonly ConcurrentDictionary<string, QuotaGate> Gates = new(StringComparer.OrdinalIgnoreCase);

    private readonly object _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly QuotaState _state = new(MostAtOnce);
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private QuotaTicket? _probe;
    private bool _mustProbe = true;
    private int _inFlight;
    private int _open;
    private long _answers;

    public QuotaGate(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _timer = _time.CreateTimer(static gate => ((QuotaGate)gate!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The limit as the answers tell it; 0 before the first.</summary>
    public int Limit
    {
        get { lock (_lock) return _state.Limit; }
    }

    /// <summary>Calls left as the answers tell it, less those on their way; null before the first.</summary>
    public int? Available
    {
        get { lock (_lock) return _state.Available; }
    }

    /// <summary>Calls a minute that the answers promise to everybody together; null before the first.</summary>
    public double? CallsPerMinute
    {
        get { lock (_lock) return _state.CallsPerMinute; }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>The one gate of this process before a pool of calls.</summary>
    public static QuotaGate For(Uri address, string account, string pool) =>
        Gates.GetOrAdd($"{address.Host}:{address.Port}/{account}/{pool}", static _ => new QuotaGate());

    /// <summary>Waits for leave to make one call.</summary>
    /// <param name="share">The part of the limit this caller may use, 0.05 to 1.</param>
    /// <param name="onWait">Told once, with the time expected, when the call must wait for the quota.</param>
    /// <param name="stop">Ends the wait.</param>
    public ValueTask<QuotaTicket> EnterAsync(double share, Action<TimeSpan>? onWait, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        share = Math.Clamp(share, 0.05, 1);
        Waiter waiter;
        lock (_lock)
        {
            var now = Now;
            if (_waiters.Count == 0 && MayGo(share, now, out _)) return ValueTask.FromResult(Issue(share, now));
            waiter = new Waiter(share);
            waiter.Node = _waiters.AddLast(waiter);
            Pump();
            if (waiter.Task.IsCompletedSuccessfully) return new ValueTask<QuotaTicket>(waiter.Task);
        }

        return WaitAsync(waiter, onWait, stop);
    }

    internal void OnAnswered(QuotaTicket ticket, QuotaReading? reading)
    {
        lock (_lock)
        {
            var isProbe = Land(ticket);
            if (isProbe) _mustProbe = false;
            _state.Answered(reading, ticket.SentAt, Now, _answers > ticket.AnswersBefore, _inFlight);
            if (isProbe && reading is { } told) _state.Looked(told.Remaining, ticket.Share, Now);
            _answers++;
            Pump();
        }
    }

    internal void OnThrottled(QuotaTicket ticket, QuotaReading? reading)
    {
        lock (_lock)
        {
            var isProbe = Land(ticket);
            _mustProbe = true;
            _state.Throttled(reading, ticket.SentAt, Now, _inFlight, isProbe, Random.Shared.NextDouble());
            _answers++;
            Pump();
        }
    }

    internal void OnLost(QuotaTicket ticket, bool counted)
    {
        lock (_lock)
        {
            Land(ticket);
            if (!counted) _state.NotSent();
            Pump();
        }
    }

    internal void OnEnded()
    {
        lock (_lock)
        {
            _open--;
            Pump();
        }
    }

    private async ValueTask<QuotaTicket> WaitAsync(Waiter waiter, Action<TimeSpan>? onWait, CancellationToken stop)
    {
        await using (stop.UnsafeRegister(
            static (state, token) =>
            {
                var (gate, waiter) = ((QuotaGate, Waiter))state!;
                lock (gate._lock)
                {
                    if (waiter.Node?.List is { } list) list.Remove(waiter.Node);
                    waiter.TrySetCanceled(token);
                }
            },
            (this, waiter)).ConfigureAwait(false))
        {
            if (onWait is not null && await Task.WhenAny(waiter.Task, waiter.Held).ConfigureAwait(false) == waiter.Held)
            {
                onWait(await waiter.Held.ConfigureAwait(false));
            }

            return await waiter.Task.ConfigureAwait(false);
        }
    }

    private bool Land(QuotaTicket ticket)
    {
        _inFlight--;
        if (_probe != ticket) return false;
        _probe = null;
        return true;
    }

    /// <summary>Whether a caller may go now, and if not, when to ask again (null: when some answer has come).</summary>
    private bool MayGo(double share, TimeSpan now, out TimeSpan? until)
    {
        until = null;
        if (_open >= MostAtOnce) return false;
        if (now < _state.FrozenUntil)
        {
            until = _state.FrozenUntil;
            return false;
        }

        if (_probe is { } probe && now - probe.SentAt < ProbePatience)
        {
            until = probe.SentAt + ProbePatience;
            return false;
        }

        if (_mustProbe || _state.IsSilent || _state.Available is not { } available) return true;
        if (available > _state.Floor(share)) return _inFlight < _state.AtOnce(share, now);

        // Used up. When the period is over one call looks, and the others wait for what it learns.
        if (now >= _state.NextLook) return true;
        until = _state.NextLook;
        return false;
    }

    /// <summary>How long the quota, not another call, holds a caller back.</summary>
    private TimeSpan ExpectedWait(double share, TimeSpan now)
    {
        if (now < _state.FrozenUntil) return _state.FrozenUntil - now;
        return _state.Available <= _state.Floor(share) && now < _state.NextLook ? _state.NextLook - now : TimeSpan.Zero;
    }

    /// <summary>
    /// Whether the next call goes alone, to look: nothing is known, or it was known long ago and others have called since,
    /// or the pool was used up and its period is over.
    /// </summary>
    private bool MustLook(double share, TimeSpan now)
    {
        if (_mustProbe) return true;
        if (_state.IsSilent) return false;
        if (_state.Available is not { } available || available <= _state.Floor(share)) return true;
        return _inFlight == 0 && now - _state.LastAnswer > _state.Window / 2;
    }

    /// <summary>Gives leave; as the one that looks, where nothing is known or the pool was used up.</summary>
    private QuotaTicket Issue(double share, TimeSpan now)
    {
        var looks = MustLook(share, now);
        var ticket = new QuotaTicket(this) { SentAt = now, AnswersBefore = _answers, Share = share };
        if (looks) _probe = ticket;
        _inFlight++;
        _open++;
        _state.Sent();
        return ticket;
    }

    /// <summary>Lets go who may, in order, and sets the timer for the first who may later.</summary>
    private void Pump()
    {
        var now = Now;
        TimeSpan? next = null;
        for (var node = _waiters.First; node is not null;)
        {
            var following = node.Next;
            if (MayGo(node.Value.Share, now, out var until))
            {
                _waiters.Remove(node);
                node.Value.TrySetResult(Issue(node.Value.Share, now));
            }
            else
            {
                if (until is { } time && (next is null || time < next)) next = time;
                if (ExpectedWait(node.Value.Share, now) is { Ticks: > 0 } wait) node.Value.Hold(wait);
            }

            node = following;
        }

        var due = next is { } at ? at - now + TimeSpan.FromMilliseconds(1) : Timeout.InfiniteTimeSpan;
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock) Pump();
    }

    private sealed class Waiter(double share) : TaskCompletionSource<QuotaTicket>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private readonly TaskCompletionSource<TimeSpan> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public double Share { get; } = share;

        public LinkedListNode<Waiter>? Node { get; set; }

        /// <summary>Ends with the time the quota will hold the caller back, once that is known.</summary>
        public Task<TimeSpan> Held => _held.Task;

        public void Hold(TimeSpan time) => _held.TrySetResult(time);
    }
}
