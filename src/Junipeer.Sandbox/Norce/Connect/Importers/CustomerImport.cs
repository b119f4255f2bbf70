using System.Text.Json;
using Junipeer.Sandbox.Norce.Data;

namespace Junipeer.Sandbox.Norce.Connect.Importers;

/// <summary>Customers: found by id, code or, unless only codes are to be searched, e-mail.</summary>
internal sealed class CustomerImport(ImportRun run) : IImporter
{
    private const string List = "CustomerFieldsThatAreSet";
    private const string Table = "Customers/Customers";

    public void Apply(JsonElement row)
    {
        NorceWorld world = run.World;
        Addresses.CheckApplication(row);
        string? code = row.Str("Code"), email = row.Str("EmailAddress");
        Row? old = row.Whole("Id") is { } id ? world[Table].Find(id) ?? throw new RowException($"Customer {id} does not exist.") : null;
        old ??= code is null ? null : world[Table].With("CustomerCode", code) is [var coded, ..] ? coded : null;
        old ??= email is null || run.Announces(List, "SearchOnlyByCode") ? null : world[Table].With("EmailAddress", email) is [var mailed, ..] ? mailed : null;
        List<(string Name, object? Value)> sets = [];
        foreach (string field in (string[])["SocialSecurityNumber", "Title", "FirstName", "MiddleName", "LastName", "PhoneNumber", "CellPhoneNumber", "IsActive"])
        {
            run.Take(sets, Model.Types[Table], old is null, List, field, row, field, field);
        }

        if (run.Announces(List, "EmailAddress") && email is not null)
        {
            sets.Add(("EmailAddress", email));
        }

        if (run.Announces(List, "Code") && code is not null)
        {
            sets.Add(("CustomerCode", code));
        }

        if (old is null)
        {
            string[] missing = [.. new[] { ("Code", "CustomerCode"), ("LastName", "LastName"), ("FirstName", "FirstName"), ("EmailAddress", "EmailAddress") }.Where(n => !sets.Exists(s => s.Name == n.Item2 && s.Value is not null)).Select(n => n.Item1)];
            if (missing.Length > 0)
            {
                throw new RowException($"The customer cannot be created: {string.Join(", ", missing)} must be announced and have a value.");
            }

            int next = Math.Max(world[Table].LastId, 55_000) + 1;
            old = run.Insert(Table, [("Id", Box.Of(next)), ("Key", PeopleMaker.Key(next)), ("TypeId", Box.Of(1)), .. sets.Exists(s => s.Name == "IsActive") ? Array.Empty<(string, object?)>() : [("IsActive", Box.True)], .. sets]);
        }
        else
        {
            run.Update(Table, old, [.. sets]);
        }

        Addresses.Replace(run, List, row, old, "Customers/CustomerAddresses", "CustomerId");
        Addresses.Flags(run, List, row, old);
        foreach (string field in (string[])["Accounts", "AdditionalInfo", "PriceLists", "Companies", "CrmId"])
        {
            if (run.Announces(List, field))
            {
                ImportRun.Keep(old, field, row.Get(field));
            }
        }
    }

    public void Finish()
    {
    }
}

/// <summary>Companies: found by id, code or, unless only codes are to be searched, organisation number.</summary>
internal sealed class CompanyImport(ImportRun run) : IImporter
{
    private const string List = "CompanyFieldsThatAreSet";
    private const string Table = "Customers/Companies";

