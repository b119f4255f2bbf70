using Junipeer.Operations;
using Junipeer.PowerShell.Secrets;

namespace Junipeer.PowerShell.Engine;

/// <summary>
/// The engine of this process. One for all runspaces, because they share the quota of the accounts they call; loaded when
/// first used, so that importing the module stays quick.
/// </summary>
internal static class EngineHost
{
    private const string FactoryType = "Junipeer.JunipeerEngineFactory";

    private static readonly object Gate = new();
    private static IJunipeerEngine? _engine;

    /// <summary>The engine; throws <c>Junipeer.Module.EngineMissing</c> where it was not built.</summary>
    public static IJunipeerEngine Current
    {
        get
        {
            if (_engine is not null) return _engine;
            // A failed load is not remembered: the next call finds what was built meanwhile.
            lock (Gate) return _engine ??= Load();
        }
    }

    private static IJunipeerEngine Load()
    {
        var folder = Path.Combine(Path.GetDirectoryName(typeof(EngineHost).Assembly.Location)!, "engine");
        var file = Path.Combine(folder, "Junipeer.Engine.dll");
        if (!File.Exists(file)) throw Missing(file, null);
        try
        {
            var assembly = new EngineLoadContext(file).LoadFromAssemblyPath(file);
            var factory = (IJunipeerEngineFactory)Activator.CreateInstance(assembly.GetType(FactoryType, throwOnError: true)!)!;
            return factory.Create(HostSecrets.Shared);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MissingMethodException or InvalidCastException)
        {
            throw Missing(file, e);
        }
    }

    private static JunipeerException Missing(string file, Exception? cause) => new(new JunipeerFault(
        "Junipeer.Module.EngineMissing",
        FaultCategory.ResourceUnavailable,
        cause is null ? $"The engine is not in the module: '{file}' does not exist." : $"The engine '{file}' cannot be loaded: {cause.Message}",
        "In a clone of the repository run ./build.ps1; otherwise install the module again.")
    { Target = file, Cause = cause });
}
