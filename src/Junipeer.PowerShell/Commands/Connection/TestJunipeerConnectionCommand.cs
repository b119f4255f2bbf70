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
    private bool _tested;
    private bool _allWell = true;

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
        foreach (var connection in Connection ?? []) Test(connection);
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (All)
        {
            foreach (var connection in Session.Current.All) Test(connection);
        }
        else if (!MyInvocation.BoundParameters.ContainsKey(nameof(Connection)) && !MyInvocation.ExpectingInput)
        {
            var systems = Session.Current.Connections.Select(c => c.System).Distinct().ToArray();
            foreach (var system in systems.Length == 0 ? ["Brightpearl"] : systems)
                Test(Use<JunipeerConnection>(null, system));
        }

        if (Quiet && _tested) WriteObject(_allWell);
    }

    private protected override object? Shape(object result)
    {
        if (result is ConnectionCheck { Status: CheckStatus.Failed }) _allWell = false;
        return Quiet ? null : base.Shape(result);
    }

    private void Test(JunipeerConnection connection)
    {
        var chosen = Use<JunipeerConnection>(connection, connection.System);
        _tested = true;
        Run((engine, sink, stop) => engine.TestConnectionAsync(chosen, sink, stop));
    }
}
