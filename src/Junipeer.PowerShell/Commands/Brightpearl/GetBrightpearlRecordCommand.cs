using System.Management.Automation;
using Junipeer.Operations;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Requests;
using Junipeer.Resources;

namespace Junipeer.PowerShell.Commands;

/// <summary>Reads records by id; without ids, a list that Brightpearl answers whole.</summary>
[Cmdlet(VerbsCommon.Get, "BrightpearlRecord")]
[OutputType(typeof(PSObject))]
public sealed class GetBrightpearlRecordCommand : BrightpearlCmdlet
{
    /// <summary>As many ids as one request may ask for.</summary>
    private const int Bundle = 200;

    private readonly List<string> _ids = [];
    private ResourceInfo? _known;

    /// <summary>What to read.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Resource { get; set; } = "";

    /// <summary>Ids and ranges, or records and search rows that hold one.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public PSObject[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var item in Id ?? [])
        {
            if (IdOf(item) is { } id) _ids.Add(id);
            if (_ids.Count >= Bundle) Read();
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        var none = !MyInvocation.BoundParameters.ContainsKey(nameof(Id)) && !MyInvocation.ExpectingInput;
        if (none || _ids.Count > 0) Read();
    }

    private void Read()
    {
        var request = new RecordRequest { Connection = Target(), Resource = Resource, Ids = _ids.ToArray(), QuotaShare = QuotaShare };
        _ids.Clear();
        Run((engine, sink, stop) => engine.GetAsync(request, sink, stop));
    }

    /// <summary>
    /// A plain value is the id. An object holds it in its property Id, in the resource's own key, or, when it is a search
    /// row, in the search's first column (an order's row has orderId). Any other property may be the id of something else.
    /// </summary>
    private string? IdOf(PSObject item)
    {
        if (item.BaseObject is not PSCustomObject) return PlainValue.Text(item);
        _known ??= Engine.GetResources(System).FirstOrDefault(r => r.Name.Equals(Resource, StringComparison.OrdinalIgnoreCase));
        var names = new List<string> { "Id" };
        if (_known is { Key.Count: 1 }) names.Add(_known.Key[0]);
        if (_known is { SearchColumns.Count: > 0 }) names.Add(_known.SearchColumns[0].Name);
        foreach (var name in names)
        {
            if (item.Properties[name]?.Value is { } value) return PlainValue.Text(value);
        }

        WriteFault(new JunipeerFault("Junipeer.Record.NoId", FaultCategory.InvalidArgument, $"An input object has none of the properties {string.Join(", ", names)}, so its id as a {Resource} is not known.",
            $"Pass ids, for example: $rows.{names[^1]} | Get-BrightpearlRecord -Resource {Resource}")
        { Target = item, System = System });
        return null;
    }
}
