using System.Text;
using Junipeer.BigQuery;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>Rows of an answer as typed values (https://docs.cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults).</summary>
public sealed class BigQueryCellTests
{
    [Theory]
    [InlineData("INTEGER", "\"9223372036854775807\"", long.MaxValue)]
    [InlineData("INT64", "\"-5\"", -5L)]
    [InlineData("FLOAT", "\"1.5E300\"", 1.5E300)]
    [InlineData("BOOL", "\"true\"", true)]
    [InlineData("STRING", "\"a \\\"quoted\\\" \\u00e9 {\\\"f\\\":[]}\"", "a \"quoted\" é {\"f\":[]}")]
    [InlineData("STRING", "null", null)]
    [InlineData("NUMERIC", "\"99999999999999999999999999999.999999999\"", "99999999999999999999999999999.999999999")]
    public void A_cell_has_the_type_of_its_column(string type, string json, object? expected) =>
        Assert.Equal(expected, Assert.Single(Rows([new TableField("c", type)], $$"""[{"f":[{"v":{{json}}}]}]"""))[0]);

    [Fact]
    public void Exact_types_stay_exact()
    {
        var row = Assert.Single(Rows(
            [new TableField("n", "NUMERIC"), new TableField("t", "TIMESTAMP"), new TableField("d", "DATE"), new TableField("b", "BYTES")],
            """[{"f":[{"v":"12.50"},{"v":"1767322984000001"},{"v":"2026-01-02"},{"v":"AQI="}]}]"""));
        Assert.Equal(12.50m, row[0]);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(17673229840000010), row[1]);
        Assert.Equal(new DateTime(2026, 1, 2), row[2]);
        Assert.Equal(new byte[] { 1, 2 }, row[3]);
    }

    [Fact]
    public void Lists_and_records_are_read_at_any_depth()
    {
        TableField[] fields =
        [
            new TableField("tags", "STRING", "REPEATED"),
            new TableField("box", "RECORD") { Fields = [new TableField("id", "INTEGER"), new TableField("sizes", "INTEGER", "REPEATED")] },
            new TableField("last", "STRING"),
        ];
        var rows = Rows(fields, """
            [ {"f":[{"v":[{"v":"a"},{"v":null}]},{"v":{"f":[{"v":"7"},{"v":[{"v":"1"},{"v":"2"}]}]}},{"v":"x"}], "other": {"f":[1]}},
              {"f":[{"v":[]},{"v":null},{"v":"y"}]} ]
            """).ToArray();
        Assert.Equal(2, rows.Length);
        Assert.Equal(new object?[] { "a", null }, rows[0][0]);
        var box = Assert.IsType<Dictionary<string, object?>>(rows[0][1]);
        Assert.Equal(7L, box["id"]);
        Assert.Equal(new object?[] { 1L, 2L }, box["sizes"]);
        Assert.Equal("x", rows[0][2]);
        Assert.Equal(Array.Empty<object?>(), rows[1][0]);
        Assert.Null(rows[1][1]);
        Assert.Equal("y", rows[1][2]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    public void No_rows_are_no_rows(string json) => Assert.Empty(Rows([new TableField("c", "STRING")], json));

    private static IEnumerable<object?[]> Rows(IReadOnlyList<TableField> fields, string json) => BigQueryCells.Rows(fields, Encoding.UTF8.GetBytes(json));
}
