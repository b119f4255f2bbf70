using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// The script block of <c>-OnTokenChanged</c>. It belongs to the runspace it was written in; run from another one
/// (<c>ForEach-Object -Parallel</c>) it would wait for the first, which waits for it. So there its text runs instead.
/// </summary>
internal sealed class TokenListener(ScriptBlock script)
{
    private readonly Guid _home = Runspace.DefaultRunspace.InstanceId;

    /// <summary>The script block for the runspace of this thread.</summary>
    public ScriptBlock Here => Runspace.DefaultRunspace.InstanceId == _home ? script : ((ScriptBlockAst)script.Ast).GetScriptBlock();
}
