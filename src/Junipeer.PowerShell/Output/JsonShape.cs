using System.Management.Automation;
using System.Text.Json;

namespace Junipeer.PowerShell.Output;

/// <summary>
/// Turns the JSON of a raw answer into objects. Unlike ConvertFrom-Json it keeps fractions exact (<see cref="decimal"/>)
/// and leaves text that looks like a date as text.
/// </summary>
internal static class JsonShape
{
    /// <summary>The answer's <c>response</c>, or all of it where it has none; null for an empty answer.</summary>
    public static object? Response(string content)
    {
        if (string.IsNullOrWhiteSpace(content)) return null;
        using var json = JsonDocument.Parse(content);
        var root = json.RootElement;
        return Of(root.ValueKind == JsonValueKind.Object && root.TryGetProperty("response", out var response) ? response : root);
    }

    private static object? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => PipelineShape.Object(element.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Of(p.Value)))),
        JsonValueKind.Array => element.EnumerateArray().Select(Of).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(element),
        _ => null,
    };

    private static object Number(JsonElement element)
    {
        if (element.TryGetInt64(out var whole)) return whole;
        return element.TryGetDecimal(out var exact) ? exact : element.GetDouble();
    }
}
