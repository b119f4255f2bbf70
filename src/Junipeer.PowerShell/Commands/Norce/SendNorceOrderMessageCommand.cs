using System.Management.Automation;
using Junipeer.Norce;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Commands;

/// <summary>Tells Norce what became of an order.</summary>
[Cmdlet(VerbsCommunications.Send, "NorceOrderMessage", SupportsShouldProcess = true)]
[OutputType(typeof(NorceOrderReceipt))]
public sealed class SendNorceOrderMessageCommand : NorceCmdlet
{
    /// <summary>What is told.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public NorceOrderMessageKind Kind { get; set; }

    /// <summary>The message: an object or hashtable with Connect's field names.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? Message { get; set; }

    /// <summary>Send it although an earlier sending of it has an unknown outcome.</summary>
    [Parameter]
    public SwitchParameter SendAgain { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var target = Target();
        var message = new NorceOrderMessage { Connection = target, Kind = Kind, Message = RowValue.Row(Message!), SendAgain = SendAgain };
        var order = Text("OrderNo") ?? Text("ErpOrderNo") ?? Text("ClientOrderRef") ?? "(no number)";
        if (!ShouldProcess($"order {order} of tenant {target.Tenant} ({target.Environment})", $"Send {Kind}")) return;
        Run((engine, sink, stop) => engine.Norce.SendOrderMessageAsync(message, sink, stop));

        string? Text(string name) => message.Message.TryGetValue(name, out var value) && value is not null ? PlainValue.Text(value) : null;
    }
}
