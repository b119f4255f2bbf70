using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>One bad id can make a whole set fail: the good ones arrive all the same, and the bad ones are named.</summary>
public sealed class BadIdTests
{
    [Theory]
    [InlineData(new[] { 7 })]
    [InlineData(new[] { 0, 1, 100, 199 })]
    [InlineData(new[] { 150, 210, 211 })]
    public async Task Ids_that_are_refused_with_400_are_rejected_one_by_one(int[] places)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 230);
        var ids = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).ToArray();
        var bad = places.Select(p => ids[p]).ToArray();
        foreach (var id in bad) await account.FaultAsync(new { kind = "bad-id", id, status = 400, match = new { resource = "order", verb = "GET" } });

        var log = await account.ExportAsync("order");

        Assert.Equal(ExportStatus.Completed, log.Result.Status);
        Assert.Equal(bad.Length, log.Result.Rejected);
        Assert.Equal(ids.Except(bad).Select(id => $"{id}"), account.Query("SELECT id FROM orders ORDER BY id"));
        Assert.Equal(bad.Select(id => $"{id}"), account.Query("SELECT id FROM _junipeer_rejects ORDER BY CAST(id AS INTEGER)"));
        Assert.All(bad.Take(5), id => Assert.Contains(log.Warnings, w => w.Contains($"{id}", StringComparison.Ordinal)));
        Assert.True(log.Result.Requests <= 1 + 2 + (bad.Length * 2 * 8), $"Halving took {log.Result.Requests} requests.");
    }

    [Fact]
    public async Task A_record_that_is_refused_later_is_not_taken_for_deleted()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order")).AssertCompleted();
        var id = (await account.WorldAsync(new { @do = "touch-order" }))[0][0];
        await account.FaultAsync(new { kind = "bad-id", id, status = 400, match = new { resource = "order", verb = "GET" } });

        var log = await account.ExportAsync(account.Request("order") with { Full = true });
        Assert.Equal((1L, 0L), (log.Result.Rejected, log.Result.Deleted ?? 0));
        Assert.Equal("0", account.One($"SELECT _is_deleted FROM orders WHERE id={id}"));

        await account.ClearFaultsAsync();
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AssertEqualAsync("order");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Ids_that_are_not_found_fail_no_set(int count)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order")).AssertCompleted();
        var ids = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).ToArray();
        var gone = ids.Skip(20).Take(count).ToArray();
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        foreach (var id in gone) await account.FaultAsync(new { kind = "bad-id", id, status = 404, match = new { resource = "order", verb = "GET" } });

        var log = (await account.ExportAsync(account.Request("order") with { Full = true })).AssertCompleted();
        Assert.Equal(60 - count, log.Result.Records);
        Assert.Equal(count, log.Result.Deleted);

        // They return, and with them their rows.
        await account.ClearFaultsAsync();
        log = (await account.ExportAsync("order")).AssertCompleted();
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task When_every_id_is_refused_the_request_is_to_blame_and_the_resource_fails()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 220);
        await account.FaultAsync(new { kind = "status", status = 400, times = (int?)null, body = """{"errors":[{"code":"CMNC-025","message":"Unknown optional"}]}""", match = new { resource = "order", verb = "GET" } });
        var log = await account.ExportAsync("order", "order-type");
        log.AssertFailed("order", log.Of("order").ErrorId!);
        Assert.True(log.Of("order").Requests < 150, $"{log.Of("order").Requests} requests to find out.");
        Assert.Equal(ExportStatus.Completed, log.Of("order-type").Status);
        Assert.Null((await account.BookmarkAsync("order"))?.Watermark);
    }

    [Fact]
    public async Task Availability_survives_products_that_are_unknown_to_the_stock()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60, quirks: ("availabilityUnknown", "404"));
        await account.FaultAsync(new { kind = "world", when = "after", match = new { resource = "product", verb = "OPTIONS" }, actions = new[] { new { @do = "delete-product", count = 4 } } });
        (await account.ExportAsync("product-availability")).AssertCompleted();
        await account.AssertEqualAsync("product-availability");
    }
}
