using System.Globalization;
using Junipeer.Sandbox.Brightpearl.Front;
using Junipeer.Sandbox.Brightpearl.IdSets;
using Junipeer.Sandbox.Brightpearl.Search;
using Junipeer.Sandbox.Brightpearl.World;
using static Junipeer.Sandbox.Brightpearl.Search.ColumnType;

namespace Junipeer.Sandbox.Brightpearl.Resources;

/// <summary>contact-service. How a contact itself is read is in <see cref="ContactReading"/>.</summary>
internal static class ContactService
{
    private const string Name = "contact-service";

    public static IEnumerable<Resource> All(BrightpearlSandbox sandbox)
    {
        yield return ContactReading.Resource(sandbox, Name);
        yield return SmallLists.Of(Name, "company", "Company", w => w.Companies, c => c.Id, "id", (doc, c) => doc.Int("id", c.Id).Str("name", c.Name).At("createdOn", c.CreatedOn).At("updatedOn", c.UpdatedOn))
            .Search(new SearchDefinition<Company>("company-search", w => w.Companies).Id("companyId", INTEGER, c => Cell.Of(c.Id)).Col("name", STRING, c => Cell.Of(c.Name)));
        yield return SmallLists.Of(Name, "contact-group", "Contact Group", w => w.ContactGroups, g => g.Id, "contactGroupId", (doc, g) => doc.Int("contactGroupId", g.Id).Str("name", g.Name).Str("description", g.Description)
                .Int("numberOfMembers", Members(doc.World, g.Id)))
            .Search(new SearchDefinition<ContactGroup>("contact-group-search", w => w.ContactGroups).Id("contactGroupId", INTEGER, g => Cell.Of(g.Id)).Col("name", STRING, g => Cell.Of(g.Name))
                .Col("description", STRING, g => Cell.Of(g.Description)).Col("numberOfMembers", INTEGER, g => Cell.Of(Members(sandbox.World, g.Id))));
        yield return GroupMembers(sandbox);
        yield return new Resource(Name, "contact-note") { Assumed = true }
            .Get("contact/{}/note", call =>
            {
                int contact = call.Id(0);
                return Reply.Documents(call, IdSet.All, _ => null, () => call.World.ContactNotes.Rows().Where(n => n.ContactId == contact), Note, new GetRules("Contact Note"));
            })
            .DumpDocuments(w => w.ContactNotes.Rows(), Note, "noteId");
        yield return SmallLists.Of(Name, "contact-status", "Contact Status", w => w.ContactStatuses, s => s.Id, "id", (doc, s) => doc.Int("id", s.Id).Str("name", s.Name).Bool("isActive", s.Active), assumed: true);
        yield return Tags();
        yield return new Resource(Name, "contact-custom-field")
            .Get("contact/{}/custom-field", call => call.World.Contacts[call.Id(0)] is { } contact
                ? Reply.One(call, doc => CustomFieldDocuments.Members(doc, CustomFieldValues.Of(doc.World, contact)))
                : throw Reply.NotFound("Contact"))
            .DumpMap(w => w.Contacts.Rows(), (doc, c) => CustomFieldDocuments.Members(doc, CustomFieldValues.Of(doc.World, c)), "contactId", c => c.Id);
        Resource definitions = new(Name, "contact-custom-field-meta-data");
        SmallLists.FieldDefinitions(definitions, "customer", w => w.CustomerFields);
        SmallLists.FieldDefinitions(definitions, "supplier", w => w.SupplierFields);
        yield return definitions.DumpDocuments(w => w.CustomerFields.Rows().Concat(w.SupplierFields.Rows()), (doc, f) => CustomFieldDocuments.Definition(doc.Str("scope", doc.World.CustomerFields[f.Id] == f ? "customer" : "supplier"), f), "scope", "id");
        yield return SmallLists.Of(Name, "lead-source", "Lead Source", w => w.LeadSources, l => l.Id, "id", (doc, l) => doc.Int("id", l.Id).Int("ownerId", l.OwnerId).Int("parentId", l.ParentId).Str("name", l.Name).Bool("isActive", l.Active));
        yield return new Resource(Name, "postal-address")
            .Get("postal-address", _ => throw Reply.NeedsSet("postal address"))
            .Get("postal-address/{}", call => Reply.Documents(call, call.Set(0), id => call.World.Addresses[id], () => call.World.Addresses.Rows(), ContactReading.Address, new GetRules("Postal Address")))
            .DumpDocuments(w => w.Addresses.Rows(), ContactReading.Address, "addressId").Counted(w => w.Addresses.Count);
        yield return SmallLists.Of(Name, "project", "Project", w => w.Projects, p => p.Id, "id", (doc, p) => doc.Int("id", p.Id).Str("name", p.Name).Bool("isActive", p.Active), assumed: true);

        static void Note(DocWriter doc, ContactNote n) => doc.Int("noteId", n.Id).Int("contactId", n.ContactId).Str("text", n.Text).At("addedOn", n.AddedOn).Int("addedBy", n.AddedBy);
    }

