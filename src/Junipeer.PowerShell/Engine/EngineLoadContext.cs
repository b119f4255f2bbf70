using System.Reflection;
using System.Runtime.Loader;

namespace Junipeer.PowerShell.Engine;

/// <summary>
/// Keeps the engine and every package it needs apart from what PowerShell and other modules have loaded: whichever
/// version of a library they brought, the engine runs with its own. Only Contracts is shared, so that its types are the
/// same on both sides.
/// </summary>
internal sealed class EngineLoadContext(string engineFile) : AssemblyLoadContext("Junipeer.Engine")
{
    private static readonly Assembly Contracts = typeof(IJunipeerEngine).Assembly;

    private readonly AssemblyDependencyResolver _resolver = new(engineFile);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Contracts.GetName().Name) return Contracts;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;
}
