using System.Management.Automation;
using Junipeer.Connections;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Commands;

/// <summary>Lists connections, those of this session and those this user saved.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerConnection")]
[OutputType(typeof(JunipeerConnection))]
public sealed class GetJunipeerConnectionCommand : JunipeerCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The system the connections lead to.</summary>
    [Parameter]
    [ValidateSet("Brightpearl", "BigQuery")]
    public string? System { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        var names = new NameFilter(Name);
        var all = Session.Current.All.Where(c => System is null || c.System.Equals(System, StringComparison.OrdinalIgnoreCase)).ToArray();
        foreach (var connection in all.Where(c => names.Matches(c.Name))) WriteObject(connection);
        foreach (var missing in names.Missing(all.Select(c => c.Name))) WriteFault(ConnectionChooser.Unknown(UnknownConnection.Named(missing)));
    }
}
