using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>A real process that exports, made to be killed.</summary>
internal sealed class ExportingProcess : IDisposable
{
    /// <summary>The line by which it says that it begins.</summary>
    public const string Ready = "exporting";

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _said = [];

    private ExportingProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data == Ready) _ready.TrySetResult();
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

    public static ExportingProcess Start(ExportOrder order)
    {
        var assembly = typeof(ExportingProcess).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment[ExportOrder.Variable] = JsonSerializer.Serialize(order);
        return new ExportingProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it begins to export, so that a delay counts from there and not from the start of a runtime.</summary>
    public Task WaitUntilReadyAsync() => _ready.Task;

    /// <summary>Kills it on the spot; nothing in it gets a chance to tidy up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for its own end.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop);
        Assert.True(_process.ExitCode == 0, $"The export ended with {_process.ExitCode}: {Said}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
