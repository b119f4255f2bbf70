using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Junipeer.Benchmarks;

/// <summary>Every case runs in a process of its own, so that each begins alike and its processor time and memory are its own.</summary>
internal static class Children
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>Runs a case of this program.</summary>
    public static Task<Measured> RunAsync(params object[] arguments) =>
        RunAsync(Environment.ProcessPath!, ["run", .. arguments.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!)]);

    /// <summary>Runs a program whose last line of output is what it measured.</summary>
    public static async Task<Measured> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        using var process = Start(program, arguments, redirectInput: false);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"took more than {Patience.TotalMinutes:0} minutes");
        }

        var last = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        try
        {
            if (process.ExitCode == 0) return Measured.Read(last);
        }
        catch (JsonException)
        {
            // Said below, with the line itself.
        }

        throw new InvalidOperationException($"ended with {process.ExitCode}: {(await errors).Trim()} {last}");
    }

    public static Process Start(string program, IReadOnlyList<string> arguments, bool redirectInput)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = !redirectInput, RedirectStandardInput = redirectInput };
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        return Process.Start(start)!;
    }
}
