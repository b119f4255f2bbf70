using System.Collections.Concurrent;
using System.Management.Automation;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// A thread PowerShell runs pipelines on, and the work for it that comes from elsewhere: vaults and script blocks run nowhere
/// else. Of two cmdlets in one pipeline only the later one serves the thread at a time, so whichever does takes the work of
/// both; else the first could wait for a vault, and the second for the first.
/// </summary>
internal sealed class PipelineThread
{
    [ThreadStatic]
    private static PipelineThread? _here;

    /// <summary>The thread an operation came from, wherever its tasks run.</summary>
    private static readonly AsyncLocal<PipelineThread?> Ambient = new();

    private readonly ConcurrentQueue<Action> _work = new();
    private readonly Stack<Action> _servants = new();
    private readonly int _id = Environment.CurrentManagedThreadId;

    private PipelineThread()
    {
    }

    /// <summary>This thread; call it on a pipeline thread only.</summary>
    public static PipelineThread Here => _here ??= new PipelineThread();

    /// <summary>Makes this the thread that tasks started from now on belong to.</summary>
    public void Adopt() => Ambient.Value = this;

    /// <summary>Runs work on the pipeline thread of the current operation and waits for it.</summary>
    public static async Task<T> RunAsync<T>(Func<T> work, CancellationToken stop)
    {
        var thread = Ambient.Value;
        if (thread is null || thread._id == Environment.CurrentManagedThreadId) return work();
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        thread.Post(() =>
        {
            try
            {
                done.TrySetResult(work());
            }
            catch (Exception error)
            {
                done.TrySetException(error);
                if (error is PipelineStoppedException) throw;
            }
        });
        return await done.Task.WaitAsync(stop).ConfigureAwait(false);
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(Action work, CancellationToken stop) => RunAsync<object?>(
        () =>
        {
            work();
            return null;
        },
        stop);

    /// <summary>A cmdlet begins to serve this thread; <paramref name="wake"/> makes it call <see cref="Serve"/> soon.</summary>
    public void Enter(Action wake)
    {
        lock (_servants) _servants.Push(wake);
        Serve();
    }

    /// <summary>The cmdlet that entered last stops serving; what is left is for the one before.</summary>
    public void Leave()
    {
        lock (_servants)
        {
            _servants.Pop();
            if (!_work.IsEmpty && _servants.TryPeek(out var wake)) wake();
        }
    }

    /// <summary>Does the work that has come; on the thread itself.</summary>
    public void Serve()
    {
        while (_work.TryDequeue(out var next)) next();
    }

    private void Post(Action work)
    {
        _work.Enqueue(work);
        lock (_servants)
        {
            if (_servants.TryPeek(out var wake)) wake();
        }
    }
}
