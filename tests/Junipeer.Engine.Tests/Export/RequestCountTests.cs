using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>How many requests an export takes, by the account's own counters: the quota is what an export is slow by.</summary>
public sealed class RequestCountTests
{
    [Theory]
    [InlineData(199, 1)]
    [InlineData(200, 1)]
    [InlineData(201, 2)]
    [InlineData(410, 3)]
    public async Task A_full_order_export_is_one_listing_and_a_get_for_each_two_hundred(int orders, int gets)
    {
        await using var account = await SandboxAccount.StartAsync(orders);
        var existing = (await account.DumpAsync("order")).Count;
        Assert.Equal(orders, existing);
        await account.TakeRequestsAsync();

        var log = (await account.ExportAsync("order")).AssertCompleted();

        var requests = await account.TakeRequestsAsync();
        Assert.Equal(new SortedDictionary<string, long> { ["GET order"] = gets, ["OPTIONS order"] = 1 }, requests);
        Assert.Equal(gets + 1, log.Result.Requests);
        await account.AssertEqualAsync("order");
    }

    [Theory]
    [InlineData(499, 1)]
    [InlineData(500, 2)]
    [InlineData(501, 3)]
    [InlineData(1000, 3)]
    public async Task A_keyset_search_is_a_page_for_each_five_hundred_and_one_for_the_last_id(int rows, int requests)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        await GrowAsync(account, "order-note?view=rows", rows, "create-order-note");
        await account.TakeRequestsAsync();

        var log = (await account.ExportAsync("order-note")).AssertCompleted();

        Assert.Equal(new SortedDictionary<string, long> { ["SEARCH order-note"] = requests }, await account.TakeRequestsAsync());
        Assert.True(requests <= ((rows + 499) / 500) + 1);
        Assert.Equal(rows, log.Result.Records);
        await account.AssertEqualAsync("order-note");
    }

    [Theory]
    [InlineData(498)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(998)]
    [InlineData(999)]
    public async Task An_overlapping_search_is_a_page_for_each_four_hundred_and_ninety_nine(int rows)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        var known = (await account.DumpAsync("company?view=rows")).Count;
        await account.WorldAsync(Enumerable.Range(0, rows - known).Select(object (i) => new { @do = "create", of = "company", name = $"Company {i}" }).ToArray());
        await account.TakeRequestsAsync();

        var log = (await account.ExportAsync("company")).AssertCompleted();

        Assert.Equal(new SortedDictionary<string, long> { ["SEARCH company"] = (rows + 498) / 499 }, await account.TakeRequestsAsync());
        Assert.Equal(rows, log.Result.Records);
        await account.AssertEqualAsync("company");
    }

    [Fact]
    public async Task Without_changes_a_run_asks_each_sweep_once_and_lists_once_where_deletes_are_looked_for()
    {
        // Two days ago, so that the account's clock, moved on, is not ahead of this machine's.
        await using var account = await SandboxAccount.StartAsync(orders: 120, start: DateTimeOffset.UtcNow.AddDays(-2));
        string[] resources = ["order", "contact", "product", "product-price", "product-availability", "goods-out-note", "goods-in-note", "goods-movement", "order-note", "brand", "postal-address"];
        await account.AdvanceAsync(TimeSpan.FromHours(2));
        (await account.ExportAsync(resources)).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromHours(2));
        await account.TakeRequestsAsync();

        var log = (await account.ExportAsync(resources)).AssertCompleted();

        var requests = await account.TakeRequestsAsync();
        requests.Remove("GET warehouse", out var lists);
        Assert.Equal(
            new SortedDictionary<string, long>(StringComparer.Ordinal)
            {
                // Sweeps of orders and products serve everything that hangs on them.
                ["OPTIONS contact"] = 1,
                ["OPTIONS order"] = 1,
                ["OPTIONS product"] = 1,
                ["SEARCH brand"] = 1,
                ["SEARCH contact"] = 2,
                ["SEARCH goods-in-note"] = 2,
                ["SEARCH goods-movement"] = 2,
                ["SEARCH goods-out-note"] = 2,
                ["SEARCH order"] = 2,
                ["SEARCH order-note"] = 1,
                ["SEARCH product"] = 1,
            },
            new SortedDictionary<string, long>(requests.Where(r => r.Key != "GET postal-address").ToDictionary(), StringComparer.Ordinal));
        Assert.True(lists <= 1, "The warehouses' addresses are asked for once.");
        Assert.All(log.Results.Where(r => r.Resource != "postal-address"), r => Assert.Equal((r.Resource, 0L), (r.Resource, r.Records)));
    }

    [Fact]
    public async Task Asking_for_ids_asks_for_nothing_else()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        var ids = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).ToArray();
        await account.TakeRequestsAsync();
        var log = (await account.ExportAsync(account.Request("order") with { Ids = [$"{ids[3]}", $"{ids[10]}-{ids[14]}"] })).AssertCompleted();
        Assert.Equal(6, log.Result.Records);
        Assert.Equal("Ids", log.Result.Mode);
        Assert.Equal(new SortedDictionary<string, long> { ["GET order"] = 1 }, await account.TakeRequestsAsync());
    }

    [Fact]
    public async Task A_plan_costs_one_request_a_resource_and_promises_no_less_than_the_export_takes()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 250);
        string[] resources = ["order", "order-note", "company", "product-price"];
        var log = new ExportLog();
        await account.Engine.PlanAsync(account.Request(resources), log, SandboxAccount.Stop);
        var plans = log.Written.Cast<ExportPlan>().ToArray();
        Assert.Equal(resources.Order(), plans.Select(p => p.Resource).Order());
        Assert.All(plans, p => Assert.True(p.PlanRequests <= 1));
        Assert.Equal(plans.Sum(p => p.PlanRequests), (await account.TakeRequestsAsync()).Values.Sum());
        Assert.False(File.Exists(account.Database), "A plan touches no destination.");

        var done = (await account.ExportAsync(resources)).AssertCompleted();
        Assert.All(plans, p => Assert.True(p.Requests >= done.Of(p.Resource).Requests, $"{p.Resource}: promised {p.Requests}, took {done.Of(p.Resource).Requests}"));
        Assert.All(plans, p => Assert.True(p.Records is null || p.Records == done.Of(p.Resource).Records, p.Resource));
        Assert.All(plans, p => Assert.True(p.MaximumBytes is null || p.MaximumBytes >= done.Of(p.Resource).Bytes, p.Resource));
    }

    private static async Task GrowAsync(SandboxAccount account, string dump, int rows, string action)
    {
        var known = (await account.DumpAsync(dump)).Count;
        Assert.True(known <= rows, $"There are {known} already.");
        if (known < rows) await account.WorldAsync(new { @do = action, count = rows - known });
        Assert.Equal(rows, (await account.DumpAsync(dump)).Count);
    }
}
