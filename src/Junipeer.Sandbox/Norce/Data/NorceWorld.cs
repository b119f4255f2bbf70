using Junipeer.Sandbox.Hosting;

namespace Junipeer.Sandbox.Norce.Data;

/// <summary>Everything in the client's database. Whoever reads or writes holds <see cref="Gate"/>.</summary>
internal sealed class NorceWorld
{
    private readonly Dictionary<string, RowTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly SandboxClock _clock;

    public NorceWorld(SandboxClock clock)
    {
        _clock = clock;
        foreach ((string name, EntityType type) in Model.Types)
        {
            _tables[name] = new RowTable(type);
        }

        foreach (Navigation way in Model.Types.Values.SelectMany(t => t.Navigations))
        {
            _tables[way.Target].AddIndex(way.To);
        }

        // Natural keys that imports look rows up by.
        foreach ((string table, string columns) in new[]
        {
            ("Core/Currencies", "Code"), ("Core/Countries", "Code"), ("Core/PaymentMethods", "Code"), ("Application/ClientManufacturers", "ManufacturerCode"), ("Application/Categories", "Code"), ("Application/ClientPriceLists", "Agreement"),
            ("Application/ClientWarehouses", "Code"), ("Application/ClientWarehouseLocations", "WarehouseId+Code"), ("Application/ClientWarehouseLocations", "WarehouseId"), ("Application/Parametrics", "Code"),
            ("Application/ProductFlags", "Code"), ("Application/ProductInfoTypes", "Code"), ("Application/ClientCultures", "Code"), ("Application/ClientSuppliers", "Code"),
            ("Products/Products", "ManufacturerId+ManufacturerPartNo"), ("Products/Products", "VariantId"), ("Products/Variants", "Code"), ("Products/ProductSkuPriceLists", "PriceListId"), ("Products/ProductSkuOnHands", "WarehouseId+LocationId"),
            ("Products/ProductRelations", "PartNo+RelatedPartNo+RelationTypeCode"), ("Customers/Customers", "CustomerCode"), ("Customers/Customers", "EmailAddress"), ("Customers/Companies", "CompanyCode"), ("Customers/Companies", "NormalizedOrganizationNo"),
            ("Orders/Orders", "OrderNo"), ("Orders/DeliveryNotes", "NoteNo"), ("Orders/DeliveryNotes", "OrderId"), ("Orders/Invoices", "InvoiceNo"), ("Orders/Invoices", "ReferenceOrderId"),
        })
        {
            _tables[table].AddIndex(columns.Split('+'));
        }
    }

    public Lock Gate { get; } = new();

    /// <summary>Who is told of rows that were added or changed.</summary>
    public Action<EntityType, Row>? Changed { get; set; }

    /// <summary>Orders by the basket they came from: their number until an ERP gives them its own.</summary>
    public Dictionary<int, Row> Baskets { get; } = [];

    public IEnumerable<RowTable> Tables => _tables.Values;

    public RowTable this[string name] => _tables[name];

    /// <summary>Now, as rows keep it.</summary>
    public DateTime Now => _clock.Now.UtcDateTime;

    /// <summary>Adds a row from its named values; the rest is null, or the empty value of its type.</summary>
    public Row Add(string table, params (string Name, object? Value)[] values) => Add(_tables[table], Now, NorceSandbox.AccountId, values);

    public Row Add(RowTable table, DateTime created, int by, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        EntityType type = table.Type;
        object?[] cells = new object?[type.Columns.Count];
        foreach (Column column in type.Columns)
        {
            cells[column.Index] = column.Name switch
            {
                "ClientId" => Box.Of(NorceSandbox.ClientId),
                "Created" => created,
                "CreatedBy" => Box.Of(by),
                _ => column.Nullable ? null : Empty(column.Type),
            };
        }

        foreach ((string name, object? value) in values)
        {
            cells[type.Index(name)] = value;
        }

        Row row = table.Add(cells);
        Changed?.Invoke(type, row);
        return row;
    }

    /// <summary>Sets cells of a row; true, and a new <c>Updated</c> if somebody did it, only when one of them differs.</summary>
    public bool Set(string table, Row row, int? by, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        object?[] cells = [.. row.Cells];
        bool changed = false;
        foreach ((string name, object? value) in values)
        {
            int at = row.Type.Index(name);
            if (!Equals(cells[at], value))
            {
                cells[at] = value;
                changed = true;
            }
        }

        if (changed)
        {
            if (by is { } account)
            {
                Touch(row.Type, cells, account);
            }

            _tables[table].Change(row, cells);
            Changed?.Invoke(row.Type, row);
        }

        return changed;
    }

    public void Touch(EntityType type, object?[] cells, int by)
    {
        if (type.Find("Updated", false, false) is { } updated)
        {
            cells[updated.Index] = Now;
            cells[type.Index("UpdatedBy")] = Box.Of(by);
        }
    }

    /// <summary>What a column holds when nothing was given and null is not allowed.</summary>
    public static object Empty(EdmType type) => type switch
    {
        EdmType.String => string.Empty,
        EdmType.Int32 => Box.Of(0),
        EdmType.Int64 => 0L,
        EdmType.Decimal => Box.Zero,
        EdmType.Boolean => Box.False,
        EdmType.DateTimeOffset => DateTime.UnixEpoch,
        _ => Guid.Empty,
    };
}
