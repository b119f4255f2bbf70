using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Sql;

namespace Junipeer.Sandbox.Google.Jobs;

internal sealed record JobError(string Reason, string Message, string? Location = null)
{
    public JsonObject Json()
    {
        JsonObject json = new() { ["reason"] = Reason };
        SchemaJson.Add(json, "location", Location is { Length: > 0 } ? Location : null);
        json["message"] = Message;
        return json;
    }
}

internal enum JobState
{
    Pending,
    Running,
    Done,
}

/// <summary>A job from its insertion to its end, which stays.</summary>
internal sealed class Job
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required string Project { get; init; }

    public required string Id { get; init; }

    public required string Location { get; init; }

    public required string Email { get; init; }

    public required JsonElement Configuration { get; init; }

    /// <summary>LOAD or QUERY.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset Created { get; init; }

    public string? ParentId { get; init; }

    public DateTimeOffset? Started { get; private set; }

    public DateTimeOffset? Ended { get; private set; }

    public JobState State { get; private set; }

    public JobError? Error { get; private set; }

    public IReadOnlyList<JobError> Errors { get; private set; } = [];

    /// <summary>The table that is written, or that holds the result.</summary>
    public TableRef? Destination { get; set; }

    public SqlResult? Result { get; set; }

    /// <summary>The result as it is paged.</summary>
    public RowSet Rows { get; set; } = RowSet.Empty;

    public LoadStatistics? Load { get; set; }

    public int Children { get; set; }

    /// <summary>For how many more requests the job cannot be seen yet, though its id is taken.</summary>
    public int HiddenFor { get; set; }

    public CancellationTokenSource Stop { get; } = new();

    public Task Done => _done.Task;

    public string Name => $"{Project}:{Location}.{Id}";

    public JsonElement Query => Configuration.Member("query") ?? default;

    /// <summary>What faults look for: id, configuration, query.</summary>
    public string Text => Id + " " + Configuration.GetRawText();

    public void Start(DateTimeOffset now)
    {
        lock (_gate)
        {
            Started = now;
            State = JobState.Running;
        }
    }

    public void Finish(DateTimeOffset now, JobError? error, IEnumerable<JobError>? errors = null)
    {
        lock (_gate)
        {
            if (State == JobState.Done)
            {
                return;
            }

            Started ??= now;
            Ended = now;
            Error = error;
            Errors = errors is null ? error is null ? [] : [error] : [.. errors];
            State = JobState.Done;
        }

        _done.TrySetResult();
    }

    public JsonObject StatusJson()
    {
        lock (_gate)
        {
            JsonObject status = [];
            if (Error is { } error)
            {
                status["errorResult"] = error.Json();
            }

            if (Errors.Count > 0)
            {
                status["errors"] = new JsonArray([.. Errors.Select(e => (JsonNode)e.Json())]);
            }

            status["state"] = State.ToString().ToUpperInvariant();
            return status;
        }
    }
}

internal sealed record LoadStatistics(long InputBytes, long OutputRows, long OutputBytes, long BadRecords)
{
    public JsonObject Json() => new()
    {
        ["inputFiles"] = "1", ["inputFileBytes"] = Names.Text(InputBytes), ["outputRows"] = Names.Text(OutputRows), ["outputBytes"] = Names.Text(OutputBytes), ["badRecords"] = Names.Text(BadRecords),
    };
}
