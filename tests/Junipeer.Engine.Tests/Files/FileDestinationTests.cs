using System.IO.Compression;
using System.Text.Json;
using Junipeer.Engine.Tests.Warehouses;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Engine.Tests.Files;

public sealed class FileDestinationTests : FileTest
{
    [Fact]
    public async Task Each_line_is_an_envelope_around_the_untouched_document()
    {
        var run = Kit.Run("run \"7\"");
        await using (var files = FileDestination.Open(Folder))
        {
            await using var writer = await files.OpenAsync(OrderBatch.Schema(), run, Stop);
            using var batch = Documents(("{ \"id\": 1, \"price\": 1.10 }", 638_000_000_000_000_000), ("{\"id\":2,\"name\":\"a\\nb ö\"}", 0));
            var written = await writer.WriteAsync(batch, "p1", Stop);
            Assert.Equal(new WriteOutcome(null, null, 2), written);
            await writer.CommitAsync(new Commit { Bookmark = Open("p1") }, Stop);
            await writer.CloseAsync(WarehouseKit.Result("order", run.RunId), Stop);
            Assert.Equal([Path.Combine(Folder, "order-20260301T073015Z-1.ndjson")], writer.Output);
        }

        Assert.Equal(
            """
            {"resource":"order","key":1,"runId":"run \u00227\u0022","passId":"p1","loadedAt":"2026-03-01T08:00:00.000Z","sourceUpdatedAt":"2022-09-28T22:13:20.000Z","document":{ "id": 1, "price": 1.10 }}
            {"resource":"order","key":2,"runId":"run \u00227\u0022","passId":"p1","loadedAt":"2026-03-01T08:00:00.000Z","sourceUpdatedAt":null,"document":{"id":2,"name":"a\nb ö"}}

            """.ReplaceLineEndings("\n"), await File.ReadAllTextAsync(Path.Combine(Folder, "order-20260301T073015Z-1.ndjson"), Stop));
    }

    [Fact]
    public async Task A_document_printed_over_several_lines_becomes_one_line()
    {
        await WriteAsync("p1", "{\r\n  \"id\" : 1,\n  \"text\": \"two  blanks \\\" \\\\\",\n\t\"list\": [ 1,\n 2 ]\n}");
        var line = Assert.Single(Lines("order-20260301T073015Z-1.ndjson"));
        Assert.EndsWith("\"document\":{\"id\":1,\"text\":\"two  blanks \\\" \\\\\",\"list\":[1,2]}}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gzip_holds_the_same_lines()
    {
        await WriteAsync("p1", "{\"id\":1}", compress: true);
        var name = Path.Combine(Folder, "order-20260301T073015Z-1.ndjson.gz");
        await using var zip = new GZipStream(File.OpenRead(name), CompressionMode.Decompress);
        using var line = JsonDocument.Parse(await new StreamReader(zip).ReadToEndAsync(Stop));
        Assert.Equal(1, line.RootElement.GetProperty("document").GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Keys_of_several_columns_are_an_array_and_text_is_escaped()
    {
        var table = new TableSchema("price", [new Column("code", "code", ColumnType.Text), new Column("list", "list", ColumnType.Integer)], 2, null);
        var schema = new ResourceSchema("price", [table]);
        await using var files = FileDestination.Open(Folder);
        await using var writer = await files.OpenAsync(schema, Kit.Run(), Stop);
        using var batch = new RecordBatch(schema) { LoadedAt = Began };
        var code = "a\"b"u8.ToArray();
        batch.Add(new RecordInfo(batch.Append("{}"u8), 2, 0, 0));
        batch.Tables[0].Add([new Cell(CellKind.Text, 0, batch.Append(code), code.Length), new Cell(CellKind.Integer, -5, 0, 0)], 0);
        await writer.WriteAsync(batch, "p", Stop);
        await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        using var line = JsonDocument.Parse(await File.ReadAllTextAsync(Assert.Single(writer.Output), Stop));
        Assert.Equal("[\"a\\u0022b\",-5]", line.RootElement.GetProperty("key").GetRawText());
    }

    [Fact]
    public async Task Every_commit_ends_a_file_and_the_numbers_go_on_in_the_next_run()
    {
        await WriteAsync("p1", "{\"id\":1}");
        await WriteAsync("p1", "{\"id\":2}", compress: true);
        await WriteAsync("p1", "{\"id\":3}");
        await WriteAsync("p1", "{\"id\":1}", resource: "order-row");
        Assert.Equal(
            ["order-20260301T073015Z-1.ndjson", "order-20260301T073015Z-2.ndjson.gz", "order-20260301T073015Z-3.ndjson", "order-row-20260301T073015Z-1.ndjson"], Names());
        Assert.Contains("\"id\":1", Assert.Single(Lines("order-20260301T073015Z-1.ndjson")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_without_documents_makes_no_file_but_keeps_the_bookmark()
    {
        await using (var files = FileDestination.Open(Folder))
        {
            await using var writer = await files.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
            Assert.Equal(Bookmark.None, writer.Bookmark);
            Assert.Null(await writer.KnownIdsAsync(Stop));
            await writer.CommitAsync(new Commit { Bookmark = Open("p1", "{plan}") }, Stop);
        }

        Assert.Empty(Names());
        await using var again = FileDestination.Open(Folder);
        await using var next = await again.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        Assert.Equal(Open("p1", "{plan}"), next.Bookmark);
        await using var oneOff = FileDestination.Open(Folder);
        await using var other = await oneOff.OpenAsync(OrderBatch.Schema("product"), Kit.Run() with { KeepsBookmark = false }, Stop);
        Assert.Equal(Bookmark.None, other.Bookmark);
    }

    [Fact]
    public async Task A_run_of_its_own_moves_no_bookmark()
    {
        await WriteAsync("p1", "{\"id\":1}");
        await using (var files = FileDestination.Open(Folder))
        {
            await using var writer = await files.OpenAsync(OrderBatch.Schema(), Kit.Run() with { KeepsBookmark = false }, Stop);
            using var batch = Documents(("{\"id\":9}", 0));
            await writer.WriteAsync(batch, "ids", Stop);
            await writer.CommitAsync(new Commit { Bookmark = Bookmark.None }, Stop);
        }

        Assert.Contains("order-20260301T080000Z-1.ndjson", Names());
        await using var again = FileDestination.Open(Folder);
        await using var next = await again.OpenAsync(OrderBatch.Schema(), Kit.Run(), Stop);
        Assert.Equal(Open("p1"), next.Bookmark);
    }
}
