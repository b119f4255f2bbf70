using Junipeer.Sandbox.Google.Data;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class MutationQueueTests
{
    private static readonly TableRef Table = new("p", "d", "t");

    [Fact]
    public void ATableBelongsToOneOwnerUntilItIsReleased()
    {
        var queue = new MutationQueue();
        object one = new(), two = new();

        Assert.True(queue.TryTake(Table, one));
        Assert.True(queue.TryTake(Table, one));
        Assert.False(queue.TryTake(Table, two));
        Assert.True(queue.TryTake(Table with { Name = "u" }, two));
        queue.Release(one);
        Assert.True(queue.TryTake(Table, two));
    }

    [Fact]
    public async Task TwentyStatementsWaitAndTheNextFails()
    {
        var stop = TestContext.Current.CancellationToken;
        var queue = new MutationQueue();
        object owner = new();
        queue.TryTake(Table, owner);
        var started = 0;
        var waiting = Enumerable.Range(0, MutationQueue.MaxWaiting).Select(_ => Task.Factory.StartNew(
            () =>
            {
                object mine = new();
                Interlocked.Increment(ref started);
                queue.Take(Table, mine, stop);
                queue.Release(mine);
            },
            stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        DataException? refused = null;
        for (var i = 0; i < 100 && refused is null; i++)
        {
            await Task.Delay(50, stop);
            using var soon = new CancellationTokenSource(10);
            try
            {
                queue.Take(Table, new object(), soon.Token);
            }
            catch (OperationCanceledException)
            {
                // Not all of them wait yet.
            }
            catch (DataException error)
            {
                refused = error;
            }
        }

        Assert.Equal("Resources exceeded during query execution: Too many DML statements outstanding against table p:d.t, limit is 20.", refused?.Message);
        queue.Release(owner);
        await Task.WhenAll(waiting);
        Assert.True(queue.TryTake(Table, owner));
    }
}
