using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Junipeer.PowerShell.Sessions;

namespace Junipeer.PowerShell.Completers;

/// <summary>Completes names of connections, made in this session or saved.</summary>
public sealed class ConnectionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Quietly(() => Completion.Of(wordToComplete, Session.Current.All.Select(c => (c.Name, $"{c.System}, {c.Account}, {c.BaseUri.Host}"))));
}
