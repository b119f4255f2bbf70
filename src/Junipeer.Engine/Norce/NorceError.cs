using System.Text;
using System.Text.Json;

namespace Junipeer.Norce;

/// <summary>
/// What the body of a refusal says. No family documents its error body: OData's <c>{"error":{"code","message"}}</c> is taken
/// for Query, <c>Description</c> and <c>Message</c> for the others, and plain text for what it is.
/// </summary>
internal sealed class NorceError
{
    private const int MostText = 500;

    public NorceError(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var start = body.Span.TrimStart(" \r\n\t\uFEFF"u8);
        IsHtml = !start.IsEmpty && start[0] == (byte)'<' && response.Content.Headers.ContentType?.MediaType is not ("application/xml" or "text/xml");
        var isJson = !start.IsEmpty && start[0] is (byte)'{' or (byte)'[' or (byte)'"';
        if (response.IsSuccessStatusCode || body.Length > 64 * 1024) return;
        if (isJson) Read(body);
        else if (!IsHtml && !start.IsEmpty) Text = Cut(Encoding.UTF8.GetString(body.Span));
    }

    /// <summary>A page, not data.</summary>
    public bool IsHtml { get; }

    /// <summary>OData's code; null when there is none.</summary>
    public string? Code { get; private set; }

    /// <summary>The message; empty when there is none.</summary>
    public string Text { get; private set; } = string.Empty;

    private void Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.String)
            {
                Text = Cut(root.GetString()!);
                return;
            }

            if (root.ValueKind != JsonValueKind.Object) return;
            if (Member(root, "error") is { ValueKind: JsonValueKind.Object } error) root = error;
            Code = Plain(root, "code", "errorCode", "error") is { Length: > 0 } code ? code : null;
            Text = Cut(Plain(root, "message", "description", "detail", "title", "Message", "error_description") ?? string.Empty);
        }
        catch (JsonException)
        {
            // A truncated error body says nothing for sure; the status speaks alone.
        }
    }

    private static JsonElement? Member(JsonElement element, string name)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.Value;
        }

        return null;
    }

    private static string? Plain(JsonElement element, params string[] names)
    {
        foreach (var name in names)
        {
            if (Member(element, name) is { ValueKind: JsonValueKind.String } text) return text.GetString();
        }

        return null;
    }

    private static string Cut(string text)
    {
        text = string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MostText ? text : text[..MostText] + "...";
    }
}
