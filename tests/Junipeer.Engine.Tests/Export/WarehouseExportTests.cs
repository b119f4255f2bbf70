using Junipeer.Export;
using Junipeer.Resources;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>The main job: everything, then what changed, each time held against the account's own truth.</summary>
public sealed class WarehouseExportTests
{
    [Fact]
    public async Task Standard_is_equal_before_and_after_changes_and_still_when_nothing_changed()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 400);
        var standard = account.Engine.GetResources("Brightpearl").Where(r => r.Tier == ResourceTier.Standard).Select(r => r.Name).ToArray();

        var first = (await account.ExportAsync("Standard")).AssertCompleted();
        Assert.Equal(standard, first.Results.Select(r => r.Resource));
        await account.AssertEqualAsync(standard);
        Assert.Equal(400, first.Of("order").New);
        Assert.Equal(0, first.Of("order").Changed);
        Assert.All(first.Results, r => Assert.Equal(r.Records, r.New));

        var deleted = await ChangeAsync(account);
        var second = (await account.ExportAsync(account.Request("Standard") with { FullEvery = TimeSpan.Zero })).AssertCompleted();
        await account.AssertEqualAsync(standard);
        Assert.Equal(deleted, second.Of("order").Deleted);
        Assert.Equal(12, second.Of("order").New);
        Assert.Contains("Incremental", second.Of("order").Mode, StringComparison.Ordinal);
        Assert.True(second.Of("order").Changed > 0);
        Assert.True(second.Of("order").Records < 400, "An incremental reading reads what changed.");
        Assert.True(second.Of("product-price").Changed > 0);

        var third = (await account.ExportAsync("Standard")).AssertCompleted();
        await account.AssertEqualAsync(standard);
        Assert.All(third.Results, r => Assert.Equal((0L, 0L, 0L, r.Resource), (r.New ?? 0, r.Changed ?? 0, r.Deleted ?? 0, r.Resource)));
    }

    /// <summary>
    /// One changed record at the end of a large answer: what is kept of it is small, and its empty texts stood far behind.
    /// </summary>
    [Fact]
    public async Task One_change_among_many_unchanged_records_is_written()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 200);
        (await account.ExportAsync("order")).AssertCompleted();
        var last = account.One("SELECT MAX(id) FROM orders");
        await account.QuirkAsync("shuffleDocuments", false);
        await account.WorldAsync(new { @do = "touch-order", id = long.Parse(last, System.Globalization.CultureInfo.InvariantCulture) });
        var again = (await account.ExportAsync(account.Request("order") with { Full = true })).AssertCompleted();
        Assert.Equal((0L, 1L), (again.Of("order").New, again.Of("order").Changed));
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task Resources_that_are_read_on_request_fill_their_tables_without_drift()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        var names = account.Engine.GetResources("Brightpearl").Where(r => r.Tier != ResourceTier.Standard).Select(r => r.Name).ToArray();
        var log = (await account.ExportAsync(names)).AssertCompleted();
        foreach (var result in log.Results)
        {
            var dump = await account.DumpAsync(result.Resource);
            var table = account.Engine.GetResources("Brightpearl").Single(r => r.Name == result.Resource).Tables[0];
            Assert.True(dump.Count == 0 || result.Records > 0, $"{result.Resource}: {dump.Count} in the account, none read");
            Assert.Equal(result.Records.ToString(System.Globalization.CultureInfo.InvariantCulture), account.One($"SELECT count(*) FROM {table}"));
        }
    }

    [Fact]
    public async Task Assumed_paths_that_are_not_there_get_a_clear_answer_and_stop_nothing()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20, quirks: ("assumedPaths", "off"));
        var log = await account.ExportAsync("project", "order-type");
        log.AssertFailed("project", "Junipeer.Resource.Unproven");
        Assert.Equal(ExportStatus.Completed, log.Of("order-type").Status);
    }

    /// <summary>Orders to delete are such that left no trace elsewhere; a note or a payment would outlive them.</summary>
    private static async Task<int> ChangeAsync(SandboxAccount account)
    {
        var taken = new HashSet<long>();
        foreach (var resource in (string[])["goods-out-note", "goods-in-note", "order-note?view=rows", "customer-payment", "supplier-payment", "journal?view=rows"])
            taken.UnionWith((await account.DumpAsync(resource)).Select(d => d.GetProperty("orderId").GetInt64()));
        var free = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).Where(id => !taken.Contains(id)).Take(5).ToArray();
        Assert.NotEmpty(free);
        await account.WorldAsync(
            new { @do = "create-order", count = 12 },
            new { @do = "delete-order", ids = free },
            new { @do = "touch-order", count = 10 },
            new { @do = "edit-order-rows", count = 5 },
            new { @do = "add-order-row", count = 5 },
            new { @do = "remove-order-row", count = 5 },
            new { @do = "create-product", count = 3 },
            new { @do = "touch-product", count = 3 },
            new { @do = "change-price", count = 5 },
            new { @do = "change-stock", count = 5 },
            new { @do = "create-contact", count = 3 },
            new { @do = "rename-contact", count = 2, name = "Zoë Ångström" },
            new { @do = "create-payment", count = 3 },
            new { @do = "ship-goods-out-note", count = 2 },
            new { @do = "create-order-note", count = 3 },
            new { @do = "rename-brand", count = 1, name = "O'Hara & \"Sons\" 日本" });
        return free.Length;
    }
}
