using System.Text.Json;

namespace Junipeer.Sandbox.Brightpearl.Front;

/// <summary>A refusal by the API: one entry of an <c>errors</c> array.</summary>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public static ApiException NoResource(string path) => new(404, "CMNC-404", "Cannot find the resource " + path);
}

/// <summary>A finished answer before it goes on the wire.</summary>
internal sealed class Answer : IDisposable
{
    private PooledBuffer? _buffer;

    public const string Json = "application/json;charset=UTF-8";
    private static readonly JsonWriterOptions Options = new() { Encoder = JsonEscapes.Instance, SkipValidation = true };

    public int Status { get; set; } = 200;

    public string ContentType { get; set; } = Json;

    public string MessageType { get; set; } = "api-proxy";

    public ReadOnlyMemory<byte> Body { get; set; }

    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Gives the body's memory back, once it is sent.</summary>
    public void Dispose()
    {
        Body = default;
        _buffer?.Dispose();
        _buffer = null;
    }

    public static Answer Of(int status, Action<Utf8JsonWriter> write)
    {
        PooledBuffer buffer = new(4096);
        try
        {
            using Utf8JsonWriter json = new(buffer, Options);
            write(json);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        return new Answer { Status = status, Body = buffer.Written, _buffer = buffer };
    }

    /// <summary>A gateway answer: a string under <c>response</c>, not an errors array.</summary>
    public static Answer Gateway(int status, string text) => Of(status, json =>
    {
        json.WriteStartObject();
        json.WriteString("response", text);
        json.WriteEndObject();
    });

    public static Answer Error(int status, string code, string message) => Of(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteString("code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
