using System.Text;
using System.Text.Json;
using Junipeer.Brightpearl;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Brightpearl;

/// <summary>Answers in every shape that was seen, and cut off anywhere.</summary>
public sealed class AnswerTests
{
    private const string Search = """
        {"response":{"results":[[1,"a",null,[1,2]],[2,"b\u003d",{"x":1},[]]],"metaData":{"morePagesAvailable":true,"resultsAvailable":9,"resultsReturned":2,"firstResult":1,"lastResult":2,
        "columns":[{"name":"orderId"},{"name":"ref"},{"name":"odd"},{"name":"list"}]}},"reference":{"names":{"1":"x"}}}
        """;

    [Fact]
    public void Search_rows_become_documents_by_the_answers_own_columns()
    {
        using var answer = SearchAnswer.Read(Encoding.UTF8.GetBytes(Search), ["orderId"]);
        Assert.Equal(["""{"orderId":1,"ref":"a","odd":null,"list":[1,2]}""", """{"orderId":2,"ref":"b\u003d","odd":{"x":1},"list":[]}"""], Texts(answer.Page));
        Assert.Equal([1L, 2L], answer.Ids);
        Assert.Equal((true, 9L), (answer.More, answer.Available));
    }

    [Fact]
    public void Columns_before_or_after_the_rows_more_or_fewer_than_the_rows_have()
    {
        using var answer = SearchAnswer.Read("""{"reference":{},"response":{"metaData":{"resultsAvailable":2,"lastResult":1,"columns":[{"name":"id"},{"name":"a"},{"name":"b"}]},"results":[["7","x"],[8,"y","z","unnamed"],[]]}}"""u8, ["id"]);
        Assert.Equal(["""{"id":"7","a":"x"}""", """{"id":8,"a":"y","b":"z"}""", "{}"], Texts(answer.Page));
        Assert.Equal([7L, 8L, null], answer.Ids);
        Assert.True(answer.More);
    }

    [Theory]
    [InlineData("""{"response":{"results":[],"metaData":{"resultsAvailable":0,"resultsReturned":0,"columns":[]}},"reference":{}}""")]
    [InlineData("""{"response":{}}""")]
    public void An_empty_search_is_no_mistake(string body)
    {
        using var answer = SearchAnswer.Read(Encoding.UTF8.GetBytes(body), ["id"]);
        Assert.Equal(0, answer.Rows);
        Assert.NotEqual(true, answer.More);
    }

