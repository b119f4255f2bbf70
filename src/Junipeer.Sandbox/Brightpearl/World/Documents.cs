namespace Junipeer.Sandbox.Brightpearl.World;

// The documents of an account: immutable, replaced as a whole by a change. Money is in ten-thousandths, exchange
// rates in millionths, times in UTC milliseconds (0: not set), days in days since 1970 (0: not set).

/// <summary>A value of a custom field: text, <see cref="long"/>, <see cref="bool"/>, a day or the id of a select option.</summary>
internal readonly record struct CustomValue(CustomField Field, object Value);

internal sealed record Product
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required string Sku { get; init; }
    public string Barcode { get; init; } = string.Empty;
    public string Ean { get; init; } = string.Empty;
    public string Upc { get; init; } = string.Empty;
    public string Isbn { get; init; } = string.Empty;
    public string Mpn { get; init; } = string.Empty;

    /// <summary>Older products show only SKU and bar code, others all six members.</summary>
    public bool ShortIdentity { get; init; }
    public int BrandId { get; init; }
    public int CollectionId { get; init; }
    public int TypeId { get; init; }
    public int GroupId { get; init; }
    public bool StockTracked { get; init; }
    public bool Featured { get; init; }
    public int Weight { get; init; }
    public (int Length, int Height, int Width) Size { get; init; }
    public bool Taxable { get; init; }
    public int TaxCodeId { get; init; }
    public int[] Categories { get; init; } = [];
    public string[] ExtraChannels { get; init; } = [];
    public string Description { get; init; } = string.Empty;
    public int[] SeasonIds { get; init; } = [];
    public (Product Product, int Quantity)[] Bundle { get; init; } = [];
    public OptionValue[] Variations { get; init; } = [];
    public string Status { get; init; } = "LIVE";
    public int PrimarySupplierId { get; init; }
    public (int SupplierId, string Sku)[] Suppliers { get; init; } = [];
    public (int WarehouseId, int LocationId, int ReorderLevel, int ReorderQuantity)[] Defaults { get; init; } = [];
    public long CreatedOn { get; init; }
    public long UpdatedOn { get; init; }
    public CustomValue[]? Custom { get; init; }
}

/// <summary>All prices of one product: per price list the breaks, ascending.</summary>
internal sealed record ProductPrices(int ProductId, ListPrice[] Lists);

internal readonly record struct ListPrice(int PriceListId, string? Sku, (int Break, long Price)[] Breaks);

/// <summary>Stock of one product; one entry for each warehouse and location it has ever been in.</summary>
internal sealed record ProductStock(int ProductId, StockAt[] Places);

internal readonly record struct StockAt(int WarehouseId, int LocationId, int InStock, int AllocatedOrders, int AllocatedTransfers, int InTransit, int OnOrder);

internal sealed record Address(int Id, int ContactId, string? Line1, string? Line2, string? Line3, string? Line4, string? PostalCode, Country? Country);

internal sealed record Country(int Id, string Iso2, string Iso3, string Name);

internal sealed record Contact
{
    public required int Id { get; init; }
    public string Salutation { get; init; } = string.Empty;
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public bool IsPrimary { get; init; }
    public bool IsSupplier { get; init; }
    public bool IsStaff { get; init; }
    public required Address Default { get; init; }
    public required Address Billing { get; init; }
    public required Address Delivery { get; init; }
    public string? Email { get; init; }
    public string? Email2 { get; init; }
    public string? Email3 { get; init; }
    public string? Phone { get; init; }
    public string? Phone2 { get; init; }
    public string? Mobile { get; init; }
    public string? Website { get; init; }
    public string? JobTitle { get; init; }
    public int StatusId { get; init; }
    public bool Newsletter { get; init; }
    public int PriceListId { get; init; }
    public int CurrencyId { get; init; } = 1;
    public int CreditLimit { get; init; }
    public int CreditTermDays { get; init; }
    public int Discount { get; init; }
    public int CompanyId { get; init; }
    public string? CompanyName { get; init; }
    public int StaffOwnerId { get; init; }
    public int LeadSourceId { get; init; }
    public int[] Tags { get; init; } = [];
    public int CreatedById { get; init; }
    public long CreatedOn { get; init; }
    public long UpdatedOn { get; init; }
    public long LastContactedOn { get; init; }
    public long LastOrderedOn { get; init; }
    public CustomValue[]? Custom { get; init; }

    public string FullName => FirstName.Length == 0 ? LastName : LastName.Length == 0 ? FirstName : FirstName + " " + LastName;
}

internal sealed record ContactNote(int Id, int ContactId, string Text, long AddedOn, int AddedBy);

internal sealed record StockTransfer(int Id, int SourceWarehouseId, int TargetWarehouseId, int GoodsOutNoteId, string Reference, int CreatedBy, long CreatedOn);

