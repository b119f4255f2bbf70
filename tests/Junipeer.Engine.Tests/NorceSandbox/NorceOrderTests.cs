using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceOrderTests
{
    /// <summary>A new order of two parts, and its basket.</summary>
    private static async Task<(long Id, int Basket, string[] Parts)> OrderAsync(NorceBox box)
    {
        var parts = await box.PartsAsync(2);
        var placed = (await box.WorldAsync($$"""{"do":"place-order","items":[{"partNo":"{{parts[0]}}","quantity":2},{"partNo":"{{parts[1]}}","quantity":1}]}"""))[0].GetProperty("ids")[0];
        return (placed.GetProperty("id").GetInt64(), placed.GetProperty("clientOrderRef").GetInt32(), parts);
    }

    private static Task<NorceReply> SendAsync(NorceBox box, string operation, string body) => box.ConnectAsync("Order/" + operation, body);

    private static async Task<JsonElement> LookAsync(NorceBox box, long id) => (await box.QueryAsync($"Orders/Orders({id})?$expand=Items,Infos")).Ok().Json;

    [Fact]
    public async Task AConfirmationGivesTheOrderTheNumberOfTheErp()
    {
        await using var box = await NorceBox.StartAsync();
        var (id, basket, _) = await OrderAsync(box);
        Assert.Equal(basket.ToString(), (await LookAsync(box, id)).GetProperty("OrderNo").GetString());
        var answer = (await SendAsync(box, "SendOrderStatus", $$"""{"ClientOrderRef":{{basket}},"ErpOrderNo":"SO-1","OrderStatus":"Confirmed","AccountId":42,"Infos":[{"Code":"ERPREF","Value":"1"}],"ItemStatuses":[{"LineNo":1,"ItemStatus":3}]}""")).Ok();
        Assert.Empty(answer.Body);
        var order = await LookAsync(box, id);
        Assert.Equal("SO-1", order.GetProperty("OrderNo").GetString());
        Assert.Equal(2, order.GetProperty("StatusId").GetInt32());
        Assert.Equal(JsonValueKind.String, order.GetProperty("Updated").ValueKind);
        Assert.Equal(3, order.GetProperty("Items").EnumerateArray().Single(i => i.GetProperty("LineNumber").GetDecimal() == 1).GetProperty("StatusId").GetInt32());
        Assert.Equal("1", order.GetProperty("Infos")[0].GetProperty("Value").GetString());
        (await SendAsync(box, "SendOrderStatus", """{"ErpOrderNo":"SO-1","OrderStatus":"OnHold"}""")).Ok();
        (await SendAsync(box, "SendOrderStatus", $$"""{"ClientOrderRef":{{basket}},"OrderStatus":14}""")).Ok();
        Assert.Equal(14, (await LookAsync(box, id)).GetProperty("StatusId").GetInt32());
        var (_, other, _) = await OrderAsync(box);
        (await SendAsync(box, "SendOrderStatus", $$"""{"ClientOrderRef":{{other}},"ErpOrderNo":"SO-1","OrderStatus":"Confirmed"}""")).Refused(400, "taken");
    }

    [Theory]
    [InlineData("""{"OrderStatus":"Confirmed"}""", "required")]
    [InlineData("""{"ClientOrderRef":1,"OrderStatus":"Confirmed"}""", "no order of basket 1")]
    [InlineData("""{"ClientOrderRef":"880001","OrderStatus":"Confirmed"}""", "whole number")]
    [InlineData("""{"ClientOrderRef":880001,"OrderStatus":"Done"}""", "OrderStatus")]
    [InlineData("""{"ClientOrderRef":880001}""", "OrderStatus is missing")]
    [InlineData("""{"ClientOrderRef":880001,"OrderStatus":"Confirmed","AccountId":7}""", "account 7")]
    [InlineData("""{"ClientOrderRef":880001,"OrderStatus":"Confirmed","Nonsense":7}""", "no such member")]
    [InlineData("""{"ClientOrderRef":880001,"OrderStatus":"Confirmed","ItemStatuses":[{"LineNo":99,"ItemStatus":3}]}""", "no line 99")]
    [InlineData("[]", "object was expected")]
    public async Task AStatusIsReadStrictly(string body, string says)
    {
        await using var box = await NorceBox.StartAsync();
        (await SendAsync(box, "SendOrderStatus", body)).Refused(400, says);
    }

    [Theory]
    [InlineData("DeliveryNoteItems")]
    [InlineData("DeliverynoteItems")]
    public async Task DeliveryNotesAddUpToADelivery(string items)
    {
        await using var box = await NorceBox.StartAsync();
        var (id, basket, parts) = await OrderAsync(box);
        string Note(string note, string rows) => $$"""{"OrderNo":"{{basket}}","NoteNo":"{{note}}","DeliveryDate":"2026-03-03T14:00:00Z","DeliveryAddress":{"Line1":"Testgatan 1","Country":"SE"},"{{items}}":[{{rows}}],"DeliveryNotePackages":[{"ParcelNumber":"TRACK1","StatusId":4}]}""";
        (await SendAsync(box, "CreateDeliveryNote", Note("DN-1", $$"""{"RowNumber":1,"ItemNo":"{{parts[0]}}","Qty":1}"""))).Ok();
        Assert.Equal(8, (await LookAsync(box, id)).GetProperty("StatusId").GetInt32());
        (await SendAsync(box, "CreateDeliveryNote", Note("DN-1", $$"""{"RowNumber":1,"ItemNo":"{{parts[0]}}","Qty":1}"""))).Refused(400, "already");
        (await SendAsync(box, "CreateDeliveryNote", Note("DN-2", $$"""{"RowNumber":1,"ItemNo":"{{parts[0]}}","Qty":2}"""))).Refused(400, "cannot be delivered");
        (await SendAsync(box, "CreateDeliveryNote", Note("DN-2", $$"""{"RowNumber":2,"ItemNo":"{{parts[0]}}","Qty":1}"""))).Refused(400, "no line");
        (await SendAsync(box, "CreateDeliveryNote", Note("DN-2", $$"""{"RowNumber":1,"ItemNo":"{{parts[0]}}","Qty":1},{"RowNumber":2,"ItemNo":"{{parts[1]}}","Qty":1}"""))).Ok();
        Assert.Equal(4, (await LookAsync(box, id)).GetProperty("StatusId").GetInt32());
        var notes = await box.RowsAsync($"Orders/DeliveryNotes?$filter=OrderId eq {id}&$expand=Items,Packages");
        Assert.Equal(2, notes.Length);
        Assert.Equal("TRACK1", notes[0].GetProperty("Packages")[0].GetProperty("ParcelNumber").GetString());
        (await SendAsync(box, "CancelOrder", $$"""{"ClientOrderRef":{{basket}}}""")).Refused(400, "delivered");
    }

    [Fact]
    public async Task AfterRenumberingADeliveryNoteNamesTheNewNumber()
    {
        await using var box = await NorceBox.StartAsync();
        var (_, basket, parts) = await OrderAsync(box);
        (await SendAsync(box, "SendOrderStatus", $$"""{"ClientOrderRef":{{basket}},"ErpOrderNo":"SO-1","OrderStatus":"Confirmed"}""")).Ok();
        string Note(string order) => $$"""{"OrderNo":"{{order}}","NoteNo":"{{order}}","DeliveryNoteItems":[{"RowNumber":1,"ItemNo":"{{parts[0]}}","Qty":1}]}""";
        (await SendAsync(box, "CreateDeliveryNote", Note(basket.ToString()))).Refused(400, "no order");
        (await SendAsync(box, "CreateDeliveryNote", Note("SO-1"))).Ok();
        await box.QuirkAsync("deliveryNoteOrderNo", "either");
        (await SendAsync(box, "CreateDeliveryNote", Note(basket.ToString()))).Ok();
    }

    [Fact]
    public async Task AnOrderReservesStockUntilItIsDeliveredOrCancelled()
    {
        await using var box = await NorceBox.StartAsync();
        var part = (await box.RowsAsync("Products/ProductSkuOnHands?$filter=WarehouseId eq 3"))[0].GetProperty("PartNo").GetString();
        async Task<decimal> ReservedAsync() => (await box.QueryAsync($"Products/ProductSkuOnHands(PartNo='{part}',WarehouseId=3,LocationId=7)")).Ok().Json.GetProperty("ReservationValue").GetDecimal();
        async Task<JsonElement> PlaceAsync() => (await box.WorldAsync($$"""{"do":"place-order","items":[{"partNo":"{{part}}","quantity":3}]}"""))[0].GetProperty("ids")[0].GetProperty("clientOrderRef");
        var first = await PlaceAsync();
        var second = await PlaceAsync();
        Assert.Equal(6, await ReservedAsync());
        (await SendAsync(box, "CreateDeliveryNote", $$"""{"OrderNo":"{{first}}","NoteNo":"N","DeliveryNoteItems":[{"RowNumber":1,"ItemNo":"{{part}}","Qty":2}]}""")).Ok();
        Assert.Equal(4, await ReservedAsync());
        (await SendAsync(box, "CancelOrder", $$"""{"ClientOrderRef":{{second}}}""")).Ok();
        (await SendAsync(box, "SendOrderStatus", $$"""{"ClientOrderRef":{{second}},"OrderStatus":"Cancelled"}""")).Ok();
        Assert.Equal(1, await ReservedAsync());
        await box.QuirkAsync("reservations", "off");
        await PlaceAsync();
        Assert.Equal(1, await ReservedAsync());
    }

    [Fact]
    public async Task InvoicesMoveMoneyUnlessToldNotTo()
    {
        await using var box = await NorceBox.StartAsync();
        var (id, basket, parts) = await OrderAsync(box);
        string Invoice(string number, string more) => $$"""{"InvoiceNo":"{{number}}","ClientOrderRef":{{basket}},"CurrencyCode":"GBP"{{more}}}""";
        var item = $$""","Items":[{"LineNo":1,"PartNo":"{{parts[0]}}","Quantity":2,"UnitPrice":10,"UnitVat":2}]""";
        (await SendAsync(box, "CreateInvoice", Invoice("I-0", string.Empty))).Refused(400, "mandatory");
        (await SendAsync(box, "CreateInvoice", Invoice("I-1", item + ",\"IsLastInvoiceForOrder\":false,\"SuppressPspCall\":true"))).Ok();
        Assert.Empty((await box.LookAsync("money")).EnumerateArray());
        Assert.Equal(0, (await LookAsync(box, id)).GetProperty("StatusId").GetInt32());
        (await SendAsync(box, "CreateInvoice", Invoice("I-2", item))).Ok();
        (await SendAsync(box, "CreateInvoice", Invoice("I-2", item))).Refused(400, "already");
        Assert.Equal(5, (await LookAsync(box, id)).GetProperty("StatusId").GetInt32());
        (await SendAsync(box, "CreditPayment", Invoice("I-3", item))).Refused(400, "CreditedInvoiceNo");
        (await SendAsync(box, "CreditPayment", Invoice("I-3", item + ",\"CreditedInvoiceNo\":\"I-2\""))).Ok();
        Assert.Equal(["captured 24", "credited 24"], (await box.LookAsync("money")).EnumerateArray().Select(m => $"{m.GetProperty("kind")} {m.GetProperty("amount").GetDecimal():0}"));
        Assert.Equal(3, (await box.RowsAsync($"Orders/Invoices?$filter=ReferenceOrderId eq {id}")).Length);
        var (second, other, _) = await OrderAsync(box);
        (await SendAsync(box, "CancelOrder", $$"""{"ClientOrderRef":{{other}},"Payments":[{"PaymentRef":"psp-1","Amount":5}]}""")).Ok();
        Assert.Equal(6, (await LookAsync(box, second)).GetProperty("StatusId").GetInt32());
        Assert.Equal(3, (await box.LookAsync("money")).GetArrayLength());
    }

    [Fact]
    public async Task OtherChannelsBringOrdersToo()
    {
        await using var box = await NorceBox.StartAsync();
        var part = (await box.PartsAsync(1))[0];
        string Order(string sku) => $$"""{"Header":{"ApplicationKey":"{{box.Server.NorceApplicationKey}}"},"ErpOrderNo":"EXT-1","CurrencyCode":"GBP","Items":[{"LineNo":1,"PartNo":"{{sku}}","Quantity":3,"UnitPrice":5}]}""";
        (await SendAsync(box, "CreateExternalOrder", Order("X-404"))).Refused(400, "SKU");
        (await SendAsync(box, "CreateExternalOrder", Order(part))).Ok();
        (await SendAsync(box, "CreateExternalOrder", Order(part))).Refused(400, "taken");
        Assert.Equal(5, (await box.RowsAsync("Orders/Orders?$filter=OrderNo eq 'EXT-1'"))[0].GetProperty("OrderTypeId").GetInt32());
        (await SendAsync(box, "SendPosShipment", """{"ShipmentNo":"S-1","ErpOrderNo":"EXT-1"}""")).Ok();
        (await SendAsync(box, "CreateWarehouseTransaction", $$"""{"TransactionNo":"T-1","PartNo":"{{part}}","WarehouseCode":"WH-MAIN","LocationCode":"STD","Quantity":-1}""")).Ok();
        Assert.Equal(2, (await box.LookAsync("messages")).GetArrayLength());
        (await box.SendAsync("GET", "commerce/connect/4.0/Order/SendOrderStatus")).Refused(405);
    }
}
