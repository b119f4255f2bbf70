using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>accounting-service: its lists, and the services with one resource each.</summary>
internal static class AccountingLists
{
    private const string Name = AccountingService.Name;

    public static IEnumerable<Resource> All()
    {
        yield return SmallLists.Of(Name, "nominal-code", "Nominal Code", w => w.NominalCodes, n => n.Id, "id", (doc, n) => doc.Int("id", n.Id).Str("code", n.Code).Str("name", n.Name).Open("type").Int("id", n.TypeId).Close()
                .Bool("bank", n.Bank).Bool("expense", n.Expense).Bool("discount", n.Discount).Bool("editable", n.Editable).Bool("active", n.Active).Int("taxCode", 0).Str("chartMapCode", string.Empty).Bool("reconcile", n.Reconcile).Int("currencyId", n.CurrencyId))
            .Search(new SearchDefinition<NominalCode>("nominal-code-search", w => w.NominalCodes).Id("code", SEARCH_STRING, n => Cell.Of(n.Code), isTableKey: false).Col("name", SEARCH_STRING, n => Cell.Of(n.Name))
                .Col("type", IDSET, n => Cell.Of(n.TypeId)).Col("bank", BOOLEAN, n => Cell.Of(n.Bank)).Col("currencyId", IDSET, n => Cell.Of(n.CurrencyId)).Col("active", BOOLEAN, n => Cell.Of(n.Active)));
        SearchDefinition<Currency> currencies = new SearchDefinition<Currency>("currency-search", w => w.Currencies).Id("id", IDSET, c => Cell.Of(c.Id)).Col("title", STRING, c => Cell.Of(c.Title)).Col("code", STRING, c => Cell.Of(c.Code))
            .Col("symbol", STRING, c => Cell.Of(c.Symbol)).Col("exchangeRate", STRING, c => Cell.Rate(c.Rate)).Col("isDefault", BOOLEAN, c => Cell.Of(c.IsDefault)).Col("exchangeRateVarianceNominalCode", STRING, c => Cell.Of(c.VarianceCode));
        yield return new Resource(Name, "currency").Search(currencies).DumpRows(currencies, "id");
        yield return new Resource(Name, "exchange-rate")
            .Get("exchange-rate", call => Reply.Write(call, 200, call.World.ExchangeRates.Rows(), Rate))
            .DumpDocuments(w => w.ExchangeRates.Rows(), Rate, "currencyId", "rateActiveFrom");
        yield return SmallLists.Of(Name, "payment-method", "Payment Method", w => w.PaymentMethods, m => m.Id, "id", (doc, m) => doc.Int("id", m.Id).Str("code", m.Code).Str("name", m.Name).Bool("isActive", m.Active)
                .IntOrAbsent("installedIntegrationInstanceId", m.InstallmentInstanceId).OpenArray("bankAccounts").Open().Str("currencyIsoCode", doc.World.BaseCurrency).Str("bankAccountNominalCode", m.BankCode).Close().CloseArray())
            .Search(new SearchDefinition<PaymentMethod>("payment-method-search", w => w.PaymentMethods).Id("id", INTEGER, m => Cell.Of(m.Id)).Col("code", STRING, m => Cell.Of(m.Code)).Col("name", STRING, m => Cell.Of(m.Name))
                .Col("isActive", BOOLEAN, m => Cell.Of(m.Active)).Col("installedIntegrationInstanceId", INTEGER, m => Cell.OfOrNull(m.InstallmentInstanceId)));
        yield return SmallLists.Of(Name, "tax-code", "Tax Code", w => w.TaxCodes, t => t.Id, "id", (doc, t) =>
        {
            doc.Int("id", t.Id).Str("code", t.Code).Str("description", t.Description);
            if (t.Rate != 0)
            {
                // Absent when zero; a number that keeps its four decimals.
                doc.Num("rate", t.Rate, 4, 4);
            }
        });
        yield return SmallLists.Of(Name, "accounting-period", "Accounting Period", w => w.AccountingPeriods, p => p.Id, "id", (doc, p) => doc.Int("id", p.Id).At("startDate", p.StartDate).At("endDate", p.EndDate)
            .IntOrAbsent("closedByUserId", p.ClosedByUserId).At("closedDate", p.ClosedDate));
        yield return new Resource(Name, "accounting-period-lock") { Assumed = true }
            .Get("accounting-period-lock", call => Reply.Write(call, 200, Locks(call.World), Lock))
            .DumpDocuments(Locks, Lock, "id");
        yield return SmallLists.Of("integration-service", "webhook", "Webhook", w => w.Webhooks, h => h.Id, "id", (doc, h) => doc.Int("id", h.Id).Str("subscribeTo", h.SubscribeTo).Str("httpMethod", h.HttpMethod).Str("uriTemplate", h.UriTemplate)
            .Str("bodyTemplate", h.BodyTemplate).Str("contentType", h.ContentType).Bool("idSetAccepted", h.IdSetAccepted).Int("qualityOfService", h.QualityOfService));
        yield return new Resource("integration-service", "account-configuration")
            .Get("account-configuration", call => Reply.One(call, doc =>
            {
                bool nested = call.Sandbox.Quirks["accountConfiguration"] == "nested";
                if (nested)
                {
                    doc.Open("configuration");
                }

                Configuration(doc);
                if (nested)
                {
                    doc.Close();
                }
            }))
            .DumpDocuments(w => new[] { w }, (doc, _) => Configuration(doc), "accountCode");
        yield return new Resource("pricing-service", "customer-product-price") { Assumed = true }
            .Get("customer-product-price", call => Reply.Write(call, 200, call.World.Prices.Rows().Take(50), Price))
            .DumpDocuments(w => w.Prices.Rows().Take(50), Price, "productId");

        static void Rate(DocWriter doc, ExchangeRate r) => doc.Int("currencyId", r.CurrencyId).At("rateActiveFrom", r.ActiveFrom).Rate("rate", r.Rate);

        static IEnumerable<AccountingPeriod> Locks(WorldState w) => w.AccountingPeriods.Rows().Where(p => p.ClosedDate != 0).TakeLast(1);

        static void Lock(DocWriter doc, AccountingPeriod p) => doc.Int("id", p.Id).At("lockedUntil", p.EndDate);

        static void Configuration(DocWriter doc) => doc.Str("accountCode", doc.Sandbox.Tokens.Account).Str("baseCurrencyCode", doc.World.BaseCurrency).Str("timeZone", doc.Sandbox.Time.Zone.Id).Str("name", "Northlight sandbox")
            .Str("defaultCountryIsoCode", "GBR").Int("defaultWarehouseId", 2);

        static void Price(DocWriter doc, ProductPrices p) => doc.Int("productId", p.ProductId).Int("customerId", 0).Money("price", ProductMaker.ListPrice(p.ProductId), 4);
    }
}
