using System.Collections.Concurrent;
using System.Globalization;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Warehouse;
using Junipeer.Warehouses;
using Junipeer.Warehouses.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>A folder that is gone after the test, and short ways to write, read and look at a warehouse in it.</summary>
internal sealed class WarehouseKit : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static int _runs;

    public WarehouseKit()
    {
        Folder = Directory.CreateTempSubdirectory("junipeer-").FullName;
        File = Path.Combine(Folder, "warehouse.db");
    }

    public string Folder { get; }

    public string File { get; }

    public ListSink Sink { get; } = new();

    public SqliteWarehouse Warehouse(string prefix = "", Func<SqliteOptions, SqliteOptions>? change = null) =>
        SqliteWarehouse.Open(File, prefix, change is null ? new SqliteOptions() : change(new SqliteOptions()));

    public RunContext Run(string? id = null, string account = "acme") => new()
    {
        RunId = id ?? string.Create(CultureInfo.InvariantCulture, $"run-{Interlocked.Increment(ref _runs)}"),
        StartedAt = DateTimeOffset.UtcNow,
        System = "Brightpearl",
        Account = account,
        Sink = Sink,
    };

    /// <summary>One whole run: open, write, commit, close.</summary>
    public async Task<(WriteOutcome Written, CommitOutcome Committed)> ExportAsync(
        Action<OrderBatch> fill, DateTimeOffset? loadedAt = null, string passId = "p1", DeleteSweep? deletes = null,
        Bookmark? bookmark = null, ResourceSchema? schema = null, Func<RunContext, RunContext>? change = null, string prefix = "")
    {
        await using var warehouse = Warehouse(prefix);
        schema ??= OrderBatch.Schema();
        var run = Run();
        await using var writer = await warehouse.OpenAsync(schema, change is null ? run : change(run), TestContext.Current.CancellationToken);
        using var batch = new OrderBatch(schema, loadedAt ?? Start);
        fill(batch);
        var written = await writer.WriteAsync(batch, passId, TestContext.Current.CancellationToken);
        var committed = await writer.CommitAsync(new Commit { Bookmark = bookmark ?? Done(Start), Deletes = deletes }, TestContext.Current.CancellationToken);
        await writer.CloseAsync(Result(schema.Resource, run.RunId), TestContext.Current.CancellationToken);
        return (written, committed);
    }

    public static Bookmark Done(DateTimeOffset start) => new() { Watermark = start.AddMinutes(-10), LastFull = start, LastRecheck = start };

    public static ExportResult Result(string resource, string runId, ExportStatus status = ExportStatus.Completed) =>
        new() { Resource = resource, Status = status, Mode = "Full", RunId = runId, Records = 3, StartedAt = Start };

    /// <summary>Rows of a query, values joined by <c>|</c>, null as <c>-</c>.</summary>
    public async Task<string[]> QueryAsync(string sql, params (string Name, object? Value)[] parameters) =>
        (await RowsAsync(sql, parameters)).Select(r => string.Join('|', r.Values.Select(v => Convert.ToString(v ?? "-", CultureInfo.InvariantCulture)))).ToArray();

    public async Task<IReadOnlyList<QueryRow>> RowsAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var warehouse = Warehouse();
        var sink = new ListSink();
        var request = new QueryRequest(new WarehouseReference { Path = File }, sql) { Parameters = parameters.ToDictionary(p => p.Name, p => p.Value) };
        await warehouse.QueryAsync(request, sink, TestContext.Current.CancellationToken);
        return sink.Results.Cast<QueryRow>().ToList();
    }

    public async Task<string> OneAsync(string sql) => Assert.Single(await QueryAsync(sql));

    public static async Task<JunipeerFault> FaultAsync(Func<Task> action, string id)
    {
        var fault = (await Assert.ThrowsAsync<JunipeerException>(action)).Fault;
        Assert.Equal(id, fault.Id);
        Assert.False(string.IsNullOrWhiteSpace(fault.RecommendedAction));
        Assert.False(string.IsNullOrWhiteSpace(fault.Message));
        return fault;
    }

    /// <summary>SQLite's own opinion of the file.</summary>
    public async Task AssertSoundAsync() => Assert.Equal("ok", await OneAsync("PRAGMA integrity_check"));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>A test with a folder and a warehouse of its own.</summary>
public abstract class WarehouseTest : IDisposable
{
    internal WarehouseKit Kit { get; } = new();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Kit.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Keeps all it is told.</summary>
internal sealed class ListSink : IOperationSink
{
    public ConcurrentQueue<object> Results { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public Action? OnResult { get; set; }

    public ValueTask WriteAsync(object result, CancellationToken stop)
    {
        Results.Enqueue(result);
        OnResult?.Invoke();
        return ValueTask.CompletedTask;
    }

    public void Fault(JunipeerFault fault) => throw new InvalidOperationException(fault.Message);

    public void Warning(string message) => Warnings.Enqueue(message);

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Progress(OperationProgress progress)
    {
    }
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class HandClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
