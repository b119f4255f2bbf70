using System.Text;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Norce.Identity;
using Microsoft.AspNetCore.Http;

namespace Junipeer.Sandbox.Norce.Front;

/// <summary>The parts of the service; each has its own way to refuse.</summary>
internal enum NorceArea
{
    None,
    Identity,
    Query,
    Connect,
    Services,
}

/// <summary>One request on its way.</summary>
internal sealed class NorceCall
{
    /// <summary>What Kestrel and most gateways take when nobody says otherwise.</summary>
    private const int LongestBody = 30_000_000;

    public required NorceSandbox Sandbox { get; init; }

    public required HttpContext Http { get; init; }

    public required RequestTarget Target { get; init; }

    public NorceArea Area { get; init; }

    /// <summary>What is asked for, as counters and faults name it: <c>query.Products.ProductSkus</c>, <c>connect.Job.Get</c>.</summary>
    public string Operation { get; init; } = "(unknown)";

    /// <summary>The path below the area and its version, each part decoded by itself: a key may hold a slash.</summary>
    public string[] Rest { get; init; } = [];

    public string Version { get; init; } = string.Empty;

    public string Method => Http.Request.Method;

    /// <summary>The faults that strike this request.</summary>
    public List<Fault> Faults { get; set; } = [];

    public HashSet<Fault> Announced { get; } = [];

    public NorceToken Token { get; set; } = null!;

    /// <summary>The market that the request names; null when it names none.</summary>
    public int? ApplicationId { get; set; }

    public string Root => "http://" + (Http.Request.Host.HasValue ? Http.Request.Host.Value : Sandbox.Host);

    public Fault? Fault(string kind) => Faults.FirstOrDefault(f => f.Kind == kind);

    /// <summary>A request header; null when it was not sent, or got lost by a fault.</summary>
    public string? Header(string name) =>
        Http.Request.Headers.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) && !Faults.Any(f => f.Kind == "header-missing" && string.Equals(f.Mode, name, StringComparison.OrdinalIgnoreCase))
            ? values.Count == 1 ? values[0] : throw NorceException.Bad($"The header {name} was sent {values.Count} times.")
            : null;

    public string? Query(string name)
    {
        foreach ((string key, string value) in Target.Query)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    public async Task<byte[]> ReadAsync(int limit = LongestBody)
    {
        using MemoryStream whole = new();
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await Http.Request.Body.ReadAsync(buffer, Http.RequestAborted)) > 0;)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > limit)
            {
                throw new NorceException(413, "RequestEntityTooLarge", $"The body is longer than {limit} bytes.");
            }
        }

        return whole.ToArray();
    }

    public static string DecodePart(string part) => Uri.UnescapeDataString(part);

    public static string Utf8(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
