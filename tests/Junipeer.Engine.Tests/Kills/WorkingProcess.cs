using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>A real process that exports or imports, made to be killed.</summary>
internal sealed class WorkingProcess : IDisposable
{
    /// <summary>The line by which it says that it begins.</summary>
    public const string Ready = "working";

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _said = [];
    private readonly List<string> _results = [];

    private WorkingProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data == Ready) _ready.TrySetResult();
            else if (line.Data is not null) lock (_results) _results.Add(line.Data);
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            lock (_said) _said.Add(line.Data);
        };
        process.Exited += (_, _) => _ready.TrySetResult();
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>How it ended, if it did, and what it complained of.</summary>
    public string Said
    {
        get
        {
            lock (_said) return $"{(_process.HasExited ? $"Exit code {_process.ExitCode}. " : "")}{string.Join(" | ", _said)}";
        }
    }

    /// <summary>What it wrote besides; whole once it has ended.</summary>
    public IReadOnlyList<string> Results
    {
        get
        {
            lock (_results) return _results.ToArray();
        }
    }

    /// <summary>How it ended; 137 where it was killed.</summary>
    public int ExitCode => _process.ExitCode;

    public static WorkingProcess Start(ExportOrder order) => Start(ExportOrder.Variable, JsonSerializer.Serialize(order), null);

    public static WorkingProcess Start(ImportOrder order) => Start(ImportOrder.Variable, JsonSerializer.Serialize(order), order.Home);

    private static WorkingProcess Start(string variable, string order, string? home)
    {
        var assembly = typeof(WorkingProcess).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment[variable] = order;
        if (home is not null) start.Environment["JUNIPEER_HOME"] = home;
        return new WorkingProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it begins to work, so that a delay counts from there and not from the start of a runtime.</summary>
    public Task WaitUntilReadyAsync() => _ready.Task;

    /// <summary>Kills it on the spot; nothing in it gets a chance to tidy up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for its own end, whatever it is.</summary>
    public Task WaitAsync(CancellationToken stop) => _process.WaitForExitAsync(stop);

    /// <summary>Waits for its own end, which must be a good one.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop);
        Assert.True(_process.ExitCode == 0, $"The process ended with {_process.ExitCode}: {Said}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
