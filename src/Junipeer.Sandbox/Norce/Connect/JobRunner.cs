using System.Text.Json;
using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Norce.Front;

namespace Junipeer.Sandbox.Norce.Connect;

/// <summary>
/// The workers: jobs of one kind one after the other, different kinds side by side, so that they may end in another
/// order than they came. Waiting goes by the sandbox's clock.
/// </summary>
internal sealed class JobRunner(NorceSandbox sandbox) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _tails = [];
    private readonly SortedDictionary<int, ImportJob> _jobs = [];
    private readonly CancellationTokenSource _stop = new();
    private int _lastId = 904_410;

    public int QueuedMs { get; set; } = 20;

    public int ValidatingMs { get; set; } = 20;

    public int RunningMs { get; set; } = 40;

    public IReadOnlyList<ImportJob> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _jobs.Values];
            }
        }
    }

    public ImportJob? Find(int id)
    {
        lock (_gate)
        {
            return _jobs.GetValueOrDefault(id);
        }
    }

    /// <summary>Takes an import in and lets it run.</summary>
    public ImportJob Start(ImportKind kind, ImportHeader header, IReadOnlyList<(int, JsonElement)> rows, int total, int applicationId, IReadOnlyList<(int Number, string Message)> failures, string text)
    {
        lock (_gate)
        {
            ImportJob job = new(++_lastId, kind, header, rows, total, sandbox.Clock.Now.UtcDateTime) { LastUpdated = sandbox.Clock.Now.UtcDateTime, ApplicationId = applicationId, Faults = sandbox.Faults.IsEmpty ? [] : sandbox.Faults.StrikeJob(text) };
            job.Failures = failures;
            job.LostReads = job.Faults.FirstOrDefault(f => f.Kind == "job-lost")?.Rows ?? 0;
            _jobs[job.Id] = job;
            _tails[kind.Name] = RunAsync(_tails.GetValueOrDefault(kind.Name, Task.CompletedTask), job);
            return job;
        }
    }

    public void Dispose() => _stop.Cancel();

    private async Task RunAsync(Task before, ImportJob job)
    {
        try
        {
            await before;
            await WaitAsync(job, QueuedMs, "queued");
            job.Start = sandbox.Clock.Now.UtcDateTime;
            job.Status = JobStatus.Validating;
            job.Log(1, "Starting import.", job.Start.Value);
            await WaitAsync(job, ValidatingMs, "validating");
            foreach ((int number, string message) in job.Failures)
            {
                job.Log(3, message, sandbox.Clock.Now.UtcDateTime, null, number);
            }

            job.Status = JobStatus.Initialized;
            await WaitAsync(job, RunningMs, "running");
            JobStatus end = Apply(job);
            job.Log(1, end == JobStatus.Succeeded ? "Import finished." : "Import failed.", sandbox.Clock.Now.UtcDateTime);
            End(job, end);
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops.
        }
        catch (Exception broken)
        {
            job.Log(3, $"The sandbox failed: {broken}", sandbox.Clock.Now.UtcDateTime);
            End(job, JobStatus.Failed);
        }
    }

    private JobStatus Apply(ImportJob job)
    {
        if (job.Faults.Find(f => f.Kind == "job-rejected") is { } rejected)
        {
            job.Log(3, rejected.Message ?? "The import was rejected.", sandbox.Clock.Now.UtcDateTime);
            return rejected.Mode == "failed" ? JobStatus.Failed : JobStatus.ValidationFailed;
        }

        if (job.Total > 0 && job.Rows.Count == 0)
        {
            return JobStatus.ValidationFailed;
        }

        int failing = job.Faults.Find(f => f.Kind == "job-partial")?.Rows ?? 0;
        ImportRun run = new(sandbox, job);
        IImporter importer = job.Kind.Importer(run);
        foreach ((int number, JsonElement row) in job.Rows)
        {
            if (failing-- > 0)
            {
                job.Log(3, "Timeout expired.", sandbox.Clock.Now.UtcDateTime, row, number);
                continue;
            }

            // A row at a time: readers see whole rows and need not wait for the end of the job.
            lock (run.World.Gate)
            {
                run.Row(number, row, importer.Apply);
            }
        }

        lock (run.World.Gate)
        {
            importer.Finish();
        }

        return job.Fail > 0 && sandbox.Quirks["partialStatus"] == "3" ? JobStatus.Failed : JobStatus.Succeeded;
    }

    private void End(ImportJob job, JobStatus status)
    {
        sandbox.Counters.Add($"jobs {job.Kind.Name} {status}");
        sandbox.Counters.Add($"rows {job.Kind.Name}", job.Total);
        job.Rows = [];
        job.Stop = sandbox.Clock.Now.UtcDateTime;
        job.LastUpdated = job.Stop.Value;
        job.Status = status;
        sandbox.Events.Raise("JobCompletedEvent", Events.EventPush.Body(("JobId", job.Id), ("StatusId", (int)status)));
        foreach (Fault fault in job.Faults.Where(f => f.Kind != "job-stuck"))
        {
            fault.Announce();
        }
    }

    private async Task WaitAsync(ImportJob job, int ms, string stage)
    {
        long due = sandbox.Clock.ElapsedMs + ms;
        await Task.Yield();
        for (long left; (left = due - sandbox.Clock.ElapsedMs) > 0;)
        {
            await Task.Delay((int)Math.Min(left, 15), _stop.Token);
        }

        if (job.Faults.Find(f => f.Kind == "job-stuck" && (f.Mode == "repeat" ? "running" : f.Mode) == stage) is { } stuck)
        {
            await stuck.Hold(stuck.Announce, _stop.Token);
        }
    }
}
