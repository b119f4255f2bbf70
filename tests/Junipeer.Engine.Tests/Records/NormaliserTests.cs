using System.Globalization;
using System.Text;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Records;

/// <summary>Documents as they come and as they should not: cells are exact, and whatever does not fit is told.</summary>
public sealed class NormaliserTests
{
    private const string Shape = """
        {"name":"thing","table":"things","key":{"id":"int"},"updated":"updatedOn","nowIsNull":["seenOn"],
         "fields":["name:text","amount:decimal","flag:bool","updatedOn:instant","seenOn:instant","due:date","tags:json","deep.er.value:int"],
         "children":[
          {"path":"rows","kind":"map","table":"thing_rows","key":{"rowId":"int"},"fields":["text:text"],
           "children":[{"path":"parts","kind":"array","table":"thing_row_parts","fields":["n:int"]}]},
          {"path":"notes","kind":"array","table":"thing_notes","fields":["value:text"]},
          {"path":"moves","kind":"mapOfArrays","table":"thing_moves","key":{"moveId":"int"},"fields":["n:int"]},
          {"path":"customFields","kind":"customFields","table":"thing_fields","fields":[]}]}
        """;

    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData("""{"id":1,"name":"A\u003db \"q\" \\ \u00fc \ud83d\ude00\n"}""", "A=b \"q\" \\ ü 😀\n")]
    [InlineData("""{"id":1,"name":"日本 Ångström"}""", "日本 Ångström")]
    [InlineData("""{"id":1,"name":""}""", "")]
    [InlineData("""{"id":1,"name":17.50}""", "17.50")]
    [InlineData("""{"id":1,"name":true}""", "true")]
    [InlineData("""{"id":1,"name":null}""", null)]
    [InlineData("""{"id":1}""", null)]
    [InlineData("""{"id":1,"name":"first","name":"last"}""", "last")]
    public void Text_is_what_was_meant(string document, string? name) => Assert.Equal(name, Only(document)["name"]);

    [Theory]
    [InlineData("\"9.0909\"", "9.0909")]
    [InlineData("9.0909", "9.0909")]
    [InlineData("\"0.10000000000000000001\"", "0.10000000000000000001")]
    [InlineData("1e3", "1000")]
    [InlineData("\"1.5E-3\"", "0.0015")]
    [InlineData("\"-12.5\"", "-12.5")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public void Money_is_exact_however_it_is_written(string value, string? amount)
    {
        Assert.Equal(amount, Only($$"""{"id":"1","amount":{{value}}}""")["amount"]);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("amount", "\"12,50\"")]
    [InlineData("amount", "true")]
    [InlineData("amount", "{\"value\":1}")]
    [InlineData("amount", "[1]")]
    [InlineData("flag", "\"perhaps\"")]
    [InlineData("flag", "2")]
    [InlineData("updatedOn", "\"2026-01-01\"")]
    [InlineData("updatedOn", "1767225600000")]
    [InlineData("due", "\"2026-01-01T10:00:00Z\"")]
    [InlineData("deep", "5")]
    [InlineData("deep", "{\"er\":{\"value\":\"x\"}}")]
    [InlineData("deep", "{\"er\":{\"value\":1.5}}")]
    [InlineData("rows", "\"none\"")]
    [InlineData("notes", "{\"1\":{\"value\":\"x\"}}")]
    public void What_does_not_fit_is_null_and_told_once_while_the_rest_is_read(string field, string value)
    {
        var tables = Read($$"""{"id":1,"{{field}}":{{value}},"name":"rest"}""", $$"""{"id":2,"{{field}}":{{value}},"name":"rest"}""");
        Assert.All(tables["things"], r => Assert.Equal("rest", r["name"]));
        Assert.All(tables["things"], r => Assert.Null(r.GetValueOrDefault(Names.ToSnake(field))));
        Assert.Single(_warnings);
    }

    [Theory]
    [InlineData("\"tags\":[]", "tags", "[]")]
    [InlineData("\"tags\":[1,\"a b\"]", "tags", "[1,\"a b\"]")]
    [InlineData("\"flag\":\"true\"", "flag", "1")]
    [InlineData("\"flag\":0", "flag", "0")]
    [InlineData("\"updatedOn\":\"2026-03-02T10:39:46.000\\u002B01:00\"", "updated_on", "2026-03-02T09:39:46.0000000Z")]
    [InlineData("\"due\":\"2026-01-19T18:00:00.000-06:00\"", "due", "2026-01-20")]
    [InlineData("\"deep\":{\"er\":{\"value\":\"5.000\"}}", "deep_er_value", "5")]
    [InlineData("\"deep\":{}", "deep_er_value", null)]
    [InlineData("\"deep\":[]", "deep_er_value", null)]
    [InlineData("\"rows\":[]", "name", null)]
    public void Other_spellings_of_the_same_are_read(string member, string column, string? value)
    {
        Assert.Equal(value, Only($$"""{"id":1,{{member}}}""")[column]);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void The_key_may_come_after_the_children_and_reaches_their_children_too()
    {
        var tables = Read("""{"rows":{"7":{"text":"a","parts":[{"n":1},{"n":2}]},"9":{"parts":[]}},"moves":{"3":[{"n":5},{"n":6}],"4":{"n":7}},"notes":["plain",{"value":"object"}],"id":42}""");
        Assert.Equal(["42|7|a", "42|9|"], Rows(tables["thing_rows"]));
        Assert.Equal(["42|7|0|1", "42|7|1|2"], Rows(tables["thing_row_parts"]));
        Assert.Equal(["42|3|0|5", "42|3|1|6", "42|4|0|7"], Rows(tables["thing_moves"]));
        Assert.Equal(["42|0|plain", "42|1|object"], Rows(tables["thing_notes"]));
    }

    [Fact]
    public void A_map_that_comes_as_an_array_keeps_its_ids_or_its_places()
    {
        var tables = Read("""{"id":1,"rows":[{"rowId":7,"text":"a"},{"text":"b"}]}""");
        Assert.Equal(["1|7|a", "1|-2|b"], Rows(tables["thing_rows"]));
    }

    [Fact]
    public void Custom_fields_carry_their_type()
    {
        var tables = Read("""{"id":1,"customFields":{"PCF_T":"x\u003dy","PCF_N":12.5,"PCF_B":true,"PCF_D":"2026-01-20T00:00:00.000-06:00","PCF_E":"2026-01-20T00:00:00.000\u002b01:00","PCF_S":{"id":64,"value":"North"},"PCF_L":[1,2],"PCF_0":null,"PCF_W":"2026-01-20T10:00:00Z"}}""");
        Assert.Equal(
            ["1|PCF_T|TEXT|x=y|", "1|PCF_N|INTEGER|12.5|", "1|PCF_B|YES_NO|true|", "1|PCF_D|DATE|2026-01-20|", "1|PCF_E|DATE|2026-01-20|", "1|PCF_S|SELECT|North|64", "1|PCF_L|LIST|[1,2]|", "1|PCF_0|||", "1|PCF_W|TEXT|2026-01-20T10:00:00Z|"],
            Rows(tables["thing_fields"]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":null,"rows":{"7":{"text":"a"}}}""")]
    [InlineData("""{"id":"","name":"x"}""")]
    public void Without_a_key_there_is_no_record_and_no_row(string document)
    {
        var tables = Read(document, """{"id":5,"rows":{"8":{"text":"b"}}}""");
        Assert.Equal("5", Assert.Single(tables["things"])["id"]);
        Assert.Equal(["5|8|b"], Rows(tables["thing_rows"]));
    }

    [Fact]
    public void The_time_of_the_request_means_never_and_changes_nothing()
    {
        static string At(string time) => $$"""{"id":1,"name":"a","seenOn":"{{time}}"}""";
        var (first, one) = Hash(At("2026-05-01T11:59:59.123Z"));
        var (_, two) = Hash(At("2026-05-01T12:00:01.456Z"));
        Assert.Null(first["seen_on"]);
        Assert.Equal(one, two);
        var (old, three) = Hash(At("2026-05-01T11:59:59.000Z"));
        Assert.NotNull(old["seen_on"]);
        Assert.NotEqual(one, three);
    }

    [Fact]
    public void Unknown_scalars_evolve_at_known_depth_and_nothing_else_does()
    {
        var tables = Read("""{"id":1,"newOne":5,"Name":"other","deep":{"extra":"x","far":{"away":1}},"rows":{"7":{"more":true}},"none":null}""", """{"id":2,"newOne":"six","none":1}""");
        Assert.Equal(["5", "six"], tables["things"].Select(r => r["new_one"]));
        Assert.Equal("x", tables["things"][0]["deep_extra"]);
        Assert.DoesNotContain(tables["things"][0].Keys, k => k.Contains("far", StringComparison.Ordinal));
        Assert.Equal("true", tables["thing_rows"][0]["more"]);
        Assert.Equal("1", tables["things"][1]["none"]);
        Assert.Null(tables["things"][0]["name"]);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_hundred_new_properties_find_room()
    {
        var members = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"extra{i}\":{i}"));
        Assert.Equal("99", Only($$"""{"id":1,{{members}}}""")["extra99"]);
    }

    private static IEnumerable<string> Rows(IEnumerable<Dictionary<string, string?>> rows) => rows.Select(r => string.Join('|', r.Values));

    private Dictionary<string, string?> Only(string document) => Assert.Single(Read(document)["things"]);

    private (Dictionary<string, string?> Row, long Hash) Hash(string document)
    {
        var hash = 0L;
        var row = Assert.Single(Read([document], b => hash = b.Records[0].ContentHash)["things"]);
        return (row, hash);
    }

    private Dictionary<string, List<Dictionary<string, string?>>> Read(params string[] documents) => Read(documents, _ => { });

    private Dictionary<string, List<Dictionary<string, string?>>> Read(string[] documents, Action<RecordBatch> look)
    {
        using var shape = JsonDocument.Parse(Shape);
        var map = new DocumentMap(DocumentDefinition.Read(shape.RootElement, "Test"));
        var normaliser = new Normaliser(map, RecordForm.Rows, evolve: true, withPayload: true, new DriftLog(_warnings.Add));
        using var batch = new RecordBatch(map.Schema);
        using var page = new RawPage(16) { ReceivedAt = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero) };
        foreach (var document in documents)
        {
            var bytes = Encoding.UTF8.GetBytes(document);
            page.Documents.Add(new RawDocument(page.Append(bytes), bytes.Length));
        }

        for (var i = 0; i < documents.Length; i++)
        {
            if (normaliser.TryAdd(batch, page, page.Documents[i], out var reason)) Assert.Equal(documents[i], Encoding.UTF8.GetString(batch.Payload(batch.Records.Count - 1)));
            else Assert.Contains("'id'", reason, StringComparison.Ordinal);
        }

        look(batch);
        return batch.Tables.ToDictionary(t => t.Table.Name, t => Enumerable.Range(0, t.Count).Select(row => t.Table.Columns.Select((c, at) => (c.Name, Value: Show(batch, t[row, at]))).ToDictionary(c => c.Name, c => c.Value)).ToList());
    }

    private static string? Show(RecordBatch batch, Cell cell) => cell.Kind switch
    {
        CellKind.Null => null,
        CellKind.Integer or CellKind.Boolean => cell.Bits.ToString(CultureInfo.InvariantCulture),
        CellKind.Instant => new DateTime(cell.Bits, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture),
        CellKind.Date => DateOnly.FromDayNumber((int)cell.Bits).ToString("O", CultureInfo.InvariantCulture),
        _ => Encoding.UTF8.GetString(batch.Text(cell)),
    };
}
