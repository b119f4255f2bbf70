using System.Diagnostics;
using System.Runtime.InteropServices;
using Junipeer.Sandbox;
using Xunit;

namespace Junipeer.PowerShell.Tests;

/// <summary>
/// The module promises PowerShell 7.4, which runs on .NET 8. The built engine is loaded privately by a small program that
/// carries its own .NET 8 runtime, and exports from the sandbox. Skipped where that runtime cannot be restored.
/// </summary>
public sealed class Net8RuntimeTests
{
    [Fact]
    public async Task The_built_engine_exports_on_dotnet_8()
    {
        var stop = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("junipeer-net8-").FullName;
        try
        {
            var contracts = Path.Combine(Repository.ModuleBin, "Junipeer.Contracts.dll");
            await File.WriteAllTextAsync(Path.Combine(folder, "Smoke.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net8.0</TargetFramework>
                    <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
                    <SelfContained>true</SelfContained>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <LangVersion>latest</LangVersion>
                    <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
                  </PropertyGroup>
                  <ItemGroup><Reference Include="Junipeer.Contracts" HintPath="{contracts}" /></ItemGroup>
                </Project>
                """, stop);
            File.Copy(Path.Combine(Repository.Root, "tests", "Junipeer.PowerShell.Tests", "Net8", "Smoke.cs.txt"), Path.Combine(folder, "Smoke.cs"));
            var published = Path.Combine(folder, "out");
            var (built, log) = await RunAsync("dotnet", ["publish", "-c", "Release", "-o", published, "-nologo", "-v", "quiet", "-nodeReuse:false"], folder, stop);
            if (built != 0 && log.Contains("error NU1", StringComparison.Ordinal)) Assert.Skip($"The .NET 8 runtime for {RuntimeInformation.RuntimeIdentifier} cannot be restored here.");
            Assert.True(built == 0, log);

            await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Orders = 60, Quota = 10_000 }, stop);
            var program = Path.Combine(published, OperatingSystem.IsWindows() ? "Smoke.exe" : "Smoke");
            var (exitCode, output) = await RunAsync(
                program,
                [Path.Combine(Repository.EngineFolder, "Junipeer.Engine.dll"), sandbox.BrightpearlUri.ToString(), sandbox.Account, sandbox.AppReference, Path.Combine(folder, "smoke.db")],
                folder, stop, sandbox.StaffToken);
            Assert.True(exitCode == 0, output);
            Assert.Contains("runtime 8.", output, StringComparison.Ordinal);
            Assert.Contains("order Completed", output, StringComparison.Ordinal);
            Assert.Contains("brand Completed", output, StringComparison.Ordinal);
            Assert.Contains("orders 60", output, StringComparison.Ordinal);
            Assert.Contains("stray 0", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken stop, string? token = null)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // Never an argument: every process of the machine may read those.
        if (token is not null) start.Environment["SMOKE_TOKEN"] = token;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var errors = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, await output + await errors);
    }
}
