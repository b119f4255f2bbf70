using System.Collections;
using System.Management.Automation;
using Junipeer.Norce;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;

namespace Junipeer.PowerShell.Commands;

/// <summary>Reads single records by key.</summary>
[Cmdlet(VerbsCommon.Get, "NorceRecord")]
[OutputType(typeof(PSObject))]
public sealed class GetNorceRecordCommand : NorceCmdlet
{
    private readonly List<object> _keys = [];

    /// <summary>The set to read.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(NorceResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Resource { get; set; } = "";

    /// <summary>Keys: a value each, or a hashtable, or an object with the properties of the key.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public PSObject[] Key { get; set; } = [];

    /// <summary>The properties wanted, in that order; all when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Select { get; set; } = [];

    /// <summary>What to bring along, in OData's notation.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Expand { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var key in Key) _keys.Add(KeyOf(key));
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (_keys.Count == 0) return;
        var request = new NorceRecordRequest { Connection = Target(), Resource = Resource, Keys = _keys, Select = Select, Expand = Expand };
        Run((engine, sink, stop) => engine.Norce.GetAsync(request, sink, stop));
    }

    private static object KeyOf(PSObject given) => given.BaseObject switch
    {
        IDictionary table => PlainValue.Dictionary(table),
        PSCustomObject => given.Properties.ToDictionary(p => p.Name, p => PlainValue.Of(p.Value), StringComparer.OrdinalIgnoreCase),
        _ => PlainValue.Of(given)!,
    };
}
