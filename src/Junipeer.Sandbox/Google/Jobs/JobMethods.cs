using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.OAuth;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Sql;
using Junipeer.Sandbox.Google.Uploads;


namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>The methods of jobs.</summary>
internal sealed class JobMethods(GoogleSandbox sandbox)
{
    public IEnumerable<Operation> All() =>
    [
        new("jobs.insert", "POST", "projects/{project}/jobs", TokenScope.Load, [], Insert) { Body = "Job" },
        new("jobs.get", "GET", "projects/{project}/jobs/{job}", TokenScope.Read, ["location"], c => Answer(c, Seen(c, sandbox.Jobs.Find(c.Project, c.Path["job"], c.Query("location"))))),
        new("jobs.list", "GET", "projects/{project}/jobs", TokenScope.Read, ["stateFilter", "allUsers", "projection", "minCreationTime", "maxCreationTime", "parentJobId", "maxResults", "pageToken"], List),
        new("jobs.cancel", "POST", "projects/{project}/jobs/{job}/cancel", TokenScope.Write, ["location"], Cancel),
        new("jobs.delete", "DELETE", "projects/{project}/jobs/{job}/delete", TokenScope.Write, ["location"], Delete),
    ];

    /// <summary>What an upload's configuration must be before its data may come.</summary>
    public void CheckUpload(JsonElement body, string project)
    {
        Shapes.Check("Job", body);
        JsonElement configuration = Configuration(body, project);
        if (configuration.Member("load") is not { } load)
        {
            throw GoogleException.Invalid("Only a load job takes an upload.");
        }

        LoadJobs.Check(load, media: true);
    }

    /// <summary>The job of a finished upload. It takes the data over.</summary>
    public GoogleAnswer InsertLoad(GoogleCall call, string project, JsonElement body, GoogleCaller caller, Spool data)
    {
        caller.NeedsProject("bigquery.jobs.create", project);
        JsonElement configuration = Configuration(body, project);
        if (configuration.Flag("dryRun") == true)
        {
            throw GoogleException.Invalid("A load job cannot be run dry.");
        }

        TableRef target = LoadJobs.Destination(configuration.Member("load")!.Value, project);
        Dataset dataset = sandbox.Store.GetDataset(target.Project, target.Dataset);
        string location = body.Member("jobReference")?.Text("location") is { Length: > 0 } wanted ? Names.Location(wanted) : dataset.Location;
        if (!Names.SameLocation(location, dataset.Location))
        {
            throw GoogleException.NotFound($"Not found: Dataset {target.Project}:{target.Dataset} was not found in location {location}");
        }

        Job job = Make(project, body, location, "LOAD", caller);
        job.Destination = target;
        Add(call, job);
        JsonObject shown = JobJson.Write(job, call.Root);
        sandbox.Runner.Start(job, stop =>
        {
            if (sandbox.DiscardUploads == DiscardMode.Off && !data.Discards)
            {
                return sandbox.Loads.Run(job, caller, data, stop);
            }

            using (data)
            {
                long rows = data.Discards ? 0 : data.CountLines();
                sandbox.Counters.Discarded(rows);
                job.Load = new LoadStatistics(data.Length, rows, 0, 0);
                return [];
            }
        });
        return GoogleAnswer.Json(shown);
    }

    private GoogleAnswer Insert(GoogleCall call)
    {
        call.Caller.NeedsProject("bigquery.jobs.create", call.Project);
        JsonElement configuration = Configuration(call.Body, call.Project);
        if (configuration.Member("load") is { } load)
        {
            LoadJobs.Check(load, media: false);
        }

        JsonElement query = configuration.Member("query") ?? throw GoogleException.NotSimulated("copy and extract jobs");
        QueryJobs.Check(query);
        string? wanted = call.Body.Member("jobReference")?.Text("location") is { Length: > 0 } given ? Names.Location(given) : null;
        if (configuration.Flag("dryRun") == true)
        {
            return DryRun(call, configuration, query, wanted);
        }

        string location = wanted ?? sandbox.Queries.LocationOf(call.Project, query, call.Caller);
        Job job = Make(call.Project, call.Body, location, "QUERY", call.Caller);
        Add(call, job);
        JsonObject shown = JobJson.Write(job, call.Root);
        sandbox.Runner.Start(job, stop => sandbox.Queries.Run(job, call.Caller, stop));
        return GoogleAnswer.Json(shown);
    }

    private GoogleAnswer DryRun(GoogleCall call, JsonElement configuration, JsonElement query, string? location)
    {
        SqlResult result = sandbox.Queries.DryRun(call.Project, query, location, call.Caller);
        location ??= sandbox.Queries.LocationOf(call.Project, query, call.Caller);
        return GoogleAnswer.Json(new JsonObject
        {
            ["kind"] = "bigquery#job", ["etag"] = "j", ["id"] = $"{call.Project}:{location}.", ["selfLink"] = $"{call.Root}/bigquery/v2/projects/{call.Project}/jobs/?location={location}", ["user_email"] = call.Caller.Principal.Email,
            ["configuration"] = JsonNode.Parse(configuration.GetRawText()),
            ["jobReference"] = new JsonObject { ["projectId"] = call.Project, ["location"] = location },
            ["statistics"] = new JsonObject { ["creationTime"] = Names.Millis(sandbox.Clock.Now), ["totalBytesProcessed"] = Names.Text(result.BytesProcessed), ["query"] = JobJson.Query(result, dryRun: true) },
            ["status"] = new JsonObject { ["state"] = "DONE" },
        });
    }

