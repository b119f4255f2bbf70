using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Junipeer.PowerShell.Common;
using Xunit;

namespace Junipeer.PowerShell.Tests;

/// <summary>What the module shows to its users is declared as the rules of the house ask.</summary>
public sealed partial class SurfaceTests
{
    private static readonly Type[] Viewless = [typeof(PSObject), typeof(string), typeof(bool), typeof(long), typeof(void)];

    public static TheoryData<string> Names => new(CmdletType.All.Select(c => c.Name));

    [Fact]
    public void Cmdlets_equal_the_manifest_and_the_help_pages()
    {
        var cmdlets = CmdletType.All.Select(c => c.Name).ToArray();
        var listed = CmdletList().Match(File.ReadAllText(Repository.Manifest)).Groups[1].Value.Split('\n').Select(l => l.Trim(' ', '\r', '\'', ',')).Where(l => l.Length > 0);
        var pages = Directory.EnumerateFiles(Repository.HelpPages, "*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(n => !n.StartsWith("about_", StringComparison.Ordinal));

        Assert.Equal(cmdlets, listed.Order(StringComparer.Ordinal));
        Assert.Equal(cmdlets, pages.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cmdlet_is_named_and_shaped_by_the_rules(string name)
    {
        var cmdlet = Find(name);
        var verbs = new[] { typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic), typeof(VerbsLifecycle), typeof(VerbsOther), typeof(VerbsSecurity) }
            .SelectMany(t => t.GetFields()).Select(f => (string)f.GetRawConstantValue()!);

        Assert.Contains(cmdlet.Verb, verbs);
        Assert.DoesNotMatch("(?<!s)s$", cmdlet.Noun);
        Assert.Matches("^(Brightpearl|BigQuery|Norce|Junipeer)", cmdlet.Noun);
        Assert.Equal($"{cmdlet.Verb}{cmdlet.Noun}Command", cmdlet.Type.Name);
        Assert.True(cmdlet.Type.IsSealed, "A cmdlet class is sealed.");
        Assert.True(cmdlet.Type.IsSubclassOf(typeof(JunipeerCmdlet)));
        Assert.NotEmpty(cmdlet.OutputTypes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameter_sets_are_few_and_told_apart(string name)
    {
        var cmdlet = Find(name);
        var sets = cmdlet.Parameters.SelectMany(p => p.Sets).Distinct().ToArray();
        Assert.True(sets.Length <= 4, $"{name} has {sets.Length} parameter sets.");
        if (sets.Length == 0) return;

        Assert.Contains(cmdlet.DefaultSet, sets);
        var undiscriminated = sets.Where(s => !cmdlet.Parameters.Any(p => p.Sets.Count == 1 && p.Sets[0] == s)).ToArray();
        Assert.True(undiscriminated.All(s => s == cmdlet.DefaultSet), $"Sets without a parameter of their own: {string.Join(", ", undiscriminated)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_use_the_types_and_names_agreed(string name)
    {
        foreach (var parameter in Find(name).Parameters)
        {
            Assert.False(parameter.Property.PropertyType == typeof(DateTime), $"-{parameter.Name} is a time and must be DateTimeOffset.");
            if (Regex.IsMatch(parameter.Name, "(Token|Secret|Password)$")) Assert.Equal("SecureString", parameter.TypeName);
            if (parameter.TypeName == nameof(TimeSpan)) Assert.Contains(parameter.Property.GetCustomAttributesData(), a => a.AttributeType.Name == "DurationAttribute");
            if (parameter.Name is "Resource" or "Column" or "Sort" or "Connection") Assert.Contains(parameter.Property.GetCustomAttributesData(), a => a.AttributeType == typeof(ArgumentCompleterAttribute));
        }
    }

    [Fact]
    public void What_changes_something_supports_WhatIf()
    {
        var changing = CmdletType.All.Where(c => c.Verb is "Set" or "Disconnect" or "Remove" or "New" || c.Name is "Invoke-BrightpearlExport" or "Invoke-BrightpearlRequest" or "Invoke-NorceImport" or "Invoke-NorceRequest" or "Send-NorceOrderMessage");
        Assert.All(changing, c => Assert.True(c.SupportsShouldProcess, c.Name));
    }

    [Fact]
    public void Every_output_type_has_a_table_and_a_list()
    {
        var views = XDocument.Load(Path.Combine(Repository.Root, "module", "Junipeer.Format.ps1xml")).Descendants("View").ToArray();
        foreach (var type in CmdletType.All.SelectMany(c => c.OutputTypes).Distinct().Except(Viewless))
        {
            var names = Ancestry(type).Select(t => t.FullName).ToArray();
            var own = views.Where(v => v.Descendants("TypeName").Any(t => names.Contains(t.Value))).ToArray();
            Assert.True(own.Any(v => v.Element("TableControl") is not null), $"{type.FullName} has no table.");
            Assert.True(own.Any(v => v.Element("ListControl") is not null), $"{type.FullName} has no list.");
        }
    }

    [Fact]
    public void Views_name_properties_that_exist()
    {
        var contracts = typeof(IJunipeerEngine).Assembly;
        foreach (var view in XDocument.Load(Path.Combine(Repository.Root, "module", "Junipeer.Format.ps1xml")).Descendants("View"))
        {
            var name = view.Element("ViewSelectedBy")!.Element("TypeName")!.Value;
            if (name.StartsWith("Junipeer.Brightpearl.", StringComparison.Ordinal)) continue;
            var type = contracts.GetType(name);
            Assert.True(type is not null, $"There is no type {name}.");
            var missing = view.Descendants("PropertyName").Select(p => p.Value).Where(p => p != "IsDefault" && type.GetProperty(p) is null);
            Assert.Empty(missing);
        }
    }

    [Fact]
    public void Every_standard_resource_shows_a_few_properties_of_its_records()
    {
        using var catalogue = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Junipeer.Engine", "Brightpearl", "catalogue.json")));
        var module = Path.Combine(Repository.Root, "module");
        var shown = XDocument.Load(Path.Combine(module, "Junipeer.Types.ps1xml")).Descendants("Type").Select(t => t.Element("Name")!.Value)
            .Concat(XDocument.Load(Path.Combine(module, "Junipeer.Format.ps1xml")).Descendants("TypeName").Select(t => t.Value))
            .ToHashSet();
        var bare = catalogue.RootElement.GetProperty("resources").EnumerateArray()
            .Where(r => r.GetProperty("tier").GetString() != "Unproven")
            .Select(r => "Junipeer.Brightpearl." + string.Concat(r.GetProperty("name").GetString()!.Split('-').Select(w => char.ToUpperInvariant(w[0]) + w[1..])))
            .Where(t => !shown.Contains(t));
        Assert.Empty(bare);
    }

    [Fact]
    public void Cmdlet_files_are_short()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Junipeer.PowerShell", "Commands"), "*.cs", SearchOption.AllDirectories);
        Assert.All(files, f => Assert.True(File.ReadLines(f).Count() <= 200, $"{Path.GetFileName(f)} needs scrolling."));
    }

    private static CmdletType Find(string name) => CmdletType.All.Single(c => c.Name == name);

    private static IEnumerable<Type> Ancestry(Type type)
    {
        for (var t = type; t is not null && t != typeof(object); t = t.BaseType) yield return t;
    }

    [GeneratedRegex(@"CmdletsToExport\s*=\s*@\(([^)]*)\)")]
    private static partial Regex CmdletList();
}
