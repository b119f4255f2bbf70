using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Norce;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// What must not be sent twice unasked: full files, which deactivate what they do not hold, and messages about orders. When a
/// death leaves it unknown whether they arrived, the next run asks and sends nothing; with the answer it goes on.
/// <c>JUNIPEER_SOAK=1</c> makes it every step for every kind.
/// </summary>
public sealed class UnaskedKillTests : NorceKillTests
{
    private const string Import = "Product/ImportOnhands";

    [Fact]
    public async Task A_full_file_of_which_nothing_is_known_is_asked_about()
    {
        var watch = Stopwatch.StartNew();
        var tally = new KillTally();
        await using var bench = await NorceKillBench.StartAsync(tally);
        var number = 0;
        foreach (var hasList in new[] { false, true })
        {
            foreach (var step in IsSoak ? ImportStep.OfJob(Import, 1).Where(s => s.Moment != Moment.After) : ImportStep.MainOfJob(Import, 1))
            {
                // The list of jobs shows the one of which no answer came.
                if (hasList && step is not { Left: true, Known: false }) continue;
                var arrived = step.Name is not ("sending written of job 1" or "body written of job 1") && step is not { Resource: not null, Moment: Moment.Before, Known: false };
                await KillFullFileAsync(bench, $"{step}{(hasList ? ", list of jobs" : "")}", step, hasList, asks: step is { Left: true, Known: false } && !(hasList && arrived), number++ % 2 == 0 ? NorceUnfinished.SendAgain : NorceUnfinished.Forget);
            }
        }

        tally.Close("full files", $"{watch.Elapsed.TotalSeconds:F0} s");
    }

    private static async Task KillFullFileAsync(NorceKillBench bench, string name, ImportStep step, bool hasList, bool asks, NorceUnfinished answer)
    {
        bench.Tally.Expect(name);
        bench.MoveHome();
        if (hasList) await bench.PostAsync("clock", new { advanceSeconds = 60 }); // jobs of as many rows are minutes apart, or they could not be told apart
        var input = bench.Next(NorceImportKind.OnHand);
        ImportOrder Full(ImportOrder order) => order with { FullFile = true, Connection = hasList ? order.Connection : order.Connection with { Setting = order.Connection.Setting with { JobListOperation = "NoList" } } };

        // One field only, since a full file is one job.
        File.WriteAllLines(bench.Order(NorceImportKind.OnHand, input).File, await RowsAsync(bench, input));
        var order = Full(bench.Order() with { Kind = NorceImportKind.OnHand });
        if (!await bench.KillAsync(order, step)) return;
        bench.Tally.Hit(name);
        var before = await bench.DumpAsync("Products/ProductSkuOnHands");
        var posted = await bench.CountAsync("connect.Product.ImportOnhands");
        var said = await NorceKillBench.RunAsync(order);
        var asked = said.Any(s => s.StartsWith("fault Junipeer.Norce.UnfinishedImport", StringComparison.Ordinal));
        if (asked != asks) bench.Tally.Wrong.Add($"{name}: {(asks ? "did not ask" : "asked")}: {string.Join(" | ", said)}");
        if (asked)
        {
            if (await bench.CountAsync("connect.Product.ImportOnhands") != posted || !before.Select(r => r.GetRawText()).SequenceEqual((await bench.DumpAsync("Products/ProductSkuOnHands")).Select(r => r.GetRawText())))
                bench.Tally.Wrong.Add($"{name}: something was sent unasked");
            if (!(await NorceKillBench.RunAsync(order)).Any(s => s.StartsWith("fault Junipeer.Norce.UnfinishedImport", StringComparison.Ordinal))) bench.Tally.Wrong.Add($"{name}: asked only once");
            said = await NorceKillBench.RunAsync(order with { Unfinished = answer });
            var jobs = answer == NorceUnfinished.SendAgain ? 2 : 1;
            if (await bench.CountAsync("connect.Product.ImportOnhands") != posted + jobs) bench.Tally.Wrong.Add($"{name}: {answer} did not send {jobs} times");
        }

        if (said.Any(s => s.StartsWith("fault", StringComparison.Ordinal)) || !said.Any(s => s.EndsWith(" clean", StringComparison.Ordinal))) bench.Tally.Wrong.Add($"{name}: {string.Join(" | ", said)}");
        var expected = input.Expect().ToDictionary(r => r.Key, r => r.Value["OnHandValue"]);
        foreach (var row in await bench.DumpAsync("Products/ProductSkuOnHands"))
        {
            var (key, isActive) = ($"{row.GetProperty("PartNo")}/{row.GetProperty("WarehouseId")}/{row.GetProperty("LocationId")}", row.GetProperty("IsActive").GetBoolean());
            if (expected.Remove(key, out var value) ? !isActive || NorceInput.TextOf(row.GetProperty("OnHandValue")) != value : isActive && row.GetProperty("WarehouseId").GetInt32() == 3) bench.Tally.Wrong.Add($"{name}: {row}");
        }

        if (expected.Count > 0 || bench.Left().Count > 0) bench.Tally.Wrong.Add($"{name}: {expected.Count} rows missing, {bench.Left().Count} files left");
    }

