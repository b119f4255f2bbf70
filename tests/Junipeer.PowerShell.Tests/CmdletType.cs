using System.Management.Automation;
using System.Reflection;
using Junipeer.PowerShell.Common;

namespace Junipeer.PowerShell.Tests;

/// <summary>
/// A cmdlet as it is declared. Attributes are read as data: the reference assembly's attribute objects forget what they
/// were given.
/// </summary>
public sealed record CmdletType(Type Type)
{
    public static Assembly Assembly { get; } = typeof(JunipeerCmdlet).Assembly;

    public static IReadOnlyList<CmdletType> All { get; } = Assembly.GetTypes()
        .Where(t => t.GetCustomAttributesData().Any(a => a.AttributeType == typeof(CmdletAttribute)))
        .Select(t => new CmdletType(t))
        .OrderBy(c => c.Name, StringComparer.Ordinal)
        .ToArray();

    public string Verb => (string)Declaration.ConstructorArguments[0].Value!;

    public string Noun => (string)Declaration.ConstructorArguments[1].Value!;

    public string Name => $"{Verb}-{Noun}";

    public bool SupportsShouldProcess => Named(Declaration, "SupportsShouldProcess") is true;

    public string? DefaultSet => (string?)Named(Declaration, "DefaultParameterSetName");

    public IReadOnlyList<Type> OutputTypes => Type.GetCustomAttributesData()
        .Where(a => a.AttributeType == typeof(OutputTypeAttribute))
        .SelectMany(a => (IEnumerable<CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)
        .Select(a => (Type)a.Value!)
        .ToArray();

    public IReadOnlyList<ParameterProperty> Parameters => Type.GetProperties()
        .Where(p => p.GetCustomAttributesData().Any(a => a.AttributeType == typeof(ParameterAttribute)))
        .Select(p => new ParameterProperty(p))
        .OrderBy(p => p.Name, StringComparer.Ordinal)
        .ToArray();

    private CustomAttributeData Declaration => Type.GetCustomAttributesData().Single(a => a.AttributeType == typeof(CmdletAttribute));

    public override string ToString() => Name;

    internal static object? Named(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.MemberName == name).TypedValue.Value;
}

/// <summary>A parameter as it is declared, once per set it belongs to.</summary>
public sealed record ParameterProperty(PropertyInfo Property)
{
    private IReadOnlyList<CustomAttributeData> Declarations =>
        Property.GetCustomAttributesData().Where(a => a.AttributeType == typeof(ParameterAttribute)).ToArray();

    public string Name => Property.Name;

    public string TypeName => (Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType).Name;

    /// <summary>The sets it belongs to; empty for all.</summary>
    public IReadOnlyList<string> Sets => Declarations.Select(d => (string?)CmdletType.Named(d, "ParameterSetName")).OfType<string>().ToArray();

    public bool Mandatory => CmdletType.Named(Declarations[0], "Mandatory") is true;

    public int? Position => (int?)CmdletType.Named(Declarations[0], "Position");

    public bool FromPipeline => CmdletType.Named(Declarations[0], "ValueFromPipeline") is true;

    public bool FromPipelineByName => CmdletType.Named(Declarations[0], "ValueFromPipelineByPropertyName") is true;
}
