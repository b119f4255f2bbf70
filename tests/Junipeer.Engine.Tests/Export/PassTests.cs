using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>Passes that take several runs: each goes on where the last one stopped, and none forgets when it began.</summary>
public sealed class PassTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_full_pass_stopped_by_the_clock_goes_on_with_its_own_start_and_reads_nothing_twice()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 1150);
        var held = await account.FaultAsync(new { kind = "hold", times = (int?)null, skip = 2, match = new { resource = "order", verb = "GET" } });
        var began = await account.NowAsync();

        var first = await account.ExportAsync(account.Request("order") with { MaximumDuration = Enough });

        Assert.Equal((ExportStatus.Incomplete, "Full"), (first.Result.Status, first.Result.Mode));
        Assert.Equal(400, first.Result.Records);
        Assert.Null(first.Result.Watermark);
        Assert.True(await account.HitsAsync(held) > 0);
        Assert.Equal("Full: 2 of 6 slices", (await account.BookmarkAsync("order"))!.OpenPass);
        Assert.Equal("400", account.One("SELECT count(*) FROM orders"));
        var start = account.One("SELECT started_at FROM _junipeer_bookmarks WHERE resource='order' AND slot='sweep'");

        // What changes in the meantime lies behind the pass's start, so the run after finds it.
        await account.ClearFaultsAsync();
        await account.AdvanceAsync(TimeSpan.FromHours(3));
        await account.WorldAsync(new { @do = "touch-order", count = 30 }, new { @do = "create-order", count = 3 }, new { @do = "delete-order", count = 2 });
        var second = (await account.ExportAsync("order")).AssertCompleted();

        // Four sets were left; an order deleted since is asked for once more by itself. The listing is not asked for again.
        Assert.InRange(second.Result.Requests, 4, 6);
        Assert.InRange(second.Result.Watermark!.Value, began.AddMinutes(-10).AddSeconds(-3), began.AddMinutes(-9));
        Assert.Equal(start[..19], (second.Result.Watermark.Value + TimeSpan.FromMinutes(10)).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("", (await account.BookmarkAsync("order"))!.OpenPass);

        var third = (await account.ExportAsync("order")).AssertCompleted();
        Assert.Equal(("Incremental", 3L), (third.Result.Mode, third.Result.New));
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task An_incremental_pass_stopped_by_the_clock_is_ended_first_and_followed_by_another()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 900);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        var old = (await account.BookmarkAsync("order"))!.Watermark;
        await account.WorldAsync(new { @do = "touch-order", count = 800 });
        await account.FaultAsync(new { kind = "hold", times = (int?)null, skip = 1, match = new { resource = "order", verb = "GET" } });
        var first = await account.ExportAsync(account.Request("order") with { MaximumDuration = Enough });
        Assert.Equal((ExportStatus.Incomplete, old), (first.Result.Status, first.Result.Watermark));
        Assert.StartsWith("Incremental: 1 of ", (await account.BookmarkAsync("order"))!.OpenPass, StringComparison.Ordinal);
        Assert.Equal(200, first.Result.Records);

        await account.ClearFaultsAsync();
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        await account.WorldAsync(new { @do = "create-order", count = 5 });
        var second = (await account.ExportAsync("order")).AssertCompleted();
        Assert.Equal(5, second.Result.New);
        Assert.True(second.Result.Watermark > old!.Value.AddMinutes(100));
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task A_sequential_walk_goes_on_behind_its_last_page()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        await account.WorldAsync(new { @do = "create-order-note", count = 1700 });
        await account.FaultAsync(new { kind = "hold", times = (int?)null, skip = 3, match = new { resource = "order-note", verb = "SEARCH" } });
        var first = await account.ExportAsync(account.Request("order-note") with { MaximumDuration = Enough });
        Assert.Equal((ExportStatus.Incomplete, 1000L), (first.Result.Status, first.Result.Records));

        await account.ClearFaultsAsync();
        var second = (await account.ExportAsync("order-note")).AssertCompleted();
        Assert.Equal((await account.DumpAsync("order-note?view=rows")).Count - 1000, second.Result.Records);
        Assert.Equal(0, second.Result.Deleted ?? 0);
        await account.AssertEqualAsync("order-note");
    }

    [Fact]
    public async Task A_record_refused_before_a_pass_was_stopped_is_not_taken_for_gone_when_it_ends()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        await account.WorldAsync(new { @do = "create-order-note", count = 1700 });
        (await account.ExportAsync("order-note")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        account.Age("order-note", "last_full", TimeSpan.FromDays(100));
        var full = account.Request("order-note") with { Full = true };
        await account.FaultAsync(new { kind = "hold", times = (int?)null, skip = 3, match = new { resource = "order-note", verb = "SEARCH" } });
        var first = await account.ExportAsync(full with { MaximumDuration = Enough });
        Assert.Equal(ExportStatus.Incomplete, first.Result.Status);

        // As if one of the first rows had come without its key: the pass knows that it was refused, and did not load it.
        var id = account.One("SELECT min(note_id) FROM order_notes");
        Assert.Equal(1, account.Execute($"UPDATE order_notes SET _pass_id='an earlier one', _loaded_at='2001-01-01T00:00:00.000Z' WHERE note_id={id}"));
        Assert.Equal(1, account.Execute("UPDATE _junipeer_bookmarks SET rejected=1 WHERE resource='order-note' AND slot='sweep'"));

        await account.ClearFaultsAsync();
        var second = (await account.ExportAsync(full)).AssertCompleted();
        Assert.Equal((0L, 0L), (second.Result.Rejected, second.Result.Deleted ?? 0));
        Assert.Equal("0", account.One($"SELECT _is_deleted FROM order_notes WHERE note_id={id}"));
    }

    [Fact]
    public async Task A_plan_that_took_all_the_time_is_not_asked_for_again()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 300);
        await account.FaultAsync(new { kind = "hold", times = (int?)null, match = new { resource = "order", verb = "GET" } });
        var first = await account.ExportAsync(account.Request("order") with { MaximumDuration = Enough });
        Assert.Equal((ExportStatus.Incomplete, 0L), (first.Result.Status, first.Result.Records));

        await account.ClearFaultsAsync();
        await account.TakeRequestsAsync();
        (await account.ExportAsync("order")).AssertCompleted();
        Assert.DoesNotContain("OPTIONS order", (await account.TakeRequestsAsync()).Keys);
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task A_time_too_short_to_plan_in_says_so()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        await account.FaultAsync(new { kind = "hold", times = (int?)null, match = new { resource = "order", verb = "OPTIONS" } });
        var log = await account.ExportAsync(account.Request("order") with { MaximumDuration = Enough });
        Assert.Equal(ExportStatus.Incomplete, log.Result.Status);
        Assert.Contains("-MaximumDuration", log.Result.Message, StringComparison.Ordinal);
        await account.ClearFaultsAsync();
    }

    [Fact]
    public async Task A_user_who_stops_a_run_keeps_what_was_read()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 900);
        await account.FaultAsync(new { kind = "hold", times = (int?)null, skip = 2, match = new { resource = "order", verb = "GET" } });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(SandboxAccount.Stop);
        var pages = 0;
        var log = new ExportLog { OnProgress = p => { if (p.Activity == "Exporting order" && ++pages == 2) stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => account.ExportAsync(account.Request("order", "product"), log, stop.Token));
        Assert.Equal("400", account.One("SELECT count(*) FROM orders"));
        Assert.Equal("Full: 2 of 5 slices", (await account.BookmarkAsync("order"))!.OpenPass);
        Assert.Equal("Incomplete", account.One("SELECT status FROM _junipeer_runs WHERE resource='order'"));

        // Counted by the run itself: the account may note down the requests that were given up only now.
        await account.ClearFaultsAsync();
        Assert.Equal(3, (await account.ExportAsync("order")).AssertCompleted().Result.Requests);
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task The_watermark_is_the_start_of_the_pass_less_the_look_back_and_changes_within_it_are_read_again()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 40);
        var before = await account.NowAsync();
        var log = (await account.ExportAsync(account.Request("order") with { LookBack = TimeSpan.FromHours(7) })).AssertCompleted();
        Assert.InRange(log.Result.Watermark!.Value, before.AddHours(-7).AddSeconds(-3), (await account.NowAsync()).AddHours(-7));

        await account.AdvanceAsync(TimeSpan.FromDays(1));
        await account.WorldAsync(new { @do = "touch-order" });
        await account.AdvanceAsync(TimeSpan.FromHours(2));
        var request = account.Request("order") with { LookBack = TimeSpan.FromHours(3) };
        Assert.Equal((1L, 1L), Read(await account.ExportAsync(request)));
        Assert.Equal((1L, 0L), Read(await account.ExportAsync(request)));
        await account.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal((1L, 0L), Read(await account.ExportAsync(request)));
        Assert.Equal((0L, 0L), Read(await account.ExportAsync(request)));

        static (long, long?) Read(ExportLog log) => (log.AssertCompleted().Result.Records, log.Result.Changed ?? 0);
    }

    [Fact]
    public async Task Ids_and_dates_of_the_users_own_move_no_bookmark_and_flag_no_delete()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        var some = await account.ExportAsync(account.Request("order") with { UpdatedAfter = (await account.NowAsync()).AddYears(-1) });
        Assert.Equal("Since", some.AssertCompleted().Result.Mode);
        Assert.Null((await account.BookmarkAsync("order"))?.Watermark);

        (await account.ExportAsync("order")).AssertCompleted();
        var before = await account.BookmarkAsync("order");
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        var edited = (await account.WorldAsync(new { @do = "silent-edit-order" }))[0][0];
        var gone = (await account.DumpAsync("order")).Select(d => d.GetProperty("id").GetInt64()).First(id => id != edited);
        await account.WorldAsync(new { @do = "delete-order", id = gone });

        var byId = (await account.ExportAsync(account.Request("order") with { Ids = [$"{edited}", $"{gone}"] })).AssertCompleted();
        Assert.Equal((1L, 1L), (byId.Result.Records, byId.Result.Changed));
        (await account.ExportAsync(account.Request("order") with { UpdatedAfter = DateTimeOffset.UnixEpoch })).AssertCompleted();

        Assert.Equal("0", account.One($"SELECT _is_deleted FROM orders WHERE id={gone}"));
        var after = await account.BookmarkAsync("order");
        Assert.Equal((before!.Watermark, before.LastFull, before.LastRecheck, ""), (after!.Watermark, after.LastFull, after.LastRecheck, after.OpenPass));

        (await account.ExportAsync("order")).AssertCompleted();
        Assert.Equal("1", account.One($"SELECT _is_deleted FROM orders WHERE id={gone}"));
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task Shared_time_is_spent_on_changes_first()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 120);
        (await account.ExportAsync("order", "product")).AssertCompleted();
        await account.WorldAsync(new { @do = "touch-product", count = 3 }, new { @do = "touch-order", count = 3 });
        account.Age("order", "last_full", TimeSpan.FromDays(100));
        await account.FaultAsync(new { kind = "hold", times = (int?)null, skip = 1, match = new { resource = "order", verb = "GET" } });
        var log = await account.ExportAsync(account.Request("order", "product") with { MaximumDuration = Enough });
        Assert.Equal((ExportStatus.Incomplete, "Incremental+Full", 3L), (log.Of("order").Status, log.Of("order").Mode, log.Of("order").Changed));
        Assert.Equal((ExportStatus.Completed, 3L), (log.Of("product").Status, log.Of("product").Changed));
        await account.AssertEqualAsync("order", "product");
    }
}
