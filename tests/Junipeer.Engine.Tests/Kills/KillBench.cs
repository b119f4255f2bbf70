using System.Diagnostics;
using Junipeer.Brightpearl;
using Junipeer.Demo;
using Junipeer.Export;
using Junipeer.Records;
using Junipeer.Warehouses.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>
/// A warehouse that is filled by processes that die. After each death it is looked at as it lies there, before anybody
/// repairs anything; then the run is started again, and the outcome is held against the account.
/// </summary>
internal sealed class KillBench(KillAccount account, IReadOnlyList<string> all, KillTally tally) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("junipeer-kills-").FullName;
    private Dictionary<string, Bookmark> _before = [];
    private IReadOnlyList<string> _resources = [];
    private int _files;
    private int _wrong;
    private string? _file;

    public int LeasesTaken { get; private set; }

    public int HalfDone { get; private set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string File => _file ?? throw new InvalidOperationException("Nothing was prepared.");

    /// <summary>The next run, as a process would get it.</summary>
    public ExportOrder Order => account.Order(ExportTarget.Warehouse, File, _resources);

    /// <summary>Brings the warehouse to where the pass begins, with something in the account that it owes.</summary>
    /// <param name="pass">Which pass is to be killed.</param>
    /// <param name="only">What to export, of an empty warehouse; null for everything.</param>
    public async Task PrepareAsync(KilledPass pass, string? only = null)
    {
        if (pass == KilledPass.Full || _file is null || tally.Wrong.Count > _wrong)
        {
            _wrong = tally.Wrong.Count;
            _resources = only is null ? all : [only];
            _file = Path.Combine(_folder, $"{++_files}.db");
            if (pass != KilledPass.Full) await RunAgainAsync("first export");
        }

        if (pass != KilledPass.Full) await account.ChangeAsync();
        _before = await BookmarksAsync();
    }

    /// <summary>Kills a run at a step. False when it never came there.</summary>
    public async Task<bool> KillAtAsync(KillStep step, Moment moment, bool everyPage, int delay)
    {
        var hold = await account.HoldAsync(step, after: moment != Moment.Before);
        using var process = WorkingProcess.Start(Order with { CommitsEveryPage = everyPage, Recheck = step.Pass == KilledPass.Recheck });
        if (!await account.WaitForHoldAsync(hold, process))
        {
            tally.Wrong.Add($"{step}, {moment}: the run ended without such a request. {process.Said}");
            await account.ForgetHoldsAsync();
            return false;
        }

        if (step.InMiddle) await WaitForOpenPassAsync(step.Resource, process);
        if (moment == Moment.After)
        {
            await account.ReleaseAsync(hold);
            await DelayAsync(delay);
        }

        process.Kill();
        await account.ForgetHoldsAsync();
        await InspectAsync($"{step}, {moment}", process.Id);
        return true;
    }

    /// <summary>
    /// The account goes on changing; the run is started again, to its end; then everything is equal. A full pass keeps the
    /// start it had, so what changed behind its back belongs to the run after it.
    /// </summary>
    public async Task RecoverAsync(string step, KilledPass pass, bool inProcess = true)
    {
        await account.ChangeAsync();
        if (inProcess) await RunAgainAsync(step);
        else
        {
            using var process = WorkingProcess.Start(Order);
            await process.EndAsync(Stop);
        }

        if (pass == KilledPass.Full) await RunAgainAsync(step);
        await CompareAsync(step, _resources);
        if (pass == KilledPass.Full) _file = null;
    }

    /// <summary>What a dead process left: a sound file, and no bookmark that claims more than is there.</summary>
    /// <returns>True when the process had come to the end of all it was to do.</returns>
    public async Task<bool> InspectAsync(string step, int processId)
    {
        if (!System.IO.File.Exists(File)) return false;
        using (var file = Open())
        {
            if (One(file, "PRAGMA integrity_check") is var sound and not "ok") tally.Wrong.Add($"{step}: {sound}");
            if (One(file, "SELECT count(*) FROM sqlite_schema WHERE name='_junipeer_meta'") is "0" || One(file, "SELECT count(*) FROM _junipeer_runs") is "0") return false;
            if (One(file, $"SELECT count(*) FROM _junipeer_meta WHERE name LIKE 'lease:%' AND value LIKE '%\"ProcessId\":{processId},%'") is not "0") LeasesTaken++;
        }

        // The account stood still since the run began: a watermark that moved says that all of the resource is there.
        var now = await BookmarksAsync();
        var ended = now.Where(b => b.Value.Watermark is not null && b.Value.Watermark != _before.GetValueOrDefault(b.Key, Bookmark.None).Watermark && b.Value is { Changes: null, Sweep: null }).Select(b => b.Key).ToArray();
        await CompareAsync($"{step}, as it lay there", ended.Where(r => !ShowsNoDate(r)).ToArray());
        foreach (var (resource, bookmark) in now)
        {
            foreach (var open in new[] { bookmark.Changes, bookmark.Sweep }) CheckFinished(step, resource, open);
        }

        return ended.Length == _resources.Count;
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Waits shorter than a timer could.</summary>
    public static async Task DelayAsync(double milliseconds)
    {
        if (milliseconds > 20) await Task.Delay(TimeSpan.FromMilliseconds(milliseconds - 15), Stop);
        var since = Stopwatch.GetTimestamp();
        milliseconds = Math.Min(milliseconds, 15);
        while (Stopwatch.GetElapsedTime(since).TotalMilliseconds < milliseconds) Thread.Yield();
    }

    public async Task<Dictionary<string, Bookmark>> BookmarksAsync()
    {
        if (!System.IO.File.Exists(File)) return [];
        using (var file = Open())
        {
            if (One(file, "SELECT count(*) FROM sqlite_schema WHERE name='_junipeer_meta'") is "0") return [];
        }

        await using var warehouse = SqliteWarehouse.Open(File, "");
        return new Dictionary<string, Bookmark>(await warehouse.ReadBookmarksAsync(Stop));
    }

    /// <summary>Waits for a commit, as anybody would see it who reads the bookmarks. False when the process ended first.</summary>
    public async Task<bool> WaitForBookmarkAsync(WorkingProcess process)
    {
        while (!process.HasEnded)
        {
            if ((await BookmarksAsync()).Any(b => b.Value != _before.GetValueOrDefault(b.Key, Bookmark.None))) return true;
            await Task.Delay(1, Stop);
        }

        return false;
    }

    /// <summary>The file itself and its log, as they grow.</summary>
    public long Written() => new[] { File, File + "-wal" }.Sum(f => new FileInfo(f) is { Exists: true } file ? file.Length : 0);

    private async Task WaitForOpenPassAsync(string resource, WorkingProcess process)
    {
        while (!process.HasEnded)
        {
            var bookmark = (await BookmarksAsync()).GetValueOrDefault(resource, Bookmark.None);
            if (new[] { bookmark.Changes, bookmark.Sweep }.Any(p => p is { Finished.Count: > 0 } or { Position: not null })) return;
            await Task.Delay(5, Stop);
        }
    }

    // A snapshot's watermark tells of the products touched; the snapshot itself may be behind until it is due.
    private static bool ShowsNoDate(string resource) => resource is "product-price" or "product-availability" or "product-supplier";

    private async Task RunAgainAsync(string step)
    {
        var sink = await Order.RunAsync(Stop);
        foreach (var result in sink.Results.Where(r => r.Status != ExportStatus.Completed)) tally.Wrong.Add($"{step}: {result.Resource} {result.Status}: {result.Message}");
    }

    // Slices of an open pass that count as finished must be in the table: nothing will ever read them again.
    private void CheckFinished(string step, string resource, OpenPass? open)
    {
        if (open is { Finished.Count: > 0 } or { Position: not null }) HalfDone++;
        if (open is not { Plan: { } text, Finished.Count: > 0 }) return;
        var slices = WalkPlan.Parse(text).Slices();
        var shape = Shapes.Of(resource);
        using var file = Open();
        foreach (var number in open.Finished.Enumerate())
        {
            if (number >= slices.Count || slices[(int)number] is not { Group: { Own: true, Exist: true } } slice) continue;
            var found = long.Parse(One(file, $"SELECT count(*) FROM \"{shape.Table}\" WHERE {string.Join(" OR ", slice.Ids.Ranges.Select(r => $"{Flattener.Snake(shape.Key[0])} BETWEEN {r.First} AND {r.Last}"))}"), System.Globalization.CultureInfo.InvariantCulture);
            if (found != slice.Ids.Count) tally.Wrong.Add($"{step}: slice {number} of {resource} counts as finished, {found} of its {slice.Ids.Count} records are there");
        }
    }

    private async Task CompareAsync(string step, IReadOnlyList<string> which)
    {
        var results = which.Select(r => new ExportResult { Resource = r, Status = ExportStatus.Completed, Mode = "", RunId = "" }).ToArray();
        foreach (var compared in await new Comparison(account.Admin, File).CompareAsync(results, Stop))
        {
            if (!compared.IsEqual) tally.Wrong.Add($"{step}: {string.Join("; ", compared.Differences.Take(3))} ({compared.Differences.Count} differences)");
        }
    }

    private SqliteConnection Open()
    {
        var file = new SqliteConnection($"Data Source={File};Pooling=False");
        file.Open();
        return file;
    }

    private static string One(SqliteConnection file, string sql)
    {
        using var command = file.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture)!;
    }
}
