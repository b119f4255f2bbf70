using Junipeer.Connections;
using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>What the service and the way to it do wrong: the warehouse is equal to the account afterwards, or untouched and says why.</summary>
public sealed class ServiceFaultTests
{
    private static readonly string[] Orders = ["order"];

    public static TheoryData<string, string> Passing => new()
    {
        { "drop-before", "GET" },
        { "drop-after", "GET" },
        { "drop-mid-body", "GET" },
        { "truncate", "GET" },
        { "html", "GET" },
        { "outage", "GET" },
        { "throttle-storm", "GET" },
        { "status", "GET" },
        { "truncate", "OPTIONS" },
        { "drop-mid-body", "OPTIONS" },
        { "html", "OPTIONS" },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_fault_that_passes_leaves_no_trace(string kind, string verb)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 420, window: TimeSpan.FromSeconds(5)); // throttled, one waits for the next window
        var fault = await account.FaultAsync(new { kind, match = new { resource = "order", verb }, times = 3 });
        var log = (await account.ExportQuicklyAsync("order")).AssertCompleted();
        Assert.Equal(3, await account.HitsAsync(fault));
        Assert.Equal(3 + 3 + 1, log.Result.Requests);
        Assert.Equal(kind == "throttle-storm" ? 3 : 0, log.Result.Throttled);
        Assert.Equal(420, log.Result.Records);
        await account.AssertEqualAsync(Orders);
    }

    [Fact]
    public async Task An_answer_cut_short_in_a_search_is_not_taken_for_its_end()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 150);
        foreach (var kind in (string[])["truncate", "drop-mid-body"]) await account.FaultAsync(new { kind, match = new { resource = "goods-movement", verb = "SEARCH" }, times = 1 });
        (await account.ExportQuicklyAsync("goods-movement")).AssertCompleted();
        await account.AssertEqualAsync("goods-movement");
    }

    [Fact]
    public async Task An_outage_that_lasts_fails_the_resource_alone_and_moves_no_bookmark()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 120);
        (await account.ExportAsync("order", "product", "brand")).AssertCompleted();
        var before = await account.BookmarkAsync("order");
        await account.WorldAsync(new { @do = "touch-order", count = 5 }, new { @do = "touch-product", count = 5 });

        await account.FaultAsync(new { kind = "status", status = 503, body = "Service temporarily unavailable", contentType = "text/plain", times = (int?)null, match = new { resource = "order", verb = "GET" } });
        var log = await account.ExportQuicklyAsync("order", "product", "brand");

        var failed = log.AssertFailed("order", log.Of("order").ErrorId!);
        Assert.True(Assert.Single(log.Faults).IsTransient);
        Assert.Equal(before!.Watermark, failed.Watermark);
        var after = await account.BookmarkAsync("order");
        Assert.Equal((before.Watermark, before.LastFull, before.LastRecheck), (after!.Watermark, after.LastFull, after.LastRecheck));
        Assert.Equal(ExportStatus.Completed, log.Of("product").Status);
        Assert.Equal(ExportStatus.Completed, log.Of("brand").Status);
        await account.AssertEqualAsync("product", "brand");
        Assert.Equal("Failed", account.One($"SELECT status FROM _junipeer_runs WHERE run_id='{failed.RunId}' AND resource='order'"));

        await account.ClearFaultsAsync();
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AssertEqualAsync(Orders);
    }

    [Fact]
    public async Task A_first_pass_that_fails_shows_no_order_without_its_rows_and_is_finished_by_the_next_run()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 620);
        await account.FaultAsync(new { kind = "status", status = 500, times = (int?)null, skip = 2, match = new { resource = "order", verb = "GET" } });
        var log = await account.ExportQuicklyAsync("order");
        Assert.Equal(ExportStatus.Failed, log.Result.Status);
        Assert.Null((await account.BookmarkAsync("order"))?.Watermark);

        await account.ClearFaultsAsync();
        var next = (await account.ExportAsync("order")).AssertCompleted();
        Assert.Equal(620, int.Parse(account.One("SELECT count(*) FROM orders WHERE _is_deleted=0"), System.Globalization.CultureInfo.InvariantCulture));
        Assert.NotNull(next.Result.Watermark);
        await account.AssertEqualAsync(Orders);
    }

    [Fact]
    public async Task A_wrong_token_ends_the_run_with_the_reason_and_costs_one_request()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        var log = await account.ExportAsync(account.Request("order", "product", "brand") with { Connection = account.Connection with { SecretReference = new SecretReference(SecretPlace.Memory, "wrong") } });
        Assert.All(log.Results, r => Assert.Equal(ExportStatus.Failed, r.Status));
        Assert.All(log.Results, r => Assert.StartsWith("Junipeer.Authentication.", r.ErrorId, StringComparison.Ordinal));
        Assert.Equal(1, (await account.TakeRequestsAsync()).Values.Sum());
        Assert.All(log.Results.Skip(1), r => Assert.Contains("earlier resource failed", r.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_app_that_eats_half_of_the_quota_costs_time_and_nothing_else()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 600, quota: 20, window: TimeSpan.FromSeconds(1));
        await account.PostAsync("other-app", new { share = 0.5, pattern = "burst", at = 0.3, pool = "all" });
        var log = (await account.ExportQuicklyAsync(account.Request("order", "product", "contact", "order-note", "warehouse", "channel", "tag", "zone", "season", "tax-code", "price-list") with { QuotaShare = 0.9 })).AssertCompleted();
        await account.AssertEqualAsync("order", "product", "contact", "order-note");
        Assert.Equal(11, log.Results.Count);
    }

    [Fact]
    public async Task Documents_in_any_order_and_partial_answers_are_keyed_by_id()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 250, quirks: [("shuffleDocuments", "on"), ("partialSet", "207")]);
        var orders = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).ToArray();
        (await account.ExportAsync("order", "sales-credit")).AssertCompleted();
        await account.AssertEqualAsync(Orders);

        // A set of which some exist is answered with 207 and what there is. Only rows older than a listing can be missed by it.
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        await account.WorldAsync(new { @do = "touch-order", ids = orders.Take(20) });
        await account.FaultAsync(new { kind = "world", when = "after", match = new { resource = "order", verb = "OPTIONS" }, actions = new[] { new { @do = "delete-order", ids = orders.Take(7) } } });
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AssertEqualAsync(Orders);
    }

    [Fact]
    public async Task Rows_unset_or_null_money_as_numbers_and_answers_without_paging_hints_read_the_same()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 120, quirks: [("unset", "null"), ("money", "number"), ("oldMetaData", "on"), ("accountConfiguration", "flat"), ("missingDocuments", "404"), ("gzip", "off")]);
        string[] resources = ["order", "contact", "product", "product-price", "goods-movement", "journal", "company", "account-configuration", "customer-payment"];
        (await account.ExportAsync(resources)).AssertCompleted();
        await account.AssertEqualAsync(resources);
    }
}
