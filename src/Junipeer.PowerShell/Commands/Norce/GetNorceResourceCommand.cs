using System.Management.Automation;
using Junipeer.Operations;
using Junipeer.PowerShell.Common;
using Junipeer.PowerShell.Completers;
using Junipeer.Resources;

namespace Junipeer.PowerShell.Commands;

/// <summary>Lists the sets of Query: those of the tenant's metadata, or with -Offline those known beforehand.</summary>
[Cmdlet(VerbsCommon.Get, "NorceResource")]
[OutputType(typeof(ResourceInfo))]
public sealed class GetNorceResourceCommand : NorceCmdlet
{
    private readonly List<ResourceInfo> _all = [];

    /// <summary>Names, with wildcards; Namespace/Name too.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NorceResourceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Ask nobody: show what this version knows.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <inheritdoc/>
    protected override void End()
    {
        if (Offline)
        {
            _all.AddRange(Engine.Norce.KnownResources);
        }
        else
        {
            var target = Target();
            Run((engine, sink, stop) => engine.Norce.GetResourcesAsync(target, sink, stop));
        }

        var names = new NameFilter(Name);
        foreach (var resource in _all.Where(r => names.Matches(r.Name) || names.Matches($"{r.Service}/{r.Name}"))) WriteObject(resource);
        foreach (var missing in names.Missing(_all.SelectMany(r => new[] { r.Name, $"{r.Service}/{r.Name}" })))
        {
            WriteFault(new JunipeerFault("Junipeer.Resource.Unknown", FaultCategory.InvalidArgument, $"Norce has no set '{missing}'.",
                "Run Get-NorceResource to see all names, or use wildcards: Get-NorceResource *price*.") { Target = missing, System = System });
        }
    }

    private protected override object? Shape(object result)
    {
        _all.Add((ResourceInfo)result);
        return null;
    }
}
