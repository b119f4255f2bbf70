using System.Text.Json;
using Junipeer.Engine.Tests.Warehouses;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Warehouses;
using Xunit;

namespace Junipeer.Engine.Tests.Files;

/// <summary>Kills, leases, full and forbidden disks.</summary>
public sealed class FileFailureTests : FileTest
{
    [Fact]
    public async Task What_was_not_committed_leaves_nothing_behind()
    {
        await WriteAsync("p1", "{\"id\":1}");
        await using (var files = FileDestination.Open(Folder))
        {
            await using var writer = await files.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
            using var batch = Documents(("{\"id\":2}", 0));
            await writer.WriteAsync(batch, "p1", Stop);
            Assert.Single(Directory.GetFiles(Folder, "*.tmp"));
        }

        Assert.Equal(["order-20260301T073015Z-1.ndjson"], Names());
        Assert.Empty(Directory.GetFiles(Folder, "*.tmp"));
    }

    [Fact]
    public async Task A_folder_made_for_nothing_is_removed_and_its_parent_must_be_there()
    {
        await using (var files = FileDestination.Open(Folder))
        {
            await using (await files.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop)) { }
            Assert.True(Directory.Exists(Folder));
        }

        Assert.False(Directory.Exists(Folder));
        await using var lost = FileDestination.Open(Path.Combine(Folder, "deeper"));
        var fault = await WarehouseKit.FaultAsync(() => lost.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Path.NotFound");
        Assert.Contains("New-Item", fault.RecommendedAction, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Folder, "", Stop);
        await using var file = FileDestination.Open(Folder);
        await WarehouseKit.FaultAsync(() => file.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Path.NotAFolder");
    }

    [Fact]
    public async Task A_folder_made_for_nothing_that_another_process_filled_stays_with_its_bookmarks()
    {
        await using (var first = FileDestination.Open(Folder))
        {
            await first.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
            await WriteAsync("p1", "{\"id\":1}", resource: "product");
        }

        await using var again = FileDestination.Open(Folder);
        await using var next = await again.OpenAsync(OrderBatch.Schema("product"), Kit.Run(), Stop);
        Assert.Equal(Open("p1"), next.Bookmark);
    }

    [Fact]
    public async Task Unfinished_files_of_a_dead_run_are_cleared_away_those_of_others_are_not()
    {
        await WriteAsync("p1", "{\"id\":1}");
        foreach (var name in (string[])["_junipeer.order.dead.tmp", "_junipeer.order-row.dead.tmp"]) await File.WriteAllTextAsync(Path.Combine(Folder, name), "half", Stop);
        await WriteAsync("p1", "{\"id\":2}");
        Assert.Equal([Path.Combine(Folder, "_junipeer.order-row.dead.tmp")], Directory.GetFiles(Folder, "*.tmp"));
    }

    [Fact]
    public async Task A_killed_process_leaves_whole_files_and_a_bookmark_that_is_not_ahead_of_them()
    {
        using (var process = WriterProcess.Start("files", Folder, "order", 100_000))
        {
            await process.WaitForAsync("committed 3", Stop);
            process.Kill();
        }

        var ids = new HashSet<int>();
        foreach (var name in Names())
        {
            foreach (var line in Lines(name))
            {
                using var json = JsonDocument.Parse(line);
                ids.Add(json.RootElement.GetProperty("document").GetProperty("id").GetInt32());
            }
        }

        await using var files = FileDestination.Open(Folder);
        await using var writer = await files.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        var position = int.Parse(writer.Bookmark.Changes!.Position!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(position >= 3);
        var promised = (position + 1) * WriterProcess.PerCommit;
        Assert.True(ids.IsSupersetOf(Enumerable.Range(0, promised)));
        Assert.InRange(ids.Count, promised, promised + WriterProcess.PerCommit);
        Assert.Empty(Directory.GetFiles(Folder, "_junipeer.order.*.tmp"));
    }

    [Fact]
    public async Task The_lease_holds_for_folders_too()
    {
        await using var first = FileDestination.Open(Folder);
        await using var second = FileDestination.Open(Folder);
        await using (await first.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop))
        {
            await WarehouseKit.FaultAsync(() => second.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Lease.Held");
            await using (await second.OpenAsync(OrderBatch.Schema("product"), Kit.Run(), Stop)) { }
        }

        await using (await second.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop)) { }
    }

    [Fact]
    public async Task A_lease_lost_in_sleep_leaves_no_file()
    {
        var clock = new HandClock(Began);
        LeaseRules Rules(string machine) => new(clock, new LeaseOwner(machine, 1, "s"), _ => null);
        await using var sleeper = FileDestination.Open(Folder, false, default, Rules("there"));
        await using var asleep = await sleeper.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        using var batch = Documents(("{\"id\":2}", 0));
        await asleep.WriteAsync(batch, "p1", Stop);
        clock.Now += TimeSpan.FromMinutes(9);
        await using var awake = FileDestination.Open(Folder, false, default, Rules("here"));
        await WarehouseKit.FaultAsync(() => awake.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Lease.Held");
        clock.Now += TimeSpan.FromMinutes(1);
        await using var taken = await awake.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        await WarehouseKit.FaultAsync(() => asleep.CommitAsync(new Commit { Bookmark = Open("p1") }, Stop), "Junipeer.Lease.Lost");
        await taken.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Another_account_needs_a_folder_of_its_own()
    {
        await WriteAsync("p1", "{\"id\":1}");
        await using var files = FileDestination.Open(Folder);
        await WarehouseKit.FaultAsync(() => files.OpenAsync(OrderBatch.Schema(), Kit.Run(account: "other"), Stop), "Junipeer.Path.OtherAccount");
    }

    [Fact]
    public async Task Without_payload_there_would_be_nothing_to_write()
    {
        await using var files = FileDestination.Open(Folder);
        await WarehouseKit.FaultAsync(() => files.OpenAsync(OrderBatch.Schema(), Kit.Run() with { NoPayload = true }, Stop), "Junipeer.Export.NoPayloadForFiles");
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Rejects_are_kept_in_a_file_of_their_own()
    {
        await using (var files = FileDestination.Open(Folder))
        {
            await using var writer = await files.OpenAsync(OrderBatch.Schema(), Kit.Run() with { StartedAt = Began }, Stop);
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None, Rejects = [new Reject("17", "bad", "Junipeer.X", "{\"a\":1}")] }, Stop);
        }

        using var line = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "_junipeer.rejects.order-20260301T073015Z-1.ndjson"), Stop));
        Assert.Equal("{\"a\":1}", line.RootElement.GetProperty("payload").GetString());
        Assert.Empty(Names());
    }

    [Fact]
    public async Task A_newer_or_damaged_bookmark_file_stops_before_anything_is_written()
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, "_junipeer.bookmarks.json");
        foreach (var (text, id) in new[] { ("{\"version\":99}", "Junipeer.Path.NewerVersion"), ("{\"version\":1,\"resources\":{\"order\":", "Junipeer.Path.Damaged") })
        {
            await File.WriteAllTextAsync(path, text, Stop);
            await using var files = FileDestination.Open(Folder);
            await WarehouseKit.FaultAsync(() => files.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), id);
            Assert.Equal(text, await File.ReadAllTextAsync(path, Stop));
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_read_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /sys");
        await using var files = FileDestination.Open("/sys/kernel");
        await WarehouseKit.FaultAsync(() => files.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop), "Junipeer.Path.ReadOnly");
    }

    [Fact]
    public async Task A_full_disk_leaves_the_files_of_earlier_commits_and_nothing_else()
    {
        Directory.CreateDirectory(Folder);
        Assert.SkipUnless(TinyDisk.TryMount(Folder), "needs the right to mount a disk of 1 MB");
        try
        {
            await WriteAsync("p1", "{\"id\":1}");
            await using (var files = FileDestination.Open(Folder))
            {
                await using var writer = await files.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
                using var batch = Documents(($"{{\"id\":2,\"text\":\"{new string('x', 200_000)}\"}}", 0));
                await WarehouseKit.FaultAsync(async () =>
                {
                    for (var i = 0; i < 20; i++) await writer.WriteAsync(batch, "p1", Stop);
                    await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
                }, "Junipeer.Path.DiskFull");
            }

            Assert.Equal(["order-20260301T073015Z-1.ndjson"], Names());
            Assert.Empty(Directory.GetFiles(Folder, "*.tmp"));
            await WriteAsync("p1", "{\"id\":3}");
        }
        finally
        {
            TinyDisk.Unmount(Folder);
        }
    }
}
