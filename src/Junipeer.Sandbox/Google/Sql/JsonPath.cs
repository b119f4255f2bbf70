using System.Globalization;
using System.Text.Json;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>$.a.b[0] and $['a'] inside a JSON value.</summary>
internal static class JsonPath
{
    public static JsonText? Parse(string text)
    {
        try
        {
            return JsonText.Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static string? Scalar(JsonText json, string path)
    {
        using JsonDocument document = JsonDocument.Parse(json.Text);
        return Find(document.RootElement, path) is { } found
            ? found.ValueKind switch
            {
                JsonValueKind.String => found.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => found.GetRawText(),
                _ => null,
            }
            : null;
    }

    public static JsonText? Inner(JsonText json, string path)
    {
        using JsonDocument document = JsonDocument.Parse(json.Text);
        return Find(document.RootElement, path) is { } found ? JsonText.From(found) : null;
    }

    private static JsonElement? Find(JsonElement at, string path)
    {
        int i = path.StartsWith('$') ? 1 : throw Casts.Failure("JSONPath must start with '$'");
        while (i < path.Length)
        {
            string step;
            bool index = false;
            if (path[i] == '.')
            {
                int start = ++i;
                while (i < path.Length && path[i] is not ('.' or '['))
                {
                    i++;
                }

                step = path[start..i].Trim('"');
            }
            else
            {
                int end = path[i] == '[' ? path.IndexOf(']', i) : -1;
                if (end < 0)
                {
                    throw Casts.Failure($"Invalid token in JSONPath at: {path[i..]}");
                }

                step = path[(i + 1)..end];
                index = step.Length > 0 && char.IsAsciiDigit(step[0]);
                step = step.Trim('\'', '"');
                i = end + 1;
            }

            if (index)
            {
                int place = int.Parse(step, CultureInfo.InvariantCulture);
                if (at.ValueKind != JsonValueKind.Array || place >= at.GetArrayLength())
                {
                    return null;
                }

                at = at[place];
            }
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
            {
                return null;
            }
        }

        return at;
    }
}
