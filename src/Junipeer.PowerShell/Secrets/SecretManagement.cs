using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Junipeer.PowerShell.Secrets;

/// <summary>
/// Calls SecretManagement by module-qualified name, with parameters. At a prompt in the user's own runspace, so that a vault
/// can ask for its password; where nobody could answer, in one without a host, so that it cannot even try.
/// </summary>
internal static class SecretManagement
{
    public const string Module = "Microsoft.PowerShell.SecretManagement";

    public const string StoreModule = "Microsoft.PowerShell.SecretStore";

    private static readonly object Gate = new();
    private static Runspace? _quiet;

    /// <summary>True when the module can be loaded.</summary>
    public static bool IsInstalled => Invoke("Microsoft.PowerShell.Core\\Get-Module", new() { ["Name"] = Module, ["ListAvailable"] = true }).Output.Count > 0;

    /// <summary>Runs one of its commands.</summary>
    public static (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Call(string command, Dictionary<string, object> parameters) =>
        Invoke($"{Module}\\{command}", parameters);

    /// <summary>Runs a command of SecretStore, the vault most people have.</summary>
    public static (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) CallStore(string command) => Invoke($"{StoreModule}\\{command}", []);

    private static (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Invoke(string command, Dictionary<string, object> parameters)
    {
        if (Surroundings.NoPrompt is null && Runspace.DefaultRunspace is not null)
        {
            try
            {
                using var here = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
                return Invoke(here, command, parameters);
            }
            catch (PipelineStoppedException)
            {
                // Ctrl+C stops everything in the user's runspace, but renewed tokens must still be saved.
            }
        }

        lock (Gate)
        {
            using var quiet = System.Management.Automation.PowerShell.Create();
            quiet.Runspace = Quiet();
            return Invoke(quiet, command, parameters);
        }
    }

    private static (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Invoke(System.Management.Automation.PowerShell shell, string command, Dictionary<string, object> parameters)
    {
        shell.AddCommand(command);
        foreach (var (name, value) in parameters) shell.AddParameter(name, value);
        shell.AddParameter("ErrorAction", ActionPreference.Continue).AddParameter("Verbose", false).AddParameter("Debug", false);
        try
        {
            var output = shell.Invoke();
            return ([.. output], [.. shell.Streams.Error]);
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            return ([], [.. shell.Streams.Error, error.ErrorRecord]);
        }
    }

    private static Runspace Quiet()
    {
        if (_quiet is { RunspaceStateInfo.State: RunspaceState.Opened }) return _quiet;
        var made = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        made.Open();
        return _quiet = made;
    }
}
