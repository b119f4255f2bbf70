using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Junipeer.Sandbox.Google.Data;
using Junipeer.Sandbox.Google.Front;
using Junipeer.Sandbox.Google.Rest;
using Junipeer.Sandbox.Google.Sql;


namespace Junipeer.Sandbox.Google.Jobs;

/// <summary>jobs.query and jobs.getQueryResults.</summary>
internal sealed class QueryMethods(GoogleSandbox sandbox)
{
    private const long LongestWaitMs = 200_000;
    private const long RequestIdMs = 15 * 60_000;

    /// <summary>Queries by their request id: within a quarter of an hour one that comes again is not run again.</summary>
    private readonly ConcurrentDictionary<(string User, string Id), (Job Job, string Query, long AtMs)> _requests = new();

    public IEnumerable<Operation> All() =>
    [
        new("jobs.query", "POST", "projects/{project}/queries", TokenScope.Read, [], QueryAsync) { Body = "QueryRequest" },
        new("jobs.getQueryResults", "GET", "projects/{project}/queries/{job}", TokenScope.Read,
            ["location", "pageToken", "startIndex", "maxResults", "timeoutMs", "formatOptions.useInt64Timestamp", "formatOptions.timestampOutputFormat"], ResultsAsync),
    ];

    private async Task<GoogleAnswer> QueryAsync(GoogleCall call)
    {
        call.Caller.NeedsProject("bigquery.jobs.create", call.Project);
        JsonElement query = call.Body;
        QueryJobs.Check(query);
        _ = Names.Labels(query, new Dictionary<string, string>());
        if (query.Text("jobCreationMode") is { Length: > 0 } mode && mode is not ("JOB_CREATION_REQUIRED" or "JOB_CREATION_OPTIONAL" or "JOB_CREATION_MODE_UNSPECIFIED"))
        {
            throw GoogleException.Bad($"Invalid value at 'job_creation_mode' (type.googleapis.com/JobCreationMode), \"{mode}\"");
        }

        string? wanted = query.Text("location") is { Length: > 0 } given ? Names.Location(given) : null;
        string location = wanted ?? sandbox.Queries.LocationOf(call.Project, query, call.Caller);
        TimestampFormat format = Paging.Format(query.Member("formatOptions")?.Flag("useInt64Timestamp") ?? false, query.Member("formatOptions")?.Text("timestampOutputFormat"));
        if (query.Flag("dryRun") == true)
        {
            SqlResult dry = sandbox.Queries.DryRun(call.Project, query, wanted, call.Caller);
            return GoogleAnswer.Json(new JsonObject
            {
                ["kind"] = "bigquery#queryResponse", ["schema"] = SchemaJson.Write(dry.Schema), ["jobReference"] = new JsonObject { ["projectId"] = call.Project, ["location"] = location },
                ["totalBytesProcessed"] = Names.Text(dry.BytesProcessed), ["jobComplete"] = true, ["cacheHit"] = false,
            });
        }

        Job job = Once(call, query, location);
        bool complete = await WaitAsync(call, job, query.Long("timeoutMs") ?? 10_000);
        bool noJob = query.Text("jobCreationMode") == "JOB_CREATION_OPTIONAL" && sandbox.Quirks["optionalJob"] == "none";
        return Answer(call, job, complete, "bigquery#queryResponse", query.Long("maxResults"), format, noJob);
    }

