using System.Globalization;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Tests.Support;
using Junipeer.Warehouse;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>Clocks that are wrong, nights on which they change, and dates that shift a day.</summary>
public sealed class ClockTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_server_clock_hours_off_makes_a_bookmark_in_its_own_time(int hours)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        await account.PostAsync("clock", new { skewSeconds = hours * 3600 });
        var before = await account.NowAsync();
        (await account.ExportAsync("order", "product", "goods-movement", "customer-payment")).AssertCompleted();
        var after = await account.NowAsync();
        foreach (var resource in (string[])["order", "product", "goods-movement", "customer-payment"])
            Assert.InRange((await account.BookmarkAsync(resource))!.Watermark!.Value, before.AddMinutes(-10).AddSeconds(-3), after.AddMinutes(-10));

        await account.WorldAsync(new { @do = "create-order", count = 3 }, new { @do = "touch-order", count = 3 }, new { @do = "touch-product" }, new { @do = "create-payment" });
        var log = (await account.ExportAsync("order", "product", "goods-movement", "customer-payment")).AssertCompleted();
        Assert.Equal(3, log.Of("order").New);
        await account.AssertEqualAsync("order", "product", "goods-movement", "customer-payment");
    }

    [Fact]
    public async Task A_bookmark_in_the_future_reads_nothing_says_so_and_stays()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 40);
        (await account.ExportAsync("order", "brand")).AssertCompleted();
        account.Age("order", "watermark", TimeSpan.FromDays(-3));
        var future = (await account.BookmarkAsync("order"))!.Watermark;
        await account.WorldAsync(new { @do = "create-order", count = 2 });
        await account.TakeRequestsAsync();

        var log = await account.ExportAsync("order", "brand");

        Assert.Equal((ExportStatus.Incomplete, 0L), (log.Of("order").Status, log.Of("order").Records));
        Assert.Contains("future", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.Equal(ExportStatus.Completed, log.Of("brand").Status);
        Assert.False((await account.TakeRequestsAsync()).ContainsKey("GET order"));
        Assert.Equal(future, (await account.BookmarkAsync("order"))!.Watermark);

        await account.Engine.SetBookmarkAsync(new BookmarkChange(account.Warehouse, "order") { Watermark = (await account.NowAsync()).AddDays(-1) }, new ExportLog(), SandboxAccount.Stop);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AssertEqualAsync("order");
    }

    [Theory]
    [InlineData("2026-03-08T07:58:00Z")]
    [InlineData("2026-11-01T06:58:00Z")]
    public async Task Nothing_is_lost_or_shifted_in_a_night_on_which_clocks_change(string start)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60, timeZone: "America/Chicago", start: DateTimeOffset.Parse(start, CultureInfo.InvariantCulture));
        string[] resources = ["order", "goods-movement", "order-note", "product"];
        (await account.ExportAsync(resources)).AssertCompleted();

        // Through the hour that is skipped or comes twice, a run and some orders every twenty minutes.
        for (var step = 0; step < 7; step++)
        {
            await account.AdvanceAsync(TimeSpan.FromMinutes(20));
            await account.WorldAsync(new { @do = "create-order", count = 2, ship = true, invoice = true }, new { @do = "touch-order", count = 2 }, new { @do = "create-order-note" });
            var log = (await account.ExportAsync(account.Request(resources) with { LookBack = TimeSpan.FromMinutes(1) })).AssertCompleted();
            Assert.Equal(2, log.Of("order").New);
            await account.AssertEqualAsync(resources);
        }

        // Instants are UTC, so their order is the order of events although the account's clock went back.
        var created = account.Query("SELECT created_on FROM orders ORDER BY id DESC LIMIT 14");
        Assert.Equal(created.OrderDescending(StringComparer.Ordinal), created);
        Assert.All(created, c => Assert.EndsWith("Z", c, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("America/Chicago", "mixed")]
    [InlineData("Pacific/Auckland", "account")]
    [InlineData("America/St_Johns", "utc")]
    [InlineData("Asia/Kolkata", "mixed")]
    public async Task Date_only_fields_are_the_day_that_was_meant(string zone, string shift)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 150, timeZone: zone, quirks: ("dateOnlyShift", shift));
        var log = (await account.ExportAsync("order", "product", "contact")).AssertCompleted();
        Assert.Equal(0, log.Results.Sum(r => r.Drifted));
        await account.AssertEqualAsync("order", "product", "contact");

        var expected = (await account.DumpAsync("order"))
            .Where(d => d.GetProperty("invoices").EnumerateArray().Any(i => i.TryGetProperty("taxDate", out _)))
            .ToDictionary(d => d.GetProperty("id").GetInt64(), d => Day(d.GetProperty("invoices")[0].GetProperty("taxDate").GetString()!));
        Assert.NotEmpty(expected);
        var found = account.Query("SELECT order_id, tax_date FROM order_invoices WHERE position=0 AND tax_date IS NOT NULL").ToDictionary(r => long.Parse(r.Split('|')[0], CultureInfo.InvariantCulture), r => r.Split('|')[1]);
        Assert.Equal(expected.OrderBy(e => e.Key), found.OrderBy(e => e.Key));
    }

    [Fact]
    public async Task Contacts_that_never_changed_neither_move_a_date_nor_count_as_changed()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 120, quirks: ("contactUpdatedOnNow", "on"));
        (await account.ExportAsync("contact")).AssertCompleted();
        var never = account.One("SELECT count(*) FROM contacts WHERE updated_on IS NULL AND _source_updated_at IS NULL");
        Assert.NotEqual("0", never);
        await account.AdvanceAsync(TimeSpan.FromMinutes(2));
        var log = (await account.ExportAsync(account.Request("contact") with { Full = true })).AssertCompleted();
        Assert.Equal((0L, 0L), (log.Result.New, log.Result.Changed));
        Assert.Equal(never, account.One("SELECT count(*) FROM contacts WHERE updated_on IS NULL"));
        await account.AssertEqualAsync("contact");
    }

    [Fact]
    public async Task Contacts_answered_page_by_page_are_all_read()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 1700, quirks: ("missingDocuments", "404"));
        (await account.ExportAsync("contact")).AssertCompleted();
        Assert.True(int.Parse(account.One("SELECT count(*) FROM contacts"), CultureInfo.InvariantCulture) > 400);
        await account.AssertEqualAsync("contact");
    }

    [Fact]
    public async Task New_orders_without_a_change_date_are_found_by_their_creation()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60, quirks: ("nullUpdatedOn", "on"));
        (await account.ExportAsync("order")).AssertCompleted();
        var made = (await account.WorldAsync(new { @do = "create-order", count = 4 }))[0];
        var log = (await account.ExportAsync(account.Request("order") with { LookBack = TimeSpan.Zero })).AssertCompleted();
        Assert.Equal(4, log.Result.New);
        Assert.Equal(made.Select(id => $"{id}"), account.Query("SELECT id FROM orders WHERE updated_on IS NULL AND id IN (" + string.Join(',', made) + ") ORDER BY id"));
        await account.AssertEqualAsync("order");
    }

    /// <summary>Midnight UTC gives the UTC date, else midnight in its own offset gives that date.</summary>
    private static string Day(string text)
    {
        var instant = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        return (instant.UtcDateTime.TimeOfDay == TimeSpan.Zero ? instant.UtcDateTime : instant.DateTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
