using Junipeer.Brightpearl;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Requests;
using Junipeer.Tests.Http;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>Where calls go, and where they must not.</summary>
public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("https://euw1.brightpearlconnect.com", "https://euw1.brightpearlconnect.com/public-api/acme/x/y")]
    [InlineData("https://euw1.brightpearlconnect.com/", "https://euw1.brightpearlconnect.com/public-api/acme/x/y")]
    [InlineData("https://ws-eu1.brightpearl.com/2.0.0/", "https://ws-eu1.brightpearl.com/2.0.0/acme/x/y")]
    [InlineData("https://proxy.example/bp/public-api", "https://proxy.example/bp/public-api/acme/x/y")]
    [InlineData("https://proxy.example/bp/public-api/acme/", "https://proxy.example/bp/public-api/acme/x/y")]
    [InlineData("http://127.0.0.1:5400", "http://127.0.0.1:5400/public-api/acme/x/y")]
    public void The_prefix_is_the_documented_one_unless_given(string address, string expected) =>
        Assert.Equal(expected, new BrightpearlClientAddress(TestAccount.ConnectionTo(new Uri(address), "acme")).Join("/x/y").OriginalString);

    [Theory]
    [InlineData("https://elsewhere.example/x")]
    [InlineData("//elsewhere.example/x")]
    [InlineData("../other/order-service/order/1")]
    [InlineData("order-service/../../other/order/1")]
    [InlineData("order-service/%2e%2e/%2E%2e/other/order/1")]
    [InlineData("order-service/%252e%252e/x")]
    [InlineData("order-service/..%2fx")]
    [InlineData("order-service\\..\\x")]
    [InlineData("order-service/order/1\r\nX-Evil: 1")]
    [InlineData("public-api/sandbox/order-service/order/1")]
    [InlineData("   ")]
    public async Task A_raw_path_stays_within_the_account(string path)
    {
        var connection = TestAccount.ConnectionTo(new Uri("http://127.0.0.1:1"));
        await using var client = new BrightpearlClient(connection, new TestAccount.OneSecret("c3VwZXJzZWNyZXQ="), 1);
        var ledger = new RequestLedger();
        var thrown = await Assert.ThrowsAsync<JunipeerException>(
            () => client.SendRawAsync(new RawRequest { Connection = connection, Path = path }, ledger, new TestSink(), TestContext.Current.CancellationToken));
        Assert.Equal("Junipeer.Request.BadPath", thrown.Fault.Id);
        Assert.Equal(FaultCategory.InvalidArgument, thrown.Fault.Category);
        Assert.Equal(0, ledger.Requests);
    }

    [Theory]
    [InlineData("order-service/order/1..2")]
    [InlineData("order-service/order-search?createdOn=2026-01-01T00:00:00Z/../x&ref=a://b")]
    [InlineData("/product-service/product-price/*/price-list/1-5")]
    public void A_path_with_dots_elsewhere_is_fine(string path) =>
        new BrightpearlClientAddress(TestAccount.ConnectionTo(new Uri("http://127.0.0.1:1"))).Guard(path);

    [Fact]
    public async Task A_secret_is_read_once_and_must_be_there()
    {
        await using var account = await TestAccount.StartAsync();
        var secret = new TestAccount.OneSecret(account.Server.StaffToken + "\n"); // as pasted
        await using var client = new BrightpearlClient(account.Connection(), secret, 1, TestAccount.Quick);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => account.ReadAsync(client)));
        Assert.Equal(1, secret.Reads);

        foreach (var bad in new[] { null, string.Empty, "  ", "two\nlines", "schl\u00fcssel" })
        {
            await using var without = new BrightpearlClient(account.Connection(), new TestAccount.OneSecret(bad), 1, TestAccount.Quick);
            var fault = await account.FaultOf(() => account.ReadAsync(without));
            Assert.Equal("Junipeer.Authentication.SecretMissing", fault.Id);
        }
    }
}
