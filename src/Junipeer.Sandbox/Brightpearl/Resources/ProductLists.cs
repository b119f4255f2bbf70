using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>product-service: the small lists around products.</summary>
internal static class ProductLists
{
    private const string Name = ProductService.Name;

    public static IEnumerable<Resource> All()
    {
        yield return SmallLists.Of(Name, "price-list", "Price List", w => w.PriceLists, l => l.Id, "id", (doc, l) =>
            doc.Int("id", l.Id).LongText("name", l.Name, "PLAINTEXT").Str("code", l.Code).Str("currencyCode", doc.World.CurrencyCode(l.CurrencyId)).Str("currencySymbol", doc.World.Currencies[l.CurrencyId]?.Symbol)
                .Int("currencyId", l.CurrencyId).Str("priceListTypeCode", l.TypeCode).Bool("gross", l.Gross));
        yield return SmallLists.Of(Name, "product-type", "Product Type", w => w.ProductTypes, t => t.Id, "id", (doc, t) => doc.Int("id", t.Id).Str("name", t.Name).At("createdOn", t.CreatedOn).At("updatedOn", t.UpdatedOn))
            .Search(new SearchDefinition<ProductType>("product-type-search", w => w.ProductTypes).Id("id", INTEGER, t => Cell.Of(t.Id)).Col("name", STRING, t => Cell.Of(t.Name))
                .Col("createdOn", PERIOD, t => Cell.At(t.CreatedOn)).Col("updatedOn", PERIOD, t => Cell.At(t.UpdatedOn)));
        yield return Associations();
        yield return SmallLists.Of(Name, "brand", "Brand", w => w.Brands, b => b.Id, "id", (doc, b) => doc.Int("id", b.Id).Str("name", b.Name).Str("description", b.Description).At("createdOn", b.CreatedOn).At("updatedOn", b.UpdatedOn))
            .Search(new SearchDefinition<Brand>("brand-search", w => w.Brands).Id("brandId", INTEGER, b => Cell.Of(b.Id)).Col("brandName", STRING, b => Cell.Of(b.Name))
                .Col("createdOn", PERIOD, b => Cell.At(b.CreatedOn)).Col("updatedOn", PERIOD, b => Cell.At(b.UpdatedOn)));
        yield return SmallLists.Of(Name, "brightpearl-category", "Brightpearl Category", w => w.Categories, c => c.Id, "id", (doc, c) =>
                doc.Int("id", c.Id).Str("name", c.Name).Int("parentId", c.ParentId).Bool("active", c.Active).At("createdOn", c.CreatedOn).Int("createdById", c.CreatedById).At("updatedOn", c.UpdatedOn).Int("updatedById", c.UpdatedById)
                    .LongText("description", string.Empty, "HTML_FRAGMENT"))
            .Search(new SearchDefinition<Category>("brightpearl-category-search", w => w.Categories).Id("id", INTEGER, c => Cell.Of(c.Id)).Col("name", STRING, c => Cell.Of(c.Name)).Col("parentId", INTEGER, c => Cell.Of(c.ParentId))
                .Col("active", BOOLEAN, c => Cell.Of(c.Active)).Col("createdOn", PERIOD, c => Cell.At(c.CreatedOn)).Col("createdById", INTEGER, c => Cell.Of(c.CreatedById)).Col("updatedOn", PERIOD, c => Cell.At(c.UpdatedOn))
                .Col("updatedBy", INTEGER, c => Cell.Of(c.UpdatedById)));
        yield return SmallLists.Of(Name, "collection", "Collection", w => w.Collections, c => c.Id, "id", (doc, c) => doc.Int("id", c.Id).Str("name", c.Name).Int("brandId", c.BrandId).At("createdOn", c.CreatedOn).At("updatedOn", c.UpdatedOn))
            .Search(new SearchDefinition<Collection>("collection-search", w => w.Collections).Id("collectionId", INTEGER, c => Cell.Of(c.Id)).Col("collectionName", STRING, c => Cell.Of(c.Name)).Col("brandId", INTEGER, c => Cell.Of(c.BrandId))
                .Col("createdOn", PERIOD, c => Cell.At(c.CreatedOn)).Col("updatedOn", PERIOD, c => Cell.At(c.UpdatedOn)));
        yield return SmallLists.Of(Name, "season", "Season", w => w.Seasons, s => s.Id, "id", (doc, s) => doc.Int("id", s.Id).Str("name", s.Name).Str("description", s.Description).At("dateFrom", s.From).At("dateTo", s.To)
                .At("createdOn", s.CreatedOn).At("updatedOn", s.UpdatedOn))
            .Search(new SearchDefinition<Season>("season-search", w => w.Seasons).Id("id", INTEGER, s => Cell.Of(s.Id)).Col("name", STRING, s => Cell.Of(s.Name))
                .Col("createdOn", PERIOD, s => Cell.At(s.CreatedOn)).Col("updatedOn", PERIOD, s => Cell.At(s.UpdatedOn)));
        yield return SmallLists.Of(Name, "option", "Option", w => w.Options, o => o.Id, "id", (doc, o) => doc.Int("id", o.Id).Str("name", o.Name).Int("sortOrder", o.SortOrder).At("createdOn", o.CreatedOn).At("updatedOn", o.UpdatedOn))
            .Search(new SearchDefinition<Option>("option-search", w => w.Options).Id("id", INTEGER, o => Cell.Of(o.Id)).Col("name", STRING, o => Cell.Of(o.Name))
                .Col("createdOn", PERIOD, o => Cell.At(o.CreatedOn)).Col("updatedOn", PERIOD, o => Cell.At(o.UpdatedOn)));
        yield return OptionValues();
        yield return SmallLists.Of(Name, "product-group", "Product Group", w => w.ProductGroups, g => g.Id, "productGroupId", (doc, g) =>
        {
            doc.Int("productGroupId", g.Id).Str("name", g.Name).OpenArray("productIds");
            foreach (int id in g.ProductIds)
            {
                doc.Json.WriteNumberValue(id);
            }

            doc.CloseArray();
        }, assumed: true);
        yield return SmallLists.Of(Name, "channel", "Channel", w => w.Channels, c => c.Id, "id", (doc, c) =>
        {
            doc.Int("id", c.Id).Str("name", c.Name).Int("channelTypeId", c.TypeId).Int("defaultWarehouseId", c.DefaultWarehouseId).OpenArray("warehouseIds");
            foreach (int id in c.WarehouseIds)
            {
                doc.Json.WriteNumberValue(id);
            }

            doc.CloseArray().Int("contactGroupId", c.ContactGroupId).Int("defaultPriceListId", c.DefaultPriceListId).Int("channelBrandId", c.ChannelBrandId).Bool("showInChannelMenu", c.ShowInMenu);
            if (c.TypeId == 1)
            {
                doc.Open("integrationDetail").Int("installedIntegrationInstanceId", 13).Close();
            }
        });
        yield return SmallLists.Of(Name, "channel-brand", "Channel Brand", w => w.ChannelBrands, b => b.Id, "channelBrandId", (doc, b) => doc.Int("channelBrandId", b.Id).Str("name", b.Name).Str("emailAddress", b.Email));
        foreach (string usage in new[] { "discount-contact-usage", "discount-total-usage" })
        {
            yield return new Resource(Name, usage) { Assumed = true }
                .Get(usage, call => Reply.Write(call, 200, Enumerable.Range(1, 3), Usage))
                .DumpDocuments(_ => Enumerable.Range(1, 3).Select(i => new Project(i, string.Empty, true)), (doc, p) => Usage(doc, p.Id), "discountId");

            void Usage(DocWriter doc, int i)
            {
                doc.Int("discountId", i).Int("timesUsed", i * 4);
                if (usage == "discount-contact-usage")
                {
                    doc.Int("contactId", 200 + i);
                }
            }
        }
    }

