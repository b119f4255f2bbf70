namespace Junipeer.PowerShell.Secrets;

/// <summary>Whether somebody sits at this shell.</summary>
internal static class Surroundings
{
    /// <summary>Why nobody is here, in words; null when somebody may be.</summary>
    public static string? Unattended { get; } = FindUnattended();

    /// <summary>Why nobody can type an answer, in words; null when somebody can.</summary>
    public static string? NoPrompt { get; } = Unattended ?? (InputIsRedirected() ? "the input of this shell does not come from a keyboard" : null);

    private static string? FindUnattended()
    {
        var arguments = Environment.GetCommandLineArgs();
        // PowerShell takes any beginning of a parameter's name that is long enough to be unique.
        if (arguments.Skip(1).Any(a => a.Length >= 5 && a[0] is '-' or '/' && "noninteractive".StartsWith(a.TrimStart('-', '/'), StringComparison.OrdinalIgnoreCase) && a.TrimStart('-', '/').Length >= 4))
            return "this shell was started with -NonInteractive";
        if (!Environment.UserInteractive) return "this session has no desktop (a service, or a scheduled task)";
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AUTOMATION_ASSET_SANDBOX_ID")) || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AZUREPS_HOST_ENVIRONMENT")))
            return "this is an automation runbook";
        return null;
    }

    private static bool InputIsRedirected()
    {
        try
        {
            return Console.IsInputRedirected;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
