namespace Junipeer.PowerShell.Tests;

/// <summary>Where things are in the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Manifest => Path.Combine(Root, "Junipeer.psd1");

    public static string ModuleBin => Path.Combine(Root, "module", "bin");

    public static string EngineFolder => Path.Combine(ModuleBin, "engine");

    public static string HelpPages => Path.Combine(Root, "docs", "en-US");

    public static string PesterFolder => Path.Combine(Root, "tests", "pester");

    /// <summary>The sandbox that was built with these tests.</summary>
    public static string Sandbox => Path.Combine(AppContext.BaseDirectory, "Junipeer.Sandbox.dll");

    public static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Junipeer.psd1"))) return folder.FullName;
        }

        throw new InvalidOperationException("These tests run inside the repository.");
    }
}
