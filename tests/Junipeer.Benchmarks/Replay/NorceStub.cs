using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Junipeer.Benchmarks.Replay;

/// <summary>Takes imports as Norce does and throws them away: every job is done as soon as it is made.</summary>
internal static class NorceStub
{
    /// <summary>Runs until its standard input ends; prints its address first.</summary>
    public static async Task RunAsync()
    {
        long jobs = 0;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        await using var app = builder.Build();
        app.Run(async http =>
        {
            var path = http.Request.Path.Value ?? string.Empty;
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.ContentType = "application/json";
            var answer = path.EndsWith("/token", StringComparison.Ordinal) ? """{"access_token":"bench","expires_in":3600,"token_type":"Bearer"}"""
                : path.EndsWith("/GetLog", StringComparison.OrdinalIgnoreCase) ? "[]"
                : path.EndsWith("/Get", StringComparison.OrdinalIgnoreCase) ? $$"""{"Id":{{http.Request.Query["id"]}},"IsFinished":true,"StatusId":2,"Totals":1,"Inserts":0,"Updates":1,"Fail":0}"""
                : string.Create(CultureInfo.InvariantCulture, $$"""{"JobId":{{Interlocked.Increment(ref jobs)}},"Description":"Ok"}""");
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer));
        });
        await app.StartAsync();
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await app.StopAsync();
    }
}
