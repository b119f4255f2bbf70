using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>accounting-service: journals, payments and statements. The lists are in <see cref="AccountingLists"/>.</summary>
internal static class AccountingService
{
    public const string Name = "accounting-service";

    public static IEnumerable<Resource> All(BrightpearlSandbox sandbox)
    {
        yield return Journals(sandbox);
        yield return Statement(sandbox);
        yield return CustomerPayments(sandbox);
        yield return SupplierPayments();
        yield return new Resource(Name, "contact-balance") { Assumed = true }
            .Get("contact-balance", _ => throw Reply.NeedsSet("contact balance"))
            .Get("contact-balance/{}", call => Reply.Documents(call, call.Set(0), id => call.World.Contacts[id], () => [], Balance, new GetRules("Contact Balance", 200)))
            .DumpDocuments(w => w.Contacts.Rows().Where(c => !c.IsStaff).Take(2000), Balance, "contactId");
        foreach (string name in new[] { "purchase-payment", "purchase-payment-total", "sale-payment-total" })
        {
            yield return new Resource(Name, name) { Assumed = true }
                .Get(name, call => Reply.Write(call, 200, Payments(call.World, name).Take(200), Payment))
                .DumpDocuments(w => Payments(w, name).Take(200), Payment, "paymentId");
        }

        static IEnumerable<Payment> Payments(WorldState w, string name) => name[0] == 'p' ? w.SupplierPayments.Rows() : w.CustomerPayments.Rows();

        static void Payment(DocWriter doc, Payment p) => doc.Int("paymentId", p.Id).Int("orderId", p.OrderId).Str("currencyCode", doc.World.CurrencyCode(p.CurrencyId)).Money("amountPaid", p.Paid, 2);

        static void Balance(DocWriter doc, Contact c) => doc.Int("contactId", c.Id).Str("currencyCode", doc.World.BaseCurrency).Money("balance", 0, 2);
    }

    /// <summary>https://api-docs.brightpearl.com/accounting/journal/get.html: note the level <c>journals</c>.</summary>
    private static Resource Journals(BrightpearlSandbox sandbox)
    {
        SearchDefinition<JournalLine> search = new SearchDefinition<JournalLine>("journal-search", w => w.JournalRows)
            .Col("journalId", IDSET, r => Cell.Of(r.Journal.Id))
            .Col("journalType", STRING, r => Cell.Of(r.Journal.TypeCode))
            .Col("orderId", IDSET, r => Cell.Of(r.Journal.OrderId))
            .Col("invoiceReference", SEARCH_STRING, r => Cell.Of(r.Journal.InvoiceReference))
            .Col("channelId", INTEGER, r => Cell.OfOrNull(r.Journal.ChannelId))
            .Col("nominalCode", STRING, r => Cell.Of(r.NominalCode))
            .Col("journalDate", PERIOD, r => Cell.At(sandbox.Time.MidnightLocal(r.Journal.TaxDay)))
            .Col("journalDebit", STRING, r => Cell.Money(r.Debit ? Base(r) : 0, 2))
            .Col("journalCredit", STRING, r => Cell.Money(r.Debit ? 0 : Base(r), 2))
            .Col("journalRef", INTEGER, r => Cell.Of(r.Journal.Reference))
            .Col("currencyId", INTEGER, r => Cell.Of(r.Journal.CurrencyId))
            .Col("exchangeRate", STRING, r => Cell.Rate(r.Journal.Rate))
            .Col("transactionDebit", STRING, r => Cell.Money(r.Debit ? r.Amount : 0, 2))
            .Col("transactionCredit", STRING, r => Cell.Money(r.Debit ? 0 : r.Amount, 2))
            .Col("projectId", INTEGER, r => Cell.OfOrNull(r.Journal.ProjectId))
            .Col("leadSourceId", INTEGER, r => Cell.OfOrNull(r.Journal.LeadSourceId))
            .Col("contactId", INTEGER, r => Cell.OfOrNull(r.Journal.ContactId))
            .Col("journalDueDate", PERIOD, r => Cell.At(r.Journal.DueDay == 0 ? 0 : sandbox.Time.MidnightLocal(r.Journal.DueDay)))
            .Col("journalDateEntered", PERIOD, r => Cell.At(r.Journal.CreatedOn))
            .Col("createdContactId", INTEGER, r => Cell.Of(r.Journal.CreatedBy))
            .Col("taxCodeId", INTEGER, r => Cell.OfOrNull(r.TaxCodeId))
            .Col("taxReconciliationDate", PERIOD, r => Cell.At(r.Journal.TaxReconciledDay == 0 ? 0 : sandbox.Time.MidnightLocal(r.Journal.TaxReconciledDay)))
            .Col("taxPeriodId", INTEGER, r => Cell.OfOrNull(r.Journal.TaxPeriodId))
            .Id("journalRowId", INTEGER, r => Cell.Of(r.RowId));
        GetRules rules = new("Journal", 0);
        return new Resource(Name, "journal")
            .Get("journal", _ => throw Reply.NeedsSet("journal"))
            .Get("journal/{}", call =>
            {
                List<Journal> found = [.. call.Set(0).Sorted.SelectMany(r => call.World.Journals.Range(r.From, r.To))];
                return found.Count == 0 && call.Sandbox.Quirks["missingDocuments"] != "empty" ? throw Reply.NotFound(rules.Noun) : Reply.One(call, doc =>
                {
                    doc.OpenArray("journals");
                    foreach (Journal journal in found)
                    {
                        doc.Open();
                        Journal(doc, journal);
                        doc.Close();
                    }

                    doc.CloseArray();
                });
            })
            .Search(search)
            .DumpDocuments(w => w.Journals.Rows(), Journal, "id").Counted(w => w.Journals.Count);

        static long Base(JournalLine r) => r.Journal.Rate == 1_000_000 ? r.Amount : OrderFlow.Cents((long)(r.Amount * 1_000_000m / r.Journal.Rate));
    }

