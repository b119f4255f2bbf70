namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>The numbered names of the Connect contract: fields that an import may touch, and what rows hold.</summary>
internal static class Enums
{
    private const string Text = """
        ProductFieldsThatAreSet ManufacturerCode=0 ManufacturerName=1 Alias=2 Code=3 Variants=4 Cultures=5 Categories=6 MainImage=7 AdditionalImages=8 Family=9 ProductParametrics=10 ProductParametricsCreateOnly=11 VariantDefinitionGroup=12 VariantDefinitionGroupCreateOnly=13 Assortment=14 CategoriesCreateOnly=15 CategoriesLimitedUpdate=16 AdditionalImagesCleanup=17 ParametricsCleanup=18 ImagesAndFilesCleanup=19
        ProductCultureFieldsThatAreSet Name=0 NameCreateOnly=1 SubHeader=2 SubDescription=3 DescriptionHeader=4 Description=5 DescriptionCreateOnly=6 Synonyms=7 Title=8 Tags=9 MetaTags=10 MetaDescription=11 NameLimitedUpdate=12 UniqueUrlName=13 IsUniqueUrlNameManuallyMaintained=14 UniqueUrlNameCreateOnly=15
        VariantFieldsThatAreSet ManufacturerPartNo=0 SortOrderValue=1 StockDisplayBreakPoint=2 IsDangerousGoods=3 Cultures=4 Skus=5 MainImage=6 AdditionalImages=7 VariantParametrics=8 VariantParametricsCreateOnly=9 NonParametricVariantDefinitions=10 NonParametricVariantDefinitionsCreateOnly=11 DeliveryMethods=12 DeliveryMethodsCreateOnly=13 AdditionalImagesCleanup=14 ParametricsCleanup=15 TranslationRequested=16 ImagesAndFilesCleanup=17
        VariantCultureFieldsThatAreSet CultureCode=0 Name=1 NameCreateOnly=2 NameLimitedUpdate=3 UniqueUrlName=4 IsUniqueUrlNameManuallyMaintained=5 UniqueUrlNameCreateOnly=6 SubHeader=7 SubDescription=8 DescriptionHeader=9 Description=10 DescriptionCreateOnly=11 Synonyms=12 Title=13 Tags=14 MetaTags=15 MetaDescription=16
        SkuFieldsThatAreSet Status=1 Type=2 IntegrationPartNo=3 CommodityCode=4 EanCode=5 TrackingCode=6 UnitOfMeasurementType=7 UnitOfMeasurementCount=8 IsDropShipOnly=9 IsBuyable=10 DiscountClass=11 RecommendedSalesQty=12 IsRecommendedSalesQtyFixed=13 ActualWeight=14 VolumeWeight=15 LogisticWidth=16 LogisticHeight=18 LogisticDepth=19 StandardPrice=20 VatRate=21 StatusCreateOnly=22 StartDate=23 StopDate=24 StructureItems=25 PartNoCreateWhenMissing=26
        SkuCultureFieldsThatAreSet ErpName=0 ErpNameCreateOnly=1 Comment=2 CommentCreateOnly=3
        SkuOnhandFieldsThatAreSet OnhandValue=3 IncomingValue=4 NextDeliveryDate=5 LeadTimeDayCount=6 OnOrderValue=7 MinimumValue=8 MaximumValue=9 IsActive=10 Infos=11
        SkuPriceListFieldsThatAreSet PriceSale=3 CostPurchase=4 CostUnit=5 PriceRecommended=6 PricePrevious=7 PriceCatalog=8 IsPriceDiscountable=9 IsActive=10 IsPriceDiscountableCreateOnly=11 PriceRule=12 FullfileResetInheritance=13
        CompanyFieldsThatAreSet ApplicationKey=0 Id=1 Code=2 OrganizationNo=3 Name=4 EmailAddress=5 PhoneNumber=6 LogoImage=7 ParentCompanyCode=8 IsActive=9 InvoiceAddress=10 DeliveryAddresses=11 AdditionalInfo=12 Contacts=13 Customers=14 DeliveryMethods=15 Discounts=16 Flags=17 PaymentMethods=18 PriceLists=19 SearchOnlyByCode=20 VatNo=21 PreserveFlags=22
        CustomerFieldsThatAreSet ApplicationKey=0 Id=1 Code=2 EmailAddress=3 SocialSecurityNumber=4 Title=5 FirstName=6 MiddleName=7 LastName=8 PhoneNumber=9 CellPhoneNumber=10 IsActive=11 InvoiceAddress=12 DeliveryAddresses=13 Accounts=14 AdditionalInfo=15 Flags=16 PriceLists=17 SearchOnlyByCode=18 Companies=19 CrmId=20 PreserveFlags=21
        PriceListFieldsThatAreSet Name=0 CurrencyCode=1 StartDate=2 EndDate=3 IsPublic=4 IsPrimary=5 TypeCode=6 Warehouses=7 DefaultPriceRule=8 Description=9 DoNotCreateApplicationPriceList=11 SalesArea=12 ParentPriceListCode=15
        WarehouseFieldsThatAreSet Type=0 Name=1 LeadTimeDayCount=2
        WarehouseLocationFieldsThatAreSet Name=0 LeadTimeDayCount=1 IsIncludedInStockCalculation=2
        ImageCultureFieldsThatAreSet Name=0 Description=1 AltText=2
        SkuStatus Active=1 Coming=2 Expiring=3 Hidden=4 Inactive=5 NotActivated=6
        SkuType ErpStandard=1 Freight=3 Structure=8 Invoice=9 Service=11 Standard=14 ManagedStructure=37 ManagedErpPackage=38 Virtual=40 PspGiftCard=41
        UnitOfMeasurement Pieces=1 Hour=2 Kilogram=3 Litre=4 Pair=5 SquareMeter=6 Meter=7 Boxes=8 Rolls=9
        SalesArea Sweden=1 Norway=2 Denmark=3 Finland=4 UnitedKingdom=5 Germany=8 Netherlands=12 Belgium=13 France=14 USA=17 Europe=25 NoVAT=29
        PriceRule CostPlusPurchase=1 Fixed=2 MarginPurchase=3 Recommended=4 CostPlusUnit=5 MarginUnit=6 StandardMinusPercent=7 Competitive=8 CompetitiveSecond=9 StandardMinusAmount=10 Structure=11 Catalog=12
        WarehouseType Warehouse=1 Store=2 Transport=3 Other=4
        OrderStatus Created=0 Allocation=1 Confirmed=2 BackOrder=3 Delivered=4 Invoiced=5 Cancelled=6 CreditControl=7 PartlyDelivered=8 Acknowledged=9 ErpConfirmed=10 ReadyForPickup=11 PickedUp=12 NotPickedUp=13 OnHold=14 WaitingForCancel=15 WaitingForOnHoldRemoved=16 CancelError=17 AcknowledgementError=18 ReadyForReservation=19 Reserved=20
        """;

    private static readonly Dictionary<string, Dictionary<string, int>> Known = Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(w => w[0], w => w[1..].Select(v => v.Split('=')).ToDictionary(v => v[0], v => int.Parse(v[1], System.Globalization.CultureInfo.InvariantCulture)));

    public static bool Exists(string name) => Known.ContainsKey(name);

    /// <summary>The number of a name; documentation writes Cleanup and CleanUp.</summary>
    public static int? Number(string name, string value) => Known[name].TryGetValue(value.Replace("CleanUp", "Cleanup", StringComparison.Ordinal), out int number) ? number : null;

    public static string? Name(string name, int value) => Known[name].FirstOrDefault(v => v.Value == value).Key;

    public static bool Has(string name, int value) => Known[name].ContainsValue(value);

    public static IEnumerable<string> Names(string name) => Known[name].Keys;
}
