using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Junipeer.PowerShell.Engine;
using Junipeer.Resources;

namespace Junipeer.PowerShell.Completers;

/// <summary>Completes names of Brightpearl's resources.</summary>
public class ResourceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Quietly(() => Completion.Of(wordToComplete, Words()));

    /// <summary>The words offered, with what to know of each.</summary>
    private protected virtual IEnumerable<(string Value, string ToolTip)> Words() =>
        EngineHost.Current.GetResources("Brightpearl").Where(Fits).Select(r => (r.Name, $"{r.Service}, {r.Tier}. {r.Notes}"));

    /// <summary>Whether a resource is offered.</summary>
    private protected virtual bool Fits(ResourceInfo resource) => true;
}

/// <summary>Completes names of resources that can be exported, and <c>Standard</c> for all of that tier.</summary>
public sealed class ExportResourceCompleter : ResourceCompleter
{
    private protected override IEnumerable<(string Value, string ToolTip)> Words() =>
        base.Words().Prepend(("Standard", "All resources of the tier Standard."));
}

/// <summary>Completes names of resources that can be searched.</summary>
public sealed class SearchResourceCompleter : ResourceCompleter
{
    private protected override bool Fits(ResourceInfo resource) => resource.SearchColumns.Count > 0;
}
