using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Junipeer.Sandbox.Brightpearl.Front;

namespace Junipeer.Sandbox.Brightpearl.OAuth;

/// <summary>JSON of the token endpoint: unlike the API's own, <c>=</c> and <c>+</c> of a token stand as they are.</summary>
internal static class OAuthJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Answer Of(int status, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            write(json);
        }

        return new Answer { Status = status, Body = buffer.WrittenMemory };
    }
}