internal readonly record struct GoodsOutLine(int OrderRowId, int ProductId, int Quantity, int LocationId);

internal sealed record GoodsOutNote
{
    public required int Id { get; init; }
    public int OrderId { get; init; }
    public required int WarehouseId { get; init; }
    public int TargetWarehouseId { get; init; }
    public int StockTransferId { get; init; }
    public bool Priority { get; init; }
    public int ShippingMethodId { get; init; }
    public string Reference { get; init; } = string.Empty;
    public int Boxes { get; init; }
    public int ChannelId { get; init; }
    public int Sequence { get; init; } = 1;
    public long ReleaseDate { get; init; }
    public long CreatedOn { get; init; }
    public int CreatedBy { get; init; }
    public long PrintedOn { get; init; }
    public long PickedOn { get; init; }
    public long PackedOn { get; init; }
    public long ShippedOn { get; init; }
    public int HandledBy { get; init; }
    public required GoodsOutLine[] Lines { get; init; }

    public bool Transfer => TargetWarehouseId != 0;
}

internal sealed record GoodsInLine(int NoteId, int OrderId, int OrderRowId, int ProductId, int Quantity, int OnHand, int WarehouseId, int LocationId, long Cost, long LandedCost, string CurrencyCode, string? BatchReference, long CreatedOn, long ReceivedOn);

internal sealed record GoodsInNote
{
    public required int Id { get; init; }
    public int OrderId { get; init; }
    public bool Transfer { get; init; }
    public string Status { get; init; } = "CLOSED";
    public string? BatchReference { get; init; }
    public long CreatedOn { get; init; }
    public long ReceivedOn { get; init; }
    public int CreatedBy { get; init; }
    public required GoodsInLine[] Lines { get; init; }
}

internal sealed record DropShipNote(int Id, int OrderId, int SupplierId, int PurchaseOrderId, long CreatedOn, int CreatedBy, bool Shipped, (int RowId, int ProductId, int Quantity)[] Lines);

/// <summary>Stock that moved: out (negative), in, corrected. <c>TypeCode</c> is GO, GI or SC.</summary>
internal sealed record GoodsMovement(int Id, int ProductId, int SalesOrderRowId, int PurchaseOrderRowId, int Quantity, int LocationId, int WarehouseId, int NoteId, long Value, string CurrencyCode, int OrderId, bool Cleared, bool Quarantine, int BatchId, string TypeCode, long UpdatedOn);

internal sealed record StockCorrection(int Id, int WarehouseId, int LocationId, int ProductId, int Quantity, string Reason, long Cost, long CreatedOn, int CreatedBy);

/// <summary>A line of a journal, and one row of the journal search.</summary>
internal sealed record JournalLine(int RowId, bool Debit, string NominalCode, long Amount, int TaxCodeId)
{
    /// <summary>Set when the journal is written.</summary>
    public Journal Journal { get; set; } = null!;
}

internal sealed record Journal
{
    public required int Id { get; init; }
    public required string TypeCode { get; init; }
    public int ContactId { get; init; }
    /// <summary>Text that stands in the reference instead of an order.</summary>
    public string? Note { get; init; }
    public int OrderId { get; init; }
    public string? InvoiceReference { get; init; }
    public int ChannelId { get; init; }
    public int ProjectId { get; init; }
    public int LeadSourceId { get; init; }
    public int TaxDay { get; init; }
    public int DueDay { get; init; }
    public long CreatedOn { get; init; }
    public int CreatedBy { get; init; }
    public int TaxReconciledDay { get; init; }
    public int TaxPeriodId { get; init; }
    public int CurrencyId { get; init; } = 1;
    public long Rate { get; init; } = 1_000_000;

    /// <summary>Mostly the order's id, but it may hold text.</summary>
    public string Reference => Note ?? (OrderId == 0 ? string.Empty : OrderId.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Amounts of the lines are in the journal's currency.</summary>
    public required JournalLine[] Lines { get; init; }
}

internal sealed record Payment
{
    public required int Id { get; init; }
    public string? TransactionRef { get; init; }
    public string? TransactionCode { get; init; }
    public required string MethodCode { get; init; }
    public required string Type { get; init; }
    public int OrderId { get; init; }
    public int ContactId { get; init; }
    public int CurrencyId { get; init; } = 1;
    public long Authorized { get; init; }
    public long Paid { get; init; }
    public long Expires { get; init; }
    public long PaymentDate { get; init; }
    public long CreatedOn { get; init; }
    public int JournalId { get; init; }
}

internal sealed record OrderNote(int Id, int OrderId, int ContactId, string Text, bool IsPublic, long AddedOn, int AddedBy, int OrderStatusId);
