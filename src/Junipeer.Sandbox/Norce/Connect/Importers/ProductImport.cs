using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect.Importers;

/// <summary>
/// Products as styles with variants and SKUs below. The database knows variants (which it calls products) and their
/// group; what is not announced stays as it is, and below a parent that is not announced nothing happens at all.
/// </summary>
internal sealed class ProductImport(ImportRun run) : IImporter
{
    private const string List = "ProductFieldsThatAreSet";
    private const string Products = "Products/Products";
    private const string Groups = "Products/Variants";
    private readonly SkuImport _skus = new(run);
    private readonly Dictionary<object, HashSet<object>> _members = [];

    public void Apply(JsonElement row)
    {
        string? code = row.Str("Code");
        if (run.Header.FullFile && code is null)
        {
            throw new RowException("Code is mandatory in a full file.");
        }

        object? manufacturer = Manufacturer(row);
        Row? group = Group(row, code);
        CheckLinks(row);
        if (!run.Announces(List, "Variants"))
        {
            return;
        }

        List<string> wrong = [];
        int done = 0;
        foreach (JsonElement variant in row.Items("Variants"))
        {
            try
            {
                Variant(row, variant, manufacturer, group);
                done++;
            }
            catch (RowException one)
            {
                wrong.Add(one.Message);
            }
        }

        foreach (string message in done > 0 ? wrong : wrong.SkipLast(1))
        {
            run.Warn(message);
        }

        if (done == 0 && wrong.Count > 0)
        {
            throw new RowException(wrong[^1]);
        }
    }

    /// <summary>A full file takes variants that it does not hold out of their group.</summary>
    public void Finish()
    {
        if (!run.Header.FullFile)
        {
            return;
        }

        foreach ((object group, HashSet<object> sent) in _members)
        {
            foreach (Row product in run.World[Products].With("VariantId", group).Where(p => !sent.Contains(p["Id"]!)).ToArray())
            {
                run.Update(Products, product, ("VariantId", null));
            }
        }
    }

    private object? Manufacturer(JsonElement row)
    {
        if (row.Str("ManufacturerCode") is not { } code)
        {
            return null;
        }

        const string Table = "Application/ClientManufacturers";
        string? name = run.Announces(List, "ManufacturerName") ? row.Str("ManufacturerName") : null;
        if (run.World[Table].With("ManufacturerCode", code) is [var known, ..])
        {
            if (name is not null)
            {
                run.Update(Table, known, ("Name", name));
            }

            return known["ManufacturerId"];
        }

        if (name is null || run.Sandbox.Quirks["unknownManufacturer"] == "reject")
        {
            throw new RowException($"Manufacturer {code} does not exist.");
        }

        object id = Box.Of(run.World[Table].LastId + 1);
        run.World.Add("Application/Manufacturers", ("Id", id), ("Name", name));
        run.Insert(Table, ("ManufacturerId", id), ("ManufacturerCode", code), ("Name", name), ("IsActive", Box.True));
        return id;
    }

    /// <summary>The group of a style, made when it does not exist yet.</summary>
    private Row? Group(JsonElement row, string? code)
    {
        if (code is null || !run.Announces(List, "Code"))
        {
            return null;
        }

        bool created = run.World[Groups].With("Code", code) is not [_, ..];
        Row group = created
            ? run.Insert(Groups, ("Id", Box.Of(Math.Max(run.World[Groups].LastId, 9_000) + 1)), ("Code", code), ("IsActive", Box.True))
            : run.World[Groups].With("Code", code)[0];
        if (run.Announces(List, "Cultures"))
        {
            List<(string, object?)> sets = [];
            JsonElement culture = CultureOf(row);
            CultureField(sets, group, created, "ProductCultureFieldsThatAreSet", culture, "Name", "DefaultName");
            CultureField(sets, group, created, "ProductCultureFieldsThatAreSet", culture, "Description", "DefaultDescription");
            run.Update(Groups, group, [.. sets]);
            ImportRun.Keep(group, "Cultures", row.Get("Cultures"));
        }

        if (run.Announces(List, "Alias") && row.Str("Alias") is { } alias)
        {
            run.Update(Groups, group, ("Alias", alias));
        }

        foreach (string field in (string[])["MainImage", "AdditionalImages", "ProductParametrics", "VariantDefinitionGroup"])
        {
            if (run.Announces(List, field))
            {
                ImportRun.Keep(group, field, row.Get(field));
            }
        }

        _members.TryAdd(group["Id"]!, []);
        return group;
    }

