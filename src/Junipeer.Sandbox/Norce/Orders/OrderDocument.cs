using System.Globalization;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Orders;

/// <summary>An order as it is sent to the order receiver. Freight is a fee there, no line.</summary>
internal sealed class OrderDocument(NorceWorld world)
{
    public JsonObject Write(Row order, int basket)
    {
        string currency = world["Core/Currencies"].Find(order["CurrencyId"])!.Text("Code")!;
        Row[] lines = [.. world["Orders/OrderItems"].With("OrderId", order["Id"])];
        Row[] goods = [.. lines.Where(l => l.Text("PartNo") != "FREIGHT-1")];
        decimal freight = (decimal)order["FreightCost"]!;
        decimal total = lines.Sum(l => (decimal)l["LineAmount"]! * (1 + ((decimal)l["VatRate"]! / 100)));
        JsonArray fees = [];
        if (freight > 0)
        {
            fees.Add(new JsonObject { ["Type"] = 0, ["Description"] = "Freight", ["Amount"] = freight, ["VatRate"] = 20.0m });
        }

        return new JsonObject
        {
            ["Header"] = new JsonObject { ["ApplicationKey"] = Array.Find(NorceSandbox.Applications, a => a.Id == order.Int("ApplicationId"))!.Key },
            ["OrderType"] = order.Int("OrderTypeId"),
            ["ClientOrderRef"] = basket.ToString(CultureInfo.InvariantCulture),
            ["ErpOrderNo"] = null,
            ["CustomerOrderRef"] = order.Text("DeliveryMark"),
            ["CustomerInvoiceRef"] = order.Text("InvoiceMark"),
            ["CustomerOrderComment"] = null,
            ["SubmitDate"] = ((DateTime)order["OrderDate"]!).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["CurrencyCode"] = currency,
            ["Source"] = order.Text("Source"),
            ["DoHold"] = false,
            ["SellTo"] = Party(order, "Buyers"),
            ["BillTo"] = Party(order, "Payers"),
            ["ShipTo"] = Party(order, "ShipTos"),
            ["Payments"] = new JsonArray(new JsonObject
            {
                ["PaymentCode"] = basket + 1_000_000, ["PaymentMethodCode"] = world["Core/PaymentMethods"].Find(order["PaymentMethodId"])?.Text("Code"), ["PaymentRef"] = "psp-" + basket, ["Amount"] = Math.Round(total, 2), ["CurrencyCode"] = currency,
            }),
            ["Discounts"] = new JsonArray(),
            ["ShippingAdvice"] = new JsonObject { ["DeliveryMethodCode"] = order.Text("DeliveryMode"), ["DoSMSNotify"] = true },
            ["Items"] = new JsonArray([.. goods.Select(Line)]),
            ["Fees"] = fees,
            ["AdditionalInfo"] = new JsonArray(),
        };
    }

    private static JsonNode Line(Row line)
    {
        decimal price = (decimal)line["PriceSale"]!, quantity = (decimal)line["QtyOrdered"]!, vat = (decimal)line["VatRate"]!, discount = (decimal)line["DiscountAmount"]!;
        return new JsonObject
        {
            ["LineNo"] = (int)(decimal)line["LineNumber"]!, ["ParentLineNo"] = null, ["Type"] = 1, ["TypeGroup"] = "Physical", ["PartNo"] = line.Text("PartNo"), ["Description"] = line.Text("ProductName"), ["Quantity"] = (int)quantity, ["Quantity2"] = quantity,
            ["UnitPrice"] = price, ["UnitPriceOriginal"] = price + (discount / quantity), ["UnitVat"] = Math.Round(price * vat / 100, 4), ["VatRate"] = vat, ["Discount"] = discount,
        };
    }

    private JsonObject Party(Row order, string role)
    {
        Row? address = world["Orders/" + role].Find(order["Id"]);
        string[] name = (address?.Text("Name") ?? string.Empty).Split(' ', 2);
        return new JsonObject
        {
            ["Company"] = null,
            ["Person"] = new JsonObject
            {
                ["CustomerCode"] = order.Text("BuyerCustomerCode"), ["FirstName"] = name[0], ["LastName"] = name.Length > 1 ? name[1] : string.Empty, ["Email"] = address?.Text("EmailAddress"), ["CellPhone"] = address?.Text("PhoneNumber"),
                ["Address"] = new JsonObject
                {
                    ["Line1"] = address?.Text("Line1"), ["ZipCode"] = address?.Text("ZipCode"), ["City"] = address?.Text("City"), ["Country"] = world["Core/Countries"].Find(address?["CountryId"] ?? Box.Of(1))!.Text("Code"), ["ShippingPhoneNumber"] = address?.Text("ShippingPhoneNumber"),
                },
            },
        };
    }
}
