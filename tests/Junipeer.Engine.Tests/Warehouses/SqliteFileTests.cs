using System.Diagnostics;
using Junipeer.Export;
using Junipeer.Warehouse;
using Junipeer.Warehouses.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>Places a warehouse cannot live in, and files that are none.</summary>
public sealed class SqliteFileTests : WarehouseTest
{
    private const string Mounts = """
        30 27 0:40 / /mnt/share rw,relatime shared:1 - nfs4 server:/x rw
        31 30 8:1 / /mnt/share/disk rw - xfs /dev/sdb rw
        32 27 0:41 / /mnt/with\040blank rw - fuse.sshfs host:/ rw
        33 27 0:42 / /mnt/c rw - 9p drvfs rw
        34 27 0:43 / /mnt/over rw - ext4 /dev/sdc rw
        35 34 0:44 / /mnt/over rw - cifs //server/share rw
        27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        """;

    [Theory]
    [InlineData("/home/a/w.db", null)]
    [InlineData("/mnt/share/w.db", "nfs4")]
    [InlineData("/mnt/share/a/b/w.db", "nfs4")]
    [InlineData("/mnt/shared/w.db", null)]
    [InlineData("/mnt/share/disk/w.db", null)]
    [InlineData("/mnt/with blank/w.db", "fuse.sshfs")]
    [InlineData("/mnt/c/Users/w.db", "9p")]
    [InlineData("/mnt/over/w.db", "cifs")]
    [InlineData(@"\\server\share\w.db", "UNC path")]
    [InlineData("//server/share/w.db", "UNC path")]
    [InlineData(@"\\?\UNC\server\share\w.db", "UNC path")]
    public void A_network_path_is_known_by_its_mount(string path, string? type) =>
        Assert.Equal(type, WarehousePath.NetworkTypeOf(path, () => Mounts));

