using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Junipeer.Norce.Importing;

/// <summary>The rules of each kind that no single field shows, and the keys a row stands for.</summary>
internal static class RowRules
{
    /// <summary>What is wrong with a row as a whole; null when nothing is.</summary>
    public static RowProblem? Check(NorceImportKind kind, IReadOnlyDictionary<string, object?> row, bool fullFile) => kind switch
    {
        NorceImportKind.Product => Product(row, fullFile),
        NorceImportKind.SkuPriceList when Has(row, "PriceSale") && Is(row, "IsActive", false) => new(
            "Junipeer.Norce.PriceReactivates", "PriceSale and IsActive false were both given: Norce makes a row active again when it gets a PriceSale. To end a price send IsActive false without PriceSale."),
        NorceImportKind.Company when !Has(row, "Code") && !Has(row, "Id") && !Has(row, "OrganizationNo") => new(
            "Junipeer.Norce.MissingField", "Code is missing; a company is found by Id, Code or OrganizationNo."),
        NorceImportKind.Company when Has(row, "Customers") && !Has(row, "IsCustomerListDelta") => new(
            "Junipeer.Norce.CustomerListDelta", "Customers were given without IsCustomerListDelta: left out it means that every customer not named is taken off the company. Give true to add, or false to mean that."),
        NorceImportKind.Customer when !Has(row, "Code") && !Has(row, "Id") && !Has(row, "EmailAddress") => new(
            "Junipeer.Norce.MissingField", "Code is missing; a customer is found by Id, Code or EmailAddress."),
        _ => null,
    };

    /// <summary>The row's key as people read it.</summary>
    public static string Key(ImportBook book, IReadOnlyDictionary<string, object?> row) => book.Kind switch
    {
        NorceImportKind.Product => Text(row, "Code") ?? Articles(row).FirstOrDefault() ?? Parts(row).FirstOrDefault() ?? "(no key)",
        NorceImportKind.Company or NorceImportKind.Customer => book.Key.Select(k => Text(row, k)).FirstOrDefault(k => k is not null) ?? "(no key)",
        _ => string.Join(" / ", book.Key.Select(k => Text(row, k)).Where(k => k is not null)),
    };

    /// <summary>What no two rows of one job may have in common, added to a list.</summary>
    /// <param name="book">The kind.</param>
    /// <param name="row">The row.</param>
    /// <param name="key">The texts of its key, in the order of <see cref="ImportBook.Key"/>.</param>
    /// <param name="identities">Where they are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Identities(ImportBook book, IReadOnlyDictionary<string, object?> row, ReadOnlySpan<string?> key, List<string> identities)
    {
        switch (book.Kind)
        {
            case NorceImportKind.Product:
                foreach (var article in Articles(row)) identities.Add("PartNo " + article);
                foreach (var part in Parts(row)) identities.Add("ManufacturerPartNo " + part);
                break;
            case NorceImportKind.Company or NorceImportKind.Customer:
                foreach (var name in book.Key)
                {
                    if (Text(row, name) is { } value) identities.Add($"{name} {value}");
                }

                break;
            case NorceImportKind.OnHand:
                identities.Add(key[0] + " / " + key[1] + " / " + key[2]);
                break;
            case NorceImportKind.SkuPriceList:
                var quantity = decimal.TryParse(Text(row, "QuantityBreak"), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 1; // the default break is 1
                identities.Add(string.Create(CultureInfo.InvariantCulture, $"{key[0]} / {key[1]} / {quantity:0.####}"));
                break;
            default:
                identities.Add(Key(book, row));
                break;
        }
    }

    /// <summary>The part numbers a row is about.</summary>
    public static IReadOnlyList<string> PartNumbers(ImportBook book, IReadOnlyDictionary<string, object?> row) => book.Kind switch
    {
        NorceImportKind.OnHand or NorceImportKind.SkuPriceList => Text(row, "PartNo") is { } part ? [part] : [],
        _ => [],
    };

    /// <summary>A value as text without white space around it; null when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static string? Text(IReadOnlyDictionary<string, object?> row, string name) =>
        Value(row, name) is { } value && (value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture))?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>A value; null when there is none.</summary>
    public static object? Value(IReadOnlyDictionary<string, object?> row, string name)
    {
        if (row is Dictionary<string, object?> plain) return plain.GetValueOrDefault(name); // nearly always, and cheaper than by the interface
        return row.GetValueOrDefault(name);
    }

    private static RowProblem? Product(IReadOnlyDictionary<string, object?> row, bool fullFile)
    {
        if (fullFile && !Has(row, "Code")) return new("Junipeer.Norce.MissingField", "Code is missing; a full file of products needs it to know which group its variants belong to.");
        var variants = Nested(row, "Variants").ToArray();
        if (!Has(row, "ManufacturerCode"))
        {
            // Without a manufacturer a product is only found by its part numbers, and nothing new can be made.
            var isByPart = variants.Length > 0 && variants.All(v => !Has(v, "ManufacturerPartNo") && Nested(v, "Skus").Any() && Nested(v, "Skus").All(s => Has(s, "PartNo")));
            if (!isByPart) return new("Junipeer.Norce.NoManufacturer", "ManufacturerCode is missing: a product is made by ManufacturerCode, ManufacturerPartNo and PartNo, and found by the first two or by PartNo alone.");
            return null;
        }

        var lost = Array.FindIndex(variants, v => !Has(v, "ManufacturerPartNo") && !Nested(v, "Skus").Any(s => Has(s, "PartNo")));
        return lost < 0 ? null : new("Junipeer.Norce.MissingField", $"Variants[{lost}].ManufacturerPartNo is missing, and the variant has no article with a PartNo either.");
    }

    private static IEnumerable<string> Articles(IReadOnlyDictionary<string, object?> product) =>
        Nested(product, "Variants").SelectMany(v => Nested(v, "Skus")).Select(s => Text(s, "PartNo")).OfType<string>();

    private static IEnumerable<string> Parts(IReadOnlyDictionary<string, object?> product) =>
        Nested(product, "Variants").Select(v => Text(v, "ManufacturerPartNo")).OfType<string>().Select(p => $"{Text(product, "ManufacturerCode")}/{p}");

    private static IEnumerable<IReadOnlyDictionary<string, object?>> Nested(IReadOnlyDictionary<string, object?> row, string name) =>
        Value(row, name) is not { } value ? []
        : value is IReadOnlyDictionary<string, object?> one ? [one]
        : value is IEnumerable several and not string ? several.OfType<IReadOnlyDictionary<string, object?>>()
        : [];

    private static bool Has(IReadOnlyDictionary<string, object?> row, string name) => Text(row, name) is not null;

    private static bool Is(IReadOnlyDictionary<string, object?> row, string name, bool wanted) => Text(row, name) is { } text && (bool.TryParse(text, out var flag) ? flag == wanted : text == (wanted ? "1" : "0"));
}
