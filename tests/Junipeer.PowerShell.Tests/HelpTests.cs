using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Junipeer.PowerShell.Tests;

/// <summary>Help says what the cmdlets do: every cmdlet, every parameter, as declared.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Names => SurfaceTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_describes_every_parameter_as_it_is_declared(string name)
    {
        var cmdlet = CmdletType.All.Single(c => c.Name == name);
        var documented = ParameterSection().Matches(Page(name)).ToDictionary(m => m.Groups["name"].Value);
        var declared = cmdlet.Parameters.Select(p => p.Name).Concat(cmdlet.SupportsShouldProcess ? ["WhatIf", "Confirm"] : []);
        Assert.Equal(declared.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));

        foreach (var parameter in cmdlet.Parameters)
        {
            var section = documented[parameter.Name];
            Assert.True(section.Groups["text"].Value.Trim().Length > 10, $"-{parameter.Name} has no description.");
            Assert.Equal(parameter.TypeName, Fact(section, "Type"));
            Assert.Equal(parameter.Mandatory.ToString(), Fact(section, "Required"));
            Assert.Equal(parameter.Position?.ToString() ?? "Named", Fact(section, "Position"));
            Assert.Equal(parameter.Sets.Count == 0 ? "(All)" : string.Join(", ", parameter.Sets.Order(StringComparer.Ordinal)), Fact(section, "Parameter Sets"));
            var ways = new[] { parameter.FromPipeline ? "ByValue" : "", parameter.FromPipelineByName ? "ByPropertyName" : "" }.Where(w => w.Length > 0).ToArray();
            Assert.Equal(ways.Length == 0 ? "False" : $"True ({string.Join(", ", ways)})", Fact(section, "Accept pipeline input"));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_has_a_synopsis_and_three_examples_that_use_the_cmdlet(string name)
    {
        var page = Page(name);
        Assert.Matches(@"## SYNOPSIS\n[A-Z].{10,}\.\n", page);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        var examples = Example().Matches(page);
        Assert.True(examples.Count >= 3, $"{name} has {examples.Count} examples.");
        Assert.All(examples, e => Assert.True(e.Groups["text"].Value.Trim().Length > 0, "An example says nothing about itself."));
        Assert.Contains(examples, e => e.Groups["code"].Value.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public void The_build_makes_help_of_every_page()
    {
        var help = XDocument.Load(Path.Combine(Repository.Root, "en-US", "Junipeer.PowerShell.dll-Help.xml"));
        XNamespace command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
        Assert.Equal(CmdletType.All.Select(c => c.Name), help.Descendants(command + "details").Select(d => d.Element(command + "name")!.Value).Order(StringComparer.Ordinal));
        foreach (var page in Directory.EnumerateFiles(Repository.HelpPages, "about_*.md"))
            Assert.True(File.Exists(Path.Combine(Repository.Root, "en-US", Path.GetFileNameWithoutExtension(page) + ".help.txt")), page);
    }

    [Fact]
    public void Every_error_id_in_the_code_is_listed_and_every_listed_one_exists()
    {
        var ids = new[] { "Junipeer.Contracts", "Junipeer.Engine", "Junipeer.PowerShell" }
            .SelectMany(Repository.Sources)
            .SelectMany(f => ErrorId().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet();
        var listed = ListedId().Matches(File.ReadAllText(Path.Combine(Repository.HelpPages, "about_JunipeerErrors.md"))).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.True(ids.IsSubsetOf(listed), $"Not in about_JunipeerErrors: {string.Join(", ", ids.Except(listed).Order(StringComparer.Ordinal))}");
        Assert.True(listed.IsSubsetOf(ids), $"Only in about_JunipeerErrors: {string.Join(", ", listed.Except(ids).Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void Errors_are_listed_with_the_category_they_have()
    {
        var page = File.ReadAllText(Path.Combine(Repository.HelpPages, "about_JunipeerErrors.md"));
        foreach (Match made in new[] { "Junipeer.Engine", "Junipeer.PowerShell" }.SelectMany(Repository.Sources).SelectMany(f => CategorisedId().Matches(File.ReadAllText(f))))
        {
            var category = made.Groups["category"].Value.Replace("NotSupported", "NotImplemented", StringComparison.Ordinal);
            Assert.Contains($"| `{made.Groups["id"].Value}` | {category} |", page, StringComparison.Ordinal);
        }
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(Repository.HelpPages, name + ".md"));

    private static string Fact(Match section, string name) => Regex.Match(section.Groups["facts"].Value, $"^{Regex.Escape(name)}: (.*)$", RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex(@"^### -(?<name>\w+)\n(?<text>[\s\S]*?)```yaml\n(?<facts>[\s\S]*?)```", RegexOptions.Multiline)]
    private static partial Regex ParameterSection();

    [GeneratedRegex(@"^### Example \d+: .+\n```powershell\n(?<code>[\s\S]*?)```\n(?<text>[\s\S]*?)(?=^##)", RegexOptions.Multiline)]
    private static partial Regex Example();

    /// <summary>Ids have three words; longer and shorter names are types, files and assemblies.</summary>
    [GeneratedRegex("\"(Junipeer\\.[A-Z][A-Za-z]+\\.[A-Z][A-Za-z]+)\"")]
    private static partial Regex ErrorId();

    [GeneratedRegex("\"(?<id>Junipeer\\.[A-Z][A-Za-z]+\\.[A-Z][A-Za-z]+)\",\\s*FaultCategory\\.(?<category>\\w+)")]
    private static partial Regex CategorisedId();

    [GeneratedRegex(@"^\| `(Junipeer\.\w+\.\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex ListedId();
}