    public void Apply(JsonElement row)
    {
        NorceWorld world = run.World;
        int application = Addresses.CheckApplication(row);
        string? code = row.Str("Code"), number = row.Str("OrganizationNo");
        Row? old = row.Whole("Id") is { } id ? world[Table].Find(id) ?? throw new RowException($"Company {id} does not exist.") : null;
        old ??= code is null ? null : world[Table].With("CompanyCode", code) is [var coded, ..] ? coded : null;
        old ??= number is null || run.Announces(List, "SearchOnlyByCode") ? null : world[Table].With("NormalizedOrganizationNo", Normal(number)) is [var numbered, ..] ? numbered : null;
        List<(string Name, object? Value)> sets = [];
        foreach (string field in (string[])["Name", "EmailAddress", "PhoneNumber", "VatNo", "IsActive"])
        {
            run.Take(sets, Model.Types[Table], old is null, List, field, row, field, field);
        }

        if (run.Announces(List, "Code") && code is not null)
        {
            sets.Add(("CompanyCode", code));
        }

        if (run.Announces(List, "OrganizationNo") && number is not null)
        {
            sets.AddRange([("OrganizationNo", number), ("NormalizedOrganizationNo", Normal(number))]);
        }

        if (run.Announces(List, "ParentCompanyCode") && row.Str("ParentCompanyCode") is { } parent)
        {
            if (world[Table].With("CompanyCode", parent) is [var above, ..])
            {
                sets.Add(("ParentCompanyId", above["Id"]));
            }
            else
            {
                run.Warn($"Company {parent} does not exist.");
            }
        }

        if (old is null)
        {
            string[] missing = [.. new[] { ("Code", "CompanyCode"), ("Name", "Name"), ("OrganizationNo", "OrganizationNo") }.Where(n => !sets.Exists(s => s.Name == n.Item2 && s.Value is not null)).Select(n => n.Item1)];
            if (missing.Length > 0)
            {
                throw new RowException($"The company cannot be created: {string.Join(", ", missing)} must be announced and have a value.");
            }

            int next = Math.Max(world[Table].LastId, 8_000) + 1;
            old = run.Insert(Table, [("Id", Box.Of(next)), ("Key", PeopleMaker.Key(next)), ("ApplicationId", Box.Of(application)), .. sets.Exists(s => s.Name == "IsActive") ? Array.Empty<(string, object?)>() : [("IsActive", Box.True)], .. sets]);
        }
        else
        {
            run.Update(Table, old, [.. sets]);
        }

        Addresses.Replace(run, List, row, old, "Customers/CompanyAddresses", "CompanyId");
        Addresses.Flags(run, List, row, old);
        PriceLists(row, old);
        Customers(row, old);
        foreach (string field in (string[])["LogoImage", "AdditionalInfo", "Contacts", "DeliveryMethods", "Discounts", "PaymentMethods"])
        {
            if (run.Announces(List, field))
            {
                ImportRun.Keep(old, field, row.Get(field));
            }
        }
    }

    public void Finish()
    {
    }

    private static string Normal(string number) => new([.. number.Where(char.IsLetterOrDigit)]);

    private void PriceLists(JsonElement row, Row company)
    {
        const string Links = "Customers/CompanyPriceLists";
        if (!run.Announces(List, "PriceLists"))
        {
            return;
        }

        HashSet<object> wanted = [];
        foreach (JsonElement link in row.Items("PriceLists"))
        {
            if (run.World["Application/ClientPriceLists"].With("Agreement", link.Str("Code")) is not [var list, ..])
            {
                run.Warn($"Price list {link.Str("Code")} does not exist.");
                continue;
            }

            wanted.Add(list["PriceListId"]!);
            if (run.World[Links].Find(company["Id"], list["PriceListId"]) is { } old)
            {
                run.Update(Links, old, ("IsExclusive", Box.Of(link.Flag("IsExclusive") ?? false)));
            }
            else
            {
                run.Insert(Links, ("CompanyId", company["Id"]), ("PriceListId", list["PriceListId"]), ("IsExclusive", Box.Of(link.Flag("IsExclusive") ?? false)));
            }
        }

        foreach (Row gone in run.World[Links].With("CompanyId", company["Id"]).Where(l => !wanted.Contains(l["PriceListId"]!)).ToArray())
        {
            run.World[Links].Remove(gone);
        }
    }