    private static int Members(WorldState world, int group) => world.GroupMembers.Rows().Count(m => m.ContactGroupId == group);

    private static Resource GroupMembers(BrightpearlSandbox sandbox)
    {
        WorldState World() => sandbox.World;
        SearchDefinition<GroupMember> search = new SearchDefinition<GroupMember>("contact-group-member-search", w => w.GroupMembers)
            .Col("contactId", INTEGER, m => Cell.Of(m.ContactId))
            .Col("firstName", STRING, m => Cell.Of(World().Contacts[m.ContactId]?.FirstName))
            .Col("lastName", STRING, m => Cell.Of(World().Contacts[m.ContactId]?.LastName))
            .Col("contactGroupId", INTEGER, m => Cell.Of(m.ContactGroupId))
            .Col("contactGroupName", STRING, m => Cell.Of(World().ContactGroups[m.ContactGroupId]?.Name))
            .Col("contactGroupDescription", STRING, m => Cell.Of(World().ContactGroups[m.ContactGroupId]?.Description))
            .Sort("contactId");
        return new Resource(Name, "contact-group-member").Search(search).DumpRows(search, "contactGroupId", "contactId");
    }

    private static Resource Tags()
    {
        GetRules rules = new("Tag");
        return new Resource(Name, "tag")
            .Get("tag", call => Reply.Map(call, IdSet.All, _ => null, () => call.World.Tags.Rows(), t => t.Id, Tag, rules))
            .Get("tag/{}", call => Reply.Map(call, call.Set(0), id => call.World.Tags[id], () => call.World.Tags.Rows(), t => t.Id, Tag, rules))
            .DumpDocuments(w => w.Tags.Rows(), Tag, "tagId");

        static void Tag(DocWriter doc, Tag t) => doc.Int("tagId", t.Id).Str("tagName", t.Name).Int("tagParentId", t.ParentId).Str("tagColor", t.Color);
    }
}

/// <summary>https://api-docs.brightpearl.com/contact/contact/get.html</summary>
internal static class ContactReading
{
    private const int Page = 200;

