using System.Text;
using System.Text.Json;
using Junipeer.Sandbox.Google.Data;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class DataReadingTests
{
    private static readonly Field[] Fields =
    [
        new("id", FieldType.Integer, FieldMode.Required), new("s", FieldType.String), new("f", FieldType.Float), new("n", FieldType.Numeric), new("b", FieldType.Boolean),
        new("t", FieldType.Timestamp), new("d", FieldType.Date), new("dt", FieldType.DateTime), new("tm", FieldType.Time), new("j", FieldType.Json), new("y", FieldType.Bytes),
        new("tags", FieldType.String, FieldMode.Repeated),
        new("lines", FieldType.Record, FieldMode.Repeated) { Fields = [new("sku", FieldType.String, FieldMode.Required), new("qty", FieldType.Integer)] },
        new("money", FieldType.Numeric) { Precision = 5, Scale = 2 },
    ];

    [Theory]
    [InlineData("""{"id": 1}""", 0, "1")]
    [InlineData("""{"ID": "9007199254740993"}""", 0, "9007199254740993")]
    [InlineData("""{"id": 1.0}""", 0, "1")]
    [InlineData("""{"id": 1, "s": 5}""", 1, "5")]
    [InlineData("""{"id": 1, "f": "NaN"}""", 2, "NaN")]
    [InlineData("""{"id": 1, "f": 1e3}""", 2, "1000.0")]
    [InlineData("""{"id": 1, "n": "12.3456789015"}""", 3, "12.345678902")]
    [InlineData("""{"id": 1, "n": 0.1}""", 3, "0.1")]
    [InlineData("""{"id": 1, "b": "true"}""", 4, "true")]
    [InlineData("""{"id": 1, "t": "2026-01-31T10:00:00+02:00"}""", 5, "2026-01-31 08:00:00+00")]
    [InlineData("""{"id": 1, "t": "2026/01/31 10:00"}""", 5, "2026-01-31 10:00:00+00")]
    [InlineData("""{"id": 1, "t": "2026-01-31 10:00:00.123456 UTC"}""", 5, "2026-01-31 10:00:00.123456+00")]
    [InlineData("""{"id": 1, "t": 1.5}""", 5, "1970-01-01 00:00:01.500+00")]
    [InlineData("""{"id": 1, "d": "2026-01-31"}""", 6, "2026-01-31")]
    [InlineData("""{"id": 1, "dt": "2026-01-31T10:00:00"}""", 7, "2026-01-31 10:00:00")]
    [InlineData("""{"id": 1, "tm": "10:00:00.5"}""", 8, "10:00:00.500")]
    [InlineData("""{"id": 1, "j": {"b": 1.0, "a": [null, "x"], "b": 2}}""", 9, """{"a":[null,"x"],"b":1.0}""")]
    [InlineData("""{"id": 1, "j": null}""", 9, "null")]
    [InlineData("""{"id": 1, "y": "AQI="}""", 10, "AQI=")]
    [InlineData("""{"id": 1, "tags": ["a", "b"]}""", 11, "[a,b]")]
    [InlineData("""{"id": 1, "lines": [{"sku": "x", "qty": "2"}]}""", 12, "[{x,2}]")]
    [InlineData("""{"id": 1, "money": "123.455"}""", 13, "123.46")]
    public void Values(string line, int column, string expected)
    {
        var result = Read(line).Single();
        Assert.Null(result.Error);
        Assert.Equal(expected, SqlBox.Text(result.Row![column]));
    }

    [Theory]
    [InlineData("""{"id": 1, "nope": 2}""", "nope", "No such field: nope.")]
    [InlineData("""{"id": 1, "lines": [{"sku": "x", "nope": 1}]}""", "lines.nope", "No such field: lines.nope.")]
    [InlineData("""{"s": "x"}""", "id", "Missing required field: id.")]
    [InlineData("""{"id": null}""", "id", "Only optional fields can be set to NULL. Field: id; Value: NULL")]
    [InlineData("""{"id": 1, "lines": [{"qty": 1}]}""", "lines.sku", "Missing required field: lines.sku.")]
    [InlineData("""{"id": "x"}""", "id", "Could not convert value to integer. Field: id; Value: x")]
    [InlineData("""{"id": 1.5}""", "id", "Could not convert value to integer. Field: id; Value: 1.5")]
    [InlineData("""{"id": 9223372036854775808}""", "id", "Could not convert value to integer. Field: id; Value: 9223372036854775808")]
    [InlineData("""{"id": 1, "n": "1e30"}""", "n", "Invalid NUMERIC value: 1e30 Field: n; Value: 1e30")]
    [InlineData("""{"id": 1, "t": "2026-02-30"}""", "t", "Couldn't convert value to timestamp: Could not parse '2026-02-30' as a timestamp. Required format is YYYY-MM-DD HH:MM[:SS[.SSSSSS]] or YYYY/MM/DD HH:MM[:SS[.SSSSSS]] Field: t; Value: 2026-02-30")]
    [InlineData("""{"id": 1, "t": "2026-01-31 10:00:00.1234567"}""", "t", null)]
    [InlineData("""{"id": 1, "d": "31.01.2026"}""", "d", null)]
    [InlineData("""{"id": 1, "dt": "2026-01-31T10:00:00Z"}""", "dt", null)]
    [InlineData("""{"id": 1, "s": ["x"]}""", "s", "Array specified for non-repeated field: s.")]
    [InlineData("""{"id": 1, "s": {"x": 1}}""", "s", null)]
    [InlineData("""{"id": 1, "tags": ["x", null]}""", "tags", "Only optional fields can be set to NULL. Field: tags; Value: NULL")]
    [InlineData("""{"id": 1, "lines": [5]}""", "lines", "This field: lines is not a record.")]
    [InlineData("""{"id": 1, "j": 0.12345678901234567890123}""", "j", null)]
    [InlineData("""{"id": 1, "money": 1000}""", "money", "NUMERIC(5, 2) has precision 5 and scale 2 but got a value that is not in range: 1000; Field: money; Value: 1000")]
    [InlineData("""{"id": 1""", "", "Parser terminated before end of string")]
    [InlineData("""[1]""", "", "Start of array encountered without start of object.")]
    public void Mistakes(string line, string field, string? message)
    {
        var results = Read("{\"id\": 0}\n" + line + "\n\n{\"id\": 2}\n").ToList();
        Assert.Equal(3, results.Count);
        var error = results[1].Error!;
        Assert.Equal((2L, 10L, "invalid", field), (error.Row, error.Position, error.Reason, error.Location));
        if (message is not null)
        {
            Assert.Equal("Error while reading data, error message: JSON parsing error in row starting at position 10: " + message, error.LoadMessage);
        }
    }

    [Fact]
    public void UnknownFieldsMayBeIgnored()
    {
        var reader = new RowReader(Fields, new RowReaderOptions { IgnoreUnknownValues = true });
        using var document = JsonDocument.Parse("""{"id": 1, "nope": {"x": 2}}""");
        Assert.Null(reader.ReadJson(document.RootElement, 0).Error);
    }

    [Theory]
    [InlineData("7,hello", "7|hello")]
    [InlineData("7,\"a,\"\"b\"\"\"", "7|a,\"b\"")]
    [InlineData("7,", "7|")]
    [InlineData("x,a", "Could not parse 'x' as INT64 for field id (position 0) starting at location 0 with message 'Unable to parse'")]
    [InlineData("7", "CSV table references column position 1, but line starting at position:0 contains only 1 columns.")]
    [InlineData("7,a,b", "Too many values in row starting at position: 0. Found 3 column(s) while expected 2.")]
    [InlineData(",a", "Required column value for column index: 0 is missing in row starting at position: 0")]
    public void Csv(string line, string expected)
    {
        var result = new RowReader(Fields[..2], new RowReaderOptions()).ReadCsv(new MemoryStream(Encoding.UTF8.GetBytes(line))).Single();
        Assert.Equal(expected, result.Error?.Message ?? SqlBox.Text([result.Row!]));
    }

    [Fact]
    public void LongLinesAreReadWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 5).Select(i => "{\"id\": " + i + ", \"s\": \"" + new string('x', 40_000 * i) + "\"}\n"));
        Assert.Equal([0, 40_000, 80_000, 120_000, 160_000], Read(text).Select(r => ((string)r.Row![1]!).Length));
    }

    [Theory]
    [InlineData(nameof(TimestampFormat.FloatSeconds), "1.769852096123456E9")]
    [InlineData(nameof(TimestampFormat.Int64Micros), "1769852096123456")]
    [InlineData(nameof(TimestampFormat.Iso8601), "2026-01-31T09:34:56.123456Z")]
    public void CellsAreWrittenAsTheServiceDoes(string format, string timestamp)
    {
        object?[] row = [1L, "x", 0.1, null, true, new Instant(1769852096123456), new DateOnly(2026, 1, 31), new DateTime(2026, 1, 31, 10, 0, 0), new TimeOnly(10, 0), JsonText.Parse("{ }"), new byte[] { 1, 2 }, new List<object?> { "a" }, new List<object?> { new object?[] { "x", 2L } }];
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            new CellWriter(Enum.Parse<TimestampFormat>(format)).WriteRow(writer, Fields, row);
        }

        Assert.Equal("""{"f":[{"v":"1"},{"v":"x"},{"v":"0.1"},{"v":null},{"v":"true"},{"v":"TS"},{"v":"2026-01-31"},{"v":"2026-01-31T10:00:00"},{"v":"10:00:00"},{"v":"{}"},{"v":"AQI="},{"v":[{"v":"a"}]},{"v":[{"v":{"f":[{"v":"x"},{"v":"2"}]}}]},{"v":null}]}""".Replace("TS", timestamp, StringComparison.Ordinal),
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static IEnumerable<RowResult> Read(string text) => new RowReader(Fields, new RowReaderOptions()).ReadNdJson(new MemoryStream(Encoding.UTF8.GetBytes(text)));
}
