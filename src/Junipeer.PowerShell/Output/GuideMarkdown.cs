using System.Text;
using Junipeer.Guides;

namespace Junipeer.PowerShell.Output;

/// <summary>Writes the guides of a pair as one Markdown text, for a wiki or a ticket.</summary>
internal static class GuideMarkdown
{
    public static string Of(string pair, IReadOnlyList<SetupGuide> guides)
    {
        var text = new StringBuilder();
        text.Append($"# {pair}\n\n{guides[0].Summary}\n");
        foreach (var guide in guides) Add(text, guide);
        return text.ToString();
    }

    private static void Add(StringBuilder text, SetupGuide guide)
    {
        text.Append($"\n## {guide.System}\n\n{guide.About}\n\n| | |\n| --- | --- |\n");
        text.Append($"| Authentication | {Cell(guide.Authentication)} |\n| Lasts | {Cell(guide.Lasts)} |\n| Time to set up | {guide.Minutes} minutes |\n");
        text.Append("\nHave at hand:\n\n");
        foreach (var thing in guide.AtHand) text.Append($"* {thing}\n");
        foreach (var step in guide.Steps) Add(text, step);
        Table(text, "Kinds of authentication", "Kind | Needs | Asks for | Found at | Parameter", guide.Methods.Select(m => new[] { m.Name, m.Needs, m.Asks, m.Where, $"`-{m.Parameter}`" }));
        Table(text, "What other tools ask for", "Field | Required | Parameter | Default | Note", guide.Fields.Select(f => new[] { f.Name, f.Required ? "yes" : "no", $"`-{f.Parameter}`", f.Default ?? "", f.Note }));
        Table(text, "Variables of an integration platform", "Variable | Note", guide.Variables.Select(v => new[] { $"`{v.Name}`", v.Note }));
        if (guide.Notes.Count > 0) text.Append("\n### Notes\n\n");
        foreach (var note in guide.Notes) text.Append($"* {note}\n");
    }

    private static void Add(StringBuilder text, GuideStep step)
    {
        text.Append($"\n### {step.Step}. {step.Title}\n\n{step.Detail}\n");
        foreach (var command in step.Commands)
        {
            if (command.When is not null) text.Append($"\n{char.ToUpperInvariant(command.When[0])}{command.When[1..]}:\n");
            text.Append($"\n```powershell\n{command.Text}\n```\n");
        }

        // Not as code: nobody should copy what cannot run yet.
        if (step.Planned.Count > 0) text.Append("\n*The command for this step comes with a later version.*\n");
    }

    private static void Table(StringBuilder text, string title, string heads, IEnumerable<string[]> rows)
    {
        var lines = rows.Select(row => $"| {string.Join(" | ", row.Select(Cell))} |\n").ToArray();
        if (lines.Length == 0) return;
        text.Append($"\n### {title}\n\n| {heads} |\n|{string.Concat(Enumerable.Repeat(" --- |", heads.Split('|').Length))}\n");
        foreach (var line in lines) text.Append(line);
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
