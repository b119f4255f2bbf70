namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>The codes an order carries, with the numbers the searches show for them.</summary>
internal static class OrderCodes
{
    public static readonly string[] Types = ["", "SO", "PO", "SC", "PC"];
    public static readonly string[] TypeNames = ["", "SALES_ORDER", "PURCHASE_ORDER", "SALES_CREDIT", "PURCHASE_CREDIT"];
    public static readonly string[] Payment = ["", "UNPAID", "PARTIALLY_PAID", "PAID", "OVERPAID", "NOT_APPLICABLE"];
    public static readonly string[] Shipping = ["", "NST", "SNS", "SPS", "ASS"];
    public static readonly string[] ShippingTexts = ["", "No stock tracked products on order", "Stock not shipped", "Stock partially shipped", "All stock shipped"];
    public static readonly string[] Allocation = ["", "ANR", "ANA", "APA", "AAA"];

    /// <summary>Stock status by id; 13 has been seen labelled "Unset".</summary>
    public static readonly Dictionary<int, (string Code, string Text)> Stock = new()
    {
        [1] = ("SOA", "Stock allocated"),
        [2] = ("SON", "Stock not allocated"),
        [3] = ("SOP", "Stock partially allocated"),
        [4] = ("POA", "All received"),
        [5] = ("PON", "Nothing received"),
        [13] = ("NON", "Unset"),
    };
}

internal readonly record struct OrderRow
{
    public int Id { get; init; }
    public int Sequence { get; init; }

    /// <summary>The product as it was when the row was written; null on a free-text row.</summary>
    public Product? Product { get; init; }
    public string? FreeText { get; init; }
    public int Quantity { get; init; }
    public long Cost { get; init; }
    public long Price { get; init; }
    public int DiscountHundredths { get; init; }
    public int TaxCodeId { get; init; }
    public long Net { get; init; }
    public long Tax { get; init; }
    public bool BundleParent { get; init; }
    public int ParentRowId { get; init; }
    public int ClonedFromId { get; init; }
    public string? ExternalRef { get; init; }

    public bool Stocked => Product is { StockTracked: true };
}

internal sealed record Order
{
    public required int Id { get; init; }
    public required byte Type { get; init; }
    public int ParentId { get; init; }
    public string Reference { get; init; } = string.Empty;
    public int Version { get; init; } = 1;
    public required int StatusId { get; init; }
    public byte Payment { get; init; } = 1;
    public byte Stock { get; init; } = 13;
    public byte Allocation { get; init; } = 1;
    public byte Shipping { get; init; } = 1;
    public long PlacedOn { get; init; }
    public long CreatedOn { get; init; }
    public long UpdatedOn { get; init; }
    public long ClosedOn { get; init; }
    public int CreatedById { get; init; }
    public int PriceListId { get; init; } = 1;
    public bool PriceInclusive { get; init; }
    public int DeliveryDay { get; init; }
    public int ShippingMethodId { get; init; }
    public string? InvoiceReference { get; init; }
    public int TaxDay { get; init; }
    public int DueDay { get; init; }
    public int CurrencyId { get; init; } = 1;
    public long Rate { get; init; } = 1_000_000;
    public bool FixedRate { get; init; }

    /// <summary>The contact and its addresses as they were when the order was written.</summary>
    public required Contact Contact { get; init; }
    public int StaffOwnerId { get; init; }
    public int ProjectId { get; init; }
    public int ChannelId { get; init; }
    public int LeadSourceId { get; init; }
    public int TeamId { get; init; }
    public int WarehouseId { get; init; }
    public int Acknowledged { get; init; }
    public bool Historical { get; init; }
    public bool Old { get; init; }
    public bool IsDropship { get; init; }
    public string? ExternalRef { get; init; }
    public int InstanceId { get; init; }
    public OrderRow[] Rows { get; init; } = [];
    public CustomValue[]? Custom { get; init; }

    public bool IsPurchase => Type is 2 or 4;

    public bool IsCancelled => StatusId is 5;

    public long Net
    {
        get
        {
            long net = 0;
            foreach (ref readonly OrderRow row in Rows.AsSpan())
            {
                net += row.Net;
            }

            return net;
        }
    }

    public long Tax
    {
        get
        {
            long tax = 0;
            foreach (ref readonly OrderRow row in Rows.AsSpan())
            {
                tax += row.Tax;
            }

            return tax;
        }
    }

    /// <summary>An amount of the order in the account's base currency, to two decimals.</summary>
    public long Base(long amount) => Rate == 1_000_000 ? amount : (long)(Math.Round(amount * 1_000_000m / Rate / 100m, MidpointRounding.AwayFromZero) * 100m);
}
