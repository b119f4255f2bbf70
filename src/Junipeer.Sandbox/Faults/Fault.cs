using System.Text.Json;

namespace Junipeer.Sandbox.Faults;

/// <summary>Something that goes wrong on purpose, for the requests it matches.</summary>
internal sealed class Fault(int id, string kind)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(int Hits, TaskCompletionSource Done)> _waiting = [];
    private readonly Lock _gate = new();
    private int _holding;
    private int _announced;

    public int Id => id;

    public string Kind => kind;

    public FaultMatch Match { get; init; } = new();

    public int Skip { get; init; }

    /// <summary>How many requests it hits; null for all.</summary>
    public int? Times { get; init; }

    public int Status { get; init; } = 500;

    public string? Body { get; init; }

    public string? ContentType { get; init; }

    public Dictionary<string, string> Headers { get; init; } = [];

    public int Milliseconds { get; init; } = 1000;

    /// <summary>"before" or "after" the server acted.</summary>
    public string When { get; init; } = "before";

    /// <summary>For stale-page: "repeat" or "short".</summary>
    public string Mode { get; init; } = "repeat";

    public int Rows { get; init; } = 1;

    public int? ResultsAvailable { get; init; }

    public bool? MorePagesAvailable { get; init; }

    /// <summary>Whether the request uses quota although it was not carried out.</summary>
    public bool? Quota { get; init; }

    public JsonElement? Actions { get; init; }

    /// <summary>For the Google side: the reason code and message of an error.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    /// <summary>For faults in the middle of an upload: how much of the request's body is taken in.</summary>
    public long? Bytes { get; init; }

    public int Seen { get; private set; }

    public int Hits { get; private set; }

    /// <summary>How many answers it is holding now.</summary>
    public int Holding => _holding;

    public bool Done => Times is { } times && Hits >= times;

    /// <summary>Counts a matching request; true when the fault strikes it.</summary>
    public bool Strike()
    {
        lock (_gate)
        {
            if (Done)
            {
                return false;
            }

            Seen++;
            if (Seen <= Skip)
            {
                return false;
            }

            Hits++;
            return true;
        }
    }

    /// <summary>Tells those who wait that the fault has done its work on one more request (a held answer is held from now on).</summary>
    public void Announce()
    {
        lock (_gate)
        {
            _announced++;
            foreach ((int hits, TaskCompletionSource done) in _waiting.Where(w => w.Hits <= _announced))
            {
                done.TrySetResult();
            }
        }
    }

    public Task WaitForHits(int hits)
    {
        lock (_gate)
        {
            if (_announced >= hits)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((hits, done));
            return done.Task;
        }
    }

    /// <summary>Freezes until <see cref="Release"/>, or until the connection ends.</summary>
    public async Task Hold(Action held, CancellationToken connectionEnded)
    {
        Interlocked.Increment(ref _holding);
        held();
        try
        {
            await Released.WaitAsync(connectionEnded);
        }
        finally
        {
            Interlocked.Decrement(ref _holding);
        }
    }

    private Task Released => _released.Task;

    public void Release() => _released.TrySetResult();

    public object Describe() => new
    {
        id = Id, kind = Kind, match = Match, skip = Skip, times = Times, when = When, seen = Seen, hits = Hits, holding = Holding, done = Done, released = Released.IsCompleted,
    };
}

/// <summary>Which requests a fault is for; what is not given matches all.</summary>
internal sealed record FaultMatch
{
    /// <summary>HTTP method.</summary>
    public string? Method { get; init; }

    /// <summary>As in the counters: of Brightpearl GET, OPTIONS, SEARCH, COUNT or META; for tokens EXCHANGE or REFRESH.</summary>
    public string? Verb { get; init; }

    public string? Resource { get; init; }

    public string? PathContains { get; init; }

    public string? QueryContains { get; init; }

    /// <summary>An id that one of the path's id sets must contain.</summary>
    public long? IdContains { get; init; }

    /// <summary>For the Google side: part of a job's id, configuration or query.</summary>
    public string? JobContains { get; init; }
}
