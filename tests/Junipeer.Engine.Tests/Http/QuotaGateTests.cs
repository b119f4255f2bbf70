using Junipeer.Http;
using Xunit;

namespace Junipeer.Tests.Http;

/// <summary>The gate's decisions, on a clock of the test's own.</summary>
public sealed class QuotaGateTests
{
    private readonly ManualTime _time = new();
    private readonly QuotaGate _gate;

    public QuotaGateTests() => _gate = new QuotaGate(_time);

    [Fact]
    public async Task The_first_call_goes_alone()
    {
        using var first = await Enter(1).AsTask();
        var second = Enter(1);
        Assert.False(second.IsCompleted);
        first.Answered(Left(199));
        Assert.True(await Granted(second));
    }

    [Fact]
    public async Task The_share_of_the_others_is_left_alone()
    {
        await Answer(1, Left(199));
        for (var left = 198; left >= 60; left--) await Answer(0.7, Left(left, 30_000));
        Assert.False(await Granted(Enter(0.7)));
        Assert.True(await Granted(Enter(0.9))); // a caller with a larger share may still
    }

    [Fact]
    public async Task Callers_of_one_share_go_in_order()
    {
        await Answer(1, Left(199));
        await Answer(1, Left(0, 10_000));
        var first = Enter(1).AsTask();
        var second = Enter(1).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(10_050));
        Assert.True(await Granted(first));
        Assert.False(second.IsCompleted); // one looks, the other waits for what it learns
        (await first).Answered(Left(199));
        Assert.True(await Granted(second));
    }

    [Fact]
    public async Task A_call_waits_for_the_end_of_the_period_and_no_longer()
    {
        await Answer(1, Left(199));
        await Answer(1, Left(0, 10_000));
        var waiting = Enter(1).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(9_990));
        Assert.False(await Granted(waiting));
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.True(await Granted(waiting));
    }

    [Fact]
    public async Task Calls_on_their_way_count_as_used()
    {
        await Answer(1, Left(7, 10_000));
        var first = await Enter(1);
        var second = await Enter(1);
        var third = await Enter(1);
        Assert.False(await Granted(Enter(1))); // four calls or fewer are left: one at a time
        foreach (var ticket in new[] { first, second, third }) ticket.Dispose();
    }

    [Fact]
    public async Task An_older_answer_that_comes_late_raises_nothing()
    {
        await Answer(1, Left(199, 10_000));
        var old = await Enter(1);
        var young = await Enter(1);
        young.Answered(Left(4, 10_000)); // others took many between the two
        young.Dispose();
        old.Answered(Left(198, 10_000));
        old.Dispose();
        Assert.Equal(4, _gate.Available);
    }

    [Fact]
    public async Task An_answer_of_an_ended_period_says_nothing_of_the_new_one()
    {
        await Answer(1, Left(100, 1_000));
        var slow = await Enter(1);
        _time.Advance(TimeSpan.FromMilliseconds(1_100));
        await Answer(1, Left(199, 60_000));
        slow.Answered(Left(3, 500)); // counted before the turn, on its way since
        slow.Dispose();
        Assert.True(_gate.Available > 100, $"{_gate.Available}");
    }

    [Fact]
    public async Task A_throttle_stops_everybody_for_the_time_it_names()
    {
        await Answer(1, Left(199, 60_000));
        var refused = await Enter(1);
        refused.Throttled(Left(0, 5_000));
        refused.Dispose();
        var low = Enter(0.1).AsTask();
        var high = Enter(1).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(4_990));
        Assert.False(low.IsCompleted || high.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1_000)); // jitter
        Assert.True(await Granted(low));
        Assert.False(high.IsCompleted);
    }

    [Theory]
    [InlineData(null, 59_000, 62_000)]
    [InlineData(1, 240, 500)]
    [InlineData(9_000_000, 64_000, 67_000)]
    public async Task A_throttle_without_a_sane_time_gets_one(int? told, int stillWaiting, int over)
    {
        await Answer(1, Left(199, 60_000));
        var refused = await Enter(1);
        refused.Throttled(told is { } ms ? Left(0, ms) : null);
        refused.Dispose();
        var waiting = Enter(1).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(stillWaiting));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(over - stillWaiting));
        Assert.True(await Granted(waiting));
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once_and_leaves_no_hole()
    {
        await Answer(1, Left(0, 10_000));
        using var stop = new CancellationTokenSource();
        var cancelled = _gate.EnterAsync(1, null, stop.Token).AsTask();
        var next = Enter(1).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _time.Advance(TimeSpan.FromMilliseconds(10_050));
        Assert.True(await Granted(next));
    }

    [Fact]
    public async Task A_look_that_never_comes_back_does_not_stop_the_others()
    {
        var lost = await Enter(1);
        var next = Enter(1).AsTask();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await Granted(next));
        lost.Dispose();
    }

    [Fact]
    public async Task Without_quota_headers_only_throttles_hold_calls_back()
    {
        await Answer(1, null);
        for (var i = 0; i < 300; i++) await Answer(1, null);
    }

    [Fact]
    public async Task The_wait_is_told()
    {
        await Answer(1, Left(0, 10_000));
        var told = new TaskCompletionSource<TimeSpan>();
        _ = _gate.EnterAsync(1, told.SetResult, CancellationToken.None);
        Assert.InRange((await told.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).TotalSeconds, 9.9, 10.2);
    }

    private static QuotaReading Left(int remaining, int milliseconds = 60_000) => new(remaining, TimeSpan.FromMilliseconds(milliseconds));

    private ValueTask<QuotaTicket> Enter(double share) => _gate.EnterAsync(share, null, TestContext.Current.CancellationToken);

    private async Task Answer(double share, QuotaReading? reading)
    {
        var entering = Enter(share).AsTask();
        Assert.True(await Granted(entering));
        using var ticket = await entering;
        ticket.Answered(reading);
    }

    /// <summary>Grants run on another thread; a moment tells.</summary>
    private static Task<bool> Granted(ValueTask<QuotaTicket> entering) => Granted(entering.AsTask());

    private static async Task<bool> Granted(Task<QuotaTicket> entering)
    {
        await Task.WhenAny(entering, Task.Delay(100, TestContext.Current.CancellationToken));
        return entering.IsCompletedSuccessfully;
    }
}
