using Junipeer.Connections;

namespace Junipeer.Norce;

/// <summary>The messages about orders that Connect takes.</summary>
public enum NorceOrderMessageKind
{
    /// <summary><c>Order/SendOrderStatus</c>.</summary>
    Status,

    /// <summary><c>Order/CreateDeliveryNote</c>.</summary>
    DeliveryNote,

    /// <summary><c>Order/CreateInvoice</c>: captures money.</summary>
    Invoice,

    /// <summary><c>Order/CancelOrder</c>: cancels payments.</summary>
    Cancel,

    /// <summary><c>Order/CreditPayment</c>: pays money back.</summary>
    Credit,
}

/// <summary>One message about an order.</summary>
public sealed record NorceOrderMessage
{
    /// <summary>Where to.</summary>
    public required NorceConnection Connection { get; init; }

    /// <summary>What.</summary>
    public required NorceOrderMessageKind Kind { get; init; }

    /// <summary>Its fields, in Connect's names; nested things are dictionaries.</summary>
    public required IReadOnlyDictionary<string, object?> Message { get; init; }

    /// <summary>Send it although an earlier sending of the same message has an unknown outcome.</summary>
    public bool SendAgain { get; init; }
}

/// <summary>A message that was taken.</summary>
public sealed record NorceOrderReceipt
{
    /// <summary>The connection.</summary>
    public required string Connection { get; init; }

    /// <summary>What was sent.</summary>
    public required NorceOrderMessageKind Kind { get; init; }

    /// <summary>The order, as the message named it.</summary>
    public required string Order { get; init; }

    /// <summary>The number of the note or invoice; null for other messages.</summary>
    public string? Number { get; init; }

    /// <summary>HTTP status of the answer.</summary>
    public required int StatusCode { get; init; }

    /// <summary>What Norce answered, where it answered anything; no shape is documented.</summary>
    public string? Answer { get; init; }

    /// <summary>When it was taken, by Norce's clock.</summary>
    public required DateTimeOffset SentAt { get; init; }
}
