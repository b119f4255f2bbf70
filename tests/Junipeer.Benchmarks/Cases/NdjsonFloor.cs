using System.Buffers;
using System.IO.Compression;
using System.Net;
using Junipeer.Benchmarks.Replay;

namespace Junipeer.Benchmarks.Cases;

/// <summary>The least an export into a compressed file can cost: the same answers, asked for in the same way, gzipped at the same level, never looked into.</summary>
internal static class NdjsonFloor
{
    private const int InFlight = 4;

    public static async Task<(long Records, long Bytes)> RunAsync(Uri server, long orders, string folder)
    {
        var path = Path.Combine(folder, "floor.json.gz");
        using (var http = Client(server, orders))
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            await using (var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
            {
                await DownloadAsync(http, body =>
                {
                    lock (gzip) gzip.Write(body.Span);
                });
            }

            file.Flush(flushToDisk: true);
        }

        return (orders, new FileInfo(path).Length);
    }

    /// <summary>The same, and nothing done with it.</summary>
    public static async Task DownloadAsync(HttpClient http, Action<ReadOnlyMemory<byte>> take)
    {
        var uris = await Templates.ListAsync(http, "order-service/order");
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(WorkAsync)));

        async Task WorkAsync()
        {
            for (int at; (at = Interlocked.Increment(ref next)) < uris.Count;)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"order-service{uris[at]}?includeOptional=customFields,nullCustomFields");
                using var response = (await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
                var length = (int)response.Content.Headers.ContentLength!.Value;
                var buffer = ArrayPool<byte>.Shared.Rent(length);
                await using var body = await response.Content.ReadAsStreamAsync();
                await body.ReadExactlyAsync(buffer.AsMemory(0, length));
                take(buffer.AsMemory(0, length));
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    public static HttpClient Client(Uri server, long orders)
    {
        var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli, UseCookies = false })
        {
            BaseAddress = new Uri(server, $"public-api/n{orders}/"),
        };
        http.DefaultRequestHeaders.Add("brightpearl-app-ref", "benchmark");
        http.DefaultRequestHeaders.Add("brightpearl-staff-token", "benchmark");
        return http;
    }
}
