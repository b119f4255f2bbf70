using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Norce.Importing;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>
/// Sends messages about orders (https://docs.norce.io/api-reference/connect/orderservice). They are answered at once and are
/// never repeated by themselves: that one was begun is on disk before it goes out, and one whose outcome is not known is not
/// sent again unless the user says so.
/// </summary>
internal sealed class OrderMessages(NorceClient client, IOperationSink sink)
{
    /// <summary>The statuses an order can have, by name (https://docs.norce.io/api-reference/schemas/queryorders).</summary>
    private static readonly string[] Statuses =
    [
        "Created", "Allocation", "Confirmed", "BackOrder", "Delivered", "Invoiced", "Cancelled", "CreditControl", "PartlyDelivered", "Acknowledged", "ErpConfirmed",
        "ReadyForPickup", "PickedUp", "NotPickedUp", "OnHold", "WaitingForCancel", "WaitingForOnHoldRemoved", "CancelError", "AcknowledgementError", "ReadyForReservation", "Reserved",
    ];

    public async Task SendAsync(NorceOrderMessage given, CancellationToken stop)
    {
        var (message, order, number) = Check(given);
        var body = BodyOf(message);
        var operation = OperationOf(given.Kind);
        using var intent = Begin(IntentPath(given.Kind, order, number ?? RowRules.Text(message, "OrderStatus")), given, order);
        try
        {
            var receipt = await client.PostAsync(NorceClient.ConnectPath(operation), Encoding.UTF8.GetBytes(body), null, answer => new NorceOrderReceipt
            {
                Connection = client.Connection.Name,
                Kind = given.Kind,
                Order = order,
                Number = number,
                StatusCode = answer.Status,
                Answer = answer.Body.Length == 0 ? null : client.Clean(Encoding.UTF8.GetString(answer.Body.Span)),
                SentAt = answer.ReceivedAt,
            }, sink, stop).ConfigureAwait(false);
            intent.Settle();
            if (receipt.Answer is not null && IsNo(receipt.Answer))
                throw Fault("Junipeer.Norce.MessageRefused", FaultCategory.InvalidData, $"Norce answered {operation} for order {order} with a failure: {receipt.Answer}", "Mend what it says, then send the message again.", order);
            await sink.WriteAsync(receipt, stop).ConfigureAwait(false);
        }
        catch (JunipeerException lost) when (JobSender.IsUnsure(lost.Fault))
        {
            throw Fault("Junipeer.Norce.MessageUncertain", FaultCategory.ConnectionError,
                $"{operation} for order {order} was sent, and no answer came: {lost.Fault.Message} Whether Norce did it is not known.",
                $"Look at the order: Find-NorceRecord Orders \"OrderNo eq '{order}'\" -Expand Items. If it did not happen, send the message again with -SendAgain.", order);
        }
        catch (JunipeerException)
        {
            intent.Settle(); // Norce did nothing
            throw;
        }
    }

    private (IReadOnlyDictionary<string, object?> Message, string Order, string? Number) Check(NorceOrderMessage given)
    {
        var message = new Dictionary<string, object?>(given.Message, StringComparer.OrdinalIgnoreCase);
        if (given.Kind is NorceOrderMessageKind.Invoice or NorceOrderMessageKind.Cancel or NorceOrderMessageKind.Credit && !client.Connection.AllowPayment)
        {
            throw Fault("Junipeer.Norce.PaymentNotAllowed", FaultCategory.PermissionDenied,
                $"{OperationOf(given.Kind)} moves money at the payment provider, and the connection '{client.Connection.Name}' was made without leave for it.",
                $"If that is meant, connect again with -AllowPayment: {NorceSignIn.CommandFor(client.Connection)} -AllowPayment", client.Connection.Name);
        }

        // The basket id is a number here, and text in orders and events.
        if (RowRules.Text(message, "ClientOrderRef") is { } reference)
            message["ClientOrderRef"] = long.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw Bad($"ClientOrderRef takes the number of the basket, not '{reference}'.", "ClientOrderRef");
        var order = given.Kind == NorceOrderMessageKind.DeliveryNote ? Require(message, "OrderNo") : RowRules.Text(message, "ErpOrderNo") ?? RowRules.Text(message, "ClientOrderRef")
            ?? (given.Kind == NorceOrderMessageKind.Credit ? Require(message, "InvoiceNo") : throw Bad("Neither ClientOrderRef nor ErpOrderNo was given, so it is not known which order is meant.", "ClientOrderRef"));
        var number = given.Kind switch
        {
            NorceOrderMessageKind.DeliveryNote => Require(message, "NoteNo"),
            NorceOrderMessageKind.Invoice => Require(message, "InvoiceNo"),
            NorceOrderMessageKind.Credit => Require(message, "CreditedInvoiceNo"),
            _ => null,
        };
        if (given.Kind == NorceOrderMessageKind.Status) CheckStatus(message);
        if (given.Kind == NorceOrderMessageKind.DeliveryNote) CheckDelivery(message);
        if (given.Kind == NorceOrderMessageKind.Invoice) RequireList(message, "Items", "an invoice captures the money of its lines");
        if (given.Kind == NorceOrderMessageKind.Status && client.Connection.AccountId > 0) message.TryAdd("AccountId", client.Connection.AccountId);
        return (message, order, number);
    }

