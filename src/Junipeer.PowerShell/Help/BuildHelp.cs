// Compiled by MSBuild while it builds (see Module.targets), not into the module: turns the pages of docs/en-US into the
// help files PowerShell reads, without PowerShell and without a network.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>A page per cmdlet becomes part of one MAML file; an about_ page becomes a text file.</summary>
public sealed class BuildHelp : Task
{
    [Required]
    public ITaskItem[] Pages { get; set; }

    [Required]
    public string OutputFolder { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(OutputFolder);
        var pages = Pages.Select(p => p.ItemSpec).OrderBy(p => p, StringComparer.Ordinal).ToArray();
        var cmdlets = new List<CmdletPage>();
        foreach (var path in pages)
        {
            var lines = File.ReadAllLines(path);
            var name = Path.GetFileNameWithoutExtension(path);
            try
            {
                if (name.StartsWith("about_", StringComparison.Ordinal))
                    File.WriteAllText(Path.Combine(OutputFolder, name + ".help.txt"), AboutText.From(name, lines));
                else cmdlets.Add(CmdletPage.Read(name, lines));
            }
            catch (FormatException e)
            {
                Log.LogError(null, null, null, path, 0, 0, 0, 0, e.Message);
            }
        }

        Maml.Write(Path.Combine(OutputFolder, "Junipeer.PowerShell.dll-Help.xml"), cmdlets);
        return !Log.HasLoggedErrors;
    }
}

/// <summary>A section of a page: its heading, the text under it, and the sections below.</summary>
internal sealed class Section
{
    public string Heading = "";
    public readonly List<string> Lines = new List<string>();
    public readonly List<Section> Sections = new List<Section>();

    public static Section Parse(IEnumerable<string> lines)
    {
        var root = new Section();
        var open = new Stack<KeyValuePair<int, Section>>();
        open.Push(new KeyValuePair<int, Section>(0, root));
        var inCode = false;
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) inCode = !inCode;
            var heading = inCode ? Match.Empty : Regex.Match(line, "^(#+) +(.+?) *$");
            if (!heading.Success)
            {
                open.Peek().Value.Lines.Add(line);
                continue;
            }

            var level = heading.Groups[1].Length;
            while (open.Peek().Key >= level) open.Pop();
            var section = new Section { Heading = heading.Groups[2].Value };
            open.Peek().Value.Sections.Add(section);
            open.Push(new KeyValuePair<int, Section>(level, section));
        }

        return root;
    }

    public Section Child(string heading)
    {
        return Sections.FirstOrDefault(s => s.Heading == heading) ?? throw new FormatException("The page has no section " + heading + ".");
    }

    /// <summary>The code of the first fenced block.</summary>
    public string Code()
    {
        var from = Lines.FindIndex(IsFence);
        var to = from < 0 ? -1 : Lines.FindIndex(from + 1, IsFence);
        if (to < 0) throw new FormatException("The section " + Heading + " has no code.");
        return string.Join("\n", Lines.Skip(from + 1).Take(to - from - 1));
    }

    /// <summary>The paragraphs outside fenced blocks, without Markdown.</summary>
    public IEnumerable<string> Paragraphs()
    {
        var text = new StringBuilder();
        var inCode = false;
        foreach (var line in Lines)
        {
            if (IsFence(line)) inCode = !inCode;
            else if (!inCode) text.Append(line).Append('\n');
        }

        return Regex.Split(text.ToString(), "\n{2,}").Select(p => Plain(p.Trim().Replace('\n', ' '))).Where(p => p.Length > 0);
    }

    public static string Plain(string text)
    {
        text = Regex.Replace(text, @"\[([^\]]+)\]\([^)]*\)", "$1");
        return text.Replace("`", "").Replace("**", "");
    }

    private static bool IsFence(string line)
    {
        return line.StartsWith("```", StringComparison.Ordinal);
    }
}

/// <summary>A parameter as its page describes it.</summary>
internal sealed class ParameterEntry
{
    public string Name;
    public Section Text;
    public Dictionary<string, string> Facts;

    public string this[string fact]
    {
        get { return Facts.TryGetValue(fact, out var value) ? value : ""; }
    }

    public bool IsIn(string set)
    {
        var sets = this["Parameter Sets"];
        return sets == "(All)" || sets.Split(',').Select(s => s.Trim()).Contains(set);
    }

