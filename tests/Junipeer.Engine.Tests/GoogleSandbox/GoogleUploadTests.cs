using System.Net;
using System.Text;
using Xunit;

namespace Junipeer.Tests.GoogleSandbox;

public sealed class GoogleUploadTests
{
    private const int Unit = GoogleBox.Unit;

    /// <summary>Rows of a bit more than three units; the last chunk is a part of one.</summary>
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(10, 8000).Select(i => $"{{\"id\":{i},\"name\":\"{new string('n', 90)}\"}}\n")));

    [Fact]
    public async Task ChunksOfUnknownLengthBecomeAJob()
    {
        await using var box = await GoogleBox.StartAsync();
        var session = await OpenAsync(box, "up1");
        Assert.Null((await box.PutAsync(session, [], "bytes */*")).Expect((HttpStatusCode)308).Header("Range"));
        Assert.Equal($"bytes=0-{Unit - 1}", (await ChunkAsync(box, session, 0, Unit)).Expect((HttpStatusCode)308).Header("Range"));
        Assert.Equal($"bytes=0-{(3 * Unit) - 1}", (await ChunkAsync(box, session, Unit, 2 * Unit)).Expect((HttpStatusCode)308).Header("Range"));
        Assert.Equal($"bytes=0-{(3 * Unit) - 1}", (await box.PutAsync(session, [], $"bytes */{Data.Length}")).Expect((HttpStatusCode)308).Header("Range"));
        (await box.GetAsync("jobs/up1")).Refused(404, "notFound");

        var done = (await ChunkAsync(box, session, 3 * Unit, Data.Length - (3 * Unit), Data.Length)).Ok();

        Assert.Equal("up1", done.Text("jobReference.jobId"));
        Assert.NotEqual("DONE", done.Text("status.state"));
        var job = await box.DoneAsync("up1");
        Assert.Equal("8000", job.Text("statistics.load.outputRows"));
        Assert.Equal(Data.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), job.Text("statistics.load.inputFileBytes"));
        Assert.Equal(8003, (await box.DumpAsync("existing.fruit")).Length);
        Assert.Equal("up1", (await box.PutAsync(session, [], "bytes */*")).Ok().Text("jobReference.jobId"));
        Assert.Equal(8003, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task WholeUnitsEndWithTheirTotal()
    {
        await using var box = await GoogleBox.StartAsync();
        var data = Data[..Unit];
        data[^1] = (byte)'\n';
        var session = await OpenAsync(box, "up2", ",\"maxBadRecords\":1");
        (await box.PutAsync(session, data, $"bytes 0-{Unit - 1}/*")).Expect((HttpStatusCode)308);
        (await box.PutAsync(session, [], $"bytes */{Unit}")).Ok();
        await box.DoneAsync("up2");
    }

    [Fact]
    public async Task OneRequestCanCarryAll()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.PutAsync(await OpenAsync(box, "up3"), Data, null)).Ok();
        Assert.Equal("8000", (await box.DoneAsync("up3")).Text("statistics.load.outputRows"));
    }

    [Theory]
    [InlineData(0, 1000, null, "recommended to be the exact multiple of 262144")]
    [InlineData(0, Unit + 1, null, "exact multiple")]
    [InlineData(Unit, Unit, null, "exceeds already uploaded size of 0")]
    [InlineData(-1, 0, null, "Failed to parse Content-Range")]
    public async Task ABadChunkIsRefusedAndTheSessionLives(int from, int length, long? total, string says)
    {
        await using var box = await GoogleBox.StartAsync();
        var session = await OpenAsync(box, "up4");
        var reply = from < 0 ? await box.PutAsync(session, [1], "bytes 5-1/*") : await ChunkAsync(box, session, from, length, total);
        reply.Refused(400, "badRequest", says);
        Assert.Null((await box.PutAsync(session, [], "bytes */*")).Expect((HttpStatusCode)308).Header("Range"));
    }

    [Fact]
    public async Task LengthsMustAgree()
    {
        await using var box = await GoogleBox.StartAsync();
        var session = await OpenAsync(box, "up5");
        (await box.PutAsync(session, Data[..1000], $"bytes 0-{Unit - 1}/*")).Refused(400, "badRequest", "Content-Length");
        (await ChunkAsync(box, session, 0, Unit, 10 * Unit)).Expect((HttpStatusCode)308);
        (await ChunkAsync(box, session, Unit, Unit, 9 * Unit)).Refused(400, "badRequest", "total size");
        var declared = (await box.SessionAsync(GoogleBox.LoadBody("existing.fruit"), null, ("X-Upload-Content-Length", "10"))).Ok().Header("Location")!;
        (await box.PutAsync(declared, Data[..20], "bytes 0-19/20")).Refused(400, "badRequest", "X-Upload-Content-Length");
    }

    [Fact]
    public async Task OverlappingChunksAreTakenOnce()
    {
        await using var box = await GoogleBox.StartAsync();
        var session = await OpenAsync(box, "up6");
        await ChunkAsync(box, session, 0, 2 * Unit);
        Assert.Equal($"bytes=0-{(3 * Unit) - 1}", (await ChunkAsync(box, session, Unit, 2 * Unit)).Header("Range"));
        (await ChunkAsync(box, session, 3 * Unit, Data.Length - (3 * Unit), Data.Length)).Ok();
        Assert.Equal("8000", (await box.DoneAsync("up6")).Text("statistics.load.outputRows"));
    }

    [Theory]
    [InlineData("404")]
    [InlineData("410")]
    public async Task SessionsEnd(string status)
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("quirks", $$"""{"goneSession":"{{status}}"}""");
        var session = await OpenAsync(box, "up7");
        await box.AdminAsync("clock", """{"advanceSeconds":604801}""");
        (await box.PutAsync(session, [], "bytes */*")).Refused(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), "notFound");
        (await box.PutAsync(session.Replace("upload_id=", "upload_id=x", StringComparison.Ordinal), [], "bytes */*")).Refused(404, "notFound");
    }

    [Fact]
    public async Task ADuplicateShowsOnlyAfterAllBytes()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.LoadAsync("existing.fruit", "{\"id\":4}", id: "same");
        var session = await OpenAsync(box, "same");
        (await ChunkAsync(box, session, 0, Unit)).Expect((HttpStatusCode)308);
        (await ChunkAsync(box, session, Unit, Data.Length - Unit, Data.Length)).Refused(409, "duplicate", "Already Exists: Job sandbox-project:US.same");
        Assert.Equal(4, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task TheStartIsChecked()
    {
        await using var box = await GoogleBox.StartAsync();
        (await box.SessionAsync("""{"configuration":{"load":{}}}""")).Refused(400, "required", "destinationTable");
        (await box.SessionAsync("""{"configuration":{"query":{"query":"SELECT 1"}}}""")).Refused(400, "invalid");
        (await box.SessionAsync(GoogleBox.LoadBody("existing.fruit"), string.Empty)).Refused(401, "required");
        (await box.SendAsync("POST", "upload/bigquery/v2/projects/sandbox-project/jobs", new StringContent("{}"))).Refused(400, "badRequest", "uploadType");
        (await box.SendAsync("POST", "upload/bigquery/v2/projects/sandbox-project/jobs?uploadType=media", new StringContent("{}"))).Refused(400, "invalid");
        (await box.SendAsync("POST", "upload/bigquery/v2/projects/sandbox-project/jobs?uploadType=multipart", new StringContent("{}"))).Refused(400, "badRequest", "boundary");
        (await box.SendAsync("POST", "upload/bigquery/v2/projects/sandbox-project/jobs?uploadType=multipart", new MultipartContent("related", "b") { new StringContent(GoogleBox.LoadBody("existing.fruit"), Encoding.UTF8, "application/json") })).Refused(400, "badRequest", "2 parts");
        var packed = new ByteArrayContent(GoogleBox.Gzip(GoogleBox.LoadBody("existing.fruit")));
        packed.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        var started = (await box.SendAsync("POST", "resumable/upload/bigquery/v2/projects/sandbox-project/jobs?uploadType=resumable", packed)).Ok();
        Assert.Contains("upload_id=", started.Header("Location"));
        (await box.SendAsync("PUT", started.Header("Location")!, new ByteArrayContent([]), "ya29.dead")).Refused(401, "authError");
    }

    [Theory]
    [InlineData("drop-mid-upload")]
    [InlineData("fail-mid-upload")]
    public async Task AChunkCanBreakInTheMiddle(string kind)
    {
        await using var box = await GoogleBox.StartAsync();
        var session = await OpenAsync(box, "up8");
        await ChunkAsync(box, session, 0, Unit);
        await box.FaultAsync($$$"""{"kind":"{{{kind}}}","match":{"resource":"upload.chunk"},"bytes":{{{Unit + 5000}}}}""");
        if (kind[0] == 'd') await Assert.ThrowsAsync<HttpRequestException>(() => ChunkAsync(box, session, Unit, 2 * Unit));
        else (await ChunkAsync(box, session, Unit, 2 * Unit)).Refused(503, "backendError");
        Assert.Equal($"bytes=0-{(2 * Unit) - 1}", (await box.PutAsync(session, [], "bytes */*")).Header("Range"));
        (await ChunkAsync(box, session, 2 * Unit, Data.Length - (2 * Unit), Data.Length)).Ok();
        Assert.Equal("8000", (await box.DoneAsync("up8")).Text("statistics.load.outputRows"));
    }

    [Fact]
    public async Task AMultipartUploadCanBreakToo()
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync("""{"kind":"fail-mid-upload","match":{"queryContains":"uploadType=multipart"}}""");
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "mp"), Data)).Refused(503, "backendError");
        (await box.GetAsync("jobs/mp")).Refused(404, "notFound");
        (await box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "mp"), Data)).Ok();
        Assert.Equal("8000", (await box.DoneAsync("mp")).Text("statistics.load.outputRows"));
    }

    [Fact]
    public async Task ABigUploadGoesThroughAFile()
    {
        await using var box = await GoogleBox.StartAsync();
        var rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(10, 200).Select(i => $"{{\"id\":{i},\"name\":\"{new string('n', 100_000)}\"}}\n")));
        (await box.PutAsync(await OpenAsync(box, "big"), rows, null)).Ok();
        Assert.Equal("200", (await box.DoneAsync("big")).Text("statistics.load.outputRows"));
        Assert.Equal(203, (await box.DumpAsync("existing.fruit")).Length);
        var twice = GoogleBox.Gzip("{\"id\":1}\n").Concat(GoogleBox.Gzip("{\"id\":2}\n{\"id\":3}\n")).ToArray();
        (await box.PutAsync(await OpenAsync(box, "two"), twice, null)).Ok();
        Assert.Equal("3", (await box.DoneAsync("two")).Text("statistics.load.outputRows"));
    }

    [Fact]
    public async Task AnAnswerCanBeShort()
    {
        await using var box = await GoogleBox.StartAsync();
        var session = await OpenAsync(box, "up9");
        await box.FaultAsync($$$"""{"kind":"short-range","match":{"resource":"upload.chunk"},"bytes":{{{Unit}}}}""");
        Assert.Equal($"bytes=0-{Unit - 1}", (await ChunkAsync(box, session, 0, 3 * Unit)).Expect((HttpStatusCode)308).Header("Range"));
        (await ChunkAsync(box, session, Unit, Data.Length - Unit, Data.Length)).Ok();
        Assert.Equal("8000", (await box.DoneAsync("up9")).Text("statistics.load.outputRows"));
    }

    [Theory]
    [InlineData("upload.start", "before", false)]
    [InlineData("upload.start", "after", false)]
    [InlineData("upload.chunk", "before", false)]
    [InlineData("upload.chunk", "after", true)]
    public async Task EveryStepCanFailWith503(string step, string when, bool jobMade)
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync($$$"""{"kind":"status","match":{"resource":"{{{step}}}"},"when":"{{{when}}}"}""");
        if (step == "upload.start")
        {
            (await box.SessionAsync(GoogleBox.LoadBody("existing.fruit", "f1"))).Refused(503, "backendError");
            Assert.Equal(when == "after" ? 1 : 0, (await box.LookAsync("status")).GetProperty("uploads").GetProperty("open").GetInt32());
            return;
        }

        var session = await OpenAsync(box, "f1");
        (await ChunkAsync(box, session, 0, Data.Length, Data.Length)).Refused(503, "backendError");
        if (jobMade) await box.DoneAsync("f1");
        else (await box.GetAsync("jobs/f1")).Refused(404, "notFound");
        Assert.Equal(jobMade ? HttpStatusCode.OK : (HttpStatusCode)308, (await box.PutAsync(session, [], $"bytes */{Data.Length}")).Status);
    }

    [Theory]
    [InlineData("drop-before", 3)]
    [InlineData("drop-after", 4)]
    public async Task AnAnswerCanBeLost(string kind, int rows)
    {
        await using var box = await GoogleBox.StartAsync();
        await box.FaultAsync($$$"""{"kind":"{{{kind}}}","match":{"resource":"upload.start"}}""");
        await Assert.ThrowsAsync<HttpRequestException>(() => box.MultipartAsync(GoogleBox.LoadBody("existing.fruit", "lost"), "{\"id\":4}\n"u8.ToArray()));
        if (rows == 4) await box.DoneAsync("lost");
        else (await box.GetAsync("jobs/lost")).Refused(404, "notFound");
        Assert.Equal(rows, (await box.DumpAsync("existing.fruit")).Length);
    }

    [Fact]
    public async Task ASessionCanVanish()
    {
        await using var box = await GoogleBox.StartAsync();
        var session = await OpenAsync(box, "g");
        await ChunkAsync(box, session, 0, Unit);
        await box.FaultAsync("""{"kind":"session-gone","match":{"resource":"upload.chunk"}}""");
        (await ChunkAsync(box, session, Unit, Unit)).Refused(404, "notFound");
        (await box.PutAsync(session, [], "bytes */*")).Refused(404, "notFound");
    }

    [Theory]
    [InlineData("rows", "8000")]
    [InlineData("bytes", "0")]
    public async Task UploadsCanBeDiscarded(string mode, string rows)
    {
        await using var box = await GoogleBox.StartAsync();
        await box.AdminAsync("uploads", $$"""{"discardUploads":"{{mode}}"}""");
        var packed = GoogleBox.Gzip(Encoding.UTF8.GetString(Data));
        (await box.PutAsync(await OpenAsync(box, "d1"), packed, null)).Ok();
        Assert.Equal(rows, (await box.DoneAsync("d1")).Text("statistics.load.outputRows"));
        Assert.Equal(3, (await box.DumpAsync("existing.fruit")).Length);
        Assert.Equal(packed.Length, (await box.LookAsync("counters")).GetProperty("totals").GetProperty("uploadedBytes").GetInt32());
    }

    private static async Task<string> OpenAsync(GoogleBox box, string id, string more = "")
    {
        var reply = (await box.SessionAsync(GoogleBox.LoadBody("existing.fruit", id, more))).Ok();
        Assert.Equal(string.Empty, reply.Body);
        return reply.Header("Location")!;
    }

    private static Task<GoogleReply> ChunkAsync(GoogleBox box, string session, int from, int length, long? total = null) =>
        box.PutAsync(session, [.. Data.Skip(from).Take(length)], $"bytes {from}-{from + length - 1}/{(total is null ? "*" : total)}");
}
