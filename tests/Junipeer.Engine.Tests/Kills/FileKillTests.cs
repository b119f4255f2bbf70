using System.Diagnostics;
using System.Text.Json;
using Junipeer.Export;
using Junipeer.Files;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// An exporting process that writes files dies. Files are at least once: a document may stand in them twice, but never not
/// at all, a line is never cut off, and nothing unfinished is left for anybody to find.
/// </summary>
public sealed class FileKillTests : IDisposable
{
    private static readonly string[] Resources = ["order", "product", "goods-movement", "customer-payment", "brand"];

    private static readonly KillStep[] Steps =
    [
        KillStep.Full("order listing", "OPTIONS", "order"),
        KillStep.Full("order set, last", "GET", "order") with { Skip = 2, InMiddle = true },
        KillStep.Full("overlapping search, next page", "SEARCH", "goods-movement") with { Skip = 1, InMiddle = true },
        KillStep.Changes("order sweep", "SEARCH", "order"),
        KillStep.Changes("changed orders", "GET", "order"),
        KillStep.Changes("movements swept", "SEARCH", "goods-movement"),
        KillStep.Changes("tail of payments", "SEARCH", "customer-payment"),
        KillStep.Changes("list swept", "SEARCH", "brand"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("junipeer-kills-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_hold_every_document_whole_wherever_a_process_dies()
    {
        var watch = Stopwatch.StartNew();
        var tally = new KillTally();
        var random = new Random(20260603);
        await using (var account = await KillAccount.StartAsync(orders: 450))
        {
            var number = 0;
            foreach (var (step, moment) in AllOf(KilledPass.Full)) await KillAndRecoverAsync(account, tally, random, step, moment, $"{++number}");
        }

        // Changes need no more than something to change.
        await using (var account = await KillAccount.StartAsync(orders: 60))
        {
            await RunAsync(tally, Order(account, "changes"), "first export");
            foreach (var (step, moment) in AllOf(KilledPass.Changes)) await KillAndRecoverAsync(account, tally, random, step, moment, "changes");
        }

        tally.Close("files", $"{watch.Elapsed.TotalSeconds:F0} s");
    }

    private static IEnumerable<(KillStep Step, Moment Moment)> AllOf(KilledPass pass) =>
        from step in Steps where step.Pass == pass from moment in Enum.GetValues<Moment>() select (step, moment);

    private ExportOrder Order(KillAccount account, string folder) => account.Order(ExportTarget.Files, Path.Combine(_folder, folder), Resources);

    private async Task KillAndRecoverAsync(KillAccount account, KillTally tally, Random random, KillStep step, Moment moment, string folder)
    {
        var name = $"{step}, {moment}";
        tally.Expect(name);
        var order = Order(account, folder);
        await account.ChangeAsync();
        await KillAsync(account, tally, step, moment, order with { CommitsEveryPage = true }, random.Next(8));
        await account.ChangeAsync();

        // A full pass keeps its start, so what changed since belongs to the run after it.
        for (var again = 0; again < (step.Pass == KilledPass.Full ? 2 : 1); again++) await RunAsync(tally, order, name);
        await CheckAsync(account, tally, order.Path, name);
    }

    private static async Task KillAsync(KillAccount account, KillTally tally, KillStep step, Moment moment, ExportOrder order, int delay)
    {
        var hold = await account.HoldAsync(step, after: moment != Moment.Before);
        using var process = WorkingProcess.Start(order);
        if (await account.WaitForHoldAsync(hold, process))
        {
            tally.Hit($"{step}, {moment}");
            while (step.InMiddle && !process.HasEnded && !HasOpenPass(order.Path, step.Resource)) await Task.Delay(5, Stop);
            if (moment == Moment.After)
            {
                await account.ReleaseAsync(hold);
                await KillBench.DelayAsync(delay);
            }
        }
        else
        {
            tally.Wrong.Add($"{step}, {moment}: the run ended without such a request. {process.Said}");
        }

        process.Kill();
        await account.ForgetHoldsAsync();
        foreach (var file in Directory.Exists(order.Path) ? Directory.GetFiles(order.Path, "*.ndjson") : []) Read(file, [], tally, $"{step}, {moment}, as it lay there");
    }

    private static bool HasOpenPass(string path, string resource) =>
        FolderState.ReadBookmarks(path).TryGetValue(resource, out var bookmark) &&
        new[] { bookmark.Changes, bookmark.Sweep }.Any(p => p is { Finished.Count: > 0 } or { Position: not null });

    private static async Task RunAsync(KillTally tally, ExportOrder order, string step)
    {
        var sink = await order.RunAsync(Stop);
        foreach (var result in sink.Results.Where(r => r.Status != ExportStatus.Completed)) tally.Wrong.Add($"{step}: {result.Resource} {result.Status}: {result.Message}");
    }

    private static async Task CheckAsync(KillAccount account, KillTally tally, string path, string step)
    {
        foreach (var left in Directory.GetFiles(path, "*.tmp")) tally.Wrong.Add($"{step}: {Path.GetFileName(left)} is left over");
        foreach (var resource in Resources)
        {
            // Where a document stands twice, the younger one counts.
            var latest = new Dictionary<string, (string At, JsonElement Document)>();
            foreach (var file in Directory.GetFiles(path, $"{resource}-2*.ndjson").Where(f => Path.GetFileName(f)[(resource.Length + 1)..].Length > 16)) Read(file, latest, tally, step);
            var shape = Demo.Shapes.Of(resource);
            foreach (var document in await account.DumpAsync(shape.Dump))
            {
                var key = document.GetProperty(shape.Key[0]).GetRawText();
                if (!latest.TryGetValue(key, out var found)) tally.Wrong.Add($"{step}: {resource} {key} is in no file");
                else if (!JsonElement.DeepEquals(found.Document, document)) tally.Wrong.Add($"{step}: {resource} {key} is out of date in the files");
            }
        }
    }

    private static void Read(string file, Dictionary<string, (string At, JsonElement Document)> latest, KillTally tally, string step)
    {
        var text = File.ReadAllText(file);
        if (!text.EndsWith('\n')) tally.Wrong.Add($"{step}: the last line of {Path.GetFileName(file)} has no end");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var record = JsonSerializer.Deserialize<JsonElement>(line);
                var (key, at) = (record.GetProperty("key").GetRawText(), record.GetProperty("loadedAt").GetString()!);
                if (!latest.TryGetValue(key, out var other) || string.CompareOrdinal(at, other.At) >= 0) latest[key] = (at, record.GetProperty("document"));
            }
            catch (JsonException)
            {
                tally.Wrong.Add($"{step}: a line of {Path.GetFileName(file)} is cut off");
                return;
            }
        }
    }
}
