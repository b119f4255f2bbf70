using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Junipeer.Connections;
using Junipeer.Demo;
using Junipeer.Export;
using Junipeer.Sandbox;

// The main job on a machine with nothing but the .NET SDK: a Brightpearl account that runs on this machine, exported into a
// SQLite warehouse (or, with --warehouse bigquery, into a BigQuery that runs here too), changed, exported again, and compared
// with the account's own truth.
Console.OutputEncoding = Encoding.UTF8;
var orders = args.SkipWhile(a => a != "--orders").Skip(1).Select(a => int.Parse(a, CultureInfo.InvariantCulture)).FirstOrDefault(5000);
var usesBigQuery = args.SkipWhile(a => a != "--warehouse").Skip(1).FirstOrDefault("sqlite").Equals("bigquery", StringComparison.OrdinalIgnoreCase);
var database = Path.GetFullPath(args.SkipWhile(a => a != "--database").Skip(1).FirstOrDefault("junipeer-demo.db"));
foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(database + suffix);

using var stopper = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopper.Cancel();
};

var watch = Stopwatch.StartNew();
await using var sandbox = await SandboxServer.StartAsync(
    new SandboxOptions { Port = 0, Orders = orders, Quota = 200, QuotaWindow = TimeSpan.FromSeconds(5) }, stopper.Token);
Console.WriteLine($"Brightpearl sandbox on {sandbox.BrightpearlUri}: {orders:N0} orders, 200 requests per 5 s. Ready after {watch.Elapsed.TotalSeconds:F1} s.");

var secrets = new MemorySecrets();
var secret = secrets.Put("demo", sandbox.StaffToken);
var engine = new Junipeer.JunipeerEngineFactory().Create(secrets);
var connection = new BrightpearlConnection
{
    Name = "demo",
    BaseUri = sandbox.BrightpearlUri,
    AccountCode = sandbox.Account,
    AppReference = sandbox.AppReference,
    Kind = BrightpearlAuthentication.StaffToken,
    SecretReference = secret,
};
var request = new ExportRequest
{
    Connection = connection,
    Resources = ["Standard"],
    Target = ExportTarget.Warehouse,
    Path = usesBigQuery ? null : database,
    Warehouse = usesBigQuery ? BigQuery() : null,
    QuotaShare = 0.95,
};

using var admin = new HttpClient { BaseAddress = sandbox.AdminUri };
using var google = new HttpClient { BaseAddress = sandbox.GoogleAdminUri };
var copy = usesBigQuery ? new BigQueryCopy(google, $"{sandbox.GoogleProject}.demo", database) : null;
var comparison = new Comparison(admin, database);

Console.WriteLine($"\nFirst export, everything, into {(usesBigQuery ? $"BigQuery, dataset {sandbox.GoogleProject}.demo at {sandbox.GoogleUri}" : database)}");
var equal = await RoundAsync(request);

Console.WriteLine("\nThe account changes: new, edited and deleted orders, removed rows, prices, stock, products, contacts.");
await ChangeTheWorldAsync();

// Prices show no change date, so a run sees a change of price only when the snapshot is due: here at once.
Console.WriteLine("\nSecond export, what changed");
equal &= await RoundAsync(request with { FullEvery = TimeSpan.Zero });

Console.WriteLine($"\n{(equal ? "Equal: every record, every value." : "NOT EQUAL.")} {watch.Elapsed.TotalSeconds:F1} s in all.");
return equal ? 0 : 1;

async Task<bool> RoundAsync(ExportRequest round)
{
    var sink = new ConsoleSink();
    await engine.ExportAsync(round, sink, stopper.Token);
    if (copy is not null) await copy.RunAsync(stopper.Token);
    var rows = await comparison.CompareAsync(sink.Results, stopper.Token);
    Table.Print(rows);
    foreach (var difference in rows.SelectMany(r => r.Differences.Take(5))) Console.WriteLine($"  ! {difference}");
    IReadOnlyList<string> staged = copy is null ? [] : await copy.StagedAsync(stopper.Token);
    foreach (var left in staged) Console.WriteLine($"  ! left behind: {left}");
    return sink.Faults == 0 && staged.Count == 0 && rows.All(r => r.IsEqual);
}

BigQueryConnection BigQuery() => new()
{
    Name = "demo-warehouse",
    Project = sandbox.GoogleProject,
    Dataset = "demo",
    Location = "EU",
    Kind = BigQueryAuthentication.ServiceAccount,
    BaseUri = sandbox.GoogleUri,
    SecretReference = secrets.Put("key", sandbox.GoogleServiceAccountKey),
};

async Task ChangeTheWorldAsync()
{
    // An order that was paid, shipped or noted upon leaves traces elsewhere; the ones to delete have none.
    var taken = new HashSet<long>();
    foreach (var (resource, property) in new[] { ("goods-out-note", "orderId"), ("goods-in-note", "orderId"), ("order-note?view=rows", "orderId"), ("customer-payment", "orderId"), ("supplier-payment", "orderId"), ("journal?view=rows", "orderId") })
    {
        await foreach (var document in comparison.DumpAsync(resource, stopper.Token)) taken.Add(document.GetProperty(property).GetInt64());
    }

    var deleted = new List<long>();
    await foreach (var document in comparison.DumpAsync("order", stopper.Token))
    {
        var id = document.GetProperty("id").GetInt64();
        if (deleted.Count < 8 && !taken.Contains(id)) deleted.Add(id);
    }

    var actions = new object[]
    {
        new { @do = "create-order", count = 25 },
        new { @do = "touch-order", count = 40 },
        new { @do = "edit-order-rows", count = 20 },
        new { @do = "remove-order-row", count = 10 },
        new { @do = "delete-order", ids = deleted },
        new { @do = "create-product", count = 5 },
        new { @do = "touch-product", count = 10 },
        new { @do = "change-price", count = 15 },
        new { @do = "change-stock", count = 15 },
        new { @do = "allocate", count = 5 },
        new { @do = "create-contact", count = 5 },
        new { @do = "touch-contact", count = 10 },
        new { @do = "ship-goods-out-note", count = 5 },
        new { @do = "create-payment", count = 5 },
        new { @do = "create-order-note", count = 5 },
        new { @do = "rename-brand", count = 1 },
    };
    using var answer = await admin.PostAsJsonAsync("world", new { actions }, stopper.Token);
    var text = await answer.Content.ReadAsStringAsync(stopper.Token);
    if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The sandbox refused the changes: {text}");
}