    private static JsonElement Configuration(JsonElement body, string project)
    {
        JsonElement configuration = body.Member("configuration") ?? throw new GoogleException(400, "required", "Required parameter is missing: configuration");
        string[] kinds = [.. ((string[])["load", "query", "copy", "extract"]).Where(k => configuration.Member(k) is not null)];
        if (kinds.Length != 1)
        {
            throw GoogleException.Invalid(kinds.Length == 0 ? "Job configuration must contain exactly one job-specific configuration object (e.g., query, load, extract, spreadsheetExtract), but there were 0: " : $"Job configuration must contain exactly one job-specific configuration object (e.g., query, load, extract, spreadsheetExtract), but there were {kinds.Length}: {string.Join(", ", kinds)}");
        }

        if (body.Member("jobReference") is { } reference)
        {
            DatasetMethods.SameProject(reference, project);
            if (reference.Text("jobId") is { } id)
            {
                Names.Job(id);
            }
        }

        _ = Names.Labels(configuration, new Dictionary<string, string>());
        return configuration;
    }

    public Job Make(string project, JsonElement body, string location, string type, GoogleCaller caller, JsonElement? configuration = null) => new()
    {
        Project = project,
        Id = body.Member("jobReference")?.Text("jobId") is { Length: > 0 } id ? id : "job_" + OAuth.TokenStore.Random(21),
        Location = location,
        Email = caller.Principal.Email,
        Configuration = configuration ?? body.Member("configuration")!.Value,
        Type = type,
        Created = sandbox.Clock.Now,
    };

    private void Add(GoogleCall call, Job job)
    {
        try
        {
            sandbox.Jobs.Add(job);
        }
        catch (GoogleException) when (call.Fault("hide-after-duplicate") is { } fault && sandbox.Jobs.Known(job.Project, job.Location, job.Id) is { } known)
        {
            known.HiddenFor = fault.Rows;
            throw;
        }
    }

    /// <summary>Everybody sees his own jobs; an admin sees all.</summary>
    public static Job Seen(GoogleCall call, Job job) =>
        job.Email == call.Caller.Principal.Email || call.Caller.Principal.May("bigquery.jobs.get", job.Project)
            ? job
            : throw GoogleException.Denied($"Access Denied: Job {job.Name}: User does not have bigquery.jobs.get permission for job {job.Name}.");

    private static GoogleAnswer Answer(GoogleCall call, Job job) => GoogleAnswer.Json(JobJson.Write(job, call.Root));

    private GoogleAnswer Cancel(GoogleCall call)
    {
        Job job = sandbox.Jobs.Find(call.Project, call.Path["job"], call.Query("location"));
        if (job.Email != call.Caller.Principal.Email && !call.Caller.Principal.May("bigquery.jobs.update", job.Project))
        {
            throw GoogleException.Denied($"Access Denied: Job {job.Name}: User does not have bigquery.jobs.update permission for job {job.Name}.");
        }

        job.Stop.Cancel();
        return GoogleAnswer.Json(new JsonObject { ["kind"] = "bigquery#jobCancelResponse", ["job"] = JobJson.Write(job, call.Root) });
    }

    private GoogleAnswer Delete(GoogleCall call)
    {
        Job job = sandbox.Jobs.Find(call.Project, call.Path["job"], call.Query("location"));
        if (!call.Caller.Principal.May("bigquery.jobs.delete", job.Project))
        {
            throw GoogleException.Denied($"Access Denied: Job {job.Name}: User does not have bigquery.jobs.delete permission for job {job.Name}.");
        }

        if (job.State != JobState.Done)
        {
            throw GoogleException.Invalid($"Cannot delete the metadata of job {job.Name}: it has not ended.");
        }

        sandbox.Jobs.Remove(job);
        return GoogleAnswer.Empty(204);
    }

    private GoogleAnswer List(GoogleCall call)
    {
        string[] states = [.. call.Target.Query.Where(q => q.Name == "stateFilter").Select(q => q.Value)];
        if (states.FirstOrDefault(s => s is not ("done" or "pending" or "running")) is { } strange)
        {
            throw GoogleException.Bad($"Invalid value at 'state_filter' (type.googleapis.com/StateFilter), \"{strange}\"");
        }

        bool everybody = call.Flag("allUsers");
        if (everybody && !call.Caller.Principal.May("bigquery.jobs.listAll", call.Project))
        {
            throw GoogleException.Denied($"Access Denied: Project {call.Project}: User does not have bigquery.jobs.listAll permission in project {call.Project}.");
        }

        (long? from, long? to, string? parent) = (call.Number("minCreationTime"), call.Number("maxCreationTime"), call.Query("parentJobId"));
        Job[] jobs = [.. sandbox.Jobs.All.Where(j => j.Project == call.Project && (everybody || j.Email == call.Caller.Principal.Email)
            && (states.Length == 0 || states.Contains(j.State.ToString().ToLowerInvariant()))
            && !(j.Created.ToUnixTimeMilliseconds() < from) && !(j.Created.ToUnixTimeMilliseconds() > to)
            && j.ParentId == parent)];
        bool full = call.Query("projection") == "full";

        // The newest first.
        (List<Job> page, string? next) = sandbox.Paging.List(call, jobs, j => (long.MaxValue - j.Created.ToUnixTimeMilliseconds()).ToString("D19", System.Globalization.CultureInfo.InvariantCulture) + j.Id);
        JsonObject body = new() { ["kind"] = "bigquery#jobList", ["etag"] = "l" };
        SchemaJson.Add(body, "nextPageToken", next);
        body["jobs"] = new JsonArray([.. page.Select(j =>
        {
            JsonObject job = JobJson.Write(j, call.Root);
            job["state"] = j.State.ToString().ToUpperInvariant();
            if (j.Error is { } error) job["errorResult"] = error.Json();
            if (!full) job.Remove("configuration");
            return (JsonNode)job;
        })]);
        return GoogleAnswer.Json(body);
    }
}
