using Junipeer.Sandbox.Faults;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Rest;

namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>Takes jobs through PENDING and RUNNING to DONE, beside the requests.</summary>
internal sealed class JobRunner(GoogleSandbox sandbox)
{
    private volatile int _pendingMs;
    private volatile int _runningMs = 20;

    /// <summary>How long a job waits before it runs.</summary>
    public int PendingMs { get => _pendingMs; set => _pendingMs = value; }

    /// <summary>How long a job runs before its work is seen.</summary>
    public int RunningMs { get => _runningMs; set => _runningMs = value; }

    /// <summary>Starts a job; what it does may throw <see cref="DataException"/>, and answers warnings.</summary>
    public void Start(Job job, Func<CancellationToken, IReadOnlyList<JobError>> work)
    {
        sandbox.Counters.JobStarted(job.Type);
        if (job.Configuration.Long("jobTimeoutMs") is { } limit and > 0)
        {
            job.Stop.CancelAfter(TimeSpan.FromMilliseconds(Math.Min(limit, int.MaxValue)));
        }

        List<Fault> faults = sandbox.Faults.StrikeJob(job.Text);
        _ = Task.Run(() => RunAsync(job, work, faults));
    }

    private async Task RunAsync(Job job, Func<CancellationToken, IReadOnlyList<JobError>> work, List<Fault> faults)
    {
        CancellationToken stop = job.Stop.Token;
        try
        {
            await Task.Delay(PendingMs, stop);
            await Stuck(faults, "pending", stop);
            job.Start(sandbox.Clock.Now);
            await Task.Delay(RunningMs, stop);
            await Stuck(faults, "running", stop);
            Fault? failing = faults.FirstOrDefault(f => f.Kind is "job-error" or "job-abort");
            if (failing is not null)
            {
                failing.Announce();
                (string reason, string message) = Failure(failing, job);
                throw new DataException(reason, message);
            }

            // Statements may wait for each other: they must not hold a thread of the pool.
            IReadOnlyList<JobError> warnings = await Task.Factory.StartNew(() => work(stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            job.Finish(sandbox.Clock.Now, null, warnings);
        }
        catch (OperationCanceledException)
        {
            job.Finish(sandbox.Clock.Now, new JobError("stopped", "Job execution was cancelled: User requested cancellation"));
        }
        catch (LoadException refused)
        {
            job.Finish(sandbox.Clock.Now, refused.Errors[0], refused.Errors);
        }
        catch (DataException refused)
        {
            job.Finish(sandbox.Clock.Now, new JobError(refused.Reason, refused.Message, refused.Location));
        }
        catch (Front.GoogleException refused)
        {
            job.Finish(sandbox.Clock.Now, new JobError(refused.Reason, refused.Message, refused.Location));
        }
        catch (Exception broken)
        {
            // A mistake of the sandbox must not look like one of the client: it names itself.
            job.Finish(sandbox.Clock.Now, new JobError("internalError", "The sandbox failed: " + broken));
        }

        sandbox.Counters.JobEnded(job.Type, job.Error?.Reason);
    }

    private static (string Reason, string Message) Failure(Fault fault, Job job) => fault.Kind == "job-abort"
        ? (fault.Reason ?? "invalidQuery", fault.Message ?? $"Transaction is aborted due to concurrent update against table {job.Destination?.ToString() ?? job.Project}. Transaction ID: {job.Id}")
        : (fault.Reason ?? "jobBackendError", fault.Message ?? (fault.Reason ?? "jobBackendError") switch
        {
            "jobBackendError" => "The job encountered an error during execution. Retrying the job may solve the problem.",
            "jobInternalError" => "The job encountered an internal error during execution and was unable to complete successfully.",
            "jobRateLimitExceeded" => "Job exceeded rate limits: Your table exceeded quota for table update operations. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas",
            _ => "The job failed.",
        });

    private static async Task Stuck(List<Fault> faults, string where, CancellationToken stop)
    {
        foreach (Fault fault in faults.Where(f => f.Kind == "job-stuck" && (f.Mode == where || (f.Mode == "repeat" && where == "pending"))))
        {
            await fault.Hold(fault.Announce, stop);
        }
    }
}

/// <summary>A load that met too many bad rows: the summary, then the rows it is about.</summary>
internal sealed class LoadException(IReadOnlyList<JobError> errors) : Exception(errors[0].Message)
{
    public IReadOnlyList<JobError> Errors => errors;
}
