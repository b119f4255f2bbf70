using System.Text.Json;
using Junipeer.Operations;
using Junipeer.Records;

namespace Junipeer.Export;

/// <summary>
/// Takes fields out of documents before anything else sees them, so that they are neither in a column nor in the payload nor
/// in a file.
/// </summary>
internal sealed class PayloadFilter
{
    private readonly HashSet<string> _paths;
    private readonly HashSet<string> _names;

    private PayloadFilter(IEnumerable<string> fields)
    {
        var all = fields.ToArray();
        _paths = new HashSet<string>(all.Where(f => f.Contains('.', StringComparison.Ordinal)), StringComparer.OrdinalIgnoreCase);
        _names = new HashSet<string>(all.Where(f => !f.Contains('.', StringComparison.Ordinal)), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The filter for a resource; null when nothing is to be taken out.</summary>
    /// <param name="fields">A name (at any depth), a path from the document's root (through collections without their keys), or <c>Personal</c>.</param>
    /// <param name="resource">Whose documents.</param>
    public static PayloadFilter? For(IReadOnlyList<string> fields, SourceResource resource)
    {
        if (fields.Count == 0) return null;
        var wanted = fields.SelectMany(f => f.Equals("Personal", StringComparison.OrdinalIgnoreCase)
            ? resource.Info.PersonalFields.Select(p => p.Contains('.', StringComparison.Ordinal) ? p : "." + p)
            : [f]).ToArray();
        if (wanted.Length == 0) return null;
        foreach (var key in resource.Document.Key)
        {
            if (!wanted.Contains(key.Path, StringComparer.OrdinalIgnoreCase)) continue;
            throw new JunipeerException(new JunipeerFault(
                "Junipeer.Export.KeyExcluded",
                FaultCategory.InvalidArgument,
                $"'{key.Path}' identifies the records of '{resource.Name}' and cannot be left out.",
                "Take it out of -ExcludeField.")
            { Target = resource.Name });
        }

        return new PayloadFilter(wanted);
    }

    /// <summary>A page of the same documents without the fields.</summary>
    public RawPage Apply(RawPage page)
    {
        var filtered = new RawPage(page.Length) { ReceivedAt = page.ReceivedAt };
        using var buffer = new MemoryStream();
        foreach (var document in page.Documents)
        {
            buffer.SetLength(0);
            using (var json = Parse(page[document]))
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            {
                Copy(json.RootElement, writer, "");
            }

            var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
            filtered.Documents.Add(document with { Start = filtered.Append(bytes), Length = bytes.Length });
        }

        return filtered;
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        return JsonDocument.ParseValue(ref reader);
    }

    private void Copy(JsonElement element, Utf8JsonWriter writer, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    // Ids as names (maps) are no part of a path: orderRows.productName means every row's.
                    var isKey = member.Name.Length > 0 && member.Name.All(char.IsAsciiDigit);
                    var below = isKey ? path : path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    if (!isKey && (_names.Contains(member.Name) || _paths.Contains(below) || (path.Length == 0 && _paths.Contains("." + member.Name)))) continue;
                    writer.WritePropertyName(member.Name);
                    Copy(member.Value, writer, below);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Copy(item, writer, path);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteRawValue(element.GetRawText(), skipInputValidation: true);
                break;
        }
    }
}
