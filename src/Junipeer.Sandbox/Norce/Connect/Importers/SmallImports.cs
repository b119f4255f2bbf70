using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect.Importers;

/// <summary>Relations between SKUs. Which header fields it has is not documented, so every row is taken as a whole.</summary>
internal sealed class RelationImport(ImportRun run) : IImporter
{
    private const string Table = "Products/ProductRelations";

    public void Apply(JsonElement row)
    {
        foreach (string part in new[] { row.Str("PartNo")!, row.Str("RelatedPartNo")! })
        {
            _ = run.World["Products/ProductSkus"].Find(part) ?? throw new RowException($"Sku {part} does not exist.");
        }

        object?[] key = [row.Str("PartNo"), row.Str("RelatedPartNo"), row.Str("RelationTypeCode")];
        (string, object?)[] values = [("SortOrder", Box.Of(row.Whole("SortOrder") ?? 0)), ("IsActive", Box.Of(row.Flag("IsActive") ?? true))];
        if (run.World[Table].With(["PartNo", "RelatedPartNo", "RelationTypeCode"], key) is [var old, ..])
        {
            run.Update(Table, old, values);
        }
        else
        {
            run.Insert(Table, [("Id", Box.Of(run.World[Table].LastId + 1)), ("PartNo", key[0]), ("RelatedPartNo", key[1]), ("RelationTypeCode", key[2]), .. values]);
        }
    }

    public void Finish()
    {
    }
}

/// <summary>Prices of competitors: kept with the SKU, as Query has no set for them.</summary>
internal sealed class CompetitorImport(ImportRun run) : IImporter
{
    public void Apply(JsonElement row)
    {
        Row sku = run.World["Products/ProductSkus"].Find(row.Str("PartNo")) ?? throw new RowException($"Sku {row.Str("PartNo")} does not exist.");
        ImportRun.Keep(sku, "Competitor." + row.Str("CompetitorCode"), row);
    }

    public void Finish()
    {
    }
}

/// <summary>A supplier's catalogue.</summary>
internal sealed class SupplierImport(ImportRun run) : IImporter
{
    private const string Table = "Products/SupplierProductSkus";

    public void Apply(JsonElement row)
    {
        int supplier = run.Header.SupplierId ?? throw new RowException("The header names no supplier.");
        _ = run.World["Application/ClientSuppliers"].Find(supplier) ?? throw new RowException($"Supplier {supplier} does not exist.");
        (string, object?)[] values = [("SupplierPartNo", row.Str("SupplierPartNo")), ("CostPurchase", row.Number("CostPurchase")), ("OnHandValue", row.Number("OnhandValue")), ("IsActive", Box.Of(row.Flag("IsActive") ?? true))];
        if (run.World[Table].Find(row.Str("PartNo"), supplier) is { } old)
        {
            run.Update(Table, old, values);
        }
        else
        {
            run.Insert(Table, [("PartNo", row.Str("PartNo")), ("SupplierId", Box.Of(supplier)), .. values]);
        }
    }

    public void Finish()
    {
    }
}