    /// <summary>The job of a request, or the one that the same request made before.</summary>
    private Job Once(GoogleCall call, JsonElement query, string location)
    {
        string text = query.Text("query")!;
        string? id = query.Text("requestId");
        if (id is { Length: > 36 } || id?.Any(c => c is < ' ' or > '~') == true)
        {
            throw GoogleException.Invalid("requestId has 36 ASCII characters at most.");
        }

        Job Make()
        {
            JsonObject configuration = new() { ["query"] = JsonNode.Parse(query.GetRawText()) };
            foreach (string name in (string[])["kind", "location", "requestId", "jobCreationMode", "maxResults", "timeoutMs", "formatOptions", "labels", "dryRun", "jobTimeoutMs", "reservation", "maxSlots", "preserveNulls"])
            {
                configuration["query"]!.AsObject().Remove(name);
            }

            if (query.Member("labels") is { } labels) configuration["labels"] = JsonNode.Parse(labels.GetRawText());
            if (query.Member("jobTimeoutMs") is { } limit) configuration["jobTimeoutMs"] = JsonNode.Parse(limit.GetRawText());
            Job job = sandbox.JobMethods.Make(call.Project, default, location, "QUERY", call.Caller, JsonSerializer.SerializeToElement(configuration));
            sandbox.Jobs.Add(job);
            sandbox.Runner.Start(job, stop => sandbox.Queries.Run(job, call.Caller, stop));
            return job;
        }

        if (id is not { Length: > 0 })
        {
            return Make();
        }

        lock (_requests)
        {
            (string, string) key = (call.Caller.Principal.Email, id);
            if (_requests.TryGetValue(key, out (Job Job, string Query, long AtMs) known) && sandbox.Clock.ElapsedMs - known.AtMs < RequestIdMs)
            {
                return known.Query == text ? known.Job : throw GoogleException.Invalid($"The requestId {id} was used for another query.");
            }

            Job job = Make();
            _requests[key] = (job, text, sandbox.Clock.ElapsedMs);
            return job;
        }
    }

    private async Task<GoogleAnswer> ResultsAsync(GoogleCall call)
    {
        Job job = JobMethods.Seen(call, sandbox.Jobs.Find(call.Project, call.Path["job"], call.Query("location")));
        if (job.Type != "QUERY")
        {
            throw GoogleException.Invalid($"Cannot query results of job {job.Name}: it is not a query.");
        }

        bool complete = await WaitAsync(call, job, call.Number("timeoutMs") ?? 10_000);
        return Answer(call, job, complete, "bigquery#getQueryResultsResponse", call.Number("maxResults"), Paging.Format(call), noJob: false);
    }

    private static async Task<bool> WaitAsync(GoogleCall call, Job job, long milliseconds)
    {
        if (call.Fault("job-incomplete") is not null)
        {
            return false;
        }

        try
        {
            await job.Done.WaitAsync(TimeSpan.FromMilliseconds(Math.Min(milliseconds, LongestWaitMs)), call.Http.RequestAborted);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private GoogleAnswer Answer(GoogleCall call, Job job, bool complete, string kind, long? maxResults, TimestampFormat format, bool noJob)
    {
        JsonObject head = new() { ["kind"] = kind };
        if (!complete)
        {
            head["jobReference"] = JobJson.Reference(job);
            head["jobComplete"] = false;
            return GoogleAnswer.Json(head);
        }

        if (job.Error is { } error)
        {
            throw new GoogleException(GoogleException.StatusOf(error.Reason), error.Reason, error.Message, error.Location);
        }

        SqlResult result = job.Result!;
        (IReadOnlyList<Field> fields, List<object?[]> page, string? next, long total) = sandbox.Paging.Rows(call, "job " + job.Name, result.Schema, job.Rows, maxResults);
        if (kind == "bigquery#getQueryResultsResponse") head["etag"] = "r";
        if (noJob && next is null)
        {
            head["queryId"] = job.Id;
        }
        else
        {
            head["jobReference"] = JobJson.Reference(job);
        }

        if (fields.Count > 0) head["schema"] = SchemaJson.Write(fields);
        head["jobComplete"] = true;
        head["cacheHit"] = false;
        head["totalBytesProcessed"] = Names.Text(result.BytesProcessed);
        if (result.Dml is { } dml)
        {
            head["numDmlAffectedRows"] = Names.Text(dml.Affected);
            head["dmlStats"] = JobJson.Dml(dml);
        }
        else
        {
            head["totalRows"] = Names.Text(total);
        }

        SchemaJson.Add(head, "pageToken", next);
        return GoogleAnswer.Rows(head, fields, page, format);
    }
}
