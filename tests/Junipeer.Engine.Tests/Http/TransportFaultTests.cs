using System.Net;
using System.Net.Sockets;
using Junipeer.Brightpearl;
using Junipeer.Connections;
using Junipeer.Http;
using Junipeer.Operations;
using Xunit;

namespace Junipeer.Tests.Http;

/// <summary>Hosts that are not there, or not what they should be.</summary>
public sealed class TransportFaultTests
{
    private readonly TestSink _sink = new();
    private readonly RequestLedger _ledger = new();

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var fault = await FaultOf(new Uri($"http://127.0.0.1:{port}"));
        Assert.Equal("Junipeer.Connection.Unreachable", fault.Id);
        Assert.Equal(FaultCategory.ConnectionError, fault.Category);
        Assert.Contains($"127.0.0.1:{port}", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, _ledger.Requests); // one more try, and no half a minute for a typing error
    }

    [Fact]
    public async Task An_unknown_name_is_unreachable()
    {
        var fault = await FaultOf(new Uri("https://no-such-host.invalid"));
        Assert.Equal("Junipeer.Connection.Unreachable", fault.Id);
        Assert.Contains("no-such-host.invalid", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_data_centre_without_a_host_is_named()
    {
        var connection = TestAccount.ConnectionTo(new Uri("https://euw9.invalid")) with { DataCenter = "euw9" };
        var fault = await FaultOf(connection);
        Assert.Equal("Junipeer.Connection.WrongDataCenter", fault.Id);
        Assert.Contains("euw1, use1", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, _ledger.Requests);
    }

    [Fact]
    public async Task Plain_text_where_tls_is_expected_is_a_tls_fault()
    {
        await using var server = new RawServer(_ => RawServer.Answer("200 OK", "hello"));
        var fault = await FaultOf(new Uri($"https://127.0.0.1:{server.Address.Port}"));
        Assert.Equal("Junipeer.Connection.Tls", fault.Id);
        Assert.False(fault.IsTransient);
        Assert.Equal(1, _ledger.Requests);
    }

    [Theory]
    [InlineData("200 OK", "<html><title>Welcome to nginx</title></html>")]
    [InlineData("404 Not Found", "<html><title>Not here</title></html>")]
    [InlineData("401 Unauthorized", "<html></html>")]
    public async Task Another_web_server_is_not_brightpearl(string status, string page)
    {
        await using var server = new RawServer(_ => RawServer.Answer(status, page));
        var fault = await FaultOf(server.Address);
        Assert.Equal("Junipeer.Connection.NotBrightpearl", fault.Id);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = new RawServer(_ => RawServer.Answer("200 OK", "{}"));
        await using var server = new RawServer(_ => RawServer.Answer("302 Found", "", $"Location: {elsewhere.Address}steal?token=x\r\n"));
        var fault = await FaultOf(server.Address);
        Assert.Equal("Junipeer.Connection.Redirected", fault.Id);
        Assert.Equal(0, elsewhere.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Encoding: identity\r\n")]
    public async Task A_body_beyond_the_bound_is_refused(string headers)
    {
        var body = "{\"response\":\"" + new string('x', 3_000_000) + "\"}";
        await using var server = new RawServer(_ => headers.Length == 0
            ? RawServer.Answer("200 OK", body, "Content-Type: application/json\r\nruid: r1\r\n")
            : [.. "HTTP/1.1 200 OK\r\nruid: r1\r\nConnection: close\r\n\r\n"u8, .. System.Text.Encoding.UTF8.GetBytes(body)]);
        var fault = await FaultOf(TestAccount.ConnectionTo(server.Address), TestAccount.Quick with { MostBytes = 1024 * 1024 });
        Assert.Equal("Junipeer.Response.TooLarge", fault.Id);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task An_edge_refusal_is_not_repeated()
    {
        await using var server = new RawServer(_ => RawServer.Answer("403 Forbidden", "<html><title>Access denied</title></html>", "server: cloudflare\r\nContent-Type: text/html\r\n"));
        var fault = await FaultOf(server.Address);
        Assert.Equal("Junipeer.Service.EdgeError", fault.Id);
        Assert.False(fault.IsTransient);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Exactly_one_token_header_is_sent_and_the_path_as_written()
    {
        await using var server = new RawServer(_ => RawServer.Answer("200 OK", "{\"response\":[]}", "Content-Type: application/json\r\nruid: r1\r\n"));
        await CallAsync(TestAccount.ConnectionTo(server.Address), TestAccount.Quick, "order-service/order/1-3,7,*|x/y?columns=a,b&q=a b\u00e9%2B%zz#x");
        Assert.StartsWith("GET /public-api/sandbox/order-service/order/1-3,7,*|x/y?columns=a,b&q=a%20b%C3%A9%2B%25zz%23x HTTP/1.1", server.LastHead, StringComparison.Ordinal);
        Assert.Contains("brightpearl-staff-token: c3VwZXJzZWNyZXR0b2tlbg==", server.LastHead, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("brightpearl-app-ref: sandbox_junipeer", server.LastHead, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("account-token", server.LastHead, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("authorization", server.LastHead, StringComparison.OrdinalIgnoreCase);

        await CallAsync(TestAccount.ConnectionTo(server.Address, kind: BrightpearlAuthentication.AccountToken), TestAccount.Quick, "x");
        Assert.Contains("brightpearl-account-token:", server.LastHead, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("staff-token", server.LastHead, StringComparison.OrdinalIgnoreCase);
    }

    private Task<JunipeerFault> FaultOf(Uri address) => FaultOf(TestAccount.ConnectionTo(address));

    private async Task<JunipeerFault> FaultOf(BrightpearlConnection connection, HttpOptions? options = null)
    {
        var fault = (await Assert.ThrowsAsync<JunipeerException>(() => CallAsync(connection, options ?? TestAccount.Quick, "order-service/order-type"))).Fault;
        Assert.Equal("Brightpearl", fault.System);
        Assert.NotEmpty(fault.RecommendedAction);
        Assert.DoesNotContain("c3VwZXJz", fault + _sink.Everything, StringComparison.Ordinal);
        return fault;
    }

    private async Task CallAsync(BrightpearlConnection connection, HttpOptions options, string path)
    {
        await using var client = new BrightpearlClient(connection, new TestAccount.OneSecret("c3VwZXJzZWNyZXR0b2tlbg=="), 1, options);
        await client.GetAsync(path, TestAccount.ReadJson, _ledger, _sink, TestContext.Current.CancellationToken);
    }
}
