using System.Collections.Concurrent;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.Rest;

namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>All jobs. An id is used up by the first job that has it, however that ended.</summary>
internal sealed class JobStore
{
    private readonly ConcurrentDictionary<(string Project, string Location, string Id), Job> _jobs = new();

    public IEnumerable<Job> All => _jobs.Values;

    /// <exception cref="GoogleException">The id is taken.</exception>
    public void Add(Job job)
    {
        if (!_jobs.TryAdd((job.Project, job.Location, job.Id), job))
        {
            throw new GoogleException(409, "duplicate", $"Already Exists: Job {job.Name}");
        }
    }

    public Job? Known(string project, string location, string id) => _jobs.GetValueOrDefault((project, location, id));

    /// <summary>Without a location a job is found in the multi-regions only, and elsewhere the location must be right.</summary>
    public Job Find(string project, string id, string? location)
    {
        Job? job = location is null
            ? Known(project, "US", id) ?? Known(project, "EU", id)
            : _jobs.Values.FirstOrDefault(j => j.Project == project && j.Id == id && Names.SameLocation(j.Location, location));
        if (job is { HiddenFor: > 0 })
        {
            job.HiddenFor--;
            job = null;
        }

        return job ?? throw GoogleException.NotFound($"Not found: Job {project}:{(location is null ? string.Empty : location + ".")}{id}");
    }

    public void Remove(Job job) => _jobs.TryRemove((job.Project, job.Location, job.Id), out _);
}