    /// <summary>What does not exist is not linked; the row is imported all the same.</summary>
    private void CheckLinks(JsonElement row)
    {
        if (run.Announces(List, "Family") && row.Get("Family") is { } family)
        {
            run.Warn($"Product family {family.Str("Code")} does not exist.");
        }

        foreach (JsonElement flag in row.Items("ProductFlags").Where(f => run.World["Application/ProductFlags"].With("Code", f.Str("Code")).Count == 0))
        {
            run.Warn($"Product flag {flag.Str("Code")} does not exist.");
        }

        if (run.Announces(List, "ProductParametrics") || run.Announces(List, "ProductParametricsCreateOnly"))
        {
            CheckParametrics(row, "ProductParametrics");
        }
    }

    private void CheckParametrics(JsonElement owner, string member)
    {
        foreach (JsonElement parametric in owner.Items(member).Where(p => run.World["Application/Parametrics"].With("Code", p.Str("ParametricCode")).Count == 0))
        {
            run.Warn($"Parametric {parametric.Str("ParametricCode")} does not exist.");
        }
    }

    private void Variant(JsonElement style, JsonElement variant, object? manufacturer, Row? group)
    {
        const string Fields = "VariantFieldsThatAreSet";
        string? number = variant.Str("ManufacturerPartNo");
        string[] parts = [.. variant.Items("Skus").Select(s => s.Str("PartNo")!)];
        Row? product = manufacturer is not null && number is not null && run.World[Products].With(["ManufacturerId", "ManufacturerPartNo"], [manufacturer, number]) is [var named, ..]
            ? named
            : parts.Select(p => run.World["Products/ProductSkus"].Find(p)).FirstOrDefault(s => s is not null) is { } known ? run.World[Products].Find(known["ProductId"]) : null;
        bool created = product is null;
        if (product is null)
        {
            if (manufacturer is null || number is null || parts.Length == 0)
            {
                throw new RowException("The product cannot be created: ManufacturerCode, ManufacturerPartNo and PartNo are required.");
            }

            product = run.Insert(Products, ("Id", Box.Of(Math.Max(run.World[Products].LastId, 20_000) + 1)), ("ManufacturerId", manufacturer), ("ManufacturerPartNo", number), ("VariantId", group?["Id"]), ("IsVariant", Box.Of(group is not null)), ("IsActive", Box.True));
        }

        List<(string, object?)> sets = [];
        if (group is not null)
        {
            sets.AddRange([("VariantId", group["Id"]), ("IsVariant", Box.True)]);
        }

        if (!created && manufacturer is not null && number is not null && (!Equals(product["ManufacturerId"], manufacturer) || !Equals(product["ManufacturerPartNo"], number)) && run.Announces(Fields, "ManufacturerPartNo"))
        {
            sets.AddRange([("ManufacturerId", manufacturer), ("ManufacturerPartNo", number)]);
        }

        run.Take(sets, product.Type, created, Fields, "StockDisplayBreakPoint", variant, "StockDisplayBreakPoint", "StockDisplayBreakPoint");
        Cultures(sets, style, variant, product, created, Fields);
        run.Update(Products, product, [.. sets]);
        Categories(style, product, created);
        foreach (string field in (string[])["MainImage", "AdditionalImages", "VariantParametrics", "NonParametricVariantDefinitions", "DeliveryMethods"])
        {
            if (run.Announces(Fields, field) || (created && Enums.Number(Fields, field + "CreateOnly") is not null && run.Announces(Fields, field + "CreateOnly")))
            {
                ImportRun.Keep(product, field, variant.Get(field));
            }
        }

        if (run.Announces(Fields, "VariantParametrics") || run.Announces(Fields, "VariantParametricsCreateOnly"))
        {
            CheckParametrics(variant, "VariantParametrics");
        }

        if (group is not null)
        {
            _members[group["Id"]!].Add(product["Id"]!);
        }

        if (run.Announces(Fields, "Skus"))
        {
            foreach (JsonElement sku in variant.Items("Skus"))
            {
                _skus.Apply(sku, product);
            }
        }
    }

