using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceStockTests
{
    private static string Line(string part, string more = "\"OnhandValue\":14", string location = "STD") => $$"""{"PartNo":"{{part}}","WarehouseCode":"WH-MAIN","LocationCode":"{{location}}",{{more}}}""";

    private static async Task<JsonElement> OnHandAsync(NorceBox box, string part, int location = 7) => (await box.QueryAsync($"Products/ProductSkuOnHands(PartNo='{part}',WarehouseId=3,LocationId={location})")).Ok().Json;

    [Fact]
    public async Task StockIsSetAndStampedOnlyWhenItChanges()
    {
        await using var box = await NorceBox.StartAsync();
        await box.StockAsync($"[{Line(NorceBox.Freight)}]");
        var first = await OnHandAsync(box, NorceBox.Freight);
        Assert.Equal(14, first.GetProperty("OnHandValue").GetDecimal());
        Assert.True(first.GetProperty("IsActive").GetBoolean());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("Updated").ValueKind);
        await box.AdminAsync("clock", """{"advanceSeconds":60}""");
        Assert.Equal(0, (await box.StockAsync($"[{Line(NorceBox.Freight)}]")).Json.GetProperty("Updates").GetInt32());
        var same = await OnHandAsync(box, NorceBox.Freight);
        Assert.Equal(JsonValueKind.Null, same.GetProperty("Updated").ValueKind);
        Assert.Equal(first.GetProperty("OnHandLastUpdated").GetDateTime(), same.GetProperty("OnHandLastUpdated").GetDateTime());
        Assert.True(same.GetProperty("OnHandLastChecked").GetDateTime() > first.GetProperty("OnHandLastChecked").GetDateTime());
        Assert.Equal(1, (await box.StockAsync($"[{Line(NorceBox.Freight, "\"OnhandValue\":0")}]")).Json.GetProperty("Updates").GetInt32());
        var zero = await OnHandAsync(box, NorceBox.Freight);
        Assert.Equal(0, zero.GetProperty("OnHandValue").GetDecimal());
        Assert.True(zero.GetProperty("OnHandLastUpdated").GetDateTime() > first.GetProperty("OnHandLastUpdated").GetDateTime());
        Assert.Equal(42, zero.GetProperty("UpdatedBy").GetInt32());
    }

    [Fact]
    public async Task WhatIsNotAnnouncedIsIgnoredAndWhatIsMissingIsCleared()
    {
        await using var box = await NorceBox.StartAsync();
        await box.StockAsync($"[{Line(NorceBox.Freight, "\"OnhandValue\":14,\"IncomingValue\":5,\"NextDeliveryDate\":\"2026-12-24T00:00:00Z\"")}]", "\"OnhandValue\",4,\"NextDeliveryDate\"");
        await box.StockAsync($"[{Line(NorceBox.Freight, "\"OnhandValue\":99,\"IncomingValue\":6")}]", "\"IncomingValue\"");
        var row = await OnHandAsync(box, NorceBox.Freight);
        Assert.Equal(14, row.GetProperty("OnHandValue").GetDecimal());
        Assert.Equal(6, row.GetProperty("IncomingValue").GetDecimal());
        await box.QuirkAsync("missingListedField", "keep");
        await box.StockAsync($"[{Line(NorceBox.Freight, "\"IncomingValue\":7")}]", "\"OnhandValue\",\"IncomingValue\",\"NextDeliveryDate\"");
        row = await OnHandAsync(box, NorceBox.Freight);
        Assert.Equal(14, row.GetProperty("OnHandValue").GetDecimal());
        Assert.Equal(JsonValueKind.String, row.GetProperty("NextDeliveryDate").ValueKind);
        await box.QuirkAsync("missingListedField", "clear");
        await box.StockAsync($"[{Line(NorceBox.Freight, "\"IncomingValue\":7")}]", "\"OnhandValue\",\"IncomingValue\",\"NextDeliveryDate\"");
        row = await OnHandAsync(box, NorceBox.Freight);
        Assert.Equal(0, row.GetProperty("OnHandValue").GetDecimal());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("NextDeliveryDate").ValueKind);
        await box.StockAsync($"[{Line(NorceBox.Freight)}]", string.Empty);
        Assert.Equal(0, (await OnHandAsync(box, NorceBox.Freight)).GetProperty("OnHandValue").GetDecimal());
    }

    [Fact]
    public async Task AFullFileEndsWhatItsPlacesHoldBesides()
    {
        await using var box = await NorceBox.StartAsync();
        var before = (await box.RowsAsync("Products/ProductSkuOnHands?$filter=WarehouseId eq 3 and IsActive eq true")).Length;
        Assert.True(before > 10);
        await box.StockAsync($"[{Line(NorceBox.Freight, location: "OUTLET")}]", full: true);
        Assert.Equal(before + 1, (await box.RowsAsync("Products/ProductSkuOnHands?$filter=WarehouseId eq 3 and IsActive eq true")).Length);
        var job = await box.StockAsync($"[{Line(NorceBox.Freight)}]", full: true);
        Assert.Equal(before, job.Json.GetProperty("Updates").GetInt32());
        Assert.Equal(2, (await box.RowsAsync("Products/ProductSkuOnHands?$filter=WarehouseId eq 3 and IsActive eq true")).Length);
        Assert.NotEmpty(await box.RowsAsync("Products/ProductSkuOnHands?$filter=WarehouseId eq 4 and IsActive eq true"));
        Assert.NotEmpty(await box.RowsAsync("Products/ProductSkuOnHands?$filter=IsActive eq false and StoppedDate ne null"));
    }
}
