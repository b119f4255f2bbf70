using System.Net.Http.Json;
using System.Security;
using System.Text.Json;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Sandbox;
using Junipeer.Sandbox.Hosting;
using Xunit;

namespace Junipeer.Tests.Http;

/// <summary>A sandbox of its own, with what a test needs to speak to it and to steer it.</summary>
internal sealed class TestAccount : IAsyncDisposable
{
    /// <summary>Short pauses, so that a test of five retries takes no minute.</summary>
    public static readonly HttpOptions Quick = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(20),
        MostDelay = TimeSpan.FromMilliseconds(100),
        AttemptTimeout = TimeSpan.FromSeconds(20),
    };

    private static readonly HttpClient Admin = new();
    private readonly SandboxServer _server;

    private TestAccount(SandboxServer server) => _server = server;

    public SandboxServer Server => _server;

    public RequestLedger Ledger { get; } = new();

    public TestSink Sink { get; } = new();

    /// <summary>
    /// Starts a sandbox whose address no test of this process called before: what a gate remembers of another sandbox on a
    /// port used again, a limit of 10,000 say, would hold this one's callers back for minutes.
    /// </summary>
    public static async Task<TestAccount> StartAsync(int quota = 100_000, TimeSpan? window = null, bool rolling = false)
    {
        while (true)
        {
            var server = await SandboxServer.StartAsync(
                new SandboxOptions { Port = 0, Orders = 60, Quota = quota, QuotaWindow = window ?? TimeSpan.FromSeconds(60), Rolling = rolling },
                TestContext.Current.CancellationToken);
            if (QuotaGate.For(server.BrightpearlUri, server.Account, "private").Limit == 0) return new TestAccount(server);
            await server.DisposeAsync();
        }
    }

    public BrightpearlConnection Connection(string? account = null, Uri? address = null, BrightpearlAuthentication kind = BrightpearlAuthentication.StaffToken) =>
        ConnectionTo(address ?? _server.BrightpearlUri, account ?? _server.Account, _server.AppReference, kind);

    public static BrightpearlConnection ConnectionTo(Uri address, string account = "sandbox", string app = "sandbox_junipeer", BrightpearlAuthentication kind = BrightpearlAuthentication.StaffToken) => new()
    {
        Name = "main",
        AccountCode = account,
        AppReference = app,
        Kind = kind,
        BaseUri = address,
        SecretReference = new SecretReference(SecretPlace.Memory, "secret-of-main"),
    };

    public BrightpearlClient Client(double? share = null, HttpOptions? options = null, string? token = null, string? account = null) =>
        new(Connection(account), new OneSecret(token ?? _server.StaffToken), share, options ?? Quick);

    /// <summary>A cheap good call.</summary>
    public Task<int> ReadAsync(BrightpearlClient client, string path = "order-service/order-type", CancellationToken? stop = null) =>
        client.GetAsync(path, ReadJson, Ledger, Sink, stop ?? TestContext.Current.CancellationToken);

    /// <summary>Reads the answer as a caller would; gives its status.</summary>
    public static int ReadJson(ApiAnswer answer)
    {
        if (answer.IsEmptyResult) return 0;
        using var document = JsonDocument.Parse(answer.Body);
        return answer.Status;
    }

    public async Task<JunipeerFault> FaultOf(Func<Task> act) => (await Assert.ThrowsAsync<JunipeerException>(act)).Fault;

    public Task SetFaultAsync(object fault) => PostAsync("faults", fault);

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Admin.PostAsJsonAsync(new Uri(_server.AdminUri, path), body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> CountersAsync() =>
        JsonDocument.Parse(await Admin.GetStringAsync(new Uri(_server.AdminUri, "counters"), TestContext.Current.CancellationToken)).RootElement;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    internal sealed class OneSecret(string? secret) : ISecretStore
    {
        public int Reads { get; private set; }

        public async ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
        {
            Reads++;
            await Task.Delay(10, stop); // as a vault does, so that callers meet
            if (secret is null) return null;
            var secure = new SecureString();
            foreach (var c in secret) secure.AppendChar(c);
            return secure;
        }

        public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop) => throw new NotSupportedException();

        public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop) => throw new NotSupportedException();
    }
}
