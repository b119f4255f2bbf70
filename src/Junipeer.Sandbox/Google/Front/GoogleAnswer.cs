using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Front;

/// <summary>A refusal in the form of the REST API.</summary>
internal sealed class GoogleException(int status, string reason, string message, string? location = null) : Exception(message)
{
    public int Status => status;

    public string Reason => reason;

    public string? Location => location;

    public static GoogleException Invalid(string message, string? location = null) => new(400, "invalid", message, location);

    public static GoogleException Bad(string message) => new(400, "badRequest", message);

    public static GoogleException NotFound(string message) => new(404, "notFound", message);

    public static GoogleException Denied(string message) => new(403, "accessDenied", message);

    public static GoogleException NotSimulated(string what) => new(501, "notImplemented", $"The sandbox does not simulate {what}.");

    public static GoogleException From(DataException refused) => new(StatusOf(refused.Reason), refused.Reason, refused.Message, refused.Location);

    /// <summary>The HTTP status that goes with a reason code.</summary>
    public static int StatusOf(string reason) => reason switch
    {
        "notFound" => 404,
        "duplicate" => 409,
        "conditionNotMet" => 412,
        "accessDenied" or "billingNotEnabled" or "quotaExceeded" or "rateLimitExceeded" or "responseTooLarge" or "accessNotConfigured" or "insufficientPermissions" or "blocked" => 403,
        "backendError" => 503,
        "internalError" => 500,
        "notImplemented" => 501,
        _ => 400,
    };
}

/// <summary>A finished answer before it goes on the wire.</summary>
internal sealed class GoogleAnswer
{
    public const string JsonType = "application/json; charset=UTF-8";
    public static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public int Status { get; set; } = 200;

    public string? ContentType { get; set; } = JsonType;

    public ReadOnlyMemory<byte> Body { get; set; }

    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>The reason code of an error, for the counters.</summary>
    public string? Reason { get; private init; }

    public static GoogleAnswer Json(JsonNode body, int status = 200) => new() { Status = status, Body = JsonSerializer.SerializeToUtf8Bytes(body, Relaxed) };

    public static GoogleAnswer Empty(int status) => new() { Status = status, ContentType = null };

    public static GoogleAnswer Text(int status, string text, string type) => new() { Status = status, ContentType = type, Body = System.Text.Encoding.UTF8.GetBytes(text) };

    /// <summary>An object whose last member holds rows; they are written one by one, without a tree.</summary>
    public static GoogleAnswer Rows(JsonObject head, IReadOnlyList<Field> fields, IEnumerable<object?[]> rows, TimestampFormat timestamps)
    {
        ArrayBufferWriter<byte> buffer = new(4096);
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            CellWriter cells = new(timestamps);
            json.WriteStartObject();
            foreach ((string name, JsonNode? value) in head)
            {
                json.WritePropertyName(name);
                (value ?? JsonValue.Create(string.Empty)).WriteTo(json);
            }

            bool any = false;
            foreach (object?[] row in rows)
            {
                if (!any)
                {
                    json.WriteStartArray("rows");
                    any = true;
                }

                cells.WriteRow(json, fields, row);
            }

            if (any)
            {
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return new GoogleAnswer { Body = buffer.WrittenMemory };
    }

    public static GoogleAnswer Error(GoogleException refused) => Error(refused.Status, refused.Reason, refused.Message, refused.Location);

    public static GoogleAnswer Error(int status, string reason, string message, string? location = null)
    {
        JsonObject detail = new() { ["message"] = message, ["domain"] = reason is "rateLimitExceeded" or "quotaExceeded" or "accessNotConfigured" ? "usageLimits" : "global", ["reason"] = reason };
        if (location is { Length: > 0 })
        {
            detail["location"] = location;
            detail["locationType"] = status is 401 or 412 ? "header" : "other";
        }

        GoogleAnswer answer = Json(new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["errors"] = new JsonArray(detail), ["status"] = Canonical(status) },
        }, status);
        return new GoogleAnswer { Status = status, Body = answer.Body, Reason = reason };
    }

    private static string Canonical(int status) => status switch
    {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 or 410 => "NOT_FOUND",
        409 => "ALREADY_EXISTS",
        412 => "FAILED_PRECONDITION",
        413 => "INVALID_ARGUMENT",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        501 => "UNIMPLEMENTED",
        502 or 503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
}
