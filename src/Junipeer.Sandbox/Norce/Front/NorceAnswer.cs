using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Junipeer.Sandbox.Norce.Front;

/// <summary>The connection ends here, without an answer.</summary>
internal sealed class NorceDroppedException : Exception;

/// <summary>A refusal; how it looks depends on the part of the service that gives it.</summary>
internal sealed class NorceException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>A short word: the error code of a token request or of Query, and what counters show.</summary>
    public string Code => code;

    public Dictionary<string, string> Headers { get; } = [];

    public static NorceException Bad(string message) => new(400, "BadRequest", message);

    public static NorceException NotFound(string message) => new(404, "NotFound", message);
}

/// <summary>A finished answer before it goes on the wire.</summary>
internal sealed class NorceAnswer
{
    public const string JsonType = "application/json; charset=utf-8";
    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public int Status { get; init; } = 200;

    public string? ContentType { get; init; } = JsonType;

    public ReadOnlyMemory<byte> Body { get; init; }

    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>The error code, for the counters.</summary>
    public string? Reason { get; init; }

    public static NorceAnswer Json(JsonNode body, int status = 200, string type = JsonType) => new() { Status = status, ContentType = type, Body = JsonSerializer.SerializeToUtf8Bytes(body, Relaxed) };

    public static NorceAnswer Empty(int status) => new() { Status = status, ContentType = null };

    public static NorceAnswer Text(int status, string text, string type = "text/plain; charset=utf-8") => new() { Status = status, ContentType = type, Body = Encoding.UTF8.GetBytes(text) };

    /// <summary>A refusal in the form of the part of the service that was asked.</summary>
    public static NorceAnswer Error(NorceArea area, NorceException refused)
    {
        JsonObject body = area switch
        {
            NorceArea.Identity => new JsonObject { ["error"] = refused.Code },
            NorceArea.Query => new JsonObject { ["error"] = new JsonObject { ["code"] = refused.Status is 400 ? string.Empty : refused.Code, ["message"] = refused.Message } },
            _ => new JsonObject { ["Message"] = refused.Message },
        };
        if (area == NorceArea.Identity && refused.Message.Length > 0)
        {
            body["error_description"] = refused.Message;
        }

        NorceAnswer answer = new() { Status = refused.Status, Body = JsonSerializer.SerializeToUtf8Bytes(body, Relaxed), Reason = refused.Code };
        foreach ((string name, string value) in refused.Headers)
        {
            answer.Headers[name] = value;
        }

        return answer;
    }
}
