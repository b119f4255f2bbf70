using System.Globalization;

namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>Makes customers, suppliers and staff with addresses, companies, tags and groups.</summary>
internal sealed class ContactMaker(WorldState world)
{
    private static readonly string[] First = ["Ada", "Björn", "Chloë", "Dimitri", "Élodie", "Fatima", "Grzegorz", "Hiroko", "Íñigo", "Jane", "Käthe", "Łukasz", "Mary-Jane", "Niamh", "Øyvind", "Priya", "大輔", "Siân", "Zoë", "Tom"];
    private static readonly string[] Last = ["Marsh", "Åkesson", "O'Brien", "Świątek", "García-Ruiz", "Smith & Sons", "Nguyễn", "Müller", "佐藤", "de la Cruz", "Brown", "Lindqvist", "Taylor", "Ødegård", "Patel", "van Dijk", "Jones", "🙂Happy", "Dubois", "MacLeod"];
    private static readonly string[] Streets = ["High St", "Station Road", "Mill Lane", "Rue de l'Église", "Königstraße", "Main Street", "Park Ave"];
    private static readonly string[] Towns = ["Anytown", "Bristol", "Göteborg", "Chicago", "Lyon", "Köln", "Cork", "Leeds"];

    public Contact Make(Random random, long at, long updatedBefore, ContactKind kind, int createdBy, int[] tags)
    {
        int id = world.Contacts.NextId(random);
        string first = random.Next(30) == 0 ? string.Empty : First[random.Next(First.Length)];
        string last = Last[random.Next(Last.Length)];
        Company? company = kind == ContactKind.Supplier || random.Next(4) == 0 ? CompanyOf(random, at, last, id) : null;
        Address main = MakeAddress(random, id);
        Address delivery = random.Next(4) == 0 ? MakeAddress(random, id) : main;
        long updated = random.Next(5) < 2 || updatedBefore <= at ? 0 : at + (long)(random.NextDouble() * (updatedBefore - at)) / 1000 * 1000;
        string mail = $"c{id}@{(company is null ? "mail" : "firm")}.example";
        Contact contact = new()
        {
            Id = id,
            Salutation = random.Next(3) == 0 ? "Ms" : string.Empty,
            FirstName = first,
            LastName = last,
            IsPrimary = company is null || random.Next(3) != 0,
            IsSupplier = kind == ContactKind.Supplier,
            IsStaff = kind == ContactKind.Staff,
            Default = main,
            Billing = main,
            Delivery = delivery,
            Email = random.Next(12) == 0 ? null : mail,
            Email2 = random.Next(10) == 0 ? "second." + mail : null,
            Email3 = random.Next(40) == 0 ? "third." + mail : null,
            Phone = random.Next(3) == 0 ? null : "0117 496 " + (id % 10_000).ToString("0000", CultureInfo.InvariantCulture),
            Phone2 = random.Next(12) == 0 ? "+46 31 " + id : null,
            Mobile = random.Next(4) == 0 ? "+44 7700 900" + (id % 1000).ToString("000", CultureInfo.InvariantCulture) : null,
            Website = company is not null && random.Next(3) == 0 ? $"https://firm{company.Id}.example/?a=1&b=2" : null,
            JobTitle = company is null ? null : random.Next(2) == 0 ? "Buyer" : null,
            StatusId = random.Next(3) == 0 ? random.Next(1, 4) : 0,
            Newsletter = random.Next(2) == 0,
            PriceListId = kind == ContactKind.Supplier ? 5 : 1 + (random.Next(4) == 0 ? 1 : 0),
            CurrencyId = random.Next(100) switch { < 76 => 1, < 89 => 2, _ => 3 },
            CreditLimit = company is null ? 0 : random.Next(0, 20) * 500,
            CreditTermDays = company is null ? 0 : 30,
            Discount = random.Next(10) == 0 ? 500 : 0,
            CompanyId = company?.Id ?? 0,
            CompanyName = company?.Name,
            StaffOwnerId = random.Next(4) == 0 ? 203 : 0,
            LeadSourceId = random.Next(4) == 0 ? 1 : 0,
            Tags = random.Next(5) == 0 ? [.. tags.Where(_ => random.Next(3) == 0)] : [],
            CreatedById = createdBy,
            CreatedOn = at,
            UpdatedOn = updated,
            LastContactedOn = random.Next(5) == 0 ? Math.Max(at, updated) : 0,
        };
        world.Contacts.Put(id, contact);
        foreach (ContactGroup group in world.ContactGroups.Rows().Take(3))
        {
            if (kind == ContactKind.Customer && random.Next(8) == 0)
            {
                int key = world.GroupMembers.LastId + 1;
                world.GroupMembers.Put(key, new GroupMember(key, group.Id, id));
            }
        }

        if (random.Next(12) == 0)
        {
            int note = world.ContactNotes.NextId(random);
            world.ContactNotes.Put(note, new ContactNote(note, id, "Asked for a catalogue", at + 3_600_000, createdBy));
        }

        return contact;
    }

    public Address MakeAddress(Random random, int contactId)
    {
        int id = world.Addresses.NextId(random);
        Country? country = random.Next(25) == 0 ? null : AccountLists.Countries[random.Next(3) == 0 ? random.Next(AccountLists.Countries.Length) : 0];
        Address address = new(
            id,
            contactId,
            (1 + (id % 180)) + " " + Streets[random.Next(Streets.Length)],
            random.Next(6) == 0 ? "Flat " + (id % 9) : null,
            Towns[random.Next(Towns.Length)],
            random.Next(3) == 0 ? "County" : null,
            random.Next(20) == 0 ? null : $"AB{id % 20} {id % 9}CD",
            country);
        world.Addresses.Put(id, address);
        return address;
    }

    private Company CompanyOf(Random random, long at, string last, int contactId)
    {
        if (world.Companies.Count > 3 && random.Next(3) == 0)
        {
            return world.Companies.Pick(random)!;
        }

        int id = world.Companies.NextId(random);
        Company company = new(id, $"{last} {(contactId % 2 == 0 ? "Ltd" : "AB")} {id}", at, random.Next(2) == 0 ? at : at + 86_400_000);
        world.Companies.Put(id, company);
        return company;
    }
}

internal enum ContactKind
{
    Customer,
    Supplier,
    Staff,
}
