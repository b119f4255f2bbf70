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
        using var ended = new CancellationTokenSource();
        var ending = EndAgainAndAgainAsync(app, ended.Token);

        var said = await Task.WhenAll(EndOfAsync(first), EndOfAsync(second));

        await ended.CancelAsync();
        await ending;
        Assert.All(said, s => Assert.Equal("good 250", s));
        await AssertNoneUsedTwiceAsync(app);
        Assert.InRange(await app.RefreshRequestsAsync(), 10, int.MaxValue);
        TestContext.Current.SendDiagnosticMessage($"{await app.RefreshRequestsAsync()} refreshes by two processes");
    }

    /// <summary>The other process's side.</summary>
    [Fact(Explicit = true)]
    public async Task Call()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Variable) is not null, "is run by another test, in a process of its own");
        var order = JsonSerializer.Deserialize<Order>(Environment.GetEnvironmentVariable(Variable)!)!;
        Environment.SetEnvironmentVariable("JUNIPEER_HOME", order.Home);
        var good = 0;
        for (var i = 0; i < 250; i++)
        {
            await using var client = new BrightpearlClient(order.Connection, new UnprotectedStore(), null, TestAccount.Quick);
            try
            {
                await Task.Delay(25, OAuthBox.Stop);
                good += await client.GetAsync("order-service/order-type", TestAccount.ReadJson, new RequestLedger(), new TestSink(), OAuthBox.Stop) == 200 ? 1 : 0;
            }
            catch (JunipeerException failed)
            {
                await Console.Out.WriteLineAsync($"SAID {failed.Fault.Id} {failed.Fault.Message}");
            }
        }

        await Console.Out.WriteLineAsync($"SAID good {good}");
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

    private static async Task EndAgainAndAgainAsync(InstalledApp app, CancellationToken stop)
    {
        // A call has two tries: slowly enough that it can win.
        while (!stop.IsCancellationRequested)
        {
            var before = await app.RefreshesAsync();
            await app.EndTokensAsync();
            for (var i = 0; i < 100 && await app.RefreshesAsync() == before && !stop.IsCancellationRequested; i++) await Task.Delay(20, CancellationToken.None);
            await Task.Delay(300, CancellationToken.None);
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

    private static async Task<string> EndOfAsync(Process process)
    {
        var text = await process.StandardOutput.ReadToEndAsync(OAuthBox.Stop);
        await process.WaitForExitAsync(OAuthBox.Stop);
        var said = text.Split('\n').Where(l => l.Contains("SAID ", StringComparison.Ordinal)).Select(l => l[(l.IndexOf("SAID ", StringComparison.Ordinal) + 5)..].Trim()).ToArray();
        return said.Length > 0 ? string.Join("; ", said) : text;
    }

    private sealed record Order(BrightpearlConnection Connection, string Home);
}
