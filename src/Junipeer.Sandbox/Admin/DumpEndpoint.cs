using System.Buffers;
using System.Text.Json;
using Junipeer.Sandbox.Brightpearl;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.Resources;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Admin;

/// <summary>The sandbox's own truth, one document a line, to compare with what a client made of its answers.</summary>
internal static class DumpEndpoint
{
    public static object Index(BrightpearlSandbox sandbox) => sandbox.Resources
        .Where(r => r.Dump is not null)
        .OrderBy(r => r.Name, StringComparer.Ordinal)
        .Select(r => new { resource = r.Name, service = r.Service, count = Count(sandbox, r), keyFields = r.KeyFields, shape = r.Shape, assumed = r.Assumed });

    public static async Task Write(HttpContext http, BrightpearlSandbox sandbox, string name)
    {
        Resource resource = sandbox.Resources.FirstOrDefault(r => r.Name == name && r.Dump is not null) ?? throw new ArgumentException($"There is no resource '{name}'; GET /_sandbox/dump lists them.");
        bool asRows = http.Request.Query["view"] == "rows";
        if (asRows && resource.Rows is null) throw new ArgumentException($"'{name}' has no search, so there are no rows to show.");
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        http.Response.Headers["x-sandbox-key-fields"] = string.Join(",", resource.KeyFields);
        http.Response.Headers["x-sandbox-shape"] = asRows ? "row" : resource.Shape;
        if (!asRows) http.Response.Headers["x-sandbox-count"] = Count(sandbox, resource).ToString(System.Globalization.CultureInfo.InvariantCulture);
        ArrayBufferWriter<byte> buffer = new(1 << 17);
        using Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Encoder = JsonEscapes.Instance, SkipValidation = true });
        DocWriter doc = new(json, sandbox, new HashSet<string>(), isDump: true);
        foreach (Action<DocWriter> write in (asRows ? resource.Rows! : resource.Dump!)(sandbox.World))
        {
            write(doc);
            json.Flush();
            buffer.Write("\n"u8);
            json.Reset();
            if (buffer.WrittenCount > 1 << 16)
            {
                await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
                buffer.ResetWrittenCount();
            }
        }

        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static int Count(BrightpearlSandbox sandbox, Resource resource) => resource.Count?.Invoke(sandbox.World) ?? resource.Dump!(sandbox.World).Count();
}
