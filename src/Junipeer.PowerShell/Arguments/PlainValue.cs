using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Takes PowerShell's wrapping off values on their way to the engine.</summary>
internal static class PlainValue
{
    public static IReadOnlyDictionary<string, object?> Dictionary(IDictionary values)
    {
        var plain = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in values) plain[Text(entry.Key)] = Of(entry.Value);
        return plain;
    }

    /// <summary>A value without its PSObject; lists become arrays, a local or unmarked time becomes an instant.</summary>
    public static object? Of(object? value) => value switch
    {
        PSObject wrapped => Of(wrapped.BaseObject),
        DateTime time => new DateTimeOffset(time),
        string or byte[] => value,
        IEnumerable several => several.Cast<object?>().Select(Of).ToArray(),
        _ => value,
    };

    /// <summary>A value as a system would write it, whatever the user's language.</summary>
    public static string Text(object? value) => Convert.ToString(Of(value), CultureInfo.InvariantCulture) ?? "";
}
