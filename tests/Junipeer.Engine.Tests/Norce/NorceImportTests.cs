using Junipeer.Norce;
using Junipeer.Operations;
using Junipeer.Tests.Connections;
using Xunit;

namespace Junipeer.Tests.Norce;

/// <summary>What is imported arrives, what is refused is named, and a second time changes nothing.</summary>
[Collection(DataHome.Collection)]
public sealed class NorceImportTests : IClassFixture<DataHome>
{
    [Fact]
    public async Task Stock_arrives_and_sending_it_again_changes_nothing()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 25);
        var rows = parts.Select((p, i) => place.Stock(p, 1000 + i)).ToArray();
        await box.ImportAsync(NorceImportKind.OnHand, rows);
        Assert.True(box.Sink.Job.IsClean, box.Sink.Everything);
        Assert.Empty(box.Sink.Refused);
        var there = await NorceWorld.StockAsync(box, place);
        Assert.All(parts.Select((p, i) => (p, i)), x => Assert.Equal(1000m + x.i, there[x.p].Value));

        await box.ImportAsync(NorceImportKind.OnHand, rows);
        var again = await NorceWorld.StockAsync(box, place);
        Assert.All(parts, p => Assert.Equal(there[p], again[p]));
    }

    [Fact]
    public async Task Prices_arrive_exactly()
    {
        await using var box = await NorceBox.StartAsync();
        var list = await NorceWorld.PriceListAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 10);
        await box.ImportAsync(NorceImportKind.SkuPriceList, parts.Select((p, i) => NorceBox.Row(("PartNo", p), ("PriceListCode", list.Code), ("PriceSale", 100.05m + i))).ToArray());
        Assert.True(box.Sink.Job.IsClean, box.Sink.Everything);
        var prices = await box.FindAsync(box.Connection.Setting.PriceSet, $"PriceListId eq {list.Id}");
        Assert.All(parts.Select((p, i) => (p, i)), x => Assert.Contains(prices, r => Equals(NorceWorld.Value(r, "PartNo"), x.p) && Equals(NorceWorld.Value(r, "PriceSale"), 100.05m + x.i)));
    }

    [Fact]
    public async Task A_job_of_which_rows_fail_names_exactly_those_rows()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 8);
        var rows = parts.Select(p => place.Stock(p, 5)).ToList();
        rows.Insert(2, place.Stock("X-404", 5));
        rows.Insert(6, place.Stock("X-405", 5));
        await box.ImportAsync(NorceImportKind.OnHand, rows);

        Assert.False(box.Sink.Job.IsClean);
        Assert.Equal([3, 7], box.Sink.Refused.Select(r => r.Number!.Value).Order());
        Assert.All(box.Sink.Refused, r => Assert.Equal("Junipeer.Norce.RowFailed", r.ErrorId));
        Assert.All(box.Sink.Refused, r => Assert.StartsWith("X-40", ((IReadOnlyDictionary<string, object?>)r.Row!)["PartNo"]!.ToString(), StringComparison.Ordinal));
        var there = await NorceWorld.StockAsync(box, place);
        Assert.All(parts, p => Assert.Equal(5m, there[p].Value));
    }

    [Fact]
    public async Task Unknown_part_numbers_are_found_before_sending_when_asked()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 50);
        await box.ImportAsync(NorceImportKind.OnHand, [place.Stock("X-404", 1), .. parts.Select(p => place.Stock(p, 1))], r => r with { CheckPartNo = true });
        var refused = Assert.Single(box.Sink.Refused);
        Assert.Equal("Junipeer.Norce.UnknownPartNo", refused.ErrorId);
        Assert.Equal(1, refused.Number);
        Assert.True(box.Sink.Job.IsClean, box.Sink.Everything);
        Assert.Equal(50, box.Sink.Job.Rows);
    }

    [Fact]
    public async Task Rows_are_split_into_jobs_and_rows_with_other_fields_go_by_themselves()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 25);
        var rows = parts.Select((p, i) => i % 5 == 0 ? NorceBox.Row(("PartNo", p), ("WarehouseCode", place.Warehouse), ("LocationCode", place.Location), ("IncomingValue", 3m)) : place.Stock(p, i)).ToArray();
        await box.ImportAsync(NorceImportKind.OnHand, rows, r => r with { JobRows = 8 });
        var jobs = box.Sink.Of<NorceJob>();
        Assert.Equal([4, 5, 8, 8], jobs.Select(j => j.Rows!.Value).Order());
        Assert.All(jobs, j => Assert.True(j.IsClean, box.Sink.Everything));
        Assert.All(jobs, j => Assert.NotEqual(j.Header!.Contains("\"OnhandValue\"", StringComparison.Ordinal), j.Header.Contains("\"IncomingValue\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_waiting_only_the_job_is_told()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        await box.ImportAsync(NorceImportKind.OnHand, [place.Stock((await NorceWorld.PartsAsync(box, 1))[0], 9)], r => r with { NoWait = true });
        Assert.False(box.Sink.Job.IsFinished);
        var later = new NorceBox.Results();
        await new NorceEngine(box.Shelf).GetJobsAsync(box.Connection, [box.Sink.Job.JobId, "1"], TimeSpan.FromSeconds(20), log: true, later, NorceBox.Stop);
        Assert.True(later.Job.IsFinished && later.Job.IsClean, later.Everything);
        Assert.NotEmpty(later.Job.Log!);
        Assert.Equal("Junipeer.Norce.NoSuchJob", Assert.Single(later.Faults).Id);
    }

    [Fact]
    public async Task A_job_that_does_not_end_is_left_with_its_number()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        await box.AdminAsync("faults", new { kind = "job-stuck", mode = "queued", times = 1 });
        await box.ImportAsync(NorceImportKind.OnHand, [place.Stock((await NorceWorld.PartsAsync(box, 1))[0], 9)], r => r with { JobTimeout = TimeSpan.FromSeconds(1) });
        var fault = Assert.Single(box.Sink.Faults);
        Assert.Equal("Junipeer.Norce.JobTimeout", fault.Id);
        Assert.Contains($"Get-NorceJob {box.Sink.Job.JobId} -Wait", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_is_rejected_is_an_error()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        await box.AdminAsync("faults", new { kind = "job-rejected", mode = "failed", times = 1 });
        await box.ImportAsync(NorceImportKind.OnHand, [place.Stock((await NorceWorld.PartsAsync(box, 1))[0], 9)]);
        Assert.Equal(NorceJobStatus.Failed, box.Sink.Job.Status);
        Assert.False(box.Sink.Job.IsClean);
        Assert.Equal("Junipeer.Norce.JobFailed", Assert.Single(box.Sink.Faults).Id);
    }

    [Fact]
    public async Task A_product_comes_into_being_with_its_article()
    {
        await using var box = await NorceBox.StartAsync();
        await box.ImportAsync(NorceImportKind.Product, [NorceWorld.Product("JKT-NEW", "NORD", "N-JKT-NEW", "JKT-NEW-M")], r => r with { CreateOnly = ["Name", "Status"] });
        Assert.True(box.Sink.Job.IsClean, box.Sink.Everything);
        var made = Assert.Single(await box.FindAsync("ProductSkus", "PartNo eq 'JKT-NEW-M'"));
        Assert.Equal(2L, NorceWorld.Value(made, "StatusId"));
    }

    [Fact]
    public async Task A_price_list_comes_into_being_with_its_warehouse()
    {
        await using var box = await NorceBox.StartAsync();
        await box.ImportAsync(NorceImportKind.PriceList, [NorceBox.Row(("Code", "NEW-LIST"), ("Name", "New list"), ("CurrencyCode", "SEK"), ("IsPublic", true),
            ("Warehouses", new object?[] { NorceBox.Row(("Code", "NEW-WH"), ("Name", "New warehouse"), ("Type", "Store"), ("Locations", new object?[] { NorceBox.Row(("Code", "L1"), ("Name", "Shelf")) })) }))]);
        Assert.True(box.Sink.Job.IsClean, box.Sink.Everything);
        Assert.Contains(await box.FindAsync(box.Connection.Setting.PriceListSet), r => Equals(NorceWorld.Value(r, "Agreement"), "NEW-LIST"));
        Assert.Contains(await box.FindAsync(box.Connection.Setting.WarehouseSet), r => Equals(NorceWorld.Value(r, "Code", "WarehouseCode"), "NEW-WH"));
    }

    [Fact]
    public async Task Companies_and_customers_arrive()
    {
        await using var box = await NorceBox.StartAsync();
        var key = box.Server.NorceApplicationKey;
        await box.ImportAsync(NorceImportKind.Company, [NorceBox.Row(("ApplicationKey", key), ("Code", "C-900"), ("Name", "Example Retail AB"), ("OrganizationNo", "556000-0900"), ("IsActive", true))]);
        await box.ImportAsync(NorceImportKind.Company, [NorceBox.Row(("Code", "C-901"), ("Name", "Keyless AB"), ("OrganizationNo", "556000-0901"))]); // gets the application's own key
        await box.ImportAsync(NorceImportKind.Customer, [NorceBox.Row(("ApplicationKey", key), ("Code", "K-900"), ("FirstName", "Test"), ("LastName", "Buyer"), ("EmailAddress", "test.buyer@example.com"))]);
        Assert.All(box.Sink.Of<NorceJob>(), j => Assert.True(j.IsClean, box.Sink.Everything));
        Assert.Single(await box.FindAsync("Companies", "CompanyCode eq 'C-900'"));
        Assert.Single(await box.FindAsync("Companies", "CompanyCode eq 'C-901'"));
        Assert.Single(await box.FindAsync("Customers", "CustomerCode eq 'K-900'"));
    }

    [Fact]
    public async Task Codes_that_do_not_exist_are_refused_before_sending()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var part = (await NorceWorld.PartsAsync(box, 1))[0];
        await box.ImportAsync(NorceImportKind.OnHand, [(place with { Warehouse = "NO-WH" }).Stock(part, 1), (place with { Location = "NO-LOC" }).Stock(part, 1), place.Stock(part, 1), place.Stock(part, 2)]);
        await box.ImportAsync(NorceImportKind.SkuPriceList, [NorceBox.Row(("PartNo", part), ("PriceListCode", "NO-LIST"), ("PriceSale", 5m))]);
        Assert.Equal(["Junipeer.Norce.UnknownWarehouse", "Junipeer.Norce.UnknownWarehouse", "Junipeer.Norce.Duplicate", "Junipeer.Norce.UnknownPriceList"], box.Sink.Refused.Select(r => r.ErrorId));
        Assert.Equal(1, box.Sink.Job.Rows);
    }

    [Fact]
    public async Task A_plan_sends_nothing()
    {
        await using var box = await NorceBox.StartAsync();
        var place = await NorceWorld.PlaceAsync(box);
        var parts = await NorceWorld.PartsAsync(box, 9);
        await box.ImportAsync(NorceImportKind.OnHand, parts.Select(p => place.Stock(p, 1)).ToArray(), r => r with { PlanOnly = true, JobRows = 4 });
        var plan = Assert.Single(box.Sink.Of<NorceImportPlan>());
        Assert.Equal((9, 3), (plan.Rows, plan.Jobs));
        Assert.Equal(0, await box.CountAsync("connect.Product.ImportOnhands"));
    }
}
