using System.Net;
using System.Text;
using System.Text.Json;

namespace Junipeer.Brightpearl;

/// <summary>
/// What the body of an answer says went wrong: <c>{"errors":[{"code","message"}]}</c>, or <c>{"response":"text"}</c> for
/// 401 and for the throttle, or a page of the edge (https://help.brightpearl.com/hc/en-us/articles/212644943-Structure-of-JSON-responses).
/// </summary>
internal sealed class BrightpearlClientError
{
    private const int MostText = 500;
    private const int MostBytes = 64 * 1024;

    public BrightpearlClientError(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var start = body.Span.TrimStart(" \r\n\t\uFEFF"u8);
        IsHtml = !start.IsEmpty && start[0] == (byte)'<';
        IsJson = !start.IsEmpty && start[0] is (byte)'{' or (byte)'[';
        if (response.IsSuccessStatusCode || body.Length > MostBytes) return;
        if (IsJson) Read(body);
        else if (IsHtml) Text = Title(body.Span);
        else if (type is null or "text/plain") Text = Cut(Encoding.UTF8.GetString(body.Span));
    }

    /// <summary>A page, not data.</summary>
    public bool IsHtml { get; }

    /// <summary>Begins as JSON does.</summary>
    public bool IsJson { get; }

    /// <summary>The first error's code; null when the body has no error array.</summary>
    public string? Code { get; private set; }

    /// <summary>The messages; empty when there are none.</summary>
    public string Text { get; private set; } = string.Empty;

    private void Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return;
            if (document.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0)
            {
                var messages = new List<string>();
                foreach (var error in errors.EnumerateArray())
                {
                    if (error.ValueKind != JsonValueKind.Object) continue;
                    Code ??= Property(error, "code") ?? "(no code)";
                    if (Property(error, "message") is { } message) messages.Add(message);
                }

                Text = Cut(string.Join("; ", messages.Distinct(StringComparer.Ordinal)));
            }
            else if (Property(document.RootElement, "response") is { } text)
            {
                Text = Cut(text);
            }
            else
            {
                Text = Cut(Property(document.RootElement, "message") ?? Property(document.RootElement, "error") ?? string.Empty);
            }
        }
        catch (JsonException)
        {
            // A truncated error body says nothing for sure; the status speaks alone.
            Code = null;
            Text = string.Empty;
        }
    }

    private static string? Property(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Title(ReadOnlySpan<byte> page)
    {
        var text = Encoding.UTF8.GetString(page);
        var from = text.IndexOf("<title>", StringComparison.OrdinalIgnoreCase);
        var to = from < 0 ? -1 : text.IndexOf("</title>", from, StringComparison.OrdinalIgnoreCase);
        return to < 0 ? string.Empty : Cut(WebUtility.HtmlDecode(text[(from + 7)..to]));
    }

    /// <summary>One line, of a length a message can hold.</summary>
    private static string Cut(string text)
    {
        text = string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MostText ? text : text[..MostText] + "...";
    }
}
