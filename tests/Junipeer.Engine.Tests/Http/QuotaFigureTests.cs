using System.Text.Json;
using Junipeer.Brightpearl;
using Xunit;

namespace Junipeer.Tests.Http;

/// <summary>How much of the quota is used, by the sandbox's own count.</summary>
[CollectionDefinition(nameof(QuotaFigures), DisableParallelization = true)]
public sealed class QuotaFigures;

/// <inheritdoc cref="QuotaFigures"/>
[Collection(nameof(QuotaFigures))]
public sealed class QuotaFigureTests(ITestOutputHelper output)
{
    private const int Limit = 200;
    private const int Windows = 5;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>Longer, because a busy machine's pauses are short beside the other app's pace only then.</summary>
    private static readonly TimeSpan WindowBesideOthers = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Alone_uses_its_share_and_is_never_throttled()
    {
        var cases = from rolling in new[] { false, true } from share in new[] { 0.7, 0.9, 1.0 } select MeasureAsync(rolling, share, null);
        foreach (var figure in await Task.WhenAll(cases))
        {
            output.WriteLine(figure.ToString());
            Assert.Equal(0, figure.MostThrottled);
            Assert.Equal(0, figure.Failures);
            Assert.True(figure.Use >= 0.95, figure.ToString());
            Assert.True(figure.Use <= 1.005, figure.ToString()); // more would be the others' calls
        }
    }

    [Fact]
    public async Task Beside_another_app_nothing_fails_and_a_window_has_at_most_one_throttle()
    {
        var cases = from rolling in new[] { false, true } from share in new[] { 0.7, 0.9, 1.0 } from pattern in new[] { "even", "burst" } select MeasureAsync(rolling, share, pattern);
        foreach (var figure in await Task.WhenAll(cases))
        {
            output.WriteLine(figure.ToString());
            Assert.True(figure.MostThrottled <= 1, figure.ToString());
            Assert.Equal(0, figure.Failures);
            Assert.True(figure.Use >= 0.2, figure.ToString()); // the other app is served first, but not alone
        }
    }

    [Fact]
    public async Task Two_clients_of_one_process_share_the_quota()
    {
        await using var account = await TestAccount.StartAsync(Limit, Window);
        await using var one = account.Client(0.7);
        await using var two = account.Client(0.9);
        var failures = await KeepCallingAsync(account, Window, [one, two]);
        var figure = await ReadAsync(account, Window, false, 0.9, null, failures);
        output.WriteLine(figure.ToString());
        Assert.Equal(0, figure.MostThrottled);
        Assert.Equal(0, figure.Failures);
        Assert.InRange(figure.Use, 0.95, 1.005);
    }

    private static async Task<Figure> MeasureAsync(bool rolling, double share, string? other)
    {
        var window = other is null ? Window : WindowBesideOthers;
        await using var account = await TestAccount.StartAsync(Limit, window, rolling);
        if (other is not null) await account.PostAsync("other-app", new { share = 0.5, pattern = other, at = 0.5, pool = "private" });
        await using var client = account.Client(share);
        var failures = await KeepCallingAsync(account, window, [client]);
        return await ReadAsync(account, window, rolling, share, other, failures);
    }

    /// <summary>More callers than calls allowed at once, for some windows.</summary>
    private static async Task<int> KeepCallingAsync(TestAccount account, TimeSpan window, BrightpearlClient[] clients)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(window * Windows);
        var failures = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    await account.ReadAsync(clients[n % clients.Length], stop: end.Token);
                }
                catch (OperationCanceledException)
                {
                }
                catch (Exception)
                {
                    Interlocked.Increment(ref failures);
                }
            }
        }));
        return failures;
    }

    /// <summary>All windows but the first and the last, which were not whole.</summary>
    private static async Task<Figure> ReadAsync(TestAccount account, TimeSpan window, bool rolling, double share, string? other, int failures)
    {
        var windows = (await account.CountersAsync()).GetProperty("windows").EnumerateArray().ToList();
        var whole = windows.Skip(1).SkipLast(1).Select(Used).ToList();

        // A window in which nobody called is not listed.
        var count = (int)Math.Round((Start(windows[^1]) - Start(windows[0])) / window) - 1;
        Assert.True(count >= Windows - 3, $"{count} windows"); // beside another app nothing may be left to use at the ends
        while (whole.Count < count) whole.Add(0);
        return new Figure(rolling, share, other, Math.Floor(share * Limit), [.. whole], [.. windows.Select(Throttled)], failures);
    }

    private static DateTimeOffset Start(JsonElement window) => window.GetProperty("start").GetDateTimeOffset();

    private static int Used(JsonElement window) => window.GetProperty("used").GetInt32();

    private static int Throttled(JsonElement window) => window.GetProperty("throttled").GetInt32();

    private sealed record Figure(bool Rolling, double Share, string? Other, double Target, int[] UsedPerWindow, int[] ThrottledPerWindow, int Failures)
    {
        public double Use => UsedPerWindow.Average() / Target;

        public int MostThrottled => ThrottledPerWindow.Max();

        public override string ToString() =>
            $"{(Rolling ? "rolling" : "fixed"),-7} share {Share:0.0}, other app {Other ?? "none",-5}: {Use:P1} of {Target} a window ({string.Join(' ', UsedPerWindow)}), throttled {string.Join(' ', ThrottledPerWindow)}, failures {Failures}";
    }
}
