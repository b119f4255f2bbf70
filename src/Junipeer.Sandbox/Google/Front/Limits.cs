using System.Collections.Concurrent;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Hosting;

namespace Junipeer.Sandbox.Google.Front;

/// <summary>
/// The rate limits and daily quotas. They belong to the name of a table: dropping and making it again resets nothing.
/// </summary>
internal sealed class Limits(SandboxClock clock)
{
    private readonly ConcurrentDictionary<string, Queue<long>> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _running = new(StringComparer.Ordinal);

    /// <summary>Metadata updates of a table in ten seconds, load jobs and DML included.</summary>
    public int TableUpdates { get; set; } = 5;

    public int PartitionedTableUpdates { get; set; } = 50;

    public int DatasetUpdates { get; set; } = 5;

    public int TableInsertsPerSecond { get; set; } = 10;

    /// <summary>Load jobs into one table in a day, and jobs that append or overwrite; failed ones count.</summary>
    public int TableLoadsPerDay { get; set; } = 1500;

    public int ProjectLoadsPerDay { get; set; } = 100_000;

    /// <summary>Jobs that write to one table at the same time.</summary>
    public int JobsPerTable { get; set; } = 100;

    public int PartitionsPerJob { get; set; } = 4000;

    public int PartitionUpdatesPerDay { get; set; } = 30_000;

    public int RequestsPerSecond { get; set; } = 100;

    public int ConcurrentRequests { get; set; } = 300;

    public long GzipBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    public void UpdateDataset(string project, string dataset)
    {
        if (!Take($"dataset {project}:{dataset}", DatasetUpdates, 10_000))
        {
            throw new GoogleException(403, "rateLimitExceeded", "Exceeded rate limits: too many dataset metadata update operations for this dataset. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
        }
    }

    public void UpdateTable(Table table, bool job)
    {
        if (!Take("table " + table.Ref, table.TimePartitioning is not null || table.RangePartitioning is not null ? PartitionedTableUpdates : TableUpdates, 10_000))
        {
            throw job
                ? new DataException("jobRateLimitExceeded", "Job exceeded rate limits: Your table exceeded quota for table update operations. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas")
                : new DataException("rateLimitExceeded", "Exceeded rate limits: too many table update operations for this table. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
        }
    }

    public void InsertTable(string user)
    {
        if (!Take("tables.insert " + user, TableInsertsPerSecond, 1000))
        {
            throw new GoogleException(403, "rateLimitExceeded", "Exceeded rate limits: too many api requests per user per method for this user_method. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
        }
    }

    public void Request(string user, string method)
    {
        if (!Take($"request {user} {method}", RequestsPerSecond, 1000))
        {
            throw new GoogleException(403, "rateLimitExceeded", "Exceeded rate limits: too many api requests per user per method for this user_method. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
        }
    }

    /// <summary>A load job, or one that writes its result to a table.</summary>
    public void Load(TableRef table)
    {
        bool project = Take("loads " + table.Project, ProjectLoadsPerDay, 86_400_000);
        if (!Take("loads " + table, TableLoadsPerDay, 86_400_000) || !project)
        {
            throw new DataException("quotaExceeded", "Quota exceeded: Your table exceeded quota for imports or query appends per table. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas", "load_job_per_table.long");
        }
    }

    public void Partitions(Table table, int count)
    {
        if (count > PartitionsPerJob)
        {
            throw new DataException("quotaExceeded", $"Error while writing data, error message: Too many partitions produced by query, allowed {PartitionsPerJob}, query produces at least {PartitionsPerJob + 1} partitions");
        }

        if (!Take("partitions " + table.Ref, PartitionUpdatesPerDay, 86_400_000, count))
        {
            throw new DataException("quotaExceeded", "Quota exceeded: Your table exceeded quota for Number of partition modifications to a column partitioned table. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
        }
    }

    /// <summary>Counts a job that writes to a table until it is disposed.</summary>
    public IDisposable Write(TableRef table)
    {
        string key = table.ToString();
        if (_running.AddOrUpdate(key, 1, (_, n) => n + 1) > JobsPerTable)
        {
            _running.AddOrUpdate(key, 0, (_, n) => n - 1);
            throw new DataException("jobRateLimitExceeded", $"Job exceeded rate limits: too many concurrent jobs write to table {table}. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
        }

        return new Running(() => _running.AddOrUpdate(key, 0, (_, n) => n - 1));
    }

    /// <summary>Counts a request of a user until it is disposed.</summary>
    public IDisposable Concurrent(string user)
    {
        string key = "requests " + user;
        if (_running.AddOrUpdate(key, 1, (_, n) => n + 1) > ConcurrentRequests)
        {
            _running.AddOrUpdate(key, 0, (_, n) => n - 1);
            throw new GoogleException(403, "rateLimitExceeded", "Exceeded rate limits: too many concurrent api requests per user for this user. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
        }

        return new Running(() => _running.AddOrUpdate(key, 0, (_, n) => n - 1));
    }

    public void Forget() => _seen.Clear();

    public object Describe() => new
    {
        tableUpdates = TableUpdates, partitionedTableUpdates = PartitionedTableUpdates, datasetUpdates = DatasetUpdates, tableInsertsPerSecond = TableInsertsPerSecond, tableLoadsPerDay = TableLoadsPerDay,
        projectLoadsPerDay = ProjectLoadsPerDay, jobsPerTable = JobsPerTable, partitionsPerJob = PartitionsPerJob, partitionUpdatesPerDay = PartitionUpdatesPerDay, requestsPerSecond = RequestsPerSecond,
        concurrentRequests = ConcurrentRequests, gzipBytes = GzipBytes,
    };

    private bool Take(string key, int limit, long windowMs, int count = 1)
    {
        Queue<long> seen = _seen.GetOrAdd(key, _ => new Queue<long>());
        lock (seen)
        {
            long now = clock.ElapsedMs;
            while (seen.TryPeek(out long oldest) && now - oldest >= windowMs)
            {
                seen.Dequeue();
            }

            if (seen.Count + count > limit)
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                seen.Enqueue(now);
            }

            return true;
        }
    }

    private sealed class Running(Action over) : IDisposable
    {
        public void Dispose() => over();
    }
}
