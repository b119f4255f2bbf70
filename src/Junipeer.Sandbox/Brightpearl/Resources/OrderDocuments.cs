using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.World;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>Writes orders in their three shapes: order, sales-order and sales-credit.</summary>
internal static class OrderDocuments
{
    private static string Invariant(int id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>https://api-docs.brightpearl.com/order/order/get.html</summary>
    public static void Order(DocWriter doc, Order o)
    {
        WorldState w = doc.World;
        string currency = w.CurrencyCode(o.CurrencyId);
        bool invoiced = o.InvoiceReference is not null;
        doc.Int("id", o.Id).Int("parentOrderId", o.ParentId).Str("orderTypeCode", OrderCodes.Types[o.Type]).Str("reference", o.Reference).Int("version", o.Version);
        doc.Open("state").Str("tax", invoiced ? "INVOICED" : "READY").Close();
        doc.Open("orderStatus").Int("orderStatusId", o.StatusId).Str("name", w.OrderStatuses[o.StatusId]?.Name ?? string.Empty).Close();
        doc.Open("tax").OpenArray("errors").CloseArray().Close();
        doc.Str("orderPaymentStatus", OrderCodes.Payment[o.Payment]).Str("stockStatusCode", OrderCodes.Stock[o.Stock].Code)
            .Str("allocationStatusCode", OrderCodes.Allocation[o.Allocation]).Str("shippingStatusCode", OrderCodes.Shipping[o.Shipping]);
        doc.At("placedOn", o.PlacedOn).At("createdOn", o.CreatedOn).At("updatedOn", UpdatedOn(doc, o)).At("closedOn", o.ClosedOn).Int("createdById", o.CreatedById);
        doc.Int("priceListId", o.PriceListId).Str("priceModeCode", o.PriceInclusive ? "INC" : "EXC");
        doc.Open("delivery").At("deliveryDate", DeliveryDate(doc, o)).Int("shippingMethodId", o.ShippingMethodId).Close();
        doc.OpenArray("invoices");
        if (invoiced)
        {
            doc.Open().Str("invoiceReference", o.InvoiceReference).At("taxDate", DateOnly(doc, o.TaxDay, utc: false)).At("dueDate", DateOnly(doc, o.DueDay, utc: true)).Close();
        }

        doc.CloseArray();
        doc.Open("currency").Str("accountingCurrencyCode", w.BaseCurrency).Str("orderCurrencyCode", currency).Rate("exchangeRate", o.Rate).Bool("fixedExchangeRate", o.FixedRate).Close();
        long net = o.Net, tax = o.Tax, baseNet = o.Base(net), baseTax = o.Base(tax);
        doc.Open("totalValue").Money("net", net, 2).Money("taxAmount", tax, 2).Money("baseNet", baseNet, 2).Money("baseTaxAmount", baseTax, 2).Money("baseTotal", baseNet + baseTax, 2).Money("total", net + tax, 2).Close();
        doc.Open("assignment").Open("current").Int("staffOwnerContactId", o.StaffOwnerId).Int("projectId", o.ProjectId).Int("channelId", o.ChannelId).Int("leadSourceId", o.LeadSourceId).Int("teamId", o.TeamId).Close().Close();
        doc.Open("parties");
        Party(doc, o.IsPurchase ? "supplier" : "customer", o.Contact, o.Contact.Default, o.Contact.Id);
        Party(doc, "delivery", o.Contact, o.Contact.Delivery, 0);
        Party(doc, "billing", o.Contact, o.Contact.Billing, o.Contact.Id);
        doc.Close();
        doc.Open("orderRows");
        foreach (OrderRow row in o.Rows)
        {
            Row(doc, row, currency);
        }

        doc.Close();
        doc.Int("warehouseId", o.WarehouseId).Int("acknowledged", o.Acknowledged).Int("costPriceListId", 0).Bool("historicalOrder", o.Historical);
        if (!o.Old)
        {
            doc.Bool("isDropship", o.IsDropship);
        }

        doc.At("originalInvoiceDate", invoiced ? DateOnly(doc, o.TaxDay, utc: false) : 0).Int("orderWeighting", 100);
        doc.Str("externalRef", o.ExternalRef).IntOrAbsent("installedIntegrationInstanceId", o.InstanceId);
        if (doc.Wants("customFields"))
        {
            CustomFieldDocuments.Values(doc, "customFields", CustomFieldValues.Of(w, o));
        }

        if (doc.Wants("nullCustomFields"))
        {
            CustomFieldDocuments.Nulls(doc, CustomFieldValues.FieldsOf(w, o), CustomFieldValues.Of(w, o));
        }
    }

    /// <summary>https://api-docs.brightpearl.com/order/sales-order/get.html; credits have the same tree.</summary>
    public static void SalesOrder(DocWriter doc, Order o)
    {
        WorldState w = doc.World;
        doc.Int("id", o.Id).Open("customer").Int("id", o.Contact.Id);
        SalesAddress(doc, o.Contact, o.Contact.Default);
        doc.Close().Open("billing").Int("contactId", o.Contact.Id);
        SalesAddress(doc, o.Contact, o.Contact.Billing);
        doc.Close().Int("customerId", o.Contact.Id).Str("ref", o.Reference).Str("externalRef", o.ExternalRef).IntOrAbsent("installedIntegrationInstanceId", o.InstanceId);
        doc.At("placedOn", o.PlacedOn).Str("taxDate", PlainDate(doc, o)).Int("statusId", o.StatusId).Int("warehouseId", o.WarehouseId).Int("channelId", o.ChannelId).Int("staffOwnerId", o.StaffOwnerId)
            .Int("projectId", o.ProjectId).Int("leadSourceId", o.LeadSourceId).Int("teamId", o.TeamId).IntOrAbsent("parentId", o.ParentId).Int("priceListId", o.PriceListId).Str("priceModeCode", o.PriceInclusive ? "INC" : "EXC");
        doc.Open("currency").Str("code", w.CurrencyCode(o.CurrencyId)).Bool("fixedExchangeRate", o.FixedRate).Rate("exchangeRate", o.Rate).Close();
        doc.Open("delivery").At("date", DeliveryDate(doc, o)).Int("shippingMethodId", o.ShippingMethodId);
        SalesAddress(doc, o.Contact, o.Contact.Delivery);
        doc.Close();
        long net = o.Net, tax = o.Tax, baseNet = o.Base(net), baseTax = o.Base(tax);
        doc.Open("total").Money("net", net, 2).Money("tax", tax, 2).Money("gross", net + tax, 2).Money("baseNet", baseNet, 2).Money("baseTax", baseTax, 2).Money("baseGross", baseNet + baseTax, 2).Close();
        doc.Str("orderPaymentStatus", OrderCodes.Payment[o.Payment]).Str("stockStatusCode", OrderCodes.Stock[o.Stock].Code).Str("allocationStatusCode", OrderCodes.Allocation[o.Allocation])
            .Str("shippingStatusCode", OrderCodes.Shipping[o.Shipping]).Int("createdBy", o.CreatedById).At("createdOn", o.CreatedOn).At("updatedOn", UpdatedOn(doc, o)).Bool("isCanceled", o.IsCancelled);
        if (o.InvoiceReference is not null)
        {
            doc.Open("invoice").Str("reference", o.InvoiceReference).At("taxDate", DateOnly(doc, o.TaxDay, utc: false)).At("dueDate", DateOnly(doc, o.DueDay, utc: true)).Close();
        }

        doc.Int("orderWeighting", 100).Int("costPriceListId", 0).OpenArray("rows");
        foreach (OrderRow row in o.Rows.Reverse())
        {
            doc.Open().Int("id", row.Id).Int("productId", row.Product?.Id ?? 1000).Str("name", row.Product?.Name ?? row.FreeText).Str("sku", row.Product?.Sku).Money("quantity", row.Quantity * 10_000L, 0)
                .Str("taxCode", w.TaxCodes[row.TaxCodeId]?.Code).Money("net", row.Net, 2).Money("tax", row.Tax, 2).Str("nominalCode", "4000").Str("externalRef", row.ExternalRef)
                .Money("productPrice", row.Price, 4).Money("discountPercentage", row.DiscountHundredths * 100L, 2).Str("sequence", Invariant(row.Sequence)).Bool("bundleParent", row.BundleParent)
                .Bool("bundleChild", row.ParentRowId != 0).Int("parentRowId", row.ParentRowId).Int("taxClassId", row.TaxCodeId).Str("taxCalculator", "brightpearl").Int("clonedFromId", row.ClonedFromId).Close();
        }

        doc.CloseArray();
    }

    public static long UpdatedOn(DocWriter doc, Order o) => Shown(doc.Sandbox, o.UpdatedOn, o.CreatedOn);

    public static long Shown(BrightpearlSandbox sandbox, long updatedOn, long createdOn) => updatedOn == 0 && !sandbox.Quirks.NullUpdatedOn ? createdOn : updatedOn;

    /// <summary>A delivery date that came in as a plain date is midnight UTC; one picked in the application is midnight account time.</summary>
    public static long DeliveryDate(DocWriter doc, Order o) => DeliveryDate(doc.Sandbox, o);

    public static long DeliveryDate(BrightpearlSandbox sandbox, Order o) => DateOnly(sandbox, o.DeliveryDay, utc: o.Id % 3 == 0);

    /// <summary>Searches show the tax date as midnight UTC.</summary>
    public static long TaxDate(BrightpearlSandbox sandbox, Order o) => DateOnly(sandbox, o.TaxDay == 0 ? sandbox.Time.DayOf(o.PlacedOn) : o.TaxDay, utc: true);

    /// <summary>Sales orders show the tax date as a plain date.</summary>
    private static string PlainDate(DocWriter doc, Order o) =>
        DateTime.UnixEpoch.AddDays(o.TaxDay == 0 ? doc.Sandbox.Time.DayOf(o.PlacedOn) : o.TaxDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static long DateOnly(DocWriter doc, int day, bool utc) => DateOnly(doc.Sandbox, day, utc);

    public static long DateOnly(BrightpearlSandbox sandbox, int day, bool utc)
    {
        utc = sandbox.Quirks["dateOnlyShift"] switch
        {
            "utc" => true,
            "account" => false,
            _ => utc,
        };
        return day == 0 ? 0 : utc ? AccountTime.MidnightUtc(day) : sandbox.Time.MidnightLocal(day);
    }

    private static void Row(DocWriter doc, OrderRow row, string currency)
    {
        TaxCode? tax = doc.World.TaxCodes[row.TaxCodeId];
        doc.Open(Invariant(row.Id)).Str("orderRowSequence", Invariant(row.Sequence)).Int("productId", row.Product?.Id ?? 1000).Str("productName", row.Product?.Name ?? row.FreeText).Str("productSku", row.Product is { Sku.Length: > 0 } p ? p.Sku : null);
        doc.Open("quantity").Money("magnitude", row.Quantity * 10_000L, 4).Close();
        doc.Amount("itemCost", currency, row.Cost, 4).Amount("productPrice", currency, row.Price, 4).Money("discountPercentage", row.DiscountHundredths * 100L, 2);
        doc.Open("rowValue").Money("taxRate", tax?.Rate ?? 0, 4).Str("taxCode", tax?.Code).Str("taxCalculator", "brightpearl").Amount("rowNet", currency, row.Net, 4).Amount("rowTax", currency, row.Tax, 2).Int("taxClassId", row.TaxCodeId).Close();
        doc.Str("nominalCode", row.Product is null ? "4040" : "4000");
        doc.Open("composition").Bool("bundleParent", row.BundleParent).Bool("bundleChild", row.ParentRowId != 0).Int("parentOrderRowId", row.ParentRowId).Close();
        doc.Int("clonedFromId", row.ClonedFromId).Close();
    }

    /// <summary>An address without a country shows country 0 and none of its texts.</summary>
    private static void Party(DocWriter doc, string name, Contact contact, Address address, int contactId)
    {
        doc.Open(name);
        if (contactId != 0)
        {
            doc.Int("contactId", contactId);
        }

        doc.Str("addressFullName", contact.FullName).Str("companyName", contact.CompanyName ?? string.Empty).Str("addressLine1", address.Line1 ?? string.Empty).Str("addressLine2", address.Line2 ?? string.Empty)
            .Str("addressLine3", address.Line3 ?? string.Empty).Str("addressLine4", address.Line4 ?? string.Empty).Str("postalCode", address.PostalCode ?? string.Empty);
        if (address.Country is { } country)
        {
            doc.Str("country", country.Name);
        }

        doc.Str("telephone", contact.Phone ?? string.Empty).Str("mobileTelephone", contact.Mobile ?? string.Empty).Str("fax", string.Empty).Str("email", contact.Email ?? string.Empty).Int("countryId", address.Country?.Id ?? 0);
        if (address.Country is { } known)
        {
            doc.Str("countryIsoCode", known.Iso2).Str("countryIsoCode3", known.Iso3);
        }

        doc.Close();
    }

    private static void SalesAddress(DocWriter doc, Contact contact, Address address)
    {
        doc.Open("address").Str("addressFullName", contact.FullName).Str("companyName", contact.CompanyName).Str("addressLine1", address.Line1).Str("addressLine2", address.Line2).Str("addressLine3", address.Line3)
            .Str("addressLine4", address.Line4).Str("postalCode", address.PostalCode).Str("countryIsoCode", address.Country?.Iso3).Str("telephone", contact.Phone ?? string.Empty).Str("email", contact.Email ?? string.Empty).Close();
    }
}
