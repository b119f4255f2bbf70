using System.Collections;
using System.Management.Automation;

namespace Junipeer.PowerShell.Arguments;

/// <summary>Makes rows of objects: property to value, nested objects and hashtables as dictionaries of the same, lists as arrays.</summary>
internal static class RowValue
{
    /// <summary>The row an object stands for: a hashtable's entries, or its properties.</summary>
    public static IReadOnlyDictionary<string, object?> Row(PSObject item) => Of(item) as IReadOnlyDictionary<string, object?> ?? Properties(item);

    /// <summary>A value and all that is in it, without PowerShell's wrapping.</summary>
    public static object? Of(object? value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain switch
        {
            null => null,
            string or int or long or decimal or double or bool => plain, // nearly all of them; whether it is a list is a dearer question
            PSCustomObject => Properties((PSObject)value!),
            IDictionary table => Entries(table),
            byte[] => plain,
            DateTime time => new DateTimeOffset(time),
            IEnumerable several => several.Cast<object?>().Select(Of).ToArray(),
            _ => plain,
        };
    }

    /// <summary>The other way: a row as an object of the pipeline.</summary>
    public static object? ToObject(object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> row => Output.PipelineShape.Object(row.Select(p => KeyValuePair.Create(p.Key, ToObject(p.Value)))),
        object?[] several => Array.ConvertAll(several, ToObject),
        _ => value,
    };

    private static Dictionary<string, object?> Entries(IDictionary table)
    {
        var row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in table) row[PlainValue.Text(entry.Key)] = Of(entry.Value);
        return row;
    }

    private static Dictionary<string, object?> Properties(PSObject item)
    {
        var row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in item.Properties) row[property.Name] = Of(property.Value);
        return row;
    }
}
