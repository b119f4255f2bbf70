using System.Management.Automation;
using Junipeer.Guides;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.PowerShell.Output;

namespace Junipeer.PowerShell.Commands;

/// <summary>Shows how the systems of a pair are set up: one guide per system. Needs no connection.</summary>
[Cmdlet(VerbsCommon.Get, "JunipeerGuide")]
[OutputType(typeof(SetupGuide), typeof(string))]
public sealed class GetJunipeerGuideCommand : JunipeerCmdlet
{
    /// <summary>Two systems in any order, or one for all its pairs; all pairs when left out.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(PairCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Pair { get; set; }

    /// <summary>Write Markdown, one text per pair.</summary>
    [Parameter]
    public SwitchParameter AsMarkdown { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        // What the module exports now decides what a guide tells people to run.
        var guides = Engine.GetGuides(Pair, MyInvocation.MyCommand.Module?.ExportedCmdlets.Keys ?? (IReadOnlyCollection<string>)[]);
        if (!AsMarkdown)
        {
            foreach (var guide in guides) WriteObject(guide);
            return;
        }

        foreach (var pair in guides.GroupBy(g => string.Join(" + ", g.Pair))) WriteObject(GuideMarkdown.Of(pair.Key, [.. pair]));
    }
}
