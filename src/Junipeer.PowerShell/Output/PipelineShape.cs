using System.Management.Automation;
using Junipeer.Records;
using Junipeer.Warehouse;

namespace Junipeer.PowerShell.Output;

/// <summary>Turns what the engine writes into what a pipeline expects; results that are objects already stay as they are.</summary>
internal static class PipelineShape
{
    public static object Of(object result) => result switch
    {
        JunipeerRecord record => Record(record),
        QueryRow row => Row(row),
        _ => result,
    };

    /// <summary>A PSCustomObject of these properties; a name that differs from an earlier one in case only is left out.</summary>
    public static PSObject Object(IEnumerable<KeyValuePair<string, object?>> properties)
    {
        var shaped = new PSObject();
        foreach (var (name, value) in properties)
        {
            if (shaped.Properties[name] is null) shaped.Properties.Add(new PSNoteProperty(name, value), preValidated: true);
        }

        return shaped;
    }

    private static PSObject Record(JunipeerRecord record)
    {
        var shaped = new PSObject();
        foreach (var (name, value) in record.Properties) shaped.Properties.Add(new PSNoteProperty(name, Value(value)), preValidated: true);
        if (record.TypeName is not null) shaped.TypeNames.Insert(0, record.TypeName);
        return shaped;
    }

    private static object? Value(object? value) => value switch
    {
        JunipeerRecord nested => Record(nested),
        object?[] items => Array.ConvertAll(items, Value),
        // PowerShell compares and converts DateTime; of a DateOnly ConvertTo-Json writes six numbers.
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        _ => value,
    };

    private static PSObject Row(QueryRow row)
    {
        var shaped = new PSObject();
        for (var i = 0; i < row.Columns.Count; i++)
            shaped.Properties.Add(new PSNoteProperty(row.Columns[i], row.Values[i]), preValidated: true);
        return shaped;
    }
}
