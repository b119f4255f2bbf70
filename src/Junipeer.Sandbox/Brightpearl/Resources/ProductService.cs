using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>product-service: products, their prices, suppliers and option values. The small lists are in ProductLists.</summary>
internal static class ProductService
{
    public const string Name = "product-service";

    public static IEnumerable<Resource> All()
    {
        yield return Products();
        yield return new Resource(Name, "product-custom-field")
            .Get("product-custom-field", _ => throw Reply.NeedsSet("product custom field"))
            .Get("product-custom-field/{}", call => Answer.Of(200, json =>
            {
                // An unknown product and one without values both answer an empty object: https://api-docs.brightpearl.com/product/product-custom-field/get.html
                DocWriter doc = call.Writer(json);
                doc.Open().Open("response");
                foreach (long id in Reply.Cut(call, call.Set(0), 200))
                {
                    CustomFieldDocuments.Values(doc, id.ToString(System.Globalization.CultureInfo.InvariantCulture), call.World.Products[id] is { } p ? CustomFieldValues.Of(call.World, p) : []);
                }

                doc.Close().Close();
            }))
            .DumpMap(w => w.Products.Rows(), (doc, p) => CustomFieldDocuments.Members(doc, CustomFieldValues.Of(doc.World, p)), "productId", p => p.Id);
        yield return new Resource(Name, "custom-field")
            .Get("product/{}/custom-field", call => call.World.Products[call.Id(0)] is { } p
                ? Reply.One(call, doc => CustomFieldDocuments.Members(doc, CustomFieldValues.Of(doc.World, p)))
                : throw Reply.NotFound("Product"))
            .DumpMap(w => w.Products.Rows(), (doc, p) => CustomFieldDocuments.Members(doc, CustomFieldValues.Of(doc.World, p)), "productId", p => p.Id);
        Resource definitions = new(Name, "custom-field-meta-data");
        SmallLists.FieldDefinitions(definitions, "product", w => w.ProductFields);
        yield return definitions.DumpDocuments(w => w.ProductFields.Rows(), CustomFieldDocuments.Definition, "id");
        yield return Prices();
        yield return OptionValues();
        yield return Suppliers();
    }

