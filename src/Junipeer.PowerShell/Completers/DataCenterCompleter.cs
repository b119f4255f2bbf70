using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Junipeer.PowerShell.Completers;

/// <summary>Completes Brightpearl's data centres (https://help.brightpearl.com/hc/en-us/articles/212645003-URI-syntax).</summary>
public sealed class DataCenterCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, [("euw1", "Europe: the web application is at euw1.brightpearlapp.com"), ("use1", "United States: the web application is at use1.brightpearlapp.com")]);
}
