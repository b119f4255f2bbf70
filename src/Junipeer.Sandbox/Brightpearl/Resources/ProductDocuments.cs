using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>Writes products and prices (https://api-docs.brightpearl.com/product/product/get.html).</summary>
internal static class ProductDocuments
{
    public static void Product(DocWriter doc, Product p)
    {
        WorldState w = doc.World;
        doc.Int("id", p.Id).Int("brandId", p.BrandId).IntOrAbsent("collectionId", p.CollectionId).Int("productTypeId", p.TypeId);
        doc.Open("identity").Str("sku", p.Sku);
        if (!p.ShortIdentity)
        {
            doc.Str("isbn", p.Isbn).Str("ean", p.Ean).Str("upc", p.Upc).Str("mpn", p.Mpn);
        }

        doc.Str("barcode", p.Barcode).Close();
        doc.IntOrAbsent("productGroupId", p.GroupId).Bool("featured", p.Featured);
        long volume = (long)p.Size.Length * p.Size.Height * p.Size.Width / 10_000;
        doc.Open("stock").Bool("stockTracked", p.StockTracked).Open("weight").Num("magnitude", p.Weight, 4, 4).Close()
            .Open("dimensions").Num("length", p.Size.Length, 2, 2).Num("height", p.Size.Height, 2, 2).Num("width", p.Size.Width, 2, 2).Num("volume", volume, 2, 2).Close().Close();
        doc.Open("financialDetails").Bool("taxable", p.Taxable).Open("taxCode").Int("id", p.TaxCodeId).Str("code", w.TaxCodes[p.TaxCodeId]?.Code).Close().Close();
        doc.OpenArray("salesChannels");
        foreach (string channel in (IEnumerable<string>)["Brightpearl", .. p.ExtraChannels])
        {
            doc.Open().Str("salesChannelName", channel).Str("productName", p.Name).Str("productCondition", "new").OpenArray("categories");
            foreach (int category in p.Categories)
            {
                doc.Open().Str("categoryCode", category.ToString(CultureInfo.InvariantCulture)).Close();
            }

            doc.CloseArray().LongText("description", p.Description, "HTML_FRAGMENT").LongText("shortDescription", string.Empty, "HTML_FRAGMENT").Close();
        }

        doc.CloseArray();
        Composition(doc, p);
        if (p.Variations.Length > 0)
        {
            doc.OpenArray("variations");
            foreach (OptionValue v in p.Variations)
            {
                doc.Open().Int("optionId", v.OptionId).Str("optionName", v.OptionName).Int("optionValueId", v.Id).Str("optionValue", v.Name).Close();
            }

            doc.CloseArray();
        }

        CustomValue[] custom = doc.Wants("customFields") || doc.Wants("nullCustomFields") ? CustomFieldValues.Of(w, p) : [];
        if (doc.Wants("customFields"))
        {
            CustomFieldDocuments.Values(doc, "customFields", custom);
        }

        if (doc.Wants("nullCustomFields"))
        {
            CustomFieldDocuments.Nulls(doc, w.ProductFields, custom);
        }

        doc.At("createdOn", p.CreatedOn).At("updatedOn", p.UpdatedOn).Open("warehouses");
        foreach ((int warehouse, int location, int level, int quantity) in p.Defaults)
        {
            doc.Open(warehouse.ToString(CultureInfo.InvariantCulture)).Int("defaultLocationId", location).Int("overflowLocationId", 0).Int("reorderLevel", level).Int("reorderQuantity", quantity).Close();
        }

        doc.Close().IntOrAbsent("primarySupplierId", p.PrimarySupplierId).Str("nominalCodeStock", "1001").Str("nominalCodePurchases", "5000").Str("nominalCodeSales", "4000").OpenArray("seasonIds");
        foreach (int season in p.SeasonIds)
        {
            doc.Json.WriteNumberValue(season);
        }

        doc.CloseArray().Open("reporting");
        if (p.SeasonIds.Length > 0)
        {
            doc.Int("seasonId", p.SeasonIds[0]).Int("categoryId", p.Categories[0]);
        }

        // The version an update sends back as If-Match: updatedOn as milliseconds.
        doc.Close().Str("status", p.Status).Str("salesPopupMessage", string.Empty).Str("warehousePopupMessage", string.Empty).Int("version", p.UpdatedOn);
    }

    public static void Prices(DocWriter doc, ProductPrices prices, Func<int, bool> wanted)
    {
        doc.Int("productId", prices.ProductId).OpenArray("priceLists");
        foreach (ListPrice price in prices.Lists)
        {
            if (!wanted(price.PriceListId) || doc.World.PriceLists[price.PriceListId] is not { } list)
            {
                continue;
            }

            doc.Open().Int("priceListId", list.Id).Str("currencyCode", doc.World.CurrencyCode(list.CurrencyId)).Int("currencyId", list.CurrencyId).Str("sku", price.Sku).Open("quantityPrice");
            foreach ((int from, long value) in price.Breaks)
            {
                doc.Money(from.ToString(CultureInfo.InvariantCulture), value, 4);
            }

            doc.Close().Close();
        }

        doc.CloseArray();
    }

    private static void Composition(DocWriter doc, Product p)
    {
        doc.Open("composition").Bool("bundle", p.Bundle.Length > 0);
        if (p.Bundle.Length > 0)
        {
            doc.OpenArray("bundleComponents");
            foreach ((Product part, int quantity) in p.Bundle)
            {
                doc.Open().Int("productId", part.Id).Int("productQuantity", quantity);
                Composition(doc, part);
                doc.Close();
            }

            doc.CloseArray();
        }

        doc.Close();
    }
}