    private static Resource Products()
    {
        GetRules rules = new("Product", 200);
        SearchDefinition<Product> search = new SearchDefinition<Product>("product-search", w => w.Products)
            .Id("productId", IDSET, p => Cell.Of(p.Id))
            .Col("productName", SEARCH_STRING, p => Cell.Of(p.Name))
            .Col("SKU", STRING, p => Cell.Of(p.Sku))
            .Col("barcode", STRING, p => Cell.Of(p.Barcode))
            .Col("EAN", STRING, p => Cell.Of(p.Ean))
            .Col("UPC", STRING, p => Cell.Of(p.Upc))
            .Col("ISBN", STRING, p => Cell.Of(p.Isbn))
            .Col("MPN", STRING, p => Cell.Of(p.Mpn))
            .Col("stockTracked", BOOLEAN, p => Cell.Of(p.StockTracked))
            .Col("salesChannelName", STRING, _ => Cell.Of("Brightpearl"), filter: false)
            .Col("createdOn", PERIOD, p => Cell.At(p.CreatedOn))
            .Col("updatedOn", PERIOD, p => Cell.At(p.UpdatedOn))
            .Col("brightpearlCategoryCode", IDSET, p => p.Categories.Length == 1 ? Cell.Of(p.Categories[0]) : Cell.Null, sort: false, reference: "productCategoryMembership").Members(p => p.Categories)
            .Col("productGroupId", INTEGER, p => Cell.OfOrNull(p.GroupId))
            .Col("brandId", IDSET, p => Cell.Of(p.BrandId))
            .Col("productTypeId", IDSET, p => Cell.Of(p.TypeId))
            .Col("productStatus", STRING, p => Cell.Of(p.Status))
            .Col("primarySupplierId", IDSET, p => Cell.OfOrNull(p.PrimarySupplierId));
        search.References["productCategoryMembership"] = (doc, page) =>
        {
            doc.Open("productCategoryMembership");
            foreach (Product p in page)
            {
                doc.OpenArray(p.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                foreach (int category in p.Categories)
                {
                    doc.Json.WriteNumberValue(category);
                }

                doc.CloseArray();
            }

            doc.Close();
        };
        return new Resource(Name, "product")
            .Get("product", _ => throw Reply.NeedsSet("product"))
            .Get("product/{}", call => Reply.Documents(call, call.Set(0), id => call.World.Products[id], () => call.World.Products.Rows(), ProductDocuments.Product, rules))
            .Options("product", call => Reply.Uris(call, call.World.Products.Rows().Select(p => p.Id), set => "/product/" + set))
            .Options("product/{}", call => OrderService.UrisOf(call, "product", id => call.World.Products[id] is not null))
            .Search(search)
            .DumpDocuments(w => w.Products.Rows(), ProductDocuments.Product, "id").Counted(w => w.Products.Count);
    }

    /// <summary>https://api-docs.brightpearl.com/product/product-price/get.html</summary>
    private static Resource Prices()
    {
        GetRules rules = new("Product Prices", 200);
        return new Resource(Name, "product-price")
            .Get("product-price", _ => throw Reply.NeedsSet("product price"))
            .Get("product-price/{}", call => Read(call, IdSet.All))
            .Get("product-price/{}/price-list", call => Read(call, IdSet.All))
            .Get("product-price/{}/price-list/{}", call => Read(call, call.Set(1, starAllowed: true)))
            .Options("product-price", call => Reply.Uris(call, Priced(call, IdSet.All, IdSet.All), set => "/product-price/" + set))
            .Options("product-price/{}", call => Reply.Uris(call, Priced(call, call.Set(0, starAllowed: true), IdSet.All), set => "/product-price/" + set))
            .Options("product-price/{}/price-list", call => Reply.Uris(call, Priced(call, call.Set(0, starAllowed: true), IdSet.All), set => $"/product-price/{set}/price-list"))
            .Options("product-price/{}/price-list/{}", call => Reply.Uris(call, Priced(call, call.Set(0, starAllowed: true), call.Set(1, starAllowed: true)), set => $"/product-price/{set}/price-list/{call.Values[1]}"))
            .DumpDocuments(w => w.Prices.Rows(), (doc, p) => ProductDocuments.Prices(doc, p, _ => true), "productId").Counted(w => w.Prices.Count);

        Answer Read(Call call, IdSet lists) => Reply.Documents(
            call,
            call.Set(0, starAllowed: true) is { IsAll: false } set ? set : throw new ApiException(400, "CMNC-011", "At most 200 IDs are allowed in one request"),
            id => call.World.Prices[id] is { } prices && prices.Lists.Any(l => lists.Contains(l.PriceListId)) ? prices : null,
            () => [],
            (doc, p) => ProductDocuments.Prices(doc, p, id => lists.Contains(id)),
            rules);

        static IEnumerable<int> Priced(Call call, IdSet products, IdSet lists) => call.World.Prices.Rows()
            .Where(p => products.Contains(p.ProductId) && (lists.IsAll || p.Lists.Any(l => lists.Contains(l.PriceListId))))
            .Select(p => p.ProductId);
    }

    /// <summary>https://api-docs.brightpearl.com/product/product-option-value/options.html; the shape of a document is not documented here.</summary>
    private static Resource OptionValues()
    {
        return new Resource(Name, "product-option-value")
            .Get("product/{}/option-value", call => Read(call, IdSet.All))
            .Get("product/{}/option-value/{}", call => Read(call, call.Set(1, starAllowed: true)))
            .Options("product/{}/option-value", call => Uris(call, IdSet.All, string.Empty))
            .Options("product/{}/option-value/{}", call => Uris(call, call.Set(1, starAllowed: true), "/" + call.Values[1]))
            .DumpDocuments(w => w.Products.Rows().Where(p => p.Variations.Length > 0), (doc, p) => Write(doc, p, IdSet.All), "productId");

        static Answer Read(Call call, IdSet values)
        {
            IdSet set = call.Set(0, starAllowed: true);
            if (set.IsAll)
            {
                throw new ApiException(400, "CMNC-011", "At most 200 IDs are allowed in one request");
            }

            return Reply.Documents(call, set, id => call.World.Products[id] is { } p && p.Variations.Any(v => values.Contains(v.Id)) ? p : null, () => [], (doc, p) => Write(doc, p, values), new GetRules("Product Option Value", 200));
        }

        static Answer Uris(Call call, IdSet values, string tail)
        {
            IdSet set = call.Set(0, starAllowed: true);
            return Reply.Uris(call, call.World.Products.Rows().Where(p => set.Contains(p.Id) && p.Variations.Any(v => values.Contains(v.Id))).Select(p => p.Id), ids => $"/product/{ids}/option-value{tail}");
        }

        static void Write(DocWriter doc, Product p, IdSet values)
        {
            doc.Int("productId", p.Id).OpenArray("optionValues");
            foreach (OptionValue v in p.Variations.Where(v => values.Contains(v.Id)))
            {
                doc.Open().Int("optionId", v.OptionId).Int("optionValueId", v.Id).Close();
            }

            doc.CloseArray();
        }
    }

    private static Resource Suppliers()
    {
        GetRules rules = new("Product Supplier", 200);
        return new Resource(Name, "product-supplier")
            .Get("product/{}/supplier", call => Reply.Documents(call, call.Set(0), id => call.World.Products[id] is { Suppliers.Length: > 0 } p ? p : null, () => [], Write, rules))
            .DumpDocuments(w => w.Products.Rows().Where(p => p.Suppliers.Length > 0), Write, "productId");

        static void Write(DocWriter doc, Product p)
        {
            doc.Int("productId", p.Id).OpenArray("suppliers");
            foreach ((int supplier, string sku) in p.Suppliers)
            {
                doc.Open().Int("contactId", supplier).Str("supplierSku", sku).Bool("primary", supplier == p.PrimarySupplierId).Close();
            }

            doc.CloseArray();
        }
    }
}