    public static ParameterEntry Read(Section section)
    {
        var facts = section.Code().Split('\n').Where(l => l.Contains(':')).ToDictionary(l => l.Substring(0, l.IndexOf(':')).Trim(), l => l.Substring(l.IndexOf(':') + 1).Trim());
        return new ParameterEntry { Name = section.Heading.TrimStart('-'), Text = section, Facts = facts };
    }
}

/// <summary>The page of a cmdlet.</summary>
internal sealed class CmdletPage
{
    public string Name;
    public Section Body;
    public List<ParameterEntry> Parameters;
    public string[] Sets;

    public static CmdletPage Read(string name, string[] lines)
    {
        var body = Section.Parse(lines).Child(name);
        var sets = body.Child("SYNTAX").Sections.Select(s => s.Heading.Replace(" (Default)", "")).ToArray();
        return new CmdletPage
        {
            Name = name,
            Body = body,
            Sets = sets.Length == 0 ? new[] { "" } : sets,
            Parameters = body.Child("PARAMETERS").Sections.Where(s => s.Heading.StartsWith("-", StringComparison.Ordinal)).Select(ParameterEntry.Read).ToList(),
        };
    }
}

/// <summary>Writes MAML, the format of cmdlet help.</summary>
internal sealed class Maml
{
    private const string MamlSpace = "http://schemas.microsoft.com/maml/2004/10";
    private const string CommandSpace = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string DevSpace = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly XmlWriter _xml;

    private Maml(XmlWriter xml)
    {
        _xml = xml;
    }

