using System.Diagnostics;
using System.Text.Json;
using Junipeer.Connections;
using Junipeer.Demo;
using Junipeer.Norce;
using Junipeer.Norce.Importing;
using Junipeer.Operations;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>One import into Norce, or one message about an order, for a process that will be killed or that comes after it.</summary>
internal sealed record ImportOrder
{
    public const string Variable = "JUNIPEER_TEST_IMPORT";

    /// <summary>Where such a process keeps its data.</summary>
    public required string Home { get; init; }

    public required NorceConnection Connection { get; init; }

    public required string ClientSecret { get; init; }

    public NorceImportKind Kind { get; init; }

    /// <summary>The rows, or the one message.</summary>
    public required string File { get; init; }

    public bool FullFile { get; init; }

    public NorceUnfinished Unfinished { get; init; }

    public int JobRows { get; init; } = 4;

    /// <summary>A message instead of rows.</summary>
    public NorceOrderMessageKind? Message { get; init; }

    public bool SendAgain { get; init; }

    /// <summary>What is on disk, or what is said in the debug stream, when the process dies by its own hand.</summary>
    public string? DieAt { get; init; }

    /// <summary>So many of these pass first.</summary>
    public int Skip { get; init; }

    public static ImportOrder? OfThisProcess() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? JsonSerializer.Deserialize<ImportOrder>(text) : null;

    /// <returns>True when there was no error.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var sink = new Told(this);
        DiskSteps.Reached = sink.DieIf;
        var secrets = new MemorySecrets();
        var connection = Connection with { SecretReference = new SecretReference(SecretPlace.Memory, "kills") };
        await secrets.WriteAsync(connection, new SecretDocument { ClientSecret = ClientSecret }.Hide(), stop);
        var norce = new JunipeerEngineFactory().Create(secrets).Norce;
        try
        {
            if (Message is { } kind)
            {
                await foreach (var message in RowFile.ReadAsync(File, stop))
                    await norce.SendOrderMessageAsync(new NorceOrderMessage { Connection = connection, Kind = kind, Message = message, SendAgain = SendAgain }, sink, stop);
            }
            else
            {
                await using var import = norce.BeginImport(new NorceImportRequest { Connection = connection, Kind = Kind, FullFile = FullFile, MaximumDeactivation = 1, Unfinished = Unfinished, JobRows = FullFile ? 10_000 : JobRows });
                await import.WriteFileAsync(File, sink, stop);
                await import.CompleteAsync(sink, stop);
            }
        }
        catch (JunipeerException failed)
        {
            sink.Fault(failed.Fault);
        }

        return sink.Faults == 0;
    }

    /// <summary>Writes results to the output, one a line, and dies when its time has come.</summary>
    private sealed class Told(ImportOrder order) : IOperationSink
    {
        private int _seen;

        public int Faults { get; private set; }

        public void DieIf(string step)
        {
            if (order.DieAt is null || !step.Contains(order.DieAt, StringComparison.Ordinal) || _seen++ < order.Skip) return;
            using var self = Process.GetCurrentProcess();
            self.Kill(); // SIGKILL: nothing of this process runs any further
            Thread.Sleep(Timeout.Infinite);
        }

        public ValueTask WriteAsync(object result, CancellationToken stop)
        {
            Console.Out.WriteLine(result switch
            {
                NorceJob job => $"job {job.Kind} {job.JobId} {job.Rows} {(job.IsClean ? "clean" : job.Status)}",
                NorceRefusedRow row => $"refused {row.Kind} {row.Key}: {row.Reason}",
                _ => result.GetType().Name,
            });
            return ValueTask.CompletedTask;
        }

        public void Fault(JunipeerFault fault)
        {
            Faults++;
            Console.Out.WriteLine($"fault {fault.Id}: {fault.Message}");
        }

        public void Warning(string message) => Console.Out.WriteLine($"warning {message}");

        public void Verbose(string message)
        {
        }

        public void Debug(string message) => DieIf(message);

        public void Progress(OperationProgress progress)
        {
        }
    }
}