    public static Resource Resource(BrightpearlSandbox sandbox, string service)
    {
        SearchDefinition<Contact> search = new SearchDefinition<Contact>("contact-search", w => w.Contacts)
            .Id("contactId", IDSET, c => Cell.Of(c.Id))
            .Col("primaryEmail", SEARCH_STRING, c => Cell.Of(c.Email))
            .Col("secondaryEmail", SEARCH_STRING, c => Cell.Of(c.Email2))
            .Col("tertiaryEmail", SEARCH_STRING, c => Cell.Of(c.Email3))
            .Col("firstName", SEARCH_STRING, c => Cell.Of(c.FirstName))
            .Col("lastName", SEARCH_STRING, c => Cell.Of(c.LastName))
            .Col("isSupplier", BOOLEAN, c => Cell.Of(c.IsSupplier), sort: false)
            .Col("companyName", SEARCH_STRING, c => Cell.Of(c.CompanyName))
            .Col("isStaff", BOOLEAN, c => Cell.Of(c.IsStaff), sort: false)
            .Col("isCustomer", BOOLEAN, c => Cell.Of(!c.IsStaff && !c.IsSupplier), sort: false)
            .Col("createdOn", PERIOD, c => Cell.At(c.CreatedOn))
            .Col("updatedOn", PERIOD, c => Cell.At(OrderDocuments.Shown(sandbox, c.UpdatedOn, c.CreatedOn)))
            .Col("lastContactedOn", PERIOD, c => Cell.At(c.LastContactedOn))
            .Col("lastOrderedOn", PERIOD, c => Cell.At(c.LastOrderedOn))
            .Col("nominalCode", INTEGER, _ => Cell.Of(0))
            .Col("isPrimary", BOOLEAN, c => Cell.Of(c.IsPrimary))
            .Col("pri", STRING, c => Cell.Of(c.Phone), sort: false)
            .Col("sec", STRING, c => Cell.Of(c.Phone2), sort: false)
            .Col("mob", STRING, c => Cell.Of(c.Mobile), sort: false)
            .Col("exactCompanyName", STRING, c => Cell.Of(c.CompanyName))
            .Col("title", STRING, c => Cell.Of(c.Salutation));
        return new Resource(service, "contact")
            .Get("contact", call => Read(call, IdSet.All))
            .Get("contact/{}", call => Read(call, call.Set(0, starAllowed: true)))
            .Options("contact", call => Reply.Uris(call, call.World.Contacts.Rows().Select(c => c.Id), set => "/contact/" + set))
            .Options("contact/{}", call => OrderService.UrisOf(call, "contact", id => call.World.Contacts[id] is not null))
            .Search(search)
            .DumpDocuments(w => w.Contacts.Rows(), Contact, "contactId").Counted(w => w.Contacts.Count);
    }

    /// <summary>Never refuses a set for its size: it answers a page of it, with pagination and sorting. No match at all is a 404.</summary>
    private static Answer Read(Call call, IdSet set)
    {
        int size = Number(call, "pageSize", Page, Page), first = Number(call, "firstResult", 1, int.MaxValue);
        bool descending = call.Query("sort") switch
        {
            null or "" or "contactId" or "contactId.ASC" => false,
            "contactId.DESC" => true,
            { } other => throw new ApiException(400, "CMNC-020", $"The sort {other} is not recognised"),
        };
        IEnumerable<Contact> all = set.IsAll ? call.World.Contacts.Rows() : set.Sorted.SelectMany(r => call.World.Contacts.Range(r.From, r.To));
        List<Contact> found = [.. (descending ? all.Reverse() : all).Skip(first - 1).Take(size + 1)];
        bool more = found.Count > size;
        if (more)
        {
            found.RemoveAt(size);
        }

        if (found.Count == 0 && call.Sandbox.Quirks["missingDocuments"] != "empty")
        {
            throw Reply.NotFound("Contact");
        }

        return Answer.Of(200, json =>
        {
            DocWriter doc = call.Writer(json);
            doc.Open().OpenArray("response");
            foreach (Contact contact in found)
            {
                doc.Open();
                Contact(doc, contact);
                doc.Close();
            }

            doc.CloseArray().Open("pagination").Bool("morePagesAvailable", more).Int("resultsReturned", found.Count).Int("firstResult", first).Int("lastResult", first + found.Count - 1).Close();
            doc.OpenArray("sorting").Open().Str("field", "contactId").Str("direction", descending ? "DESC" : "ASC").Close().CloseArray().Close();
        });
    }

    private static int Number(Call call, string name, int otherwise, int max) => call.Query(name) is not { } text
        ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= max
            ? value
            : throw new ApiException(400, "CMNC-021", $"{name} must be a number from 1 to {max}");

