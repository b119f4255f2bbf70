using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>Destinations that refuse, fill up, or belong to another run: nothing half-written, and the next run makes it whole.</summary>
public sealed class DestinationTests
{
    [Fact]
    public async Task A_full_disk_keeps_what_was_committed_tries_no_other_resource_and_is_made_good()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 400);
        (await account.ExportAsync("order-type")).AssertCompleted();
        var log = await account.ExportQuicklyAsync(account.Request("order-type", "order", "product"), o => o with { MaximumPages = 60 });
        var failed = Assert.Single(log.Results, r => r.Resource == "order");
        Assert.Equal((ExportStatus.Failed, "Junipeer.Warehouse.DiskFull"), (failed.Status, failed.ErrorId));
        Assert.Null((await account.BookmarkAsync("order"))?.Watermark);
        Assert.All(account.Query("SELECT name FROM sqlite_schema WHERE name IN ('orders', 'order_rows')"), table => Assert.Equal("0", account.One($"SELECT count(*) FROM {table}")));
        Assert.Equal("Junipeer.Warehouse.DiskFull", log.Of("product").ErrorId);
        Assert.Equal("ok", account.One("PRAGMA integrity_check"));

        (await account.ExportAsync("order-type", "order", "product")).AssertCompleted();
        await account.AssertEqualAsync("order", "product");
    }

    [Fact]
    public async Task A_read_only_folder_fails_before_a_request_is_spent()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 10);
        var folder = Directory.CreateDirectory(Path.Combine(account.Folder, "locked")).FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "probe"), "", SandboxAccount.Stop);
            Assert.Skip("This user may write where nobody may.");
        }
        catch (UnauthorizedAccessException)
        {
            // As it should be.
        }

        var log = await account.ExportAsync(account.Request("order", "product") with { Path = Path.Combine(folder, "warehouse.db") });
        Assert.All(log.Results, r => Assert.Equal((ExportStatus.Failed, "Junipeer.Warehouse.ReadOnly"), (r.Status, r.ErrorId)));
        Assert.Equal(0, (await account.TakeRequestsAsync()).Values.Sum());
    }

    [Fact]
    public async Task A_second_run_is_refused_while_one_is_going_and_the_first_ends_well()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 230);
        var held = await account.FaultAsync(new { kind = "hold", skip = 1, match = new { resource = "order", verb = "GET" } });
        var first = account.ExportAsync("order");
        await account.AwaitFaultAsync(held);

        var second = await account.ExportAsync("order", "order-type");
        second.AssertFailed("order", "Junipeer.Lease.Held");
        Assert.Equal(ExportStatus.Completed, second.Of("order-type").Status);

        await account.ClearFaultsAsync();
        (await first).AssertCompleted();
        await account.AssertEqualAsync("order");
        (await account.ExportAsync("order")).AssertCompleted();
    }

    [Fact]
    public async Task A_run_that_lost_its_lease_in_its_sleep_writes_nothing_more()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 230);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        await account.WorldAsync(new { @do = "create-order", count = 5 });
        var held = await account.FaultAsync(new { kind = "hold", match = new { resource = "order", verb = "GET" } });
        var sleeper = account.ExportAsync("order");
        await account.AwaitFaultAsync(held);

        // Another machine found it silent for too long, took over, and ended its own run meanwhile.
        Assert.Equal(1, account.Execute("UPDATE _junipeer_meta SET value=json_set(value, '$.Number', json_extract(value, '$.Number') + 1, '$.number', json_extract(value, '$.number') + 1) WHERE name='lease:order'"));
        await account.ClearFaultsAsync();

        var log = await sleeper;
        log.AssertFailed("order", "Junipeer.Lease.Lost");
        Assert.Equal("230", account.One("SELECT count(*) FROM orders"));
        account.Execute("DELETE FROM _junipeer_meta WHERE name='lease:order'");
        Assert.Equal(5, (await account.ExportAsync("order")).AssertCompleted().Result.New);
        await account.AssertEqualAsync("order");
    }
}