    private static void CheckStatus(Dictionary<string, object?> message)
    {
        var status = Require(message, "OrderStatus");
        message["OrderStatus"] = Statuses.FirstOrDefault(s => s.Equals(status, StringComparison.OrdinalIgnoreCase))
            ?? (int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < Statuses.Length ? Statuses[id] : throw Bad($"'{status}' is no status of an order. There is {string.Join(", ", Statuses)}.", "OrderStatus"));
    }

    private void CheckDelivery(Dictionary<string, object?> message)
    {
        // One spelling in the documentation's sample, another in the contract.
        var name = client.Connection.Setting.DeliveryItemsName;
        if (!message.ContainsKey(name) && message.Remove("DeliveryNoteItems", out var items)) message[name] = items;
        RequireList(message, name, "a delivery note without lines delivers nothing");
        foreach (var line in ((System.Collections.IEnumerable)message[name]!).OfType<IReadOnlyDictionary<string, object?>>())
        {
            if (RowRules.Text(line, "ItemNo") is null && RowRules.Text(line, "RowNumber") is null) throw Bad($"A line of {name} has neither ItemNo nor RowNumber.", name);
            if (!decimal.TryParse(RowRules.Text(line, "Qty"), NumberStyles.Float, CultureInfo.InvariantCulture, out var quantity) || quantity <= 0) throw Bad($"A line of {name} has no quantity (Qty) above 0.", name);
        }
    }

    private static void RequireList(Dictionary<string, object?> message, string name, string why)
    {
        if (message.TryGetValue(name, out var value) && value is IReadOnlyDictionary<string, object?> one) message[name] = new object?[] { one };
        if (!message.TryGetValue(name, out value) || value is string or not System.Collections.IEnumerable || !((System.Collections.IEnumerable)value).OfType<IReadOnlyDictionary<string, object?>>().Any())
            throw Bad($"{name} is missing or empty; {why}.", name);
    }

    private static string Require(IReadOnlyDictionary<string, object?> message, string name) => RowRules.Text(message, name) ?? throw Bad($"{name} is missing.", name);

    private static string BodyOf(IReadOnlyDictionary<string, object?> message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) RowWriter.WriteAny(json, message);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string OperationOf(NorceOrderMessageKind kind) => kind switch
    {
        NorceOrderMessageKind.Status => "Order/SendOrderStatus",
        NorceOrderMessageKind.DeliveryNote => "Order/CreateDeliveryNote",
        NorceOrderMessageKind.Invoice => "Order/CreateInvoice",
        NorceOrderMessageKind.Cancel => "Order/CancelOrder",
        _ => "Order/CreditPayment",
    };

    /// <summary>True when an answer of 2xx says in its body that nothing was done; no body is documented.</summary>
    private static bool IsNo(string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return NorceReader.Member(document.RootElement, "StatusCode") is { ValueKind: JsonValueKind.String } code && code.GetString()!.Equals("Failed", StringComparison.OrdinalIgnoreCase);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// What makes two messages the same: kind, order, and the number or status it gives. Not the rest, since a script that
    /// is run again may well put in another date.
    /// </summary>
    private string IntentPath(NorceOrderMessageKind kind, string order, string? which)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{order}\n{which}".ToLowerInvariant())))[..24].ToLowerInvariant();
        return Path.Combine(ImportJournal.FolderOf(client.Connection), $"{kind}-{key}.order");
    }

    /// <summary>Writes down that the message goes out; stops when that was written before and never settled.</summary>
    private Intent Begin(string path, NorceOrderMessage given, string order)
    {
        try
        {
            var file = DataFolder.File("norce", Path.GetFileName(Path.GetDirectoryName(path)!), Path.GetFileName(path));
            var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (stream.Length > 0 && !given.SendAgain)
            {
                stream.Dispose();
                throw Fault("Junipeer.Norce.MessageUnsettled", FaultCategory.InvalidOperation,
                    $"{OperationOf(given.Kind)} for order {order} was sent before, and whether Norce did it is not known.",
                    $"Look at the order: Find-NorceRecord Orders \"OrderNo eq '{order}'\" -Expand Items. If it did not happen, send the message with -SendAgain.", order);
            }

            DiskSteps.Tell("message begun");
            stream.SetLength(0);
            stream.Write(Encoding.ASCII.GetBytes(DateTimeOffset.UtcNow.ToString("u", CultureInfo.InvariantCulture)));
            stream.Flush(flushToDisk: true);
            DiskSteps.Tell("message written");
            return new Intent(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Fault("Junipeer.Norce.JournalFailed", FaultCategory.WriteError, $"What is about to be sent cannot be written down in '{Path.GetDirectoryName(path)}': {error.Message} Nothing was sent.",
                "If another command is sending the same message, wait for it; else mend the rights of the folder; JUNIPEER_HOME puts it elsewhere.", order);
        }
    }

    private static JunipeerException Bad(string message, string target) => Fault("Junipeer.Norce.BadMessage", FaultCategory.InvalidArgument, message, "Mend the message; about_JunipeerNorce shows each kind.", target);

    private static JunipeerException Fault(string id, FaultCategory category, string message, string action, string target) =>
        new(new JunipeerFault(id, category, message, action) { Target = target, System = NorceCatalogue.System });

    /// <summary>The note that a message is on its way; stays on disk until its outcome is known.</summary>
    private sealed class Intent(FileStream file) : IDisposable
    {
        private bool _isSettled;

        public void Settle() => _isSettled = true;

        public void Dispose()
        {
            file.Dispose();
            if (!_isSettled) return;
            try
            {
                File.Delete(file.Name);
                DiskSteps.Tell("message settled");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It asks once too often; better than once too seldom.
            }
        }
    }
}
