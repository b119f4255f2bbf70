using System.Text;
using System.Text.Json;
using Junipeer.Norce;
using Junipeer.Norce.Importing;
using Junipeer.Operations;
using Xunit;

namespace Junipeer.Tests.Norce;

/// <summary>Rows are checked before they are sent, and headers announce exactly what the rows have.</summary>
public sealed class NorceRowTests
{
    public static TheoryData<NorceImportKind, string, string> Bad => new()
    {
        { NorceImportKind.OnHand, """{"WarehouseCode":"W","LocationCode":"L","OnhandValue":1}""", "Junipeer.Norce.MissingField" },
        { NorceImportKind.OnHand, """{"PartNo":"A","WarehouseCode":"W","LocationCode":" ","OnhandValue":1}""", "Junipeer.Norce.MissingField" },
        { NorceImportKind.OnHand, """{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","OnhandValue":"many"}""", "Junipeer.Norce.BadField" },
        { NorceImportKind.OnHand, """{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","NextDeliveryDate":"soon"}""", "Junipeer.Norce.BadField" },
        { NorceImportKind.OnHand, """{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","LeadTimeDayCount":1.5}""", "Junipeer.Norce.BadField" },
        { NorceImportKind.OnHand, """{"PartNo":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","WarehouseCode":"W","LocationCode":"L","OnhandValue":1}""", "Junipeer.Norce.TooLong" },
        { NorceImportKind.SkuPriceList, """{"PartNo":"A","PriceListCode":"P","PriceSale":0}""", "Junipeer.Norce.PriceZero" },
        { NorceImportKind.SkuPriceList, """{"PartNo":"A","PriceListCode":"P","PriceSale":-1}""", "Junipeer.Norce.BadField" },
        { NorceImportKind.SkuPriceList, """{"PartNo":"A","PriceListCode":"P","PriceSale":10,"IsActive":false}""", "Junipeer.Norce.PriceReactivates" },
        { NorceImportKind.SkuPriceList, """{"PartNo":"A","PriceListCode":"P","PriceRule":"Cheapest"}""", "Junipeer.Norce.BadField" },
        { NorceImportKind.Product, """{"Code":"C","Variants":[{"ManufacturerPartNo":"M","Skus":[{"PartNo":"A"}]}]}""", "Junipeer.Norce.NoManufacturer" },
        { NorceImportKind.Product, """{"ManufacturerCode":"N","Variants":[{"Skus":[{"EanCode":"1"}]}]}""", "Junipeer.Norce.MissingField" },
        { NorceImportKind.Product, """{"ManufacturerCode":"N","Variants":[{"ManufacturerPartNo":"M","Skus":[{"PartNo":"A","Status":"Gone"}]}]}""", "Junipeer.Norce.BadField" },
        { NorceImportKind.Product, """{"ManufacturerCode":"N","Variants":"M"}""", "Junipeer.Norce.BadField" },
        { NorceImportKind.Company, """{"Name":"Example"}""", "Junipeer.Norce.MissingField" },
        { NorceImportKind.Company, """{"Code":"C","Customers":[{"Code":"K"}]}""", "Junipeer.Norce.CustomerListDelta" },
        { NorceImportKind.Customer, """{"FirstName":"Test"}""", "Junipeer.Norce.MissingField" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_row_is_refused_with_its_reason(NorceImportKind kind, string json, string id)
    {
        var row = (IReadOnlyDictionary<string, object?>)RowFile.Value(JsonDocument.Parse(json).RootElement)!;
        var (_, _, problem) = Write(kind, row);
        problem ??= RowRules.Check(kind, row, fullFile: false);
        Assert.Equal(id, problem?.ErrorId);
        Assert.False(string.IsNullOrWhiteSpace(problem!.Reason));
    }

    [Fact]
    public void A_field_that_does_not_exist_is_a_mistake_of_the_whole_input()
    {
        var fault = Assert.Throws<JunipeerException>(() => Write(NorceImportKind.OnHand, NorceBox.Row(("PartNo", "A"), ("OnHandVlaue", 1)))).Fault;
        Assert.Equal("Junipeer.Norce.UnknownField", fault.Id);
        Assert.Contains("OnhandValue", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_spelt_as_Connect_spells_them_and_enumerations_go_as_numbers()
    {
        var (json, _, problem) = Write(NorceImportKind.OnHand, NorceBox.Row(("partno", " A-1 "), ("warehousecode", "W"), ("LOCATIONCODE", "L"), ("OnHandValue", "14.5"), ("NextDeliveryDate", new DateTimeOffset(2026, 3, 15, 1, 0, 0, TimeSpan.FromHours(1))), ("IncomingValue", null)));
        Assert.Null(problem);
        Assert.Equal("""{"PartNo":"A-1","WarehouseCode":"W","LocationCode":"L","OnhandValue":14.5,"NextDeliveryDate":"2026-03-15T00:00:00Z"}""", json.Replace(".000Z", "Z", StringComparison.Ordinal));
        Assert.Contains("\"Status\":2", Write(NorceImportKind.Product, NorceWorld.Product("C", "N", "M", "A")).Json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_announces_the_fields_of_the_rows_and_what_they_are_nested_in()
    {
        var (_, fields, _) = Write(NorceImportKind.Product, NorceWorld.Product("C", "N", "M", "A"));
        using var header = JsonDocument.Parse(Header(NorceImportKind.Product, r => r with { CreateOnly = ["Name", "Status"] }).Line(fields));
        Assert.Equal(["Code", "ManufacturerCode", "ManufacturerName", "Cultures", "Variants"], Names(header, "ProductFieldsThatAreSet"));
        Assert.Equal(["NameCreateOnly"], Names(header, "ProductCultureFieldsThatAreSet"));
        Assert.Equal(["ManufacturerPartNo", "Skus"], Names(header, "VariantFieldsThatAreSet"));
        Assert.Equal(["Type", "EanCode", "StatusCreateOnly"], Names(header, "SkuFieldsThatAreSet").Order(StringComparer.Ordinal).OrderBy(n => n.Length));
        Assert.False(header.RootElement.GetProperty("FullFile").GetBoolean());
        Assert.Equal(42, header.RootElement.GetProperty("AccountId").GetInt32());
        Assert.False(header.RootElement.TryGetProperty("VariantCultureFieldsThatAreSet", out _));
    }

    [Theory]
    [InlineData(NorceImportKind.OnHand, """{"PartNo":"A","WarehouseCode":"W","LocationCode":"L","OnhandValue":1}""", """{"AccountId":42,"FullFile":false,"SkuOnhandFieldsThatAreSet":["OnhandValue"],"SerializationType":0}""")]
    [InlineData(NorceImportKind.SkuPriceList, """{"PartNo":"A","PriceListCode":"P","QuantityBreak":1,"PriceSale":1.5,"CurrencyCode":"SEK"}""", """{"AccountId":42,"FullFile":false,"SkuPriceListFieldsThatAreSet":["PriceSale"],"SerializationType":0}""")]
    [InlineData(NorceImportKind.Company, """{"Code":"C","Name":"Åre AB"}""", """{"AccountId":42,"CompanyFieldsThatAreSet":["Code","Name"],"SerializationType":0}""")]
    [InlineData(NorceImportKind.PriceList, """{"Code":"P","Name":"x","Warehouses":[{"Code":"W","Name":"y","Locations":[{"Code":"L","Name":"z"}]}]}""", """{"AccountId":42,"PriceListFieldsThatAreSet":["Name","Warehouses"],"WarehouseFieldsThatAreSet":["Name"],"WarehouseLocationFieldsThatAreSet":["Name"],"SerializationType":0}""")]
    public void A_header_is_one_line_with_no_more_than_it_needs(NorceImportKind kind, string json, string header)
    {
        var (_, fields, problem) = Write(kind, (IReadOnlyDictionary<string, object?>)RowFile.Value(JsonDocument.Parse(json).RootElement)!);
        Assert.Null(problem);
        Assert.Equal(header, Header(kind).Line(fields));
    }

    [Fact]
    public void A_header_takes_more_and_refuses_what_it_does_not_know()
    {
        var line = Header(NorceImportKind.Company, r => r with { Header = NorceBox.Row(("CompanyFieldsThatAreSet", "searchonlybycode")) }).Line(0);
        Assert.Contains("[\"SearchOnlyByCode\"]", line, StringComparison.Ordinal);
        foreach (var bad in new[] { ("CompanyFieldsThatAreSet", "NoSuchField"), ("FullFile", "true") })
            Assert.Equal("Junipeer.Norce.BadImportHeader", Assert.Throws<JunipeerException>(() => Header(NorceImportKind.Company, r => r with { Header = NorceBox.Row((bad.Item1, bad.Item2)) })).Fault.Id);
        Assert.Equal("Junipeer.Norce.BadImportHeader", Assert.Throws<JunipeerException>(() => Header(NorceImportKind.OnHand, r => r with { CreateOnly = ["OnhandValue"] })).Fault.Id);
    }

    [Theory]
    [InlineData("""{"PartNo":"A-2","WarehouseCode":"W","LocationCode":"L","OnhandValue":1}""", 2)]
    [InlineData("""{"PartNo":"A-2","WarehouseCode":"W","Loc""", 2)]
    [InlineData("""{"OnhandValue":1}""", null)]
    [InlineData("""{"PartNo":"B""", null)]
    [InlineData(null, null)]
    public void The_row_a_log_line_is_about_is_found_however_much_of_it_is_shown(string? shown, int? number)
    {
        var book = ImportBook.Of(NorceImportKind.OnHand);
        var batch = new JobBatch(0);
        foreach (var i in new[] { 1, 2, 3 }) batch.Add(i, NorceBox.Row(("PartNo", $"A-{i}"), ("WarehouseCode", "W"), ("LocationCode", "L")), "{}"u8);
        var refused = Assert.Single(RefusedRows.Of(book, batch, "7", [new NorceJobLogEntry(NorceSeverity.Information, "Starting", null, null), new NorceJobLogEntry(NorceSeverity.Error, "No.", null, shown)]));
        Assert.Equal(number, (int?)refused.Number);
    }

    [Fact]
    public void A_batch_used_again_knows_nothing_of_its_last_job()
    {
        var batch = new JobBatch(1);
        var row = NorceBox.Row(("PartNo", "A"));
        for (var i = 1; i <= 4001; i++) batch.Add(i, row, Encoding.UTF8.GetBytes($$"""{"PartNo":"A-{{i}}","OnhandValue":{{i}}}"""), [$"A-{i}"]);
        Assert.True(batch.Holds("a-4001"));
        using (var body = JsonDocument.Parse(batch.Body())) Assert.Equal(Enumerable.Range(1, 4001), body.RootElement.EnumerateArray().Select(r => r.GetProperty("OnhandValue").GetInt32()));
        var (first, second) = batch.Split();
        Assert.Equal((2001, 2000), (first.Rows.Count, second.Rows.Count));
        using (var body = JsonDocument.Parse(second.Body())) Assert.Equal("A-2002", body.RootElement[0].GetProperty("PartNo").GetString());

        batch.Clear(2);
        Assert.Equal((UInt128)2, batch.Fields);
        Assert.False(batch.Holds("A-1"));
        batch.Add(5000, row, "{}"u8, ["B"]);
        Assert.Equal(5000, Assert.Single(batch.Rows).Number);
        Assert.Equal("[{}]", Encoding.UTF8.GetString(batch.Body().Span));
    }

    [Fact]
    public void A_writer_takes_each_row_as_it_is_whatever_came_before()
    {
        var writer = new RowWriter(ImportBook.Of(NorceImportKind.OnHand));
        Assert.Equal((null, "A|W|L"), Next(("PartNo", " A "), ("WarehouseCode", "W"), ("LocationCode", "L"), ("OnhandValue", 1)));
        Assert.Equal((null, "B|W|L"), Next(("LocationCode", "L"), ("PARTNO", "B"), ("WarehouseCode", "W"), ("IncomingValue", 1)));
        Assert.Equal(("Junipeer.Norce.MissingField", "||L"), Next(("LocationCode", "L"), ("PARTNO", " "), ("OnhandValue", 1)));
        Assert.Equal(("Junipeer.Norce.MissingField", "C|W|"), Next(("PartNo", "C"), ("WarehouseCode", "W"), ("LocationCode", null), ("OnhandValue", 1)));
        Assert.Equal((null, "7|W|L"), Next(("PartNo", 7), ("WarehouseCode", "W"), ("LocationCode", "L"), ("OnhandValue", 1)));

        (string? Problem, string Key) Next(params (string, object?)[] fields)
        {
            using var json = new Utf8JsonWriter(Stream.Null);
            var problem = writer.Write(json, NorceBox.Row(fields), out _);
            return (problem?.ErrorId, string.Join('|', writer.Key.ToArray()));
        }
    }

    [Fact]
    public async Task Files_are_read_row_by_row_whatever_they_are()
    {
        var folder = Directory.CreateTempSubdirectory("junipeer-rows-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a.csv"), "PartNo;OnhandValue\n\"A;1\";2.5\nB;\n", NorceBox.Stop);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a.ndjson"), "{\"PartNo\":\"A\"}\n\n{\"PartNo\":\"B\",\"N\":0.10}\n", NorceBox.Stop);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a.json"), "[{\"PartNo\":\"A\"},{\"PartNo\":\"B\"}]", NorceBox.Stop);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bad.ndjson"), "{\"PartNo\":\"A\"}\nnonsense\n", NorceBox.Stop);
        Assert.Equal(["A;1", "B"], (await ReadAsync("a.csv")).Select(r => r["PartNo"]));
        Assert.Equal(["A", "B"], (await ReadAsync("a.ndjson")).Select(r => r["PartNo"]));
        Assert.Equal(0.10m, (await ReadAsync("a.ndjson"))[1]["N"]);
        Assert.Equal(2, (await ReadAsync("a.json")).Count);
        Assert.Equal("Junipeer.Norce.BadFileRow", (await NorceBox.FaultOf(() => ReadAsync("bad.ndjson"))).Id);
        Assert.Equal("Junipeer.Norce.BadFile", (await NorceBox.FaultOf(() => ReadAsync("a.xlsx"))).Id);
        Assert.Equal("Junipeer.Path.NotFound", (await NorceBox.FaultOf(() => ReadAsync("none.csv"))).Id);

        async Task<List<IReadOnlyDictionary<string, object?>>> ReadAsync(string name)
        {
            var rows = new List<IReadOnlyDictionary<string, object?>>();
            await foreach (var row in RowFile.ReadAsync(Path.Combine(folder.FullName, name), NorceBox.Stop)) rows.Add(row);
            return rows;
        }
    }

    private static (string Json, UInt128 Fields, RowProblem? Problem) Write(NorceImportKind kind, IReadOnlyDictionary<string, object?> row)
    {
        using var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream);
        var problem = new RowWriter(ImportBook.Of(kind)).Write(json, row, out var fields);
        json.Flush();
        return (Encoding.UTF8.GetString(stream.ToArray()), fields, problem);
    }

    private static JobHeader Header(NorceImportKind kind, Func<NorceImportRequest, NorceImportRequest>? with = null)
    {
        var request = new NorceImportRequest
        {
            Kind = kind,
            Connection = new Junipeer.Connections.NorceConnection
            {
                Name = "n", Tenant = "t", Environment = Junipeer.Connections.NorceEnvironment.Stage, ClientId = "c", Scope = "stage", ApplicationId = 1, AccountId = 42, BaseUri = new Uri("https://localhost"),
                SecretReference = Junipeer.Connections.SecretReference.InMemory(),
            },
        };
        return new JobHeader(ImportBook.Of(kind), with?.Invoke(request) ?? request);
    }

    private static string[] Names(JsonDocument header, string list) => header.RootElement.GetProperty(list).EnumerateArray().Select(n => n.GetString()!).ToArray();
}
