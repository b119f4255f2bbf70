using System.Text.Json;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Requests;
using Junipeer.Tests.Support;
using Xunit;

namespace Junipeer.Tests.Export;

/// <summary>Records as the pipeline gets them: the system's names, exact values, one shape for a kind.</summary>
public sealed class PipelineExportTests
{
    [Fact]
    public async Task Every_order_comes_once_with_typed_values_and_its_untouched_document()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 230);
        var truth = (await account.DumpAsync("order")).ToDictionary(d => d.GetProperty("id").GetInt64());
        var log = await account.ExportAsync(account.Request("order") with { Target = ExportTarget.Pipeline, Path = null });

        Assert.Empty(log.Results);
        Assert.Equal(truth.Keys.Order(), log.Records.Select(r => (long)Value(r, "id")!).Order());
        Assert.Single(log.Records.Select(r => string.Join(' ', r.Properties.Select(p => p.Key))).Distinct());
        foreach (var record in log.Records)
        {
            var document = truth[(long)Value(record, "id")!];
            Assert.Equal("Junipeer.Brightpearl.Order", record.TypeName);
            Assert.Equal(decimal.Parse(document.GetProperty("totalValue").GetProperty("total").GetString()!, System.Globalization.CultureInfo.InvariantCulture), Assert.IsType<decimal>(Value(record, "totalValue", "total")));
            Assert.Equal(document.GetProperty("createdOn").GetDateTimeOffset(), Assert.IsType<DateTimeOffset>(Value(record, "createdOn")));
            Assert.Equal(document.GetProperty("createdOn").GetDateTimeOffset().Offset, ((DateTimeOffset)Value(record, "createdOn")!).Offset);
            Assert.Equal(document.GetProperty("orderTypeCode").GetString(), Value(record, "orderTypeCode"));
            var rows = Assert.IsType<object?[]>(Value(record, "orderRows")).Cast<JunipeerRecord>().ToArray();
            Assert.Equal(document.GetProperty("orderRows").EnumerateObject().Select(r => long.Parse(r.Name, System.Globalization.CultureInfo.InvariantCulture)), rows.Select(r => (long)Value(r, "id")!));
            Assert.All(rows, r => Assert.IsType<decimal>(Value(r, "quantity", "magnitude")));
            Assert.All(rows, r => Assert.IsType<string>(Value(r, "orderRowSequence")));
            Assert.True(JsonElement.DeepEquals(document, JsonDocument.Parse((string)Value(record, "Payload")!).RootElement));
        }

        var dated = log.Records.Where(r => Value(r, "delivery") is JunipeerRecord && Value(r, "delivery", "deliveryDate") is not null).ToArray();
        Assert.NotEmpty(dated);
        Assert.All(dated, r => Assert.IsType<DateOnly>(Value(r, "delivery", "deliveryDate")));
        Assert.Contains(log.Records, r => Value(r, "updatedOn") is null);
    }

    [Fact]
    public async Task Everything_standard_streams_and_leaves_no_file()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 60);
        var log = await account.ExportAsync(account.Request("Standard") with { Target = ExportTarget.Pipeline, Path = null, NoPayload = true });
        Assert.Empty(log.Faults);
        foreach (var (resource, type) in (IEnumerable<(string, string)>)[("product", "Product"), ("contact", "Contact"), ("goods-out-note", "GoodsOutNote"), ("product-price", "ProductPrice"), ("product-availability", "ProductAvailability"), ("stock-transfer", "StockTransfer")])
            Assert.Equal((await account.DumpAsync(resource)).Count, log.Records.Count(r => r.TypeName == $"Junipeer.Brightpearl.{type}"));
        Assert.All(log.Records, r => Assert.DoesNotContain(r.Properties, p => p.Key == "Payload"));
        Assert.All(log.Records, r => Assert.Equal(r.Properties.Count, r.Properties.Select(p => p.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count()));
        Assert.Empty(Directory.GetFileSystemEntries(account.Folder));
    }

    [Fact]
    public async Task Records_read_by_id_look_the_same_and_missing_ids_are_named()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 30);
        var id = (await account.DumpAsync("order"))[4].GetProperty("id").GetInt64();
        var exported = await account.ExportAsync(account.Request("order") with { Target = ExportTarget.Pipeline, Path = null, Ids = [$"{id}"] });
        var log = new ExportLog();
        await account.Engine.GetAsync(new RecordRequest { Connection = account.Connection, Resource = "order", Ids = [$"{id}", "99999991", "99999992-99999995"] }, log, SandboxAccount.Stop);
        var record = Assert.Single(log.Records);
        Assert.Equal(Show(Assert.Single(exported.Records)), Show(record));
        Assert.Equal("99999991", Assert.Single(log.Faults).Target);
        Assert.Equal("Junipeer.Record.NotFound", log.Faults.Single().Id);
    }

    [Theory]
    [InlineData("5-", "Junipeer.Record.BadId")]
    [InlineData("abc", "Junipeer.Record.BadId")]
    public async Task Ids_that_are_none_are_refused_before_a_request(string text, string id)
    {
        await using var account = await SandboxAccount.StartAsync(orders: 10);
        var log = await account.ExportAsync(account.Request("order") with { Ids = [text] });
        log.AssertFailed("order", id);
        var thrown = await Assert.ThrowsAsync<JunipeerException>(() => account.Engine.GetAsync(new RecordRequest { Connection = account.Connection, Resource = "order", Ids = [text] }, new ExportLog(), SandboxAccount.Stop));
        Assert.Equal(id, thrown.Fault.Id);
        Assert.Equal(0, (await account.TakeRequestsAsync()).Values.Sum());
    }

    [Fact]
    public async Task A_resource_without_the_right_to_it_is_a_fault_and_the_others_still_stream()
    {
        await using var account = await SandboxAccount.StartAsync(orders: 20);
        await account.FaultAsync(new { kind = "status", status = 403, times = (int?)null, match = new { resource = "brand" } });
        var log = await account.ExportAsync(account.Request("brand", "order-type") with { Target = ExportTarget.Pipeline, Path = null });
        Assert.Equal(("brand", FaultCategory.PermissionDenied), (Assert.Single(log.Faults).Target, log.Faults.Single().Category));
        Assert.NotEmpty(log.Records);
        Assert.All(log.Records, r => Assert.Equal("Junipeer.Brightpearl.OrderType", r.TypeName));
    }

    private static object? Value(JunipeerRecord record, params string[] path)
    {
        object? value = record;
        foreach (var name in path) value = Assert.IsType<JunipeerRecord>(value).Properties.Single(p => p.Key == name).Value;
        return value;
    }

    private static string Show(object? value) => value switch
    {
        JunipeerRecord record => $"{{{record.TypeName} {string.Join(", ", record.Properties.Select(p => $"{p.Key}={Show(p.Value)}"))}}}",
        object?[] items => $"[{string.Join(", ", items.Select(Show))}]",
        _ => $"{value?.GetType().Name}:{value}",
    };
}
