using System.Management.Automation;
using Junipeer.BigQuery;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Commands;

/// <summary>Makes a dataset.</summary>
[Cmdlet(VerbsCommon.New, "BigQueryDataset", SupportsShouldProcess = true)]
[OutputType(typeof(BigQueryDatasetInfo))]
public sealed class NewBigQueryDatasetCommand : BigQueryCmdlet
{
    /// <summary>The dataset's id: letters, digits and underscores.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidatePattern("^[A-Za-z0-9_]{1,1024}\\z")]
    public string Dataset { get; set; } = "";

    /// <summary>Where it is to live, for example EU; it cannot be moved later.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Location { get; set; }

    /// <summary>What it is for.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        var connection = Target();
        if (!ShouldProcess($"{connection.Project}.{Dataset} in {Location ?? connection.Location ?? "the default location"}", "Make dataset")) return;
        Run((engine, sink, stop) => engine.NewDatasetAsync(new BigQueryDatasetRequest(connection, Dataset) { Location = Location, Description = Description }, sink, stop));
    }
}
