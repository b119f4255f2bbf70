using System.Collections.Concurrent;
using Junipeer.Export;
using Junipeer.Operations;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Support;

/// <summary>Everything one operation wrote and said.</summary>
internal sealed class ExportLog : IOperationSink
{
    private readonly ConcurrentQueue<object> _written = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<JunipeerFault> Faults { get; } = new();

    /// <summary>What happens on every sign of progress; a test stops a run from here at a known step.</summary>
    public Action<OperationProgress>? OnProgress { get; set; }

    public IReadOnlyList<ExportResult> Results => _written.OfType<ExportResult>().ToArray();

    public IReadOnlyList<JunipeerRecord> Records => _written.OfType<JunipeerRecord>().ToArray();

    public IReadOnlyList<object> Written => _written.ToArray();

    /// <summary>The only result.</summary>
    public ExportResult Result => Assert.Single(Results);

    public ExportResult Of(string resource) => Assert.Single(Results, r => r.Resource == resource);

    /// <summary>Nothing failed, drifted, was held back or left over.</summary>
    public ExportLog AssertCompleted()
    {
        Assert.True(Faults.IsEmpty, string.Join('\n', Faults.Select(f => $"{f.Id}: {f.Message} {f.Cause}")));
        Assert.NotEmpty(Results);
        Assert.All(Results, r => Assert.True(r.Status == ExportStatus.Completed, $"{r.Resource}: {r.Status} {r.Message} {string.Join(" / ", Warnings)}"));
        return this;
    }

    /// <summary>It ended so, and says why and what to do.</summary>
    public ExportResult AssertFailed(string resource, string id)
    {
        var result = Of(resource);
        Assert.Equal(ExportStatus.Failed, result.Status);
        Assert.Equal(id, result.ErrorId);
        Assert.False(string.IsNullOrWhiteSpace(result.Message));
        var fault = Assert.Single(Faults, f => Equals(f.Target, resource));
        Assert.Equal(id, fault.Id);
        Assert.False(string.IsNullOrWhiteSpace(fault.RecommendedAction));
        return result;
    }

    public ValueTask WriteAsync(object result, CancellationToken stop)
    {
        _written.Enqueue(result);
        return ValueTask.CompletedTask;
    }

    public void Fault(JunipeerFault fault) => Faults.Enqueue(fault);

    public void Warning(string message) => Warnings.Enqueue(message);

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Progress(OperationProgress progress) => OnProgress?.Invoke(progress);
}
