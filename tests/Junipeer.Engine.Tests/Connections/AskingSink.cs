using Junipeer.Operations;
using Junipeer.Tests.Http;

namespace Junipeer.Tests.Connections;

/// <summary>A person at a prompt: gets the address that was told, and answers a line.</summary>
internal sealed class AskingSink(Func<Uri, Task<string?>>? person = null) : IOperationSink
{
    private readonly TestSink _heard = new();

    public string Everything => _heard.Everything;

    public List<string> Prompts { get; } = [];

    /// <summary>The last address told.</summary>
    public Uri Told => new(_heard.Warnings.Last().Split('\n')[^1].Trim());

    public async ValueTask<string?> AskAsync(string prompt, CancellationToken stop)
    {
        Prompts.Add(prompt);
        return person is null ? null : await person(Told).WaitAsync(stop);
    }

    public ValueTask WriteAsync(object result, CancellationToken stop) => default;

    public void Fault(JunipeerFault fault) => _heard.Fault(fault);

    public void Warning(string message) => _heard.Warning(message);

    public void Verbose(string message) => _heard.Verbose(message);

    public void Debug(string message) => _heard.Debug(message);

    public void Progress(OperationProgress progress)
    {
    }
}
