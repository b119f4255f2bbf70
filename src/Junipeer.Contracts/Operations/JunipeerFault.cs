namespace Junipeer.Operations;

/// <summary>One thing that went wrong, with its cause and the command that mends it.</summary>
/// <param name="Id">Stable id, <c>Junipeer.&lt;Area&gt;.&lt;What&gt;</c>; listed in about_JunipeerErrors.</param>
/// <param name="Category">What kind of mistake it is.</param>
/// <param name="Message">What happened and why, free of secrets.</param>
/// <param name="RecommendedAction">One imperative sentence, with the exact command where there is one.</param>
public sealed record JunipeerFault(string Id, FaultCategory Category, string Message, string RecommendedAction)
{
    /// <summary>What the fault is about: a connection name, a resource, an id, a path.</summary>
    public object? Target { get; init; }

    /// <summary>The system that answered, for example <c>Brightpearl</c>.</summary>
    public string? System { get; init; }

    /// <summary>HTTP status of the answer that caused the fault.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The system's id of the failed request (Brightpearl: header <c>ruid</c>); its support asks for it.</summary>
    public string? RequestId { get; init; }

    /// <summary>The system's own error code, for example <c>CMNC-018</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>True when the same call may succeed later without anybody mending anything.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The exception behind the fault.</summary>
    public Exception? Cause { get; init; }
}
