using System.Text;
using Junipeer.Norce;
using Junipeer.Norce.Importing;
using Junipeer.Operations;
using Junipeer.Tests.Connections;
using Xunit;

namespace Junipeer.Tests.Norce;

/// <summary>Answers that are lost, commands that are killed, and full files, which must never be sent by mistake.</summary>
[Collection(DataHome.Collection)]
public sealed class NorceImportFaultTests : IClassFixture<DataHome>
{
    [Theory]
    [InlineData("drop-after")]
    [InlineData("drop-before")]
    [InlineData("status")]
    public async Task A_lost_answer_loses_no_row(string kind)
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 7);
        await box.AdminAsync("faults", new { kind, match = new { pathContains = "ImportOnhands" }, times = 1 });
        await box.ImportAsync(NorceImportKind.OnHand, parts.Select(p => place.Stock(p, 77)).ToArray());
        Assert.True(box.Sink.Job.IsClean, box.Sink.Everything);
        var there = await NorceWorld.StockAsync(box, place);
        Assert.All(parts, p => Assert.Equal(77m, there[p].Value));

        // What Norce did take is found in its list of jobs and not sent a second time.
        Assert.Equal(kind == "drop-after" ? 1 : 2, await box.CountAsync("connect.Product.ImportOnhands"));
    }

    [Theory]
    [InlineData("jobPath", "plain")]
    [InlineData("jobPath", "api")]
    [InlineData("insertCounter", "Inserts")]
    [InlineData("partialStatus", "3")]
    public async Task What_is_not_documented_may_be_either_way(string quirk, string value)
    {
        await using var box = await NorceBox.StartAsync();
        await box.AdminAsync("quirks", new Dictionary<string, string> { [quirk] = value }, HttpMethod.Put);
        await box.AdminAsync("faults", new { kind = "job-lost", rows = 2, times = 1 });
        var place = await NorceWorld.PlaceAsync(box);
        var part = (await NorceWorld.PartsAsync(box, 1))[0];
        await box.ImportAsync(NorceImportKind.OnHand, [place.Stock(part, 31), place.Stock("X-404", 1)]);
        Assert.True(box.Sink.Job.IsFinished, box.Sink.Everything);
        Assert.Equal(1, box.Sink.Job.Failed);
        Assert.Equal(2, Assert.Single(box.Sink.Refused).Number);
        Assert.Equal(31m, (await NorceWorld.StockAsync(box, place))[part].Value);
    }

    [Fact]
    public async Task A_job_that_is_too_large_is_sent_in_halves()
    {
        await using var box = await NorceBox.StartAsync();
        await box.AdminAsync("limits", new { importRows = 4 });
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 10);
        await box.ImportAsync(NorceImportKind.OnHand, parts.Select(p => place.Stock(p, 66)).ToArray());
        Assert.All(box.Sink.Of<NorceJob>(), j => Assert.InRange(j.Rows!.Value, 1, 4));
        Assert.Equal(10, box.Sink.Of<NorceJob>().Sum(j => j.Rows));
        var there = await NorceWorld.StockAsync(box, place);
        Assert.All(parts, p => Assert.Equal(66m, there[p].Value));
    }

    [Fact]
    public async Task What_a_killed_command_left_is_settled_before_anything_new()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 3);
        await box.AdminAsync("faults", new { kind = "drop-before", match = new { pathContains = "ImportOnhands" }, times = 1 });
        await LeaveAsync(box, "Looking whether", [place.Stock(parts[0], 41), place.Stock(parts[1], 41)]);
        Assert.NotEmpty(Directory.EnumerateFiles(ImportJournal.FolderOf(box.Connection), "*.journal"));

        await box.ImportAsync(NorceImportKind.OnHand, [place.Stock(parts[1], 42), place.Stock(parts[2], 42)]);
        Assert.Contains(box.Sink.Warnings, w => w.Contains("earlier import", StringComparison.Ordinal));
        var there = await NorceWorld.StockAsync(box, place);
        Assert.Equal([41m, 42m, 42m], parts.Select(p => there[p].Value!.Value));
        Assert.Empty(Directory.EnumerateFiles(ImportJournal.FolderOf(box.Connection)));
    }

    [Fact]
    public async Task The_job_of_another_program_is_not_taken_for_what_was_left()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 3);
        var list = await NorceWorld.PriceListAsync(box);
        await box.AdminAsync("faults", new { kind = "drop-before", match = new { pathContains = "ImportOnhands" }, times = 1 });
        await LeaveAsync(box, "Looking whether", [place.Stock(parts[0], 41), place.Stock(parts[1], 41)]);
        await using (var other = box.Client())
        {
            var headers = new Dictionary<string, string> { ["X-StormConnect-Header"] = $$"""{"AccountId":{{box.Connection.AccountId}},"FullFile":false,"SkuPriceListFieldsThatAreSet":["PriceSale"]}""" };
            var body = $$"""[{"PartNo":"{{parts[0]}}","PriceListCode":"{{list.Code}}","PriceSale":5},{"PartNo":"{{parts[1]}}","PriceListCode":"{{list.Code}}","PriceSale":5}]""";
            Assert.NotNull((await other.PostAsync(NorceClient.ConnectPath("Product/ImportSkuPriceLists"), Encoding.UTF8.GetBytes(body), headers, JobApi.Receipt, box.Sink, NorceBox.Stop)).JobId);
        }

        await box.ImportAsync(NorceImportKind.OnHand, [place.Stock(parts[2], 42)]);
        var there = await NorceWorld.StockAsync(box, place);
        Assert.Equal([41m, 41m, 42m], parts.Select(p => there[p].Value!.Value));
    }

    [Fact]
    public async Task A_left_job_that_does_not_end_holds_back_what_is_newer()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 2);
        await box.AdminAsync("faults", new { kind = "job-stuck", mode = "running", match = new { jobContains = "ImportOnhands" }, times = 1 });
        await LeaveAsync(box, " rows, ", parts.Select(p => place.Stock(p, 41)).ToArray());
        var newer = parts.Select(p => place.Stock(p, 42)).ToArray();
        for (var time = 0; time < 2; time++)
            Assert.Equal("Junipeer.Norce.UnfinishedImport", (await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.OnHand, newer, r => r with { JobTimeout = TimeSpan.FromMilliseconds(300) }))).Id);
        Assert.Equal(1, await box.CountAsync("connect.Product.ImportOnhands"));

        await box.AdminAsync("faults", method: HttpMethod.Delete);
        await box.ImportAsync(NorceImportKind.OnHand, newer);
        var there = await NorceWorld.StockAsync(box, place);
        Assert.All(parts, p => Assert.Equal(42m, there[p].Value));
        Assert.Empty(Directory.EnumerateFiles(ImportJournal.FolderOf(box.Connection)));
    }

    [Fact]
    public async Task A_full_file_deactivates_the_rest_and_no_more_than_allowed()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var active = (await NorceWorld.StockAsync(box, place)).Where(s => s.Value.Active).Select(s => s.Key).ToArray();
        Assert.True(active.Length >= 20, $"The world has {active.Length} active stock rows.");
        NorceImportRequest Full(NorceImportRequest request) => request with { FullFile = true, JobRows = 100_000 };

        var many = await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.OnHand, active.Take(active.Length / 2).Select(p => place.Stock(p, 3)).ToArray(), Full));
        Assert.Equal("Junipeer.Norce.FullFileTooMany", many.Id);
        Assert.All((await NorceWorld.StockAsync(box, place)).Where(s => active.Contains(s.Key)), s => Assert.True(s.Value.Active));

        await box.ImportAsync(NorceImportKind.OnHand, active.Skip(2).Select(p => place.Stock(p, 3)).ToArray(), Full);
        var there = await NorceWorld.StockAsync(box, place);
        Assert.All(active.Take(2), p => Assert.False(there[p].Active));
        Assert.All(active.Skip(2), p => Assert.True(there[p].Active));
    }

    [Fact]
    public async Task A_full_file_is_one_job_of_good_rows_or_none()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 5);
        var rows = parts.Select(p => place.Stock(p, 3)).ToArray();
        Assert.Equal("Junipeer.Norce.FullFileSplit", (await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.OnHand, rows, r => r with { FullFile = true, JobRows = 3 }))).Id);
        IReadOnlyDictionary<string, object?> bad = NorceBox.Row(("PartNo", "A"), ("WarehouseCode", "nowhere"), ("LocationCode", "x"), ("OnhandValue", 1));
        Assert.Equal("Junipeer.Norce.FullFileIncomplete", (await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.OnHand, [.. rows, bad], r => r with { FullFile = true }))).Id);
        Assert.Equal("Junipeer.Norce.FullFileUnknown", (await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.Product, [NorceWorld.Product("c", "m", "p", "s")], r => r with { FullFile = true }))).Id);
        Assert.Equal("Junipeer.Norce.NoFullFile", (await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.Customer, [], r => r with { FullFile = true }))).Id);
        Assert.Empty(box.Sink.Of<NorceJob>());
    }

    [Fact]
    public async Task A_full_file_whose_answer_is_lost_is_not_sent_again_unasked()
    {
        await using var box = await NorceBox.StartAsync();
        box.Connection = box.Connection with { Setting = box.Connection.Setting with { JobListOperation = "NoList" } };
        var place = await NorceWorld.PlaceAsync(box);
        var rows = (await NorceWorld.StockAsync(box, place)).Where(s => s.Value.Active).Select(s => place.Stock(s.Key, 3)).ToArray();
        NorceImportRequest Full(NorceImportRequest request) => request with { FullFile = true, JobRows = 100_000 };

        await box.AdminAsync("faults", new { kind = "drop-before", match = new { pathContains = "ImportOnhands" }, times = 1 });
        Assert.Equal("Junipeer.Norce.OutcomeUnknown", (await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.OnHand, rows, Full))).Id);
        Assert.Equal("Junipeer.Norce.UnfinishedImport", (await NorceBox.FaultOf(() => box.ImportAsync(NorceImportKind.OnHand, rows, Full))).Id);
        Assert.Empty(box.Sink.Of<NorceJob>());

        await box.ImportAsync(NorceImportKind.OnHand, rows[..1], r => r with { Unfinished = NorceUnfinished.Forget });
        Assert.True(box.Sink.Job.IsClean, box.Sink.Everything);
    }

    /// <summary>An import that ends when it says something: what is on disk then is what a kill leaves.</summary>
    private static async Task LeaveAsync(NorceBox box, string saying, IReadOnlyList<IReadOnlyDictionary<string, object?>> rows)
    {
        using var stop = new CancellationTokenSource();
        var import = new NorceImport(box.Client(), new NorceImportRequest { Connection = box.Connection, Kind = NorceImportKind.OnHand });
        await import.WriteAsync(rows, box.Sink, NorceBox.Stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import.CompleteAsync(new Stopping(stop, saying), stop.Token));
        await import.DisposeAsync();
    }

    /// <summary>Stops the command when it says something.</summary>
    private sealed class Stopping(CancellationTokenSource stop, string saying) : IOperationSink
    {
        public ValueTask WriteAsync(object result, CancellationToken stop) => ValueTask.CompletedTask;

        public void Fault(JunipeerFault fault)
        {
        }

        public void Warning(string message)
        {
        }

        public void Verbose(string message)
        {
            if (message.Contains(saying, StringComparison.Ordinal)) stop.Cancel();
        }

        public void Debug(string message)
        {
        }

        public void Progress(OperationProgress progress)
        {
        }
    }
}
