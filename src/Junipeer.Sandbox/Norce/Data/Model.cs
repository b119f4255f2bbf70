namespace Junipeer.Sandbox.Norce.Data;

/// <summary>
/// The entity model as text. A line: namespace/set, entity type, key, then its columns: s50 a text of up to 50
/// characters, i and l whole numbers, m a decimal, b, d an instant, g; ? may be null. Below: &gt; one, * many.
/// A set in brackets can only be reached by expanding; |name is what it may be called instead of an assumed name.
/// </summary>
internal static class Model
{
    private const string Text = """
        Core/Currencies Currency Id Id:i Code:s3 DefaultName:s50
        Core/Countries Country Id Id:i Code:s2 DefaultName:s100
        Core/VatCodes VatCode Id Id:i Code:s20 DefaultName:s50 Rate:m
        Core/PaymentMethods PaymentMethod Id Id:i Code:s50 DefaultName:s100
        Core/DeliveryMethods DeliveryMethod Id Id:i Code:s50 DefaultName:s100
        Core/SkuStatuses SkuStatus Id Id:i DefaultName:s50
        Core/Applications Application Id Id:i Code:s50 DefaultName:s100
        Core/FileTypes FileType Id Id:i DefaultName:s50
        Application/ClientManufacturers ClientManufacturer ManufacturerId ManufacturerId:i ManufacturerCode:s50 Name:s100 UniqueUrlName:s255? IsActive:b +
          > Manufacturer [Application/Manufacturers] ManufacturerId=Id
        [Application/Manufacturers] Manufacturer Id Id:i Name:s100
        Application/Categories Category Id Id:i Code:s50 DefaultName:s100 DefaultFullName:s255 IsActive:b +
        Application/CategoryHierarchy CategoryHierarchy CategoryId+ParentCategoryId+Hierarchy CategoryId:i ParentCategoryId:i Hierarchy:s255
        Application/CategoryStructures CategoryStructure Id Id:i Name:s100 IsActive:b +
          * Items Application/CategoryStructureItems Id=StructureId
        Application/CategoryStructureItems CategoryStructureItem Id Id:i StructureId:i CategoryId:i ParentItemId:i? SortOrder:i +
        Application/ClientPriceLists ClientPriceList PriceListId PriceListId:i Name:s100 Agreement:s50 Description:s255? StartDate:d? EndDate:d? CurrencyId:i DefaultPriceRuleId:i? ParentPriceListId:i? ChosenWarehouseId:i? ChosenLocationId:i? IsErpUpdateable:b IsErpIntegrated:b IsPrimary:b IsPublic:b IsLimitedToStock:b IsActive:b StoppedDate:d? +
          > PriceList [Application/PriceLists] PriceListId=Id
        [Application/PriceLists] PriceList Id Id:i TypeId:i DefaultName:s100
        Application/ApplicationPriceLists ApplicationPriceList ApplicationId+PriceListId ApplicationId:i PriceListId:i IsPrimary:b IsActive:b IsFavorite:b +
          > PriceList Application/ClientPriceLists PriceListId=PriceListId
        Application/ClientWarehouses ClientWarehouse WarehouseId WarehouseId:i Code:s50 Name:s100 TypeId:i LeadTimeDayCount:i? IsActive:b +
          * Locations Application/ClientWarehouseLocations WarehouseId=WarehouseId
        Application/ClientWarehouseLocations|WarehouseLocations WarehouseLocation WarehouseId+LocationId WarehouseId:i LocationId:i Code:s50 Name:s100 IsStandard:b IsIncludedInStockCalculation:b StandardLeadTimeDayCount:i? IsActive:b +
        Application/ClientCurrencies ClientCurrency Id Id:i CurrencyId:i Code:s3 Name:s50 IsActive:b +
        Application/SalesAreas SalesArea Id Id:i Name:s100 CurrencyId:i VatCodeId:i +
        Application/Parametrics Parametric Id Id:i Code:s50 DefaultName:s100 TypeId:i +
          * ListValues Application/ParametricListValues Id=ParametricId
        Application/ParametricListValues ParametricListValue Id Id:i ParametricId:i Code:s50 DefaultName:s100 SortOrder:i +
        Application/ParametricMultipleValues ParametricMultipleValue Id Id:i ParametricId:i Code:s50 DefaultName:s100 SortOrder:i +
        Application/ProductFlags ProductFlag Id Id:i Code:s50 DefaultName:s100 +
        Application/VariantGroups VariantGroup Id Id:i Code:s50 DefaultName:s100 +
        Application/OrderInfoTypes OrderInfoType Id Id:i Code:s50 DefaultName:s100 +
        Application/CustomerInfoTypes CustomerInfoType Id Id:i Code:s50 DefaultName:s100 +
        Application/ProductInfoTypes ProductInfoType Id Id:i Code:s50 DefaultName:s100 +
        Application/ClientSuppliers ClientSupplier Id Id:i Code:s50 Name:s100 IsActive:b +
        Application/ClientCultures ClientCulture Id Id:i Code:s10 Name:s100 IsDefault:b +
        Products/ProductSkus ProductSku PartNo PartNo:s50 ProductId:i StatusId:i StatusLastUpdated:d? TypeId:i IntegrationPartNo:s50? ErpName:s255? DefaultComment:s255? CommodityCode:s50? EanCode:s50? TrackingCode:s50? GrossWeight:m? NetWeight:m? VolumeWeight:m? UnitOfMeasurementId:i UnitOfMeasurementCount:m IsPublished:b IsBuyable:b IsDropShipOnly:b DiscountClass:s50? RecommendedSalesQty:m IsRecommendedSalesQtyFixed:b LogisticWidth:m? LogisticHeight:m? LogisticDepth:m? StartDate:d? EndDate:d? LastChecked:d? +
          > Product Products/Products ProductId=Id
          * PriceLists Products/ProductSkuPriceLists PartNo=PartNo
          * OnHands Products/ProductSkuOnHands PartNo=PartNo
        Products/Products Product Id Id:i ManufacturerId:i ManufacturerPartNo:s50 DefaultName:s255? DefaultSubHeader:s255? DefaultSubDescription:s4000? DefaultDescriptionHeader:s255? DefaultDescription:s4000? DefaultTitle:s255? DefaultTags:s255? DefaultMetaTags:s255? DefaultMetaDescription:s4000? DefaultSynonyms:s255? AssortmentId:i? IsVariant:b VariantId:i? Alias:s50? StockDisplayBreakPoint:m? IsActive:b StoppedDate:d? +
          * Skus Products/ProductSkus Id=ProductId
          * Categories [Products/ProductCategories] Id=ProductId
          > Variant Products/Variants VariantId=Id
        [Products/ProductCategories] ProductCategory ProductId+CategoryId ProductId:i CategoryId:i IsPrimary:b SortOrder:i
        Products/Variants Variant Id Id:i Code:s50 DefaultName:s255? DefaultDescription:s4000? Alias:s50? IsActive:b +
          * Products Products/Products Id=VariantId
        Products/ProductSkuPriceLists ClientProductSkuPriceList PartNo+PriceListId+QtyBreak PartNo:s50 PriceListId:i QtyBreak:m CurrencyId:i PriceSale:m? PriceStandard:m? PriceRecommended:m? PriceCatalog:m? PricePrevious:m? CostPurchase:m? CostUnit:m? PriceRuleId:i PriceRuleValue:m? IsPriceDiscountable:b IsActive:b PriceSaleLastUpdated:d? PriceRecommendedLastUpdated:d? CostPurchaseLastUpdated:d? LastChecked:d? +
          > Sku Products/ProductSkus PartNo=PartNo
        Products/ProductSkuOnHands|ClientProductSkuOnHandInfos ClientProductSkuOnHandInfo PartNo+WarehouseId+LocationId PartNo:s50 WarehouseId:i LocationId:i OnHandValue:m OnHandLastChecked:d? OnHandLastUpdated:d? IncomingValue:m? IncomingLastUpdated:d? NextDeliveryDate:d? NextDeliveryLastUpdated:d? OnOrderValue:m? IsReturnable:b LeadTimeDayCount:i? MinimumValue:m? MaximumValue:m? ReservationValue:m IsActive:b StoppedDate:d? +
          > Sku Products/ProductSkus PartNo=PartNo
        Products/SupplierProductSkus SupplierProductSku PartNo+SupplierId PartNo:s50 SupplierId:i SupplierPartNo:s50? CostPurchase:m? OnHandValue:m? IsActive:b +
        Products/ProductRelations ProductRelation Id Id:i PartNo:s50 RelatedPartNo:s50 RelationTypeCode:s50 SortOrder:i IsActive:b +
        Customers/Customers Customer Id Id:i Key:g CustomerCodePrefix:s10? CustomerCode:s50? TypeId:i EmailAddress:s255? SocialSecurityNumber:s50? Title:s50? FirstName:s100? MiddleName:s100? LastName:s100? PhoneNumber:s50? CellPhoneNumber:s50? UseBillingAddressAsShippingAddress:b OldCustomerNo:s50? IsActive:b +
          * Addresses [Customers/CustomerAddresses] Id=CustomerId
        [Customers/CustomerAddresses] CustomerAddress Id Id:i CustomerId:i TypeId:i CareOf:s100? AddressLine1:s100? AddressLine2:s100? ZipCode:s20? City:s100? Region:s100? CountryId:i? Code:s50?
        Customers/Companies|ClientCompanies Company Id Id:i Key:g CompanyCodePrefix:s10? CompanyCode:s50? OrganizationNo:s50? NormalizedOrganizationNo:s50? Name:s100? EmailAddress:s255? PhoneNumber:s50? ParentCompanyId:i? VatNo:s50? ApplicationId:i? IsActive:b +
          * Addresses [Customers/CompanyAddresses] Id=CompanyId
          * Customers [Customers/CompanyCustomers] Id=CompanyId
          * PriceLists [Customers/CompanyPriceLists] Id=CompanyId
        [Customers/CompanyAddresses] CompanyAddress Id Id:i CompanyId:i TypeId:i CareOf:s100? AddressLine1:s100? AddressLine2:s100? ZipCode:s20? City:s100? Region:s100? CountryId:i? Code:s50?
        [Customers/CompanyCustomers] CompanyCustomer CompanyId+CustomerId CompanyId:i CustomerId:i IsActive:b
        [Customers/CompanyPriceLists] CompanyPriceList CompanyId+PriceListId CompanyId:i PriceListId:i IsExclusive:b
        Orders/Orders Order Id Id:l ApplicationId:i OrderNo:s50 OrderDate:d BuyerCompanyCode:s50? BuyerCompanyId:i? BuyerCustomerCode:s50? BuyerCustomerId:i? PayerCompanyCode:s50? PayerCompanyId:i? PayerCustomerCode:s50? PayerCustomerId:i? StatusId:i OrderTypeId:i Source:s50 DeliveryMode:s50? DeliveryDate:d? IsPartDelivery:b PaymentTerms:s50? DeliveryMark:s255? InvoiceMark:s255? CurrencyId:i VatRate:m FreightCost:m OrderFee:m CashDiscount:m LineDiscount:m PaymentMethodId:i? DeliveryName:s100? DeliveryLine1:s100? DeliveryZipCode:s20? DeliveryCity:s100? DeliveryCountryId:i? IsForgotten:b +
          * Items [Orders/OrderItems] Id=OrderId
          > Buyer [Orders/Buyers] Id=OrderId
          > Payer [Orders/Payers] Id=OrderId
          > ShipTo [Orders/ShipTos] Id=OrderId
          * Infos [Orders/OrderInfos] Id=OrderId
        [Orders/OrderItems] OrderItem Id Id:l OrderId:l LineNumber:m ParentLineNumber:m? LineNumberString:s20? StatusId:i PartNo:s50 ExternalPartNo:s50? ProductName:s255 QtyOrdered:m CurrencyId:i VatRate:m CostUnit:m? PriceSale:m DiscountPercentage:m DiscountAmount:m LineAmount:m WarehouseId:i? LocationId:i? DeliveryMode:s50? ExpectedDeliveryDate:d? ConfirmedDeliveryDate:d? PriceRecommended:m? PriceCatalog:m? PriceStandard:m? +
        [Orders/Buyers] BuyerAddress OrderId OrderId:l Name:s100? Attention:s100? CareOf:s100? Line1:s100? Line2:s100? ZipCode:s20? City:s100? Region:s100? CountryId:i? EmailAddress:s255? PhoneNumber:s50? ShippingPhoneNumber:s50? Gln:s50?
        [Orders/Payers] PayerAddress OrderId OrderId:l Name:s100? Attention:s100? CareOf:s100? Line1:s100? Line2:s100? ZipCode:s20? City:s100? Region:s100? CountryId:i? EmailAddress:s255? PhoneNumber:s50? ShippingPhoneNumber:s50? Gln:s50?
        [Orders/ShipTos] ShipToAddress OrderId OrderId:l Name:s100? Attention:s100? CareOf:s100? Line1:s100? Line2:s100? ZipCode:s20? City:s100? Region:s100? CountryId:i? EmailAddress:s255? PhoneNumber:s50? ShippingPhoneNumber:s50? Gln:s50?
        [Orders/OrderInfos] OrderInfo Id Id:i OrderId:l Code:s50 Value:s255?
        Orders/DeliveryNotes|OrderDeliveryNotes DeliveryNote Id Id:i OrderId:l OrderNo:s50 NoteNo:s50 DeliveryDate:d? DeliveryName:s100? DeliveryMode:s50? NoteText:s255? StatusId:i? +
          * Items [Orders/DeliveryNoteItems] Id=DeliveryNoteId
          * Packages [Orders/DeliveryNotePackages] Id=DeliveryNoteId
        [Orders/DeliveryNoteItems] DeliveryNoteItem Id Id:i DeliveryNoteId:i RowNumber:i ItemNo:s50 Qty:m Description:s255? Comment:s255?
        [Orders/DeliveryNotePackages] DeliveryNotePackage Id Id:i DeliveryNoteId:i ParcelNumber:s100? StatusId:i?
        Orders/Invoices Invoice Id Id:i InvoiceNo:s50 ReferenceOrderId:l InvoiceDate:d? InvoiceDueDate:d? CurrencyId:i Amount:m Vat:m InvoiceRoundOff:m IsCredit:b CreditedInvoiceNo:s50? IsCaptured:b +
          * Items [Orders/InvoiceItems] Id=InvoiceId
        [Orders/InvoiceItems] InvoiceItem Id Id:i InvoiceId:i LineNo:i PartNo:s50 Quantity:i UnitPrice:m UnitVat:m VatRate:m
        """;

