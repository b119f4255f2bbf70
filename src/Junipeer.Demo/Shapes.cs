namespace Junipeer.Demo;

/// <summary>What a collection inside a document looks like.</summary>
internal enum CollectionShape
{
    /// <summary>An array of objects, keyed by position.</summary>
    Array,

    /// <summary>An array of objects, keyed by a field.</summary>
    KeyedArray,

    /// <summary>An object keyed by id, holding objects or plain values.</summary>
    Map,

    /// <summary>An object keyed by id, holding arrays.</summary>
    MapOfArrays,

    /// <summary>Custom fields by code.</summary>
    Fields,
}

/// <summary>A table: the record's own, or a collection's.</summary>
internal sealed record TableShape(string Name, string Path, CollectionShape Shape, string Key, IReadOnlyList<string> KeyColumns, IReadOnlyList<TableShape> Children)
{
    /// <summary>The column of a property; one spelled like a key of its owners says whose it is.</summary>
    public string ColumnOf(string path)
    {
        var name = Flattener.Snake(path);
        var own = Shape switch { CollectionShape.Array when Path.Length == 0 => KeyColumns.Count, CollectionShape.MapOfArrays => 2, _ => 1 };
        return KeyColumns.Take(KeyColumns.Count - own).Contains(name) ? $"{Flattener.Snake(Path.Split('.')[^1])}_{name}" : name;
    }

    public IEnumerable<TableShape> AndBelow() => Children.SelectMany(c => c.AndBelow()).Prepend(this);
}

/// <summary>A resource: its own table, the properties that identify a record, and what lies below.</summary>
internal sealed record ResourceShape(string Dump, string Table, IReadOnlyList<string> Key, IReadOnlyList<TableShape> Children)
{
    /// <summary>The array whose elements are the records, where the dump groups them.</summary>
    public string? Spread { get; init; }

    public IEnumerable<TableShape> Tables() =>
        Children.SelectMany(c => c.AndBelow()).Prepend(new TableShape(Table, "", CollectionShape.Array, "", Key.Select(Flattener.Snake).ToArray(), []));
}

/// <summary>
/// The tables each resource should fill, written down by hand from the documents: resource, table, key (and the array that
/// holds the records, where the dump groups them), then its collections as path:shape:table:key, indented below what they
/// belong to. A resource after ~ is exported as its search shows it.
/// </summary>
internal static class Shapes
{
    private const string Text = """
        order orders id
          orderRows:Map:order_rows:id
          invoices:Array:order_invoices:
          customFields:Fields:order_custom_fields:
        contact contacts contactId
          communication.emails:Map:contact_emails:type
          communication.telephones:Map:contact_telephones:type
          communication.messagingVoips:Map:contact_messaging_voips:type
          communication.websites:Map:contact_websites:type
          postalAddresses:Map:contact_postal_addresses:addressId
          aliases:Map:contact_aliases:type
          contactStatus.history:Array:contact_status_history:
          customFields:Fields:contact_custom_fields:
        product products id
          salesChannels:Array:product_sales_channels:
            categories:Array:product_categories:
          variations:Array:product_variations:
          composition.bundleComponents:Array:product_bundle_components:
          warehouses:Map:product_warehouses:warehouseId
          customFields:Fields:product_custom_fields:
        product-price product_prices productId
          priceLists:KeyedArray:product_price_lists:priceListId
            quantityPrice:Map:product_price_breaks:quantity
        product-availability product_availability productId
          warehouses:Map:product_availability_warehouses:warehouseId
            byLocation:Map:product_availability_locations:locationId
        product-supplier product_suppliers productId,contactId suppliers
        goods-out-note goods_out_notes goodsOutNoteId
          orderRows:MapOfArrays:goods_out_note_rows:orderRowId
          events:Array:goods_out_note_events:
        goods-in-note goods_in_notes goodsNoteId
          goodsMoved:Array:goods_in_note_rows:
        ~goods-movement goods_movements goodsMovementId
        ~order-note order_notes noteId
        ~journal journal_rows journalRowId
        ~customer-payment customer_payments paymentId
        ~supplier-payment supplier_payments paymentId
        ~product-type product_types id
        ~brand brands brandId
        ~brightpearl-category categories id
        ~collection collections collectionId
        ~option options id
        ~option-value option_values optionValueId
        season seasons id
        ~company companies companyId
        ~contact-group contact_groups contactGroupId
        ~contact-group-member contact_group_members contactGroupId,contactId
        ~location locations id
        ~zone zones id
        ~currency currencies id
        shipping-method shipping_methods id
        nominal-code nominal_codes code
        warehouse warehouses id
        price-list price_lists id
        channel channels id
        channel-brand channel_brands channelBrandId
        tag tags tagId
        lead-source lead_sources id
        payment-method payment_methods id
          bankAccounts:Array:payment_method_bank_accounts:
        tax-code tax_codes id
        accounting-period accounting_periods id
        exchange-rate exchange_rates currencyId,rateActiveFrom
        order-status order_statuses statusId
        order-type order_types id
        order-stock-status order_stock_statuses id
        order-shipping-status order_shipping_statuses id
        order-custom-field-meta-data order_custom_field_definitions scope,id
          options:Map:order_custom_field_definition_options:optionId
        contact-custom-field-meta-data contact_custom_field_definitions scope,id
          options:Map:contact_custom_field_definition_options:optionId
        custom-field-meta-data product_custom_field_definitions id
          options:Map:product_custom_field_definition_options:optionId
        stock-transfer stock_transfers stockTransferId
        postal-address postal_addresses addressId
        account-configuration account_configuration accountCode
        """;

