using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>What is gone is flagged, with what belongs to it; what only seems gone is not.</summary>
public sealed class DeleteTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_deleted_order_is_flagged_with_its_rows_by_the_next_run()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(Minute);
        var gone = (await account.WorldAsync(new { @do = "delete-order", count = 3 }))[0];

        var log = (await account.ExportAsync("order")).AssertCompleted();

        Assert.Equal(3, log.Result.Deleted);
        var list = string.Join(',', gone);
        Assert.Equal("3", account.One($"SELECT count(*) FROM orders WHERE _is_deleted=1 AND _deleted_at IS NOT NULL AND id IN ({list})"));
        Assert.Equal("0", account.One($"SELECT count(*) FROM order_rows WHERE _is_deleted=0 AND order_id IN ({list})"));
        Assert.NotEqual("0", account.One($"SELECT count(*) FROM order_rows WHERE _is_deleted=1 AND order_id IN ({list})"));
        await account.AssertEqualAsync("order");
        Assert.Equal(0, (await account.ExportAsync("order")).AssertCompleted().Result.Deleted ?? 0);
    }

    [Fact]
    public async Task A_row_taken_out_of_a_living_order_is_gone_and_an_id_that_returns_is_unflagged()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order")).AssertCompleted();
        var changed = (await account.WorldAsync(new { @do = "remove-order-row" }))[0][0];
        var rows = account.One($"SELECT count(*) FROM order_rows WHERE order_id={changed}");
        (await account.ExportAsync("order")).AssertCompleted();
        Assert.NotEqual(rows, account.One($"SELECT count(*) FROM order_rows WHERE order_id={changed}"));
        await account.AssertEqualAsync("order");

        // As if an earlier listing had left it out.
        account.Execute($"UPDATE orders SET _is_deleted=1, _deleted_at='2026-01-01T00:00:00.000Z' WHERE id={changed}; UPDATE order_rows SET _is_deleted=1, _deleted_at='2026-01-01T00:00:00.000Z' WHERE order_id={changed}");
        var log = (await account.ExportAsync("order")).AssertCompleted();
        Assert.Equal(1, log.Result.New);
        Assert.Equal("-", account.One($"SELECT _deleted_at FROM orders WHERE id={changed}"));
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task So_many_that_a_mistake_is_likelier_are_held_back_until_allowed()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 100);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(Minute);
        var gone = (await account.WorldAsync(new { @do = "delete-order", count = 26 }, new { @do = "create-order", count = 2 }))[0];

        var held = await account.ExportAsync("order");

        Assert.Equal((ExportStatus.DeletesHeldBack, 0L, 2L), (held.Result.Status, held.Result.Deleted, held.Result.New));
        Assert.Contains("-AllowMassDelete", held.Result.Message, StringComparison.Ordinal);
        Assert.Contains(held.Warnings, w => w.Contains("26", StringComparison.Ordinal));
        Assert.Equal("0", account.One("SELECT count(*) FROM orders WHERE _is_deleted=1"));
        Assert.NotNull(held.Result.Watermark);

        var allowed = (await account.ExportAsync(account.Request("order") with { AllowMassDelete = true })).AssertCompleted();
        Assert.Equal(gone.Length, allowed.Result.Deleted);
        await account.AssertEqualAsync("order");
    }

    [Theory]
    [InlineData(100, 25)]
    [InlineData(200, 39)]
    public async Task Twenty_five_rows_or_a_fifth_are_flagged_without_asking(int orders, int deleted)
    {
        await using var account = await SandboxAccount.StartAsync(orders);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(Minute);
        await account.WorldAsync(new { @do = "delete-order", count = deleted });
        Assert.Equal(deleted, (await account.ExportAsync("order")).AssertCompleted().Result.Deleted);
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task An_empty_listing_flags_nothing()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 10);
        (await account.ExportAsync("order", "company", "brand")).AssertCompleted();
        await account.AdvanceAsync(Minute);
        await account.FaultAsync(new { kind = "status", status = 200, body = """{"response":{"getUris":[]}}""", times = (int?)null, match = new { resource = "order", verb = "OPTIONS" } });
        await account.FaultAsync(new { kind = "status", status = 200, body = """{"response":{"results":[],"metaData":{"resultsAvailable":0,"resultsReturned":0,"columns":[]}}}""", times = (int?)null, match = new { resource = "company", verb = "SEARCH" } });
        var log = await account.ExportAsync("order", "company", "brand");
        Assert.Equal(ExportStatus.DeletesHeldBack, log.Of("order").Status);
        Assert.Equal(ExportStatus.DeletesHeldBack, log.Of("company").Status);
        Assert.Equal(ExportStatus.Completed, log.Of("brand").Status);
        Assert.Equal("0", account.One("SELECT (SELECT count(*) FROM orders WHERE _is_deleted=1) + (SELECT count(*) FROM companies WHERE _is_deleted=1)"));

        await account.ClearFaultsAsync();
        (await account.ExportAsync("order", "company")).AssertCompleted();
        await account.AssertEqualAsync("order", "company");
    }

    [Fact]
    public async Task What_came_after_the_listing_is_no_candidate()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(Minute);

        // Orders made between the listing and the reading are on neither side of it.
        await account.FaultAsync(new { kind = "world", when = "after", match = new { resource = "order", verb = "OPTIONS" }, actions = new[] { new { @do = "create-order", count = 3 } } });
        (await account.ExportAsync("order")).AssertCompleted();
        (await account.ExportAsync("order")).AssertCompleted();
        Assert.Equal("0", account.One("SELECT count(*) FROM orders WHERE _is_deleted=1"));
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task Orders_that_had_nothing_but_the_search_forgot_are_found_by_the_listing()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        await account.QuirkAsync("searchLagSeconds", 900);
        await account.WorldAsync(new { @do = "create-order", count = 3 });
        var log = (await account.ExportAsync(account.Request("order") with { LookBack = TimeSpan.Zero })).AssertCompleted();
        Assert.Equal(3, log.Result.New);
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task Drop_ship_notes_have_ids_of_their_own_and_are_not_taken_for_missing_orders()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("drop-ship-note")).AssertCompleted();
        await account.AdvanceAsync(Minute);
        var log = (await account.ExportAsync(account.Request("drop-ship-note") with { Full = true })).AssertCompleted();
        Assert.True(log.Result.Records > 0);
        Assert.Equal(0, log.Result.Deleted ?? 0);
    }
}
