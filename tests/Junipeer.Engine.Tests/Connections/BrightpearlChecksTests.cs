using Junipeer.Connections;
using Junipeer.Connections.Checks;
using Junipeer.Tests.Http;
using Xunit;

namespace Junipeer.Tests.Connections;

/// <summary>What <c>Test-JunipeerConnection</c> says.</summary>
public sealed class BrightpearlChecksTests
{
    private static readonly string[] Names = ["SecretStore", "NameResolves", "Tls", "Reachable", "Authenticated", "Account", "DataCenter", "BaseCurrency", "Permissions", "QuotaLeft", "TokenLifetime", "ClockSkew"];

    [Fact]
    public async Task A_good_connection_passes_with_one_request_and_one_for_each_right()
    {
        await using var account = await TestAccount.StartAsync();
        var checks = await RunAsync(account, account.Connection());
        Assert.All(checks.Values.Where(check => check.Check != "Tls"), check => Assert.Equal(CheckStatus.Passed, check.Status));
        Assert.Equal(CheckStatus.Skipped, checks["Tls"].Status); // plain http, to this machine
        Assert.Matches("^[A-Z]{3}$", checks["BaseCurrency"].Detail);
        Assert.Contains("99,994", checks["QuotaLeft"].Detail, StringComparison.Ordinal);
        Assert.Equal(6, (await account.CountersAsync()).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task The_currency_is_found_at_its_other_place_too()
    {
        await using var account = await TestAccount.StartAsync();
        await PutQuirkAsync(account, "accountConfiguration", "flat");
        Assert.Equal(CheckStatus.Passed, (await RunAsync(account, account.Connection()))["BaseCurrency"].Status);
    }

    [Fact]
    public async Task Without_the_configuration_the_price_lists_stand_in()
    {
        await using var account = await TestAccount.StartAsync();
        await account.SetFaultAsync(new { kind = "status", status = 403, match = new { resource = "account-configuration" }, times = (int?)null });
        var checks = await RunAsync(account, account.Connection());
        Assert.Equal(CheckStatus.Passed, checks["Authenticated"].Status);
        Assert.Equal(CheckStatus.Warning, checks["BaseCurrency"].Status);
        Assert.Equal(7, (await account.CountersAsync()).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_wrong_token_fails_one_check_and_says_what_to_run()
    {
        await using var account = await TestAccount.StartAsync();
        var checks = await RunAsync(account, account.Connection(), "wrong-wrong-wrong-wrong-wrong");
        Assert.Equal(CheckStatus.Passed, checks["Reachable"].Status);
        Failed(checks["Authenticated"], "Junipeer.Authentication.Failed");
        Assert.Contains("Connect-Brightpearl", checks["Authenticated"].Fix, StringComparison.Ordinal);
        Assert.Equal(CheckStatus.Skipped, checks["Account"].Status);
        Assert.Equal(CheckStatus.Skipped, checks["BaseCurrency"].Status);
        Assert.Equal(CheckStatus.Passed, checks["QuotaLeft"].Status);
        Assert.Equal(CheckStatus.Passed, checks["ClockSkew"].Status);
    }

    [Fact]
    public async Task A_missing_token_is_found_without_a_request()
    {
        await using var account = await TestAccount.StartAsync();
        var checks = await RunAsync(account, account.Connection(), null);
        Failed(checks["SecretStore"], "Junipeer.Authentication.SecretMissing");
        Assert.Equal(CheckStatus.Skipped, checks["Authenticated"].Status);
        Assert.Equal(0, (await account.CountersAsync()).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_right_that_is_missing_is_named()
    {
        await using var account = await TestAccount.StartAsync();
        await account.SetFaultAsync(new { kind = "status", status = 403, match = new { resource = "brand" }, times = (int?)null });
        var check = (await RunAsync(account, account.Connection()))["Permissions"];
        Assert.Equal(CheckStatus.Warning, check.Status);
        Assert.Equal("may not read products", check.Detail);
    }

    [Fact]
    public async Task A_wrong_account_is_named()
    {
        await using var account = await TestAccount.StartAsync();
        var checks = await RunAsync(account, account.Connection("nobody"));
        Assert.Equal(CheckStatus.Passed, checks["Reachable"].Status);
        Failed(checks["Account"], "Junipeer.Connection.WrongAccount");
    }

    [Fact]
    public async Task The_account_of_somebody_else_refuses_the_token()
    {
        await using var account = await TestAccount.StartAsync();
        Failed((await RunAsync(account, account.Connection(account.Server.OtherAccount)))["Authenticated"], "Junipeer.Authentication.Failed");
    }

    [Fact]
    public async Task An_unreachable_host_skips_the_rest()
    {
        await using var account = await TestAccount.StartAsync();
        var checks = await RunAsync(account, account.Connection(address: new Uri("http://127.0.0.1:1")));
        Failed(checks["Reachable"], "Junipeer.Connection.Unreachable");
        Assert.All(Names.Skip(4), name => Assert.Equal(CheckStatus.Skipped, checks[name].Status));
        checks = await RunAsync(account, account.Connection(address: new Uri("https://no-such-host.invalid")));
        Failed(checks["NameResolves"], "Junipeer.Connection.Unreachable");
        Assert.All(Names.Skip(2), name => Assert.Equal(CheckStatus.Skipped, checks[name].Status));
    }

    [Fact]
    public async Task An_outage_is_told_from_a_used_up_quota()
    {
        await using var account = await TestAccount.StartAsync();
        await account.SetFaultAsync(new { kind = "outage", times = 1 });
        Failed((await RunAsync(account, account.Connection()))["Reachable"], "Junipeer.Service.Unavailable");
        await account.SetFaultAsync(new { kind = "throttle-storm", times = 1 });
        var checks = await RunAsync(account, account.Connection());
        Assert.Equal(CheckStatus.Passed, checks["Reachable"].Status);
        Assert.Equal(CheckStatus.Skipped, checks["Authenticated"].Status);
        Failed(checks["QuotaLeft"], "Junipeer.Quota.Exhausted");
    }

    [Theory]
    [InlineData(30, CheckStatus.Passed)]
    [InlineData(-120, CheckStatus.Warning)]
    [InlineData(1200, CheckStatus.Failed)]
    public async Task A_wrong_clock_is_noticed(int seconds, CheckStatus status)
    {
        await using var account = await TestAccount.StartAsync();
        await account.PostAsync("clock", new { skewSeconds = seconds });
        var check = (await RunAsync(account, account.Connection()))["ClockSkew"];
        Assert.Equal(status, check.Status);
        if (status != CheckStatus.Passed) Assert.NotNull(check.Fix);
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("https://user:pw@example.com")]
    public async Task An_address_that_would_give_the_token_away_is_refused(string address)
    {
        await using var account = await TestAccount.StartAsync();
        Failed((await RunAsync(account, account.Connection(address: new Uri(address))))["NameResolves"], "Junipeer.Connection.BadAddress");
    }

    private static void Failed(ConnectionCheck check, string id)
    {
        Assert.Equal(CheckStatus.Failed, check.Status);
        Assert.Equal(id, check.ErrorId);
        Assert.False(string.IsNullOrEmpty(check.Cause));
        Assert.False(string.IsNullOrEmpty(check.Fix));
    }

    private static Task<Dictionary<string, ConnectionCheck>> RunAsync(TestAccount account, BrightpearlConnection connection) =>
        RunAsync(account, connection, account.Server.StaffToken);

    private static async Task<Dictionary<string, ConnectionCheck>> RunAsync(TestAccount account, BrightpearlConnection connection, string? token)
    {
        var checks = await Doctor.RunAsync(connection, new TestAccount.OneSecret(token), account.Sink, TestContext.Current.CancellationToken);
        Assert.Equal(Names, checks.Select(check => check.Check));
        Assert.Empty(account.Sink.Warnings);
        return checks.ToDictionary(check => check.Check);
    }

    private static async Task PutQuirkAsync(TestAccount account, string name, string value)
    {
        using var http = new HttpClient();
        using var content = new StringContent($"{{\"{name}\":\"{value}\"}}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri(account.Server.AdminUri, "quirks"), content, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