    [Fact]
    public void Cut_off_anywhere_it_is_not_believed()
    {
        var search = Encoding.UTF8.GetBytes(Search.TrimEnd());
        var order = Encoding.UTF8.GetBytes("""{"response":[{"id":1,"orderRows":{"5":{"a":"b"}}},{"id":2}]}""");
        var listing = Encoding.UTF8.GetBytes("""{"response":{"getUris":["/order/1-3,7","/order/9"]}}""");
        var reader = new AnswerReader(Catalogue.Require("order"));
        for (var length = 0; length < search.Length; length++) Assert.ThrowsAny<JsonException>(() => SearchAnswer.Read(search.AsSpan(0, length), ["orderId"]));
        for (var length = 0; length < order.Length; length++) Assert.ThrowsAny<JsonException>(() => reader.Read(order.AsSpan(0, length), AnswerShape.Array));
        for (var length = 0; length < listing.Length; length++) Assert.ThrowsAny<JsonException>(() => AnswerReader.ReadIds(listing.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("""{"response":{"getUris":["/order/1-3,7","/order/9?includeOptional=customFields"]}}""", "1-3,7,9")]
    [InlineData("""{"response":{"getUris":["/product-price/1-3/price-list/7"]}}""", "1-3")]
    [InlineData("""{"response":{"getUris":["/product/1%2C5-6/option-value"]}}""", "1,5-6")]
    [InlineData("""{"response":{"getUris":[]}}""", "")]
    [InlineData("""{"other":["/order/5"],"response":{"getUris":["/order/4"]}}""", "4")]
    public void A_listing_names_the_ids_that_exist(string body, string ids) => Assert.Equal(ids, AnswerReader.ReadIds(Encoding.UTF8.GetBytes(body)).ToString());

    [Theory]
    [InlineData("order", """{"response":[{"id":1},{"id":2}]}""", "1:;2:")]
    [InlineData("order", """{"response":[]}""", "")]
    [InlineData("goods-out-note", """{"response":{"10":{"orderId":1},"11":{"orderId":2}}}""", ":10;:11")]
    [InlineData("goods-out-note", """{"response":[]}""", "")]
    [InlineData("goods-out-note", """{"response":{}}""", "")]
    [InlineData("product-availability", """{"response":{"1001":{"total":{}},"1002":{}}}""", ":1001;:1002")]
    [InlineData("product-supplier", """{"response":[{"productId":5,"suppliers":[{"contactId":1},{"contactId":2}]},{"productId":6,"suppliers":[]}]}""", ":5;:5")]
    [InlineData("product-supplier", """{"response":{"5":[{"contactId":1}],"6":[{"contactId":1}]}}""", ":5;:6")]
    [InlineData("journal", """{"response":{"journals":[{"id":3}]}}""", "3:")]
    [InlineData("journal", """{"response":[{"id":3}]}""", "3:")]
    public void Documents_are_found_in_every_arrangement(string resource, string body, string found)
    {
        var entry = Catalogue.Require(resource);
        using var page = new AnswerReader(entry).Read(Encoding.UTF8.GetBytes(body), entry.Get!.Shape);
        Assert.Equal(found, string.Join(';', page.Documents.Select(d => $"{IdIn(page[d])}:{(d.First.Column >= 0 ? d.First.Number : null)}")));
    }

    [Fact]
    public void Bytes_of_documents_are_left_as_they_are()
    {
        const string First = """{ "id" : 1 ,"a":"\u003d" , "n":1.50 }""";
        using var page = new AnswerReader(Catalogue.Require("order")).Read(Encoding.UTF8.GetBytes($$"""{"response": [ {{First}} ,{"id":2}] }"""), AnswerShape.Array);
        Assert.Equal([First, """{"id":2}"""], Texts(page));
    }

    [Fact]
    public void A_plan_comes_back_from_a_bookmark_as_it_was()
    {
        var plan = new WalkPlan
        {
            Walk = WalkKind.Ids,
            Groups = [new WalkGroup { Ids = "1-450,700", Path = "order-service/order/{ids}", Max = 200, Own = true, Exist = true }, new WalkGroup { Ids = "", Path = "x/{parent}/{ids}", Max = 1, Parent = 2 }],
            Listing = "=",
            ListedAt = new DateTimeOffset(2026, 3, 8, 7, 59, 59, 250, TimeSpan.Zero),
            Filters = ["updatedOn=2026-01-01T00:00:00.000Z/"],
            Until = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero),
        };
        var again = WalkPlan.Parse(plan.ToString());
        Assert.Equal(plan.ToString(), again.ToString());
        Assert.Equal(plan.Groups, again.Groups);
        Assert.Equal((plan.Walk, plan.Listing, plan.ListedAt, plan.Until), (again.Walk, again.Listing, again.ListedAt, again.Until));
        Assert.Equal(["1-200", "201-400", "401-450,700"], again.Slices().Select(s => s.Ids.ToString()));
        var pass = again.ToPassPlan();
        Assert.Equal((3L, 451L, "1-450,700"), (pass.Slices, pass.Records, pass.Listing!.ToString()));
    }

    private static string[] Texts(RawPage page) => page.Documents.Select(d => Encoding.UTF8.GetString(page[d])).ToArray();

    private static string? IdIn(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        using var json = JsonDocument.ParseValue(ref reader);
        return json.RootElement.TryGetProperty("id", out var id) ? id.GetRawText() : null;
    }
}
