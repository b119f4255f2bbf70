using System.Diagnostics;

namespace Junipeer.PowerShell.Tests;

/// <summary>The PowerShell of this machine, with what the Pester suites need.</summary>
internal static class PowerShellProcess
{
    private static readonly Lazy<(string? Path, string? Missing)> Found = new(Find);

    /// <summary>Its program; null when there is none that will do.</summary>
    public static string? Path => Found.Value.Path;

    /// <summary>Why there is none.</summary>
    public static string? Missing => Found.Value.Missing;

    /// <summary>Runs a script file to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, TimeSpan limit, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Repository.Root };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }

    private static (string?, string?) Find()
    {
        var program = Environment.GetEnvironmentVariable("JUNIPEER_PWSH") is { Length: > 0 } named ? named : OnPath();
        if (program is null) return (null, "There is no pwsh on PATH, and JUNIPEER_PWSH names none.");
        if (!File.Exists(program)) return (null, $"JUNIPEER_PWSH names '{program}', which does not exist.");
        const string Question = "$p = Get-Module Pester -ListAvailable | Where-Object Version -ge ([version] '5.0') | Select-Object -First 1; if ($PSVersionTable.PSVersion -lt [version]'7.4') { \"PowerShell is $($PSVersionTable.PSVersion); 7.4 or later is needed.\" } elseif (-not $p) { 'Pester 5 is not installed (Install-Module Pester).' }";
        var (_, answer) = RunAsync(program, ["-NoProfile", "-NonInteractive", "-Command", Question], new Dictionary<string, string>(), TimeSpan.FromMinutes(1), CancellationToken.None).GetAwaiter().GetResult();
        return answer.Trim().Length == 0 ? (program, null) : (null, $"{program}: {answer.Trim()}");
    }

    private static string? OnPath()
    {
        var name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
            .Where(f => f.Length > 0).Select(f => System.IO.Path.Combine(f, name)).FirstOrDefault(File.Exists);
    }
}
