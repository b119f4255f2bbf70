using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect.Importers;

/// <summary>
/// Prices by part number, price list and quantity. Null and 0 never overwrite. A sale price makes the row a fixed one
/// and active, whatever else the row says.
/// </summary>
internal sealed class PriceImport(ImportRun run) : IImporter
{
    public const string List = "SkuPriceListFieldsThatAreSet";
    private const string Table = "Products/ProductSkuPriceLists";
    private static readonly string[] Prices = ["PriceSale", "PriceRecommended", "PriceCatalog", "PricePrevious", "CostPurchase", "CostUnit"];
    private static readonly string[] Stamped = ["PriceSale", "PriceRecommended", "CostPurchase"];
    private readonly HashSet<int> _lists = [];
    private readonly HashSet<Row> _sent = [];

    public void Apply(JsonElement row) => Apply(row, row.Str("PartNo")!);

    public void Apply(JsonElement row, string part)
    {
        NorceWorld world = run.World;
        string code = row.Str("PriceListCode")!;
        if (world["Products/ProductSkus"].Find(part) is null)
        {
            throw new RowException($"Sku {part} does not exist.", unknown: true);
        }

        Row list = world["Application/ClientPriceLists"].With("Agreement", code) is [var known, ..] ? known : throw new RowException($"Price list {code} does not exist.", unknown: true);
        _lists.Add(list.Int("PriceListId"));
        decimal at = row.Number("QuantityBreak") is { } given and not 0 ? given : 1;
        if (at < 0 || Prices.Any(p => row.Number(p) < 0))
        {
            throw new RowException("Prices and quantities cannot be negative.");
        }

        CheckCurrency(row, list);
        if (run.Header.DropWhenEmpty.Select(f => Enums.Name(List, f)!).Any(f => row.Get(f) is null || (Prices.Contains(f) && row.Number(f) == 0)))
        {
            run.Warn($"The price of {part} in {code} is left out: a field that must have a value is empty.");
            return;
        }

        Row? old = world[Table].Find(part, list["PriceListId"], at);
        List<(string Name, object? Value)> sets = Sets(row, old is null);
        if (old is null)
        {
            if (!sets.Exists(s => Prices.Contains(s.Name)))
            {
                return;
            }

            string[] given1 = [.. sets.Select(s => s.Name)];
            (string, object?)[] defaults = [("CurrencyId", list["CurrencyId"]), ("PriceRuleId", list["DefaultPriceRuleId"] ?? Box.Of(2)), ("IsPriceDiscountable", Box.True), ("IsActive", Box.True)];
            old = run.Insert(Table, [("PartNo", part), ("PriceListId", list["PriceListId"]), ("QtyBreak", at), .. defaults.Where(d => !given1.Contains(d.Item1)), .. sets, .. Stamps(sets, null)]);
        }
        else
        {
            run.Update(Table, old, [.. sets, .. Stamps(sets, old)]);
        }

        run.Stamp(Table, old, "LastChecked");
        _sent.Add(old);
    }

    /// <summary>A full file ends every price of its lists that it does not hold.</summary>
    public void Finish()
    {
        if (!run.Header.FullFile)
        {
            return;
        }

        foreach (int list in _lists)
        {
            foreach (Row row in run.World[Table].With("PriceListId", list).Where(r => !_sent.Contains(r) && r["IsActive"] is true).ToArray())
            {
                run.Update(Table, row, ("IsActive", Box.False));
            }
        }
    }

    private List<(string Name, object? Value)> Sets(JsonElement row, bool created)
    {
        List<(string Name, object? Value)> sets = [.. Prices.Where(p => run.Announces(List, p) && row.Number(p) is > 0).Select(p => (p, (object?)row.Number(p)))];
        bool sale = sets.Exists(s => s.Name == "PriceSale");
        if (sale)
        {
            sets.AddRange([("PriceRuleId", Box.Of(2)), ("IsActive", Box.True)]);
        }
        else
        {
            if (run.Announces(List, "IsActive") && row.Flag("IsActive") is { } active)
            {
                sets.Add(("IsActive", Box.Of(active)));
            }

            if (run.Announces(List, "PriceRule") && row.Get("PriceRule") is { } rule)
            {
                sets.AddRange([("PriceRuleId", Box.Of(Shapes.Enum("PriceRule", rule, names: true)!.Value)), ("PriceRuleValue", row.Number("PriceRuleValue"))]);
            }
        }

        if ((run.Announces(List, "IsPriceDiscountable") || (created && run.Announces(List, "IsPriceDiscountableCreateOnly"))) && row.Flag("IsPriceDiscountable") is { } discountable)
        {
            sets.Add(("IsPriceDiscountable", Box.Of(discountable)));
        }

        return sets;
    }

    private void CheckCurrency(JsonElement row, Row list)
    {
        if (row.Str("CurrencyCode") is not { } currency)
        {
            return;
        }

        Row known = run.World["Core/Currencies"].With("Code", currency) is [var one, ..] ? one : throw new RowException($"Currency {currency} does not exist.");
        if (!Equals(known["Id"], list["CurrencyId"]))
        {
            throw new RowException($"Price list {list["Agreement"]} is not in {currency}.");
        }
    }

    private IEnumerable<(string, object?)> Stamps(List<(string Name, object? Value)> sets, Row? old) =>
        sets.Where(s => Stamped.Contains(s.Name) && (old is null || !Equals(old[s.Name], s.Value))).Select(s => (s.Name + "LastUpdated", (object?)run.World.Now)).ToArray();
}
