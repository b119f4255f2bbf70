using System.Collections;
using System.Management.Automation;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Requests;

namespace Junipeer.PowerShell.Commands;

/// <summary>Searches a resource and writes the rows found.</summary>
[Cmdlet(VerbsCommon.Find, "BrightpearlRecord", DefaultParameterSetName = RowsSet)]
[OutputType(typeof(PSObject), ParameterSetName = [RowsSet])]
[OutputType(typeof(long), ParameterSetName = [CountSet])]
public sealed class FindBrightpearlRecordCommand : BrightpearlCmdlet
{
    private const string RowsSet = "Rows";
    private const string CountSet = "Count";

    /// <summary>What to search.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(SearchResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Resource { get; set; } = "";

    /// <summary>Column to value.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public IDictionary Filter { get; set; } = new Hashtable();

    /// <summary>The columns wanted, in that order; all when left out.</summary>
    [Parameter(ParameterSetName = RowsSet)]
    [ArgumentCompleter(typeof(ColumnCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Column { get; set; } = [];

    /// <summary>Sort keys: a column, or a column with .ASC or .DESC.</summary>
    [Parameter(ParameterSetName = RowsSet)]
    [ArgumentCompleter(typeof(SortCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Sort { get; set; } = [];

    /// <summary>At most so many rows.</summary>
    [Parameter(ParameterSetName = RowsSet)]
    [ValidateRange(1, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>Rows to leave out at the start.</summary>
    [Parameter(ParameterSetName = RowsSet)]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>Write the number of matches in place of the rows; costs one request.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CountSet)]
    public SwitchParameter CountOnly { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        var request = new SearchRequest
        {
            Connection = Target(),
            Resource = Resource,
            Filter = PlainValue.Dictionary(Filter),
            Columns = Column,
            Sort = Sort,
            First = First,
            Skip = Skip,
            CountOnly = CountOnly,
            QuotaShare = QuotaShare,
        };
        Run((engine, sink, stop) => engine.FindAsync(request, sink, stop));
    }
}