    public static void Write(string path, IEnumerable<CmdletPage> pages)
    {
        using (var xml = XmlWriter.Create(path, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" }))
        {
            xml.WriteStartElement("helpItems", "http://msh");
            xml.WriteAttributeString("schema", "maml");
            foreach (var page in pages) new Maml(xml).Command(page);
            xml.WriteEndElement();
        }
    }

    private void Command(CmdletPage page)
    {
        _xml.WriteStartElement("command", "command", CommandSpace);
        _xml.WriteAttributeString("xmlns", "maml", null, MamlSpace);
        _xml.WriteAttributeString("xmlns", "dev", null, DevSpace);
        In("command:details", () =>
        {
            Value("command:name", page.Name);
            Value("command:verb", page.Name.Split('-')[0]);
            Value("command:noun", page.Name.Split('-')[1]);
            Text("maml:description", page.Body.Child("SYNOPSIS").Paragraphs());
        });
        Text("maml:description", page.Body.Child("DESCRIPTION").Paragraphs());
        In("command:syntax", () =>
        {
            foreach (var set in page.Sets)
            {
                In("command:syntaxItem", () =>
                {
                    Value("maml:name", page.Name);
                    foreach (var parameter in page.Parameters.Where(p => set.Length == 0 || p.IsIn(set)).OrderBy(Place)) Parameter(parameter);
                });
            }
        });
        In("command:parameters", () => page.Parameters.ForEach(Parameter));
        Types("command:inputTypes", "command:inputType", page.Body.Child("INPUTS"));
        Types("command:returnValues", "command:returnValue", page.Body.Child("OUTPUTS"));
        In("maml:alertSet", () => Text("maml:alert", page.Body.Child("NOTES").Paragraphs()));
        In("command:examples", () =>
        {
            foreach (var example in page.Body.Child("EXAMPLES").Sections)
            {
                In("command:example", () =>
                {
                    Value("maml:title", example.Heading);
                    Value("dev:code", example.Code());
                    Text("dev:remarks", example.Paragraphs());
                });
            }
        });
        In("command:relatedLinks", () =>
        {
            foreach (var link in page.Body.Child("RELATED LINKS").Paragraphs())
            {
                In("maml:navigationLink", () =>
                {
                    Value("maml:linkText", link);
                    Value("maml:uri", "");
                });
            }
        });
        _xml.WriteEndElement();
    }

    private static int Place(ParameterEntry parameter)
    {
        return int.TryParse(parameter["Position"], out var position) ? position : parameter["Required"] == "True" ? 1000 : 2000;
    }

    private void Parameter(ParameterEntry parameter)
    {
        Start("command:parameter");
        _xml.WriteAttributeString("required", parameter["Required"].ToLowerInvariant());
        _xml.WriteAttributeString("variableLength", "false");
        _xml.WriteAttributeString("globbing", parameter["Accept wildcard characters"].ToLowerInvariant());
        _xml.WriteAttributeString("pipelineInput", parameter["Accept pipeline input"]);
        _xml.WriteAttributeString("position", parameter["Position"].ToLowerInvariant());
        _xml.WriteAttributeString("aliases", parameter["Aliases"].Length == 0 ? "none" : parameter["Aliases"]);
        Value("maml:name", parameter.Name);
        Text("maml:description", parameter.Text.Paragraphs());
        var accepted = parameter["Accepted values"];
        if (accepted.Length > 0) In("command:parameterValueGroup", () => Array.ForEach(accepted.Split(','), v => ParameterValue(v.Trim(), false)));
        if (parameter["Type"] != "SwitchParameter") ParameterValue(parameter["Type"], true);
        In("dev:type", () => Value("maml:name", parameter["Type"]));
        _xml.WriteEndElement();
    }

    private void ParameterValue(string value, bool required)
    {
        Start("command:parameterValue");
        _xml.WriteAttributeString("required", required ? "true" : "false");
        _xml.WriteAttributeString("variableLength", "false");
        _xml.WriteString(value);
        _xml.WriteEndElement();
    }

    private void Types(string list, string item, Section section)
    {
        In(list, () =>
        {
            foreach (var type in section.Sections)
            {
                In(item, () =>
                {
                    In("dev:type", () => Value("maml:name", type.Heading));
                    Text("maml:description", type.Paragraphs());
                });
            }
        });
    }

    private void Text(string element, IEnumerable<string> paragraphs)
    {
        In(element, () =>
        {
            foreach (var paragraph in paragraphs) Value("maml:para", paragraph);
        });
    }

    private void Value(string element, string text)
    {
        In(element, () => _xml.WriteString(text));
    }

    private void In(string element, Action content)
    {
        Start(element);
        content();
        _xml.WriteEndElement();
    }

    private void Start(string element)
    {
        var parts = element.Split(':');
        _xml.WriteStartElement(parts[0], parts[1], parts[0] == "maml" ? MamlSpace : parts[0] == "dev" ? DevSpace : CommandSpace);
    }
}

/// <summary>Turns an about_ page into plain text.</summary>
internal static class AboutText
{
    private const int Width = 76;

    public static string From(string name, string[] lines)
    {
        var text = new StringBuilder("TOPIC\n    " + name + "\n");
        var body = Section.Parse(lines).Child(name);
        Add(text, body);
        return text.ToString();
    }

    private static void Add(StringBuilder text, Section section)
    {
        Lines(text, section.Lines);
        foreach (var below in section.Sections)
        {
            text.Append('\n').Append(Section.Plain(below.Heading).ToUpperInvariant()).Append('\n');
            Add(text, below);
        }
    }

    private static void Lines(StringBuilder text, List<string> lines)
    {
        var paragraph = new StringBuilder();
        var inCode = false;
        foreach (var line in lines.Concat(new[] { "" }))
        {
            var isFence = line.StartsWith("```", StringComparison.Ordinal);
            var isItem = Regex.IsMatch(line, @"^([-*]|\d+\.) ");
            var isRow = line.StartsWith("|", StringComparison.Ordinal);
            if (isFence || inCode || isItem || isRow || line.Trim().Length == 0) Wrap(text, paragraph);
            if (isFence)
            {
                inCode = !inCode;
                if (!inCode) text.Append('\n');
            }
            else if (inCode) text.Append("        ").Append(line).Append('\n');
            else if (isRow) Row(text, line);
            else paragraph.Append(paragraph.Length == 0 ? "" : " ").Append(line.Trim());
        }
    }

    /// <summary>A row of a table: the first cell on a line of its own, the others below it.</summary>
    private static void Row(StringBuilder text, string line)
    {
        var cells = line.Trim().Trim('|').Split('|').Select(c => Section.Plain(c.Trim())).ToArray();
        if (cells.All(c => c.Trim('-', ':', ' ').Length == 0)) return;
        text.Append("    ").Append(cells[0]).Append('\n');
        foreach (var cell in cells.Skip(1)) Fill(text, cell, "        ");
        text.Append('\n');
    }

    private static void Wrap(StringBuilder text, StringBuilder paragraph)
    {
        if (paragraph.Length == 0) return;
        Fill(text, Section.Plain(paragraph.ToString()), "    ");
        text.Append('\n');
        paragraph.Clear();
    }

    private static void Fill(StringBuilder text, string words, string indent)
    {
        var line = indent;
        foreach (var word in words.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > indent.Length && line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line = indent;
            }

            line += line.Length == indent.Length ? word : " " + word;
        }

        text.Append(line).Append('\n');
    }
}
