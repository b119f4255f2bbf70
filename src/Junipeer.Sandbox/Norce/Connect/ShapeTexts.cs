namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>
/// The bodies of Connect as text: member:type, ! for what must be there. Types are those of <see cref="Member"/>, a
/// name for an object, [name] for a list of them; e is an enum by number, n one that may also be written as a name.
/// </summary>
internal static class ShapeTexts
{
    public const string All = """
        Product Code:s50 ManufacturerCode:s50 ManufacturerName:s100 Alias:s50 AssortmentCode:s50 Cultures:[Culture] Categories:[CategoryLink] MainImage:Image AdditionalImages:[Image] Family:CodeName ProductFlags:[ProductFlag] ProductParametrics:[Parametric] VariantDefinitionGroup:VariantDefinitionGroup Variants:[Variant]
        Culture CultureCode:s10! Name:s255 SubHeader:s255 SubDescription:s DescriptionHeader:s255 Description:s Synonyms:s255 Title:s255 Tags:s255 MetaTags:s255 MetaDescription:s UniqueUrlName:s255 IsUniqueUrlNameManuallyMaintained:b
        CategoryLink Code:s50! SortOrder:i
        CodeName Code:s50! Name:s100
        ProductFlag Code:s50! IsSet:b StopDate:d IsCreateOnly:b IsLimitedUpdate:b
        VariantDefinitionGroup Code:s50! Name:s100 Types:[VariantDefinitionType]
        VariantDefinitionType Code:s50! Name:s100 SortOrder:i ParametricCode:s50
        Variant ManufacturerPartNo:s50 SortOrderValue:i StockDisplayBreakPoint:m IsDangerousGoods:b TranslationRequested:b Cultures:[Culture] Skus:[Sku] MainImage:Image AdditionalImages:[Image] VariantFlags:[ProductFlag] VariantParametrics:[Parametric] NonParametricVariantDefinitions:[VariantDefinition] DeliveryMethods:[VariantDelivery]
        VariantDefinition TypeCode:s50! Cultures:[VariantDefinitionCulture]
        VariantDefinitionCulture CultureCode:s10! Value:s255
        VariantDelivery Code:s50! PackagePercentage:m IsActive:b
        Sku PartNo:s50! Status:eSkuStatus Type:eSkuType IntegrationPartNo:s50 CommodityCode:s50 EanCode:s50 TrackingCode:s50 UnitOfMeasurementType:eUnitOfMeasurement UnitOfMeasurementCount:m IsDropShipOnly:b IsBuyable:b DiscountClass:s50 RecommendedSalesQty:m IsRecommendedSalesQtyFixed:b ActualWeight:m VolumeWeight:m LogisticWidth:m LogisticHeight:m LogisticDepth:m StandardPrice:StandardPrice VatRates:[VatRate] Cultures:[SkuCulture] StartDate:d StopDate:d StructureItems:[StructureItem]
        SkuCulture CultureCode:s10! ErpName:s255 Comment:s255
        VatRate SalesArea:eSalesArea! Rate:m!
        StructureItem PartNo:s50! Quantity:m SortOrder:i
        StandardPrice PartNo:s50 PriceListCode:s50! QuantityBreak:m PriceSale:m PriceRecommended:m PriceCatalog:m PricePrevious:m CostPurchase:m CostUnit:m CurrencyCode:s3 IsPriceDiscountable:b IsActive:b PriceRule:ePriceRule PriceRuleValue:m
        Parametric ParametricCode:s50! ValueBoolean:b ValueDecimal:m ValueInteger:i ValueDateTime:d Cultures:[ParametricCulture] ValueList:ParametricValue MultipleValueList:[ParametricValue]
        ParametricCulture CultureCode:s10! ValueText:s
        ParametricValue Code:s50! Value:s255 Cultures:[VariantDefinitionCulture] Description:s255
        Image ExternalCode:s50 FileTypeName:s50 Url:s1000 Filename:s50 Cultures:[ImageCulture]
        ImageCulture CultureCode:s10! Name:s255 Description:s AltText:s255
        SkuOnhand PartNo:s50! WarehouseCode:s50! LocationCode:s50! OnhandValue:m IncomingValue:m NextDeliveryDate:d LeadTimeDayCount:i OnOrderValue:m MinimumValue:m MaximumValue:m IsActive:b Infos:[Info]
        Info Code:s50! Value:s255
        SkuPriceList PartNo:s50! PriceListCode:s50! QuantityBreak:m PriceSale:m PriceRecommended:m PriceCatalog:m PricePrevious:m CostPurchase:m CostUnit:m CurrencyCode:s3 IsPriceDiscountable:b IsActive:b PriceRule:ePriceRule PriceRuleValue:m
        PriceList Code:s50! Name:s100 CurrencyCode:s3 StartDate:d EndDate:d IsPublic:b IsPrimary:b IsFavorite:b TypeCode:s50 SalesArea:eSalesArea ParentPriceListCode:s50 DefaultPriceRule:ePriceRule DefaultPriceRuleValue:m Description:s255 Population:x PriceRules:x Warehouses:[Warehouse]
        Warehouse Code:s50! Type:eWarehouseType Name:s100 LeadTimeDayCount:i Locations:[WarehouseLocation]
        WarehouseLocation Code:s50! Name:s100 IsIncludedInStockCalculation:b LeadTimeDayCount:i
        Relation PartNo:s50! RelatedPartNo:s50! RelationTypeCode:s50! SortOrder:i IsActive:b
        CompetitorSku PartNo:s50! CompetitorCode:s50! Price:m Url:s1000 IsActive:b
        SupplierProduct PartNo:s50! SupplierPartNo:s50 CostPurchase:m OnhandValue:m IsActive:b
        Customer ApplicationKey:g Id:i Code:s50 EmailAddress:s255 SocialSecurityNumber:s50 Title:s50 FirstName:s100 MiddleName:s100 LastName:s100 PhoneNumber:s50 CellPhoneNumber:s50 IsActive:b InvoiceAddress:Address DeliveryAddresses:[Address] Accounts:[Account] AdditionalInfo:[Info] Flags:[Flag] PriceLists:[PriceListLink] Companies:[CompanyIdentifier] CrmId:s50
        Company ApplicationKey:g! Id:i Code:s50 OrganizationNo:s50 Name:s100 EmailAddress:s255 PhoneNumber:s50 LogoImage:x ParentCompanyCode:s50 IsActive:b IsCustomerListDelta:b InvoiceAddress:Address DeliveryAddresses:[Address] AdditionalInfo:[Info] Contacts:x Customers:[CustomerIdentifier] DeliveryMethods:x Discounts:x Flags:[Flag] PaymentMethods:x PriceLists:[PriceListLink] VatNo:s50
        Address Code:s50 CareOf:s100 AddressLine1:s100 AddressLine2:s100 ZipCode:s20 City:s100 Region:s100 CountryCode:s2
        Account LoginName:s255 Password:s255 IsActive:b
        Flag Code:s50! IsSet:b
        PriceListLink Code:s50! IsExclusive:b
        CompanyIdentifier Id:i Code:s50 IsActive:b
        CustomerIdentifier Id:i Code:s50 EmailAddress:s255 IsActive:b
        SendOrderStatus ClientOrderRef:i ErpOrderNo:s50 OrderStatus:nOrderStatus! AccountId:i ItemStatuses:[ItemStatus] Infos:[Info]
        ItemStatus LineNo:i! ItemStatus:nOrderStatus!
        DeliveryNote OrderNo:s50! NoteNo:s50! DeliveryDate:d DeliveryName:s100 DeliveryAttention:s100 DeliveryMode:s50 NoteText:s255 BuyerCompanyCode:s50 BuyerCustomerCode:s50 DeliveryAddress:OrderAddress StatusId:i AccountId:i DeliveryNoteItems:[DeliveryNoteItem] DeliverynoteItems:[DeliveryNoteItem] DeliveryNotePackages:[DeliveryNotePackage]
        OrderAddress Line1:s100 Line2:s100 ZipCode:s20 City:s100 Region:s100 Country:s2 CareOf:s100 ShippingPhoneNumber:s50 Gln:s50
        DeliveryNoteItem RowNumber:i! ItemNo:s50! Qty:m! Description:s255 Comment:s255
        DeliveryNotePackage ParcelNumber:s100 StatusId:i
        Invoice InvoiceNo:s50! ClientOrderRef:i ErpOrderNo:s50 InvoiceDate:d InvoiceDueDate:d CurrencyCode:s3 Items:[InvoiceItem] Payment:Payment Vat:m InvoiceRoundOff:m IsLastInvoiceForOrder:b SuppressPspCall:b CreditedInvoiceNo:s50 AccountId:i
        InvoiceItem LineNo:i! PartNo:s50! Quantity:i! UnitPrice:m! UnitVat:m VatRate:m PriceList:s50
        Payment PaymentCode:i PaymentMethodCode:s50 PaymentRef:s100 Amount:m CurrencyCode:s3
        CancelOrder ClientOrderRef:i ErpOrderNo:s50 Payments:[Payment] AccountId:i
        WarehouseTransaction TransactionNo:s50! PartNo:s50! WarehouseCode:s50! LocationCode:s50! Quantity:m! AccountId:i
        PosShipment ShipmentNo:s50! ClientOrderRef:i ErpOrderNo:s50 AccountId:i
        ExternalOrder Header:ExternalHeader! OrderDate:d SellTo:Party BillTo:Party ShipTo:Party ErpOrderNo:s50! CustomerOrderRef:s50 CurrencyCode:s3! ShippingAdvice:x Items:[ExternalItem]! Invoices:x AdditionalInfo:x Source:s50
        ExternalHeader ApplicationKey:g!
        Party Company:x Person:Person
        Person CustomerCode:s50 CompanyCode:s50 FirstName:s100 LastName:s100 Email:s255 CellPhone:s50 SSN:s50 Address:OrderAddress
        ExternalItem LineNo:i! PartNo:s50! Description:s255 Quantity:i Quantity2:m UnitPrice:m! UnitVat:m VatRate:m
        """;
}
