using System.Management.Automation;
using Junipeer.Operations;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Resources;

namespace Junipeer.PowerShell.Commands;

/// <summary>Lists what can be read from Brightpearl. Needs no connection.</summary>
[Cmdlet(VerbsCommon.Get, "BrightpearlResource")]
[OutputType(typeof(ResourceInfo))]
public sealed class GetBrightpearlResourceCommand : JunipeerCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only resources of these tiers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public ResourceTier[]? Tier { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var names = new NameFilter(Name);
        var all = Engine.GetResources("Brightpearl");
        foreach (var resource in all.Where(r => (Tier is null || Tier.Contains(r.Tier)) && names.Matches(r.Name))) WriteObject(resource);
        foreach (var missing in names.Missing(all.Select(r => r.Name)))
        {
            WriteFault(new JunipeerFault("Junipeer.Resource.Unknown", FaultCategory.InvalidArgument, $"Brightpearl has no resource '{missing}'.",
                "Run Get-BrightpearlResource to see all names, or use wildcards: Get-BrightpearlResource *note*.")
            { Target = missing, System = "Brightpearl" });
        }
    }
}