    private static Resource Associations()
    {
        GetRules rules = new("Option Association");
        return new Resource(Name, "product-type-option-association") { Assumed = true }
            .Get("product-type/{}/option-association", call => Read(call, IdSet.All))
            .Get("product-type/{}/option-association/{}", call => Read(call, call.Set(1, starAllowed: true)))
            .DumpDocuments(w => w.ProductTypes.Rows().SelectMany(t => t.OptionIds.Select(o => new Association(t.Id, o))), Write, "productTypeId", "optionId");

        Answer Read(Call call, IdSet options) => call.World.ProductTypes[call.Id(0)] is { } type
            ? Reply.Documents(call, IdSet.All, _ => null, () => type.OptionIds.Where(o => options.Contains(o)).Select(o => new Association(type.Id, o)), Write, rules)
            : throw Reply.NotFound("Product Type");

        static void Write(DocWriter doc, Association a) => doc.Int("productTypeId", a.TypeId).Int("optionId", a.OptionId);
    }

    private static Resource OptionValues()
    {
        GetRules rules = new("Option Value");
        return new Resource(Name, "option-value")
            .Get("option/{}/value", call => Read(call, IdSet.All))
            .Get("option/{}/value/{}", call => Read(call, call.Set(1, starAllowed: true)))
            .Search(new SearchDefinition<OptionValue>("option-value-search", w => w.OptionValues)
                .Col("optionId", INTEGER, v => Cell.Of(v.OptionId)).Col("optionName", STRING, v => Cell.Of(v.OptionName)).Id("optionValueId", INTEGER, v => Cell.Of(v.Id))
                .Col("optionValueName", STRING, v => Cell.Of(v.Name)).Col("updatedOn", PERIOD, v => Cell.At(v.UpdatedOn)))
            .DumpDocuments(w => w.OptionValues.Rows(), Write, "optionValueId").Counted(w => w.OptionValues.Count);

        Answer Read(Call call, IdSet values)
        {
            IdSet options = call.Set(0, starAllowed: true);
            return Reply.Documents(call, IdSet.All, _ => null, () => call.World.OptionValues.Rows().Where(v => options.Contains(v.OptionId) && values.Contains(v.Id)), Write, rules);
        }

        static void Write(DocWriter doc, OptionValue v) => doc.Int("optionId", v.OptionId).Int("optionValueId", v.Id).Str("optionValueName", v.Name).Int("sortOrder", v.SortOrder).At("createdOn", v.CreatedOn).At("updatedOn", v.UpdatedOn);
    }

    private sealed record Association(int TypeId, int OptionId);
}
