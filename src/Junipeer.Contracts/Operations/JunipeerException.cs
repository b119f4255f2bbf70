namespace Junipeer.Operations;

/// <summary>Carries a <see cref="JunipeerFault"/> up to the cmdlet, where it becomes an error record.</summary>
public sealed class JunipeerException : Exception
{
    /// <summary>Wraps a fault.</summary>
    public JunipeerException(JunipeerFault fault)
        : base(fault.Message, fault.Cause) => Fault = fault;

    /// <summary>What went wrong.</summary>
    public JunipeerFault Fault { get; }

    /// <summary>The system that answered.</summary>
    public string? System => Fault.System;

    /// <summary>HTTP status of the answer that caused the fault.</summary>
    public int? StatusCode => Fault.StatusCode;

    /// <summary>The system's id of the failed request.</summary>
    public string? RequestId => Fault.RequestId;

    /// <summary>The command or step that mends it.</summary>
    public string RecommendedAction => Fault.RecommendedAction;
}
