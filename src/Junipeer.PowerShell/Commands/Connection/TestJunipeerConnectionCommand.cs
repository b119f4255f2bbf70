using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Commands;

/// <summary>Proves connections: one object per check, with cause and fix where one failed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "JunipeerConnection")]
[OutputType(typeof(ConnectionCheck), typeof(bool))]
public sealed class TestJunipeerConnectionCommand : JunipeerCmdlet
{
    private readonly List<JunipeerConnection> _chosen = [];
    private int _failed;

    /// <summary>Connections or their names; the default of every system when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ConnectionArgument]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    [ValidateNotNullOrEmpty]
    public JunipeerConnection[]? Connection { get; set; }

    /// <summary>Test every connection, of this session or saved.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Write one boolean for all: true when no check failed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var connection in Connection ?? []) _chosen.Add(Use<JunipeerConnection>(connection, connection.System));
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (All) _chosen.AddRange(Session.Current.All.Where(c => !_chosen.Contains(c)).Select(c => Use<JunipeerConnection>(c, c.System)));
        else if (!MyInvocation.BoundParameters.ContainsKey(nameof(Connection)) && !MyInvocation.ExpectingInput) _chosen.AddRange(Defaults());
        if (_chosen.Count == 0) return;

        // All at once: one that does not answer must not hold up the rest.
        Run((engine, sink, stop) => Task.WhenAll(_chosen.Select(c => engine.TestConnectionAsync(c, sink, stop))));
        if (Quiet) WriteObject(_failed == 0);
    }

    private protected override object? Shape(object result)
    {
        if (result is ConnectionCheck { Status: CheckStatus.Failed }) Interlocked.Increment(ref _failed);
        return Quiet ? null : base.Shape(result);
    }

    private IEnumerable<JunipeerConnection> Defaults()
    {
        var systems = Session.Current.All.Select(c => c.System).Distinct().ToArray();
        return (systems.Length == 0 ? ["Brightpearl"] : systems).Select(system => Use<JunipeerConnection>(null, system));
    }
}