    public static readonly string[] Namespaces = ["Core", "Application", "Customers", "Products", "Orders"];

    /// <summary>All entity types by <c>namespace/set</c>.</summary>
    public static IReadOnlyDictionary<string, EntityType> Types { get; } = Read();

    private static Dictionary<string, EntityType> Read()
    {
        Dictionary<string, EntityType> types = new(StringComparer.OrdinalIgnoreCase);
        string[] lines = Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < lines.Length;)
        {
            string[] words = lines[i++].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            List<Navigation> navigations = [];
            for (; i < lines.Length && lines[i].StartsWith("  ", StringComparison.Ordinal); i++)
            {
                string[] way = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                string[] ends = way[3].Split('=');
                navigations.Add(new Navigation(way[1], way[2].Trim('[', ']'), way[0] == "*", ends[0].Split('+'), ends[1].Split('+')));
            }

            bool exposed = words[0][0] != '[';
            string[] names = words[0].Trim('[', ']').Split('|');
            string[] path = names[0].Split('/');
            bool common = words[^1] == "+";
            List<string> columns = [.. words[3..].Where(w => w != "+")];
            if (common)
            {
                columns.Insert(words[2].Split('+').Length, "ClientId:i");
                columns.AddRange("Created:d", "CreatedBy:i", "Updated:d?", "UpdatedBy:i?");
            }

            types[names[0]] = new EntityType(path[0], path[1], words[1], words[2], [.. columns.Select(Column)], navigations, exposed, names.Length > 1 ? names[1] : null);
        }

        return types;
    }

    private static Column Column(string text, int index)
    {
        string[] parts = text.TrimEnd('?').Split(':');
        EdmType type = parts[1][0] switch { 's' => EdmType.String, 'i' => EdmType.Int32, 'l' => EdmType.Int64, 'm' => EdmType.Decimal, 'b' => EdmType.Boolean, 'd' => EdmType.DateTimeOffset, _ => EdmType.Guid };
        return new Column(parts[0], type, text[^1] == '?', type == EdmType.String ? int.Parse(parts[1][1..], System.Globalization.CultureInfo.InvariantCulture) : 0, index);
    }
}
