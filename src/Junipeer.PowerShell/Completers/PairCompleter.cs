using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Junipeer.PowerShell.Engine;

namespace Junipeer.PowerShell.Completers;

/// <summary>Completes the systems of a pair: after the first, those that go together with it.</summary>
public sealed class PairCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Quietly(() =>
        {
            var pairs = EngineHost.Current.GetGuides(null, []).Select(g => g.Pair).DistinctBy(p => string.Join('+', p)).ToArray();
            var typed = Typed(commandAst).ToHashSet(StringComparer.OrdinalIgnoreCase);
            typed.IntersectWith(pairs.SelectMany(p => p).ToArray());
            var left = pairs.Where(typed.IsSubsetOf).SelectMany(p => p.Where(s => !typed.Contains(s)).Select(s => (System: s, ToolTip: string.Join(" + ", p)))).DistinctBy(s => s.System);
            return Completion.Of(wordToComplete, left.OrderBy(s => s.System, StringComparer.Ordinal));
        });

    /// <summary>The words of the command; the one being typed is no whole system yet.</summary>
    private static IEnumerable<string> Typed(CommandAst command) =>
        command.FindAll(part => part is StringConstantExpressionAst, searchNestedScriptBlocks: false).Cast<StringConstantExpressionAst>().Select(s => s.Value);
}
