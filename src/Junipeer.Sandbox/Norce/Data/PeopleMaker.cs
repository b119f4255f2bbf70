namespace Junipeer.Sandbox.Norce.Data;

/// <summary>Makes invented customers and companies.</summary>
internal sealed class PeopleMaker(NorceWorld world)
{
    private static readonly string[] First = ["Ada", "Björn", "Chloé", "Dag", "Elif", "Frida", "Göran", "Hana"];
    private static readonly string[] Last = ["Andersson", "Brown", "Çelik", "Dubois", "O'Neill", "Åkesson", "Smith"];

    public Row Customer(string code, DateTime created, DateTime? updated)
    {
        int id = Math.Max(world["Customers/Customers"].LastId, 55_000) + 1;
        Row row = world.Add(world["Customers/Customers"], created, 7,
            ("Id", Box.Of(id)), ("Key", Key(id)), ("CustomerCode", code), ("TypeId", Box.Of(1)), ("EmailAddress", $"{code.ToLowerInvariant()}@example.com"), ("FirstName", First[id % First.Length]), ("LastName", Last[id % Last.Length]),
            ("CellPhoneNumber", $"+467000{id}"), ("IsActive", Box.True), ("Updated", updated), ("UpdatedBy", updated is null ? null : Box.Of(7)));
        world.Add("Customers/CustomerAddresses", ("Id", Box.Of(world["Customers/CustomerAddresses"].LastId + 1)), ("CustomerId", row["Id"]), ("TypeId", Box.Of(1)), ("AddressLine1", $"Testgatan {id % 90}"), ("ZipCode", "11122"), ("City", "Stockholm"), ("CountryId", Box.Of(1)));
        return row;
    }

    public Row Company(string code, DateTime created, DateTime? updated)
    {
        int id = Math.Max(world["Customers/Companies"].LastId, 8_000) + 1;
        Row row = world.Add(world["Customers/Companies"], created, 7,
            ("Id", Box.Of(id)), ("Key", Key(id)), ("CompanyCode", code), ("OrganizationNo", $"55{id:0000}-{id % 7919:0000}"), ("NormalizedOrganizationNo", $"55{id:0000}{id % 7919:0000}"), ("Name", $"Example Retail {id % 100} AB"), ("EmailAddress", $"{code.ToLowerInvariant()}@example.com"),
            ("VatNo", $"SE55{id:0000}{id % 7919:0000}01"), ("ApplicationId", Box.Of(NorceSandbox.FirstApplication)), ("IsActive", Box.True), ("Updated", updated), ("UpdatedBy", updated is null ? null : Box.Of(7)));
        world.Add("Customers/CompanyAddresses", ("Id", Box.Of(world["Customers/CompanyAddresses"].LastId + 1)), ("CompanyId", row["Id"]), ("TypeId", Box.Of(1)), ("AddressLine1", $"Industrigatan {id % 90}"), ("ZipCode", "41101"), ("City", "Göteborg"), ("CountryId", Box.Of(1)), ("Code", "INV"));
        return row;
    }

    /// <summary>The same id has the same key in every run.</summary>
    public static object Key(int id) => new Guid(id, 0x4a4b, 0x4f3e, 0x9a, 0x52, 0x0d, 0x8d, 0x2a, 0x6f, 0x1e, 0x77);
}
