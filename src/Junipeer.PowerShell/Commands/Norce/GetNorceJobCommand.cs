using System.Management.Automation;
using Junipeer.Norce;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Commands;

/// <summary>Asks after import jobs, follows them, brings their logs.</summary>
[Cmdlet(VerbsCommon.Get, "NorceJob")]
[OutputType(typeof(NorceJob))]
public sealed class GetNorceJobCommand : NorceCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Ids of jobs, or the jobs Invoke-NorceImport wrote.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("JobId")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Follow each to its end.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to follow one.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Bring what each wrote down.</summary>
    [Parameter]
    public SwitchParameter Log { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _ids.AddRange(Id);

    /// <inheritdoc/>
    protected override void End()
    {
        if (_ids.Count == 0) return;
        var target = Target();
        Run((engine, sink, stop) => engine.Norce.GetJobsAsync(target, _ids, Wait ? Timeout : null, Log, sink, stop));
    }
}
