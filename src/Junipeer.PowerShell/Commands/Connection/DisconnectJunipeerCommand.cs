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

        if (ShouldProcess($"{connection.System} connection '{connection.Name}'", "End and forget its secret")) Session.Current.Remove(connection);
    }
}
