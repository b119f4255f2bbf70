using System.Text.Json.Nodes;
using Junipeer.Export;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>Properties nobody knew, values that do not fit, and fields that must not be kept.</summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task An_unknown_scalar_gets_a_column_and_leaves_it_when_it_goes()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 30);
        (await account.ExportAsync("order-type")).AssertCompleted();
        await AnswerAsync(account, """[{"id":1,"orderTypeCode":"SO","name":"Sales order","loyaltyTier":"gold","shape":{"deep":1},"list":[1]},{"id":2,"orderTypeCode":"PO","name":"Purchase order","loyaltyTier":7}]""");
        var log = (await account.ExportAsync("order-type")).AssertCompleted();
        Assert.Equal(["1|gold", "2|7"], account.Query("SELECT id, loyalty_tier FROM order_types WHERE _is_deleted=0 ORDER BY id"));
        Assert.Equal(2, log.Result.Changed);
        Assert.DoesNotContain("shape", string.Join(' ', account.Query("SELECT name FROM pragma_table_info('order_types')")), StringComparison.Ordinal);
        Assert.Contains("\"shape\":{\"deep\":1}", account.One("SELECT payload FROM order_types WHERE id=1"), StringComparison.Ordinal);

        await AnswerAsync(account, """[{"id":1,"orderTypeCode":"SO","name":"Sales order"},{"id":2,"orderTypeCode":"PO","name":"Purchase order","loyaltyTier":8}]""");
        Assert.Equal(2, (await account.ExportAsync("order-type")).AssertCompleted().Result.Changed);
        Assert.Equal(["1|-", "2|8"], account.Query("SELECT id, loyalty_tier FROM order_types WHERE _is_deleted=0 ORDER BY id"));

        await AnswerAsync(account, """[{"id":1,"orderTypeCode":"SO","name":"Sales order"},{"id":2,"orderTypeCode":"PO","name":"Purchase order"}]""");
        (await account.ExportAsync("order-type")).AssertCompleted();
        Assert.Equal(["1|-", "2|-"], account.Query("SELECT id, loyalty_tier FROM order_types WHERE _is_deleted=0 ORDER BY id"));
    }

    [Fact]
    public async Task Freeze_adds_no_column_and_keeps_the_payload()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 10);
        await AnswerAsync(account, """[{"id":1,"orderTypeCode":"SO","name":"Sales order","loyaltyTier":"gold"}]""");
        (await account.ExportAsync(account.Request("order-type") with { SchemaPolicy = SchemaPolicy.Freeze })).AssertCompleted();
        Assert.DoesNotContain("loyalty_tier", account.Query("SELECT name FROM pragma_table_info('order_types')"));
        Assert.Contains("loyaltyTier", account.One("SELECT payload FROM order_types"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_does_not_fit_is_null_in_its_column_kept_in_the_payload_and_warned_about_once()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 40);
        await account.FaultAsync(new { kind = "status", status = 200, times = (int?)null, match = new { resource = "order", verb = "GET" }, body = await OrdersAsync(account, o =>
        {
            o["parentOrderId"] = "none";
            o["placedOn"] = "yesterday";
        }) });
        var log = await account.ExportAsync("order", "order-type");
        Assert.Equal((ExportStatus.CompletedWithDrift, 80L), (log.Of("order").Status, log.Of("order").Drifted));
        Assert.Equal(2, log.Warnings.Count);
        Assert.Contains(log.Warnings, w => w.Contains("'placedOn'", StringComparison.Ordinal) && w.Contains("yesterday", StringComparison.Ordinal));
        Assert.Equal("40", account.One("SELECT count(*) FROM orders WHERE parent_order_id IS NULL AND placed_on IS NULL AND created_on IS NOT NULL AND payload LIKE '%\"placedOn\":\"yesterday\"%'"));
        Assert.Equal(ExportStatus.Completed, log.Of("order-type").Status);
        Assert.NotNull(log.Of("order").Watermark);
        Assert.NotNull(log.Of("order").Message);
    }

    [Fact]
    public async Task A_document_without_its_key_is_rejected_with_its_payload_and_flags_nothing_as_deleted()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 40);
        (await account.ExportAsync("order")).AssertCompleted();
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        var first = true;
        await account.FaultAsync(new { kind = "status", status = 200, times = (int?)null, match = new { resource = "order", verb = "GET" }, body = await OrdersAsync(account, o =>
        {
            if (first) o.Remove("id");
            first = false;
        }) });
        var log = await account.ExportAsync(account.Request("order") with { Full = true });
        Assert.Equal((ExportStatus.Completed, 0L), (log.Result.Status, log.Result.Deleted));
        Assert.True(log.Result.Rejected > 0);
        Assert.Equal("0", account.One("SELECT count(*) FROM orders WHERE _is_deleted=1"));
        Assert.Equal("Junipeer.Record.NoKey", account.Query("SELECT DISTINCT error_id FROM _junipeer_rejects").Single());
        Assert.Contains("orderRows", account.Query("SELECT payload FROM _junipeer_rejects")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_comes_twice_in_an_answer_is_there_once_with_its_rows()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 30);
        var body = JsonNode.Parse(await OrdersAsync(account, _ => { }))!;
        var all = body["response"]!.AsArray();
        foreach (var copy in all.Take(5).Select(o => o!.DeepClone()).ToArray()) all.Add(copy);
        await account.FaultAsync(new { kind = "status", status = 200, times = (int?)null, match = new { resource = "order", verb = "GET" }, body = body.ToJsonString() });
        Assert.Equal(ExportStatus.Completed, (await account.ExportAsync("order")).Result.Status);
        await account.AssertEqualAsync("order");
    }

    [Fact]
    public async Task Without_payload_only_columns_are_kept_and_with_it_again_all_are_filled()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 30);
        (await account.ExportAsync(account.Request("order") with { NoPayload = true })).AssertCompleted();
        Assert.Equal("30", account.One("SELECT count(*) FROM orders WHERE payload IS NULL"));
        await account.AssertEqualAsync("order");
        (await account.ExportAsync(account.Request("order") with { Full = true })).AssertCompleted();
        Assert.Equal("0", account.One("SELECT count(*) FROM orders WHERE payload IS NULL"));
    }

    [Theory]
    [InlineData("Personal")]
    [InlineData("email")]
    [InlineData("parties.customer.email")]
    public async Task Excluded_fields_are_neither_in_a_column_nor_in_a_payload(string field)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 40);
        var emails = (await account.DumpAsync("order"))
            .Select(o => o.GetProperty("parties").TryGetProperty("customer", out var customer) && customer.TryGetProperty("email", out var email) ? email.GetString()! : "")
            .Where(e => e.Contains('@', StringComparison.Ordinal)).ToHashSet();
        Assert.NotEmpty(emails);
        (await account.ExportAsync(account.Request("order") with { ExcludeFields = [field] })).AssertCompleted();
        Assert.Equal("0", account.One("SELECT count(*) FROM orders WHERE parties_customer_email IS NOT NULL OR json_extract(payload, '$.parties.customer.email') IS NOT NULL"));
        Assert.Equal("40", account.One("SELECT count(*) FROM orders WHERE order_type_code IS NOT NULL AND payload IS NOT NULL"));
        if (field != "Personal") return;

        // No personal value is anywhere in the file, whatever its place was.
        var bytes = System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(account.Database, SandboxAccount.Stop));
        Assert.All(emails, e => Assert.DoesNotContain(e, bytes, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_cannot_be_excluded()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 10);
        var log = await account.ExportAsync(account.Request("order") with { ExcludeFields = ["id"] });
        log.AssertFailed("order", "Junipeer.Export.KeyExcluded");
    }

    [Fact]
    public async Task Two_accounts_share_a_file_under_prefixes_of_their_own_and_not_otherwise()
    {
        await using var one = await SandboxAccount.StartAsync(orders: 20);
        await using var two = await SandboxAccount.StartAsync(orders: 35);
        (await one.ExportAsync("order")).AssertCompleted();
        (await one.ExportAsync(one.Request("order") with { TablePrefix = "eu_", Connection = one.Connection })).AssertCompleted();
        Assert.Equal("20|20", one.One("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM eu_orders)"));

        // The tables say which account filled them.
        one.Execute("UPDATE _junipeer_meta SET value=replace(value, 'sandbox', 'another') WHERE name='account' AND prefix=''");
        var refused = await one.ExportAsync("order");
        refused.AssertFailed("order", refused.Result.ErrorId!);
        Assert.Contains("-TablePrefix", refused.Faults.Single().RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("20", one.One("SELECT count(*) FROM orders"));
        (await one.ExportAsync(two.Request("order") with { Path = one.Database, TablePrefix = "us_", Connection = one.Connection })).AssertCompleted();
        Assert.Equal("20", one.One("SELECT count(*) FROM us_orders"));
    }

    private static async Task AnswerAsync(SandboxAccount account, string documents)
    {
        await account.ClearFaultsAsync();
        await account.AdvanceAsync(TimeSpan.FromMinutes(1));
        await account.FaultAsync(new { kind = "status", status = 200, times = (int?)null, match = new { resource = "order-type" }, body = $$"""{"response":{{documents}}}""" });
    }

    /// <summary>An answer that holds every order, each changed a little.</summary>
    private static async Task<string> OrdersAsync(SandboxAccount account, Action<JsonObject> change)
    {
        var orders = new JsonArray();
        foreach (var document in await account.DumpAsync("order"))
        {
            var order = JsonNode.Parse(document.GetRawText())!.AsObject();
            change(order);
            orders.Add((JsonNode)order);
        }

        return new JsonObject { ["response"] = orders }.ToJsonString();
    }
}
