using System.Management.Automation;
using System.Management.Automation.Language;

namespace Junipeer.PowerShell.Completers;

/// <summary>Turns values into completions: matching what was typed, quoted where PowerShell needs it.</summary>
internal static class Completion
{
    /// <summary>Values that begin with the word; where none does, those that contain it.</summary>
    public static IEnumerable<CompletionResult> Of(string? word, IEnumerable<(string Value, string ToolTip)> values)
    {
        var quote = word is ['\'' or '"', ..] ? word[..1] : "";
        var typed = (word ?? "").Trim('\'', '"');
        var all = values.ToArray();
        var starting = all.Where(v => v.Value.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).ToArray();
        return (starting.Length > 0 ? starting : all.Where(v => v.Value.Contains(typed, StringComparison.OrdinalIgnoreCase)))
            .Select(v => new CompletionResult(Quoted(v.Value, quote), v.Value, CompletionResultType.ParameterValue, v.ToolTip.Length == 0 ? v.Value : v.ToolTip))
            .ToArray();
    }

    /// <summary>Runs a lookup; a completer never shows an error, it shows nothing.</summary>
    public static IEnumerable<CompletionResult> Quietly(Func<IEnumerable<CompletionResult>> lookup)
    {
        try
        {
            return lookup();
        }
        catch (Exception)
        {
            return [];
        }
    }

    private static string Quoted(string value, string quote)
    {
        if (quote == "\"") return $"\"{value.Replace("`", "``", StringComparison.Ordinal).Replace("$", "`$", StringComparison.Ordinal).Replace("\"", "`\"", StringComparison.Ordinal)}\"";
        var plain = quote.Length == 0 && value.Length > 0 && value.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') && char.IsLetter(value[0]);
        return plain ? value : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
    }
}
