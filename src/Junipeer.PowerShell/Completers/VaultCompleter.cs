using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Completers;

/// <summary>Completes names of SecretManagement's vaults.</summary>
public sealed class VaultCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Quietly(() => Completion.Of(wordToComplete, VaultStore.Names().Select(name => (name, $"Vault {name}"))));
}