    private static readonly Dictionary<string, ResourceShape> All = Read();

    public static ResourceShape Of(string resource) =>
        All.TryGetValue(resource, out var shape) ? shape : throw new InvalidOperationException($"No shape is written down for '{resource}'.");

    private static Dictionary<string, ResourceShape> Read()
    {
        var shapes = new Dictionary<string, ResourceShape>();
        var lines = Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < lines.Length;)
        {
            var words = lines[i].Split(' ');
            var key = words[2].Split(',');
            i++;
            var children = Below(lines, ref i, 2, key.Select(k => Handed(k, words[0].TrimStart('~'))).ToArray());
            var name = words[0].TrimStart('~');
            shapes[name] = new ResourceShape(words[0][0] == '~' ? $"{name}?view=rows" : name, words[1], key, children) { Spread = words.Length > 3 ? words[3] : null };
        }

        return shapes;
    }

    private static IReadOnlyList<TableShape> Below(string[] lines, ref int i, int indent, IReadOnlyList<string> keys)
    {
        var children = new List<TableShape>();
        while (i < lines.Length && lines[i].Length > indent && lines[i][..indent].Trim().Length == 0 && lines[i][indent] != ' ')
        {
            var parts = lines[i].Trim().Split(':');
            i++;
            var shape = Enum.Parse<CollectionShape>(parts[1]);
            var own = shape switch
            {
                CollectionShape.Array => (string[])["position"],
                CollectionShape.Fields => ["code"],
                CollectionShape.MapOfArrays => [Flattener.Snake(parts[3]), "position"],
                _ => [Flattener.Snake(parts[3])],
            };
            var name = parts[0].Split('.')[^1];
            var below = Below(lines, ref i, indent + 2, [.. keys, .. own.Select(k => Handed(k, name))]);
            children.Add(new TableShape(parts[2], parts[0], shape, parts[3], [.. keys, .. own], below));
        }

        return children;
    }

    /// <summary>A key as the tables below spell it: a bare id says whose it is.</summary>
    private static string Handed(string key, string owner) =>
        key is "id" or "position" or "code" or "type" ? $"{Flattener.Snake(owner)}_{key}" : Flattener.Snake(key);
}
