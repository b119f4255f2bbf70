using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Junipeer.PowerShell.Arguments;
using Junipeer.PowerShell.Engine;

namespace Junipeer.PowerShell.Completers;

/// <summary>Completes names of Norce's sets, as far as they are known without asking the tenant.</summary>
public sealed class NorceResourceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Quietly(() => Completion.Of(wordToComplete, EngineHost.Current.Norce.KnownResources.Select(r => (r.Name, $"{r.Service}. {r.Notes}"))));
}

/// <summary>Completes the settings of a connection to Norce with the values they have.</summary>
public sealed class NorceSettingCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Quietly(() => NorceSettingInput.Known.Where(k => k.Name.Contains(wordToComplete.Trim('@', '{', ' '), StringComparison.OrdinalIgnoreCase))
            .Select(k => new CompletionResult($"@{{ {k.Name} = {(k.Value is string text ? $"'{text}'" : k.Value)} }}", k.Name, CompletionResultType.ParameterValue, $"{k.Name}: {k.Value}")));
}