    private static async Task<IReadOnlyList<string>> RowsAsync(NorceKillBench bench, NorceInput input)
    {
        var file = Path.Combine(bench.Home, "all.ndjson");
        input.WriteTo(file);
        return (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(line =>
        {
            var row = JsonNode.Parse(line)!.AsObject();
            row.Remove("IncomingValue");
            return row.ToJsonString();
        }).ToArray();
    }

    [Theory]
    [InlineData(NorceOrderMessageKind.Status, "SendOrderStatus")]
    [InlineData(NorceOrderMessageKind.DeliveryNote, "CreateDeliveryNote")]
    [InlineData(NorceOrderMessageKind.Invoice, "CreateInvoice")]
    public async Task A_message_of_which_nothing_is_known_is_asked_about(NorceOrderMessageKind kind, string operation)
    {
        var tally = new KillTally();
        await using var bench = await NorceKillBench.StartAsync(tally);
        var orders = new Queue<JsonElement>((await bench.DumpAsync("Orders/Orders")).Where(o => o.GetProperty("StatusId").GetInt32() == 0));
        (ImportStep Step, bool Asks, bool Arrived)[] steps =
        [
            (new("message begun") { DieAt = "message begun" }, false, false),
            (new("message written") { DieAt = "message written" }, true, false),
            (new("post") { Resource = "connect.Order." + operation, Moment = Moment.Before }, true, false),
            (new("post") { Resource = "connect.Order." + operation, Moment = Moment.Withheld }, true, true),
            (new("answer received") { DieAt = $"POST commerce/connect/4.0/Order/{operation}: 200" }, true, true),
            (new("message settled") { DieAt = "message settled" }, false, true),
        ];
        foreach (var (step, asks, arrived) in steps.Where(s => IsSoak || kind == NorceOrderMessageKind.Status || s.Step is { DieAt: "message written" } or { Moment: Moment.Withheld }))
        {
            var name = $"{kind}: {step}";
            tally.Expect(name);
            bench.MoveHome();
            var order = orders.Dequeue();
            var lines = (await bench.DumpAsync("Orders/OrderItems")).Where(i => i.GetProperty("OrderId").GetInt64() == order.GetProperty("Id").GetInt64()).ToArray();
            Write(kind, order, lines, day: 1);
            if (!await bench.KillAsync(bench.Order() with { Message = kind }, step)) continue;
            tally.Hit(name);
            if (step.DieAt == "message settled")
            {
                if (bench.Left().Count > 0) tally.Wrong.Add($"{name}: {bench.Left().Count} files left");
                continue; // it is known to have happened: who sends it now sends another one
            }

            // The script that is run again puts in its own date.
            Write(kind, order, lines, day: 2);
            var posted = await bench.CountAsync("connect.Order." + operation);
            var said = await NorceKillBench.RunAsync(bench.Order() with { Message = kind });
            var asked = said.Any(s => s.StartsWith("fault Junipeer.Norce.MessageUnsettled", StringComparison.Ordinal));
            var sent = await bench.CountAsync("connect.Order." + operation) - posted;
            if (asked != asks || sent != (asks ? 0 : 1)) tally.Wrong.Add($"{name}: {(asks ? "did not ask" : "asked")}, {sent} sent: {string.Join(" | ", said)}");
            if (!asks || arrived) continue; // who looked and found it there sends nothing
            said = await NorceKillBench.RunAsync(bench.Order() with { Message = kind, SendAgain = true });
            if (said is not ["NorceOrderReceipt"] || await bench.CountAsync("connect.Order." + operation) != posted + 1 || bench.Left().Count > 0) tally.Wrong.Add($"{name}: sent again: {string.Join(" | ", said)}, {bench.Left().Count} files left");
        }

        tally.Close($"messages, {kind}", "");

        void Write(NorceOrderMessageKind kind, JsonElement order, JsonElement[] lines, int day)
        {
            var number = order.GetProperty("OrderNo").GetString()!;
            JsonNode Line(string numberName, string partName, string quantityName, JsonElement line) => new JsonObject
            {
                [numberName] = (int)line.GetProperty("LineNumber").GetDecimal(),
                [partName] = line.GetProperty("PartNo").GetString(),
                [quantityName] = (int)line.GetProperty("QtyOrdered").GetDecimal(),
            };
            JsonNode WithPrice(JsonElement line)
            {
                var item = Line("LineNo", "PartNo", "Quantity", line);
                item["UnitPrice"] = line.GetProperty("PriceSale").GetDecimal();
                return item;
            }

            var date = string.Create(CultureInfo.InvariantCulture, $"2026-06-0{day}T08:00:00Z");
            var message = kind switch
            {
                NorceOrderMessageKind.Status => new JsonObject { ["ClientOrderRef"] = number, ["ErpOrderNo"] = "SO-" + number, ["OrderStatus"] = "Confirmed" },
                NorceOrderMessageKind.DeliveryNote => new JsonObject { ["OrderNo"] = number, ["NoteNo"] = "DN-" + number, ["DeliveryDate"] = date, ["DeliveryNoteItems"] = new JsonArray(lines.Select(l => Line("RowNumber", "ItemNo", "Qty", l)).ToArray()) },
                _ => new JsonObject { ["ClientOrderRef"] = number, ["InvoiceNo"] = "I-" + number, ["InvoiceDate"] = date, ["CurrencyCode"] = "SEK", ["SuppressPspCall"] = true, ["Items"] = new JsonArray(lines.Select(WithPrice).ToArray()) },
            };
            File.WriteAllText(Path.Combine(bench.Home, "rows.ndjson"), message.ToJsonString() + "\n");
        }
    }
}
