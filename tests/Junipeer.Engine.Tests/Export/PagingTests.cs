using Junipeer.Export;
using Junipeer.Requests;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>Searches whose rows come and go while they are read, and whose totals are not true: no row is missed.</summary>
public sealed class PagingTests
{
    [Theory]
    [InlineData("order-note")]
    [InlineData("customer-payment")]
    [InlineData("company")]
    public async Task Misreported_totals_end_no_walk(string resource)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 900);
        await GrowAsync(account, resource, 700);
        await account.FaultAsync(new { kind = "misreport-total", resultsAvailable = 500, morePagesAvailable = false, times = (int?)null, match = new { resource, verb = "SEARCH" } });
        (await account.ExportAsync(resource)).AssertCompleted();
        await account.AssertEqualAsync(resource);
    }

    [Fact]
    public async Task A_total_that_promises_more_than_there_is_ends_with_the_rows()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        await account.FaultAsync(new { kind = "misreport-total", resultsAvailable = 9999, morePagesAvailable = true, times = (int?)null, match = new { verb = "SEARCH" } });
        var log = (await account.ExportAsync("order-note", "company", "customer-payment")).AssertCompleted();
        await account.AssertEqualAsync("order-note", "company", "customer-payment");
        Assert.All(log.Results, r => Assert.InRange(r.Requests, 1, 3));
    }

    [Theory]
    [InlineData("company", "repeat")]
    [InlineData("company", "short")]
    [InlineData("order-note", "short")]
    public async Task A_stale_page_loses_no_row(string resource, string mode)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 900);
        await GrowAsync(account, resource, 1200);
        var fault = await account.FaultAsync(new { kind = "stale-page", mode, rows = 3, skip = 1, times = 1, match = new { resource, verb = "SEARCH", queryContains = "pageSize=500" } });
        (await account.ExportAsync(resource)).AssertCompleted();
        Assert.Equal(1, await account.HitsAsync(fault));
        await account.AssertEqualAsync(resource);
    }

    [Fact]
    public async Task Rows_that_vanish_while_pages_overlap_make_the_walk_step_back()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        await GrowAsync(account, "company", 1300);
        var ids = (await account.DumpAsync("company?view=rows")).Select(d => d.GetProperty("companyId").GetInt64()).ToArray();

        // More vanish than one step goes back, the overlapped row among them.
        var actions = ids.Skip(420).Take(80).Select(id => new { @do = "delete", of = "company", id }).ToArray();
        await account.FaultAsync(new { kind = "world", when = "after", match = new { resource = "company", verb = "SEARCH" }, actions });
        var log = await account.ExportAsync("company");

        var there = account.Query("SELECT company_id FROM companies WHERE _is_deleted=0").Select(long.Parse).ToHashSet();
        Assert.Subset(there, (await account.DumpAsync("company?view=rows")).Select(d => d.GetProperty("companyId").GetInt64()).ToHashSet());
        Assert.Equal(ExportStatus.Completed, log.Result.Status);

        // The deleted ones were read before they went, and are noticed next time.
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        (await account.ExportAsync("company")).AssertCompleted();
        await account.AssertEqualAsync("company");
    }

    [Fact]
    public async Task Orders_that_come_and_go_while_ids_are_searched_are_right_after_the_run_or_the_next()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 1300);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.WorldAsync(new { @do = "touch-order", count = 1200 });
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        await account.FaultAsync(new { kind = "insert-while-paging", times = 2, match = new { resource = "order", verb = "SEARCH" } });
        await account.FaultAsync(new { kind = "delete-while-paging", times = 2, match = new { resource = "order", verb = "SEARCH" } });

        (await account.ExportAsync("order")).AssertCompleted();
        var there = account.Query("SELECT id FROM orders WHERE _is_deleted=0").Select(long.Parse).ToHashSet();
        var truth = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).ToHashSet();
        Assert.Subset(there, truth);

        (await account.ExportAsync("order")).AssertCompleted();
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task Supplier_payments_report_five_hundred_and_ignore_ids_and_are_read_to_the_last()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        var purchases = (await account.DumpAsync("order")).Where(d => d.GetProperty("orderTypeCode").GetString() == "PO").Select(d => d.GetProperty("id").GetInt64()).ToArray();
        var known = (await account.DumpAsync("supplier-payment")).Count;
        await account.WorldAsync(Enumerable.Range(0, 1100 - known).Select(object (i) => new { @do = "create-payment", id = purchases[i % purchases.Length] }).ToArray());
        Assert.Equal(1100, (await account.DumpAsync("supplier-payment")).Count);

        Assert.Equal(1100, (await account.ExportAsync("supplier-payment")).AssertCompleted().Result.Records);
        await account.AssertEqualAsync("supplier-payment");

        // The tail, newest first, ends where it meets what was there.
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        (await account.ExportAsync("supplier-payment")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        await account.WorldAsync(new { @do = "create-payment", id = purchases[0] });
        var log = (await account.ExportAsync("supplier-payment")).AssertCompleted();
        Assert.Equal((1L, 1L), (log.Result.Records, log.Result.New));
        await account.AssertEqualAsync("supplier-payment");
    }

    [Fact]
    public async Task A_search_filtered_by_many_ids_sends_the_filter_once_and_finds_all()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 700);
        var ids = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).ToArray();
        var log = new ExportLog();
        await account.Engine.FindAsync(new SearchRequest { Connection = account.Connection, Resource = "order", Filter = new Dictionary<string, object?> { ["orderId"] = $"{ids[0]}-{ids[^1]}" }, QuotaShare = 1 }, log, SandboxAccount.Stop);
        Assert.Equal(ids, log.Records.Select(r => (long)r.Properties.Single(p => p.Key == "orderId").Value!).ToArray());
    }

    private static async Task GrowAsync(SandboxAccount account, string resource, int rows)
    {
        var missing = rows - (await account.DumpAsync($"{resource}?view=rows")).Count;
        if (missing <= 0) return;
        await account.WorldAsync(resource switch
        {
            "company" => Enumerable.Range(0, missing).Select(object (i) => new { @do = "create", of = "company", name = $"Company {i}" }).ToArray(),
            "order-note" => [new { @do = "create-order-note", count = missing }],
            _ => [new { @do = "create-payment", count = missing }],
        });
    }
}
