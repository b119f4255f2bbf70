using System.Text.Json;
using Xunit;

namespace Junipeer.PowerShell.Tests;

/// <summary>
/// Runs each Pester suite in a real PowerShell, on the module as it was built. Without PowerShell or Pester the suites are
/// skipped, unless JUNIPEER_REQUIRE_PWSH is 1.
/// </summary>
internal static class PesterSuite
{
    /// <summary>Suites that wait for the answer of a sign-in, on the one port the sandbox's apps are registered with.</summary>
    private static readonly string[] SigningIn = ["Browser", "Examples", "OAuth", "Redaction"];

    public static TheoryData<string> All(bool signingIn) => new(
        Directory.EnumerateFiles(Repository.PesterFolder, "*.Tests.ps1").Select(f => Path.GetFileName(f)!)
            .Where(name => SigningIn.Contains(name[..name.IndexOf('.', StringComparison.Ordinal)]) == signingIn).Order(StringComparer.Ordinal));

    public static async Task RunAsync(string suite)
    {
        if (PowerShellProcess.Path is not { } program)
        {
            if (Environment.GetEnvironmentVariable("JUNIPEER_REQUIRE_PWSH") == "1") Assert.Fail(PowerShellProcess.Missing);
            Assert.Skip(PowerShellProcess.Missing!);
            return;
        }

        var report = Path.Combine(Path.GetTempPath(), $"junipeer-pester-{Guid.NewGuid():N}.json");
        var environment = new Dictionary<string, string> { ["JUNIPEER_SANDBOX"] = Repository.Sandbox };
        try
        {
            var (_, output) = await PowerShellProcess.RunAsync(
                program,
                ["-NoProfile", "-NonInteractive", "-File", Path.Combine(Repository.PesterFolder, "Invoke-Suite.ps1"), "-Path", Path.Combine(Repository.PesterFolder, suite), "-Report", report],
                environment,
                TimeSpan.FromMinutes(10),
                TestContext.Current.CancellationToken);
            Assert.True(File.Exists(report), $"The suite did not run to its end:\n{output}");
            using var result = JsonDocument.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
            var root = result.RootElement;
            TestContext.Current.TestOutputHelper?.WriteLine($"{suite}: {root.GetProperty("passed").GetInt32()} passed, {root.GetProperty("skipped").GetInt32()} skipped\n{root.GetProperty("notes").GetString()}");
            var failures = root.GetProperty("failures").EnumerateArray().Select(f => f.GetString()!).ToArray();
            Assert.True(failures.Length == 0, $"{failures.Length} failed in {suite}:\n\n{string.Join("\n\n", failures)}");
            Assert.True(root.GetProperty("passed").GetInt32() > 0, $"No test ran:\n{output}");
        }
        finally
        {
            File.Delete(report);
        }
    }
}

/// <summary>The suites that sign nobody in.</summary>
public sealed class PesterTests
{
    public static TheoryData<string> Suites => PesterSuite.All(signingIn: false);

    [Theory]
    [MemberData(nameof(Suites))]
    public Task Suite_passes(string suite) => PesterSuite.RunAsync(suite);
}

/// <summary>The suites that sign in, beside the others.</summary>
public sealed class PesterSignInTests
{
    public static TheoryData<string> Suites => PesterSuite.All(signingIn: true);

    [Theory]
    [MemberData(nameof(Suites))]
    public Task Suite_passes(string suite) => PesterSuite.RunAsync(suite);
}