    private static void Journal(DocWriter doc, Journal j)
    {
        BrightpearlSandbox s = doc.Sandbox;
        doc.Int("id", j.Id).IntOrAbsent("contactId", j.ContactId).Str("journalTypeCode", j.TypeCode).At("taxDate", s.Time.MidnightLocal(j.TaxDay)).At("dueDate", j.DueDay == 0 ? 0 : s.Time.MidnightLocal(j.DueDay))
            .At("createdOn", j.CreatedOn).Int("createdByContactId", j.CreatedBy);
        if (j.TaxReconciledDay != 0)
        {
            doc.Open("taxReconciliation").At("date", s.Time.MidnightLocal(j.TaxReconciledDay)).Int("taxPeriodId", j.TaxPeriodId).Close();
        }

        foreach (bool debit in new[] { false, true })
        {
            doc.OpenArray(debit ? "debits" : "credits");
            foreach (JournalLine line in j.Lines.Where(l => l.Debit == debit))
            {
                long amount = j.Rate == 1_000_000 ? line.Amount : OrderFlow.Cents((long)(line.Amount * 1_000_000m / j.Rate));
                doc.Open().Str("nominalCode", line.NominalCode).Open("change").Money("value", amount, 2).Close();
                doc.Open("assignment").IntOrAbsent("channelId", j.ChannelId).IntOrAbsent("projectId", j.ProjectId).IntOrAbsent("leadSourceId", j.LeadSourceId).Close();
                doc.IntOrAbsent("orderId", j.OrderId).Str("invoiceReference", j.InvoiceReference).Str("taxCode", doc.World.TaxCodes[line.TaxCodeId]?.Code).Money("transactionAmount", line.Amount, 2).Close();
            }

            doc.CloseArray();
        }

        doc.Int("currencyId", j.CurrencyId).Rate("exchangeRate", j.Rate);
    }

