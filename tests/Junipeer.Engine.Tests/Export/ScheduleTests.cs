using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>The two clocks: what shows no change date is read again when it is due, not sooner, and never slips a day.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData(21, false)]
    [InlineData(22, true)]
    public async Task Prices_are_read_whole_every_day_less_a_tenth(int hours, bool due)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 40);
        (await account.ExportAsync("product-price")).AssertCompleted();
        await account.WorldAsync(new { @do = "change-price", count = 6 });
        account.Age("product-price", "last_full", TimeSpan.FromHours(hours));
        var log = (await account.ExportAsync("product-price")).AssertCompleted();
        Assert.Equal(due ? "Incremental+Full" : "Incremental", log.Result.Mode);
        Assert.Equal(due ? 6 : 0, log.Result.Changed ?? 0);
        if (due) await account.AssertEqualAsync("product-price");
    }

    [Fact]
    public async Task Stock_is_read_again_where_something_moved_or_was_ordered()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 80);
        (await account.ExportAsync("product-availability")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        await account.WorldAsync(new { @do = "change-stock", count = 4 }, new { @do = "create-order", count = 3, ship = true });
        var log = (await account.ExportAsync("product-availability")).AssertCompleted();
        Assert.Equal("Incremental", log.Result.Mode);
        Assert.InRange(log.Result.Records, 4, 40);
        await account.AssertEqualAsync("product-availability");
    }

    [Theory]
    [InlineData(6.2, false)]
    [InlineData(6.4, true)]
    public async Task Edits_that_move_no_date_are_healed_by_the_weekly_recheck(double days, bool due)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 150);
        (await account.ExportAsync("order")).AssertCompleted();
        var recent = (await account.WorldAsync(new { @do = "create-order", count = 4 }))[0];
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromHours(1));
        var code = (await account.DumpAsync("order-custom-field-meta-data")).First(d => d.GetProperty("scope").GetString() == "sale" && d.GetProperty("customFieldType").GetString() == "TEXT").GetProperty("code").GetString();
        await account.WorldAsync(new { @do = "silent-edit-order", id = recent[0] }, new { @do = "set-custom-field", of = "order", id = recent[1], code, value = "Grün & \"blue\"" });
        account.Age("order", "last_recheck", TimeSpan.FromDays(days) - TimeSpan.FromHours(2));

        var log = (await account.ExportAsync("order")).AssertCompleted();

        Assert.Equal(due ? "Incremental+Recheck" : "Incremental", log.Result.Mode);
        Assert.Equal(due ? 2 : 0, log.Result.Changed ?? 0);
        Assert.Equal(due, (await account.DifferencesAsync("order")).Count == 0);
    }

    [Fact]
    public async Task Old_documents_are_read_whole_every_ninety_days()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order")).AssertCompleted();
        var oldest = (await account.DumpAsync("order"))[0].GetProperty("id").GetInt64();
        await account.WorldAsync(new { @do = "silent-edit-order", id = oldest });
        account.Age("order", "last_recheck", TimeSpan.FromDays(8));
        Assert.Equal("Incremental+Recheck", (await account.ExportAsync("order")).AssertCompleted().Result.Mode);
        Assert.NotEmpty(await account.DifferencesAsync("order"));

        account.Age("order", "last_full", TimeSpan.FromDays(82));
        Assert.Equal("Incremental+Full", (await account.ExportAsync("order")).AssertCompleted().Result.Mode);
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task Lists_without_dates_are_read_by_every_run_and_flag_what_is_gone()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        await account.WorldAsync(new { @do = "create", of = "company", name = "First" }, new { @do = "create", of = "company", name = "Second" });
        (await account.ExportAsync("company", "tag")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        var last = (await account.DumpAsync("company?view=rows"))[^1].GetProperty("companyId").GetInt64();
        await account.WorldAsync(new { @do = "delete", of = "company", id = last });
        var log = (await account.ExportAsync("company", "tag")).AssertCompleted();
        Assert.Equal(("Full", 1L), (log.Of("company").Mode, log.Of("company").Deleted));
        Assert.Equal("1", account.One($"SELECT _is_deleted FROM companies WHERE company_id={last}"));
        await account.AssertEqualAsync("company", "tag");
    }

    [Fact]
    public async Task Brands_deleted_between_two_weekly_readings_are_noticed_by_the_next()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        var made = (await account.WorldAsync(new { @do = "create-brand", name = "Short-lived" }))[0][0];
        (await account.ExportAsync("brand")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        await account.WorldAsync(new { @do = "delete-brand", id = made });
        Assert.Equal("Incremental", (await account.ExportAsync("brand")).AssertCompleted().Result.Mode);
        Assert.Equal("0", account.One($"SELECT _is_deleted FROM brands WHERE brand_id={made}"));
        account.Age("brand", "last_full", TimeSpan.FromDays(6.4));
        Assert.Equal(("Incremental+Full", 1L), ((await account.ExportAsync("brand")).AssertCompleted().Result is var r ? (r.Mode, r.Deleted) : default));
        await account.AssertEqualAsync("brand");
    }

    [Fact]
    public async Task Full_reads_everything_now()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        (await account.ExportAsync("order", "brand", "company")).AssertCompleted();
        var log = (await account.ExportAsync(account.Request("order", "brand", "company") with { Full = true })).AssertCompleted();
        Assert.All(log.Results, r => Assert.Equal(("Full", 0L), (r.Mode, r.Changed)));
        Assert.Equal(60, log.Of("order").Records);
    }
}
