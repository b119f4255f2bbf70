using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Tests.Http;
using Junipeer.Tests.SandboxOAuth;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>Several users of one connection on one machine, under rotation: a refresh token used twice ends them all.</summary>
[Collection(DataHome.Collection)]
public sealed class SharedTokensTests : IDisposable
{
    private const string Variable = "JUNIPEER_TEST_CALLER";
    private readonly DataHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Fifty_dead_tokens_found_by_four_clients_at_once_cost_fifty_refreshes()
    {
        await using var app = await StartAsync();
        var clients = Enumerable.Range(0, 4).Select(_ => app.Client(store: new UnprotectedStore())).ToArray();
        for (var round = 1; round <= 50; round++)
        {
            await app.EndTokensAsync();
            var statuses = await Task.WhenAll(clients.Select(app.ReadAsync));
            Assert.All(statuses, s => Assert.Equal(200, s));
        }

        foreach (var client in clients) await client.DisposeAsync();
        await AssertNoneUsedTwiceAsync(app);
        Assert.Equal(50, await app.RefreshRequestsAsync());
    }

    [Fact]
    public async Task Two_processes_that_renew_the_same_tokens_never_use_one_twice()
    {
        await using var app = await StartAsync();
        var order = JsonSerializer.Serialize(new Order(app.Connection, _home.Folder.FullName));
        using var first = Start(order);
        using var second = Start(order);
        var said = new ConcurrentQueue<string>[] { new(), new() };
        var ends = new[] { ListenAsync(first, said[0]), ListenAsync(second, said[1]) };
        for (var round = 0; round < 50; round++)
        {
            // A call has two tries, so a token must not end twice within one: both get two calls through in between.
            await WaitAsync(said, ends);
            await app.EndTokensAsync();
        }

        await WaitAsync(said, ends);
        await File.WriteAllTextAsync(_home.FileOf("stop"), string.Empty, OAuthBox.Stop);
        await Task.WhenAll(ends);
        Assert.All(said.SelectMany(s => s), s => Assert.Equal("good", s));
        await AssertNoneUsedTwiceAsync(app);
        Assert.Equal(50, await app.RefreshRequestsAsync());
    }

    /// <summary>The other process's side.</summary>
    [Fact(Explicit = true)]
    public async Task Call()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Variable) is not null, "is run by another test, in a process of its own");
        var order = JsonSerializer.Deserialize<Order>(Environment.GetEnvironmentVariable(Variable)!)!;
        Environment.SetEnvironmentVariable("JUNIPEER_HOME", order.Home);
        while (Directory.Exists(order.Home) && !File.Exists(Path.Combine(order.Home, "stop")))
        {
            await using var client = new BrightpearlClient(order.Connection, new UnprotectedStore(), null, TestAccount.Quick);
            try
            {
                await client.GetAsync("order-service/order-type", TestAccount.ReadJson, new RequestLedger(), new TestSink(), OAuthBox.Stop);
                await Console.Out.WriteLineAsync("SAID good");
            }
            catch (JunipeerException failed)
            {
                await Console.Out.WriteLineAsync($"SAID {failed.Fault.Id} {failed.Fault.Message}");
            }
        }
    }

    private static async Task<InstalledApp> StartAsync()
    {
        var app = await InstalledApp.StartAsync(null, ("oldAccessToken", "lives"));
        var document = app.Document;
        app.Connection = app.Connection with { SecretReference = new SecretReference(SecretPlace.File, SecretReference.NameFor("Brightpearl", "main")) };
        using var secret = document.Hide();
        await new UnprotectedStore().WriteAsync(app.Connection, secret, OAuthBox.Stop);
        return app;
    }

    private static async Task AssertNoneUsedTwiceAsync(InstalledApp app)
    {
        var counters = (await app.Box.LookAsync()).GetProperty("counters");
        Assert.Equal(0, counters.GetProperty("deadRefreshTokens").GetInt32());
        Assert.Equal(0, counters.GetProperty("refreshesOverlapped").GetInt32());
    }

    private static async Task WaitAsync(ConcurrentQueue<string>[] said, Task[] ends)
    {
        var before = said.Select(s => s.Count).ToArray();
        while (said.Where((s, i) => s.Count < before[i] + 2).Any())
        {
            Assert.DoesNotContain(ends, e => e.IsCompleted);
            await Task.Delay(5, OAuthBox.Stop);
        }
    }

    private static Process Start(string order)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["exec", typeof(SharedTokensTests).Assembly.Location, "-method", $"{typeof(SharedTokensTests).FullName}.{nameof(Call)}", "-explicit", "only", "-noColor"])
            start.ArgumentList.Add(argument);
        start.Environment[Variable] = order;
        return Process.Start(start)!;
    }

    private static async Task ListenAsync(Process process, ConcurrentQueue<string> said)
    {
        while (await process.StandardOutput.ReadLineAsync(OAuthBox.Stop) is { } line)
        {
            if (line.IndexOf("SAID ", StringComparison.Ordinal) is >= 0 and var at) said.Enqueue(line[(at + 5)..].Trim());
        }

        await process.WaitForExitAsync(OAuthBox.Stop);
    }

    private sealed record Order(BrightpearlConnection Connection, string Home);
}
