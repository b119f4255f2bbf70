using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Google.OAuth;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Google.Front;

/// <summary>One request on its way to a method of the API.</summary>
internal sealed class GoogleCall
{
    /// <summary>The documented size of a query request; bigger ones belong to uploads and insertAll.</summary>
    private const int LongestBody = 20 * 1024 * 1024;

    public required GoogleSandbox Sandbox { get; init; }

    public required HttpContext Http { get; init; }

    public required RequestTarget Target { get; init; }

    public required Operation Operation { get; init; }

    /// <summary>The variable parts of the path, by name.</summary>
    public required IReadOnlyDictionary<string, string> Path { get; init; }

    public string Method => Http.Request.Method;

    /// <summary>Who asks; not set for the few requests that need no token.</summary>
    public GoogleCaller Caller { get; set; } = null!;

    /// <summary>The body, once it is read and has been checked; empty for none.</summary>
    public JsonElement Body { get; set; }

    /// <summary>The form of a token request, when it was read to see what it asks.</summary>
    public byte[]? Form { get; set; }

    /// <summary>The faults that strike this request.</summary>
    public List<Fault> Faults { get; set; } = [];

    public HashSet<Fault> Announced { get; } = [];

    public string Project => Path["project"];

    public string? IfMatch => Http.Request.Headers.IfMatch.ToString() is { Length: > 0 } etag && etag != "*" ? etag.Trim('"') : null;

    public string Root => "http://" + Sandbox.Host;

    public Fault? Fault(string kind) => Faults.FirstOrDefault(f => f.Kind == kind);

    public string? Query(string name)
    {
        foreach ((string key, string value) in Target.Query)
        {
            if (key == name && value.Length > 0)
            {
                return value;
            }
        }

        return null;
    }

    public long? Number(string name, long low = 0, long high = long.MaxValue) => Query(name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= low && number <= high => number,
        var text => throw GoogleException.Bad($"Invalid value at '{name}' (TYPE_UINT32), \"{text}\""),
    };

    public bool Flag(string name) => Query(name) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw GoogleException.Bad($"Invalid value at '{name}' (TYPE_BOOL), \"{text}\""),
    };

    /// <summary>The text of the body, unpacked if it came gzipped.</summary>
    public async Task<byte[]> ReadAsync(int limit = LongestBody)
    {
        string encoding = Http.Request.Headers.ContentEncoding.ToString();
        Stream source = encoding switch
        {
            "" or "identity" => Http.Request.Body,
            "gzip" => new GZipStream(Http.Request.Body, CompressionMode.Decompress),
            _ => throw GoogleException.Bad($"Content-Encoding {encoding} is not supported."),
        };
        using MemoryStream whole = new();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await source.ReadAsync(buffer, Http.RequestAborted)) > 0;)
            {
                whole.Write(buffer, 0, read);
                if (whole.Length > limit)
                {
                    throw new GoogleException(413, "uploadTooLarge", $"Request payload size exceeds the limit: {limit} bytes.");
                }
            }
        }
        catch (InvalidDataException)
        {
            throw GoogleException.Bad("The body is not what its Content-Encoding says.");
        }

        return whole.ToArray();
    }

    public static JsonElement Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 200 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw GoogleException.Bad("Invalid JSON payload received. Unknown name \"\": Root element must be a message.");
        }
        catch (JsonException wrong)
        {
            throw new GoogleException(400, "parseError", $"Invalid JSON payload received. {wrong.Message.Split(" LineNumber", 2)[0]}");
        }
    }
}
