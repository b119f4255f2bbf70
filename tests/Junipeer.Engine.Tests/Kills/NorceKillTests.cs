using System.Diagnostics;
using Junipeer.Norce;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// A process that imports into Norce dies at every step of its protocol. The next run, which is a process of its own, has
/// the same rows or those of another day; then Norce is equal to them, by its own word and through Query, and holds what was
/// begun before where nothing newer came.
/// </summary>
public abstract class NorceKillTests
{
    private protected static readonly bool IsSoak = Environment.GetEnvironmentVariable("JUNIPEER_SOAK") == "1";

    private protected static async Task RunAsync(string title, IReadOnlyList<(NorceImportKind Kind, ImportStep Step)> steps, Func<NorceKillBench, Task>? more = null)
    {
        var watch = Stopwatch.StartNew();
        var tally = new KillTally();
        await using var bench = await NorceKillBench.StartAsync(tally);
        var random = new Random(20260603);
        var number = 0;
        foreach (var (kind, step) in steps)
        {
            tally.Expect($"{kind}: {step}");
            await KillAsync(bench, kind, step, isSame: number++ % 3 == 0 && !step.Shrunk, random.Next(8));
        }

        if (more is not null) await more(bench);
        tally.Close(title, $"{watch.Elapsed.TotalSeconds:F0} s");
    }

    private static async Task KillAsync(NorceKillBench bench, NorceImportKind kind, ImportStep step, bool isSame, int delay)
    {
        bench.MoveHome();
        var before = await bench.TruthAsync(kind);
        var killed = bench.Next(kind);
        var name = $"{kind}: {step}";
        if (step.Slow) await bench.SetJobsAsync(running: 400);
        if (!await bench.KillAsync(bench.Order(kind, killed), step, delay)) return;
        bench.Tally.Hit(name);
        if (step.Shrunk) await bench.PostAsync("limits", new { importRows = 3 });
        var posted = await bench.CountAsync(OperationOf(kind));
        var next = isSame ? killed : bench.Next(kind, shift: 8);
        var said = await NorceKillBench.RunAsync(bench.Order(kind, next));
        if (step.Slow) await bench.SetJobsAsync(running: 0);
        if (step.Shrunk) await bench.PostAsync("limits", new { importRows = 0 });
        await CompareAsync(bench, $"{name}, {(isSame ? "the same" : "another day")}", kind, before, killed, step.Begun, next);
        Say(bench, name, kind, step, said, await bench.CountAsync(OperationOf(kind)) - posted);
    }

    private protected static string OperationOf(NorceImportKind kind) => "connect.Product." + (kind switch
    {
        NorceImportKind.OnHand => "ImportOnhands",
        NorceImportKind.SkuPriceList => "ImportSkuPriceLists",
        _ => "ImportProducts",
    });

    /// <summary>Every row has the values of the last run that sent it, and no row of anybody else was touched.</summary>
    /// <param name="begun">How many jobs of the killed run were begun; null when any number may be.</param>
    private protected static async Task CompareAsync(NorceKillBench bench, string name, NorceImportKind kind, Dictionary<string, Dictionary<string, string?>> before, NorceInput killed, int? begun, NorceInput next)
    {
        var choices = (begun is { } jobs ? [jobs] : Enumerable.Range(0, 4)).Select(j => Merge(Merge(before, killed.Expect(j)), next.Expect())).ToArray();
        var truth = await bench.TruthAsync(kind);
        foreach (var (who, there) in new[] { ("the sandbox", truth), ("Query", await bench.ReadAsync(kind)) })
        {
            var wrong = choices.Select(c => Differences(c, there).ToArray()).MinBy(d => d.Length)!;
            if (wrong.Length > 0) bench.Tally.Wrong.Add($"{name}: {who} has {string.Join("; ", wrong.Take(3))} ({wrong.Length} differences)");
        }

        if (bench.Left() is { Count: > 0 } left) bench.Tally.Wrong.Add($"{name}: left behind: {string.Join(", ", left.Select(Path.GetFileName))}");
    }

    /// <summary>The next run reports its own jobs, and before them the one that was left; what Norce had taken is not sent again.</summary>
    private static void Say(NorceKillBench bench, string name, NorceImportKind kind, ImportStep step, IReadOnlyList<string> said, long posts)
    {
        var clean = said.Count(s => s.StartsWith($"job {kind} ", StringComparison.Ordinal) && s.EndsWith(" 4 clean", StringComparison.Ordinal));
        var warned = said.Count(s => s.StartsWith("warning An earlier import", StringComparison.Ordinal));
        var expected = 3 + (step.Left ? 1 : 0);
        var fits = step.Shrunk ? said.All(s => !s.StartsWith("fault", StringComparison.Ordinal)) && warned == 1
            : step.Begun is null ? clean is 3 or 4 && warned == clean - 3
            : clean == expected && warned == expected - 3 && said.Count == clean + warned && posts == (step.Known ? 3 : expected);
        if (!fits) bench.Tally.Wrong.Add($"{name}: {posts} posts, and the next run said: {string.Join(" | ", said)}");
    }

