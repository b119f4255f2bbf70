using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Junipeer.Benchmarks.Replay;

/// <summary>
/// Answers OPTIONS and GET of orders with canned bytes into which only the id is written. An account named <c>n100000</c>
/// has that many orders, so one server serves every size and holds none of them.
/// </summary>
internal static class ReplayServer
{
    private const string OrderPath = "order-service/order";

    /// <summary>Runs until its standard input ends; prints its address first.</summary>
    public static async Task RunAsync()
    {
        var templates = await Templates.TakeAsync();
        var listings = new Dictionary<long, byte[]>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.Run(http => AnswerAsync(http, templates, listings));
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var size = templates.All.Average(t => t.Before.Length + t.After.Length + 6);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{address} {templates.All.Count} {size:F0}"));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await app.StopAsync();
    }

    private static Task AnswerAsync(HttpContext http, Templates templates, Dictionary<long, byte[]> listings)
    {
        // /public-api/n100000/order-service/order/1-28,30-57?includeOptional=...
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var parts = Uri.UnescapeDataString(query < 0 ? target : target[..query]).TrimStart('/').Split('/', 3);
        var headers = http.Response.Headers;
        headers.ContentType = "application/json;charset=UTF-8";
        headers["ruid"] = "00000000-0000-4000-8000-000000000000";
        headers["brightpearl-requests-remaining"] = "100000";
        headers["brightpearl-next-throttle-period"] = "60000";
        if (parts is not ["public-api", ['n', .. var size], var path] || !long.TryParse(size, CultureInfo.InvariantCulture, out var orders)) return Missing(http);
        if (templates.Others.TryGetValue(path, out var other)) return WriteAsync(http, other);
        if (path == OrderPath && http.Request.Method == "OPTIONS")
        {
            byte[] listing;
            lock (listings)
            {
                if (!listings.TryGetValue(orders, out listing!)) listings[orders] = listing = IdSpace.Listing(orders);
            }

            return WriteAsync(http, listing);
        }

        return path.StartsWith(OrderPath + "/", StringComparison.Ordinal) && http.Request.Method == "GET"
            ? WriteOrdersAsync(http, templates, path[(OrderPath.Length + 1)..], orders)
            : Missing(http);
    }

    private static async Task WriteOrdersAsync(HttpContext http, Templates templates, string set, long orders)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        buffer.Write("{\"response\":["u8);
        var first = true;
        foreach (var part in set.Split(','))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            var from = long.Parse(dash < 0 ? part : part[..dash], CultureInfo.InvariantCulture);
            var to = dash < 0 ? from : long.Parse(part[(dash + 1)..], CultureInfo.InvariantCulture);
            for (var id = from; id <= to; id++)
            {
                if (!IdSpace.Exists(id, orders)) continue;
                if (!first) buffer.Write(","u8);
                first = false;
                var template = templates.All[(int)(id % templates.All.Count)];
                buffer.Write(template.Before);
                Utf8Formatter.TryFormat(id, buffer.GetSpan(24), out var written);
                buffer.Advance(written);
                buffer.Write(template.After);
            }
        }

        buffer.Write("]}"u8);
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static Task WriteAsync(HttpContext http, byte[] body)
    {
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    private static Task Missing(HttpContext http)
    {
        http.Response.StatusCode = 404;
        return WriteAsync(http, Encoding.ASCII.GetBytes("{\"errors\":[{\"code\":\"CMNC-404\",\"message\":\"Cannot find the resource\"}]}"));
    }
}
