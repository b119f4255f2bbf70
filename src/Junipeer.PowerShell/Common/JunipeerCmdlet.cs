using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.Operations;
using Junipeer.PowerShell.Engine;
using Junipeer.PowerShell.Output;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Common;

/// <summary>
/// What all cmdlets share: work runs as a task and speaks through the pump, Ctrl+C cancels it, and a fault becomes an
/// error record with id, category and advice.
/// </summary>
public abstract class JunipeerCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Frees what the cmdlet holds.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>For each input object; faults thrown here end the command.</summary>
    protected sealed override void ProcessRecord() => Guard(Process);

    /// <summary>After the last input object; faults thrown here end the command.</summary>
    protected sealed override void EndProcessing() => Guard(End);

    /// <summary>Ctrl+C: called on another thread while the pipeline thread is busy.</summary>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>The work for each input object.</summary>
    protected virtual void Process()
    {
    }

    /// <summary>The work after the last input object.</summary>
    protected virtual void End()
    {
    }

    /// <summary>What goes to the pipeline for a result of the engine; null for nothing.</summary>
    private protected virtual object? Shape(object result) => PipelineShape.Of(result);

    /// <summary>A fault that does not end the command; writes it as an error.</summary>
    private protected virtual void OnFault(JunipeerFault fault) => WriteFault(fault);

    /// <summary>The engine, loaded when it is first asked for.</summary>
    private protected static IJunipeerEngine Engine => EngineHost.Current;

    /// <summary>Runs the engine's work and serves this thread's part of it until it ends.</summary>
    private protected void Run(Func<IJunipeerEngine, IOperationSink, CancellationToken, Task> work)
    {
        var engine = Engine;
        using var pump = new OperationPump(this, Shape, OnFault, _stop.Token);
        pump.Run((sink, stop) => work(engine, sink, stop));
    }

    /// <summary>
    /// The connection given, or the one to use where none is given. Says each time that a secret is not encrypted.
    /// </summary>
    private protected T Use<T>(JunipeerConnection? given, string system)
        where T : JunipeerConnection
    {
        var chosen = ConnectionChooser.Choose<T>(given, system);
        WarnWhenUnprotected(chosen);
        return chosen;
    }

    /// <summary>No secret lies in plain text without the user being told.</summary>
    private protected void WarnWhenUnprotected(JunipeerConnection connection)
    {
        if (connection.SecretReference.Place == SecretPlace.File)
            WriteWarning($"The secret of '{connection.Name}' is kept in a file that is not encrypted. Connect again with -Vault once there is a vault.");
    }

    /// <summary>
    /// Replaces an argument that came as plain text once it is read: an error record carries the arguments as they were
    /// given, and ConvertTo-Json writes them out.
    /// </summary>
    private protected void Hide(string parameter)
    {
        if (MyInvocation.BoundParameters.ContainsKey(parameter)) MyInvocation.BoundParameters[parameter] = "***";
    }

    /// <summary>Writes an error and goes on.</summary>
    private protected void WriteFault(JunipeerFault fault) => WriteError(Faults.ToRecord(new JunipeerException(fault)));

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (JunipeerException e)
        {
            ThrowTerminatingError(Faults.ToRecord(e));
        }
    }
}