    private static Dictionary<string, Dictionary<string, string?>> Merge(Dictionary<string, Dictionary<string, string?>> before, IReadOnlyDictionary<string, Dictionary<string, string?>> sent)
    {
        var after = before.ToDictionary(r => r.Key, r => new Dictionary<string, string?>(r.Value));
        foreach (var (key, values) in sent)
        {
            if (!after.TryGetValue(key, out var row)) after[key] = row = [];
            foreach (var (field, value) in values) row[field] = value;
        }

        return after;
    }

    private static IEnumerable<string> Differences(Dictionary<string, Dictionary<string, string?>> expected, Dictionary<string, Dictionary<string, string?>> there)
    {
        foreach (var (key, values) in expected)
        {
            if (!there.TryGetValue(key, out var row)) yield return $"{key} missing";
            else if (values.Where(v => row[v.Key] != v.Value).ToArray() is { Length: > 0 } wrong) yield return $"{key} {string.Join(", ", wrong.Select(w => $"{w.Key} {row[w.Key]} for {w.Value}"))}";
        }

        foreach (var key in there.Keys.Except(expected.Keys)) yield return $"{key} too much";
    }
}

/// <summary>
/// Stock: every step of the job in the middle, and what differs for the first and the last. <c>JUNIPEER_SOAK=1</c> makes it
/// every step of every job.
/// </summary>
public sealed class StockKillTests : NorceKillTests
{
    private const string Operation = "Product/ImportOnhands";

    private static IEnumerable<ImportStep> Steps =>
    [
        .. ImportStep.Of("sign-in", "identity.token", 0, 0, left: false).Where(s => IsSoak || s.Moment == Moment.Before),
        .. ImportStep.Of("look-up of warehouses", "query.Application.ClientWarehouses", 0, 0, left: false).Where(s => IsSoak || s.Moment == Moment.Withheld),
        .. ImportStep.Of("look-up of locations", "query.Application.ClientWarehouseLocations", 0, 0, left: false).Where(s => IsSoak || s.Moment == Moment.After),
        new("journal begun") { DieAt = "journal begun", Begun = 0 },
        .. ImportStep.OfJob(Operation, 1).Where(s => IsSoak || s.Moment == Moment.Withheld || s.Name.StartsWith("ended written", StringComparison.Ordinal)),
        .. ImportStep.OfJob(Operation, 2),
        .. IsSoak ? ImportStep.OfJob(Operation, 3) : ImportStep.MainOfJob(Operation, 3),
        .. ImportStep.Of("first look at job 1", "connect.Job.Get", 0, 1, left: true, known: true).Where(s => IsSoak || s.Moment == Moment.Before),
        .. ImportStep.Of("next look at job 1, under way", "connect.Job.Get", 1, 1, left: true, known: true).Where(s => IsSoak || s.Moment == Moment.Withheld).Select(s => s with { Slow = true }),
        ImportStep.At("answer received, job under way,", $"POST commerce/connect/4.0/{Operation}: 200", 1, 1, left: true) with { Slow = true },
        new("sending written, and the server takes less since,") { DieAt = "sending written", Skip = 1, Begun = 2, Left = true, Shrunk = true },
        new("bodies deleted") { DieAt = "bodies deleted", Begun = 3 },
        new("journal deleted") { DieAt = "journal deleted", Begun = 3 },
    ];

    [Fact]
    public Task Stock_survives_a_death_at_every_step() => RunAsync("stock", Steps.Select(s => (NorceImportKind.OnHand, s)).ToArray());
}

/// <summary>Prices and new products: the steps of the job in the middle.</summary>
public sealed class CatalogueKillTests : NorceKillTests
{
    [Fact]
    public Task Prices_and_products_survive_a_death_at_every_step() => RunAsync("prices and products",
    [
        .. ImportStep.Of("look-up of price lists", "query.Application.ClientPriceLists", 0, 0, left: false).Where(s => IsSoak || s.Moment == Moment.Withheld).Select(s => (NorceImportKind.SkuPriceList, s)),
        .. Steps("Product/ImportSkuPriceLists").Select(s => (NorceImportKind.SkuPriceList, s)),
        .. Steps("Product/ImportProducts").Select(s => (NorceImportKind.Product, s)),
    ]);

    private static IEnumerable<ImportStep> Steps(string operation) => IsSoak ? ImportStep.OfJob(operation, 2) : ImportStep.MainOfJob(operation, 2);
}
