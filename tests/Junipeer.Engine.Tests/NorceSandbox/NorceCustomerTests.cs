using System.Text.Json;
using Xunit;

namespace Junipeer.Tests.NorceSandbox;

public sealed class NorceCustomerTests
{
    private static Task<NorceReply> CompanyAsync(NorceBox box, string row, string fields = "\"Code\",\"Name\",\"OrganizationNo\"") => box.ImportAsync("Customer/ImportCompanies", $"\"CompanyFieldsThatAreSet\":[{fields}]", row);

    private static string Company(NorceBox box, string more) => $$"""[{"ApplicationKey":"{{box.Server.NorceApplicationKey}}",{{more}}}]""";

    private static async Task<JsonElement> FindAsync(NorceBox box, string code) => Assert.Single(await box.RowsAsync($"Customers/Companies?$filter=CompanyCode eq '{code}'&$expand=Addresses,Customers,PriceLists"));

    [Fact]
    public async Task ACompanyIsMadeAndFoundAgain()
    {
        await using var box = await NorceBox.StartAsync();
        const string Fields = "\"Code\",\"Name\",\"OrganizationNo\",\"InvoiceAddress\",\"PriceLists\"";
        await CompanyAsync(box, Company(box, """ "Code":"C-900","Name":"Example","OrganizationNo":"556000-0000","InvoiceAddress":{"AddressLine1":"Testgatan 2","CountryCode":"SE"},"PriceLists":[{"Code":"TRADE-GB"},{"Code":"NONE"}] """), Fields);
        var made = await FindAsync(box, "C-900");
        Assert.Equal(13, made.GetProperty("PriceLists")[0].GetProperty("PriceListId").GetInt32());
        Assert.Equal("Testgatan 2", made.GetProperty("Addresses")[0].GetProperty("AddressLine1").GetString());
        await CompanyAsync(box, Company(box, """ "Code":"C-901","Name":"Renamed","OrganizationNo":"5560000000" """), "\"Name\",\"OrganizationNo\"");
        Assert.Equal("Renamed", (await FindAsync(box, "C-900")).GetProperty("Name").GetString());
        var job = await CompanyAsync(box, Company(box, """ "Code":"C-902","Name":"Second","OrganizationNo":"5560000000" """), "\"Code\",\"Name\",\"OrganizationNo\",\"SearchOnlyByCode\"");
        Assert.Equal(1, job.Json.GetProperty("Insert").GetInt32());
        Assert.NotEqual(made.GetProperty("Id").GetInt32(), (await FindAsync(box, "C-902")).GetProperty("Id").GetInt32());
    }

    [Fact]
    public async Task ACompanyNeedsWhatIsRequired()
    {
        await using var box = await NorceBox.StartAsync();
        var taken = (await box.ConnectAsync("Customer/ImportCompanies", """[{"Code":"C-900"}]""", """{"AccountId":42,"CompanyFieldsThatAreSet":["Code"]}""")).Ok();
        Assert.Equal("Row 1: ApplicationKey is missing", taken.Json.GetProperty("ValidationSummary").GetProperty("Messages")[0].GetString());
        Assert.Equal(1, (await CompanyAsync(box, Company(box, """ "Code":"C-900","Name":"Example" """))).Json.GetProperty("Fail").GetInt32());
        Assert.Equal(1, (await CompanyAsync(box, """[{"ApplicationKey":"00000000-0000-0000-0000-000000000001","Code":"C-900","Name":"E","OrganizationNo":"1"}]""")).Json.GetProperty("Fail").GetInt32());
    }

    [Fact]
    public async Task RelationsEndUnlessTheListIsADelta()
    {
        await using var box = await NorceBox.StartAsync();
        const string Fields = "\"Customers\"";
        await CompanyAsync(box, Company(box, """ "Code":"C-100","IsCustomerListDelta":true,"Customers":[{"Code":"K-100"}] """), Fields);
        await CompanyAsync(box, Company(box, """ "Code":"C-100","IsCustomerListDelta":true,"Customers":[{"Code":"K-101"}] """), Fields);
        Assert.Equal(2, (await FindAsync(box, "C-100")).GetProperty("Customers").EnumerateArray().Count(c => c.GetProperty("IsActive").GetBoolean()));
        await CompanyAsync(box, Company(box, """ "Code":"C-100","Customers":[{"Code":"K-102"}] """), Fields);
        Assert.Equal(1, (await FindAsync(box, "C-100")).GetProperty("Customers").EnumerateArray().Count(c => c.GetProperty("IsActive").GetBoolean()));
    }

    [Theory]
    [InlineData("\"Flags\"", 1)]
    [InlineData("\"Flags\",\"PreserveFlags\"", 2)]
    public async Task FlagsAreReplacedUnlessPreserved(string fields, int left)
    {
        await using var box = await NorceBox.StartAsync();
        await CompanyAsync(box, Company(box, """ "Code":"C-100","Flags":[{"Code":"A","IsSet":true}] """), "\"Flags\"");
        await CompanyAsync(box, Company(box, """ "Code":"C-100","Flags":[{"Code":"B","IsSet":true}] """), fields);
        var company = (await box.DumpAsync("Customers/Companies")).Single(c => c.GetProperty("CompanyCode").GetString() == "C-100");
        Assert.Equal(left, company.GetProperty("_extras").GetProperty("Flags").GetArrayLength());
    }

    [Fact]
    public async Task CustomersAreFoundByCodeAndMail()
    {
        await using var box = await NorceBox.StartAsync();
        Task<NorceReply> Import(string row, string fields) => box.ImportAsync("Customer/ImportCustomers", $"\"CustomerFieldsThatAreSet\":[{fields}]", row);
        Assert.Equal(1, (await Import("""[{"Code":"K-900","FirstName":"A","LastName":"B"}]""", "\"Code\",\"FirstName\",\"LastName\",\"EmailAddress\"")).Json.GetProperty("Fail").GetInt32());
        Assert.Equal(1, (await Import("""[{"Code":"K-900","FirstName":"A","LastName":"B","EmailAddress":"a@example.com"}]""", "\"Code\",\"FirstName\",\"LastName\",\"EmailAddress\"")).Json.GetProperty("Insert").GetInt32());
        await Import("""[{"EmailAddress":"a@example.com","FirstName":"Changed"}]""", "\"FirstName\"");
        Assert.Equal("Changed", (await box.RowsAsync("Customers/Customers?$filter=CustomerCode eq 'K-900'"))[0].GetProperty("FirstName").GetString());
        Assert.Equal(1, (await Import("""[{"EmailAddress":"a@example.com","FirstName":"Changed"}]""", "\"FirstName\",18")).Json.GetProperty("Fail").GetInt32());
    }
}