    /// <summary>Meant for one contact; without contactId it has been seen to fail.</summary>
    private static Resource Statement(BrightpearlSandbox sandbox)
    {
        SearchDefinition<Journal> search = new SearchDefinition<Journal>("statement/all-transaction-search", w => w.Journals)
            .Id("journalId", IDSET, j => Cell.Of(j.Id))
            .Col("orderId", IDSET, j => Cell.OfOrNull(j.OrderId))
            .Col("journalTypeCode", STRING, j => Cell.Of(j.TypeCode))
            .Col("journalDate", PERIOD, j => Cell.At(sandbox.Time.MidnightLocal(j.TaxDay)))
            .Col("journalDueDate", PERIOD, j => Cell.At(j.DueDay == 0 ? 0 : sandbox.Time.MidnightLocal(j.DueDay)))
            .Col("reference", SEARCH_STRING, j => Cell.Of(j.Reference))
            .Col("customerReference", SEARCH_STRING, j => Cell.Of(sandbox.World.Orders[j.OrderId]?.Reference))
            .Col("invoiceAmount", STRING, j => Cell.Money(j.TypeCode is "SI" or "PI" ? j.Lines[0].Amount : 0, 2))
            .Col("paidAmount", STRING, j => Cell.Money(j.TypeCode is "SR" or "PP" ? j.Lines[0].Amount : 0, 2))
            .Col("dueAmount", STRING, _ => Cell.Money(0, 2))
            .Filter("contactId", INTEGER, j => Cell.OfOrNull(j.ContactId))
            .Filter("currencyId", INTEGER, j => Cell.Of(j.CurrencyId))
            .Sort("journalDate").Needs("contactId");
        return new Resource(Name, "all-transaction-statement").Search(search).DumpRows(search, "journalId").Counted(w => w.Journals.Count);
    }

    private static Resource CustomerPayments(BrightpearlSandbox sandbox)
    {
        SearchDefinition<Payment> search = new SearchDefinition<Payment>("customer-payment-search", w => w.CustomerPayments)
            .Id("paymentId", IDSET, p => Cell.Of(p.Id))
            .Col("transactionRef", STRING, p => Cell.Of(p.TransactionRef), sort: false)
            .Col("transactionCode", STRING, p => Cell.Of(p.TransactionCode), sort: false)
            .Col("paymentMethodCode", STRING, p => Cell.Of(p.MethodCode), sort: false)
            .Col("paymentType", STRING, p => Cell.Of(p.Type), sort: false)
            .Col("orderId", IDSET, p => Cell.OfOrNull(p.OrderId), sort: false)
            .Col("currencyId", IDSET, p => Cell.Of(p.CurrencyId), sort: false)
            .Col("currencyCode", STRING, p => Cell.Of(sandbox.World.CurrencyCode(p.CurrencyId)), sort: false)
            .Col("amountAuthorized", STRING, p => Cell.Money(p.Authorized, 2), sort: false)
            .Col("amountPaid", STRING, p => Cell.Money(p.Paid, 2), sort: false)
            .Col("expires", PERIOD, p => Cell.At(p.Expires), sort: false)
            .Col("paymentDate", PERIOD, p => Cell.At(p.PaymentDate))
            .Col("createdOn", PERIOD, p => Cell.At(p.CreatedOn))
            .Col("journalId", IDSET, p => Cell.OfOrNull(p.JournalId));
        return new Resource(Name, "customer-payment").Search(search).DumpRows(search, "paymentId").Counted(w => w.CustomerPayments.Count);
    }

    private static Resource SupplierPayments()
    {
        SearchDefinition<Payment> search = new SearchDefinition<Payment>("supplier-payment-search", w => w.SupplierPayments)
            .Id("paymentId", IDSET, p => Cell.Of(p.Id))
            .Col("transactionRef", STRING, p => Cell.Of(p.TransactionRef))
            .Col("paymentMethodCode", STRING, p => Cell.Of(p.MethodCode))
            .Col("paymentType", STRING, p => Cell.Of(p.Type))
            .Col("orderId", IDSET, p => Cell.OfOrNull(p.OrderId))
            .Col("currencyId", IDSET, p => Cell.Of(p.CurrencyId))
            .Col("currencyCode", STRING, p => Cell.Of(p.CurrencyId == 1 ? "GBP" : p.CurrencyId == 2 ? "USD" : "EUR"))
            .Col("amountPaid", STRING, p => Cell.Money(p.Paid, 2))
            .Col("paymentDate", PERIOD, p => Cell.At(p.PaymentDate))
            .Col("createdOn", PERIOD, p => Cell.At(p.CreatedOn))
            .Col("journalId", IDSET, p => Cell.OfOrNull(p.JournalId))
            .WithWrongTotals();
        return new Resource(Name, "supplier-payment").Search(search).DumpRows(search, "paymentId").Counted(w => w.SupplierPayments.Count);
    }
}
