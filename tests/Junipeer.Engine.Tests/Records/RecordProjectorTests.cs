using System.Text;
using System.Text.Json;
using Junipeer.Brightpearl;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Records;

/// <summary>Pipeline records of one document: typed, complete, and without surprise.</summary>
public sealed class RecordProjectorTests
{
    [Theory]
    [InlineData("\"2026-03-02T10:39:46.000-06:00\"")]
    [InlineData("\"2026-03-02T10:39:46.000\\u002d06:00\"")]
    public void Instants_keep_their_offset_also_when_written_with_escapes(string text)
    {
        var value = Value(Project("order", $$"""{"id":1,"createdOn":{{text}}}"""), "createdOn");
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 10, 39, 46, TimeSpan.FromHours(-6)), value);
        Assert.Equal(TimeSpan.FromHours(-6), Assert.IsType<DateTimeOffset>(value).Offset);
    }

    [Theory]
    [InlineData("\"2026-03-02T10:39:46+15:00\"", "2026-03-02T10:39:46+15:00")]
    [InlineData("\"soon\"", "soon")]
    public void What_is_no_instant_stays_the_text_it_was(string text, string expected) =>
        Assert.Equal(expected, Value(Project("order", $$"""{"id":1,"createdOn":{{text}}}"""), "createdOn"));

    [Fact]
    public void Numbers_are_whole_or_exact_and_codes_stay_text()
    {
        var record = Project("order", """{"id":"12","reference":17,"totalValue":{"net":"9.0909","total":10},"orderRows":{"3":{"nominalCode":4000,"quantity":{"magnitude":"1.0000"},"productId":"1001"}}}""");
        Assert.Equal(12L, Value(record, "id"));
        Assert.Equal("17", Value(record, "reference"));
        Assert.Equal(9.0909m, Value(record, "totalValue", "net"));
        Assert.Equal(10m, Assert.IsType<decimal>(Value(record, "totalValue", "total")));
        var row = (JunipeerRecord)Assert.Single((object?[])Value(record, "orderRows")!)!;
        Assert.Equal((3L, "4000", 1001L), (Value(row, "id"), Value(row, "nominalCode"), Value(row, "productId")));
        Assert.Equal("1.0000", Convert.ToString(Value(row, "quantity", "magnitude"), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Every_record_of_a_kind_has_the_same_properties_first_and_unknown_ones_last()
    {
        var empty = Project("order", """{"id":1}""").Properties.Select(p => p.Key).ToArray();
        var full = Project("order", """{"surprise":{"a":[1,{"b":2}]},"reference":"x","id":1,"REFERENCE":"y"}""").Properties.Select(p => p.Key).ToArray();
        Assert.Equal([.. empty, "surprise"], full);
        Assert.Equal("id", empty[0]);
    }

    [Fact]
    public void Deep_documents_and_odd_texts_survive()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 50)) + "\"\\ud83d\\ude00 \\u003c\"" + new string('}', 50);
        object? value = Value(Project("order", $$"""{"id":1,"deep":{{deep}}}"""), "deep");
        while (value is JunipeerRecord inner) value = Assert.Single(inner.Properties).Value;
        Assert.Equal("😀 <", value);
    }

    [Fact]
    public void Keys_beside_a_document_stand_in_it()
    {
        var map = new DocumentMap(Catalogue.Require("goods-out-note").Document);
        var record = new RecordProjector(map, withPayload: true).Project("""{"orderId":5}"""u8, default, ("goodsOutNoteId", 77L));
        Assert.Equal(("goodsOutNoteId", (object)77L), (record.Properties[0].Key, record.Properties[0].Value!));
        Assert.Equal("""{"orderId":5}""", Value(record, "Payload"));
        Assert.Single(record.Properties, p => p.Key == "goodsOutNoteId");
    }

    private static JunipeerRecord Project(string resource, string document)
    {
        using (JsonDocument.Parse(document)) return new RecordProjector(new DocumentMap(Catalogue.Require(resource).Document), withPayload: false).Project(Encoding.UTF8.GetBytes(document), default);
    }

    private static object? Value(JunipeerRecord record, params string[] path)
    {
        object? value = record;
        foreach (var name in path) value = Assert.IsType<JunipeerRecord>(value).Properties.Single(p => p.Key == name).Value;
        return value;
    }
}
