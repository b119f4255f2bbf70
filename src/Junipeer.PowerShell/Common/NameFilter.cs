using System.Management.Automation;

namespace Junipeer.PowerShell.Common;

/// <summary>Names and wildcards a user gave to choose by; none chooses all.</summary>
internal sealed class NameFilter
{
    private readonly (string Text, WildcardPattern Pattern)[] _patterns;

    public NameFilter(IEnumerable<string>? names) =>
        _patterns = (names ?? []).Select(n => (n, WildcardPattern.Get(n, WildcardOptions.IgnoreCase))).ToArray();

    public bool Matches(string name) => _patterns.Length == 0 || _patterns.Any(p => p.Pattern.IsMatch(name));

    /// <summary>Plain names, without wildcards, that none of these is.</summary>
    public IEnumerable<string> Missing(IEnumerable<string> found)
    {
        var names = found.ToArray();
        return _patterns
            .Where(p => !WildcardPattern.ContainsWildcardCharacters(p.Text) && !names.Any(p.Pattern.IsMatch))
            .Select(p => p.Text);
    }
}
