namespace Junipeer.Sandbox.Brightpearl.World;

// The small lists of an account. Times are UTC milliseconds; 0 means "not set".

internal sealed record Brand(int Id, string Name, string? Description, long CreatedOn, long UpdatedOn);

internal sealed record Category(int Id, string Name, int ParentId, bool Active, long CreatedOn, int CreatedById, long UpdatedOn, int UpdatedById);

internal sealed record Collection(int Id, string Name, int BrandId, long CreatedOn, long UpdatedOn);

internal sealed record Season(int Id, string Name, string? Description, long From, long To, long CreatedOn, long UpdatedOn);

internal sealed record ProductType(int Id, string Name, int[] OptionIds, long CreatedOn, long UpdatedOn);

internal sealed record Option(int Id, string Name, int SortOrder, long CreatedOn, long UpdatedOn);

internal sealed record OptionValue(int Id, int OptionId, string OptionName, string Name, int SortOrder, long CreatedOn, long UpdatedOn);

internal sealed record ProductGroup(int Id, string Name, int[] ProductIds);

internal sealed record ChannelBrand(int Id, string Name, string Email);

internal sealed record Channel(int Id, string Name, int TypeId, int DefaultWarehouseId, int[] WarehouseIds, int ContactGroupId, int DefaultPriceListId, int ChannelBrandId, bool ShowInMenu);

internal sealed record PriceList(int Id, string Name, string Code, int CurrencyId, string TypeCode, bool Gross);

internal sealed record OrderStatus(int Id, string Name, string OrderTypeCode, int SortOrder, bool Disabled, bool Visible, string Color, int RemindAfterDays, string State);

internal sealed record CodeText(int Id, string Code, string Description);

internal sealed record CustomField(int Id, string Code, string Name, string Type, bool Required, (int Id, string Value)[] Options);

internal sealed record Company(int Id, string Name, long CreatedOn, long UpdatedOn);

internal sealed record ContactGroup(int Id, string Name, string Description);

internal sealed record GroupMember(int Key, int ContactGroupId, int ContactId);

internal sealed record Tag(int Id, string Name, int ParentId, string Color);

internal sealed record LeadSource(int Id, int OwnerId, int ParentId, string Name, bool Active);

internal sealed record Project(int Id, string Name, bool Active);

internal sealed record ContactStatus(int Id, string Name, bool Active);

internal sealed record Warehouse(int Id, string Name, string TypeDescription, int AddressId, int DefaultLocationId, int QuarantineLocationId);

internal sealed record Zone(int Id, string Name, int WarehouseId);

internal sealed record Location(int Id, int WarehouseId, int ZoneId, string A, string? B, string? C, string? D, string Barcode);

internal sealed record ShippingMethod(int Id, string Code, string Name, int Breaks, int Type);

internal sealed record ReturnReason(int Id, string Code, string Name, string Action, bool Active, string UpdatedBy, long LastUpdated);

internal sealed record Currency(int Id, string Title, string Code, string Symbol, long Rate, bool IsDefault, string VarianceCode);

internal sealed record ExchangeRate(int Key, int CurrencyId, long ActiveFrom, long Rate);

internal sealed record NominalCode(int Id, string Code, string Name, int TypeId, bool Bank, bool Expense, bool Discount, bool Editable, bool Active, bool Reconcile, int CurrencyId);

internal sealed record PaymentMethod(int Id, string Code, string Name, bool Active, string BankCode, int InstallmentInstanceId);

internal sealed record TaxCode(int Id, string Code, string Description, int Rate);

internal sealed record AccountingPeriod(int Id, long StartDate, long EndDate, int ClosedByUserId, long ClosedDate);

internal sealed record Webhook(int Id, string SubscribeTo, string HttpMethod, string UriTemplate, string? BodyTemplate, string? ContentType, bool IdSetAccepted, int QualityOfService);
