using System.Diagnostics;
using System.Globalization;
using Junipeer.Export;
using Junipeer.Files;
using Junipeer.Operations;
using Junipeer.Warehouses.Sqlite;
using Xunit;

namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>
/// A real second process that writes: this assembly once more, running the one explicit test of <see cref="WriterProcessTests"/>. Its orders come from the
/// environment; it says how far it is in a file.
/// </summary>
internal sealed class WriterProcess : IDisposable
{
    /// <summary>Orders a commit brings, each with a row.</summary>
    public const int PerCommit = 50;

    /// <summary>Where the second process finds its orders.</summary>
    public const string Variable = "JUNIPEER_TEST_WRITER";

    private readonly Process _process;
    private readonly string _signal;

    private WriterProcess(Process process, string signal)
    {
        _process = process;
        _signal = signal;
    }

    /// <summary>Starts one.</summary>
    /// <param name="role"><c>commit</c>: commits one part after the other; <c>idle</c>: stops before it writes; <c>hang</c>: stops in the middle of a transaction; <c>files</c>: as commit, into a folder.</param>
    /// <param name="path">File or folder.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="commits">How many commits in all.</param>
    public static WriterProcess Start(string role, string path, string resource, int commits)
    {
        var signal = Path.GetTempFileName();
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", typeof(WriterProcess).Assembly.Location, "-method", $"{typeof(WriterProcessTests).FullName}.{nameof(WriterProcessTests.Write)}", "-explicit", "only", "-noColor"])
            start.ArgumentList.Add(argument);
        start.Environment[Variable] = string.Join('|', role, path, resource, commits.ToString(CultureInfo.InvariantCulture), signal);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new WriterProcess(process, signal);
    }

    /// <summary>What it said so far.</summary>
    public string[] Said()
    {
        using var file = new FileStream(_signal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new StreamReader(file).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task WaitForAsync(string word, CancellationToken stop)
    {
        while (!Said().Any(s => s.StartsWith(word, StringComparison.Ordinal)))
        {
            Assert.False(_process.HasExited, $"The writer ended before it said '{word}'; it said: {string.Join(", ", Said())}");
            await Task.Delay(5, stop);
        }
    }

    public int Id => _process.Id;

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public async Task EndAsync(CancellationToken stop) => await _process.WaitForExitAsync(stop);

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        File.Delete(_signal);
    }
}

/// <summary>The second process's side.</summary>
public sealed class WriterProcessTests
{
    [Fact(Explicit = true)]
    public async Task Write()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(WriterProcess.Variable) is not null, "is run by other tests, in a process of its own");
        var orders = Environment.GetEnvironmentVariable(WriterProcess.Variable)!.Split('|');
        var (role, path, resource, commits) = (orders[0], orders[1], orders[2], int.Parse(orders[3], CultureInfo.InvariantCulture));
        void Say(string word)
        {
            using var file = new StreamWriter(new FileStream(orders[4], FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
            file.Write(word + "\n");
        }

        try
        {
            IDestination destination = role == "files" ? FileDestination.Open(path)
                : SqliteWarehouse.Open(path, "", new SqliteOptions { StagingLimit = role == "hang" ? 1 : 8 << 20 });
            await using (destination)
            {
                await WriteAsync(destination, role, resource, commits, Say);
            }

            Say("ended");
        }
        catch (JunipeerException e)
        {
            Say("fault " + e.Fault.Id);
        }
    }

    private static async Task WriteAsync(IDestination destination, string role, string resource, int commits, Action<string> say)
    {
        var schema = OrderBatch.Schema(resource);
        var stop = TestContext.Current.CancellationToken;
        var run = new RunContext
        {
            RunId = Guid.NewGuid().ToString("N"), StartedAt = DateTimeOffset.UtcNow, System = "Brightpearl", Account = "acme", Sink = new ListSink(),
        };
        await using var writer = await destination.OpenAsync(schema, run, stop);
        using var batch = new OrderBatch(schema, WarehouseKit.Start);
        var from = writer.Bookmark.Changes?.Position is { } position ? int.Parse(position, CultureInfo.InvariantCulture) + 1 : 0;
        say($"opened {from}");
        if (role == "idle") await Task.Delay(Timeout.Infinite, stop);
        for (var i = from; i < commits; i++)
        {
            batch.Clear();
            await writer.WriteAsync(batch.AddPlain(Enumerable.Range(i * WriterProcess.PerCommit, WriterProcess.PerCommit).Select(n => (long)n)), "pass", stop);
            if (role == "hang" && i == from + 1)
            {
                say("hanging");
                await Task.Delay(Timeout.Infinite, stop);
            }

            var open = new OpenPass { Id = "pass", Kind = PassKind.Full, StartedAt = WarehouseKit.Start, Position = i.ToString(CultureInfo.InvariantCulture) };
            await writer.CommitAsync(new Commit { Bookmark = new Bookmark { Changes = open } }, stop);
            say($"committed {i}");
        }

        await writer.CloseAsync(WarehouseKit.Result(resource, run.RunId), stop);
    }
}
