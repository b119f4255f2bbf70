using Junipeer.Norce;
using Junipeer.Tests.Connections;
using Xunit;

namespace Junipeer.Tests.Norce;

/// <summary>Messages about orders arrive once, and those that move money only where that was allowed.</summary>
[Collection(DataHome.Collection)]
public sealed class NorceOrderTests : IClassFixture<DataHome>
{
    [Fact]
    public async Task A_confirmation_gives_the_order_the_number_of_the_ERP()
    {
        await using var box = await NorceBox.StartAsync();
        var (id, number) = await OrderAsync(box);
        await SendAsync(box, NorceOrderMessageKind.Status, ("ClientOrderRef", number), ("ErpOrderNo", "SO-10045"), ("OrderStatus", "confirmed"));
        var order = Assert.Single(await box.FindAsync("Orders", $"Id eq {id}"));
        Assert.Equal("SO-10045", NorceWorld.Value(order, "OrderNo"));
        Assert.Equal(2L, NorceWorld.Value(order, "StatusId"));
        Assert.Equal("SO-10045", Assert.Single(box.Sink.Of<NorceOrderReceipt>()).Order);
    }

    [Fact]
    public async Task A_delivery_note_delivers()
    {
        await using var box = await NorceBox.StartAsync();
        var (id, number) = await OrderAsync(box);
        await SendAsync(box, NorceOrderMessageKind.Status, ("ClientOrderRef", number), ("ErpOrderNo", "SO-10046"), ("OrderStatus", "Confirmed"));
        var lines = (object?[])NorceWorld.Value((await box.FindAsync("Orders", $"Id eq {id}", q => q with { Expand = ["Items"] }))[0], "Items")!;
        var items = lines.Cast<Junipeer.Records.JunipeerRecord>()
            .Select(l => (object?)NorceBox.Row(("RowNumber", Convert.ToInt64(NorceWorld.Value(l, "LineNumber"))), ("ItemNo", NorceWorld.Value(l, "PartNo")), ("Qty", NorceWorld.Value(l, "QtyOrdered")))).ToArray();
        await SendAsync(box, NorceOrderMessageKind.DeliveryNote, ("OrderNo", "SO-10046"), ("NoteNo", "DN-501"), ("DeliveryDate", DateTimeOffset.UtcNow), ("DeliveryNoteItems", items));
        Assert.Equal(4L, NorceWorld.Value(Assert.Single(await box.FindAsync("Orders", $"Id eq {id}")), "StatusId"));
    }

    [Theory]
    [InlineData(NorceOrderMessageKind.Invoice)]
    [InlineData(NorceOrderMessageKind.Cancel)]
    [InlineData(NorceOrderMessageKind.Credit)]
    public async Task Money_is_moved_only_where_that_was_allowed(NorceOrderMessageKind kind)
    {
        await using var box = await NorceBox.StartAsync();
        var fault = await NorceBox.FaultOf(() => SendAsync(box, kind, ("ClientOrderRef", "1"), ("InvoiceNo", "I-1")));
        Assert.Equal("Junipeer.Norce.PaymentNotAllowed", fault.Id);
        Assert.Contains("-AllowPayment", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, await box.CountAsync("identity.token"));
    }

    [Fact]
    public async Task Where_it_was_allowed_an_invoice_captures_once()
    {
        await using var box = await NorceBox.StartAsync();
        box.Connection = box.Connection with { AllowPayment = true };
        var (id, number) = await OrderAsync(box);
        var lines = (object?[])NorceWorld.Value((await box.FindAsync("Orders", $"Id eq {id}", q => q with { Expand = ["Items"] }))[0], "Items")!;
        var items = lines.Cast<Junipeer.Records.JunipeerRecord>().Select(l => (object?)NorceBox.Row(
            ("LineNo", Convert.ToInt64(NorceWorld.Value(l, "LineNumber"))), ("PartNo", NorceWorld.Value(l, "PartNo")), ("Quantity", Convert.ToInt64(NorceWorld.Value(l, "QtyOrdered"))), ("UnitPrice", NorceWorld.Value(l, "PriceSale")))).ToArray();
        await SendAsync(box, NorceOrderMessageKind.Invoice, ("ClientOrderRef", number), ("InvoiceNo", "I-1"), ("InvoiceDate", DateTimeOffset.UtcNow), ("CurrencyCode", "SEK"), ("SuppressPspCall", true), ("Items", items));
        Assert.Equal("I-1", Assert.Single(box.Sink.Of<NorceOrderReceipt>()).Number);
        Assert.Single(await box.FindAsync("Invoices"));
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_not_sent_again_unasked()
    {
        await using var box = await NorceBox.StartAsync();
        var (_, number) = await OrderAsync(box);
        (string, object?)[] message = [("ClientOrderRef", number), ("ErpOrderNo", "SO-7"), ("OrderStatus", "Confirmed")];
        await box.AdminAsync("faults", new { kind = "drop-after", match = new { pathContains = "SendOrderStatus" }, times = 1 });
        Assert.Equal("Junipeer.Norce.MessageUncertain", (await NorceBox.FaultOf(() => SendAsync(box, NorceOrderMessageKind.Status, message))).Id);
        Assert.Equal("Junipeer.Norce.MessageUnsettled", (await NorceBox.FaultOf(() => SendAsync(box, NorceOrderMessageKind.Status, message))).Id);
        await using var client = box.Client();
        await new OrderMessages(client, box.Sink).SendAsync(new NorceOrderMessage { Connection = box.Connection, Kind = NorceOrderMessageKind.Status, Message = NorceBox.Row(message), SendAgain = true }, NorceBox.Stop);
        Assert.Single(box.Sink.Of<NorceOrderReceipt>());
    }

    [Theory]
    [InlineData(NorceOrderMessageKind.Status, "OrderStatus=Confirmed")]
    [InlineData(NorceOrderMessageKind.Status, "ClientOrderRef=12|OrderStatus=Lost")]
    [InlineData(NorceOrderMessageKind.Status, "ClientOrderRef=abc|OrderStatus=Confirmed")]
    [InlineData(NorceOrderMessageKind.DeliveryNote, "OrderNo=1|NoteNo=2")]
    [InlineData(NorceOrderMessageKind.DeliveryNote, "OrderNo=1")]
    public async Task A_message_that_cannot_be_meant_is_not_sent(NorceOrderMessageKind kind, string fields)
    {
        await using var box = await NorceBox.StartAsync();
        var fault = await NorceBox.FaultOf(() => SendAsync(box, kind, fields.Split('|').Select(f => (f.Split('=')[0], (object?)f.Split('=')[1])).ToArray()));
        Assert.Equal("Junipeer.Norce.BadMessage", fault.Id);
        Assert.Equal(0, await box.CountAsync("identity.token"));
    }

    private static async Task<(long Id, string Number)> OrderAsync(NorceBox box)
    {
        var order = (await box.FindAsync("Orders", "StatusId eq 0", q => q with { First = 1 }))[0];
        return ((long)NorceWorld.Value(order, "Id")!, (string)NorceWorld.Value(order, "OrderNo")!);
    }

    private static async Task SendAsync(NorceBox box, NorceOrderMessageKind kind, params (string, object?)[] fields)
    {
        await using var client = box.Client();
        await new OrderMessages(client, box.Sink).SendAsync(new NorceOrderMessage { Connection = box.Connection, Kind = kind, Message = NorceBox.Row(fields) }, NorceBox.Stop);
    }
}
