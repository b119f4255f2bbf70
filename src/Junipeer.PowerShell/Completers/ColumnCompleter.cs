using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Junipeer.PowerShell.Engine;
using Junipeer.Resources;

namespace Junipeer.PowerShell.Completers;

/// <summary>Completes what belongs to the resource already typed.</summary>
public abstract class BoundResourceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Quietly(() =>
        {
            var names = LanguagePrimitives.ConvertTo<string[]>(fakeBoundParameters["Resource"]) ?? [];
            var bound = EngineHost.Current.GetResources("Brightpearl").Where(r => names.Contains(r.Name, StringComparer.OrdinalIgnoreCase) || (names.Contains("Standard", StringComparer.OrdinalIgnoreCase) && r.Tier == ResourceTier.Standard));
            return Completion.Of(wordToComplete, bound.SelectMany(Words).DistinctBy(w => w.Value));
        });

    /// <summary>The words a resource offers.</summary>
    private protected abstract IEnumerable<(string Value, string ToolTip)> Words(ResourceInfo resource);
}

/// <summary>Completes the columns a search answers with.</summary>
public sealed class ColumnCompleter : BoundResourceCompleter
{
    private protected override IEnumerable<(string Value, string ToolTip)> Words(ResourceInfo resource) =>
        resource.SearchColumns.Where(c => !c.FilterOnly).Select(c => (c.Name, c.Type));
}

/// <summary>Completes sort keys: a column, up or down.</summary>
public sealed class SortCompleter : BoundResourceCompleter
{
    private protected override IEnumerable<(string Value, string ToolTip)> Words(ResourceInfo resource) => resource.SearchColumns
        .Where(c => c is { FilterOnly: false, Sortable: not false })
        .SelectMany(c => new[] { (c.Name, $"{c.Type}, lowest first"), ($"{c.Name}.DESC", $"{c.Type}, highest first") });
}

/// <summary>Completes fields that hold personal data.</summary>
public sealed class PersonalFieldCompleter : BoundResourceCompleter
{
    private protected override IEnumerable<(string Value, string ToolTip)> Words(ResourceInfo resource) =>
        resource.PersonalFields.Select(f => (f, $"Personal data in {resource.Name}")).Prepend(("Personal", "All fields known to hold personal data."));
}
