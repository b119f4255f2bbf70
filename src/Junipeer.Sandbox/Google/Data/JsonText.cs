using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>
/// A JSON value, normalised as the service stores it: no white space, members in order of their names, the first of
/// duplicate members, numbers as 64-bit integers or doubles that come back unchanged.
/// </summary>
internal sealed record JsonText(string Text)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Throws <see cref="FormatException"/> with the service's message.</summary>
    public static JsonText From(JsonElement value)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            Write(writer, value);
        }

        return new JsonText(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public static JsonText Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 500 });
            return From(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new FormatException("syntax error while parsing value - " + error.Message.Split(" LineNumber", 2)[0]);
        }
    }

    public override string ToString() => Text;

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                SortedDictionary<string, JsonElement> members = new(StringComparer.Ordinal);
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    members.TryAdd(member.Name, member.Value);
                }

                writer.WriteStartObject();
                foreach ((string name, JsonElement member) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Number(value.GetRawText()), skipInputValidation: true);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static string Number(string raw)
    {
        if (long.TryParse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            || ulong.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return raw;
        }

        double number = double.Parse(raw, CultureInfo.InvariantCulture);
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        if (!double.IsFinite(number) || !SameNumber(raw, text))
        {
            throw new FormatException($"Input number: {raw} cannot round-trip through string representation");
        }

        return text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal)
            ? text.Replace("E+", "e+", StringComparison.Ordinal).Replace("E-", "e-", StringComparison.Ordinal)
            : text + ".0";
    }

    // Two spellings are the same number when their digits and the place of the point are.
    private static bool SameNumber(string a, string b) => Significand(a) == Significand(b);

    private static (string Digits, int Exponent) Significand(string text)
    {
        string[] parts = text.TrimStart('-').Split('e', 'E');
        int exponent = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        string[] halves = parts[0].Split('.');
        string digits = halves[0] + (halves.Length > 1 ? halves[1] : string.Empty);
        exponent += halves[0].Length - digits.Length;
        string trimmed = digits.TrimEnd('0');
        exponent += digits.Length - trimmed.Length;
        trimmed = trimmed.TrimStart('0');
        return trimmed.Length == 0 ? ("0", 0) : (trimmed, exponent);
    }
}