    private void Cultures(List<(string, object?)> sets, JsonElement style, JsonElement variant, Row product, bool created, string fields)
    {
        if (run.Announces(fields, "Cultures"))
        {
            JsonElement culture = CultureOf(variant);
            foreach (string field in (string[])["Name", "SubHeader", "SubDescription", "DescriptionHeader", "Description", "Synonyms", "Title", "Tags", "MetaTags", "MetaDescription"])
            {
                CultureField(sets, product, created, "VariantCultureFieldsThatAreSet", culture, field, "Default" + field);
            }

            ImportRun.Keep(product, "Cultures", variant.Get("Cultures"));
        }

        // A new variant without a name of its own takes the style's.
        if (created && !sets.Exists(s => s.Item1 == "DefaultName") && run.Announces(List, "Cultures") && (run.Announces("ProductCultureFieldsThatAreSet", "Name") || run.Announces("ProductCultureFieldsThatAreSet", "NameCreateOnly")))
        {
            sets.Add(("DefaultName", CultureOf(style).Str("Name")));
        }
    }

    /// <summary>A text: always, only for what this import made, or unless somebody wrote it by hand.</summary>
    private void CultureField(List<(string, object?)> sets, Row row, bool created, string list, JsonElement culture, string field, string column)
    {
        bool Says(string name) => Enums.Number(list, name) is not null && run.Announces(list, name);
        bool byHand = row.Extras?.ContainsKey("ByHand." + column) == true;
        if (culture.ValueKind != JsonValueKind.Object || !(Says(field) || (created && Says(field + "CreateOnly")) || (!byHand && Says(field + "LimitedUpdate"))))
        {
            return;
        }

        if (culture.Str(field) is { } text)
        {
            sets.Add((column, text));
        }
        else if (!created && run.Clears)
        {
            sets.Add((column, null));
        }
    }

    private void Categories(JsonElement style, Row product, bool created)
    {
        const string Links = "Products/ProductCategories";
        if (!run.Announces(List, "Categories") && !run.Announces(List, "CategoriesLimitedUpdate") && !(created && run.Announces(List, "CategoriesCreateOnly")))
        {
            return;
        }

        HashSet<object> wanted = [];
        foreach (JsonElement link in style.Items("Categories"))
        {
            if (run.World["Application/Categories"].With("Code", link.Str("Code")) is not [var category, ..])
            {
                run.Warn($"Category {link.Str("Code")} does not exist.");
                continue;
            }

            if (wanted.Add(category["Id"]!) && run.World[Links].Find(product["Id"], category["Id"]) is null)
            {
                run.Insert(Links, ("ProductId", product["Id"]), ("CategoryId", category["Id"]), ("IsPrimary", Box.Of(wanted.Count == 1)), ("SortOrder", Box.Of(link.Whole("SortOrder") ?? 0)));
            }
        }

        if (run.Announces(List, "Categories") && (wanted.Count > 0 || run.Clears))
        {
            foreach (Row gone in run.World[Links].With("ProductId", product["Id"]).Where(l => !wanted.Contains(l["CategoryId"]!)).ToArray())
            {
                run.World[Links].Remove(gone);
            }
        }
    }

    /// <summary>The texts in the client's default culture, or the first there are.</summary>
    private static JsonElement CultureOf(JsonElement owner)
    {
        JsonElement[] all = [.. owner.Items("Cultures")];
        return Array.Find(all, c => c.Str("CultureCode") == NorceSandbox.Applications[0].Culture) is { ValueKind: JsonValueKind.Object } found ? found : all.FirstOrDefault();
    }
}