    private static void Contact(DocWriter doc, Contact c)
    {
        doc.Int("contactId", c.Id).Bool("isPrimaryContact", c.IsPrimary).Str("salutation", c.Salutation).Str("firstName", c.FirstName).Str("lastName", c.LastName);
        doc.Open("postAddressIds").Int("DEF", c.Default.Id).Int("BIL", c.Billing.Id).Int("DEL", c.Delivery.Id).Close();
        if (doc.Wants("postalAddresses"))
        {
            doc.Open("postalAddresses");
            foreach (Address address in new[] { c.Default, c.Billing, c.Delivery }.DistinctBy(a => a.Id))
            {
                doc.Open(address.Id.ToString(CultureInfo.InvariantCulture));
                Address(doc, address);
                doc.Close();
            }

            doc.Close();
        }

        doc.Open("communication").Open("emails");
        foreach ((string key, string? mail) in new[] { ("PRI", c.Email), ("SEC", c.Email2), ("TER", c.Email3) })
        {
            if (mail is not null)
            {
                doc.Open(key).Str("email", mail).Close();
            }
        }

        doc.Close().Open("telephones");
        foreach ((string key, string? number) in new[] { ("PRI", c.Phone), ("SEC", c.Phone2), ("MOB", c.Mobile) })
        {
            if (number is not null)
            {
                doc.Str(key, number);
            }
        }

        doc.Close().Open("messagingVoips").Close().Open("websites");
        if (c.Website is not null)
        {
            doc.Str("PRI", c.Website);
        }

        doc.Close().Close();
        doc.Open("contactStatus").Open("current").Int("contactStatusId", c.StatusId);
        if (c.StatusId != 0)
        {
            doc.Str("contactStatusName", doc.World.ContactStatuses[c.StatusId]?.Name);
        }

        doc.Close();
        if (c.StatusId != 0)
        {
            doc.OpenArray("history").Open().Str("contactStatusName", doc.World.ContactStatuses[c.StatusId]?.Name).Int("contactStatusId", c.StatusId).At("occuredOn", c.CreatedOn).Int("staffContactId", c.CreatedById).Close().CloseArray();
        }

        doc.Close();
        doc.Open("relationshipToAccount").Bool("isSupplier", c.IsSupplier).Bool("isStaff", c.IsStaff).Close();
        doc.Open("marketingDetails").Bool("isReceiveEmailNewsletter", c.Newsletter).Close();
        doc.Open("financialDetails").Int("priceListId", c.PriceListId).Str("nominalCode", "0").Int("creditLimit", c.CreditLimit).Int("creditTermDays", c.CreditTermDays).Int("currencyId", c.CurrencyId)
            .Num("discountPercentage", c.Discount, 2, 2).Int("creditTermTypeId", 1).Close();
        doc.Open("assignment").Open("current").IntOrAbsent("staffOwnerContactId", c.StaffOwnerId).IntOrAbsent("leadSourceId", c.LeadSourceId).Close().Close();
        doc.Open("organisation").Int("organisationId", c.Id).Str("name", c.CompanyName).Str("jobTitle", c.JobTitle).Close().Str("tradeStatus", "UNKNOWN").Int("createdByid", c.CreatedById).At("createdOn", c.CreatedOn);
        long updated = OrderDocuments.Shown(doc.Sandbox, c.UpdatedOn, c.CreatedOn);
        // A contact never changed was recorded as changed at the time of the request.
        doc.At("updatedOn", updated == 0 && !doc.IsDump && doc.Sandbox.Quirks.On("contactUpdatedOnNow") ? doc.NowMs : updated);
        doc.At("lastContactedOn", c.LastContactedOn).At("lastOrderedOn", c.LastOrderedOn);
        doc.Str("contactTags", c.Tags.Length == 0 ? null : string.Join(",", c.Tags)).Open("aliases").Close().Int("companyId", c.CompanyId);
        if (doc.Wants("customFields"))
        {
            CustomFieldDocuments.Values(doc, "customFields", CustomFieldValues.Of(doc.World, c));
        }
    }

    public static void Address(DocWriter doc, Address a)
    {
        doc.Int("addressId", a.Id).IntOrAbsent("contactId", a.ContactId).Str("addressLine1", a.Line1).Str("addressLine2", a.Line2).Str("addressLine3", a.Line3).Str("addressLine4", a.Line4).Str("postalCode", a.PostalCode)
            .Str("countryIsoCode", a.Country?.Iso3).Str("countryIsoCode2", a.Country?.Iso2).Int("countryId", a.Country?.Id ?? 0);
    }
}
