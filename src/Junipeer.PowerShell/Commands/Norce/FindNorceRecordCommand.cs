using System.Collections;
using System.Management.Automation;
using Junipeer.Norce;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;

namespace Junipeer.PowerShell.Commands;

/// <summary>Searches a set of Query and writes the records found.</summary>
[Cmdlet(VerbsCommon.Find, "NorceRecord")]
[OutputType(typeof(PSObject))]
public sealed class FindNorceRecordCommand : NorceCmdlet
{
    /// <summary>The set to search.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(NorceResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Resource { get; set; } = "";

    /// <summary>An OData filter as text, or a hashtable of property and value.</summary>
    [Parameter(Position = 1)]
    [NorceFilterArgument]
    [ValidateNotNull]
    public object? Filter { get; set; }

    /// <summary>The properties wanted, in that order; all when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Select { get; set; } = [];

    /// <summary>What to bring along, in OData's notation.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Expand { get; set; } = [];

    /// <summary>Only what changed since, or was made since and never changed.</summary>
    [Parameter]
    public DateTimeOffset? UpdatedAfter { get; set; }

    /// <summary>At most so many records.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? First { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        var query = new NorceQuery
        {
            Connection = Target(),
            Resource = Resource,
            FilterText = Filter as string,
            Filter = Filter is IDictionary table ? PlainValue.Dictionary(table) : new Dictionary<string, object?>(),
            Select = Select,
            Expand = Expand,
            First = First,
            UpdatedAfter = UpdatedAfter,
        };
        Run((engine, sink, stop) => engine.Norce.FindAsync(query, sink, stop));
    }
}
