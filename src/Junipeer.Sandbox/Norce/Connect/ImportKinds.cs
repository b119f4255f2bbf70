using Junipeer.Sandbox.Norce.Connect.Importers;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>All import services.</summary>
internal static class ImportKinds
{
    public static readonly ImportKind[] All =
    [
        new("Product", "ImportProducts", "Product",
            ["ProductFieldsThatAreSet", "ProductCultureFieldsThatAreSet", "VariantFieldsThatAreSet", "VariantCultureFieldsThatAreSet", "SkuFieldsThatAreSet", "SkuCultureFieldsThatAreSet", "SkuPriceListFieldsThatAreSet", "ImageCultureFieldsThatAreSet"], true, r => new ProductImport(r)),
        new("Product", "ImportOnhands", "SkuOnhand", ["SkuOnhandFieldsThatAreSet"], true, r => new OnhandImport(r)),
        new("Product", "ImportSkuPriceLists", "SkuPriceList", ["SkuPriceListFieldsThatAreSet", "IgnoreSkuPriceListFieldsWhenEmpty"], true, r => new PriceImport(r)),
        new("Product", "ImportPriceLists", "PriceList", ["PriceListFieldsThatAreSet", "WarehouseFieldsThatAreSet", "WarehouseLocationFieldsThatAreSet"], false, r => new PriceListImport(r)),
        new("Product", "ImportRelations", "Relation", [], false, r => new RelationImport(r)),
        new("Product", "ImportCompetitorSkus", "CompetitorSku", [], false, r => new CompetitorImport(r)),
        new("Supplier", "ImportProducts", "SupplierProduct", [], false, r => new SupplierImport(r)),
        new("Customer", "ImportCustomers", "Customer", ["CustomerFieldsThatAreSet", "AccountFieldsThatAreSet"], false, r => new CustomerImport(r)),
        new("Customer", "ImportCompanies", "Company", ["CompanyFieldsThatAreSet", "CustomerFieldsThatAreSet", "AccountFieldsThatAreSet"], false, r => new CompanyImport(r)),
    ];
}
