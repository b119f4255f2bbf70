using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Commands;

/// <summary>Ends connections and wipes their secrets from memory.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Junipeer", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisconnectJunipeerCommand : JunipeerCmdlet
{
    /// <summary>Connections or their names; all of this session when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ConnectionArgument]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    [ValidateNotNullOrEmpty]
    public JunipeerConnection[]? Connection { get; set; }

    /// <summary>Delete what was saved of the connections, too.</summary>
    [Parameter]
    public SwitchParameter Forget { get; set; }

    /// <summary>Have the system make the tokens worthless, where it can do that.</summary>
    [Parameter]
    public SwitchParameter Revoke { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var connection in Connection ?? []) Disconnect(connection);
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Connection)) || MyInvocation.ExpectingInput) return;
        foreach (var connection in Session.Current.Connections) Disconnect(connection);
    }

    private void Disconnect(JunipeerConnection connection)
    {
        if (connection is UnknownConnection)
        {
            WriteFault(ConnectionChooser.Unknown(connection));
            return;
        }

        var action = (Forget.IsPresent, Revoke.IsPresent) switch
        {
            (true, true) => "Revoke its tokens, end it and delete what was saved",
            (true, false) => "End it and delete what was saved",
            (false, true) => "Revoke its tokens and end it",
            _ => "End it",
        };
        if (!ShouldProcess($"{connection.System} connection '{connection.Name}'", action)) return;
        if (Forget || Revoke) Run((engine, sink, stop) => engine.ForgetAsync(connection, Forget, Revoke, sink, stop));
        Session.Current.Remove(connection);
    }
}
