using System.Reflection;
using System.Runtime.InteropServices;
using Xunit;

namespace Junipeer.PowerShell.Tests;

/// <summary>Two worlds that meet in Contracts only: the cmdlets in PowerShell's, the engine and its packages in their own.</summary>
public sealed class IsolationTests
{
    private const string Contracts = "Junipeer.Contracts";
    private const string Engine = "Junipeer.Engine";

    [Fact]
    public void The_cmdlet_assembly_references_the_framework_PowerShell_and_Contracts_only()
    {
        var framework = Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!).ToHashSet();
        var others = CmdletType.Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => !framework.Contains(n));
        Assert.Equal([Contracts, "System.Management.Automation"], others.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Contracts_references_the_framework_only()
    {
        var framework = Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!).ToHashSet();
        Assert.All(typeof(IJunipeerEngine).Assembly.GetReferencedAssemblies(), a => Assert.Contains(a.Name!, framework));
    }

    [Fact]
    public void No_type_of_the_private_world_is_in_a_signature()
    {
        var isolated = Directory.EnumerateFiles(Repository.EngineFolder, "*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!).ToHashSet();
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var signatures = CmdletType.Assembly.GetExportedTypes()
            .Concat([typeof(IJunipeerEngine)])
            .Concat(typeof(IJunipeerEngine).Assembly.GetExportedTypes())
            .SelectMany(t => t.GetMembers(Declared).SelectMany(TypesOf).Append(t.BaseType).Concat(t.GetInterfaces()))
            .OfType<Type>()
            .SelectMany(Parts)
            .Select(t => t.Assembly.GetName().Name!)
            .Distinct();
        Assert.Empty(signatures.Intersect(isolated));
    }

    [Fact]
    public void The_engine_folder_has_everything_but_Contracts()
    {
        var files = Directory.EnumerateFiles(Repository.EngineFolder, "*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!).ToArray();
        Assert.Contains(Engine, files);
        Assert.Contains("System.Text.Json", files);
        Assert.DoesNotContain(Contracts, files);
        Assert.DoesNotContain("System.Management.Automation", files);
        Assert.True(File.Exists(Path.Combine(Repository.EngineFolder, Engine + ".deps.json")));

        var shared = Directory.EnumerateFiles(Repository.ModuleBin, "*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!);
        Assert.Equal([Contracts, "Junipeer.PowerShell"], shared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Native_SQLite_is_there_for_the_systems_served_and_no_other()
    {
        var runtimes = Directory.EnumerateDirectories(Path.Combine(Repository.EngineFolder, "runtimes")).Select(d => Path.GetFileName(d)!);
        Assert.Equal(["linux-arm64", "linux-musl-x64", "linux-x64", "osx-arm64", "osx-x64", "win-arm64", "win-x64"], runtimes.Order(StringComparer.Ordinal));
        Assert.All(
            Directory.EnumerateDirectories(Path.Combine(Repository.EngineFolder, "runtimes")),
            d => Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(d, "native"), "*e_sqlite3*")));
    }

    [Fact]
    public void The_module_is_far_below_the_limit_of_Azure_Automation()
    {
        var bytes = new[] { "module", "en-US" }
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*", SearchOption.AllDirectories))
            .Sum(f => new FileInfo(f).Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes / 1e6:N1} MB unpacked");
        Assert.True(bytes < 100_000_000, $"The module has {bytes:N0} bytes.");
    }

    private static IEnumerable<Type?> TypesOf(MemberInfo member) => member switch
    {
        FieldInfo { IsPrivate: false } field => [field.FieldType],
        MethodInfo { IsPrivate: false } method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType),
        ConstructorInfo { IsPrivate: false } constructor => constructor.GetParameters().Select(p => p.ParameterType),
        PropertyInfo property => [property.PropertyType],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsGenericType && !type.IsGenericTypeDefinition ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
    }
}
