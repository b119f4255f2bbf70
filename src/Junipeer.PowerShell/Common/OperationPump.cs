using System.Collections.Concurrent;
using System.Management.Automation;
using Junipeer.Operations;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Common;

/// <summary>
/// Carries one operation: the work runs on other threads and queues what it has to say; the pipeline thread, the only one
/// that may write, takes it from the queue. A write is awaited until it was taken, so a slow consumer slows the reading.
/// The queue itself has no limit: were messages to wait for room, work and pipeline thread could wait for each other.
/// </summary>
internal sealed class OperationPump : IOperationSink, IDisposable
{
    /// <summary>How long a stopped command waits for its work to let go.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>And when it is in the middle of something that must not be abandoned.</summary>
    private static readonly TimeSpan CriticalPatience = TimeSpan.FromSeconds(15);

    private readonly BlockingCollection<Message> _queue = [];
    private readonly Cmdlet _cmdlet;
    private readonly Func<object, object?> _shape;
    private readonly Action<JunipeerFault> _onFault;
    private readonly CancellationTokenSource _stop;
    private readonly ProgressBar _progress;
    private int _critical;

    public OperationPump(Cmdlet cmdlet, Func<object, object?> shape, Action<JunipeerFault> onFault, CancellationToken stop)
    {
        (_cmdlet, _shape, _onFault) = (cmdlet, shape, onFault);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _progress = new ProgressBar(cmdlet);
    }

    /// <summary>Starts the work and serves it until it ends; on the pipeline thread.</summary>
    public void Run(Func<IOperationSink, CancellationToken, Task> work)
    {
        var thread = PipelineThread.Here;
        thread.Enter(() => Enqueue(thread.Serve));
        try
        {
            Run(work, thread);
        }
        finally
        {
            thread.Leave();
        }
    }

    private void Run(Func<IOperationSink, CancellationToken, Task> work, PipelineThread thread)
    {
        var stop = _stop.Token;
        var running = Task.Run(async () =>
        {
            thread.Adopt();
            try
            {
                await work(this, stop).ConfigureAwait(false);
            }
            finally
            {
                _queue.CompleteAdding();
            }
        });

        try
        {
            foreach (var message in _queue.GetConsumingEnumerable(stop)) message.Say();
            _progress.Close();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl+C.
        }
        catch
        {
            // Somebody after us has had enough (Select-Object -First), failed, or was stopped: no more requests.
            _stop.Cancel();
            LetGo(running, thread);
            throw;
        }

        if (stop.IsCancellationRequested)
        {
            LetGo(running, thread);
            throw new PipelineStoppedException();
        }

        Rethrow(running);
    }

    public async ValueTask WriteAsync(object result, CancellationToken stop)
    {
        if (_shape(result) is not { } shaped) return;
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() =>
        {
            try
            {
                _cmdlet.WriteObject(shaped, enumerateCollection: false);
                taken.TrySetResult();
            }
            finally
            {
                taken.TrySetCanceled();
            }
        }, taken);
        await taken.Task.WaitAsync(stop).ConfigureAwait(false);
    }

    public void Fault(JunipeerFault fault) => Enqueue(() => _onFault(fault));

    public void Warning(string message) => Enqueue(() => _cmdlet.WriteWarning(message));

    public void Tell(string message) => Enqueue(() => _cmdlet.WriteInformation(new HostInformationMessage { Message = message }, ["PSHOST"]));

    public async ValueTask<string?> AskAsync(string prompt, CancellationToken stop)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() =>
        {
            try
            {
                var host = ((PSCmdlet)_cmdlet).Host;
                host.UI.Write(prompt + ": ");
                answer.TrySetResult(host.UI.ReadLine());
            }
            catch (Exception error) when (error is not PipelineStoppedException)
            {
                answer.TrySetResult(null); // a host that cannot ask
            }
            finally
            {
                answer.TrySetCanceled();
            }
        });
        return await answer.Task.WaitAsync(stop).ConfigureAwait(false);
    }

    public IDisposable BeginCritical()
    {
        Interlocked.Increment(ref _critical);
        return new Critical(this);
    }

    public void Verbose(string message) => Enqueue(() => _cmdlet.WriteVerbose(message));

    public void Debug(string message) => Enqueue(() => _cmdlet.WriteDebug(message));

    public void Progress(OperationProgress progress)
    {
        if (_progress.IsDue(progress)) Enqueue(() => _progress.Show(progress));
    }

    public void Dispose()
    {
        _stop.Dispose();
        // The queue is left to the garbage collector: work that was let go may still try to speak.
    }

    private void Enqueue(Action say, TaskCompletionSource? awaited = null)
    {
        try
        {
            _queue.Add(new Message(say, awaited));
        }
        catch (InvalidOperationException)
        {
            // The operation is over; there is nobody left to tell.
            awaited?.TrySetCanceled();
        }
    }

    /// <summary>Lets stopped work end: no write of it may wait for a pipeline thread that has gone.</summary>
    private void LetGo(Task running, PipelineThread thread)
    {
        _queue.CompleteAdding();
        while (_queue.TryTake(out var unsaid)) unsaid.Awaited?.TrySetCanceled();
        _ = running.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        var started = TimeProvider.System.GetTimestamp();
        while (!running.IsCompleted && TimeProvider.System.GetElapsedTime(started) < (Volatile.Read(ref _critical) > 0 ? CriticalPatience : Patience))
        {
            ((IAsyncResult)running).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(20));
            ServeQuietly(thread);
        }
    }

    /// <summary>A vault may still have to take renewed tokens; what else it says is nobody's business any more.</summary>
    private static void ServeQuietly(PipelineThread thread)
    {
        try
        {
            thread.Serve();
        }
        catch (PipelineStoppedException)
        {
            // The command is being stopped; that is why we are here.
        }
    }

    private static void Rethrow(Task ended)
    {
        try
        {
            ended.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not JunipeerException)
        {
            throw Faults.Unforeseen(e);
        }
    }

    private sealed class Critical(OperationPump pump) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) Interlocked.Decrement(ref pump._critical);
        }
    }

    private readonly record struct Message(Action Say, TaskCompletionSource? Awaited);
}
