using Junipeer.Connections;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>
/// A data folder of its own and no browser: the process has one environment, so the tests that need these run one after
/// the other.
/// </summary>
public sealed class DataHome : IDisposable
{
    /// <summary>The collection of these tests.</summary>
    public const string Collection = "data folder";

    private readonly (string Name, string? Before)[] _before;

    public DataHome()
    {
        _before = [.. new[] { "JUNIPEER_HOME", "BROWSER", "SSH_CONNECTION", "SSH_CLIENT", "DISPLAY", "WAYLAND_DISPLAY" }.Select(n => (n, Environment.GetEnvironmentVariable(n)))];
        foreach (var (name, _) in _before) Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("JUNIPEER_HOME", Folder.FullName);
    }

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("junipeer-home-");

    public string FileOf(params string[] parts) => Path.Combine([Folder.FullName, .. parts]);

    public void Dispose()
    {
        foreach (var (name, value) in _before) Environment.SetEnvironmentVariable(name, value);
        Folder.Delete(recursive: true);
    }

    /// <summary>Where the unprotected store keeps a secret.</summary>
    internal string SecretFile(SecretReference reference) => FileOf("secrets", reference.Name + ".json");
}

[CollectionDefinition(DataHome.Collection)]
public sealed class DataHomeCollection;
