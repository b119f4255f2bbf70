using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Requests;
using Xunit;

namespace Junipeer.Tests.Http;

/// <summary>What the sandbox does wrong on purpose, and what becomes of it.</summary>
public sealed class ServiceFaultTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("outage")]
    [InlineData("html")]
    [InlineData("truncate")]
    [InlineData("drop-before")]
    [InlineData("drop-after")]
    [InlineData("drop-mid-body")]
    [InlineData("throttle-storm")]
    public async Task A_passing_fault_is_outlived(string kind)
    {
        await using var account = await TestAccount.StartAsync(window: TimeSpan.FromMilliseconds(300));
        await using var client = account.Client(1);
        await account.SetFaultAsync(new { kind, times = 3 });
        Assert.Equal(200, await account.ReadAsync(client));
        Assert.Equal(4, account.Ledger.Requests);
        Assert.Equal(3, account.Ledger.Retries);
        Assert.Equal(kind == "throttle-storm" ? 3 : 0, account.Ledger.Throttled);
        Assert.Equal(4, (await account.CountersAsync()).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("outage", "Junipeer.Service.Unavailable", 503)]
    [InlineData("html", "Junipeer.Service.EdgeError", 502)]
    [InlineData("truncate", "Junipeer.Response.Invalid", 200)]
    [InlineData("drop-after", "Junipeer.Connection.Dropped", null)]
    [InlineData("drop-mid-body", "Junipeer.Connection.Dropped", null)]
    public async Task A_lasting_fault_ends_after_six_tries(string kind, string id, int? status)
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        await account.ReadAsync(client);
        await account.SetFaultAsync(new { kind, times = (int?)null });
        var fault = await account.FaultOf(() => account.ReadAsync(client));
        Assert.Equal(id, fault.Id);
        Assert.Equal(status, fault.StatusCode);
        Assert.True(fault.IsTransient);
        Assert.Contains("Tried 6 times", fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(fault.RecommendedAction);
        Assert.Equal(7, account.Ledger.Requests);
        Assert.Equal((6, TimeSpan.FromMinutes(5)), (1 + HttpOptions.Default.OutageRetries, HttpOptions.Default.OutageTime));
    }

    [Fact]
    public async Task A_lasting_throttle_ends_too()
    {
        Assert.Equal(10, HttpOptions.Default.ThrottleRetries);
        await using var account = await TestAccount.StartAsync(window: TimeSpan.FromMilliseconds(200));
        await using var client = account.Client(1, TestAccount.Quick with { ThrottleRetries = 3, OutageRetries = 1 });
        await account.SetFaultAsync(new { kind = "throttle-storm" });
        var fault = await account.FaultOf(() => account.ReadAsync(client));
        Assert.Equal("Junipeer.Quota.Exhausted", fault.Id);
        Assert.Equal(FaultCategory.LimitsExceeded, fault.Category);
        Assert.Equal(4, account.Ledger.Throttled); // and none of them counted as an outage
        Assert.True(fault.IsTransient);
    }

    [Fact]
    public async Task A_500_with_an_error_array_is_the_callers_mistake()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        var fault = await account.FaultOf(() => account.ReadAsync(client, "order-service/order-search?orderStatusId=abc"));
        Assert.Equal("Junipeer.Request.Refused", fault.Id);
        Assert.Equal(500, fault.StatusCode);
        Assert.Equal("CMNC-018", fault.ErrorCode);
        Assert.Contains("cannot be parsed", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsTransient);
        Assert.NotNull(fault.RequestId);
        Assert.Equal(1, account.Ledger.Requests);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(504, true)]
    [InlineData(520, true)]
    [InlineData(403, false)]
    [InlineData(409, false)]
    public async Task A_status_without_an_error_array_is_repeated_when_it_is_an_outage(int status, bool again)
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        await account.SetFaultAsync(new { kind = "status", status, times = 1 });
        if (again) Assert.Equal(200, await account.ReadAsync(client));
        else await account.FaultOf(() => account.ReadAsync(client));
        Assert.Equal(again ? 2 : 1, account.Ledger.Requests);
    }

    [Fact]
    public async Task A_forbidden_call_is_a_fault_of_its_own()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        await account.SetFaultAsync(new { kind = "status", status = 403 });
        var fault = await account.FaultOf(() => account.ReadAsync(client));
        Assert.Equal("Junipeer.Authentication.Forbidden", fault.Id);
        Assert.Equal(FaultCategory.PermissionDenied, fault.Category);
    }

    [Fact]
    public async Task A_slow_answer_times_out_and_is_asked_for_again()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1, TestAccount.Quick with { AttemptTimeout = TimeSpan.FromMilliseconds(700), OutageRetries = 1 });
        await account.SetFaultAsync(new { kind = "delay", milliseconds = 3000, times = 1 });
        Assert.Equal(200, await account.ReadAsync(client));
        await account.SetFaultAsync(new { kind = "delay", milliseconds = 3000, times = (int?)null });
        var fault = await account.FaultOf(() => account.ReadAsync(client));
        Assert.Equal("Junipeer.Connection.Timeout", fault.Id);
        Assert.Equal(FaultCategory.OperationTimeout, fault.Category);
    }

    [Fact]
    public async Task An_outage_ends_when_its_time_is_up()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1, TestAccount.Quick with { OutageTime = TimeSpan.Zero });
        await account.SetFaultAsync(new { kind = "outage" });
        await account.FaultOf(() => account.ReadAsync(client));
        Assert.Equal(1, account.Ledger.Requests);
    }

    [Fact]
    public async Task Nothing_found_is_an_empty_answer()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        Assert.Equal(0, await account.ReadAsync(client, "contact-service/contact/99999999"));
        var fault = await account.FaultOf(() => client.SendRawAsync(Raw(account, "contact-service/contact/99999999"), account.Ledger, account.Sink, Stop));
        Assert.Equal("Junipeer.Record.NotFound", fault.Id);
        Assert.Equal("CMNC-404", fault.ErrorCode);
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_told_from_an_account_that_does_not()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        var path = await account.FaultOf(() => account.ReadAsync(client, "order-service/no-such-thing"));
        Assert.Equal("Junipeer.Resource.NotFound", path.Id);

        await using var stranger = account.Client(1, account: "nobody");
        var wrong = await account.FaultOf(() => account.ReadAsync(stranger, "order-service/order/1"));
        Assert.Equal("Junipeer.Connection.WrongAccount", wrong.Id);
        Assert.Contains("nobody", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_is_said_once_and_not_tried_again()
    {
        await using var account = await TestAccount.StartAsync();
        const string Wrong = "wR0ng+Token/thatIsLongEnough1234567890abcd=";
        await using var client = account.Client(1, token: Wrong);
        var fault = await account.FaultOf(() => account.ReadAsync(client));
        Assert.Equal("Junipeer.Authentication.Failed", fault.Id);
        Assert.Equal(FaultCategory.AuthenticationError, fault.Category);
        Assert.Equal(401, fault.StatusCode);
        Assert.Contains("brightpearl-staff-token", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Connect-Brightpearl", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(1, account.Ledger.Requests);
        Assert.DoesNotContain(Wrong, fault + account.Sink.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_is_never_repeated_unless_it_was_throttled()
    {
        await using var account = await TestAccount.StartAsync(window: TimeSpan.FromMilliseconds(200));
        await using var client = account.Client(1);
        await account.ReadAsync(client);
        var post = Raw(account, "order-service/order-type") with { Method = "POST", Body = "{}" };
        foreach (var kind in new[] { "drop-after", "outage", "html", "drop-mid-body" })
        {
            await account.SetFaultAsync(new { kind, times = 1 });
            var before = account.Ledger.Requests;
            var fault = await account.FaultOf(() => client.SendRawAsync(post, account.Ledger, account.Sink, Stop));
            Assert.Equal(before + 1, account.Ledger.Requests);
            if (kind.StartsWith("drop", StringComparison.Ordinal)) Assert.Contains("not known", fault.Message, StringComparison.Ordinal);
        }

        await account.SetFaultAsync(new { kind = "throttle-storm", times = 2 });
        var sent = account.Ledger.Requests;
        var refused = await account.FaultOf(() => client.SendRawAsync(post, account.Ledger, account.Sink, Stop));
        Assert.Equal(sent + 3, account.Ledger.Requests);
        Assert.Equal("Junipeer.Request.Refused", refused.Id); // order-type cannot be written
        Assert.Equal(405, refused.StatusCode);
    }

    [Fact]
    public async Task A_raw_call_gives_the_answer_as_it_came_with_open_headers_only()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        var answer = await client.SendRawAsync(Raw(account, "/order-service/order/1-3?includeOptional=customFields,nullCustomFields"), account.Ledger, account.Sink, Stop);
        Assert.Equal(200, answer.StatusCode);
        Assert.StartsWith("{\"response\":", answer.Content, StringComparison.Ordinal);
        Assert.Contains("ruid", answer.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(answer.RequestId, answer.Headers["ruid"]);
        Assert.DoesNotContain("set-cookie", answer.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_wait_for_quota_ends_when_cancelled()
    {
        await using var account = await TestAccount.StartAsync(quota: 2, window: TimeSpan.FromSeconds(60));
        await using var client = account.Client(1);
        using var stop = new CancellationTokenSource();
        var started = TimeProvider.System.GetTimestamp();
        var waiting = Enumerable.Range(0, 6).Select(_ => account.ReadAsync(client, stop: stop.Token)).ToList();
        await Task.Delay(500, Stop);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2.5));
        Assert.Equal(2, account.Ledger.Requests);
        Assert.Single(account.Sink.Warnings); // the first wait is a warning, the rest is verbose
        Assert.Contains("quota", account.Sink.Warnings.Single(), StringComparison.Ordinal);
        Assert.NotEmpty(account.Sink.Verboses);
    }

    [Fact]
    public async Task A_pause_between_tries_ends_when_cancelled()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1, HttpOptions.Default with { FirstDelay = TimeSpan.FromSeconds(30) });
        await account.SetFaultAsync(new { kind = "outage" });
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var started = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => account.ReadAsync(client, stop: stop.Token));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public async Task A_held_answer_is_let_go_when_cancelled()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        await account.SetFaultAsync(new { kind = "hold", when = "after" });
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => account.ReadAsync(client, stop: stop.Token));
    }

    [Fact]
    public async Task The_clock_is_the_systems()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        Assert.False(client.Clock.IsKnown);
        Assert.True((client.Clock.Now - DateTimeOffset.UtcNow).Duration() < TimeSpan.FromSeconds(5));
        await account.PostAsync("clock", new { skewSeconds = -7200 });
        await account.PostAsync("clock", new { advanceSeconds = 86400 });
        await account.ReadAsync(client);
        Assert.True(client.Clock.IsKnown);
        Assert.InRange(client.Clock.Now - DateTimeOffset.UtcNow, TimeSpan.FromHours(10), TimeSpan.FromHours(25));
        Assert.Equal(client.Clock.LastDate!.Value.UtcDateTime, client.Clock.Now.UtcDateTime, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Every_request_leaves_a_line_and_no_secret()
    {
        await using var account = await TestAccount.StartAsync();
        await using var client = account.Client(1);
        await account.ReadAsync(client);
        await account.SetFaultAsync(new { kind = "status", status = 400, body = "{\"errors\":[{\"code\":\"X-1\",\"message\":\"bad token " + account.Server.StaffToken + "\"}]}", times = 1 });
        var fault = await account.FaultOf(() => account.ReadAsync(client, "order-service/order-type?access_token=" + Uri.EscapeDataString(account.Server.StaffToken)));
        Assert.Equal(2, account.Sink.Debugs.Count);
        Assert.Contains("GET order-service/order-type: 200", account.Sink.Debugs.First(), StringComparison.Ordinal);
        var everything = account.Sink.Everything + fault;
        Assert.Contains(Redactor.Mask, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(account.Server.StaffToken[..12], everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Uri.EscapeDataString(account.Server.StaffToken)[..12], everything, StringComparison.Ordinal);
    }

    private static RawRequest Raw(TestAccount account, string path) => new() { Connection = account.Connection(), Path = path };
}