    [Fact]
    public async Task A_network_path_is_refused_through_a_link_too()
    {
        var link = Path.Combine(Kit.Folder, "link");
        var target = Directory.CreateDirectory(Path.Combine(Kit.Folder, "target")).FullName;
        Directory.CreateSymbolicLink(link, target);
        var mounts = $"27 1 254:0 / / rw - ext4 /dev/vda rw\n30 27 0:40 / {target} rw - cifs //server/share rw\n";
        await using var warehouse = SqliteWarehouse.Open(Path.Combine(link, "w.db"), "", new SqliteOptions { Mounts = () => mounts });
        await WarehouseKit.FaultAsync(() => warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Warehouse.NetworkPath");
        Assert.Empty(Directory.GetFiles(target));
    }

    [Fact]
    public async Task A_read_only_file_is_refused_as_such_and_can_still_be_read()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        File.SetAttributes(Kit.File, FileAttributes.ReadOnly);
        try
        {
            await WarehouseKit.FaultAsync(() => Kit.ExportAsync(b => b.AddPlain([2])), "Junipeer.Warehouse.ReadOnly");
            Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM \"order\""));
        }
        finally
        {
            File.SetAttributes(Kit.File, FileAttributes.Normal);
        }
    }

    [Fact]
    public async Task A_folder_nobody_may_write_to_is_read_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /sys");
        await using var warehouse = SqliteWarehouse.Open("/sys/junipeer.db", "");
        await WarehouseKit.FaultAsync(() => warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Warehouse.ReadOnly");
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("%PDF-1.7 and then much, much more than sixteen bytes of something else altogether")]
    public async Task What_is_no_database_is_refused_and_left_as_it_is(string text)
    {
        await File.WriteAllTextAsync(Kit.File, text, Stop);
        await WarehouseKit.FaultAsync(() => Kit.ExportAsync(b => b.AddPlain([1])), "Junipeer.Warehouse.NotADatabase");
        await WarehouseKit.FaultAsync(() => Kit.QueryAsync("SELECT 1"), "Junipeer.Warehouse.NotADatabase");
        Assert.Equal(text, await File.ReadAllTextAsync(Kit.File, Stop));
        Assert.Equal([Kit.File], Directory.GetFiles(Kit.Folder));
    }

    [Fact]
    public async Task A_folder_is_no_database()
    {
        await using var warehouse = SqliteWarehouse.Open(Kit.Folder);
        await WarehouseKit.FaultAsync(() => warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Warehouse.NotADatabase");
    }

    [Fact]
    public async Task A_missing_folder_is_named_with_the_command_that_makes_it()
    {
        await using var warehouse = SqliteWarehouse.Open(Path.Combine(Kit.Folder, "no", "w.db"));
        var fault = await WarehouseKit.FaultAsync(() => warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Path.NotFound");
        Assert.Contains("New-Item", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_never_creates_a_file()
    {
        await WarehouseKit.FaultAsync(() => Kit.QueryAsync("SELECT 1"), "Junipeer.Warehouse.NotFound");
        await WarehouseKit.FaultAsync(() => Kit.Warehouse().RunsAsync(Stop).ListAsync(Stop), "Junipeer.Warehouse.NotFound");
        await WarehouseKit.FaultAsync(
            () => Kit.Warehouse().SetBookmarkAsync(new BookmarkChange(new WarehouseReference(), "order"), Stop), "Junipeer.Warehouse.NotFound");
        Assert.Empty(Directory.GetFiles(Kit.Folder));
    }

    [Fact]
    public async Task Somebody_elses_database_holds_no_export()
    {
        using (var db = await SqliteDb.OpenToWriteAsync(Kit.File, new SqliteOptions(), Stop)) db.Run("CREATE TABLE t (a)");
        await WarehouseKit.FaultAsync(() => Kit.Warehouse().BookmarksAsync(Stop).ListAsync(Stop), "Junipeer.Warehouse.Empty");
        Assert.Empty(await Kit.Warehouse().ReadBookmarksAsync(Stop));
        Assert.Equal("0", await Kit.OneAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task A_new_file_to_which_nothing_was_committed_is_removed()
    {
        await using (var warehouse = Kit.Warehouse())
        {
            await using var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
            using var batch = new OrderBatch(OrderBatch.Schema(), WarehouseKit.Start);
            await writer.WriteAsync(batch.AddPlain([1]), "p", Stop);
            await writer.CloseAsync(WarehouseKit.Result("order", "x", ExportStatus.Failed), Stop);
        }

        Assert.Empty(Directory.GetFiles(Kit.Folder));
    }

    [Fact]
    public async Task A_new_file_that_another_process_uses_already_stays()
    {
        await using (var first = Kit.Warehouse())
        {
            await first.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
            await using var second = Kit.Warehouse();
            var writer = await second.OpenAsync(OrderBatch.Schema("product"), Kit.Run(), Stop);
            await first.DisposeAsync();
            Assert.True(File.Exists(Kit.File));
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        }

        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM _junipeer_bookmarks"));
    }

    [Fact]
    public async Task A_new_file_that_another_process_filled_and_closed_stays()
    {
        await using (var first = Kit.Warehouse())
        {
            await first.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
            await Kit.ExportAsync(b => b.AddPlain([1]), schema: OrderBatch.Schema("product"), prefix: "eu_");
        }

        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM eu_product"));
    }

    [Fact]
    public async Task Closing_leaves_one_file()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        Assert.Equal([Kit.File], Directory.GetFiles(Kit.Folder));
    }

    [Fact]
    public async Task A_full_file_keeps_what_was_committed_and_says_so()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        await using (var warehouse = Kit.Warehouse(change: o => o with { MaximumPages = 60 }))
        {
            var writer = await warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run("full"), Stop);
            using var batch = new OrderBatch(OrderBatch.Schema(), WarehouseKit.Start);
            await writer.WriteAsync(batch.AddPlain(Enumerable.Range(2, 5000).Select(i => (long)i)), "p2", Stop);
            await WarehouseKit.FaultAsync(() => writer.CommitAsync(new Commit { Bookmark = WarehouseKit.Done(WarehouseKit.Start.AddDays(1)) }, Stop), "Junipeer.Warehouse.DiskFull");
            await writer.CloseAsync(WarehouseKit.Result("order", "full", ExportStatus.Failed), Stop);
        }

        Assert.Equal("1|1", await Kit.OneAsync("SELECT (SELECT count(*) FROM \"order\"), (SELECT count(*) FROM order_row)"));
        Assert.Equal("2026-03-01T08:00:00.000Z", await Kit.OneAsync("SELECT last_full FROM _junipeer_bookmarks"));
        await Kit.AssertSoundAsync();
        await Kit.ExportAsync(b => b.AddPlain([2]));
    }

    [Fact]
    public async Task A_disk_that_is_really_full_is_met_the_same_way()
    {
        var disk = Path.Combine(Kit.Folder, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(TinyDisk.TryMount(disk), "needs the right to mount a disk of 1 MB");
        try
        {
            var file = Path.Combine(disk, "w.db");
            await using (var warehouse = SqliteWarehouse.Open(file))
            {
                var schema = OrderBatch.Schema();
                var writer = await warehouse.OpenAsync(schema, Kit.Run("full"), Stop);
                using var batch = new OrderBatch(schema, WarehouseKit.Start);
                await writer.WriteAsync(batch.AddPlain([1]), "p", Stop);
                await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
                await WarehouseKit.FaultAsync(async () =>
                {
                    for (var i = 0; i < 50; i++)
                    {
                        batch.Clear();
                        await writer.WriteAsync(batch.AddPlain(Enumerable.Range(2 + (i * 1000), 1000).Select(n => (long)n)), "p", Stop);
                        await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
                    }
                }, "Junipeer.Warehouse.DiskFull");
                await writer.CloseAsync(WarehouseKit.Result("order", "full", ExportStatus.Failed), Stop);
            }

            File.Copy(file, Kit.File);
            foreach (var side in (string[])["-wal", "-shm"])
            {
                if (File.Exists(file + side)) File.Copy(file + side, Kit.File + side);
            }
        }
        finally
        {
            TinyDisk.Unmount(disk);
        }

        await Kit.AssertSoundAsync();
        Assert.Equal("1", await Kit.OneAsync("SELECT (SELECT count(*) FROM \"order\") % 1000"));
    }

    [Fact]
    public async Task A_writer_that_never_lets_go_is_met_with_patience_and_then_named()
    {
        await Kit.ExportAsync(b => b.AddPlain([1]));
        using var db = await SqliteDb.OpenToWriteAsync(Kit.File, new SqliteOptions(), Stop);
        db.Run("BEGIN IMMEDIATE");
        await using var warehouse = Kit.Warehouse(change: o => o with { Patience = TimeSpan.FromMilliseconds(300) });
        var since = Stopwatch.StartNew();
        var fault = await WarehouseKit.FaultAsync(() => warehouse.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Warehouse.Busy");
        Assert.True(fault.IsTransient);
        Assert.InRange(since.ElapsedMilliseconds, 250, 30_000);
        using var cancel = new CancellationTokenSource(100);
        await using var patient = Kit.Warehouse();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patient.OpenAsync(OrderBatch.Schema(), Kit.Run(), cancel.Token));
        Assert.InRange(since.ElapsedMilliseconds, 300, 30_000);
    }

    [Fact]
    public async Task Who_is_cancelled_while_waiting_may_commit_again()
    {
        await using var warehouse = Kit.Warehouse();
        var schema = OrderBatch.Schema();
        var writer = await warehouse.OpenAsync(schema, Kit.Run(), Stop);
        using var batch = new OrderBatch(schema, WarehouseKit.Start);
        await writer.WriteAsync(batch.AddPlain([1]), "p", Stop);
        using (var db = await SqliteDb.OpenToWriteAsync(Kit.File, new SqliteOptions(), Stop))
        {
            db.Run("BEGIN IMMEDIATE");
            using var cancel = new CancellationTokenSource(100);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, cancel.Token));
        }

        await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        Assert.Equal("1", await Kit.OneAsync("SELECT count(*) FROM \"order\""));
    }

    [Fact]
    public async Task A_damaged_file_is_named_as_such()
    {
        await Kit.ExportAsync(b => b.AddPlain(Enumerable.Range(1, 2000).Select(i => (long)i)));
        var bytes = await File.ReadAllBytesAsync(Kit.File, Stop);
        for (var i = 4096 * 2; i < bytes.Length; i++) bytes[i] = 0xA5;
        await File.WriteAllBytesAsync(Kit.File, bytes, Stop);
        await WarehouseKit.FaultAsync(() => Kit.ExportAsync(b => b.AddPlain([1])), "Junipeer.Warehouse.Damaged");
    }

    [Theory]
    [InlineData("bad-prefix")]
    [InlineData("a b")]
    [InlineData("_junipeer_")]
    [InlineData("sqlite_")]
    [InlineData("x\"; DROP TABLE t; --")]
    public void A_prefix_that_cannot_be_is_refused(string prefix) =>
        Assert.Equal("Junipeer.Warehouse.BadPrefix", Assert.Throws<Junipeer.Operations.JunipeerException>(() => SqliteWarehouse.Open(Kit.File, prefix)).Fault.Id);
}