    /// <summary>Unless the list is said to hold only additions, relations that it does not hold end.</summary>
    private void Customers(JsonElement row, Row company)
    {
        const string Links = "Customers/CompanyCustomers";
        if (!run.Announces(List, "Customers"))
        {
            return;
        }

        HashSet<object> wanted = [];
        foreach (JsonElement link in row.Items("Customers"))
        {
            Row? customer = link.Whole("Id") is { } id ? run.World["Customers/Customers"].Find(id)
                : link.Str("Code") is { } code ? run.World["Customers/Customers"].With("CustomerCode", code).FirstOrDefault()
                : link.Str("EmailAddress") is { } email ? run.World["Customers/Customers"].With("EmailAddress", email).FirstOrDefault() : null;
            if (customer is null)
            {
                run.Warn($"A customer of the company does not exist: {link.GetRawText()}.");
                continue;
            }

            wanted.Add(customer["Id"]!);
            if (run.World[Links].Find(company["Id"], customer["Id"]) is { } old)
            {
                run.Update(Links, old, ("IsActive", Box.Of(link.Flag("IsActive") ?? true)));
            }
            else
            {
                run.Insert(Links, ("CompanyId", company["Id"]), ("CustomerId", customer["Id"]), ("IsActive", Box.Of(link.Flag("IsActive") ?? true)));
            }
        }

        if (row.Flag("IsCustomerListDelta") != true)
        {
            foreach (Row gone in run.World[Links].With("CompanyId", company["Id"]).Where(l => l["IsActive"] is true && !wanted.Contains(l["CustomerId"]!)).ToArray())
            {
                run.Update(Links, gone, ("IsActive", Box.False));
            }
        }
    }
}

/// <summary>What imports of people and of companies have in common.</summary>
internal static class Addresses
{
    /// <summary>The application that a row names by its key; the first one when it names none.</summary>
    public static int CheckApplication(JsonElement row)
    {
        if (row.Str("ApplicationKey") is not { } key)
        {
            return NorceSandbox.FirstApplication;
        }

        return Array.Find(NorceSandbox.Applications, a => string.Equals(a.Key, key, StringComparison.OrdinalIgnoreCase))?.Id ?? throw new RowException($"There is no application with key {key}.");
    }

    /// <summary>Flags are replaced as a whole, unless those that are not sent are to be preserved.</summary>
    public static void Flags(ImportRun run, string list, JsonElement row, Row owner)
    {
        if (!run.Announces(list, "Flags"))
        {
            return;
        }

        List<JsonElement> flags = [.. row.Items("Flags")];
        if (run.Announces(list, "PreserveFlags") && owner.Extras?.GetValueOrDefault("Flags") is { } had)
        {
            flags.AddRange(JsonDocument.Parse(had).RootElement.EnumerateArray().Where(o => !flags.Exists(f => f.Str("Code") == o.Str("Code"))).ToArray());
        }

        (owner.Extras ??= [])["Flags"] = JsonSerializer.Serialize(flags);
    }

    public static void Replace(ImportRun run, string list, JsonElement row, Row owner, string table, string column)
    {
        foreach ((string field, int type) in new[] { ("InvoiceAddress", 1), ("DeliveryAddresses", 2) })
        {
            if (!run.Announces(list, field))
            {
                continue;
            }

            JsonElement[] wanted = row.Get(field) is { } value ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value] : [];
            if (wanted.Length == 0 && !run.Clears)
            {
                continue;
            }

            Row[] old = [.. run.World[table].With(column, owner["Id"]).Where(a => a.Int("TypeId") == type)];
            for (int i = 0; i < Math.Max(old.Length, wanted.Length); i++)
            {
                if (i >= wanted.Length)
                {
                    run.World[table].Remove(old[i]);
                    continue;
                }

                object? country = wanted[i].Str("CountryCode") is { } iso ? run.World["Core/Countries"].With("Code", iso) is [var known, ..] ? known["Id"] : throw new RowException($"Country {iso} does not exist.") : null;
                (string, object?)[] values =
                [
                    ("CareOf", wanted[i].Str("CareOf")), ("AddressLine1", wanted[i].Str("AddressLine1")), ("AddressLine2", wanted[i].Str("AddressLine2")), ("ZipCode", wanted[i].Str("ZipCode")), ("City", wanted[i].Str("City")), ("Region", wanted[i].Str("Region")), ("CountryId", country), ("Code", wanted[i].Str("Code")),
                ];
                if (i < old.Length)
                {
                    run.Update(table, old[i], values);
                }
                else
                {
                    run.Insert(table, [("Id", Box.Of(run.World[table].LastId + 1)), (column, owner["Id"]), ("TypeId", Box.Of(type)), .. values]);
                }
            }
        }
    }
}
