using Junipeer.Connections;
using Junipeer.Connections.Checks;
using Junipeer.Http;
using Junipeer.Norce;
using Xunit;

namespace Junipeer.Tests.Norce;

/// <summary>A set is read to its end, whatever the server does to pages, and what cannot be meant is told.</summary>
public sealed class NorceReadTests
{
    [Fact]
    public async Task Every_row_is_read_once_whatever_becomes_of_pages()
    {
        await using var box = await NorceBox.StartAsync(orders: 6_000);
        foreach (var (quirk, value) in new[] { ("nextLink", "on"), ("nextLink", "off"), ("topOver500", "link"), ("deepSkip", "fail"), ("propertyCase", "ignore") })
        {
            await box.AdminAsync("quirks", new Dictionary<string, string> { [quirk] = value }, HttpMethod.Put);
            var parts = (await box.FindAsync("productskus", null, q => q with { Select = ["partno"] })).Select(r => (string)NorceWorld.Value(r, "PartNo")!).ToArray();
            Assert.True(parts.Length > 550, $"{quirk} {value}: {parts.Length} articles were read.");
            Assert.Equal(parts.Length, parts.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        }

        // Pages that are smaller than the server's own: one that is full is not the last, nor is one that was cut.
        var all = (await box.FindAsync("ProductSkus")).Count;
        box.Connection = box.Connection with { Setting = new NorceSetting { PageSize = 100 } };
        Assert.Equal(all, (await box.FindAsync("Products/ProductSkus", null, q => q with { Select = ["PartNo"] })).Count);
        Assert.Equal(123, (await box.FindAsync("ProductSkus", null, q => q with { First = 123 })).Count);
    }

    [Fact]
    public async Task A_key_of_several_parts_is_walked_to_the_end()
    {
        await using var box = await NorceBox.StartAsync();
        box.Connection = box.Connection with { Setting = new NorceSetting { PageSize = 7 } };
        var rows = await box.FindAsync(box.Connection.Setting.OnHandSet);
        var keys = rows.Select(r => $"{NorceWorld.Value(r, "PartNo")}/{NorceWorld.Value(r, "WarehouseId")}/{NorceWorld.Value(r, "LocationId")}").ToArray();
        Assert.True(keys.Length > 50, $"{keys.Length} rows were read.");
        Assert.Equal(keys.Length, keys.Distinct().Count());
        box.Connection = box.Connection with { Setting = new NorceSetting() };
        Assert.Equal(keys.Length, (await box.FindAsync(box.Connection.Setting.OnHandSet)).Count);
    }

    [Fact]
    public async Task Throttling_and_outages_are_waited_for()
    {
        await using var box = await NorceBox.StartAsync();
        await box.AdminAsync("faults", new { kind = "rate-limit", match = new { pathContains = "ProductSkus" }, times = 2, headers = new Dictionary<string, string> { ["Retry-After"] = "1" } });
        await box.AdminAsync("faults", new { kind = "truncate", match = new { pathContains = "ProductSkus" }, times = 1 });
        Assert.Equal(10, (await NorceWorld.PartsAsync(box, 10)).Count);
    }

    [Fact]
    public async Task A_token_that_ended_early_is_replaced_in_the_middle()
    {
        await using var box = await NorceBox.StartAsync();
        await NorceWorld.PartsAsync(box, 1);
        await box.AdminAsync("tokens/expire", new { });
        Assert.Equal(3, (await NorceWorld.PartsAsync(box, 3)).Count);
        Assert.Equal(2, await box.CountAsync("identity.token"));
    }

    [Fact]
    public async Task What_was_never_changed_counts_from_when_it_was_made()
    {
        await using var box = await NorceBox.StartAsync();
        var all = await box.FindAsync("Orders");
        var middle = all.Select(Stamp).Order().ElementAt(all.Count / 2);
        Assert.Contains(all, r => NorceWorld.Value(r, "Updated") is null);
        var since = await box.FindAsync("Orders", null, q => q with { UpdatedAfter = middle });
        Assert.Equal(all.Count(r => Stamp(r) >= middle), since.Count);

        static DateTimeOffset Stamp(Junipeer.Records.JunipeerRecord record) => (DateTimeOffset)NorceWorld.Value(record, "Updated", "Created")!;
    }

    [Fact]
    public async Task Filters_take_values_of_every_kind()
    {
        await using var box = await NorceBox.StartAsync();
        var some = await NorceWorld.PartsAsync(box, 3);
        Assert.Equal(some.Order(StringComparer.Ordinal), (await box.FindAsync("ProductSkus", null, q => q with { Filter = NorceBox.Row(("partno", some.Cast<object?>().ToArray())) })).Select(r => (string)NorceWorld.Value(r, "PartNo")!).Order(StringComparer.Ordinal));
        Assert.Empty(await box.FindAsync("ProductSkus", null, q => q with { Filter = NorceBox.Row(("PartNo", "O'Hara")) }));
        var active = await box.FindAsync(box.Connection.Setting.OnHandSet, null, q => q with { First = 5, Filter = NorceBox.Row(("IsActive", true), ("OnHandValue", "1.0")) });
        Assert.All(active, r => Assert.Equal(true, NorceWorld.Value(r, "IsActive")));
    }

    [Fact]
    public async Task Records_are_read_by_key_and_a_missing_one_is_told()
    {
        await using var box = await NorceBox.StartAsync();
        var part = (await NorceWorld.PartsAsync(box, 1))[0];
        await using var client = box.Client();
        await new NorceFinder(client, box.Sink).GetAsync(new NorceRecordRequest { Connection = box.Connection, Resource = "ProductSkus", Keys = [part, "X-404", "a/b"], Expand = ["pricelists"] }, NorceBox.Stop);
        var found = Assert.Single(box.Sink.Of<Junipeer.Records.JunipeerRecord>());
        Assert.Equal(part, NorceWorld.Value(found, "PartNo"));
        Assert.IsType<object?[]>(NorceWorld.Value(found, "PriceLists"));
        Assert.Equal("Junipeer.Norce.ProductSkus", found.TypeName);
        Assert.All(box.Sink.Faults, f => Assert.Equal("Junipeer.Record.NotFound", f.Id));
        Assert.Equal(2, box.Sink.Faults.Count);
    }

    [Fact]
    public async Task Names_that_are_only_assumed_are_found_in_metadata_or_set()
    {
        await using var box = await NorceBox.StartAsync();
        await box.AdminAsync("quirks", new Dictionary<string, string> { ["assumedSets"] = "other" }, HttpMethod.Put);
        await new NorceEngine(box.Shelf).GetResourcesAsync(box.Connection, box.Sink, NorceBox.Stop);
        var stock = Assert.Single(box.Sink.Of<Junipeer.Resources.ResourceInfo>(), r => r.Tier == Junipeer.Resources.ResourceTier.OnRequest && r.Key.Contains("PartNo") && r.Key.Contains("LocationId"));
        box.Connection = box.Connection with { Setting = new NorceSetting { OnHandSet = $"{stock.Service}/{stock.Name}" } };
        Assert.NotEmpty(await box.FindAsync(box.Connection.Setting.OnHandSet, null, q => q with { First = 3 }));
    }

    [Theory]
    [InlineData("Junipeer.Resource.Unknown", "NoSuchSet", null, null)]
    [InlineData("Junipeer.Norce.UnknownProperty", "ProductSkus", "NoSuchProperty", null)]
    [InlineData("Junipeer.Norce.BadValue", "ProductSkus", "StatusId", null)]
    [InlineData("Junipeer.Norce.ExpandTooDeep", "ProductSkus", null, "PriceLists($expand=A($expand=B($expand=C)))")]
    [InlineData("Junipeer.Norce.BadExpand", "ProductSkus", null, "PriceLists($filter=IsActive eq true")]
    [InlineData("Junipeer.Norce.BadExpand", "ProductSkus", null, "NoSuchThing")]
    public async Task What_cannot_be_meant_is_told_before_anything_is_read(string id, string set, string? property, string? expand)
    {
        await using var box = await NorceBox.StartAsync();
        var fault = await NorceBox.FaultOf(() => box.FindAsync(set, null, q => q with
        {
            Filter = property is null ? NorceBox.Row() : NorceBox.Row((property, "text")),
            Expand = expand is null ? [] : [expand],
        }));
        Assert.Equal(id, fault.Id);
        Assert.NotEmpty(fault.RecommendedAction);
    }

    [Fact]
    public async Task The_doctor_passes_a_good_client_and_names_what_another_lacks()
    {
        await using var box = await NorceBox.StartAsync();
        var good = await Doctor.RunAsync(box.Connection, box.Shelf, box.Sink, new HttpOptions { AttemptTimeout = TimeSpan.FromSeconds(10) }, NorceBox.Stop);
        Assert.DoesNotContain(good, c => c.Status is CheckStatus.Failed);
        Assert.Equal(["SecretStore", "NameResolves", "Tls", .. NorceChecks.Order, "ClockSkew"], good.Select(c => c.Check));

        var reader = box.Connection with { ClientId = "sandbox-reader", SecretReference = SecretReference.InMemory() };
        box.Shelf[reader.SecretReference] = new SecretDocument { ClientSecret = "norce-reader-secret-2b7e" };
        var poor = await Doctor.RunAsync(reader, box.Shelf, box.Sink, new HttpOptions { AttemptTimeout = TimeSpan.FromSeconds(10) }, NorceBox.Stop);
        Assert.Equal("Junipeer.Authentication.Forbidden", poor.Single(c => c.Check == "Connect").ErrorId);
        Assert.Equal(CheckStatus.Passed, poor.Single(c => c.Check == "Query").Status);

        var other = await Doctor.RunAsync(reader with { ApplicationId = 1043 }, box.Shelf, box.Sink, new HttpOptions { AttemptTimeout = TimeSpan.FromSeconds(10) }, NorceBox.Stop);
        Assert.Equal("Junipeer.Authentication.Forbidden", other.Single(c => c.Check == "Application").ErrorId);
    }
}
